/* start-page.c - what a window shows before anything is open.
 * SPDX-License-Identifier: MIT */
#include "gui/start-page.h"

#include <stdbool.h>

#define RECENT_MAX 6

struct _HgStartPage {
    AdwBin parent;
    GtkListBox *recent;
};

static unsigned open_signal;

G_DEFINE_FINAL_TYPE(HgStartPage, hg_start_page, ADW_TYPE_BIN)

/* Files that this program has opened and that are still there. */
static bool
is_ours(GtkRecentInfo *info)
{
    return gtk_recent_info_has_application(info, g_get_application_name()) &&
           gtk_recent_info_is_local(info) && gtk_recent_info_exists(info);
}

static GtkWidget *
make_row(GtkRecentInfo *info)
{
    GtkWidget *row = adw_action_row_new();
    g_autofree char *path = g_filename_from_uri(gtk_recent_info_get_uri(info), NULL, NULL);
    g_autofree char *folder = path ? g_path_get_dirname(path) : NULL;
    adw_preferences_row_set_use_markup(ADW_PREFERENCES_ROW(row), FALSE);
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), gtk_recent_info_get_display_name(info));
    adw_action_row_set_subtitle(ADW_ACTION_ROW(row), folder ? folder : "");
    adw_action_row_set_icon_name(ADW_ACTION_ROW(row), "document-open-recent-symbolic");
    gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), TRUE);
    g_object_set_data_full(G_OBJECT(row), "path", g_steal_pointer(&path), g_free);
    return row;
}

static int
compare_visits(const void *one, const void *other)
{
    GDateTime *a = gtk_recent_info_get_visited((GtkRecentInfo *)one);
    GDateTime *b = gtk_recent_info_get_visited((GtkRecentInfo *)other);
    return -g_date_time_compare(a, b);
}

static void
unref_info(void *info)
{
    gtk_recent_info_unref(info);
}

static void
on_recent_changed(HgStartPage *page)
{
    GtkListBoxRow *row;
    unsigned count = 0;
    while ((row = gtk_list_box_get_row_at_index(page->recent, 0)))
        gtk_list_box_remove(page->recent, GTK_WIDGET(row));
    GList *infos = gtk_recent_manager_get_items(gtk_recent_manager_get_default());
    infos = g_list_sort(infos, compare_visits);
    for (GList *item = infos; item && count < RECENT_MAX; item = item->next)
        if (is_ours(item->data)) {
            gtk_list_box_append(page->recent, make_row(item->data));
            count++;
        }
    g_list_free_full(infos, unref_info);
    gtk_widget_set_visible(GTK_WIDGET(page->recent), count > 0);
}

static void
on_row(HgStartPage *page, GtkListBoxRow *row)
{
    const char *path = g_object_get_data(G_OBJECT(row), "path");
    if (path)
        g_signal_emit(page, open_signal, 0, path);
}

static void
hg_start_page_init(HgStartPage *page)
{
    gtk_widget_init_template(GTK_WIDGET(page));
    g_signal_connect_object(gtk_recent_manager_get_default(), "changed",
                            G_CALLBACK(on_recent_changed), page, G_CONNECT_SWAPPED);
    on_recent_changed(page);
}

static void
dispose(GObject *object)
{
    gtk_widget_dispose_template(GTK_WIDGET(object), HG_TYPE_START_PAGE);
    G_OBJECT_CLASS(hg_start_page_parent_class)->dispose(object);
}

static void
hg_start_page_class_init(HgStartPageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    open_signal = g_signal_new("open", HG_TYPE_START_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, G_TYPE_STRING);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/heapgraph/Viewer/start-page.ui");
    gtk_widget_class_bind_template_child(widget_class, HgStartPage, recent);
    gtk_widget_class_bind_template_callback(widget_class, on_row);
}
