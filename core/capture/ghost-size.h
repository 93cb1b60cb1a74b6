/* ghost-size.h - the ghost asks objects of odd types how big they are.
 *
 * A type whose __sizeof__ is a C function knows what its objects own beyond their structure; for
 * types no reader measures the ghost calls it, as sys.getsizeof() would. A __sizeof__ in Python is
 * not called: that would run code of the program.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/ghost.h"
#include "core/capture/walker.h"

/* What was measured, found again in the order of addresses. */
typedef struct {
    GArray *object; /* of addresses; in order when they have been asked */
    GArray *size;   /* of uint64_t, of each; HG_UNKNOWN: not measured */
    guint next;
} HgGhostSizes;

void hg_ghost_sizes_init(HgGhostSizes *sizes);
void hg_ghost_sizes_clear(HgGhostSizes *sizes);

/* Notes an object of [type] that is to be asked.
 * Returns: false if objects of the type are not. */
bool hg_ghost_sizes_note(HgGhostSizes *sizes, HgWalker *walker, HgWalkType *type, uint64_t address);

/* Asks [ghost] about all objects noted. */
void hg_ghost_sizes_ask(HgGhostSizes *sizes, HgWalker *walker, HgGhost *ghost);

/* Returns: what __sizeof__ said of the object at [address], or HG_UNKNOWN. To be called in the
 * order of addresses. */
uint64_t hg_ghost_sizes_find(HgGhostSizes *sizes, uint64_t address);
