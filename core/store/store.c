/* store.c - the SQLite file that holds snapshots.
 *
 * A rollback journal, not a write-ahead log: the store is one file, which whoever may read it can
 * read, also where its folder cannot be written. Readers are kept waiting only by commits, which
 * are short; appended pages need almost no journal.
 * SPDX-License-Identifier: MIT */
#include "core/store/store-private.h"

#include "core/store/loads.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID 0x48474442 /* "HGDB" */
#define VERSION 1

static const char schema[] =
#include "core/store-schema.inc"
    ;

struct HgStore {
    char *path;
    sqlite3 *db;
    HgStoreMode mode;
};

/* ---- names that stand in files --------------------------------------------------------- */

static const char *const column_names[HG_N_COLUMNS] = {
    [HG_COLUMN_ADDRESS] = "address",
    [HG_COLUMN_TYPE] = "type",
    [HG_COLUMN_SIZE] = "size",
    [HG_COLUMN_SIZEOF] = "sizeof",
    [HG_COLUMN_REFCOUNT] = "refcount",
    [HG_COLUMN_SURPLUS] = "surplus",
    [HG_COLUMN_FLAGS] = "flags",
    [HG_COLUMN_LENGTH] = "length",
    [HG_COLUMN_SITE] = "site",
    [HG_COLUMN_VALUE] = "value",
    [HG_COLUMN_FORWARD_FIRST] = "forward_first",
    [HG_COLUMN_TARGET] = "target",
    [HG_COLUMN_HOW] = "how",
    [HG_COLUMN_LABEL] = "label",
    [HG_COLUMN_BACKWARD_FIRST] = "backward_first",
    [HG_COLUMN_SOURCE] = "source",
    [HG_COLUMN_DISTANCE] = "distance",
    [HG_COLUMN_STEP] = "step",
    [HG_COLUMN_HOLDER] = "holder",
    [HG_COLUMN_RETAINED] = "retained",
    [HG_COLUMN_BY_TYPE] = "by_type",
    [HG_COLUMN_HELD_FIRST] = "held_first",
    [HG_COLUMN_HELD] = "held",
};

const char *
hg_column_get_name(HgColumn column)
{
    return column_names[column];
}

uint64_t
hg_column_count(HgColumn column, uint64_t n_objects, uint64_t n_references)
{
    switch (column) {
    case HG_COLUMN_FORWARD_FIRST:
    case HG_COLUMN_BACKWARD_FIRST:
        return n_objects + 1;
    case HG_COLUMN_HELD_FIRST:
        return n_objects + 3;
    case HG_COLUMN_TARGET:
    case HG_COLUMN_HOW:
    case HG_COLUMN_LABEL:
    case HG_COLUMN_SOURCE:
        return n_references;
    default:
        return n_objects;
    }
}

static const char *const root_kinds[HG_N_ROOTS] = {
    [HG_ROOT_MODULE] = "module",           [HG_ROOT_FRAME] = "frame",
    [HG_ROOT_INTERPRETER] = "interpreter", [HG_ROOT_STATIC] = "static",
    [HG_ROOT_EXTERNAL] = "external",
};

const char *
hg_root_kind_get_name(HgRootKind kind)
{
    return root_kinds[kind];
}

/* ---- opening --------------------------------------------------------------------------- */

bool
hg_store_recognises(const uint8_t *bytes, size_t size)
{
    static const char magic[16] = "SQLite format 3";
    return size >= sizeof magic && memcmp(bytes, magic, sizeof magic) == 0;
}

/* Makes the file with nobody else's eyes on it: values may hold secrets. An existing one
 * is left as it is. */
static bool
create_file(const char *path, GError **error)
{
    int file = g_open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0 && errno != EEXIST) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
        return false;
    }
    return file < 0 || g_close(file, error);
}

