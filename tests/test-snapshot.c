/* test-snapshot.c - what a writer appends, a reader reads.
 * SPDX-License-Identifier: MIT */
#include "core/store/store-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_OBJECTS 50000u
#define N_REFERENCES 120001u

static char *
make_path(void)
{
    g_autofree char *folder = g_dir_make_tmp("heapgraph-XXXXXX", NULL);
    return g_build_filename(folder, "test.db", NULL);
}

static void
remove_path(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_unlink(path);
    g_assert_cmpint(g_rmdir(folder), ==, 0); /* nothing else was left there */
}

/* What is in each column of the test's snapshot. */
static uint64_t
expected(HgColumn column, uint64_t index)
{
    uint64_t mixed = (index + 1) * 0x9e3779b97f4a7c15u >> 13;
    switch (column) {
    case HG_COLUMN_ADDRESS:
        return 0x7f0000000000 + 16 * index + (index / 1000 << 20);
    case HG_COLUMN_HOW:
        return mixed % 12 | (mixed & 0x70);
    case HG_COLUMN_FORWARD_FIRST:
    case HG_COLUMN_BACKWARD_FIRST:
        return index * 2;
    case HG_COLUMN_TARGET:
    case HG_COLUMN_SOURCE:
        return mixed % N_OBJECTS;
    case HG_COLUMN_RETAINED:
        return mixed;
    default:
        return mixed % 1000;
    }
}

static bool
is_written(unsigned column)
{
    return column != HG_COLUMN_VALUE && column != HG_COLUMN_SITE;
}

/* Appends in odd portions, now wide, now narrow. */
static void
write_column(HgSnapshotWriter *writer, HgColumn column)
{
    uint64_t count = hg_column_count(column, N_OBJECTS, N_REFERENCES), portion = 777, here;
    for (uint64_t first = 0; first < count; first += here, portion = portion * 7 % 40009) {
        here = MIN(portion + 1, count - first);
        g_autofree uint64_t *wide = g_new(uint64_t, here);
        g_autofree uint32_t *narrow = g_new(uint32_t, here);
        bool fits = true;
        for (uint64_t index = 0; index < here; index++) {
            wide[index] = expected(column, first + index);
            narrow[index] = (uint32_t)wide[index];
            fits = fits && wide[index] <= UINT32_MAX;
        }
        g_assert_true(fits && portion % 2
                          ? hg_snapshot_writer_append_u32(writer, column, narrow, here, NULL)
                          : hg_snapshot_writer_append(writer, column, wide, here, NULL));
    }
}

/* The value of every third object; sizes 0 to 299. */
static char *
make_value(uint32_t object, size_t *size)
{
    *size = object % 300;
    if (object % 3)
        return NULL;
    char *value = g_malloc(*size + 1);
    memset(value, 'a' + (int)(object % 26), *size);
    if (*size > 10)
        value[5] = '\0';
    return value;
}

static void
write_values(HgSnapshotWriter *writer)
{
    for (uint32_t object = 0; object < N_OBJECTS; object++) {
        size_t size;
        g_autofree char *value = make_value(object, &size);
        g_assert_true(hg_snapshot_writer_append_value(writer, value, size, NULL));
    }
}

