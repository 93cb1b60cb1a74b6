/* loads.h - the loads that are under way, and what dead ones leave.
 *
 * A load has a row in the table `load` from its beginning to the moment it is published; its
 * chunks carry its number. A row whose process has died is swept by the next load, and so is a
 * snapshot that is being removed: it goes back into that table first. Chunks are deleted in short
 * transactions, so that neither readers nor memory notice.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/database.h"

/* Deletes what dead loads left. Not within a transaction. */
bool hg_loads_sweep(sqlite3 *db, GError **error);

/* Gives this process a row. *load is the number it shall have, or 0 for a new one, which it is set
 * to. */
bool hg_loads_insert(sqlite3 *db, uint64_t *load, GError **error);

/* Deletes the chunks of a load, and its row last. Not within a transaction. */
bool hg_loads_delete(sqlite3 *db, uint64_t load, GError **error);
