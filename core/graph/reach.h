/* reach.h - what the roots keep alive, and the shortest way to it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/graph.h"

typedef struct {
    uint32_t
        *distance;   /* [object]: references from the nearest root + 1 (a root: 1), 0 unreached */
    uint32_t *step;  /* [object]: the object before it on that way + 1, 0 for roots, unreached */
    uint32_t n_live; /* objects reached */
} HgReach;

void hg_reach_clear(HgReach *reach);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgReach, hg_reach_clear)

/* Breadth first from [roots] (numbers of objects, any may come twice) over the references
 * that keep. Uses graph->forward and `how`. Fills *reach on success. */
bool hg_reach_find(const HgGraph *graph, const uint32_t *roots, size_t n_roots,
                   const HgProgress *progress, HgReach *reach, GError **error);
