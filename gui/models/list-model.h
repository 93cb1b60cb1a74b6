/* list-model.h - a list as GTK wants it: rows are made when they are asked for.
 *
 * Sorting a list of a million by "everything changed" makes GTK ask for every row (0.44 s). Here a
 * row is a place: after another order the rows that are seen say "changed" and show what stands
 * there now; only rows at the end come and go.
 * SPDX-License-Identifier: MIT */
#pragma once

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

/* Returns: where a row of the list stands, UINT_MAX if it is not seen. */
unsigned hg_list_model_find(HgListModel *model, uint32_t row);

/* Values: "values-wanted" is emitted when rows were asked for values that are not known. */

/* Returns: rows (uint32_t) of the list whose values are wanted, each only once; g_array_unref(). */
GArray *hg_list_model_take_wanted(HgListModel *model);
/* Tells the value of a row; [value] is copied. */
void hg_list_model_set_value(HgListModel *model, uint32_t row, const char *value);
