/* neighbour.c - another program on the desktop: what is in the clipboard, what is dragged from it.
 *
 *      neighbour clipboard         prints the text in the clipboard
 *      neighbour drag FILE...      shows a small window in the corner, whose files can be dragged;
 *                                  prints what the program below the pointer says to that
 *
 * SPDX-License-Identifier: MIT */
#include <gtk/gtk.h>

static GMainLoop *loop;
static int status = 1;

static void
on_text(GObject *clipboard, GAsyncResult *result, void *user_data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text =
        gdk_clipboard_read_text_finish(GDK_CLIPBOARD(clipboard), result, &error);
    if (text)
        fputs(text, stdout);
    else
        g_printerr("%s\n", error->message);
    status = text ? 0 : 1;
    g_main_loop_quit(loop);
}

/* Only what is accepted where the pointer is can be dropped there. */
static void
on_answer(GdkDrag *drag)
{
    puts(gdk_drag_get_selected_action(drag) ? "accepted" : "refused");
    fflush(stdout);
}

static void
on_drag_begin(GtkDragSource *source, GdkDrag *drag)
{
    g_signal_connect(drag, "notify::selected-action", G_CALLBACK(on_answer), NULL);
}

static void
on_drag_end(void)
{
    status = 0;
    g_main_loop_quit(loop);
}

static void
show_files(char **paths)
{
    GSList *files = NULL;
    for (char **path = paths; *path; path++)
        files = g_slist_append(files, g_file_new_for_path(*path));
    g_auto(GValue) value = G_VALUE_INIT;
    g_value_init(&value, GDK_TYPE_FILE_LIST);
    g_value_take_boxed(&value, files);

    GtkWidget *window = gtk_window_new();
    GtkDragSource *source = gtk_drag_source_new();
    gtk_drag_source_set_content(source, gdk_content_provider_new_for_value(&value));
    g_signal_connect(source, "drag-begin", G_CALLBACK(on_drag_begin), NULL);
    g_signal_connect(source, "drag-end", G_CALLBACK(on_drag_end), NULL);
    gtk_widget_add_controller(window, GTK_EVENT_CONTROLLER(source));
    gtk_window_set_title(GTK_WINDOW(window), "files");
    gtk_window_set_decorated(GTK_WINDOW(window), FALSE);
    gtk_window_set_default_size(GTK_WINDOW(window), 100, 60);
    gtk_window_present(GTK_WINDOW(window));
}

int
main(int argc, char **argv)
{
    gtk_init();
    loop = g_main_loop_new(NULL, FALSE);
    if (argc == 2 && g_str_equal(argv[1], "clipboard"))
        gdk_clipboard_read_text_async(gdk_display_get_clipboard(gdk_display_get_default()), NULL,
                                      on_text, NULL);
    else if (argc > 2 && g_str_equal(argv[1], "drag"))
        show_files(argv + 2);
    else
        return 2;
    g_main_loop_run(loop);
    return status;
}
