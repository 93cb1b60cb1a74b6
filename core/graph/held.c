/* held.c - the tree of holders from above: which objects an object directly holds.
 * SPDX-License-Identifier: MIT */
#include "core/graph/held.h"

#define AHEAD 24u /* objects between asking for memory and using it */

void
hg_held_rows_clear(HgHeldRows *rows)
{
    hg_array_clear(&rows->row);
    hg_array_clear(&rows->first);
    hg_array_clear(&rows->held);
}

static uint32_t
find_row(const HgDominators *dominators, uint32_t object)
{
    uint32_t number = dominators->number[object], holder = dominators->holder[number];
    if (holder)
        return dominators->object[holder] + 1;
    return number <= dominators->n_live ? 0 : dominators->n + 1;
}

/* Counts two places further on, so that after summing up and filling in (which moves each
 * start to the start of the next row) the starts are where they belong. */
static void
count_rows(const HgDominators *dominators, uint32_t *row, uint32_t *first)
{
    uint32_t n = dominators->n;
    for (uint32_t object = 0; object < n; object++) {
        row[object] = find_row(dominators, object);
        first[(uint64_t)row[object] + 2]++;
    }
    for (uint64_t at = 2; at <= (uint64_t)n + 2; at++)
        first[at + 1] += first[at];
}

static void
fill_rows(const uint32_t *row, uint32_t n, uint32_t *first, uint32_t *held)
{
    for (uint32_t object = 0; object < n; object++) {
        if (object + 2 * AHEAD < n) {
            __builtin_prefetch(&first[(uint64_t)row[object + 2 * AHEAD] + 1], 1);
            __builtin_prefetch(&held[first[(uint64_t)row[object + AHEAD] + 1]], 1);
        }
        held[first[(uint64_t)row[object] + 1]++] = object;
    }
}

bool
hg_held_rows_find(const HgDominators *dominators, HgHeldRows *rows, GError **error)
{
    uint32_t n = dominators->n;
    g_auto(HgHeldRows) made = {0};
    made.row = hg_array_new(n, sizeof *made.row, error);
    made.first = made.row ? hg_array_new((uint64_t)n + 4, sizeof *made.first, error) : NULL;
    made.held = made.first ? hg_array_new(n, sizeof *made.held, error) : NULL;
    if (!made.held)
        return false;
    count_rows(dominators, made.row, made.first);
    fill_rows(made.row, n, made.first, made.held);
    *rows = made;
    made = (HgHeldRows){0};
    return true;
}
