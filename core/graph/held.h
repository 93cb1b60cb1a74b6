/* held.h - the tree of holders from above: which objects an object directly holds.
 *
 * A row an object, and one more at either end, so that what has no single holder stands
 * somewhere, too:
 *
 *      row 0        held by the roots, or by several objects that share no holder
 *      row o + 1    held by object o
 *      row n + 1    reached by no root, and held by no single object
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/dominators.h"

typedef struct {
    uint32_t *row;   /* [object]: the one it stands in */
    uint32_t *first; /* [row]: where its objects start; n + 3 of them, the last is n */
    uint32_t *held;  /* objects, ascending within a row */
} HgHeldRows;

void hg_held_rows_clear(HgHeldRows *rows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgHeldRows, hg_held_rows_clear)

bool hg_held_rows_find(const HgDominators *dominators, HgHeldRows *rows, GError **error);
