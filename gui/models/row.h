/* row.h - one row that is seen, of a list or a tree.
 *
 * Rows are made for what is on the screen, and no more. When what a row shows changes - because
 * the list was sorted, or a value was read - it emits "changed".
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/list.h"

#include <glib-object.h>

#define HG_TYPE_ROW (hg_row_get_type())
G_DECLARE_DERIVABLE_TYPE(HgRow, hg_row, HG, ROW, GObject)

struct _HgRowClass {
    GObjectClass parent_class;

    /* Returns: the list with the row in it, and sets *row; NULL for a row that is not there (any
     * more). Borrowed. */
    HgList *(*get_place)(HgRow *row, uint32_t *place);
    /* Returns: the value of its object if it was read, else asks for it; borrowed. May be left out
     * where no column is an HG_FIELD_VALUE. */
    const char *(*get_value)(HgRow *row);
};

HgList *hg_row_get_place(HgRow *row, uint32_t *place);
uint32_t hg_row_get_object(HgRow *row); /* or HG_NONE */
/* Returns: a cell as people read it; g_free(). */
char *hg_row_dup_cell(HgRow *row, unsigned column);
/* Returns: the text in the column of that key, borrowed; NULL if there is none. */
const char *hg_row_get_text(HgRow *row, const char *key);
void hg_row_emit_changed(HgRow *row);
