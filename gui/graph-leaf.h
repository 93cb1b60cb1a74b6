/* graph-leaf.h - what a screen reader and the keyboard find where a node is drawn: an empty widget
 * with a role and a label.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

#define HG_TYPE_GRAPH_LEAF (hg_graph_leaf_get_type())
G_DECLARE_FINAL_TYPE(HgGraphLeaf, hg_graph_leaf, HG, GRAPH_LEAF, GtkWidget)

GtkWidget *hg_graph_leaf_new(void);
void hg_graph_leaf_set(HgGraphLeaf *leaf, uint32_t node, const char *name);
uint32_t hg_graph_leaf_get_node(HgGraphLeaf *leaf);

/* What somebody wants of a node: actions of a leaf and of the view, and what its signal "act"
 * tells. */
typedef struct {
    const char *action; /* "graph.open" */
    const char *name;   /* "open" */
} HgGraphAct;

/* Ends with an empty row. */
extern const HgGraphAct hg_graph_acts[];
