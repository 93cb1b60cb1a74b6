/* graph-export.c - a graph written to a file one is asked for.
 *
 *      picture ──▶ DOT ──▶ dialog: where ──▶ helper: rendered (SVG, PNG) ──▶ file
 * SPDX-License-Identifier: MIT */
#include "gui/graph-export.h"

#include "core/drawing/dot.h"
#include "gui/models/layouter.h"

#include <string.h>

enum {
    PATIENCE = 60000 /* milliseconds for rendering */
};

typedef struct {
    char *dot, *format;
    HgSession *session;
    GFile *file;
} Export;

static void
free_export(Export *export)
{
    g_free(export->dot);
    g_free(export->format);
    g_object_unref(export->session);
    g_clear_object(&export->file);
    g_free(export);
}

static void
on_written(GObject *source, GAsyncResult *result, void *user_data)
{
    Export *export = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_file_get_basename(G_FILE(source));
    bool done = g_file_replace_contents_finish(G_FILE(source), result, NULL, &error);
    g_autofree char *message =
        done ? g_strdup_printf("Saved %s", name) : g_strdup_printf("%s: %s", name, error->message);
    hg_session_say(export->session, message);
    free_export(export);
}

static void
write_picture(Export *export, GBytes *bytes)
{
    g_file_replace_contents_bytes_async(export->file, bytes, NULL, FALSE,
                                        G_FILE_CREATE_REPLACE_DESTINATION, NULL, on_written,
                                        export);
}

static void
on_rendered(GBytes *bytes, const GError *error, void *user_data)
{
    Export *export = user_data;
    if (bytes) {
        write_picture(export, bytes);
        return;
    }
    hg_session_say(export->session, error->message);
    free_export(export);
}

static void
on_response(GtkNativeDialog *dialog, int response, Export *export)
{
    if (response == GTK_RESPONSE_ACCEPT)
        export->file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog));
    gtk_native_dialog_destroy(dialog);
    g_object_unref(dialog);
    if (!export->file) {
        free_export(export);
    } else if (g_str_equal(export->format, "dot")) {
        g_autoptr(GBytes) bytes = g_bytes_new(export->dot, strlen(export->dot));
        write_picture(export, bytes);
    } else {
        hg_layout_ask_render(export->dot, export->format, PATIENCE, on_rendered, export);
    }
}

void
hg_graph_export(GtkWidget *widget, const HgPicture *picture, const char *format, HgSession *session)
{
    Export *export = g_new0(Export, 1);
    g_autofree char *name = g_strconcat("graph.", format, NULL);
    export->dot = hg_dot_write(picture);
    export->format = g_strdup(format);
    export->session = g_object_ref(session);
    GtkFileChooserNative *dialog =
        gtk_file_chooser_native_new("Export Picture", GTK_WINDOW(gtk_widget_get_root(widget)),
                                    GTK_FILE_CHOOSER_ACTION_SAVE, "_Export", "_Cancel");
    gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(dialog), name);
    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
    g_signal_connect(dialog, "response", G_CALLBACK(on_response), export);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}