static void
write_rows(HgSnapshotWriter *writer)
{
    char *slots[] = {(char *)"left", (char *)"right", NULL};
    uint64_t bases[] = {UINT64_MAX, 1};
    HgTypeRow type = {.number = 0,
                      .name = (char *)"list",
                      .module = (char *)"builtins",
                      .qualname = (char *)"list",
                      .address = 0x55,
                      .object = HG_NONE,
                      .n_objects = 7,
                      .first = 3};
    HgTypeRow node = {.number = 1,
                      .name = (char *)"app.Node",
                      .module = (char *)"app",
                      .qualname = (char *)"Node",
                      .address = 0x66,
                      .object = 4,
                      .slots = slots,
                      .bases = bases,
                      .n_bases = 2,
                      .retained = 1ull << 40,
                      .n_garbage = 2,
                      .size = 11,
                      .sizeof_ = 12,
                      .flags = HG_TYPE_HEAP,
                      .basicsize = 16,
                      .itemsize = 8};
    HgRootRow root = {9, HG_ROOT_FRAME, (char *)"x", 0, 0},
              external = {5, HG_ROOT_EXTERNAL, NULL, HG_NONE, 1};
    HgThreadRow thread = {0, UINT64_MAX, (char *)"MainThread", 0};
    HgFrameRow frame = {0, 0, 2, (char *)"main", (char *)"app.py", 12, HG_NONE};
    HgSiteRow site = {0, (char *)"app.py:3\nmain.py:9", 10, 1000};
    g_assert_true(hg_snapshot_writer_add_type(writer, &type, NULL));
    g_assert_true(hg_snapshot_writer_add_type(writer, &node, NULL));
    g_assert_true(hg_snapshot_writer_add_root(writer, &root, NULL));
    g_assert_true(hg_snapshot_writer_add_root(writer, &external, NULL));
    g_assert_true(hg_snapshot_writer_add_thread(writer, &thread, NULL));
    g_assert_true(hg_snapshot_writer_add_frame(writer, &frame, NULL));
    g_assert_true(hg_snapshot_writer_add_site(writer, &site, NULL));
    g_assert_true(hg_snapshot_writer_add_fact(writer, "python", "3.11.1", NULL));
    g_assert_true(hg_snapshot_writer_add_fact(writer, "python", "3.11.2", NULL));
}

static uint32_t
write_snapshot(HgStore *store, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgSnapshotWriter) writer = hg_snapshot_writer_new(store, &error);
    g_assert_no_error(error);
    for (unsigned column = 0; column < HG_N_COLUMNS; column++)
        if (is_written(column))
            write_column(writer, column);
    write_values(writer);
    write_rows(writer);
    uint32_t id = 0;
    HgSnapshotInfo info = {.name = (char *)name,
                           .taken = 42,
                           .source = (char *)"process",
                           .python = (char *)"3.11.2",
                           .process = (char *)"boot 1 2",
                           .n_objects = N_OBJECTS,
                           .n_references = N_REFERENCES,
                           .size = 99,
                           .instant = true,
                           .knows_garbage = true,
                           .n_live = 8,
                           .n_dropped = 3};
    hg_snapshot_writer_publish(writer, &info, &id, &error);
    g_assert_no_error(error);
    return id;
}

static void
check_column(HgSnapshot *snapshot, HgColumn column)
{
    g_autoptr(GError) error = NULL;
    uint64_t count = hg_column_count(column, N_OBJECTS, N_REFERENCES), number;
    g_autofree uint64_t *wide = g_new(uint64_t, count);
    g_autofree uint32_t *narrow = g_new(uint32_t, count);
    g_assert_cmpuint(hg_snapshot_count(snapshot, column), ==, count);
    g_assert_true(hg_snapshot_read(snapshot, column, 0, count, wide, &error));
    bool fits = hg_snapshot_read_u32(snapshot, column, 0, count, narrow, NULL);
    for (uint64_t index = 0; index < count; index++) {
        uint64_t wanted = expected(column, index);
        g_assert_cmpuint(wide[index], ==, wanted);
        g_assert_true(!fits || narrow[index] == wanted);
        g_assert_true(fits || column == HG_COLUMN_ADDRESS || column == HG_COLUMN_RETAINED);
    }
    for (uint64_t index = 0; index < count; index += 991) {
        g_assert_true(hg_snapshot_get(snapshot, column, count - 1 - index, &number, &error));
        g_assert_cmpuint(number, ==, wide[count - 1 - index]);
        if (index % 7 == 0)
            hg_snapshot_trim(snapshot); /* what it gave back is unpacked again */
    }
}

/* A snapshot that rests has no chunk but the latest: what was the last number of a column is then
 * no place to read from. */
