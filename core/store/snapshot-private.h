/* snapshot-private.h - the small tables of a snapshot, kept once they were read.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/chunk.h"
#include "core/store/store-private.h"

typedef struct {
    GPtrArray *types, *roots, *threads, *frames, *sites, *facts; /* NULL: not read yet */
    GHashTable *texts;                                           /* number -> content */
    sqlite3_stmt *find_text, *find_number;
    struct { /* the references of one source with many, by target */
        uint32_t source;
        uint64_t count;
        uint32_t *targets, *order;
    } wide;
} HgSnapshotRows;

void hg_snapshot_rows_clear(HgSnapshotRows *rows);

/* Returns: borrowed. */
HgSnapshotRows *hg_snapshot_get_rows(HgSnapshot *snapshot);
