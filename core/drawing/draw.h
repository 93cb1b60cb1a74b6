/* draw.h - a picture of neighbours.
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