static void
check_trim(HgSnapshot *snapshot)
{
    uint64_t number, first = expected(HG_COLUMN_TARGET, 0);
    g_assert_true(hg_snapshot_get(snapshot, HG_COLUMN_TARGET, 0, &number, NULL));
    for (unsigned column = 0; column < HG_N_COLUMNS; column++)
        for (uint64_t index = 0; index < hg_snapshot_count(snapshot, column); index += HG_CHUNK)
            if (is_written(column) && column != HG_COLUMN_TARGET)
                g_assert_true(hg_snapshot_get(snapshot, column, index, &number, NULL));
    hg_snapshot_trim(snapshot);
    g_assert_true(hg_snapshot_get(snapshot, HG_COLUMN_TARGET, 1, &number, NULL));
    g_assert_cmpuint(number, ==, expected(HG_COLUMN_TARGET, 1));
    g_assert_true(hg_snapshot_get(snapshot, HG_COLUMN_TARGET, 0, &number, NULL));
    g_assert_cmpuint(number, ==, first);
}

/* Parts that begin and end within chunks. */
static void
check_parts(HgSnapshot *snapshot)
{
    g_autofree uint8_t *bytes = g_new(uint8_t, N_REFERENCES);
    for (uint64_t first = 0; first < N_REFERENCES; first += 9001) {
        uint64_t count = MIN(20000, N_REFERENCES - first);
        g_assert_true(hg_snapshot_read_u8(snapshot, HG_COLUMN_HOW, first, count, bytes, NULL));
        for (uint64_t index = 0; index < count; index++)
            g_assert_cmpuint(bytes[index], ==, expected(HG_COLUMN_HOW, first + index));
    }
}

static void
check_values(HgSnapshot *snapshot)
{
    for (uint32_t object = 0; object < N_OBJECTS; object++) {
        size_t size, wanted_size;
        g_autofree char *value = NULL, *wanted = make_value(object, &wanted_size);
        g_assert_true(hg_snapshot_read_value(snapshot, object, &value, &size, NULL));
        g_assert_cmpint(value != NULL, ==, wanted != NULL);
        if (wanted)
            g_assert_cmpmem(value, size, wanted, wanted_size);
    }
}

static void
check_types(HgSnapshot *snapshot)
{
    const GPtrArray *types = hg_snapshot_get_types(snapshot, NULL);
    g_assert_cmpuint(types->len, ==, 2);
    const HgTypeRow *list = types->pdata[0], *node = types->pdata[1];
    g_assert_cmpstr(list->name, ==, "list");
    g_assert_cmpuint(list->object, ==, HG_NONE);
    g_assert_true(list->slots == NULL && list->n_bases == 0);
    g_assert_cmpuint(list->n_objects, ==, 7);
    g_assert_cmpuint(list->first, ==, 3);
    g_assert_cmpstr(node->slots[1], ==, "right");
    g_assert_cmpuint(node->bases[0], ==, UINT64_MAX);
    g_assert_cmpuint(node->n_bases, ==, 2);
    g_assert_cmpuint(node->retained, ==, 1ull << 40);
    g_assert_cmpuint(node->n_garbage, ==, 2);
    g_assert_cmpuint(node->size, ==, 11);
    g_assert_cmpuint(node->sizeof_, ==, 12);
    g_assert_cmpuint(node->object, ==, 4);
    g_assert_cmpuint(node->flags, ==, HG_TYPE_HEAP);
    g_assert_cmpuint(node->itemsize, ==, 8);
}

