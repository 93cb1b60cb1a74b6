/* database.c - SQLite with GError.
 * SPDX-License-Identifier: MIT */
#include "core/store/database.h"

/* How long to wait for another process. A load commits in short transactions, so readers
 * wait for milliseconds; a long query in another process may hold up a load for its whole time. */
#define READER_PATIENCE_MS 5000
#define WRITER_PATIENCE_MS 60000

/* No value, text or chunk is longer: what claims to be is damage. */
#define LENGTH_MAX (64 << 20)

static HgError
classify(int result)
{
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return HG_ERROR_BUSY;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_TOOBIG:
        return HG_ERROR_FORMAT;
    case SQLITE_NOMEM:
        return HG_ERROR_MEMORY;
    default:
        return HG_ERROR_FAILED;
    }
}

static const char *
explain(sqlite3 *db, int result)
{
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another process holds the store";
    case SQLITE_NOTADB:
        return "not a heapgraph store";
    case SQLITE_CORRUPT:
        return "the store is damaged";
    case SQLITE_FULL:
        return "the disk is full";
    case SQLITE_READONLY:
        return result == SQLITE_READONLY_ROLLBACK
                   ? "a load was cut short: open the store once where it can be written"
                   : "the store cannot be written: this user may not write to it and its "
                     "folder, or the disk is read-only";
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return sqlite3_system_errno(db) ? g_strerror(sqlite3_system_errno(db)) : sqlite3_errmsg(db);
    default:
        return sqlite3_errmsg(db);
    }
}

static const char *
get_path(sqlite3 *db)
{
    const char *path = sqlite3_db_filename(db, "main");
    if (!path || !*path)
        path = sqlite3_db_filename(db, "store");
    return path ? path : "in memory";
}

bool
hg_database_fail(sqlite3 *db, GError **error)
{
    int result = sqlite3_extended_errcode(db);
    g_set_error(error, HG_ERROR, (int)classify(result), "%s: %s", get_path(db),
                explain(db, result));
    return false;
}

bool
hg_database_run(sqlite3 *db, const char *sql, GError **error)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return hg_database_fail(db, error);
    return true;
}

static void
guard(sqlite3 *db)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
}

static sqlite3 *
connect(const char *file, bool writable, GError **error)
{
    g_autoptr(sqlite3) db = NULL;
    /* A writer's connection is used by two threads. */
    int flags = SQLITE_OPEN_READWRITE | (writable ? SQLITE_OPEN_FULLMUTEX : SQLITE_OPEN_NOMUTEX);
    int result = sqlite3_open_v2(file, &db, flags, NULL);
    if (result != SQLITE_OK) {
        g_set_error(error, HG_ERROR, (int)classify(result), "%s: %s", file,
                    db ? explain(db, result) : "out of memory");
        return NULL;
    }
    guard(db);
    sqlite3_busy_timeout(db, writable ? WRITER_PATIENCE_MS : READER_PATIENCE_MS);
    return g_steal_pointer(&db);
}

sqlite3 *
hg_database_open(const char *path, bool writable, GError **error)
{
    g_autofree char *file = g_canonicalize_filename(path, NULL);
    g_autoptr(sqlite3) db = connect(file, writable, error);
    if (!db)
        return NULL;
    const char *pragmas = writable ? "PRAGMA cell_size_check = on; PRAGMA cache_spill = off;"
                                     "PRAGMA secure_delete = fast; PRAGMA temp_store = memory"
                                   : "PRAGMA cell_size_check = on";
    if (!hg_database_run(db, pragmas, error))
        return NULL;
    return g_steal_pointer(&db);
}

sqlite3_stmt *
hg_database_prepare(sqlite3 *db, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        hg_database_fail(db, error);
    return statement;
}

sqlite3_stmt *
hg_database_prepare_numbers(sqlite3 *db, const char *sql, GError **error, size_t n_numbers,
                            const int64_t *numbers)
{
    sqlite3_stmt *statement = hg_database_prepare(db, sql, error);
    for (size_t index = 0; statement && index < n_numbers; index++)
        sqlite3_bind_int64(statement, (int)index + 1, numbers[index]);
    return statement;
}

bool
hg_database_step(sqlite3_stmt *statement, bool *row, GError **error)
{
    int result = sqlite3_step(statement);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return hg_database_fail(sqlite3_db_handle(statement), error);
    *row = result == SQLITE_ROW;
    return true;
}

bool
hg_database_finish(sqlite3_stmt *statement, GError **error)
{
    bool row = true;
    while (row && hg_database_step(statement, &row, error))
        ;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return !row;
}

bool
hg_database_get_number(sqlite3 *db, const char *sql, int64_t *number, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = hg_database_prepare(db, sql, error);
    bool row;
    if (!statement || !hg_database_step(statement, &row, error))
        return false;
    *number = row ? sqlite3_column_int64(statement, 0) : 0;
    return true;
}

bool
hg_database_begin(sqlite3 *db, GError **error)
{
    return hg_database_run(db, "BEGIN IMMEDIATE", error);
}

void
hg_database_rollback(sqlite3 *db)
{
    /* A full disk has rolled back already, and a second time would be an error. */
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

bool
hg_database_commit(sqlite3 *db, GError **error)
{
    bool committed = hg_database_run(db, "COMMIT", error);
    if (!committed)
        hg_database_rollback(db);
    return committed;
}

bool
hg_database_end(sqlite3 *db, bool done, GError **error)
{
    if (done)
        return hg_database_commit(db, error);
    hg_database_rollback(db);
    return false;
}

void
hg_database_bind_text(sqlite3_stmt *statement, int parameter, const char *text)
{
    if (text)
        sqlite3_bind_text(statement, parameter, text, -1, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(statement, parameter);
}

char *
hg_database_dup_text(sqlite3_stmt *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement, column));
}

char *
hg_database_dup_string(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return g_strdup(text ? text : "");
}

bool
hg_database_attach(sqlite3 *db, const char *path, const char *name, GError **error)
{
    g_autofree char *file = g_canonicalize_filename(path, NULL);
    g_autoptr(sqlite3_stmt) attach = hg_database_prepare(db, "ATTACH ? AS ?", error);
    if (!attach)
        return false;
    hg_database_bind_text(attach, 1, file);
    hg_database_bind_text(attach, 2, name);
    return hg_database_finish(attach, error);
}

sqlite3 *
hg_database_open_beside(const char *path, GError **error)
{
    g_autoptr(sqlite3) db = connect(":memory:", false, error);
    if (!db || !hg_database_run(db, "PRAGMA cell_size_check = on", error) ||
        !hg_database_attach(db, path, "store", error))
        return NULL;
    return g_steal_pointer(&db);
}
