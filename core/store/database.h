/* database.h - SQLite with GError.
 *
 * Every message starts with the path of the database.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/store/sqlite.h"

/* Returns: a connection to the existing file at [path] (a path, never a URI), guarded against
 * hostile schemas: no triggers, no views of the file's own, nothing it names is trusted. It is
 * opened for writing even where nobody means to write, if that is possible: only so can it
 * roll back what a killed load left half done. [writable] says whether a load will use it.
 * sqlite3_close(). */
sqlite3 *hg_database_open(const char *path, bool writable, GError **error);

/* Returns: a connection to nothing but memory, with the file at [path] attached as `store`. A
 * statement locks the file only if it names a table of it: those that show columns are none.
 * sqlite3_close(). */
sqlite3 *hg_database_open_beside(const char *path, GError **error);

/* Sets [error] to what went wrong last in [db]. Returns: false. */
bool hg_database_fail(sqlite3 *db, GError **error);

/* Runs statements that return no rows. */
bool hg_database_run(sqlite3 *db, const char *sql, GError **error);

/* Returns: a statement that will be used many times; sqlite3_finalize(). */
sqlite3_stmt *hg_database_prepare(sqlite3 *db, const char *sql, GError **error);

/* Returns: the statement with whole numbers bound to its parameters 1, 2, ... [n_numbers]. */
sqlite3_stmt *hg_database_prepare_numbers(sqlite3 *db, const char *sql, GError **error,
                                          size_t n_numbers, const int64_t *numbers);

/* Sets *row to whether there is another row. */
bool hg_database_step(sqlite3_stmt *statement, bool *row, GError **error);

/* Runs a bound statement to its end and makes it ready for the next use. */
bool hg_database_finish(sqlite3_stmt *statement, GError **error);

/* The first column of the first row of [sql]; 0 if there is no row. */
bool hg_database_get_number(sqlite3 *db, const char *sql, int64_t *number, GError **error);

/* A transaction that writes. Commit rolls back on failure; rollback after that is harmless. */
bool hg_database_begin(sqlite3 *db, GError **error);
bool hg_database_commit(sqlite3 *db, GError **error);
void hg_database_rollback(sqlite3 *db);

/* Commits if [done], else rolls back. Returns: whether all went well. */
bool hg_database_end(sqlite3 *db, bool done, GError **error);

/* Binds a text or NULL. */
void hg_database_bind_text(sqlite3_stmt *statement, int parameter, const char *text);

/* Returns: the text in a column, NULL for NULL; g_free(). */
char *hg_database_dup_text(sqlite3_stmt *statement, int column);
/* The same with "" for NULL: where a damaged file has NULL in a column that must not. */
char *hg_database_dup_string(sqlite3_stmt *statement, int column);

/* Attaches the file at [path], never a URI, under a name. */
bool hg_database_attach(sqlite3 *db, const char *path, const char *name, GError **error);
