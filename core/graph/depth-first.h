/* depth-first.h - the objects numbered in the order of a walk, for the dominators.
 *
 * The walk starts at a virtual root, number 0, that refers to every root; then, for what the
 * roots do not reach (garbage), to one object of each cycle or chain that nothing outside
 * refers to. So every object gets a number 1 .. n, its parent's is smaller, and a walk up the
 * parents ends at 0.
 *
 * References besides those of the tree are kept as pairs of numbers. What garbage refers to
 * among the live ones is left out: garbage holds nothing that is alive.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/graph.h"

typedef struct {
    uint32_t n;         /* the last number given: the count of objects */
    uint32_t n_live;    /* numbers 1 .. n_live are reached from the roots */
    uint32_t *number;   /* [object] */
    uint32_t *object;   /* [number], HG_NONE for the virtual root */
    uint32_t *parent;   /* [number], 0 for the virtual root */
    uint64_t *crossing; /* number of the target << 32 | number of the source, in no order */
    uint64_t n_crossings;
} HgDepthFirst;

void hg_depth_first_clear(HgDepthFirst *walk);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgDepthFirst, hg_depth_first_clear)

/* Uses graph->forward and `how`. Fills *result on success. */
bool hg_depth_first_walk(const HgGraph *graph, const uint32_t *roots, size_t n_roots,
                         const HgProgress *progress, HgDepthFirst *result, GError **error);
