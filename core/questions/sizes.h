/* sizes.h - how big objects are: alone, with what would be freed with them, with all they lead to;
 * each, and all of them as if they were one.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/progress.h"
#include "core/store/store.h"

typedef struct {
    uint32_t object;    /* HG_NONE: all of them together */
    uint64_t n_objects; /* that were asked for: 1, or those of the set, each once */
    uint64_t size;      /* of these */
    uint64_t retained;  /* freed if these were gone; HG_UNKNOWN where holders are not known */
    uint64_t reachable; /* of all they lead to, themselves included; HG_UNKNOWN if not asked for */
    uint64_t n_reachable;
} HgSizes;

/* Objects of a type among those reachable. */
typedef struct {
    const HgTypeRow *type; /* borrowed from the snapshot */
    uint64_t count, size;
} HgReachableType;

/* Returns: HgReachableType of all that [objects] (uint32_t) lead to, themselves included, the
 * biggest first; g_array_unref(). Sets *sum to all of them together. */
GArray *hg_sizes_list_reachable(HgSnapshot *snapshot, const GArray *objects, HgReachableType *sum,
                                const HgProgress *progress, GError **error);

/* Returns: HgSizes of each of [objects] (uint32_t), then of all if there are several;
 * g_array_unref(). Without [walks] only what is stored is told: no reachable sizes, and none of all
 * together. What a set retains is what no root reaches once it is gone; of its garbage it is what
 * each retains, nested ones once. */
GArray *hg_sizes_measure(HgSnapshot *snapshot, const GArray *objects, bool walks,
                         const HgProgress *progress, GError **error);
