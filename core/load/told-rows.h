/* told-rows.h - rows that were told one after the other, of which only the lengths are kept.
 *
 * Asked for in another order, as objects sorted by address are: every sixteenth start is kept,
 * between them lengths are added up.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/packed.h"

typedef struct {
    const HgPacked *length; /* borrowed */
    uint64_t less;          /* what a length is kept larger by; 0 stays 0 */
    const uint32_t *place;  /* [row asked for]: where it was told; borrowed; NULL: in order */
    uint64_t *start;
    uint64_t next; /* in order: where the next one starts */
} HgToldRows;

bool hg_told_rows_init(HgToldRows *rows, const HgPacked *length, uint64_t less,
                       const uint32_t *place, GError **error);
void hg_told_rows_clear(HgToldRows *rows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgToldRows, hg_told_rows_clear)

typedef struct {
    uint64_t start, length;
} HgToldRow;

/* Fills in rows [first] to [first] + [count] - 1. All rows must be asked for one after the other.
 */
void hg_told_rows_read(HgToldRows *rows, uint64_t first, size_t count, HgToldRow *row);
