/* columns.h - columns on their way to the store's writer, while others are being computed.
 *
 * The writer takes columns as fast as it packs them; so they wait here, and one thread hands them
 * over. What is handed over is freed at once.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/packed.h"
#include "core/store/store.h"

typedef struct HgColumns HgColumns;

/* Returns: free with hg_columns_free(), which drops what still waits. [writer] must not be used by
 * anyone else until then, or until hg_columns_finish(). */
HgColumns *hg_columns_new(HgSnapshotWriter *writer);
void hg_columns_free(HgColumns *columns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgColumns, hg_columns_free)

/* Calls [write] with [data] on the thread, in the order of putting, then [destroy].
 * Returns: false if an earlier one failed; [data] is destroyed either way. */
typedef bool (*HgColumnFunc)(HgSnapshotWriter *writer, void *data, GError **error);
bool hg_columns_put(HgColumns *columns, HgColumnFunc write, void *data, GDestroyNotify destroy,
                    GError **error);

/* An array of [count] numbers of [width] bytes each: 1, 4 or 8. [destroy] gets it when it is
 * written; NULL: it is only lent. */
bool hg_columns_put_array(HgColumns *columns, HgColumn column, unsigned width, void *numbers,
                          uint64_t count, GDestroyNotify destroy, GError **error);

/* A packed array. [order], if not NULL, says which of its numbers comes when, and is only lent.
 * [destroy] is called with [packed]. */
bool hg_columns_put_packed(HgColumns *columns, HgColumn column, HgPacked *packed,
                           const uint32_t *order, GDestroyNotify destroy, GError **error);

/* Waits until all is written. */
bool hg_columns_finish(HgColumns *columns, GError **error);
