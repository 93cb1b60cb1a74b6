/* graph-input.h - what pointer, fingers and keys do to a graph view.
 *
 *      click selects, double click expands, drag and wheel move and zoom; arrows go from node to
 *      node, letters do what the menu says
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/graph-view.h"

/* Lets a new view be touched, as long as it lives. */
void hg_graph_input_add(HgGraphView *view);
