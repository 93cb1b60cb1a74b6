/* tables.h - columns as SQL tables.
 *
 *      object(nr, address, type, type_id, size, sizeof, refcount, surplus, length, value, live,
 *             holder, retained, distance, flags, site)
 *      reference(source, target, kind, label)       and hidden: how, raw, place
 *      referrers(nr)     -> nr, kind, label         what refers to an object
 *      referents(nr)     -> nr, kind, label         what it refers to
 *      reachable(nr)     -> nr, depth               all it keeps a way to, itself first
 *      dominated(nr)     -> nr, depth               what would be freed with it, itself first
 *      path_to_root(nr)  -> step, nr, kind, label   the shortest way to a root
 *      type, root, thread, frame, site, fact        the rows of all_* that are the snapshot's
 *
 * What nobody knows is NULL: a reference count, the holder of what roots hold, also `live` of
 * what no root reaches where the dump could not tell garbage.
 *
 * They show one snapshot: the one that heapgraph_snapshot() names.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/database.h"
#include "core/store/store.h"

typedef struct HgTables HgTables;

/* Returns: tables that show [snapshot], borrowed; or, where it is NULL, the latest one of
 * [store] until another is chosen, and [store] is then theirs. Either may be NULL. */
HgTables *hg_tables_new(HgSnapshot *snapshot, HgStore *store);
void hg_tables_free(HgTables *tables);

/* Makes the tables known to a connection, which must be closed before they are freed. */
bool hg_tables_register(HgTables *tables, sqlite3 *db, GError **error);

/* Makes them show the snapshot that [which] means (hg_store_find_snapshot()). */
bool hg_tables_choose(HgTables *tables, const char *which, uint32_t *id, GError **error);
