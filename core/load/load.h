/* load.h - records become a snapshot.
 *
 *      source ──▶ sink ──▶ arrays in address order ──▶ references both ways, reach, holders,
 *                          retained sizes, objects by type ──▶ columns of the store
 *
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/dump.h"
#include "core/progress.h"
#include "core/store/store.h"

typedef struct {
    const char *name; /* of the snapshot; NULL: "snapshot N" */
    HgProgress progress;
} HgLoadOptions;

typedef struct {
    uint32_t snapshot; /* its id */
    uint64_t n_objects, n_references, n_dropped, n_live;
} HgLoadResult;

typedef struct HgLoader HgLoader;

/* A loader collects what a source tells its sink; hg_loader_finish() computes and publishes.
 * Freed unfinished, it leaves the store as it was. [store] and [options] must outlive it; [store]
 * is NULL where hg_loader_set_store() tells it before the end. */
HgLoader *hg_loader_new(HgStore *store, const HgLoadOptions *options);
void hg_loader_set_store(HgLoader *loader, HgStore *store);
void hg_loader_free(HgLoader *loader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgLoader, hg_loader_free)

/* Returns: the sink, borrowed. */
HgSink *hg_loader_get_sink(HgLoader *loader);

/* To be called once, after the sink's `end`. */
bool hg_loader_finish(HgLoader *loader, HgLoadResult *result, GError **error);
