/* graph-legend.h - what the colours and lines of a graph mean.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/graph-scene.h"

#define HG_TYPE_GRAPH_LEGEND (hg_graph_legend_get_type())
G_DECLARE_FINAL_TYPE(HgGraphLegend, hg_graph_legend, HG, GRAPH_LEGEND, GtkBox)

/* Tells what is on this scene, and no more. */
void hg_graph_legend_set_scene(HgGraphLegend *legend, const HgScene *scene);
