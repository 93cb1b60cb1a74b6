/* sidebar.c - the snapshots that are open, and the pages.
 * SPDX-License-Identifier: MIT */
#include "gui/sidebar.h"

#include "core/numbers.h"
#include "gui/bookmarks.h"
#include "gui/pages.h"

struct _HgSidebar {
    AdwBin parent;
    GtkListBox *pages, *shots;
    HgBookmarks *bookmarks;
    HgSession *session;
};

G_DEFINE_FINAL_TYPE(HgSidebar, hg_sidebar, ADW_TYPE_BIN)

/* ---- pages ---------------------------------------------------------------------------------- */

static GtkWidget *
make_page_row(const HgPageKind *kind)
{
    GtkWidget *row = gtk_list_box_row_new(), *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *icon = gtk_image_new_from_icon_name(kind->icon);
    gtk_accessible_update_property(GTK_ACCESSIBLE(icon), GTK_ACCESSIBLE_PROPERTY_LABEL, kind->title,
                                   -1);
    gtk_box_append(GTK_BOX(box), icon);
    gtk_box_append(GTK_BOX(box), gtk_label_new(kind->title));
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
    gtk_widget_set_tooltip_text(row, kind->tooltip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, kind->title,
                                   -1);
    g_object_set_data(G_OBJECT(row), "kind", (void *)kind);
    return row;
}

static void
on_page_activated(HgSidebar *sidebar, GtkListBoxRow *row)
{
    const HgPageKind *kind = g_object_get_data(G_OBJECT(row), "kind");
    hg_session_go_to(sidebar->session, kind->name, NULL, HG_NONE, NULL);
}

/* ---- snapshots ------------------------------------------------------------------------------ */

static GtkWidget *
make_line(const char *text, const char *css_class)
{
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    if (css_class) {
        gtk_widget_add_css_class(label, css_class);
        gtk_widget_add_css_class(label, "caption");
    }
    return label;
}

static char *
dup_taken(const HgShot *shot)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(shot->info.taken / G_USEC_PER_SEC);
    return time ? g_date_time_format(time, "%e %b %Y, %H:%M:%S") : g_strdup("");
}

static void
on_close(HgSidebar *sidebar, GtkWidget *button)
{
    const HgShot *shot = g_object_get_data(G_OBJECT(button), "shot");
    hg_session_remove_shot(sidebar->session, shot);
}

static GtkWidget *
make_close(HgSidebar *sidebar, const HgShot *shot)
{
    GtkWidget *button = gtk_button_new_from_icon_name("window-close-symbolic");
    gtk_widget_add_css_class(button, "flat");
    gtk_widget_add_css_class(button, "circular");
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text(button, "Close this snapshot; it stays in its file");
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   "Close snapshot", -1);
    g_object_set_data(G_OBJECT(button), "shot", (void *)shot);
    g_signal_connect_object(button, "clicked", G_CALLBACK(on_close), sidebar, G_CONNECT_SWAPPED);
    return button;
}

static GtkWidget *
make_shot_texts(const HgShot *shot, const char *taken)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    g_autofree char *count = hg_number_dup_count(shot->info.n_objects);
    g_autofree char *size = hg_number_dup_size(shot->info.size);
    g_autofree char *facts = g_strdup_printf("%s objects, %s", count, size);
    gtk_box_append(GTK_BOX(box), make_line(shot->name, NULL));
    gtk_box_append(GTK_BOX(box), make_line(taken, "dim-label"));
    gtk_box_append(GTK_BOX(box), make_line(facts, "dim-label"));
    gtk_widget_set_hexpand(box, TRUE);
    return box;
}

static GtkWidget *
make_shot_row(HgSidebar *sidebar, const HgShot *shot)
{
    GtkWidget *row = gtk_list_box_row_new(), *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    g_autofree char *taken = dup_taken(shot);
    g_autofree char *tooltip = g_strdup_printf("%s in %s, Python %s, taken %s", shot->name,
                                               shot->path, shot->info.python, taken);
    gtk_box_append(GTK_BOX(box), make_shot_texts(shot, taken));
    gtk_box_append(GTK_BOX(box), make_close(sidebar, shot));
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
    gtk_widget_add_css_class(row, "shot");
    gtk_widget_set_tooltip_text(row, tooltip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, shot->name,
                                   -1);
    g_object_set_data(G_OBJECT(row), "shot", (void *)shot);
    return row;
}

