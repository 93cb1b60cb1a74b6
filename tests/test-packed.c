/* test-packed.c - a growing array of numbers that takes little memory; sorting pairs.
 * SPDX-License-Identifier: MIT */
#include "core/graph/packed.h"
#include "core/graph/radix.h"
#include "tests/sample-graph.h"

/* Numbers of any width, mostly alike within a stretch. */
static uint64_t
random_number(uint32_t index)
{
    static const uint64_t wide[] = {0, 1, 255, 256, 65535, 65536, UINT32_MAX, UINT64_MAX};
    uint64_t number = wide[(index / 300) % 8];
    return sample_random(20) ? number - MIN(number, sample_random(3))
                             : (uint64_t)sample_random(INT32_MAX) << sample_random(33);
}

static void
test_packed(void)
{
    for (uint32_t round = 0; round < 60; round++) {
        uint32_t n = round < 3 ? round : 1 + sample_random(5000);
        g_autofree uint64_t *expected = g_new(uint64_t, n + 1);
        g_autofree uint64_t *read = g_new(uint64_t, n + 1);
        g_auto(HgPacked) packed = {0};
        for (uint32_t i = 0; i < n; i++) {
            expected[i] = random_number(i);
            g_assert_true(hg_packed_append(&packed, expected[i], NULL));
        }
        g_assert_true(hg_packed_finish(&packed, NULL));
        g_assert_cmpuint(packed.n, ==, n);
        for (uint32_t i = 0; i < n; i++)
            g_assert_cmpuint(hg_packed_get(&packed, i), ==, expected[i]);
        uint32_t first = n ? sample_random(n) : 0, count = n ? sample_random(n - first + 1) : 0;
        hg_packed_read(&packed, first, count, read);
        g_assert_cmpmem(read, count * 8, expected + first, count * 8);
    }
}

static void
test_packed_is_small(void)
{
    g_auto(HgPacked) packed = {0};
    for (uint32_t i = 0; i < 256 * 100; i++)
        g_assert_true(hg_packed_append(&packed, UINT64_C(0x7f0000000000) + i % 200, NULL));
    g_assert_true(hg_packed_finish(&packed, NULL));
    g_assert_cmpuint(packed.n_bytes, ==, 256 * 100);
}

static void
check_sorted(const uint64_t *key, const uint32_t *value, const uint64_t *before, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        g_assert_cmpuint(key[i], ==, before[value[i]]);
        if (i)
            g_assert_true(key[i - 1] < key[i] || (key[i - 1] == key[i] && value[i - 1] < value[i]));
    }
}

static void
test_radix(void)
{
    for (uint32_t round = 0; round < 60; round++) {
        uint32_t n = round < 3 ? round : 1 + sample_random(3000);
        g_autofree uint64_t *key = g_new(uint64_t, n + 1), *before = g_new(uint64_t, n + 1);
        g_autofree uint32_t *value = g_new(uint32_t, n + 1);
        for (uint32_t i = 0; i < n; i++) {
            key[i] = before[i] = random_number(sample_random(2400));
            value[i] = i;
        }
        g_assert_true(hg_radix_sort(key, value, n, NULL));
        check_sorted(key, value, before, n);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/packed/gives-back-what-went-in", test_packed);
    g_test_add_func("/packed/is-small", test_packed_is_small);
    g_test_add_func("/packed/radix-sorts-and-is-stable", test_radix);
    return g_test_run();
}
