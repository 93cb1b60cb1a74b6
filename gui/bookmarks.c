/* bookmarks.c - names and notes for objects of the snapshot that is looked at.
 * SPDX-License-Identifier: MIT */
#include "gui/bookmarks.h"

#include "core/load/import.h"
#include "core/text.h"

#include <string.h>

struct _HgBookmarks {
    AdwBin parent;
    GtkWidget *box;
    GtkListBox *rows;
    HgSession *session;
    HgJob *job;
};

G_DEFINE_FINAL_TYPE(HgBookmarks, hg_bookmarks, ADW_TYPE_BIN)

/* ---- in the worker ------------------------------------------------------------------------------
 */

typedef enum {
    LIST,
    SET,
    REMOVE
} Deed;

/* What is done, and in which snapshot. */
typedef struct {
    HgShot *shot;
    Deed deed;
    char *name, *note;
    uint32_t object; /* of SET */
} Question;

typedef struct {
    char *name, *note;
    uint32_t object; /* HG_NONE if nothing stands at the address */
} Mark;

static void
free_question(void *data)
{
    Question *question = data;
    hg_shot_unref(question->shot);
    g_free(question->name);
    g_free(question->note);
    g_free(question);
}

static void
free_mark(void *data)
{
    Mark *mark = data;
    g_free(mark->name);
    g_free(mark->note);
    g_free(mark);
}

static void
free_marks(void *marks)
{
    g_ptr_array_unref(marks);
}

static bool
change(HgAsk *ask, const Question *question, HgSnapshot *snapshot, GError **error)
{
    HgBookmark bookmark = {.name = question->name, .note = question->note};
    uint32_t id = question->shot->id;
    if (question->deed == LIST)
        return true;
    if (question->deed == SET &&
        !hg_snapshot_get(snapshot, HG_COLUMN_ADDRESS, question->object, &bookmark.address, error))
        return false;
    g_autoptr(HgStore) store =
        hg_import_open(question->shot->path, HG_STORE_WRITE, hg_ask_get_progress(ask), error);
    return store &&
           (question->deed == SET ? hg_store_set_bookmark(store, id, &bookmark, error)
                                  : hg_store_remove_bookmark(store, id, question->name, error));
}

static void *
do_deed(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, question->shot, error);
    if (!snapshot || !change(ask, question, snapshot, error))
        return NULL;
    g_autoptr(GPtrArray) found =
        hg_store_list_bookmarks(hg_snapshot_get_store(snapshot), question->shot->id, error);
    if (!found)
        return NULL;
    GPtrArray *marks = g_ptr_array_new_with_free_func(free_mark);
    for (unsigned i = 0; i < found->len; i++) {
        const HgBookmark *bookmark = found->pdata[i];
        Mark *mark = g_new(Mark, 1);
        *mark = (Mark){g_strdup(bookmark->name), g_strdup(bookmark->note), HG_NONE};
        hg_snapshot_find_address(snapshot, bookmark->address, &mark->object, NULL);
        g_ptr_array_add(marks, mark);
    }
    return marks;
}

/* ---- rows
 * ----------------------------------------------------------------------------------------- */

static void start(HgBookmarks *bookmarks, Deed deed, const char *name, const char *note);

static void
on_remove(HgBookmarks *bookmarks, GtkWidget *button)
{
    start(bookmarks, REMOVE, g_object_get_data(G_OBJECT(button), "name"), "");
}

static GtkWidget *
make_row(HgBookmarks *bookmarks, const Mark *mark)
{
    GtkWidget *row = gtk_list_box_row_new(), *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *label = gtk_label_new(mark->name);
    GtkWidget *remove = gtk_button_new_from_icon_name("user-trash-symbolic");
    g_autofree char *note = hg_text_dup_escaped(mark->note);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_widget_set_hexpand(label, TRUE);
    gtk_widget_add_css_class(remove, "flat");
    gtk_widget_set_tooltip_text(remove, "Remove this bookmark");
    gtk_accessible_update_property(GTK_ACCESSIBLE(remove), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   "Remove bookmark", -1);
    g_object_set_data_full(G_OBJECT(remove), "name", g_strdup(mark->name), g_free);
    g_signal_connect_object(remove, "clicked", G_CALLBACK(on_remove), bookmarks, G_CONNECT_SWAPPED);
    gtk_box_append(GTK_BOX(box), gtk_image_new_from_icon_name("user-bookmarks-symbolic"));
    gtk_box_append(GTK_BOX(box), label);
    gtk_box_append(GTK_BOX(box), remove);
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
    gtk_widget_set_tooltip_text(row, *note ? note : mark->name);
    gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, mark->name,
                                   -1);
    g_object_set_data(G_OBJECT(row), "object", GUINT_TO_POINTER(mark->object));
    return row;
}

