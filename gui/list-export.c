/* list-export.c - lists go to the clipboard, or to a file that is asked for.
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

static void
save(GFile *file, char *text, HgSession *session)
{
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));
    g_file_replace_contents_bytes_async(file, bytes, NULL, FALSE,
                                        G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                        NULL, on_saved, g_object_ref(session));
}

/* ---- the text -------------------------------------------------------------------------------- */

typedef struct {
    HgList *list;
    GArray *rows;
    HgTextFormat format;
} Question;

static void
free_question(void *data)
{
    Question *question = data;
    hg_list_unref(question->list);
    g_array_unref(question->rows);
    g_free(question);
}

static void *
make_text(HgAsk *ask, void *argument, GError **error)
{
    Question *question = argument;
    return hg_list_text_make(question->list, question->rows, question->format, ask, error);
}

static void
free_text(void *text)
{
    g_string_free(text, TRUE);
}

/* As bytes: GTK 4.8 converts texts on their way, and on X11 waits for ever in the main thread when
 * another program asks for one of more than 256 KiB. */
static void
copy(GtkWidget *widget, GBytes *text)
{
    GdkContentProvider *kinds[] = {
        gdk_content_provider_new_for_bytes("text/plain;charset=utf-8", text),
        gdk_content_provider_new_for_bytes("text/plain", text)};
    GdkContentProvider *all = gdk_content_provider_new_union(kinds, G_N_ELEMENTS(kinds));
    gdk_clipboard_set_content(gtk_widget_get_clipboard(widget), all);
    g_object_unref(all);
    g_bytes_unref(text);
}

HgJob *
hg_list_export_ask(HgSession *session, HgList *list, GArray *rows, HgTextFormat format,
                   HgAnswerFunc answer, void *user_data)
{
    Question *question = g_new(Question, 1);
    *question = (Question){list, rows, format};
    return hg_work_ask(hg_session_get_work(session), make_text, question, free_question, free_text,
                       answer, user_data);
}

void
hg_list_export_finish(void *answer, const GError *error, GFile *target, GtkWidget *widget,
                      HgSession *session)
{
    GString *text = answer;
    if (!text)
        hg_session_say(session, error->message);
    else if (target)
        save(target, g_string_free(text, FALSE), session);
    else {
        copy(widget, g_string_free_to_bytes(text));
        hg_session_say(session, "Copied");
    }
}
