/* layout.h - where boxes and arrows go: sizes in, positions out, no texts.
 *
 * A window draws a graph itself and so knows how large its texts are; Graphviz only says where they
 * go. That takes as long as it takes and cannot be interrupted, so it happens in a process that can
 * be killed, and both the question and the answer have a form that goes through a pipe:
 *
 *      3 2            3 boxes, 2 arrows         812.5 240      width and height of it all
 *      120 34         their sizes               60 120         centres of the boxes
 *      ...                                      ...
 *      0 1 48 12      from, to, its text        2 118 120 ...  points and corners of the arrow,
 *      ...                                      ...            then the centre of its text
 *
 * The unit is the point, y grows downwards, arrows go from left to right.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/error.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HG_LAYOUT_MOST_BOXES = 20000,
    HG_LAYOUT_MOST_ARROWS = 100000,
    HG_LAYOUT_MOST_CORNERS = 1000000
};

typedef struct {
    double width, height;
} HgLayoutBox;

typedef struct {
    uint32_t source, target; /* boxes */
    double width, height;    /* of its text, 0 for none */
} HgLayoutArrow;

typedef struct {
    GArray *boxes;  /* HgLayoutBox */
    GArray *arrows; /* HgLayoutArrow */
} HgLayoutGraph;

typedef struct {
    double x, y;
} HgLayoutPoint;

/* A curve: corners [first] and, three by three, those that follow (Bézier, cubic). */
typedef struct {
    uint32_t first, n_corners; /* 1 + 3 n of them, or none */
    HgLayoutPoint text;        /* its centre */
} HgLayoutCurve;

typedef struct {
    double width, height;
    GArray *centres; /* HgLayoutPoint of each box */
    GArray *curves;  /* HgLayoutCurve of each arrow, from its source to its target */
    GArray *corners; /* HgLayoutPoint */
} HgPictureLayout;

HgLayoutGraph *hg_layout_graph_new(void);
void hg_layout_graph_free(HgLayoutGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgLayoutGraph, hg_layout_graph_free)

HgPictureLayout *hg_layout_new(void);
void hg_layout_free(HgPictureLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgPictureLayout, hg_layout_free)

/* Returns: the layout; hg_layout_free(). One at a time in a process. */
HgPictureLayout *hg_layout_make(const HgLayoutGraph *graph, GError **error);

/* Returns: the question and the answer as text; g_free(). */
char *hg_layout_graph_write(const HgLayoutGraph *graph);
char *hg_layout_write(const HgPictureLayout *layout);

/* The reverse, believing nothing: what is not as it should be is HG_ERROR_FORMAT with the line. An
 * answer must be one to this [graph]. [text] need not end in a NUL. */
HgLayoutGraph *hg_layout_graph_parse(const char *text, size_t size, GError **error);
HgPictureLayout *hg_layout_parse(const char *text, size_t size, const HgLayoutGraph *graph,
                                 GError **error);
