/* extension.c - the tables of a snapshot for the sqlite3 shell and for Python's sqlite3.
 *
 *      sqlite3 heapgraph.db
 *      .load ./libheapgraph-sqlite
 *      SELECT type, count(*) FROM object GROUP BY 1 ORDER BY 2 DESC LIMIT 10;
 *      SELECT heapgraph_snapshot('before');   -- instead of the latest one
 *
 * SPDX-License-Identifier: MIT */
#include <gmodule.h>

#include "core/store/tables.h"

SQLITE_EXTENSION_INIT1

/* heapgraph_snapshot(which): shows another snapshot. Returns: its number. */
static void
on_choose(sqlite3_context *context, int n_arguments, sqlite3_value **arguments)
{
    g_autoptr(GError) error = NULL;
    uint32_t id;
    const char *which = (const char *)sqlite3_value_text(arguments[0]);
    if (hg_tables_choose(sqlite3_user_data(context), which, &id, &error))
        sqlite3_result_int64(context, id);
    else
        sqlite3_result_error(context, error->message, -1);
}

static void
on_close(void *tables)
{
    hg_tables_free(tables);
}

static HgTables *
open_tables(sqlite3 *db, GError **error)
{
    const char *path = sqlite3_db_filename(db, "main");
    if (!path || !*path) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "open a store before loading heapgraph");
        return NULL;
    }
    HgStore *store = hg_store_open(path, HG_STORE_READ, error);
    return store ? hg_tables_new(NULL, store) : NULL;
}

static bool
start(sqlite3 *db, GError **error)
{
    HgTables *tables = open_tables(db, error);
    if (!tables)
        return false;
    /* From here on the connection owns the tables, also where this fails. */
    if (sqlite3_create_function_v2(db, "heapgraph_snapshot", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                   tables, on_choose, NULL, NULL, on_close) != SQLITE_OK)
        return hg_database_fail(db, error);
    return hg_tables_register(tables, db, error);
}

/* SQLite makes this name from that of the file. */
G_MODULE_EXPORT int sqlite3_heapgraphsqlite_init(sqlite3 *db, char **message,
                                                 const sqlite3_api_routines *api);

int
sqlite3_heapgraphsqlite_init(sqlite3 *db, char **message, const sqlite3_api_routines *api)
{
    g_autoptr(GError) error = NULL;
    SQLITE_EXTENSION_INIT2(api);
    if (!start(db, &error)) {
        *message = sqlite3_mprintf("%s", error->message);
        return SQLITE_ERROR;
    }
    return SQLITE_OK_LOAD_PERMANENTLY; /* GLib keeps pointers into this library */
}
