/* told-rows.h - where a row starts, in the order of telling, when only lengths are kept.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/packed.h"

/* Every sixteenth start is kept; between them lengths are added up. */
typedef struct {
    const HgPacked *length; /* borrowed */
    uint64_t less;          /* what a length is kept larger by; 0 stays 0 */
    uint64_t *start;
} HgToldRows;

bool hg_told_rows_init(HgToldRows *rows, const HgPacked *length, uint64_t less, GError **error);
void hg_told_rows_clear(HgToldRows *rows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgToldRows, hg_told_rows_clear)

static inline uint64_t
hg_told_rows_get_length(const HgToldRows *rows, uint64_t row)
{
    uint64_t length = hg_packed_get(rows->length, row);
    return length ? length - rows->less : 0;
}

uint64_t hg_told_rows_get_start(const HgToldRows *rows, uint64_t row);
