/* graph-view.h - a graph drawn, looked at and touched: zoom, pan, hover, select, search.
 *
 * It shows a scene and knows nothing of snapshots: what somebody wants of a node is told by
 * signals. Where the plane of the scene lies is graph-plane.c, what the pointer and keys do is
 * graph-input.c.
 *
 * Signals:
 *      "act" (const char *what, unsigned node)    what: hg_graph_acts[].name, or "toggle"
 *      "menu" (unsigned node, double x, double y)   node is HG_NONE beside all nodes
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/graph-leaf.h"
#include "gui/graph-paint.h"
#include "gui/graph-plane.h"

#define HG_TYPE_GRAPH_VIEW (hg_graph_view_get_type())
G_DECLARE_FINAL_TYPE(HgGraphView, hg_graph_view, HG, GRAPH_VIEW, GtkWidget)

/* Shows a scene that is placed, and takes it. What was on the one before goes to its new place, if
 * [follows], and what is new comes into sight beside the node [anchor] (HG_NONE: the selected one);
 * else as much of the new one is shown as can be read. */
void hg_graph_view_set_scene(HgGraphView *view, HgScene *scene, bool follows, uint32_t anchor);
const HgScene *hg_graph_view_get_scene(HgGraphView *view); /* borrowed, may be NULL */

/* The selected node, HG_NONE for none. */
void hg_graph_view_select(HgGraphView *view, uint32_t node);
uint32_t hg_graph_view_get_selected(HgGraphView *view);

void hg_graph_view_zoom(HgGraphView *view, double factor); /* about the middle */
void hg_graph_view_set_zoom(HgGraphView *view, double zoom);
double hg_graph_view_get_zoom(HgGraphView *view);
void hg_graph_view_fit(HgGraphView *view);
/* Moves a node into sight. */
void hg_graph_view_reveal(HgGraphView *view, uint32_t node);

/* Marks the nodes whose text has [text] in it. Returns: how many. */
unsigned hg_graph_view_search(HgGraphView *view, const char *text);
unsigned hg_graph_view_count_matches(HgGraphView *view);
/* Selects and reveals the next of them (1) or the one before (-1). Returns: its number, from 1. */
unsigned hg_graph_view_search_step(HgGraphView *view, int step);

/* Where a node is in the view. */
void hg_graph_view_get_area(HgGraphView *view, uint32_t node, GdkRectangle *area);

/* Does what an action says with a node. */
void hg_graph_view_act(HgGraphView *view, const char *action, uint32_t node);

/* Draws everything anew, as while nodes move. */
void hg_graph_view_redraw(HgGraphView *view);

/* ---- what the pointer and keys do (graph-input.c) -------------------------------------------- */

/* Returns: the node at a point of the view, HG_NONE if there is none; [side] is that of its handle
 * there, or -1. Also the handles of the node that is hovered or selected count as it. */
uint32_t hg_graph_view_find(HgGraphView *view, double x, double y, int *side);
void hg_graph_view_set_hovered(HgGraphView *view, uint32_t node, int side);
/* Gives a node the keyboard. */
void hg_graph_view_grab(HgGraphView *view, uint32_t node);
/* Selects a node and tells so. */
void hg_graph_view_choose(HgGraphView *view, uint32_t node);
/* The signals. */
void hg_graph_view_tell(HgGraphView *view, const char *what, uint32_t node);
void hg_graph_view_open_menu(HgGraphView *view, uint32_t node, double x, double y);
const HgPlane *hg_graph_view_get_plane(HgGraphView *view);
void hg_graph_view_move_to(HgGraphView *view, double x, double y);
void hg_graph_view_zoom_at(HgGraphView *view, double zoom, double x, double y);
