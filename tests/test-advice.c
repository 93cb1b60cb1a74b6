/* test-advice.c - advice about heaps that never were: nothing is promised that is not there.
 * What is promised is checked against real Pythons by capture/test-advise.py.
 * SPDX-License-Identifier: MIT */
#include "core/questions/advice.h"
#include "tests/support/heap-store.h"

static void
check(HgSnapshot *snapshot, const HgAdviceOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) advice = hg_advice_find(snapshot, options, NULL, &error);
    g_assert_no_error(error);
    for (unsigned i = 0; i < advice->len; i++) {
        const HgAdvice *one = advice->pdata[i];
        g_assert_true(one->title && one->sentence && one->remedy && one->command);
        g_assert_cmpuint(one->example, <, hg_snapshot_count_objects(snapshot));
        g_assert_cmpuint(one->saving, >=, options->min_saving);
        g_assert_cmpuint(one->saving, <=, one->bytes);
        g_assert_cmpuint(one->kind, <, HG_N_ADVICE);
        if (options->kinds)
            g_assert_true(options->kinds >> one->kind & 1);
        if (i > 0)
            g_assert_cmpuint(one->saving, <=, ((HgAdvice *)advice->pdata[i - 1])->saving);
    }
}

static void
test_invariants(void)
{
    static const uint32_t seeds[] = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 2000, 20000};
    for (unsigned i = 0; i < G_N_ELEMENTS(seeds); i++) {
        HeapStore heap;
        HgAdviceOptions options = {.min_saving = 1, .min_count = 2};
        heap_store_set_up(&heap, seeds[i]);
        check(heap.snapshot, &options);
        for (unsigned kind = 0; kind < HG_N_ADVICE; kind++) {
            options.kinds = 1u << kind;
            check(heap.snapshot, &options);
        }
        heap_store_tear_down(&heap);
    }
}

/* The synthetic heap says what it repeats: 200 streets, 1,000 prices. */
static void
test_equal(void)
{
    g_autoptr(GError) error = NULL;
    HgAdviceOptions options = {.kinds = 1u << HG_ADVICE_EQUAL_TEXTS};
    HeapStore heap;
    heap_store_set_up(&heap, 200000);
    g_autoptr(GPtrArray) advice = hg_advice_find(heap.snapshot, &options, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(advice->len, >, 0);
    const HgAdvice *first = advice->pdata[0];
    g_assert_cmpint(first->kind, ==, HG_ADVICE_EQUAL_TEXTS);
    g_assert_true(g_str_has_prefix(first->title, "app.Address.street: "));
    g_assert_true(g_str_has_suffix(first->title, " str, 200 different"));
    g_assert_cmpstr(first->path, ==, "app.customers[].address.street");
    heap_store_tear_down(&heap);
}

static bool
on_progress(const char *step, uint64_t done, uint64_t total, void *user_data)
{
    return false;
}

static void
test_cancel(void)
{
    g_autoptr(GError) error = NULL;
    HgAdviceOptions options = {0};
    HgProgress progress = {on_progress, NULL};
    HeapStore heap;
    heap_store_set_up(&heap, 2000);
    g_assert_null(hg_advice_find(heap.snapshot, &options, &progress, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_CANCELLED);
    heap_store_tear_down(&heap);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/advice/nothing-is-made-up", test_invariants);
    g_test_add_func("/advice/equal-texts", test_equal);
    g_test_add_func("/advice/can-be-cancelled", test_cancel);
    return g_test_run();
}
