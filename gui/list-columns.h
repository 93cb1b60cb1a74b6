/* list-columns.h - the columns of a list or a tree, made of cells.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/row.h"

#include <gtk/gtk.h>

/* Returns: a column of [view] for field [number] of the rows of a list; with [is_tree] rows are in
 * a GtkTreeListModel and can be expanded in this column. */
GtkColumnViewColumn *hg_list_column_new(GtkColumnView *view, const HgListColumn *spec,
                                        unsigned number, bool is_tree);

/* Returns: the shown column of that number, borrowed; NULL if it is not shown. */
GtkColumnViewColumn *hg_list_columns_find(GtkColumnView *view, unsigned number);

/* Lets a click on the heading of a column sort by it. */
void hg_list_column_make_sortable(GtkColumnViewColumn *column, unsigned number);

/* Returns: whether somebody sorts, by which column, and how. */
bool hg_list_columns_find_sort(GtkColumnView *view, unsigned *number, bool *is_descending);

/* To be called when all columns are there: headings of numbers stand above their numbers. */
void hg_list_columns_finish(GtkColumnView *view, const HgList *list);

/* Returns: the row of the cell at a point of the view, borrowed; NULL if there is none. */
HgRow *hg_list_columns_pick(GtkColumnView *view, double x, double y);

/* Shows the menu of a row at a point of the view. *popover, a child of [widget], is made on the
 * first time and is the caller's to unparent. */
void hg_list_columns_show_menu(GtkColumnView *view, GtkWidget *widget, GtkWidget **popover,
                               GMenuModel *menu, double x, double y);

/* GTK 4.8 goes from row to row with Tab: who is in a list of a million never gets out. To be called
 * from the focus() of a widget around the list, which is its last part. Returns: whether the focus
 * is in the list and Tab leaves it: then *moved is what focus() returns. [before] is what Shift+Tab
 * leads to. */
bool hg_list_columns_leave(GtkColumnView *view, GtkWidget *before, GtkDirectionType direction,
                           gboolean *moved);
