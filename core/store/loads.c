/* loads.c - the loads that are under way, and what dead ones leave.
 * SPDX-License-Identifier: MIT */
#include "core/store/loads.h"

#include "core/store/load-owner.h"
#include "core/store/store-private.h"

#define CHUNKS_AT_ONCE 1024 /* 5 to 20 MiB */

/* Deletes some chunks. Sets *more to whether there may be others. */
static bool
delete_some(sqlite3 *db, sqlite3_stmt *statement, uint64_t load, bool *more, GError **error)
{
    if (!hg_database_begin(db, error))
        return false;
    sqlite3_bind_int64(statement, 1, hg_chunk_id(load, 0, 0));
    sqlite3_bind_int64(statement, 2, hg_chunk_id(load + 1, 0, 0));
    bool done = hg_database_finish(statement, error);
    *more = done && sqlite3_changes(db) > 0;
    return hg_database_end(db, done, error);
}

static bool
delete_chunks(sqlite3 *db, uint64_t load, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        hg_database_prepare(db,
                            "DELETE FROM chunk WHERE id IN (SELECT id FROM chunk WHERE id >= ?"
                            " AND id < ? LIMIT " G_STRINGIFY(CHUNKS_AT_ONCE) ")",
                            error);
    bool more = true;
    while (statement && more && delete_some(db, statement, load, &more, error))
        ;
    return statement && !more;
}

/* Texts belong to all snapshots together: they go with the last one. */
static bool
delete_row(sqlite3 *db, uint64_t load, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = hg_database_prepare_numbers(
        db, "DELETE FROM load WHERE number = ?", error, 1, (const int64_t[]){(int64_t)load});
    return statement && hg_database_finish(statement, error) &&
           hg_database_run(db,
                           "DELETE FROM text WHERE NOT EXISTS (SELECT 1 FROM snapshot)"
                           " AND NOT EXISTS (SELECT 1 FROM load)",
                           error);
}

bool
hg_loads_delete(sqlite3 *db, uint64_t load, GError **error)
{
    return delete_chunks(db, load, error) && hg_database_begin(db, error) &&
           hg_database_end(db, delete_row(db, load, error), error);
}

static bool
is_dead(sqlite3_stmt *row)
{
    g_auto(HgLoadOwner) owner = {
        .boot = hg_database_dup_string(row, 1),
        .namespace = hg_database_dup_string(row, 2),
        .pid = sqlite3_column_int64(row, 3),
        .start = sqlite3_column_int64(row, 4),
        .begun = sqlite3_column_int64(row, 5),
    };
    return !hg_load_owner_is_alive(&owner);
}

static bool
list_dead(sqlite3 *db, GArray *dead, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = hg_database_prepare(
        db, "SELECT number, boot, namespace, pid, start, begun FROM load", error);
    for (bool row = true; row;) {
        if (!statement || !hg_database_step(statement, &row, error))
            return false;
        uint64_t load = row ? (uint64_t)sqlite3_column_int64(statement, 0) : 0;
        if (row && load <= HG_LOAD_MAX && is_dead(statement))
            g_array_append_val(dead, load);
    }
    return true;
}

bool
hg_loads_sweep(sqlite3 *db, GError **error)
{
    g_autoptr(GArray) dead = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (!list_dead(db, dead, error))
        return false;
    for (guint index = 0; index < dead->len; index++)
        if (!hg_loads_delete(db, g_array_index(dead, uint64_t, index), error))
            return false;
    return true;
}

bool
hg_loads_insert(sqlite3 *db, uint64_t *load, GError **error)
{
    g_auto(HgLoadOwner) owner = {0};
    hg_load_owner_init(&owner);
    g_autoptr(sqlite3_stmt) insert =
        hg_database_prepare(db, "INSERT INTO load VALUES (nullif(?, 0),?,?,?,?,?)", error);
    if (!insert)
        return false;
    sqlite3_bind_int64(insert, 1, (int64_t)*load);
    hg_database_bind_text(insert, 2, owner.boot);
    hg_database_bind_text(insert, 3, owner.namespace);
    sqlite3_bind_int64(insert, 4, owner.pid);
    sqlite3_bind_int64(insert, 5, owner.start);
    sqlite3_bind_int64(insert, 6, owner.begun);
    if (!hg_database_finish(insert, error))
        return false;
    uint64_t number = (uint64_t)sqlite3_last_insert_rowid(db);
    if (number > HG_LOAD_MAX) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: too many loads for one store",
                    sqlite3_db_filename(db, "main"));
        return false;
    }
    *load = number;
    return true;
}
