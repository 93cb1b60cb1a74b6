/* export.c - a snapshot as plain tables, for whatever reads SQLite.
 *
 * The file gets its name when it is complete: until then it has another one in the same folder.
 * SPDX-License-Identifier: MIT */
#include "core/store/store-private.h"
#include "core/store/tables.h"
#include "core/unfinished.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define ROWS_AT_ONCE 50000u

/* The long tables are copied in parts, so that progress can be told; [key] is the column whose
 * numbers are those of the objects. They are called new_* while they are copied, since a table
 * `object` would hide the one it is copied from. */
static const struct {
    const char *name, *create, *columns, *key;
} long_tables[] = {
    {"object",
     "CREATE TABLE out.new_object (nr INTEGER PRIMARY KEY, address INTEGER NOT NULL, type TEXT,"
     " type_id INTEGER, size INTEGER, sizeof INTEGER, refcount INTEGER, surplus INTEGER,"
     " length INTEGER, value TEXT, live INTEGER, holder INTEGER, retained INTEGER,"
     " distance INTEGER, flags INTEGER, site INTEGER)",
     "*", "nr"},
    {"reference",
     "CREATE TABLE out.new_reference (source INTEGER NOT NULL, target INTEGER NOT NULL, kind TEXT,"
     " label TEXT, how INTEGER)",
     "source, target, kind, label, how", "source"},
};

static const char *const short_tables[] = {"type", "root", "thread", "frame", "site", "fact"};

static const char names_and_indexes[] = "ALTER TABLE out.new_object RENAME TO object;"
                                        "ALTER TABLE out.new_reference RENAME TO reference;"
                                        "CREATE INDEX out.object_address ON object (address);"
                                        "CREATE INDEX out.object_type ON object (type_id);"
                                        "CREATE INDEX out.object_holder ON object (holder);"
                                        "CREATE INDEX out.reference_source ON reference (source);"
                                        "CREATE INDEX out.reference_target ON reference (target);"
                                        "CREATE INDEX out.root_nr ON root (nr);";

typedef struct {
    HgSnapshot *snapshot;
    HgTables *tables;
    sqlite3 *db;
    const HgProgress *progress;
    char *part; /* the file's name while it is not complete */
} Export;

static void
export_clear(Export *export)
{
    sqlite3_close(export->db);
    hg_tables_free(export->tables);
    if (export->part) {
        g_unlink(export->part);
        hg_unfinished_end(export->part);
    }
    g_free(export->part);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Export, export_clear)

static bool
tell(const Export *export, const char *step, uint64_t done, uint64_t total, GError **error)
{
    const HgProgress *progress = export->progress;
    if (!progress || !progress->func || progress->func(step, done, total, progress->user_data))
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_CANCELLED, "cancelled");
    return false;
}

static bool
copy_part(const Export *export, sqlite3_stmt *insert, uint64_t first, GError **error)
{
    sqlite3_bind_int64(insert, 1, (sqlite3_int64)first);
    sqlite3_bind_int64(insert, 2, (sqlite3_int64)(first + ROWS_AT_ONCE));
    return hg_database_finish(insert, error);
}

static bool
copy_long_table(const Export *export, unsigned table, GError **error)
{
    uint64_t n_objects = hg_snapshot_count_objects(export->snapshot);
    g_autofree char *sql =
        g_strdup_printf("INSERT INTO out.new_%s SELECT %s FROM %s WHERE %s >= ? AND %s < ?",
                        long_tables[table].name, long_tables[table].columns,
                        long_tables[table].name, long_tables[table].key, long_tables[table].key);
    if (!hg_database_run(export->db, long_tables[table].create, error))
        return false;
    g_autoptr(sqlite3_stmt) insert = hg_database_prepare(export->db, sql, error);
    for (uint64_t first = 0; first < n_objects; first += ROWS_AT_ONCE)
        if (!insert || !tell(export, long_tables[table].name, first, n_objects, error) ||
            !copy_part(export, insert, first, error))
            return false;
    return insert != NULL;
}

static bool
copy_short_tables(const Export *export, GError **error)
{
    uint32_t id = hg_snapshot_get_info(export->snapshot)->id;
    for (size_t table = 0; table < G_N_ELEMENTS(short_tables); table++) {
        g_autofree char *sql = g_strdup_printf("CREATE TABLE out.%s AS SELECT * FROM temp.%s",
                                               short_tables[table], short_tables[table]);
        if (!hg_database_run(export->db, sql, error))
            return false;
    }
    g_autofree char *sql = g_strdup_printf(
        "CREATE TABLE out.snapshot AS SELECT id, name, taken, source, python, objects, refs, size,"
        " process, instant, knows_garbage, live, dropped FROM store.snapshot WHERE id = %u",
        id);
    return hg_database_run(export->db, sql, error);
}

static bool
copy_everything(const Export *export, GError **error)
{
    for (unsigned table = 0; table < G_N_ELEMENTS(long_tables); table++)
        if (!copy_long_table(export, table, error))
            return false;
    return copy_short_tables(export, error) && tell(export, "indexes", 0, 0, error) &&
           hg_database_run(export->db, names_and_indexes, error);
}

/* Makes the file under its first name, with nobody else's eyes on it. */
static bool
make_part(Export *export, const char *path, GError **error)
{
    g_autofree char *file = g_canonicalize_filename(path, NULL);
    if (g_file_test(file, G_FILE_TEST_EXISTS)) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: is there already", path);
        return false;
    }
    export->part = g_strconcat(file, ".XXXXXX", NULL);
    int descriptor = g_mkstemp_full(export->part, O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
        g_clear_pointer(&export->part, g_free);
        return false;
    }
    hg_unfinished_begin(export->part);
    return g_close(descriptor, error);
}

/* A part that is not complete is of no use to anybody, so its journal need not outlive us. */
static bool
attach_part(const Export *export, GError **error)
{
    return hg_database_attach(export->db, export->part, "out", error) &&
           hg_database_run(export->db,
                           "PRAGMA out.journal_mode = memory; PRAGMA out.synchronous = off", error);
}

/* Gives the complete file its name, once it is on the disk. */
static bool
finish_part(Export *export, const char *path, GError **error)
{
    int descriptor = g_open(export->part, O_RDWR | O_CLOEXEC, 0);
    bool kept = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    if (!kept || g_rename(export->part, path) != 0) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
        return false;
    }
    hg_unfinished_end(export->part);
    g_clear_pointer(&export->part, g_free);
    return true;
}

bool
hg_snapshot_export_tables(HgSnapshot *snapshot, const char *path, const HgProgress *progress,
                          GError **error)
{
    const char *store = hg_store_get_path(hg_snapshot_get_store(snapshot));
    g_auto(Export) export = {
        .snapshot = snapshot, .tables = hg_tables_new(snapshot, NULL), .progress = progress};
    export.db = hg_database_open_beside(store, error);
    if (!export.db || !hg_tables_register(export.tables, export.db, error) ||
        !make_part(&export, path, error) || !attach_part(&export, error) ||
        !copy_everything(&export, error) || !hg_database_run(export.db, "DETACH out", error))
        return false;
    return finish_part(&export, path, error);
}