static void
check_rows(HgSnapshot *snapshot)
{
    const GPtrArray *roots = hg_snapshot_get_roots(snapshot, NULL);
    g_assert_cmpuint(roots->len, ==, 2);
    const HgRootRow *external = roots->pdata[0], *frame_root = roots->pdata[1];
    g_assert_cmpuint(external->object, ==, 5);
    g_assert_cmpuint(external->frame, ==, HG_NONE);
    g_assert_cmpstr(external->name, ==, NULL);
    g_assert_cmpint(external->kind, ==, HG_ROOT_EXTERNAL);
    g_assert_cmpstr(frame_root->name, ==, "x");
    g_assert_cmpuint(frame_root->frame, ==, 0);
    const HgThreadRow *thread = hg_snapshot_get_threads(snapshot, NULL)->pdata[0];
    g_assert_cmpuint(thread->id, ==, UINT64_MAX);
    const HgFrameRow *frame = hg_snapshot_get_frames(snapshot, NULL)->pdata[0];
    g_assert_cmpuint(frame->line, ==, 12);
    g_assert_cmpuint(frame->object, ==, HG_NONE);
    const HgSiteRow *site = hg_snapshot_get_sites(snapshot, NULL)->pdata[0];
    g_assert_cmpstr(site->lines, ==, "app.py:3\nmain.py:9");
    g_assert_cmpuint(hg_snapshot_get_facts(snapshot, NULL)->len, ==, 1);
    g_assert_cmpstr(hg_snapshot_get_fact(snapshot, "python"), ==, "3.11.2");
    g_assert_cmpstr(hg_snapshot_get_fact(snapshot, "absent"), ==, NULL);
}

static void
check_info(HgSnapshot *snapshot)
{
    const HgSnapshotInfo *info = hg_snapshot_get_info(snapshot);
    g_assert_cmpint(info->taken, ==, 42);
    g_assert_cmpstr(info->process, ==, "boot 1 2");
    g_assert_cmpuint(info->size, ==, 99);
    g_assert_cmpuint(info->n_live, ==, 8);
    g_assert_cmpuint(info->n_dropped, ==, 3);
    g_assert_cmpuint(info->stored, >, 100000);
    g_assert_true(info->instant && info->knows_garbage);
}

static void
test_round_trip(void)
{
    g_autofree char *path = make_path();
    {
        g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, NULL);
        g_assert_cmpuint(write_snapshot(store, NULL), ==, 1);
        g_assert_cmpuint(write_snapshot(store, "second"), ==, 2);
    }
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_READ, NULL);
    for (uint32_t id = 1; id <= 2; id++) {
        g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, id, NULL);
        g_assert_cmpstr(hg_snapshot_get_info(snapshot)->name, ==,
                        id == 1 ? "snapshot 1" : "second");
        for (unsigned column = 0; column < HG_N_COLUMNS; column++)
            if (is_written(column))
                check_column(snapshot, column);
        g_assert_cmpuint(hg_snapshot_count(snapshot, HG_COLUMN_SITE), ==, 0);
        check_parts(snapshot);
        check_trim(snapshot);
        check_values(snapshot);
        check_types(snapshot);
        check_rows(snapshot);
        check_info(snapshot);
    }
    g_clear_pointer(&store, hg_store_close);
    remove_path(path);
}

static void
test_addresses(void)
{
    g_autofree char *path = make_path();
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, NULL);
    write_snapshot(store, NULL);
    g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, 1, NULL);
    for (uint32_t object = 0; object < N_OBJECTS; object += 613) {
        g_autoptr(GError) error = NULL;
        uint32_t found = HG_NONE;
        uint64_t address = expected(HG_COLUMN_ADDRESS, object);
        g_assert_true(hg_snapshot_find_address(snapshot, address, &found, NULL));
        g_assert_cmpuint(found, ==, object);
        g_assert_false(hg_snapshot_find_address(snapshot, address + 1, &found, &error));
        g_assert_error(error, HG_ERROR, HG_ERROR_NOT_FOUND);
    }
    remove_path(path);
}

static void
test_texts(void)
{
    static const char *const texts[] = {"name", "", "größe", "name", "'; DROP TABLE text; --"};
    uint32_t first[5], second[5], found;
    g_autofree char *path = make_path();
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, NULL);
    write_snapshot(store, NULL);
    g_autoptr(HgSnapshotWriter) writer = hg_snapshot_writer_new(store, NULL);
    g_assert_true(hg_snapshot_writer_add_texts(writer, texts, 5, first, NULL));
    g_assert_true(hg_snapshot_writer_add_texts(writer, texts, 5, second, NULL));
    g_assert_cmpmem(first, sizeof first, second, sizeof second);
    g_assert_cmpuint(first[0], ==, first[3]);
    g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, 1, NULL);
    for (unsigned index = 0; index < 5; index++) {
        g_assert_cmpstr(hg_snapshot_get_text(snapshot, first[index], NULL), ==, texts[index]);
        g_assert_true(hg_snapshot_find_text(snapshot, texts[index], &found, NULL));
        g_assert_cmpuint(found, ==, first[index]);
    }
    g_assert_true(hg_snapshot_find_text(snapshot, "nobody", &found, NULL));
    g_assert_cmpuint(found, ==, HG_NONE);
    g_autoptr(GError) error = NULL;
    g_assert_null(hg_snapshot_get_text(snapshot, 1000, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_FORMAT);
    g_clear_pointer(&writer, hg_snapshot_writer_free);
    remove_path(path);
}

