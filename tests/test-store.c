/* test-store.c - the file: opening, naming, removing, and what is refused.
 * SPDX-License-Identifier: MIT */
#include "core/store/store.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

typedef struct {
    char *folder, *path;
} Place;

static void
place_init(Place *place)
{
    place->folder = g_dir_make_tmp("heapgraph-XXXXXX", NULL);
    place->path = g_build_filename(place->folder, "test.db", NULL);
}

static void
place_clear(Place *place)
{
    g_unlink(place->path);
    g_assert_cmpint(g_rmdir(place->folder), ==, 0); /* nothing else was left there */
    g_free(place->path);
    g_free(place->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

/* Runs SQL in the file, past everything that guards it. */
static void
meddle(const char *path, const char *sql)
{
    sqlite3 *db;
    char *message = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        g_error("%s: %s", sql, message);
    sqlite3_close(db);
}

static int64_t
ask_number(const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

static bool
publish(HgStore *store, const char *name, uint32_t *id, GError **error)
{
    g_autoptr(HgSnapshotWriter) writer = hg_snapshot_writer_new(store, error);
    g_autofree uint64_t *numbers = g_new(uint64_t, 40000);
    for (uint32_t object = 0; object < 40000; object++)
        numbers[object] = 16 * (uint64_t)object;
    HgSnapshotInfo info = {.name = (char *)name, .n_objects = 40000};
    return writer && hg_snapshot_writer_append(writer, HG_COLUMN_ADDRESS, numbers, 40000, error) &&
           hg_snapshot_writer_append(writer, HG_COLUMN_SIZE, numbers, 40000, error) &&
           hg_snapshot_writer_add_fact(writer, "pid", "1", error) &&
           hg_snapshot_writer_publish(writer, &info, id, error);
}

static uint32_t
must_publish(HgStore *store, const char *name)
{
    uint32_t id;
    g_assert_true(publish(store, name, &id, NULL));
    return id;
}

static void
expect(GError *error, HgError code, const char *part)
{
    g_assert_error(error, HG_ERROR, (int)code);
    if (!strstr(error->message, part))
        g_error("'%s' does not say '%s'", error->message, part);
    g_error_free(error);
}

static void
expect_open_fails(const char *path, HgStoreMode mode, HgError code, const char *part)
{
    GError *error = NULL;
    g_assert_null(hg_store_open(path, mode, &error));
    g_assert_true(strstr(error->message, path));
    expect(error, code, part);
}

/* ---- opening ---------------------------------------------------------------------------- */

static void
test_create(void)
{
    g_auto(Place) place;
    GStatBuf status;
    place_init(&place);
    expect_open_fails(place.path, HG_STORE_READ, HG_ERROR_NOT_FOUND, "there is no such store");
    g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
    g_assert_cmpstr(hg_store_get_path(store), ==, place.path);
    g_assert_cmpint(g_stat(place.path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
    g_autoptr(HgStore) reader = hg_store_open(place.path, HG_STORE_READ, NULL);
    g_autoptr(GPtrArray) list = hg_store_list_snapshots(reader, NULL);
    g_assert_cmpuint(list->len, ==, 0);
    g_autofree char *bytes = NULL;
    gsize size;
    g_assert_true(g_file_get_contents(place.path, &bytes, &size, NULL));
    g_assert_true(hg_store_recognises((const uint8_t *)bytes, size));
    g_assert_false(hg_store_recognises((const uint8_t *)bytes, 15));
    g_assert_false(hg_store_recognises((const uint8_t *)"\x89HGD\r\n\x1a\n        ", 16));
}

static void
test_foreign_files(void)
{
    g_auto(Place) place;
    place_init(&place);
    expect_open_fails(place.folder, HG_STORE_READ, HG_ERROR_FORMAT, "not a heapgraph store");
    g_file_set_contents(place.path, "import this\n", -1, NULL);
    expect_open_fails(place.path, HG_STORE_READ, HG_ERROR_FORMAT, "not a heapgraph store");
    expect_open_fails(place.path, HG_STORE_WRITE, HG_ERROR_FORMAT, "not a heapgraph store");
    g_file_set_contents(place.path, "", 0, NULL);
    expect_open_fails(place.path, HG_STORE_READ, HG_ERROR_FORMAT, "not a heapgraph store");
    meddle(place.path, "CREATE TABLE bill (amount)");
    expect_open_fails(place.path, HG_STORE_READ, HG_ERROR_FORMAT, "not a heapgraph store");
    expect_open_fails(place.path, HG_STORE_WRITE, HG_ERROR_FORMAT, "not a heapgraph store");
    g_assert_cmpint(ask_number(place.path, "SELECT count(*) FROM sqlite_schema"), ==, 1);
}

static void
test_newer(void)
{
    g_auto(Place) place;
    place_init(&place);
    hg_store_close(hg_store_open(place.path, HG_STORE_WRITE, NULL));
    meddle(place.path, "PRAGMA user_version = 2");
    expect_open_fails(place.path, HG_STORE_READ, HG_ERROR_NEWER,
                      "use a newer heapgraph, or load the dump again into another store");
}

/* Schemas that somebody made to be opened by us. */
static void
test_hostile_schemas(void)
{
    static const char *const attacks[] = {
        "DROP TABLE chunk; CREATE VIEW chunk AS SELECT 1 AS id, zeroblob(1000000000) AS data",
        "DROP TABLE text; CREATE TABLE text (number INTEGER PRIMARY KEY, content AS (abs(number)))",
        "DROP TABLE all_fact",
        "ALTER TABLE snapshot ADD COLUMN evil TEXT DEFAULT 'x'",
        ("PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = 'CREATE TABLE load (a)' "
         "WHERE name = 'load'"),
    };
    for (size_t index = 0; index < G_N_ELEMENTS(attacks); index++) {
        g_auto(Place) place;
        place_init(&place);
        hg_store_close(hg_store_open(place.path, HG_STORE_WRITE, NULL));
        meddle(place.path, attacks[index]);
        expect_open_fails(place.path, HG_STORE_READ, HG_ERROR_FORMAT, "");
    }
}

/* Triggers and views are not ours, but do nothing. */
static void
test_triggers(void)
{
    g_auto(Place) place;
    place_init(&place);
    hg_store_close(hg_store_open(place.path, HG_STORE_WRITE, NULL));
    meddle(place.path, "CREATE TRIGGER evil AFTER INSERT ON chunk BEGIN DELETE FROM chunk; END");
    g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
    must_publish(store, NULL);
    g_assert_cmpint(ask_number(place.path, "SELECT count(*) > 0 FROM chunk"), ==, 1);
}

static void
test_locked(void)
{
    g_auto(Place) place;
    place_init(&place);
    hg_store_close(hg_store_open(place.path, HG_STORE_WRITE, NULL));
    sqlite3 *db;
    sqlite3_open(place.path, &db);
    sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
    expect_open_fails(place.path, HG_STORE_READ, HG_ERROR_BUSY, "another process holds the store");
    sqlite3_close(db);
}

/* ---- snapshots -------------------------------------------------------------------------- */

static uint32_t
find(HgStore *store, const char *which)
{
    uint32_t id = 0;
    hg_store_find_snapshot(store, which, &id, NULL);
    return id;
}

static void
test_find(void)
{
    g_auto(Place) place;
    place_init(&place);
    g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
    GError *error = NULL;
    uint32_t id;
    g_assert_false(hg_store_find_snapshot(store, NULL, &id, &error));
    expect(g_steal_pointer(&error), HG_ERROR_NOT_FOUND, "the store holds no snapshot");
    must_publish(store, "before");
    must_publish(store, NULL);
    g_assert_cmpuint(find(store, NULL), ==, 2);
    g_assert_cmpuint(find(store, "latest"), ==, 2);
    g_assert_cmpuint(find(store, "previous"), ==, 1);
    g_assert_cmpuint(find(store, "1"), ==, 1);
    g_assert_cmpuint(find(store, "before"), ==, 1);
    g_assert_cmpuint(find(store, "snapshot 2"), ==, 2);
    g_assert_false(hg_store_find_snapshot(store, "after", &id, &error));
    expect(g_steal_pointer(&error), HG_ERROR_NOT_FOUND,
           "there is no snapshot 'after', but 1 'before', 2 'snapshot 2'");
    g_assert_false(hg_store_find_snapshot(store, "4294967297", &id, &error));
    expect(g_steal_pointer(&error), HG_ERROR_NOT_FOUND, "there is no snapshot '4294967297'");
    g_assert_null(hg_snapshot_open(store, 9, &error));
    expect(g_steal_pointer(&error), HG_ERROR_NOT_FOUND, "there is no snapshot 9");
}

static void
test_names(void)
{
    static const char *const bad[] = {"", "7", "latest", "previous"};
    g_auto(Place) place;
    place_init(&place);
    g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
    GError *error = NULL;
    uint32_t id;
    must_publish(store, "snapshot 2");
    must_publish(store, NULL); /* its name is taken, and it gets another one */
    g_assert_cmpuint(find(store, "snapshot 2 (2)"), ==, 2);
    g_assert_false(publish(store, "snapshot 2", &id, &error));
    expect(g_steal_pointer(&error), HG_ERROR_USAGE, "another snapshot is called 'snapshot 2'");
    g_assert_false(hg_store_rename_snapshot(store, 2, "snapshot 2", &error));
    expect(g_steal_pointer(&error), HG_ERROR_USAGE, "another snapshot is called 'snapshot 2'");
    g_assert_false(hg_store_rename_snapshot(store, 3, "x", &error));
    expect(g_steal_pointer(&error), HG_ERROR_NOT_FOUND, "there is no snapshot 3");
    for (size_t index = 0; index < G_N_ELEMENTS(bad); index++) {
        g_assert_false(hg_store_rename_snapshot(store, 1, bad[index], &error));
        expect(g_steal_pointer(&error), HG_ERROR_USAGE, "");
        g_assert_false(publish(store, bad[index], &id, &error));
        expect(g_steal_pointer(&error), HG_ERROR_USAGE, "");
    }
    g_assert_true(hg_store_rename_snapshot(store, 1, "größe'", NULL));
    g_assert_cmpuint(find(store, "größe'"), ==, 1);
}

static void
test_remove(void)
{
    g_auto(Place) place;
    place_init(&place);
    g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
    GError *error = NULL;
    must_publish(store, NULL);
    must_publish(store, NULL);
    g_assert_true(hg_store_remove_snapshot(store, 2, NULL));
    g_assert_false(hg_store_remove_snapshot(store, 2, &error));
    expect(g_steal_pointer(&error), HG_ERROR_NOT_FOUND, "there is no snapshot 2");
    g_assert_cmpuint(must_publish(store, NULL), ==, 3); /* a number is never used again */
    g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, 1, NULL);
    g_assert_true(hg_store_remove_snapshot(store, 1, NULL));
    uint64_t number;
    g_assert_false(hg_snapshot_get(snapshot, HG_COLUMN_SIZE, 1, &number, &error));
    expect(g_steal_pointer(&error), HG_ERROR_FORMAT, "removed meanwhile");
    g_assert_true(hg_store_remove_snapshot(store, 3, NULL));
    g_assert_cmpint(ask_number(place.path, "SELECT (SELECT count(*) FROM chunk) + (SELECT count(*)"
                                           " FROM all_column) + (SELECT count(*) FROM all_fact)"),
                    ==, 0);
    /* What was removed is room for others. */
    GStatBuf status;
    g_assert_cmpint(g_stat(place.path, &status), ==, 0);
    g_assert_cmpint(status.st_size, <, 40 * 16384);
}

static void
test_bookmarks(void)
{
    g_auto(Place) place;
    place_init(&place);
    g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
    GError *error = NULL;
    HgBookmark leak = {(char *)"leak", UINT64_MAX - 1, (char *)"why?"},
               cache = {(char *)"a", 5, NULL};
    must_publish(store, NULL);
    g_assert_true(hg_store_set_bookmark(store, 1, &cache, NULL));
    g_assert_true(hg_store_set_bookmark(store, 1, &leak, NULL));
    g_assert_true(hg_store_set_bookmark(store, 1, &leak, NULL));
    g_assert_false(hg_store_set_bookmark(store, 2, &leak, &error));
    expect(g_steal_pointer(&error), HG_ERROR_NOT_FOUND, "there is no snapshot 2");
    g_autoptr(GPtrArray) list = hg_store_list_bookmarks(store, 1, NULL);
    g_assert_cmpuint(list->len, ==, 2);
    const HgBookmark *second = list->pdata[1];
    g_assert_cmpstr(second->name, ==, "leak");
    g_assert_cmpuint(second->address, ==, UINT64_MAX - 1);
    g_assert_cmpstr(second->note, ==, "why?");
    g_assert_true(hg_store_remove_bookmark(store, 1, "leak", NULL));
    g_assert_false(hg_store_remove_bookmark(store, 1, "leak", &error));
    expect(g_steal_pointer(&error), HG_ERROR_NOT_FOUND, "snapshot 1 has no bookmark 'leak'");
}

static void
test_reader_cannot_write(void)
{
    g_auto(Place) place;
    place_init(&place);
    g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
    must_publish(store, NULL);
    g_autoptr(HgStore) reader = hg_store_open(place.path, HG_STORE_READ, NULL);
    GError *error = NULL;
    g_assert_false(hg_store_rename_snapshot(reader, 1, "x", &error));
    expect(g_steal_pointer(&error), HG_ERROR_FAILED, "the store cannot be written");
    g_assert_false(hg_store_remove_snapshot(reader, 1, &error));
    expect(g_steal_pointer(&error), HG_ERROR_FAILED, "the store cannot be written");
}

/* ---- loads ------------------------------------------------------------------------------ */

static void
test_abandoned(void)
{
    g_auto(Place) place;
    place_init(&place);
    g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
    must_publish(store, NULL);
    int64_t before = ask_number(place.path, "SELECT count(*) FROM chunk");
    g_autoptr(HgSnapshotWriter) writer = hg_snapshot_writer_new(store, NULL);
    g_autofree uint64_t *numbers = g_new0(uint64_t, 100000);
    g_assert_true(hg_snapshot_writer_append(writer, HG_COLUMN_SIZE, numbers, 100000, NULL));
    g_clear_pointer(&writer, hg_snapshot_writer_free);
    g_assert_cmpint(ask_number(place.path, "SELECT count(*) FROM chunk"), ==, before);
    g_assert_cmpint(ask_number(place.path, "SELECT count(*) FROM load"), ==, 0);
    g_assert_cmpuint(must_publish(store, NULL), ==, 2);
}

/* Of what stands in `load`, only what is dead is swept. */
static void
test_sweep(void)
{
    g_auto(Place) place;
    place_init(&place);
    g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
    must_publish(store, NULL);
    g_autoptr(HgSnapshotWriter) live = hg_snapshot_writer_new(store, NULL);
    int64_t before = ask_number(place.path, "SELECT count(*) FROM chunk");
    /* The same process as that of `live`, but it started at another time; one on another
     * machine today, and one long ago. */
    meddle(place.path,
           "INSERT INTO load SELECT 50, boot, namespace, pid, start + 1, begun FROM load;"
           "INSERT INTO load SELECT 51, 'other', namespace, pid, start, begun FROM load LIMIT 1;"
           "INSERT INTO load SELECT 52, 'other', namespace, pid, start, begun - 90000 FROM load"
           " LIMIT 1;"
           "INSERT INTO chunk (id, data) SELECT (number << 40) + 7, x'00' FROM load"
           " WHERE number >= 50");
    must_publish(store, NULL);
    g_assert_cmpint(ask_number(place.path, "SELECT count(*) FROM load"), ==, 2);
    g_assert_cmpint(ask_number(place.path, "SELECT count(*) FROM load WHERE number = 51"), ==, 1);
    g_assert_cmpint(ask_number(place.path, "SELECT group_concat(load) FROM chunk WHERE load > 49"),
                    ==, 51);
    g_assert_cmpint(ask_number(place.path, "SELECT count(*) FROM chunk"), ==, 2 * before + 1);
    HgSnapshotInfo info = {0};
    uint32_t id;
    g_assert_true(hg_snapshot_writer_publish(live, &info, &id, NULL));
}

static void
test_two_writers(void)
{
    g_auto(Place) place;
    place_init(&place);
    g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
    g_autoptr(HgSnapshotWriter) first = hg_snapshot_writer_new(store, NULL);
    g_autoptr(HgSnapshotWriter) second = hg_snapshot_writer_new(store, NULL);
    HgSnapshotWriter *writer[] = {first, second};
    HgSnapshotInfo info = {.n_objects = 60000};
    uint32_t id, texts[2];
    static const char *const text[] = {"a", "b"};
    for (uint64_t object = 0; object < 60000; object++)
        for (uint64_t which = 0; which < 2; which++) {
            uint64_t number = object * (which + 3);
            hg_snapshot_writer_append(writer[which], HG_COLUMN_SIZE, &number, 1, NULL);
        }
    g_assert_true(hg_snapshot_writer_add_texts(first, text, 1, &texts[0], NULL));
    g_assert_true(hg_snapshot_writer_add_texts(second, text, 2, texts, NULL));
    g_assert_true(hg_snapshot_writer_publish(second, &info, &id, NULL));
    g_assert_cmpuint(id, ==, 1);
    g_assert_true(hg_snapshot_writer_publish(first, &info, &id, NULL));
    g_assert_cmpuint(id, ==, 2);
    for (uint32_t which = 0; which < 2; which++) {
        uint64_t number;
        g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, 2 - which, NULL);
        g_assert_true(hg_snapshot_get(snapshot, HG_COLUMN_SIZE, 50000, &number, NULL));
        g_assert_cmpuint(number, ==, 50000 * (which + 3));
    }
}

typedef struct {
    HgStore *store;
    uint32_t id;
} Load;

static bool
on_object(const char *const *names, const HgSqlValue *values, size_t n_columns, void *user_data)
{
    Load *load = user_data;
    if (values && load->id == 0)
        g_assert_true(publish(load->store, NULL, &load->id, NULL));
    return true;
}

/* A question over columns holds no lock: a load goes through in the middle of it. */
static void
test_load_during_question(void)
{
    g_auto(Place) place;
    place_init(&place);
    g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
    must_publish(store, NULL);
    Load load = {store, 0};
    g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, 1, NULL);
    g_assert_true(hg_snapshot_run_sql(snapshot, "SELECT size FROM object", on_object, &load, NULL));
    g_assert_cmpuint(load.id, ==, 2);
}

/* ---- damage ----------------------------------------------------------------------------- */

/* Reads all there is; what can be read must be right. Returns: whether all went well. */
static bool
read_everything(const char *path, GError **error)
{
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_READ, error);
    uint32_t id;
    if (!store || !hg_store_find_snapshot(store, NULL, &id, error))
        return false;
    g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, id, error);
    uint64_t count = snapshot ? hg_snapshot_count(snapshot, HG_COLUMN_SIZE) : 0;
    g_autofree uint64_t *numbers = g_new0(uint64_t, count + 1);
    bool fine = snapshot && hg_snapshot_get_facts(snapshot, error) &&
                hg_snapshot_get_types(snapshot, error) && hg_snapshot_get_roots(snapshot, error) &&
                hg_snapshot_read(snapshot, HG_COLUMN_ADDRESS, 0, count, numbers, error) &&
                hg_snapshot_read(snapshot, HG_COLUMN_SIZE, 0, count, numbers, error);
    for (uint64_t object = 0; fine && object < count; object++)
        g_assert_cmpuint(numbers[object], ==, 16 * object);
    return fine;
}

