/* roots.h - why the runtime itself holds an object.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/exclusive.h"
#include "core/store/store.h"

/* Sets *roots to HgRootRow of [object], a part of hg_snapshot_get_roots(): *count of them, maybe 0.
 */
bool hg_roots_find(HgSnapshot *snapshot, uint32_t object, HgRootRow *const **roots, unsigned *count,
                   GError **error);

/* Returns: a root as people read it: "module app", "local x of main() (app.py:12)",
 * "interpreter's codec_search_path", "static", "held from C"; g_free(). */
char *hg_root_dup_text(HgSnapshot *snapshot, const HgRootRow *root, GError **error);

/* Returns: the same as the beginning of a path: "app", "main().x", "interpreter.codecs"; NULL with
 * *error unset where a root has no name and its object must stand for it; g_free(). */
char *hg_root_dup_path(HgSnapshot *snapshot, const HgRootRow *root, GError **error);

typedef struct {
    uint64_t objects; /* objects of this kind, each once */
    uint64_t size;    /* of these alone */
} HgRootCount;

/* Counts roots by kind: [count] is an array of HG_N_ROOTS. */
bool hg_roots_count(HgSnapshot *snapshot, HgRootCount *count, GError **error);

/* Sets [keeps], an array of HG_N_ROOTS, to the bytes that nothing but roots of a kind keeps alive.
 * Walks over the heap. */
bool hg_roots_sum_kinds(HgSnapshot *snapshot, const HgProgress *progress, uint64_t *keeps,
                        GError **error);

/* Adds to [sums], one a group, the sizes of what it alone keeps alive (core/graph/exclusive.h);
 * groups are below [n_groups]. */
bool hg_roots_sum_alone(HgSnapshot *snapshot, const HgGroupedRoot *roots, size_t n_roots,
                        const uint32_t *parent, uint32_t n_groups, uint64_t *sums,
                        const HgProgress *progress, GError **error);
