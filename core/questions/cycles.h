/* cycles.h - what waits for the collector: cycles that no root reaches, and what hangs on them.
 *
 *      120 cycles of Node, list      3.0 MiB      Node.children[0].parent      __del__
 *
 * Cycles of the same types are told together. What a cycle leads to, in no cycle itself, is told
 * with the first cycle that leads to it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/progress.h"
#include "core/store/store.h"

typedef struct {
    char *types;      /* of the objects in the cycles: "app.Node, list"; dicts that are the __dict__
                       * of one of them are left out */
    char *way;        /* how the shortest goes round: "app.Node.children[0].parent"; may be NULL */
    uint32_t example; /* an object in it */
    uint64_t n_cycles;    /* a strongly connected component is one cycle */
    uint64_t n_in_cycles; /* objects of the cycles themselves */
    uint64_t n_objects;   /* of these and of what hangs on them */
    uint64_t size;        /* of all these */
    bool has_del;         /* some object in them has a __del__, */
    char *del_types;      /* of these types: "app.Node"; NULL */
} HgCycleGroup;

typedef struct {
    GPtrArray *groups; /* HgCycleGroup, the biggest first */
    uint64_t n_cycles;
    uint64_t n_objects, size;     /* of all that no root reaches */
    uint64_t n_loose, loose_size; /* of what of it no cycle leads to: about to be freed, or held by
                                   * what the dump does not know */
} HgCycles;

void hg_cycles_free(HgCycles *cycles);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgCycles, hg_cycles_free)

/* Returns: the cycles; hg_cycles_free(). [progress] may be NULL. Where nobody knows what C code
 * holds (HgSnapshotInfo.knows_garbage), they need not be garbage. */
HgCycles *hg_cycles_find(HgSnapshot *snapshot, const HgProgress *progress, GError **error);