static void
test_damaged_rows(void)
{
    static const char *const damages[] = {
        "UPDATE all_column SET count = 7 WHERE number = 2",
        "UPDATE all_column SET number = 99 WHERE number = 2",
        "UPDATE all_column SET count = -1 WHERE number = 2",
        "UPDATE snapshot SET objects = -1",
        "UPDATE snapshot SET objects = 1 << 40",
        "UPDATE snapshot SET load = 77",
        "UPDATE chunk SET data = x'' WHERE \"column\" = 2",
        "UPDATE chunk SET data = 7 WHERE \"column\" = 2",
        "UPDATE chunk SET data = zeroblob(100) WHERE \"column\" = 2",
        "UPDATE chunk SET data = zeroblob(100000000) WHERE \"column\" = 2",
        "UPDATE chunk SET data = substr(data, 1, length(data) - 1) WHERE \"column\" = 2",
        "DELETE FROM chunk WHERE \"column\" = 2 AND number = 1",
        "INSERT INTO all_root VALUES (1, 99999, 0, 'module', NULL, NULL, 0)",
        "INSERT INTO all_root VALUES (1, 9, 0, 'boss', NULL, NULL, 0)",
        "INSERT INTO all_type VALUES (1, 1, 'a', 'a', 'a', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', "
        "'')",
        "INSERT INTO all_type VALUES (1, 0, 'a', 'a', 'a', -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, '', "
        "'')",
    };
    for (size_t index = 0; index < G_N_ELEMENTS(damages); index++) {
        g_auto(Place) place;
        place_init(&place);
        g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
        must_publish(store, NULL);
        g_clear_pointer(&store, hg_store_close);
        meddle(place.path, damages[index]);
        GError *error = NULL;
        if (read_everything(place.path, &error))
            g_error("%s: nothing was noticed", damages[index]);
        g_assert_true(strstr(error->message, place.path));
        expect(error, HG_ERROR_FORMAT, "");
    }
}

