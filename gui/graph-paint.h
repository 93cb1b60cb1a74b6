/* graph-paint.h - draws a scene: shapes and colours of nodes and links.
 *
 * The colours are named in style-light.css and its like (graph_module_bg, ...), the shapes are
 * those of core/drawing/dot.c. SPDX-License-Identifier: MIT */
#pragma once

#include "gui/graph-scene.h"

typedef enum {
    HG_LOOK_ASKED = HG_N_PICTURE_KINDS, /* before it: the kinds of a picture */
    HG_LOOK_HIGHLIGHTED,
    HG_N_LOOKS
} HgLook;

typedef struct {
    GdkRGBA fill, line, text;
} HgLookColours;

typedef struct {
    HgLookColours look[HG_N_LOOKS];
    GdkRGBA background, link, label, accent, match;
    double line_width;
} HgGraphColours;

/* The colours of the theme of a widget. */
void hg_graph_colours_read(GtkWidget *widget, HgGraphColours *colours);

/* Returns: the name of a look as the legend tells it. */
const char *hg_look_get_name(int look);
int hg_look_of(const HgSceneNode *node);

/* Draws all of the scene. */
void hg_graph_paint(GtkSnapshot *snapshot, const HgScene *scene, const HgGraphColours *colours);

/* Draws the links of a node again, so that they stand out, and the outline of what is linked. */
void hg_graph_paint_links(GtkSnapshot *snapshot, const HgScene *scene, uint32_t node,
                          const HgGraphColours *colours);

/* Draws a second outline around a node. */
void hg_graph_paint_outline(GtkSnapshot *snapshot, const HgSceneNode *node, const GdkRGBA *colour,
                            double width, double distance);

/* Draws the sample of a look for the legend. */
void hg_graph_paint_sample(cairo_t *cairo, int look, double width, double height,
                           const HgGraphColours *colours);
