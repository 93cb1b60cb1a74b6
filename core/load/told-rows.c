/* told-rows.c - rows that were told one after the other, of which only the lengths are kept.
 * SPDX-License-Identifier: MIT */
#include "core/load/told-rows.h"

#include "core/graph/graph.h"

#define STRIDE 16u /* rows from one start that is kept to the next */
#define AHEAD 16   /* rows between asking for memory and using it */

static uint64_t
get_length(const HgToldRows *rows, uint64_t place)
{
    uint64_t length = hg_packed_get(rows->length, place);
    return length ? length - rows->less : 0;
}

bool
hg_told_rows_init(HgToldRows *rows, const HgPacked *length, uint64_t less, const uint32_t *place,
                  GError **error)
{
    *rows = (HgToldRows){.length = length, .less = less, .place = place};
    if (!place)
        return true;
    rows->start = hg_array_new(length->n / STRIDE + 1, sizeof(uint64_t), error);
    if (!rows->start)
        return false;
    uint64_t start = 0;
    for (uint64_t at = 0; at < length->n; at++) {
        if (at % STRIDE == 0)
            rows->start[at / STRIDE] = start;
        start += get_length(rows, at);
    }
    return true;
}

void
hg_told_rows_clear(HgToldRows *rows)
{
    hg_array_clear(&rows->start);
}

static HgToldRow
find(const HgToldRows *rows, uint64_t place)
{
    uint64_t start = rows->start[place / STRIDE];
    for (uint64_t before = place - place % STRIDE; before < place; before++)
        start += get_length(rows, before);
    return (HgToldRow){start, get_length(rows, place)};
}

void
hg_told_rows_read(HgToldRows *rows, uint64_t first, size_t count, HgToldRow *row)
{
    for (size_t i = 0; !rows->place && i < count; i++) {
        row[i] = (HgToldRow){rows->next, get_length(rows, first + i)};
        rows->next += row[i].length;
    }
    for (size_t i = 0; rows->place && i < count + AHEAD; i++) {
        if (i < count) {
            __builtin_prefetch(&rows->start[rows->place[first + i] / STRIDE]);
            hg_packed_fetch(rows->length, rows->place[first + i]);
        }
        if (i >= AHEAD)
            row[i - AHEAD] = find(rows, rows->place[first + i - AHEAD]);
    }
}
