/* cell.h - one cell of a list: a text, a number, a bar with its share, a small line.
 *
 * It shows a column of a row and follows it when it changes.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/row.h"

#include <gtk/gtk.h>

#define HG_TYPE_CELL (hg_cell_get_type())
G_DECLARE_FINAL_TYPE(HgCell, hg_cell, HG, CELL, GtkWidget)

/* A cell for that kind of column; [is_wide] for the one that takes what the others leave. */
GtkWidget *hg_cell_new(HgFieldKind kind, bool is_wide);

/* Shows a column of a row; NULL shows nothing. */
void hg_cell_set_row(HgCell *cell, HgRow *row, unsigned column);
HgRow *hg_cell_get_row(HgCell *cell); /* borrowed, may be NULL */
