/* best.h - the objects with the greatest measure, of any number that are offered.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A heap with the worst of the best on top. */
typedef struct {
    GArray *heap;
    uint64_t limit;
    uint64_t count; /* of all that were offered */
    uint64_t least; /* measure of the worst once there are [limit], 0 before */
} HgBest;

void hg_best_init(HgBest *best, uint64_t limit);
void hg_best_clear(HgBest *best);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgBest, hg_best_clear)

/* For hg_best_offer(): what is not below the least of the best. */
void hg_best_consider(HgBest *best, uint32_t object, uint64_t measure);

static inline void
hg_best_offer(HgBest *best, uint32_t object, uint64_t measure)
{
    best->count++;
    if (measure >= best->least)
        hg_best_consider(best, object, measure);
}

/* Returns: numbers (uint32_t), the greatest measure first, then the lowest number; g_array_unref().
 * Nothing may be offered afterwards. */
GArray *hg_best_take(HgBest *best);
