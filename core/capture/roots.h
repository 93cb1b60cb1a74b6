/* roots.h - why the runtime itself holds objects: modules, frames, interpreters, C code.
 *
 *      module        an entry of sys.modules
 *      frame         a running frame's local, or what is on its stack
 *      interpreter   a field of the interpreter's or a thread's state
 *      static        immortal, or part of a program
 *      external      unreached, and held more often than references were found
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/walker.h"

typedef struct HgWalkRoots HgWalkRoots;

/* Returns: the roots of the walk, to be found; hg_walk_roots_free(). Borrows [walker]. */
HgWalkRoots *hg_walk_roots_new(HgWalker *walker);

/* Finds the known roots and all they lead to. */
void hg_walk_roots_find(HgWalkRoots *roots);

/* Tells threads, their frames, and all roots: the known ones, the static ones, and the external
 * ones the balance has marked, each with where its address was seen. */
void hg_walk_roots_tell(HgWalkRoots *roots);

void hg_walk_roots_free(HgWalkRoots *roots);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgWalkRoots, hg_walk_roots_free)

/* Returns: the line of the instruction at [offset] bytes of the bytecode of [code], 0 if its
 * table does not tell. In lines.c. */
uint32_t hg_walker_find_line(HgWalker *walker, const HgWalkObject *code, uint64_t offset);