/* Bits of the file flipped at random: an error or not, but never a crash, and never numbers
 * that are not those that were written. */
static void
test_flipped_bits(void)
{
    g_auto(Place) place;
    place_init(&place);
    g_autoptr(HgStore) store = hg_store_open(place.path, HG_STORE_WRITE, NULL);
    must_publish(store, NULL);
    g_clear_pointer(&store, hg_store_close);
    g_autofree char *whole = NULL;
    gsize size;
    g_assert_true(g_file_get_contents(place.path, &whole, &size, NULL));
    unsigned n_noticed = 0;
    for (unsigned round = 0; round < 300; round++) {
        g_autofree char *copy = g_memdup2(whole, size);
        for (unsigned bit = 0; bit < 20; bit++)
            copy[g_test_rand_int_range(0, (gint32)size)] ^=
                (char)(1 << g_test_rand_int_range(0, 8));
        g_assert_true(g_file_set_contents(place.path, copy, (gssize)size, NULL));
        GError *error = NULL;
        n_noticed += !read_everything(place.path, &error);
        g_clear_error(&error);
    }
    g_assert_cmpuint(n_noticed, >, 0);
    for (gsize length = 0; length < size; length += size / 50) {
        g_autoptr(GError) error = NULL;
        g_assert_true(g_file_set_contents(place.path, whole, (gssize)length, NULL));
        g_assert_true(read_everything(place.path, &error) ? length > size / 2 : error != NULL);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/create", test_create);
    g_test_add_func("/store/foreign-files", test_foreign_files);
    g_test_add_func("/store/newer", test_newer);
    g_test_add_func("/store/hostile-schemas", test_hostile_schemas);
    g_test_add_func("/store/triggers", test_triggers);
    g_test_add_func("/store/locked", test_locked);
    g_test_add_func("/store/find", test_find);
    g_test_add_func("/store/names", test_names);
    g_test_add_func("/store/remove", test_remove);
    g_test_add_func("/store/bookmarks", test_bookmarks);
    g_test_add_func("/store/reader-cannot-write", test_reader_cannot_write);
    g_test_add_func("/store/abandoned", test_abandoned);
    g_test_add_func("/store/sweep", test_sweep);
    g_test_add_func("/store/two-writers", test_two_writers);
    g_test_add_func("/store/load-during-question", test_load_during_question);
    g_test_add_func("/store/damaged-rows", test_damaged_rows);
    g_test_add_func("/store/flipped-bits", test_flipped_bits);
    return g_test_run();
}
