/* list-page.h - a page that is one list, with room for something above it.
 *
 * A row about an object opens that object's page, unless the page does something else.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/list-view.h"
#include "gui/page.h"

#define HG_TYPE_LIST_PAGE (hg_list_page_get_type())
G_DECLARE_DERIVABLE_TYPE(HgListPage, hg_list_page, HG, LIST_PAGE, HgPage)

struct _HgListPageClass {
    HgPageClass parent_class;

    /* Returns: what is asked, handed over; freed with [free_question]. By default the place. NULL:
     * nothing can be asked, and what the view says where there is no row tells why. */
    void *(*dup_question)(HgListPage *page, const HgPlace *place);
    GDestroyNotify free_question;

    /* Runs in a worker. Returns: a HgList. */
    HgAskFunc ask;

    /* Returns: where a row leads, NULL for nowhere. By default the page of its object. */
    HgPlace *(*dup_target)(HgListPage *page, HgRow *row);
};

HgListView *hg_list_page_get_view(HgListPage *page); /* borrowed */

/* Puts a widget above the list. */
void hg_list_page_set_top(HgListPage *page, GtkWidget *widget);

/* Asks again: something above the list has changed. */
void hg_list_page_ask(HgListPage *page);
