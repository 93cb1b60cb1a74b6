/* list-export.c - asking for a file and writing a text to it.
 * SPDX-License-Identifier: MIT */
#include "gui/list-export.h"

#include <string.h>

typedef struct {
    HgExportFunc func;
    void *user_data;
    GtkFileChooserNative *dialog;
} Choice;

static void
on_response(GtkNativeDialog *dialog, int response, Choice *choice)
{
    g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT
                                ? gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog))
                                : NULL;
    g_autofree char *name = file ? g_file_get_basename(file) : NULL;
    choice->func(file, name && g_str_has_suffix(name, ".json"), choice->user_data);
    gtk_native_dialog_destroy(dialog);
    g_object_unref(choice->dialog);
    g_free(choice);
}

static void
add_filter(GtkFileChooser *dialog, const char *name, const char *pattern)
{
    g_autoptr(GtkFileFilter) filter = gtk_file_filter_new();
    gtk_file_filter_set_name(filter, name);
    gtk_file_filter_add_pattern(filter, pattern);
    gtk_file_chooser_add_filter(dialog, filter);
}

void
hg_list_export_choose(GtkWidget *widget, HgExportFunc func, void *user_data)
{
    Choice *choice = g_new0(Choice, 1);
    GtkWindow *window = GTK_WINDOW(gtk_widget_get_root(widget));
    *choice =
        (Choice){func, user_data,
                 gtk_file_chooser_native_new("Export List", window, GTK_FILE_CHOOSER_ACTION_SAVE,
                                             "_Export", "_Cancel")};
    GtkFileChooser *dialog = GTK_FILE_CHOOSER(choice->dialog);
    add_filter(dialog, "CSV (*.csv)", "*.csv");
    add_filter(dialog, "JSON (*.json)", "*.json");
    gtk_file_chooser_set_current_name(dialog, "heapgraph.csv");
    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(choice->dialog), TRUE);
    g_signal_connect(choice->dialog, "response", G_CALLBACK(on_response), choice);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(choice->dialog));
}

static void
on_saved(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autoptr(HgSession) session = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_file_get_basename(G_FILE(source));
    bool done = g_file_replace_contents_finish(G_FILE(source), result, NULL, &error);
    g_autofree char *message =
        done ? g_strdup_printf("Saved %s", name) : g_strdup_printf("%s: %s", name, error->message);
    hg_session_say(session, message);
}

void
hg_list_export_save(GFile *file, char *text, HgSession *session)
{
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));
    g_file_replace_contents_bytes_async(file, bytes, NULL, FALSE,
                                        G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                        NULL, on_saved, g_object_ref(session));
}
