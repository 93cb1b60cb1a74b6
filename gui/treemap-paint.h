/* treemap-paint.h - draws a treemap: fills, outlines and texts of cells.
 *
 * The colours are named in style-light.css and its like (treemap_1, ...): one hue a type.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/treemap-scene.h"

#include <gtk/gtk.h>

/* Returns: how high a line of the texts is, in pixels. */
int hg_treemap_measure_line(GtkWidget *widget);

/* Draws all cells in the theme of [widget]. */
void hg_treemap_paint(GtkSnapshot *snapshot, const HgTreemapScene *scene, GtkWidget *widget);

/* Draws an outline over a cell, as of the one under the pointer. */
void hg_treemap_paint_outline(GtkSnapshot *snapshot, const HgTreemapScene *scene, uint32_t cell,
                              GtkWidget *widget);
