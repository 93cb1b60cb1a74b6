/* components.h - the cycles of a part of the graph: its strongly connected components.
 *
 * Two objects are in one component when each leads to the other. Components come numbered so that
 * a reference between two of them leads to the one with the smaller number.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/graph.h"

typedef struct {
    uint32_t *component; /* [object], HG_NONE for what is not in the part */
    uint32_t n;
} HgComponents;

void hg_components_clear(HgComponents *components);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgComponents, hg_components_clear)

/* Over the references that keep, among the objects whose bit in [part] is set. Uses
 * graph->forward and `how`. Fills *components on success. */
bool hg_components_find(const HgGraph *graph, const uint8_t *part, const HgProgress *progress,
                        HgComponents *components, GError **error);
