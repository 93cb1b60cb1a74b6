/* test-cycles.c - what waits for the collector, against walks from every object.
 * SPDX-License-Identifier: MIT */
#include "core/questions/cycles.h"
#include "core/questions/object.h"
#include "tests/support/heap-store.h"

#include <string.h>

#define N_HEAPS 20

/* Marks what [object] leads to by one reference and more, garbage only. */
static void
mark_led_to(HgSnapshot *snapshot, uint32_t object, bool *marked)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(queue, object);
    for (unsigned at = 0; at < queue->len; at++) {
        g_autoptr(GArray) references = hg_references_read_from(
            snapshot, g_array_index(queue, uint32_t, at), UINT64_MAX, &error);
        for (unsigned i = 0; i < references->len; i++) {
            const HgReference *reference = &g_array_index(references, HgReference, i);
            HgObject target;
            g_assert_true(hg_object_read(snapshot, reference->target, &target, &error));
            if (!hg_how_keeps(reference->how) || target.distance != HG_UNKNOWN ||
                marked[target.number])
                continue;
            marked[target.number] = true;
            g_array_append_val(queue, target.number);
        }
    }
}

typedef struct {
    uint64_t n_objects, size, n_in_cycles, n_loose, loose_size;
} Sums;

static Sums
sum_slowly(HgSnapshot *snapshot)
{
    uint32_t n = hg_snapshot_count_objects(snapshot);
    g_autofree bool *hangs = g_new0(bool, n), *marked = g_new(bool, n);
    Sums sums = {0};
    for (uint32_t number = 0; number < n; number++) {
        HgObject object;
        g_assert_true(hg_object_read(snapshot, number, &object, NULL));
        memset(marked, 0, n);
        if (object.distance == HG_UNKNOWN)
            mark_led_to(snapshot, number, marked);
        sums.n_in_cycles += marked[number];
        for (uint32_t other = 0; marked[number] && other < n; other++)
            hangs[other] |= marked[other];
    }
    for (uint32_t number = 0; number < n; number++) {
        HgObject object;
        g_assert_true(hg_object_read(snapshot, number, &object, NULL));
        if (object.distance != HG_UNKNOWN)
            continue;
        sums.n_objects++;
        sums.size += object.size;
        sums.n_loose += !hangs[number];
        sums.loose_size += hangs[number] ? 0 : object.size;
    }
    return sums;
}

static void
check(HgSnapshot *snapshot, const HgCycles *cycles)
{
    Sums sums = sum_slowly(snapshot);
    uint64_t n_objects = cycles->n_loose, size = cycles->loose_size, n_in_cycles = 0;
    for (unsigned i = 0; i < cycles->groups->len; i++) {
        const HgCycleGroup *group = cycles->groups->pdata[i];
        n_objects += group->n_objects;
        size += group->size;
        n_in_cycles += group->n_in_cycles;
        g_assert_nonnull(group->way);
        g_assert_true(group->has_del == (group->del_types != NULL));
    }
    g_assert_cmpuint(cycles->n_objects, ==, sums.n_objects);
    g_assert_cmpuint(n_objects, ==, sums.n_objects);
    g_assert_cmpuint(cycles->size, ==, sums.size);
    g_assert_cmpuint(size, ==, sums.size);
    g_assert_cmpuint(n_in_cycles, ==, sums.n_in_cycles);
    g_assert_cmpuint(cycles->n_loose, ==, sums.n_loose);
    g_assert_cmpuint(cycles->loose_size, ==, sums.loose_size);
}

static void
test_sums(void)
{
    for (uint32_t seed = 1; seed <= N_HEAPS; seed++) {
        g_autoptr(GError) error = NULL;
        HeapStore heap;
        heap_store_set_up(&heap, seed);
        g_autoptr(HgCycles) cycles = hg_cycles_find(heap.snapshot, NULL, &error);
        g_assert_no_error(error);
        check(heap.snapshot, cycles);
        heap_store_tear_down(&heap);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cycles/all-garbage-is-told-once", test_sums);
    return g_test_run();
}
