/* draw.h - a picture of neighbours, or of ways from one object to another.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/drawing/picture.h"
#include "core/questions/neighbours.h"

typedef struct {
    bool is_short;    /* Session for app.models.Session */
    bool shows_sizes; /* of the object alone; what it retains is always told */
    bool shows_refcounts;
    const GRegex *highlight; /* objects whose type's full name matches, or NULL */
} HgDrawOptions;

/* Returns: the picture; hg_picture_free(). [is_backward] as the neighbours were asked for. */
HgPicture *hg_draw_neighbours(HgSnapshot *snapshot, const HgNeighbours *neighbours,
                              bool is_backward, const HgDrawOptions *options, GError **error);

/* Returns: the picture of [chains] (GArray of uint32_t, from the first object to the last); they
 * end at what was asked for, or with [is_forward] begin there; hg_picture_free(). The middle of a
 * very long one is one node. */
HgPicture *hg_draw_chains(HgSnapshot *snapshot, const GPtrArray *chains, bool is_forward,
                          const HgDrawOptions *options, GError **error);
