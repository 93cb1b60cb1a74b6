/* test-by-type.c - the objects sorted by type.
 * SPDX-License-Identifier: MIT */
#include "core/graph/by-type.h"
#include "tests/sample-graph.h"

#define N_TYPES 7

/* The order asked for, told by itself: type, then biggest, then number. */
static bool
is_before(const HgPacked *type, const HgPacked *size, uint32_t one, uint32_t other)
{
    if (hg_packed_get(type, one) != hg_packed_get(type, other))
        return hg_packed_get(type, one) < hg_packed_get(type, other);
    if (hg_packed_get(size, one) != hg_packed_get(size, other))
        return hg_packed_get(size, one) > hg_packed_get(size, other);
    return one < other;
}

static void
check(const HgPacked *type, const HgPacked *size)
{
    uint64_t first[N_TYPES + 1];
    g_autofree uint32_t *object = NULL;
    g_assert_true(hg_by_type_sort(type, size, N_TYPES, first, &object, NULL));
    g_assert_cmpuint(first[0], ==, 0);
    g_assert_cmpuint(first[N_TYPES], ==, type->n);
    for (uint64_t i = 1; i < type->n; i++)
        g_assert_true(is_before(type, size, object[i - 1], object[i]));
    for (uint32_t of = 0; of < N_TYPES; of++)
        for (uint64_t i = first[of]; i < first[of + 1]; i++)
            g_assert_cmpuint(hg_packed_get(type, object[i]), ==, of);
}

static void
test_order(void)
{
    for (uint32_t round = 0; round < 200; round++) {
        g_auto(HgPacked) type = {0};
        g_auto(HgPacked) size = {0};
        uint32_t n = round < 2 ? round : sample_random(600);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t of = sample_random(N_TYPES - 1);
            uint64_t bytes = of == 0 ? 56 : (uint64_t)sample_random(1000) << sample_random(of * 8);
            g_assert_true(hg_packed_append(&type, of, NULL));
            g_assert_true(hg_packed_append(&size, bytes, NULL));
        }
        g_assert_true(hg_packed_finish(&type, NULL));
        g_assert_true(hg_packed_finish(&size, NULL));
        check(&type, &size);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/by-type/type-then-size-then-address", test_order);
    return g_test_run();
}
