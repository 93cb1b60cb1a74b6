/* ghost-plan.h - how the pages of an image come to where they were in the target.
 *
 * heapgraph holds them anywhere: copies in rooms, pages of files. A ghost, which has the same
 * pages at the same places, moves them; nothing is copied. What lies where something is to go is
 * first moved out of the way.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/ghost-body.h"
#include "core/capture/image.h"

typedef struct {
    GArray *step;    /* HgGhostStep */
    GArray *aligned; /* pages made for what lay across pages; needed until the steps are done */
} HgGhostPlan;

/* Fills [plan]: steps that leave nothing but [keep, keep + keep_size) and the image. */
void hg_ghost_plan_init(HgGhostPlan *plan, HgImage *image, uint64_t keep, uint64_t keep_size);
void hg_ghost_plan_clear(HgGhostPlan *plan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgGhostPlan, hg_ghost_plan_clear)

/* Returns: the first address from [from] on where [size] bytes hide no memory of the image, or 0
 * if there is none. */
uint64_t hg_ghost_plan_find_room(const HgImage *image, uint64_t from, uint64_t size);
