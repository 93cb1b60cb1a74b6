/* store-private.h - what the files of this folder know of each other.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/database.h"
#include "core/store/store.h"

/* Where the chunks of a column start in the table `chunk`. */
static inline int64_t
hg_chunk_id(uint64_t load, HgColumn column, uint64_t number)
{
    return (int64_t)(load << 40 | (uint64_t)column << 32 | number);
}

#define HG_LOAD_MAX ((1u << 23) - 1)

/* Returns: the connection of the store, borrowed. */
sqlite3 *hg_store_get_database(HgStore *store);

/* Returns: the name of a column in `all_column`, as "address". */
const char *hg_column_get_name(HgColumn column);

/* Returns: how many numbers the column of such a snapshot must have, if it has any. */
uint64_t hg_column_count(HgColumn column, uint64_t n_objects, uint64_t n_references);

/* Returns: whether a snapshot may have that name, which must not look like a number. */
bool hg_store_check_name(const char *name, GError **error);

/* Reads a snapshot's row; [load] is where its chunks are. */
HgSnapshotInfo *hg_store_get_info(HgStore *store, uint32_t id, uint64_t *load, GError **error);
