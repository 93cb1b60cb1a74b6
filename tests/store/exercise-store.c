/* exercise-store.c - writes and checks snapshots, for tests that kill, fill disks and damage files.
 *
 *      exercise-store write STORE N [NAME]   a snapshot of N objects; prints its number
 *      exercise-store hang STORE N           the same, but at the end it waits instead
 *      exercise-store check STORE            every number of every snapshot; prints a line each
 *      exercise-store sql STORE SQL          rows of the latest snapshot
 *      exercise-store export STORE FILE      its plain tables
 *      exercise-store remove STORE WHICH
 *
 * Exit status 1 and a message where something fails, 3 where a number is wrong.
 * SPDX-License-Identifier: MIT */
#include "core/store/store-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORTION 5000u

/* The numbers of a snapshot of [n_objects]: each column another mixture, two references each. */
static uint64_t
expected(HgColumn column, uint64_t index, uint64_t n_objects)
{
    uint64_t mixed = (index + 1 + ((uint64_t)column << 32)) * 0x9e3779b97f4a7c15u >> 20;
    switch (column) {
    case HG_COLUMN_ADDRESS:
        return 0x7f0000000000 + 64 * index;
    case HG_COLUMN_FORWARD_FIRST:
    case HG_COLUMN_BACKWARD_FIRST:
        return 2 * index;
    case HG_COLUMN_TARGET:
    case HG_COLUMN_SOURCE:
        return mixed % n_objects;
    case HG_COLUMN_LABEL:
        return 0;
    case HG_COLUMN_HOW:
        return HG_LABEL_ITEM | HG_HOW_VISITED;
    case HG_COLUMN_TYPE:
        return 0;
    case HG_COLUMN_BY_TYPE:
    case HG_COLUMN_HELD:
        return index;
    case HG_COLUMN_HOLDER:
    case HG_COLUMN_STEP:
        return index;
    case HG_COLUMN_HELD_FIRST:
        return MIN(index, n_objects);
    default:
        return mixed % 5000;
    }
}

static bool
write_column(HgSnapshotWriter *writer, HgColumn column, uint64_t n_objects, GError **error)
{
    uint64_t numbers[PORTION], count = hg_column_count(column, n_objects, 2 * n_objects);
    for (uint64_t first = 0; first < count; first += PORTION) {
        uint64_t here = MIN(PORTION, count - first);
        for (uint64_t index = 0; index < here; index++)
            numbers[index] = expected(column, first + index, n_objects);
        if (!hg_snapshot_writer_append(writer, column, numbers, here, error))
            return false;
    }
    return true;
}

static bool
write_values(HgSnapshotWriter *writer, uint64_t n_objects, GError **error)
{
    for (uint64_t object = 0; object < n_objects; object++) {
        char value[32];
        int size = snprintf(value, sizeof value, "%" G_GUINT64_FORMAT, object);
        if (!hg_snapshot_writer_append_value(writer, object % 3 ? value : NULL, (size_t)size,
                                             error))
            return false;
    }
    return true;
}

static bool
write_everything(HgSnapshotWriter *writer, uint64_t n_objects, GError **error)
{
    for (unsigned column = 0; column < HG_N_COLUMNS; column++)
        if (column != HG_COLUMN_VALUE && !write_column(writer, column, n_objects, error))
            return false;
    HgTypeRow type = {.name = (char *)"app.Thing",
                      .module = (char *)"app",
                      .qualname = (char *)"Thing",
                      .object = HG_NONE,
                      .n_objects = n_objects};
    return write_values(writer, n_objects, error) &&
           hg_snapshot_writer_add_type(writer, &type, error) &&
           hg_snapshot_writer_add_fact(writer, "python", "3.11.2", error);
}

static bool
write_snapshot(const char *path, uint64_t n_objects, const char *name, bool hangs, GError **error)
{
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, error);
    g_autoptr(HgSnapshotWriter) writer = store ? hg_snapshot_writer_new(store, error) : NULL;
    if (!writer || !write_everything(writer, n_objects, error))
        return false;
    if (hangs) {
        puts("hanging");
        fflush(stdout);
        pause();
    }
    HgSnapshotInfo info = {.name = (char *)name,
                           .n_objects = n_objects,
                           .n_references = 2 * n_objects,
                           .source = (char *)"process",
                           .python = (char *)"3.11.2"};
    uint32_t id;
    bool done = hg_snapshot_writer_publish(writer, &info, &id, error);
    if (done)
        printf("%u\n", id);
    return done;
}

