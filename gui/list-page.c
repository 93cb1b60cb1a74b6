/* list-page.c - a page that is one list.
 * SPDX-License-Identifier: MIT */
#include "gui/list-page.h"

typedef struct {
    GtkWidget *box;
    HgListView *view;
} HgListPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE(HgListPage, hg_list_page, HG_TYPE_PAGE)

static HgListPagePrivate *
get_private(HgListPage *page)
{
    return hg_list_page_get_instance_private(page);
}

HgListView *
hg_list_page_get_view(HgListPage *page)
{
    return get_private(page)->view;
}

void
hg_list_page_set_top(HgListPage *page, GtkWidget *widget)
{
    gtk_widget_add_css_class(widget, "page-bar");
    gtk_box_prepend(GTK_BOX(get_private(page)->box), widget);
}

void
hg_list_page_ask(HgListPage *page)
{
    HgListPageClass *class = HG_LIST_PAGE_GET_CLASS(page);
    const HgPlace *place = hg_page_get_place(HG_PAGE(page));
    if (!place)
        return;
    void *question = class->dup_question(page, place);
    if (question)
        hg_list_view_ask(get_private(page)->view, hg_page_get_session(HG_PAGE(page)), class->ask,
                         question, class->free_question);
    else
        hg_list_view_clear(get_private(page)->view);
}

static void *
dup_question(HgListPage *page, const HgPlace *place)
{
    return hg_place_ref(place);
}

static HgPlace *
dup_target(HgListPage *page, HgRow *row)
{
    uint32_t object = hg_row_get_object(row);
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    return object == HG_NONE ? NULL : hg_place_new("object", here->shot, object, NULL);
}

static void
on_open(HgListPage *page, HgRow *row, gboolean in_new_tab)
{
    g_autoptr(HgPlace) target = HG_LIST_PAGE_GET_CLASS(page)->dup_target(page, row);
    if (target)
        hg_session_go(hg_page_get_session(HG_PAGE(page)), target, in_new_tab);
}

static void
show(HgPage *page, const HgPlace *place)
{
    hg_list_view_set_filter(get_private(HG_LIST_PAGE(page))->view, "");
    hg_list_page_ask(HG_LIST_PAGE(page));
}

static void
begin_search(HgPage *page)
{
    hg_list_view_begin_search(get_private(HG_LIST_PAGE(page))->view);
}

static void
hg_list_page_init(HgListPage *page)
{
    HgListPagePrivate *private = get_private(page);
    private->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    private->view = g_object_new(HG_TYPE_LIST_VIEW, "vexpand", TRUE, NULL);
    gtk_box_append(GTK_BOX(private->box), GTK_WIDGET(private->view));
    adw_bin_set_child(ADW_BIN(page), private->box);
    g_signal_connect_object(private->view, "open", G_CALLBACK(on_open), page, G_CONNECT_SWAPPED);
}

static void
hg_list_page_class_init(HgListPageClass *class)
{
    HG_PAGE_CLASS(class)->show = show;
    HG_PAGE_CLASS(class)->begin_search = begin_search;
    class->dup_question = dup_question;
    class->free_question = hg_place_unref;
    class->dup_target = dup_target;
}