static void
show_marks(HgBookmarks *bookmarks, const GPtrArray *marks)
{
    GtkListBoxRow *row;
    while ((row = gtk_list_box_get_row_at_index(bookmarks->rows, 0)))
        gtk_list_box_remove(bookmarks->rows, GTK_WIDGET(row));
    for (unsigned i = 0; marks && i < marks->len; i++)
        gtk_list_box_append(bookmarks->rows, make_row(bookmarks, marks->pdata[i]));
    gtk_widget_set_visible(bookmarks->box, marks && marks->len > 0);
}

static void
on_row(HgBookmarks *bookmarks, GtkListBoxRow *row)
{
    uint32_t object = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(row), "object"));
    if (object == HG_NONE)
        hg_session_say(bookmarks->session, "That object is not in this snapshot");
    else
        hg_session_go_to(bookmarks->session, "object", NULL, object, NULL);
}

static void
on_done(void *answer, const GError *error, void *user_data)
{
    HgBookmarks *bookmarks = user_data;
    g_autoptr(GPtrArray) marks = answer;
    bookmarks->job = NULL;
    if (marks)
        show_marks(bookmarks, marks);
    else
        hg_session_say(bookmarks->session, error->message);
}

static void
start(HgBookmarks *bookmarks, Deed deed, const char *name, const char *note)
{
    const HgShot *shot = hg_session_get_shot(bookmarks->session), *selected;
    Question *question = g_new(Question, 1);
    *question = (Question){hg_shot_ref(shot), deed, g_strdup(name), g_strdup(note),
                           hg_session_get_selected(bookmarks->session, &selected)};
    g_clear_pointer(&bookmarks->job, hg_job_cancel);
    bookmarks->job = hg_work_ask(hg_session_get_work(bookmarks->session), do_deed, question,
                                 free_question, free_marks, on_done, bookmarks);
}

static void
on_shot_changed(HgBookmarks *bookmarks)
{
    show_marks(bookmarks, NULL);
    if (hg_session_get_shot(bookmarks->session))
        start(bookmarks, LIST, NULL, NULL);
}

/* ---- a new one
 * ----------------------------------------------------------------------------------- */

static bool
is_name(const char *name)
{
    return *name && !strpbrk(name, ".[]#@'\" \t\n");
}

static void
on_entered(AdwMessageDialog *dialog)
{
    GtkEditable *name = g_object_get_data(G_OBJECT(dialog), "name");
    if (!is_name(gtk_editable_get_text(name)))
        return;
    adw_message_dialog_response(dialog, "set");
    gtk_window_destroy(GTK_WINDOW(dialog));
}

static GtkWidget *
make_entry(AdwMessageDialog *dialog, const char *key, const char *title)
{
    GtkWidget *entry = adw_entry_row_new();
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(entry), title);
    g_object_set_data(G_OBJECT(dialog), key, entry);
    g_signal_connect_object(entry, "entry-activated", G_CALLBACK(on_entered), dialog,
                            G_CONNECT_SWAPPED);
    return entry;
}

static void
on_name_changed(AdwMessageDialog *dialog)
{
    GtkEditable *name = g_object_get_data(G_OBJECT(dialog), "name");
    adw_message_dialog_set_response_enabled(dialog, "set", is_name(gtk_editable_get_text(name)));
}