static bool
check_file(const char *path, GError **error)
{
    GStatBuf status;
    if (g_stat(path, &status) != 0) {
        g_set_error(error, HG_ERROR, errno == ENOENT ? HG_ERROR_NOT_FOUND : HG_ERROR_FAILED,
                    "%s: %s", path, errno == ENOENT ? "there is no such store" : g_strerror(errno));
        return false;
    }
    if (!S_ISREG(status.st_mode)) {
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "%s: not a heapgraph store", path);
        return false;
    }
    return true;
}

/* A file without any table becomes a store. Several may try at once, and the first pragma already
 * writes a page: who comes second finds tables in the end. */
static bool
create_tables(sqlite3 *db, GError **error)
{
    int64_t n_tables, id;
    if (!hg_database_run(db, "PRAGMA page_size = 16384; PRAGMA auto_vacuum = full", error) ||
        !hg_database_begin(db, error))
        return false;
    bool done =
        hg_database_get_number(db, "SELECT count(*) FROM sqlite_schema", &n_tables, error) &&
        hg_database_get_number(db, "PRAGMA application_id", &id, error);
    if (done && n_tables == 0 && id == 0) {
        g_autofree char *marks = g_strdup_printf(
            "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID, VERSION);
        done = hg_database_run(db, schema, error) && hg_database_run(db, marks, error);
    }
    return hg_database_end(db, done, error);
}

static bool
check_version(HgStore *store, GError **error)
{
    int64_t id, version;
    if (!hg_database_get_number(store->db, "PRAGMA application_id", &id, error) ||
        !hg_database_get_number(store->db, "PRAGMA user_version", &version, error))
        return false;
    if (id != APPLICATION_ID || version < 1) {
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "%s: not a heapgraph store", store->path);
        return false;
    }
    if (version > VERSION) {
        g_set_error(error, HG_ERROR, HG_ERROR_NEWER,
                    "%s: version %" G_GINT64_FORMAT " of the store, this heapgraph knows %d: "
                    "use a newer heapgraph, or load the dump again into another store",
                    store->path, version, VERSION);
        return false;
    }
    return true;
}

/* The tables must be the ones of schema.sql to the letter: a table that is secretly a view,
 * has generated columns or other keys is not ours. */
static bool
check_tables(HgStore *store, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = hg_database_prepare(
        store->db, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
        error);
    size_t expected = 0, found = 0;
    for (const char *at = schema; (at = strstr(at, "\nCREATE TABLE ")) != NULL; at++)
        expected++;
    for (bool row = true; row;) {
        if (!statement || !hg_database_step(statement, &row, error))
            return false;
        const char *sql = row ? (const char *)sqlite3_column_text(statement, 0) : NULL;
        found += sql && g_str_has_prefix(sql, "CREATE TABLE ") && strstr(schema, sql) != NULL;
    }
    if (found == expected)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "%s: its tables are not those of a store",
                store->path);
    return false;
}

static bool
open_database(HgStore *store, GError **error)
{
    int64_t n_tables;
    store->db = hg_database_open(store->path, store->mode == HG_STORE_WRITE, error);
    if (!store->db ||
        !hg_database_get_number(store->db, "SELECT count(*) FROM sqlite_schema", &n_tables, error))
        return false;
    if (n_tables == 0 && store->mode == HG_STORE_WRITE && !create_tables(store->db, error))
        return false;
    if (!check_version(store, error) || !check_tables(store, error))
        return false;
    return store->mode == HG_STORE_WRITE ||
           hg_database_run(store->db, "PRAGMA query_only = on", error);
}

HgStore *
hg_store_open(const char *path, HgStoreMode mode, GError **error)
{
    if (mode == HG_STORE_WRITE && !create_file(path, error))
        return NULL;
    if (!check_file(path, error))
        return NULL;
    g_autoptr(HgStore) store = g_new0(HgStore, 1);
    store->path = g_strdup(path);
    store->mode = mode;
    if (!open_database(store, error))
        return NULL;
    return g_steal_pointer(&store);
}

void
hg_store_close(HgStore *store)
{
    if (!store)
        return;
    sqlite3_close(store->db);
    g_free(store->path);
    g_free(store);
}

