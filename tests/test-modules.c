/* test-modules.c - what modules retain, against climbing up the holders of each object.
 * SPDX-License-Identifier: MIT */
#include "core/questions/modules.h"

#include "core/questions/object.h"
#include "tests/support/heap-store.h"

#include <string.h>

#define N_HEAPS 20

static uint64_t
sum_slowly(HgSnapshot *snapshot, const char *module)
{
    uint64_t sum = 0;
    for (uint32_t number = 0; number < hg_snapshot_count_objects(snapshot); number++) {
        HgObject object, holder;
        bool is_nested = false;
        g_assert_true(hg_object_read(snapshot, number, &object, NULL));
        if (strcmp(object.type->module, module) != 0)
            continue;
        for (uint32_t at = object.holder; at != HG_NONE; at = holder.holder) {
            g_assert_true(hg_object_read(snapshot, at, &holder, NULL));
            is_nested |= strcmp(holder.type->module, module) == 0;
        }
        sum += is_nested ? 0 : object.retained;
    }
    return sum;
}

static void
test_retained(void)
{
    for (uint32_t seed = 1; seed <= N_HEAPS; seed++) {
        g_autoptr(GError) error = NULL;
        HeapStore heap;
        heap_store_set_up(&heap, seed);
        g_autoptr(GPtrArray) modules = hg_modules_list(heap.snapshot, &error);
        g_assert_no_error(error);
        for (unsigned i = 0; i < modules->len; i++) {
            const HgModule *module = modules->pdata[i];
            g_assert_cmpuint(module->retained, ==, sum_slowly(heap.snapshot, module->name));
        }
        heap_store_tear_down(&heap);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/modules/nested-ones-count-once", test_retained);
    return g_test_run();
}