static void
on_shot_activated(HgSidebar *sidebar, GtkListBoxRow *row)
{
    hg_session_set_shot(sidebar->session, g_object_get_data(G_OBJECT(row), "shot"));
}

static void
clear_rows(GtkListBox *box)
{
    GtkListBoxRow *row;
    while ((row = gtk_list_box_get_row_at_index(box, 0)))
        gtk_list_box_remove(box, GTK_WIDGET(row));
}

static void
mark_shot(HgSidebar *sidebar, const HgShot *shot)
{
    GtkListBoxRow *row;
    for (int i = 0; (row = gtk_list_box_get_row_at_index(sidebar->shots, i)); i++)
        if (hg_shot_equal(g_object_get_data(G_OBJECT(row), "shot"), shot))
            gtk_list_box_select_row(sidebar->shots, row);
}

static void
on_shots_changed(HgSidebar *sidebar)
{
    const GPtrArray *shots = hg_session_get_shots(sidebar->session);
    clear_rows(sidebar->shots);
    for (unsigned i = 0; i < shots->len; i++)
        gtk_list_box_append(sidebar->shots, make_shot_row(sidebar, shots->pdata[i]));
}

static void
on_shot_changed(HgSidebar *sidebar)
{
    mark_shot(sidebar, hg_session_get_shot(sidebar->session));
}

void
hg_sidebar_show_place(HgSidebar *sidebar, const HgPlace *place)
{
    GtkListBoxRow *row;
    gtk_list_box_unselect_all(sidebar->pages);
    for (int i = 0; (row = gtk_list_box_get_row_at_index(sidebar->pages, i)); i++) {
        const HgPageKind *kind = g_object_get_data(G_OBJECT(row), "kind");
        if (g_str_equal(kind->name, place->page))
            gtk_list_box_select_row(sidebar->pages, row);
    }
    mark_shot(sidebar, place->shot);
}

void
hg_sidebar_set_session(HgSidebar *sidebar, HgSession *session)
{
    g_set_object(&sidebar->session, session);
    hg_bookmarks_set_session(sidebar->bookmarks, session);
    g_signal_connect_object(session, "shots-changed", G_CALLBACK(on_shots_changed), sidebar,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(session, "shot-changed", G_CALLBACK(on_shot_changed), sidebar,
                            G_CONNECT_SWAPPED);
}

void
hg_sidebar_add_bookmark(HgSidebar *sidebar)
{
    hg_bookmarks_add(sidebar->bookmarks);
}

static void
hg_sidebar_init(HgSidebar *sidebar)
{
    g_type_ensure(HG_TYPE_BOOKMARKS);
    gtk_widget_init_template(GTK_WIDGET(sidebar));
    for (const HgPageKind *kind = hg_pages; kind->name; kind++)
        if (kind->use == HG_PAGE_LISTED || kind->use == HG_PAGE_ALONE)
            gtk_list_box_append(sidebar->pages, make_page_row(kind));
}

static void
dispose(GObject *object)
{
    HgSidebar *sidebar = HG_SIDEBAR(object);
    gtk_widget_dispose_template(GTK_WIDGET(sidebar), HG_TYPE_SIDEBAR);
    g_clear_object(&sidebar->session);
    G_OBJECT_CLASS(hg_sidebar_parent_class)->dispose(object);
}

static void
hg_sidebar_class_init(HgSidebarClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/heapgraph/Viewer/sidebar.ui");
    gtk_widget_class_bind_template_child(widget_class, HgSidebar, pages);
    gtk_widget_class_bind_template_child(widget_class, HgSidebar, shots);
    gtk_widget_class_bind_template_child(widget_class, HgSidebar, bookmarks);
    gtk_widget_class_bind_template_callback(widget_class, on_page_activated);
    gtk_widget_class_bind_template_callback(widget_class, on_shot_activated);
}