const char *
hg_store_get_path(const HgStore *store)
{
    return store->path;
}

sqlite3 *
hg_store_get_database(HgStore *store)
{
    return store->db;
}

/* ---- snapshots ------------------------------------------------------------------------- */

void
hg_snapshot_info_free(HgSnapshotInfo *info)
{
    if (!info)
        return;
    g_free(info->name);
    g_free(info->source);
    g_free(info->python);
    g_free(info->process);
    g_free(info);
}

#define INFO_COLUMNS                                                                               \
    "id, name, taken, source, python, process, objects, refs, size, stored, instant, "             \
    "knows_garbage, live, dropped, load"

static HgSnapshotInfo *
read_info(sqlite3_stmt *row)
{
    HgSnapshotInfo *info = g_new0(HgSnapshotInfo, 1);
    info->id = (uint32_t)sqlite3_column_int64(row, 0);
    info->name = hg_database_dup_string(row, 1);
    info->taken = sqlite3_column_int64(row, 2);
    info->source = hg_database_dup_string(row, 3);
    info->python = hg_database_dup_string(row, 4);
    info->process = hg_database_dup_string(row, 5);
    info->n_objects = (uint64_t)sqlite3_column_int64(row, 6);
    info->n_references = (uint64_t)sqlite3_column_int64(row, 7);
    info->size = (uint64_t)sqlite3_column_int64(row, 8);
    info->stored = (uint64_t)sqlite3_column_int64(row, 9);
    info->instant = sqlite3_column_int64(row, 10) != 0;
    info->knows_garbage = sqlite3_column_int64(row, 11) != 0;
    info->n_live = (uint64_t)sqlite3_column_int64(row, 12);
    info->n_dropped = (uint64_t)sqlite3_column_int64(row, 13);
    return info;
}

static bool
check_info(const HgStore *store, const HgSnapshotInfo *info, int64_t id, GError **error)
{
    if (id > 0 && id < HG_NONE && info->n_objects < HG_NONE && info->n_references <= INT64_MAX)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT,
                "%s: the row of snapshot %" G_GINT64_FORMAT " is damaged", store->path, id);
    return false;
}

GPtrArray *
hg_store_list_snapshots(HgStore *store, GError **error)
{
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)hg_snapshot_info_free);
    g_autoptr(sqlite3_stmt) statement =
        hg_database_prepare(store->db, "SELECT " INFO_COLUMNS " FROM snapshot ORDER BY id", error);
    for (bool row = true; row;) {
        if (!statement || !hg_database_step(statement, &row, error))
            return NULL;
        if (!row)
            break;
        HgSnapshotInfo *info = read_info(statement);
        g_ptr_array_add(list, info);
        if (!check_info(store, info, sqlite3_column_int64(statement, 0), error))
            return NULL;
    }
    return g_steal_pointer(&list);
}

static bool
fail_unknown(const HgStore *store, uint32_t id, GError **error)
{
    g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "%s: there is no snapshot %u", store->path,
                id);
    return false;
}

HgSnapshotInfo *
hg_store_get_info(HgStore *store, uint32_t id, uint64_t *load, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        hg_database_prepare_numbers(store->db, "SELECT " INFO_COLUMNS " FROM snapshot WHERE id = ?",
                                    error, 1, (const int64_t[]){id});
    bool row;
    if (!statement || !hg_database_step(statement, &row, error))
        return NULL;
    if (!row) {
        fail_unknown(store, id, error);
        return NULL;
    }
    g_autoptr(HgSnapshotInfo) info = read_info(statement);
    if (!check_info(store, info, id, error))
        return NULL;
    *load = (uint64_t)sqlite3_column_int64(statement, 14) & HG_LOAD_MAX;
    return g_steal_pointer(&info);
}

static bool
is_number(const char *name)
{
    return *name && strspn(name, "0123456789") == strlen(name);
}

