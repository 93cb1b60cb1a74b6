/* containers.h - lists, dicts and the like that had more items every time.
 *
 *      app.cache: 100 -> 200 -> 300 items
 *
 * In one process a container is known again by its address. Where there are several processes, or
 * a container is replaced by a greater one, it is known by its path from a module.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/object.h"

typedef struct {
    uint32_t object;  /* in the last snapshot */
    char *path;       /* to it there: "app.cache", "<list 0x7f3a...>" */
    uint64_t *length; /* [snapshot] */
    unsigned n_alike; /* more that grew, whose paths differ in items only: handlers[3].visited */
} HgContainer;

/* Returns: HgContainer of those that grew from each of two or more snapshots to the next, the most
 * first; g_ptr_array_unref(). Of very many some hundred are looked at. */
GPtrArray *hg_containers_find_growing(HgSnapshot *const *snapshots, unsigned n_snapshots,
                                      GError **error);
