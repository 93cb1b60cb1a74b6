/* test-holders.c - what an object directly holds, against asking each object.
 * SPDX-License-Identifier: MIT */
#include "core/questions/holders.h"
#include "core/store/store-private.h"
#include "tests/support/heap-store.h"

#define N_HEAPS 12
#define LIMIT 5

typedef struct {
    uint64_t count, retained;
} Sum;

/* The slow way. */
static Sum
sum_held(HgSnapshot *snapshot, uint32_t holder)
{
    Sum sum = {0};
    for (uint32_t number = 0; number < hg_snapshot_count_objects(snapshot); number++) {
        g_autoptr(GError) error = NULL;
        HgObject object;
        g_assert_true(hg_object_read(snapshot, number, &object, &error));
        if (object.holder != holder || (holder == HG_NONE && object.distance == HG_UNKNOWN))
            continue;
        sum.count++;
        sum.retained += object.retained;
    }
    return sum;
}

static void
check(HgSnapshot *snapshot, uint32_t holder)
{
    g_autoptr(GError) error = NULL;
    g_auto(HgHeld) held = {0};
    Sum sum = sum_held(snapshot, holder);
    uint64_t least = UINT64_MAX;
    g_assert_true(hg_holders_list(snapshot, holder, LIMIT, &held, &error));
    g_assert_cmpuint(held.count, ==, sum.count);
    g_assert_cmpuint(held.retained, ==, sum.retained);
    g_assert_cmpuint(held.objects->len, ==, MIN(sum.count, LIMIT));
    for (unsigned i = 0; i < held.objects->len; i++) {
        HgObject object;
        uint32_t number = g_array_index(held.objects, uint32_t, i);
        g_assert_true(hg_object_read(snapshot, number, &object, &error));
        g_assert_cmpuint(object.holder, ==, holder);
        g_assert_cmpuint(object.retained, <=, least);
        least = object.retained;
    }
}

static void
test_list(void)
{
    for (uint32_t seed = 1; seed <= N_HEAPS; seed++) {
        HeapStore heap;
        heap_store_set_up(&heap, seed);
        check(heap.snapshot, HG_NONE);
        for (uint32_t object = 0; object < hg_snapshot_count_objects(heap.snapshot); object++)
            check(heap.snapshot, object);
        heap_store_tear_down(&heap);
    }
}

/* Objects of several chunks in one row: what the roots hold of a program. */
static void
test_long_row(void)
{
    HeapStore heap;
    heap_store_set_up(&heap, 3 * HG_CHUNK);
    check(heap.snapshot, HG_NONE);
    heap_store_tear_down(&heap);
}

/* With nothing folded every live object is in the tree once, and counts what it holds. */
static void
test_tree(void)
{
    for (uint32_t seed = 1; seed <= N_HEAPS; seed++) {
        g_autoptr(GError) error = NULL;
        HgHoldersOptions all = {.depth = UINT16_MAX, .width = UINT64_MAX};
        HeapStore heap;
        heap_store_set_up(&heap, seed);
        g_autoptr(GPtrArray) lines = hg_holders_make_tree(heap.snapshot, HG_NONE, &all, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(lines->len, ==, hg_snapshot_get_info(heap.snapshot)->n_live);
        for (unsigned i = 0; i < lines->len; i++) {
            const HgHoldersLine *line = lines->pdata[i];
            Sum sum = sum_held(heap.snapshot, line->object);
            g_assert_cmpuint(line->count, ==, sum.count);
        }
        heap_store_tear_down(&heap);
    }
}

/* ---- a store that was tampered with -------------------------------------------------------------
 */

#define N_ROUND 3

/* Two objects that are said to hold each other. */
static uint32_t
write_round(HgStore *store)
{
    static const uint64_t first[N_ROUND + 3] = {0, 1, 2, 3, 3, 3}, held[N_ROUND] = {0, 1, 0};
    static const uint64_t zeros[N_ROUND + 3] = {0};
    g_autoptr(HgSnapshotWriter) writer = hg_snapshot_writer_new(store, NULL);
    HgSnapshotInfo info = {.n_objects = N_ROUND, .size = 100};
    uint32_t id;
    for (HgColumn column = 0; column < HG_N_COLUMNS; column++) {
        const uint64_t *numbers = column == HG_COLUMN_HELD_FIRST ? first
                                  : column == HG_COLUMN_HELD     ? held
                                                                 : zeros;
        if (column != HG_COLUMN_VALUE)
            g_assert_true(hg_snapshot_writer_append(writer, column, numbers,
                                                    hg_column_count(column, N_ROUND, 0), NULL));
    }
    g_assert_true(hg_snapshot_writer_publish(writer, &info, &id, NULL));
    return id;
}

static void
test_round(void)
{
    g_autoptr(GError) error = NULL;
    HgHoldersOptions all = {.depth = UINT16_MAX, .width = UINT64_MAX};
    HeapStore heap;
    heap_store_set_up(&heap, 1);
    uint32_t id = write_round(heap.store);
    g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(heap.store, id, &error);
    g_assert_no_error(error);
    g_assert_null(hg_holders_make_tree(snapshot, HG_NONE, &all, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_FORMAT);
    g_assert_cmpstr(error->message, ==, "damaged column: the tree of holders goes round");
    g_clear_pointer(&snapshot, hg_snapshot_close);
    heap_store_tear_down(&heap);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/holders/list", test_list);
    g_test_add_func("/holders/long-row", test_long_row);
    g_test_add_func("/holders/tree", test_tree);
    g_test_add_func("/holders/round", test_round);
    return g_test_run();
}
