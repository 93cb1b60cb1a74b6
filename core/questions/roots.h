/* roots.h - why the runtime itself holds an object.
 * SPDX-License-Identifier: MIT */
#pragma once

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
