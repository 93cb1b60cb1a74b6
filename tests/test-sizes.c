/* test-sizes.c - sizes of objects and sets, against walks until nothing is added.
 * SPDX-License-Identifier: MIT */
#include "core/questions/sizes.h"

#include "core/questions/object.h"
#include "tests/support/heap-store.h"

#define N_HEAPS 12

typedef struct {
    uint32_t n;
    HgObject *object;
    GArray **references; /* HgReference of each */
} Heap;

static Heap
read_heap(HgSnapshot *snapshot)
{
    Heap heap = {.n = hg_snapshot_count_objects(snapshot)};
    heap.object = g_new(HgObject, heap.n);
    heap.references = g_new(GArray *, heap.n);
    for (uint32_t i = 0; i < heap.n; i++) {
        g_assert_true(hg_object_read(snapshot, i, &heap.object[i], NULL));
        heap.references[i] = hg_references_read_from(snapshot, i, UINT64_MAX, NULL);
    }
    return heap;
}

static void
free_heap(Heap *heap)
{
    for (uint32_t i = 0; i < heap->n; i++)
        g_array_unref(heap->references[i]);
    g_free(heap->references);
    g_free(heap->object);
}

/* Marks what the marked ones lead to, until nothing is added; nothing in [without]. */
static void
spread(const Heap *heap, bool *is_marked, const bool *without)
{
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (uint32_t source = 0; source < heap->n; source++)
            for (unsigned i = 0; is_marked[source] && i < heap->references[source]->len; i++) {
                const HgReference *to = &g_array_index(heap->references[source], HgReference, i);
                if (!hg_how_keeps(to->how) || is_marked[to->target] || without[to->target])
                    continue;
                is_changed = is_marked[to->target] = true;
            }
    }
}

static uint64_t
sum_reachable(const Heap *heap, const bool *is_asked, uint64_t *count)
{
    g_autofree bool *is_marked = g_memdup2(is_asked, heap->n), *nothing = g_new0(bool, heap->n);
    uint64_t sum = 0;
    spread(heap, is_marked, nothing);
    for (uint32_t i = 0; i < heap->n; i++) {
        sum += is_marked[i] ? heap->object[i].size : 0;
        *count += is_marked[i];
    }
    return sum;
}

/* What is live, and is not when the set is gone. */
static uint64_t
sum_retained(HgSnapshot *snapshot, const Heap *heap, const bool *is_asked)
{
    const GPtrArray *roots = hg_snapshot_get_roots(snapshot, NULL);
    g_autofree bool *is_marked = g_new0(bool, heap->n);
    uint64_t sum = 0;
    for (unsigned i = 0; i < roots->len; i++) {
        uint32_t root = ((HgRootRow *)roots->pdata[i])->object;
        is_marked[root] = !is_asked[root];
    }
    spread(heap, is_marked, is_asked);
    for (uint32_t i = 0; i < heap->n; i++)
        if (heap->object[i].distance != HG_UNKNOWN && !is_marked[i])
            sum += heap->object[i].size;
    return sum;
}

/* Asks about some objects; the live ones of them if [only_live]. */
static void
check(HgSnapshot *snapshot, const Heap *heap, bool only_live)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autofree bool *is_asked = g_new0(bool, heap->n);
    for (unsigned i = 0; i < 6; i++) {
        uint32_t object = (uint32_t)g_test_rand_int_range(0, (gint32)heap->n);
        if (only_live && heap->object[object].distance == HG_UNKNOWN)
            continue;
        g_array_append_val(objects, object);
        is_asked[object] = true;
    }
    g_autoptr(GArray) sizes = hg_sizes_measure(snapshot, objects, true, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(sizes->len, ==, objects->len + (objects->len > 1));
    for (unsigned i = 0; i < objects->len; i++) {
        const HgSizes *one = &g_array_index(sizes, HgSizes, i);
        g_autofree bool *alone = g_new0(bool, heap->n);
        uint64_t count = 0;
        alone[one->object] = true;
        g_assert_cmpuint(one->reachable, ==, sum_reachable(heap, alone, &count));
        g_assert_cmpuint(one->n_reachable, ==, count);
        if (heap->object[one->object].distance != HG_UNKNOWN)
            g_assert_cmpuint(one->retained, ==, sum_retained(snapshot, heap, alone));
    }
    if (objects->len < 2)
        return;
    const HgSizes *all = &g_array_index(sizes, HgSizes, objects->len);
    uint64_t count = 0;
    g_assert_cmpuint(all->reachable, ==, sum_reachable(heap, is_asked, &count));
    g_assert_cmpuint(all->n_reachable, ==, count);
    if (only_live)
        g_assert_cmpuint(all->retained, ==, sum_retained(snapshot, heap, is_asked));
    else
        g_assert_cmpuint(all->retained, >=, sum_retained(snapshot, heap, is_asked));
}

static void
test_sizes(void)
{
    for (uint32_t seed = 1; seed <= N_HEAPS; seed++) {
        HeapStore store;
        heap_store_set_up(&store, seed);
        Heap heap = read_heap(store.snapshot);
        for (unsigned round = 0; round < 20; round++)
            check(store.snapshot, &heap, round % 2);
        free_heap(&heap);
        heap_store_tear_down(&store);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sizes/as-the-slow-way-says", test_sizes);
    return g_test_run();
}
