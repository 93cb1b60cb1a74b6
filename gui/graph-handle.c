/* graph-handle.c - small buttons at the corners of a node, to show or hide its neighbours.
 * SPDX-License-Identifier: MIT */
#include "gui/graph-handle.h"

#include <math.h>

#define RADIUS 9.0
#define BEYOND 4.0    /* the corner of the node, so that its text can be read */
#define HALF_SIGN 4.0 /* of the arms of + and - */

/* At the upper corners: in the middle of a side arrows end. */
static HgLayoutPoint
get_place(const HgSceneNode *node, int side)
{
    double aside = node->width / 2 + BEYOND;
    return (HgLayoutPoint){node->at.x + (side == 1 ? -aside : aside),
                           node->at.y - node->height / 2 - BEYOND};
}

static bool
has_handles(const HgSceneNode *node)
{
    return node->object != HG_NONE;
}

int
hg_graph_handle_find(const HgSceneNode *node, const HgLayoutPoint *point)
{
    for (int side = 0; has_handles(node) && side < 2; side++) {
        HgLayoutPoint handle = get_place(node, side);
        if (hypot(point->x - handle.x, point->y - handle.y) <= RADIUS + 3)
            return side;
    }
    return -1;
}

const char *
hg_graph_handle_get_text(const HgSceneNode *node, int side)
{
    if (node->is_expanded[side])
        return "Hide these again";
    return side == 1 ? "Show what refers to it" : "Show what it refers to";
}

static void
paint(cairo_t *cairo, const HgSceneNode *node, int side, bool is_hovered,
      const HgGraphColours *colours)
{
    HgLayoutPoint at = get_place(node, side);
    cairo_arc(cairo, at.x, at.y, RADIUS, 0, 2 * M_PI);
    gdk_cairo_set_source_rgba(cairo, is_hovered ? &colours->accent : &colours->background);
    cairo_fill_preserve(cairo);
    gdk_cairo_set_source_rgba(cairo, &colours->accent);
    cairo_set_line_width(cairo, 1.4);
    cairo_stroke(cairo);
    gdk_cairo_set_source_rgba(cairo, is_hovered ? &colours->background : &colours->accent);
    cairo_move_to(cairo, at.x - HALF_SIGN, at.y);
    cairo_line_to(cairo, at.x + HALF_SIGN, at.y);
    if (!node->is_expanded[side]) {
        cairo_move_to(cairo, at.x, at.y - HALF_SIGN);
        cairo_line_to(cairo, at.x, at.y + HALF_SIGN);
    }
    cairo_set_line_width(cairo, 1.8);
    cairo_stroke(cairo);
}

void
hg_graph_handles_paint(GtkSnapshot *snapshot, const HgSceneNode *node, int hovered_side,
                       const HgGraphColours *colours)
{
    if (!has_handles(node))
        return;
    HgLayoutPoint left = get_place(node, 1), right = get_place(node, 0);
    float around = RADIUS + 3;
    cairo_t *cairo = gtk_snapshot_append_cairo(
        snapshot, &GRAPHENE_RECT_INIT((float)left.x - around, (float)left.y - around,
                                      (float)(right.x - left.x) + 2 * around, 2 * around));
    for (int side = 0; side < 2; side++)
        paint(cairo, node, side, side == hovered_side, colours);
    cairo_destroy(cairo);
}