bool
hg_store_check_name(const char *name, GError **error)
{
    const char *trouble = NULL;
    if (!*name)
        trouble = "a snapshot needs a name";
    else if (is_number(name))
        trouble = "a number already means the snapshot with that number";
    else if (g_str_equal(name, "latest") || g_str_equal(name, "previous"))
        trouble = "that name already has a meaning";
    else if (!g_utf8_validate(name, -1, NULL))
        trouble = "a name is UTF-8";
    if (trouble)
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "'%s': %s", name, trouble);
    return !trouble;
}

bool
hg_store_check_new_name(HgStore *store, const char *name, GError **error)
{
    if (!hg_store_check_name(name, error))
        return false;
    g_autoptr(GPtrArray) list = store ? hg_store_list_snapshots(store, error) : NULL;
    for (guint index = 0; list && index < list->len; index++)
        if (g_str_equal(((HgSnapshotInfo *)list->pdata[index])->name, name)) {
            g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "another snapshot is called '%s'", name);
            return false;
        }
    return !store || list;
}

/* Says what there is; of many only the last ones. */
static bool
fail_not_found(const HgStore *store, const char *which, const GPtrArray *list, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint index = list->len > 10 ? list->len - 10 : 0; index < list->len; index++) {
        const HgSnapshotInfo *info = g_ptr_array_index(list, index);
        g_string_append_printf(names, "%s%u '%s'", names->len ? ", " : "", info->id, info->name);
    }
    if (list->len == 0)
        g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "%s: the store holds no snapshot",
                    store->path);
    else
        g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "%s: there is no snapshot '%s', but %s%s",
                    store->path, which, list->len > 10 ? "..., " : "", names->str);
    return false;
}

static bool
matches(const HgSnapshotInfo *info, const char *which)
{
    if (is_number(which))
        return g_ascii_strtoull(which, NULL, 10) == info->id;
    return g_str_equal(info->name, which);
}

bool
hg_store_find_snapshot(HgStore *store, const char *which, uint32_t *id, GError **error)
{
    g_autoptr(GPtrArray) list = hg_store_list_snapshots(store, error);
    if (!list)
        return false;
    const HgSnapshotInfo *found = NULL;
    if (!which || g_str_equal(which, "latest"))
        found = list->len > 0 ? g_ptr_array_index(list, list->len - 1) : NULL;
    else if (g_str_equal(which, "previous"))
        found = list->len > 1 ? g_ptr_array_index(list, list->len - 2) : NULL;
    else
        for (guint index = 0; index < list->len && !found; index++)
            if (matches(g_ptr_array_index(list, index), which))
                found = g_ptr_array_index(list, index);
    if (!found && list->len > 0 && g_strcmp0(which, "first") == 0) /* unless one is called so */
        found = g_ptr_array_index(list, 0);
    if (!found)
        return fail_not_found(store, which ? which : "latest", list, error);
    *id = found->id;
    return true;
}

/* Runs a bound statement that must change one row of snapshot [id]. */
static bool
change_one(HgStore *store, sqlite3_stmt *statement, uint32_t id, GError **error)
{
    if (!hg_database_finish(statement, error))
        return false;
    return sqlite3_changes(store->db) > 0 || fail_unknown(store, id, error);
}

bool
hg_store_rename_snapshot(HgStore *store, uint32_t id, const char *name, GError **error)
{
    if (!hg_store_check_name(name, error))
        return false;
    g_autoptr(sqlite3_stmt) statement =
        hg_database_prepare(store->db, "UPDATE snapshot SET name = ? WHERE id = ?", error);
    if (!statement)
        return false;
    hg_database_bind_text(statement, 1, name);
    sqlite3_bind_int64(statement, 2, id);
    bool done = change_one(store, statement, id, error);
    if (!done && sqlite3_extended_errcode(store->db) == SQLITE_CONSTRAINT_UNIQUE) {
        g_clear_error(error);
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "another snapshot is called '%s'", name);
    }
    return done;
}

