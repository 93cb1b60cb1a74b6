/* dominators.h - which object keeps which alive.
 *
 * Object `d` dominates `x` when every way from the roots to `x` passes `d`: free `d` and `x`
 * goes too. The nearest one is the holder of `x`; holders make a tree. Objects stand here
 * under the numbers of a depth-first walk (depth-first.h), in which the holder of an object has
 * the smaller number, so that whatever runs along the tree is one sweep over an array.
 *
 * What no root reaches has its holders among the garbage.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/graph.h"
#include "core/graph/packed.h"

typedef struct {
    uint32_t n;       /* objects; numbers 1 .. n, and 0 for the virtual root */
    uint32_t n_live;  /* numbers 1 .. n_live are reached from the roots */
    uint32_t *number; /* [object] */
    uint32_t *object; /* [number], HG_NONE for the virtual root */
    uint32_t *holder; /* [number]: number of the immediate dominator; 0: none but the root */
} HgDominators;

void hg_dominators_clear(HgDominators *dominators);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgDominators, hg_dominators_clear)

/* Over the references that keep. Uses graph->forward and `how`. Fills *dominators on success. */
bool hg_dominators_find(const HgGraph *graph, const uint32_t *roots, size_t n_roots,
                        const HgProgress *progress, HgDominators *dominators, GError **error);

/* Returns: the holder of [object], HG_NONE where there is no single one. */
static inline uint32_t
hg_dominators_get_holder(const HgDominators *dominators, uint32_t object)
{
    return dominators->object[dominators->holder[dominators->number[object]]];
}
