/* told-rows.c - where a row starts, in the order of telling, when only lengths are kept.
 * SPDX-License-Identifier: MIT */
#include "core/load/told-rows.h"

#include "core/graph/graph.h"

#define STRIDE 16u /* rows from one start that is kept to the next */

bool
hg_told_rows_init(HgToldRows *rows, const HgPacked *length, uint64_t less, GError **error)
{
    *rows = (HgToldRows){.length = length, .less = less};
    rows->start = hg_array_new(length->n / STRIDE + 1, sizeof(uint64_t), error);
    if (!rows->start)
        return false;
    uint64_t start = 0;
    for (uint64_t row = 0; row < length->n; row++) {
        if (row % STRIDE == 0)
            rows->start[row / STRIDE] = start;
        start += hg_told_rows_get_length(rows, row);
    }
    return true;
}

void
hg_told_rows_clear(HgToldRows *rows)
{
    hg_array_clear(&rows->start);
}

uint64_t
hg_told_rows_get_start(const HgToldRows *rows, uint64_t row)
{
    uint64_t start = rows->start[row / STRIDE];
    for (uint64_t before = row - row % STRIDE; before < row; before++)
        start += hg_told_rows_get_length(rows, before);
    return start;
}
