/* sql.c - questions in SQL.
 *
 * They run on a connection of their own: a long answer then holds no lock on the file unless it
 * reads the tables all_*, since columns are read chunk by chunk through the store's connection.
 * SPDX-License-Identifier: MIT */
#include "core/store/store-private.h"
#include "core/store/tables.h"

#include <string.h>

/* What a question may do; SQLite asks while it compiles. */
static int
authorize(void *user_data, int action, const char *first, const char *second, const char *database,
          const char *trigger)
{
    static const char *const pragmas[] = {"table_info",    "table_xinfo", "table_list",
                                          "function_list", "module_list", "compile_options"};
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_PRAGMA:
        for (size_t index = 0; index < G_N_ELEMENTS(pragmas); index++)
            if (g_ascii_strcasecmp(first, pragmas[index]) == 0)
                return SQLITE_OK;
        return SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

static void
read_value(sqlite3_stmt *row, int column, HgSqlValue *value)
{
    *value = (HgSqlValue){.kind = HG_SQL_NULL};
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        value->kind = HG_SQL_INTEGER;
        value->integer = sqlite3_column_int64(row, column);
        break;
    case SQLITE_FLOAT:
        value->kind = HG_SQL_REAL;
        value->real = sqlite3_column_double(row, column);
        break;
    case SQLITE_TEXT:
        value->kind = HG_SQL_TEXT;
        value->text = (const char *)sqlite3_column_text(row, column);
        break;
    case SQLITE_BLOB:
        value->kind = HG_SQL_BLOB;
        value->text = sqlite3_column_blob(row, column);
        break;
    default:
        return;
    }
    value->size = value->text ? (size_t)sqlite3_column_bytes(row, column) : 0;
}

#define STEPS_BETWEEN_REPORTS 100000 /* of SQLite's machine: some milliseconds */

/* Hands one row to [func]. Returns: whether to go on. */
static bool
tell_row(sqlite3_stmt *statement, const char *const *names, HgSqlValue *values, size_t n_columns,
         HgSqlFunc func, void *user_data)
{
    for (size_t column = 0; column < n_columns; column++)
        read_value(statement, (int)column, &values[column]);
    return func(names, values, n_columns, user_data);
}

/* Sets *more to false where [func] wants no more. */
static bool
run_statement(sqlite3_stmt *statement, HgSqlFunc func, void *user_data, bool *more, GError **error)
{
    size_t n_columns = (size_t)sqlite3_column_count(statement);
    g_autofree HgSqlValue *values = g_new0(HgSqlValue, n_columns + 1);
    g_autofree const char **names = g_new0(const char *, n_columns + 1);
    for (size_t column = 0; column < n_columns; column++)
        names[column] = sqlite3_column_name(statement, (int)column);
    *more = n_columns == 0 || func(names, NULL, n_columns, user_data);
    for (bool row = true; *more;) {
        if (!hg_database_step(statement, &row, error))
            return false;
        if (!row)
            return true;
        *more = tell_row(statement, names, values, n_columns, func, user_data);
    }
    return true;
}

/* Compiles the first statement of *sql, and moves on. The messages go without the path of the
 * store: what is wrong stands in the question. */
static bool
compile(sqlite3 *db, const char **sql, sqlite3_stmt **statement, GError **error)
{
    int result = sqlite3_prepare_v2(db, *sql, -1, statement, sql);
    bool writes = result == SQLITE_AUTH || (*statement && !sqlite3_stmt_readonly(*statement));
    if (writes)
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "only statements that read are allowed");
    else if (result != SQLITE_OK)
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s", sqlite3_errmsg(db));
    return result == SQLITE_OK && !writes;
}

static bool
run_statements(sqlite3 *db, const char *sql, HgSqlFunc func, void *user_data, GError **error)
{
    for (bool more = true; more && *sql;) {
        g_autoptr(sqlite3_stmt) statement = NULL;
        if (!compile(db, &sql, &statement, error) ||
            (statement && !run_statement(statement, func, user_data, &more, error)))
            return false;
    }
    return true;
}

typedef struct {
    HgTables *tables;
    sqlite3 *db;
} Questions;

static void
questions_clear(Questions *questions)
{
    sqlite3_close(questions->db);
    hg_tables_free(questions->tables);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Questions, questions_clear)

/* SQLite makes the virtual tables when they are first named, and would ask authorize() whether
 * that may be. */
static bool
make_tables(sqlite3 *db, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        hg_database_prepare(db,
                            "SELECT 1 FROM object, reference, referrers(0), referents(0), "
                            "reachable(0), dominated(0), path_to_root(0)",
                            error);
    return statement != NULL;
}

static int
on_steps(void *user_data)
{
    const HgProgress *progress = user_data;
    return !progress->func("asking", 0, 0, progress->user_data);
}

bool
hg_snapshot_ask_sql(HgSnapshot *snapshot, const char *sql, const HgProgress *progress,
                    HgSqlFunc func, void *user_data, GError **error)
{
    const char *path = hg_store_get_path(hg_snapshot_get_store(snapshot));
    g_auto(Questions) questions = {hg_tables_new(snapshot, NULL), NULL};
    questions.db = hg_database_open_beside(path, error);
    if (!questions.db || !hg_tables_register(questions.tables, questions.db, error) ||
        !make_tables(questions.db, error) ||
        !hg_database_run(questions.db, "PRAGMA query_only = on", error))
        return false;
    sqlite3_set_authorizer(questions.db, authorize, NULL);
    if (progress && progress->func)
        sqlite3_progress_handler(questions.db, STEPS_BETWEEN_REPORTS, on_steps, (void *)progress);
    return run_statements(questions.db, sql, func, user_data, error);
}

bool
hg_snapshot_run_sql(HgSnapshot *snapshot, const char *sql, HgSqlFunc func, void *user_data,
                    GError **error)
{
    return hg_snapshot_ask_sql(snapshot, sql, NULL, func, user_data, error);
}
