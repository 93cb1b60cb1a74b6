/* import.h - files become snapshots: a dump or core into a store, or into a store of its own.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/load/load.h"

#include <gio/gio.h>

typedef struct {
    const char *name; /* of the snapshot; NULL: that of the file, or "snapshot N" */
    bool salvage;     /* take what is whole of a damaged dump or truncated core */
    bool trust;       /* run functions of a core's types on its image; see ghost.h */
    HgProgress progress;
} HgImportOptions;

typedef struct {
    HgLoadResult load;
    char *damage;   /* salvaged: what was wrong; NULL: nothing */
    char **remarks; /* of a core: what is missing, a sentence each, NULL at the end; or NULL */
    char *ghost;    /* of a core: what came of the ghost, a sentence; or NULL */
} HgImportResult;

void hg_import_result_clear(HgImportResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgImportResult, hg_import_result_clear)

/* Loads the dump or core in [in] into [store]; [total] is its size, 0 if unknown.
 * [result] is filled in on success; clear it with hg_import_result_clear(). */
bool hg_import_stream(HgStore *store, GInputStream *in, uint64_t total,
                      const HgImportOptions *options, HgImportResult *result, GError **error);

/* The same with the file at [path]. */
bool hg_import_file(HgStore *store, const char *path, const HgImportOptions *options,
                    HgImportResult *result, GError **error);

/* Returns: whether the file at [path] can be read and begins like a dump or core, as far as that
 * can be told without taking anything from a pipe. */
bool hg_import_check(const char *path, GError **error);

/* Returns: the store at [path], or if a dump or core is there a store with that alone, loaded once
 * into $XDG_CACHE_HOME/heapgraph under the digest of its contents. */
HgStore *hg_import_open(const char *path, HgStoreMode mode, const HgProgress *progress,
                        GError **error);