static bool
delete_rows(HgStore *store, const char *table, uint32_t id, GError **error)
{
    g_autofree char *sql = g_strdup_printf("DELETE FROM %s WHERE snapshot = ?", table);
    g_autoptr(sqlite3_stmt) statement =
        hg_database_prepare_numbers(store->db, sql, error, 1, (const int64_t[]){id});
    return statement && hg_database_finish(statement, error);
}

/* Takes the snapshot out of every table but that of chunks; its load is one that died. */
static bool
unpublish(HgStore *store, uint32_t id, uint64_t *load, GError **error)
{
    static const char *const tables[] = {"all_column", "all_type", "all_root", "all_thread",
                                         "all_frame",  "all_site", "all_fact", "bookmark"};
    g_autoptr(HgSnapshotInfo) info = hg_store_get_info(store, id, load, error);
    if (!info)
        return false;
    for (size_t index = 0; index < G_N_ELEMENTS(tables); index++)
        if (!delete_rows(store, tables[index], id, error))
            return false;
    g_autoptr(sqlite3_stmt) statement = hg_database_prepare_numbers(
        store->db, "DELETE FROM snapshot WHERE id = ?", error, 1, (const int64_t[]){id});
    return statement && hg_database_finish(statement, error) &&
           hg_loads_insert(store->db, load, error);
}

bool
hg_store_remove_snapshot(HgStore *store, uint32_t id, GError **error)
{
    uint64_t load = 0;
    if (!hg_database_begin(store->db, error) ||
        !hg_database_end(store->db, unpublish(store, id, &load, error), error))
        return false;
    /* It is gone. If its chunks cannot go now, the next load sweeps them. */
    hg_loads_delete(store->db, load, NULL);
    return true;
}

/* ---- bookmarks ------------------------------------------------------------------------- */

static void
bookmark_free(HgBookmark *bookmark)
{
    g_free(bookmark->name);
    g_free(bookmark->note);
    g_free(bookmark);
}

bool
hg_store_set_bookmark(HgStore *store, uint32_t id, const HgBookmark *bookmark, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        hg_database_prepare(store->db,
                            "INSERT OR REPLACE INTO bookmark SELECT id, ?2, ?3, ?4 FROM snapshot "
                            "WHERE id = ?1",
                            error);
    if (!statement)
        return false;
    sqlite3_bind_int64(statement, 1, id);
    hg_database_bind_text(statement, 2, bookmark->name);
    sqlite3_bind_int64(statement, 3, (int64_t)bookmark->address);
    hg_database_bind_text(statement, 4, bookmark->note ? bookmark->note : "");
    return change_one(store, statement, id, error);
}

bool
hg_store_remove_bookmark(HgStore *store, uint32_t id, const char *name, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = hg_database_prepare(
        store->db, "DELETE FROM bookmark WHERE snapshot = ? AND name = ?", error);
    if (!statement)
        return false;
    sqlite3_bind_int64(statement, 1, id);
    hg_database_bind_text(statement, 2, name);
    if (!hg_database_finish(statement, error))
        return false;
    if (sqlite3_changes(store->db) > 0)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "snapshot %u has no bookmark '%s'", id, name);
    return false;
}

GPtrArray *
hg_store_list_bookmarks(HgStore *store, uint32_t id, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)bookmark_free);
    g_autoptr(sqlite3_stmt) statement = hg_database_prepare_numbers(
        store->db, "SELECT name, address, note FROM bookmark WHERE snapshot = ? ORDER BY name",
        error, 1, (const int64_t[]){id});
    for (bool row = true; row;) {
        if (!statement || !hg_database_step(statement, &row, error))
            return NULL;
        if (!row)
            break;
        HgBookmark *bookmark = g_new0(HgBookmark, 1);
        bookmark->name = hg_database_dup_string(statement, 0);
        bookmark->address = (uint64_t)sqlite3_column_int64(statement, 1);
        bookmark->note = hg_database_dup_string(statement, 2);
        g_ptr_array_add(list, bookmark);
    }
    return g_steal_pointer(&list);
}
