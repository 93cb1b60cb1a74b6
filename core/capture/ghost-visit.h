/* ghost-visit.h - the walk asks a ghost what objects refer to.
 *
 * Before anything is discovered, the ghost is asked about every tracked object of the types whose
 * reader has to guess, and about a sample of those of every other type: a reader that is proved
 * wrong is not believed again, and the objects of its type are asked about, too. The answers are
 * sets of targets without names: what the reader says of the same targets stays.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/ghost.h"
#include "core/capture/walker.h"

/* Returns: what the walk keeps of [ghost], which it borrows; hg_walk_ghost_free(). */
HgWalkGhost *hg_walk_ghost_new(HgGhost *ghost);

/* Asks about all that is to be asked; walker->ghost is there or NULL. */
void hg_walk_ghost_ask(HgWalker *walker);

/* Adds the references of an object of a type with `asks_ghost`, read and answered. */
void hg_walk_ghost_read(HgWalker *walker, const HgWalkObject *object);

/* Notes that there is an object of a type with `may_ask_size`, which it takes back if no object of
 * the type is to be asked. */
void hg_walk_ghost_note(HgWalker *walker, HgWalkType *type, uint64_t address);

/* Asks the objects noted for their sizes; all objects are known. */
void hg_walk_ghost_measure(HgWalker *walker);

/* Sets size and sizeof of an object of a type with a `size_function`, if that told them. To be
 * called in the order of addresses. */
void hg_walk_ghost_apply_size(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record);

void hg_walk_ghost_free(HgWalkGhost *ghost);
