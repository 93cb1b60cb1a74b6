/* graph-menu.h - the menu of a node of a graph: what can be done with it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/graph-scene.h"

/* Returns: the menu of a node, its actions those of hg_graph_acts; g_object_unref(). */
GMenu *hg_graph_menu_new(const HgSceneNode *node);