/* ---- checking --------------------------------------------------------------------------- */

static void
complain(HgColumn column, uint64_t index)
{
    fprintf(stderr, "column %d, number %" G_GUINT64_FORMAT " is wrong\n", (int)column, index);
    exit(3);
}

static bool
check_column(HgSnapshot *snapshot, HgColumn column, GError **error)
{
    uint64_t numbers[PORTION], n_objects = hg_snapshot_count_objects(snapshot);
    for (uint64_t first = 0; first < hg_column_count(column, n_objects, 2 * n_objects);
         first += PORTION) {
        uint64_t here = MIN(PORTION, hg_column_count(column, n_objects, 2 * n_objects) - first);
        if (!hg_snapshot_read(snapshot, column, first, here, numbers, error))
            return false;
        for (uint64_t index = 0; index < here; index++)
            if (numbers[index] != expected(column, first + index, n_objects))
                complain(column, first + index);
    }
    return true;
}

static bool
check_values(HgSnapshot *snapshot, GError **error)
{
    for (uint32_t object = 0; object < hg_snapshot_count_objects(snapshot); object += 7) {
        g_autofree char *value = NULL, *wanted = g_strdup_printf("%u", object);
        size_t size;
        if (!hg_snapshot_read_value(snapshot, object, &value, &size, error))
            return false;
        if (g_strcmp0(value, object % 3 ? wanted : NULL) != 0)
            complain(HG_COLUMN_VALUE, object);
    }
    return true;
}

static bool
check_snapshot(HgStore *store, const HgSnapshotInfo *info, GError **error)
{
    g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, info->id, error);
    if (!snapshot)
        return false;
    for (unsigned column = 0; column < HG_N_COLUMNS; column++)
        if (column != HG_COLUMN_VALUE && !check_column(snapshot, column, error))
            return false;
    if (!hg_snapshot_get_types(snapshot, error) || !check_values(snapshot, error))
        return false;
    printf("%u %s %" G_GUINT64_FORMAT "\n", info->id, info->name, info->n_objects);
    return true;
}

static bool
check_store(const char *path, GError **error)
{
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_READ, error);
    g_autoptr(GPtrArray) list = store ? hg_store_list_snapshots(store, error) : NULL;
    if (!list)
        return false;
    for (guint index = 0; index < list->len; index++)
        if (!check_snapshot(store, g_ptr_array_index(list, index), error))
            return false;
    return true;
}

/* ---- questions -------------------------------------------------------------------------- */

static bool
on_row(const char *const *names, const HgSqlValue *values, size_t n_columns, void *user_data)
{
    for (size_t column = 0; values && column < n_columns; column++) {
        fputs(column ? "|" : "", stdout);
        if (values[column].kind == HG_SQL_INTEGER)
            printf("%" G_GINT64_FORMAT, values[column].integer);
        else if (values[column].text)
            fwrite(values[column].text, 1, values[column].size, stdout);
    }
    if (values)
        putchar('\n');
    return true;
}

static bool
ask(const char *path, const char *verb, const char *argument, GError **error)
{
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_READ, error);
    uint32_t id;
    if (!store || !hg_store_find_snapshot(store, NULL, &id, error))
        return false;
    g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, id, error);
    if (!snapshot)
        return false;
    return g_str_equal(verb, "sql") ? hg_snapshot_run_sql(snapshot, argument, on_row, NULL, error)
                                    : hg_snapshot_export_tables(snapshot, argument, NULL, error);
}

static bool
remove_snapshot(const char *path, const char *which, GError **error)
{
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, error);
    uint32_t id;
    return store && hg_store_find_snapshot(store, which, &id, error) &&
           hg_store_remove_snapshot(store, id, error);
}

static bool
run(int argc, char **argv, GError **error)
{
    const char *verb = argv[1], *path = argv[2];
    if (g_str_equal(verb, "check"))
        return check_store(path, error);
    if (g_str_equal(verb, "remove"))
        return remove_snapshot(path, argv[3], error);
    if (g_str_equal(verb, "sql") || g_str_equal(verb, "export"))
        return ask(path, verb, argv[3], error);
    return write_snapshot(path, g_ascii_strtoull(argv[3], NULL, 10), argc > 4 ? argv[4] : NULL,
                          g_str_equal(verb, "hang"), error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_assert(argc >= 3 && (argc >= 4 || g_str_equal(argv[1], "check")));
    if (run(argc, argv, &error))
        return 0;
    fprintf(stderr, "%s\n", error->message);
    return 1;
}