static void
test_beyond_the_end(void)
{
    g_autofree char *path = make_path();
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, NULL);
    write_snapshot(store, NULL);
    g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, 1, NULL);
    uint64_t number;
    uint32_t narrow[2];
    char *value;
    size_t size;
    g_autoptr(GError) error = NULL;
    g_assert_false(hg_snapshot_get(snapshot, HG_COLUMN_TYPE, N_OBJECTS, &number, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_FAILED);
    g_clear_error(&error);
    g_assert_false(hg_snapshot_get(snapshot, HG_COLUMN_SITE, 0, &number, &error));
    g_clear_error(&error);
    g_assert_false(
        hg_snapshot_read_u32(snapshot, HG_COLUMN_TYPE, N_OBJECTS - 1, 2, narrow, &error));
    g_clear_error(&error);
    g_assert_false(hg_snapshot_read_u32(snapshot, HG_COLUMN_TYPE, 2, UINT64_MAX, narrow, &error));
    g_clear_error(&error);
    g_assert_false(hg_snapshot_read_value(snapshot, N_OBJECTS, &value, &size, &error));
    g_clear_error(&error);
    g_assert_false(hg_snapshot_read_u32(snapshot, HG_COLUMN_ADDRESS, 5, 1, narrow, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_FORMAT);
    remove_path(path);
}

static void
test_incomplete_columns(void)
{
    g_autofree char *path = make_path();
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, NULL);
    g_autoptr(HgSnapshotWriter) writer = hg_snapshot_writer_new(store, NULL);
    g_autoptr(GError) error = NULL;
    HgSnapshotInfo info = {.n_objects = 3};
    uint32_t id;
    g_assert_true(hg_snapshot_writer_append(writer, HG_COLUMN_SIZE, (uint64_t[]){1, 2}, 2, NULL));
    g_assert_false(hg_snapshot_writer_publish(writer, &info, &id, &error));
    g_assert_cmpstr(error->message, ==, "column size: 2 numbers, expected 3");
    g_assert_true(hg_snapshot_writer_append(writer, HG_COLUMN_SIZE, (uint64_t[]){3}, 1, NULL));
    g_assert_true(hg_snapshot_writer_publish(writer, &info, &id, NULL));
    g_clear_pointer(&writer, hg_snapshot_writer_free);
    remove_path(path);
}

static void
test_nothing(void)
{
    g_autofree char *path = make_path();
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, NULL);
    g_autoptr(HgSnapshotWriter) writer = hg_snapshot_writer_new(store, NULL);
    HgSnapshotInfo info = {0};
    uint32_t id, object;
    g_assert_true(hg_snapshot_writer_publish(writer, &info, &id, NULL));
    g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, id, NULL);
    g_assert_cmpuint(hg_snapshot_get_types(snapshot, NULL)->len, ==, 0);
    g_assert_false(hg_snapshot_find_address(snapshot, 1, &object, NULL));
    remove_path(path);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/snapshot/round-trip", test_round_trip);
    g_test_add_func("/snapshot/addresses", test_addresses);
    g_test_add_func("/snapshot/texts", test_texts);
    g_test_add_func("/snapshot/beyond-the-end", test_beyond_the_end);
    g_test_add_func("/snapshot/incomplete-columns", test_incomplete_columns);
    g_test_add_func("/snapshot/nothing", test_nothing);
    return g_test_run();
}
