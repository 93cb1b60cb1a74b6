/* graph-leaf.h - the leaf over a node of a graph, and what can be done with it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/leaf.h"

#define HG_TYPE_GRAPH_LEAF (hg_graph_leaf_get_type())
G_DECLARE_FINAL_TYPE(HgGraphLeaf, hg_graph_leaf, HG, GRAPH_LEAF, HgLeaf)

/* What somebody wants of a node: actions of a leaf and of the view, and what its signal "act"
 * tells. */
typedef struct {
    const char *action; /* "graph.open" */
    const char *name;   /* "open" */
} HgGraphAct;

/* Ends with an empty row. */
extern const HgGraphAct hg_graph_acts[];