static void
on_response(HgBookmarks *bookmarks, const char *response, AdwMessageDialog *dialog)
{
    GtkEditable *name = g_object_get_data(G_OBJECT(dialog), "name");
    GtkEditable *note = g_object_get_data(G_OBJECT(dialog), "note");
    if (g_str_equal(response, "set"))
        start(bookmarks, SET, gtk_editable_get_text(name), gtk_editable_get_text(note));
}

void
hg_bookmarks_add(HgBookmarks *bookmarks)
{
    const HgShot *shot;
    uint32_t object = hg_session_get_selected(bookmarks->session, &shot);
    if (object == HG_NONE || !hg_shot_equal(shot, hg_session_get_shot(bookmarks->session))) {
        hg_session_say(bookmarks->session, "Select an object first");
        return;
    }
    GtkWindow *window = GTK_WINDOW(gtk_widget_get_root(GTK_WIDGET(bookmarks)));
    AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG(adw_message_dialog_new(
        window, "Bookmark",
        "The bookmark is kept in the store, and is @name on the command line."));
    GtkWidget *list = gtk_list_box_new(), *name = make_entry(dialog, "name", "Name");
    gtk_list_box_set_selection_mode(GTK_LIST_BOX(list), GTK_SELECTION_NONE);
    gtk_widget_add_css_class(list, "boxed-list");
    gtk_accessible_update_property(GTK_ACCESSIBLE(list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   "The bookmark", -1);
    gtk_list_box_append(GTK_LIST_BOX(list), name);
    gtk_list_box_append(GTK_LIST_BOX(list), make_entry(dialog, "note", "Note"));
    adw_message_dialog_set_extra_child(dialog, list);
    adw_message_dialog_add_responses(dialog, "cancel", "_Cancel", "set", "_Set", NULL);
    adw_message_dialog_set_response_appearance(dialog, "set", ADW_RESPONSE_SUGGESTED);
    adw_message_dialog_set_default_response(dialog, "set");
    g_signal_connect_object(name, "changed", G_CALLBACK(on_name_changed), dialog,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(dialog, "response", G_CALLBACK(on_response), bookmarks,
                            G_CONNECT_SWAPPED);
    on_name_changed(dialog);
    gtk_window_present(GTK_WINDOW(dialog));
    gtk_widget_grab_focus(name);
}

/* ---- the widget
 * ------------------------------------------------------------------------------------ */

void
hg_bookmarks_set_session(HgBookmarks *bookmarks, HgSession *session)
{
    g_set_object(&bookmarks->session, session);
    g_signal_connect_object(session, "shot-changed", G_CALLBACK(on_shot_changed), bookmarks,
                            G_CONNECT_SWAPPED);
}

static void
hg_bookmarks_init(HgBookmarks *bookmarks)
{
    GtkWidget *heading = gtk_label_new("Bookmarks");
    bookmarks->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    bookmarks->rows = GTK_LIST_BOX(gtk_list_box_new());
    gtk_label_set_xalign(GTK_LABEL(heading), 0);
    gtk_widget_add_css_class(heading, "heading");
    gtk_widget_add_css_class(heading, "sidebar-heading");
    gtk_widget_add_css_class(GTK_WIDGET(bookmarks->rows), "navigation-sidebar");
    gtk_list_box_set_selection_mode(bookmarks->rows, GTK_SELECTION_NONE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(bookmarks->rows), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   "Bookmarks", -1);
    g_signal_connect_object(bookmarks->rows, "row-activated", G_CALLBACK(on_row), bookmarks,
                            G_CONNECT_SWAPPED);
    gtk_box_append(GTK_BOX(bookmarks->box), heading);
    gtk_box_append(GTK_BOX(bookmarks->box), GTK_WIDGET(bookmarks->rows));
    gtk_widget_set_visible(bookmarks->box, FALSE);
    adw_bin_set_child(ADW_BIN(bookmarks), bookmarks->box);
}

static void
dispose(GObject *object)
{
    HgBookmarks *bookmarks = HG_BOOKMARKS(object);
    g_clear_pointer(&bookmarks->job, hg_job_cancel);
    g_clear_object(&bookmarks->session);
    G_OBJECT_CLASS(hg_bookmarks_parent_class)->dispose(object);
}

static void
hg_bookmarks_class_init(HgBookmarksClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
}
