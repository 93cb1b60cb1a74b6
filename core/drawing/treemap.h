/* treemap.h - sizes as areas: nested rectangles, as square as can be.
 *
 *      weights 6 6 4 3 1 1 1 ...      ┌────────┬─────┬───┐
 *                                     │   6    │     │ 3 │
 *                                     ├────────┤  4  ├───┤
 *                                     │   6    │     │ +3│   the small ones are one cell
 *                                     └────────┴─────┴───┘
 *
 * Numbers in, numbers out: it knows neither objects nor colours. Rows of rectangles are filled
 * along the shorter side of what is free, as long as that makes them squarer (Bruls, Huizing and
 * van Wijk, 2000). The number of cells is bounded by the area, not by the number of items.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HG_TREEMAP_NONE UINT32_MAX

typedef struct {
    uint64_t weight;   /* its children included */
    uint32_t parent;   /* an item before it, or HG_TREEMAP_NONE */
    uint64_t n_folded; /* 0: itself; else it stands for so many that are not told one by one */
} HgTreemapItem;

typedef struct {
    double x, y, width, height;
} HgTreemapArea;

typedef struct {
    HgTreemapArea area;
    double least_area; /* items below are folded */
    double padding;    /* around the children in the area of their parent */
    double header;     /* above them, for its name */
    unsigned depth;    /* levels at most; 0: as many as fit */
} HgTreemapOptions;

typedef struct {
    HgTreemapArea area;
    uint32_t item;     /* HG_TREEMAP_NONE: the small ones of its parent */
    uint32_t parent;   /* a cell before it, or HG_TREEMAP_NONE */
    unsigned depth;    /* 0 at the top */
    bool has_children; /* cells lie in it */
    uint64_t weight;
    uint64_t n_folded; /* of the small ones: how many; 0 for an item */
} HgTreemapCell;

/* Returns: HgTreemapCell, parents before their children; g_array_unref(). Siblings have areas in
 * proportion to their weights. What an item weighs more than its children stays free in its area.
 */
GArray *hg_treemap_lay_out(const HgTreemapItem *items, uint32_t n_items,
                           const HgTreemapOptions *options);

/* Returns: the cell at this point, the innermost one; HG_TREEMAP_NONE outside. */
uint32_t hg_treemap_find(const GArray *cells, double x, double y);
