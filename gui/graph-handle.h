/* graph-handle.h - small buttons at the corners of a node, to show or hide its neighbours.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/graph-paint.h"

/* Sides: 1 is where what refers to the node stands, 0 where what it refers to stands; -1: none. */

/* Returns: the side of the handle of a node at a point of the scene, -1 if there is none. */
int hg_graph_handle_find(const HgSceneNode *node, const HgLayoutPoint *point);

/* Returns: what a click on the handle of a side does, for a tooltip. */
const char *hg_graph_handle_get_text(const HgSceneNode *node, int side);

/* Draws the handles of a node, that of [hovered_side] filled. */
void hg_graph_handles_paint(GtkSnapshot *snapshot, const HgSceneNode *node, int hovered_side,
                            const HgGraphColours *colours);
