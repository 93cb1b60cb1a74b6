/* list-model.h - a list as GTK wants it: rows are made when they are asked for.
 *
 * Sorting a list of a million by "everything changed" makes GTK ask for every row (0.44 s). Here a
 * row is a place: after another order the rows that are seen say "changed" and show what stands
 * there now; only rows at the end come and go.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/job.h"
#include "gui/models/row.h"

#include <gio/gio.h>

#define HG_TYPE_LIST_MODEL (hg_list_model_get_type())
G_DECLARE_FINAL_TYPE(HgListModel, hg_list_model, HG, LIST_MODEL, GObject)

HgListModel *hg_list_model_new(void);

/* Shows other rows. [list] and [order] (rows of it, uint32_t) are taken; NULL and NULL: none. */
void hg_list_model_set(HgListModel *model, HgList *list, GArray *order);
/* Shows the same list in another order; [order] is taken. */
void hg_list_model_reorder(HgListModel *model, GArray *order);

HgList *hg_list_model_get_list(HgListModel *model);  /* borrowed, may be NULL */
GArray *hg_list_model_get_order(HgListModel *model); /* borrowed, may be NULL */

/* Returns: how many rows are seen; views are told of many of them in steps, frame by frame. */
unsigned hg_list_model_count(HgListModel *model);

/* Returns: where a row of the list stands, UINT_MAX if it is not seen. */
unsigned hg_list_model_find(HgListModel *model, uint32_t row);

/* Says who reads the values of objects that are seen; [work] is borrowed and outlives the model's
 * use of it. Without, values stay empty. */
void hg_list_model_set_work(HgListModel *model, HgWork *work);
