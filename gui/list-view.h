/* list-view.h - a list as every page shows it: sorted by a click on a heading, filtered while one
 * types, copied, exported; a spinner while it is asked for, a sentence when it is empty, the error
 * when it cannot be had.
 *
 * Signals:
 *      "open" (HgRow *, bool in_new_tab)   a row was double clicked, entered, middle clicked
 *      "selected"                          another row, or none
 *
 * A row about an object that is selected becomes the selected object of the session.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/list-model.h"
#include "gui/session.h"

#include <adwaita.h>

#define HG_TYPE_LIST_VIEW (hg_list_view_get_type())
G_DECLARE_FINAL_TYPE(HgListView, hg_list_view, HG, LIST_VIEW, AdwBin)

/* Asks for the list and shows it: [ask] returns a HgList. What was shown stays until the answer
 * comes; an earlier question is cancelled. [argument] is handed over. */
void hg_list_view_ask(HgListView *view, HgSession *session, HgAskFunc ask, void *argument,
                      GDestroyNotify free_argument);

/* Sorts by the column of that key until the user sorts otherwise; to be called before asking. */
void hg_list_view_sort_by(HgListView *view, const char *key, bool is_descending);

/* What is said where there is no row; the description is markup. */
void hg_list_view_set_empty(HgListView *view, const char *title, const char *description);
/* A button or two below that; NULL for none. */
void hg_list_view_set_way_out(HgListView *view, GtkWidget *buttons);

/* Shows no list, but what is said where there is no row. An earlier question is cancelled. */
void hg_list_view_clear(HgListView *view);

void hg_list_view_set_filter(HgListView *view, const char *filter);
void hg_list_view_begin_search(HgListView *view);

HgListModel *hg_list_view_get_model(HgListView *view); /* borrowed */
HgRow *hg_list_view_get_selected(HgListView *view);    /* borrowed, may be NULL */
