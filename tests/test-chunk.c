/* test-chunk.c - a piece of a column, packed.
 * SPDX-License-Identifier: MIT */
#include "core/store/chunk.h"

#include <string.h>

typedef enum {
    KIND_CONSTANT,
    KIND_SMALL,
    KIND_RISING,
    KIND_NEAR, /* near each other, up and down */
    KIND_WIDE,
    KIND_EXTREME,
    N_KINDS
} Kind;

static uint64_t
random_u64(GRand *random)
{
    return (uint64_t)g_rand_int(random) << 32 | g_rand_int(random);
}

static void
fill(GRand *random, Kind kind, uint64_t *numbers, uint32_t count)
{
    static const uint64_t extremes[] = {0, 1, UINT32_MAX, 1ull << 32, INT64_MAX, UINT64_MAX};
    uint64_t before = random_u64(random) >> 20;
    for (uint32_t index = 0; index < count; index++) {
        switch (kind) {
        case KIND_CONSTANT:
            numbers[index] = before;
            break;
        case KIND_SMALL:
            numbers[index] = g_rand_int_range(random, 0, 200);
            break;
        case KIND_RISING:
            numbers[index] = before += 16 * (uint64_t)g_rand_int_range(random, 0, 100);
            break;
        case KIND_NEAR:
            numbers[index] = before += (uint64_t)(int64_t)g_rand_int_range(random, -50, 50);
            break;
        case KIND_WIDE:
            numbers[index] = random_u64(random);
            break;
        default:
            numbers[index] = extremes[g_rand_int_range(random, 0, G_N_ELEMENTS(extremes))];
            break;
        }
    }
}

static uint64_t
get_most(const uint64_t *numbers, uint32_t count)
{
    uint64_t most = 0;
    for (uint32_t index = 0; index < count; index++)
        most = MAX(most, numbers[index]);
    return most;
}

static void
check_pack(HgPacker *packer, HgUnpacker *unpacker, const uint64_t *numbers, uint32_t count)
{
    g_autoptr(GError) error = NULL;
    g_autofree uint64_t *wide = g_new(uint64_t, HG_CHUNK);
    g_autofree uint32_t *narrow = g_new(uint32_t, HG_CHUNK);
    g_autofree uint8_t *bytes = g_new(uint8_t, HG_CHUNK);
    g_autoptr(GBytes) packed = hg_packer_pack(packer, numbers, count);
    gsize size;
    const void *data = g_bytes_get_data(packed, &size);
    uint64_t most = get_most(numbers, count);

    g_assert_true(hg_unpacker_open(unpacker, data, size, count, &error));
    hg_unpacker_read(unpacker, wide);
    g_assert_cmpmem(wide, count * sizeof *wide, numbers, count * sizeof *wide);
    g_assert_cmpint(hg_unpacker_read_u32(unpacker, narrow), ==, most <= UINT32_MAX);
    g_assert_cmpint(hg_unpacker_read_u8(unpacker, bytes), ==, most <= UINT8_MAX);
    for (uint32_t index = 0; index < count && most <= UINT32_MAX; index++)
        g_assert_cmpuint(narrow[index], ==, numbers[index]);
    for (uint32_t index = 0; index < count && most <= UINT8_MAX; index++)
        g_assert_cmpuint(bytes[index], ==, numbers[index]);
}

static void
test_round_trip(void)
{
    g_autoptr(HgPacker) packer = hg_packer_new();
    g_autoptr(HgUnpacker) unpacker = hg_unpacker_new();
    g_autofree uint64_t *numbers = g_new(uint64_t, HG_CHUNK);
    GRand *random = g_rand_new_with_seed(1);
    static const uint32_t counts[] = {1, 2, 3, 100, HG_CHUNK - 1, HG_CHUNK};
    for (unsigned kind = 0; kind < N_KINDS; kind++)
        for (unsigned index = 0; index < G_N_ELEMENTS(counts); index++) {
            fill(random, kind, numbers, counts[index]);
            check_pack(packer, unpacker, numbers, counts[index]);
        }
    g_rand_free(random);
}

/* Numbers whose differences leave 32 bits while they look narrow. */
static void
test_narrow(void)
{
    static const uint64_t numbers[][4] = {
        {UINT32_MAX, 0, UINT32_MAX, 0},
        {UINT32_MAX - 1, UINT32_MAX, UINT32_MAX - 1, UINT32_MAX},
        {UINT32_MAX, (1ull << 32), (1ull << 32) + 1, (1ull << 32) + 2},
        {UINT64_MAX, UINT64_MAX - 1, UINT64_MAX, 0},
        {255, 256, 255, 254},
    };
    g_autoptr(HgPacker) packer = hg_packer_new();
    g_autoptr(HgUnpacker) unpacker = hg_unpacker_new();
    for (unsigned index = 0; index < G_N_ELEMENTS(numbers); index++)
        check_pack(packer, unpacker, numbers[index], 4);
}

static void
test_is_small(void)
{
    g_autoptr(HgPacker) packer = hg_packer_new();
    g_autofree uint64_t *numbers = g_new(uint64_t, HG_CHUNK);
    for (uint32_t index = 0; index < HG_CHUNK; index++)
        numbers[index] = 0x7f0000000000 + 64 * (uint64_t)index;
    g_autoptr(GBytes) packed = hg_packer_pack(packer, numbers, HG_CHUNK);
    g_assert_cmpuint(g_bytes_get_size(packed), <, 100);
}

static void
expect_refusal(HgUnpacker *unpacker, const void *data, size_t size, uint32_t count,
               const char *pattern)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(hg_unpacker_open(unpacker, data, size, count, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_FORMAT);
    if (!g_pattern_match_simple(pattern, error->message))
        g_error("'%s' is not like '%s'", error->message, pattern);
}

static void
test_refusals(void)
{
    g_autoptr(HgPacker) packer = hg_packer_new();
    g_autoptr(HgUnpacker) unpacker = hg_unpacker_new();
    static const uint64_t numbers[] = {1, 70, 20000};
    g_autoptr(GBytes) packed = hg_packer_pack(packer, numbers, 3);
    gsize size;
    const uint8_t *data = g_bytes_get_data(packed, &size);
    expect_refusal(unpacker, data, size, 4, "damaged chunk: expected another count*");
    expect_refusal(unpacker, "", 0, 3, "damaged chunk: *");
    for (gsize length = 0; length < size; length++)
        expect_refusal(unpacker, data, length, 3, "damaged chunk: *");
    for (gsize bit = 0; bit < 8 * size; bit++) {
        g_autofree uint8_t *copy = g_memdup2(data, size);
        g_autofree uint64_t *found = g_new(uint64_t, HG_CHUNK);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        /* A bit that means nothing in zstd's header may change: the numbers may not. */
        if (hg_unpacker_open(unpacker, copy, size, 3, NULL)) {
            hg_unpacker_read(unpacker, found);
            g_assert_cmpmem(found, sizeof numbers, numbers, sizeof numbers);
        }
    }
}

static void
test_values(void)
{
    static const char bytes[] = "abc\0d";
    static const uint16_t sizes[] = {4, 0, 1, 3};
    g_autoptr(HgPacker) packer = hg_packer_new();
    g_autoptr(HgUnpacker) unpacker = hg_unpacker_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) packed = hg_packer_pack_values(packer, sizes, 4, (const uint8_t *)bytes, 5);
    HgValues values;
    gsize size;
    const void *data = g_bytes_get_data(packed, &size);
    g_assert_true(hg_unpacker_read_values(unpacker, data, size, 4, &values, &error));
    g_assert_true(values.present[0] && !values.present[1] && values.present[2]);
    g_assert_cmpuint(values.first[1] - values.first[0], ==, 3);
    g_assert_cmpuint(values.first[3] - values.first[2], ==, 0);
    g_assert_cmpmem(values.bytes + values.first[3], 2, "\0d", 2);
    hg_values_clear(&values);
    g_assert_false(hg_unpacker_read_values(unpacker, data, size, 3, &values, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_FORMAT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/chunk/round-trip", test_round_trip);
    g_test_add_func("/chunk/narrow", test_narrow);
    g_test_add_func("/chunk/is-small", test_is_small);
    g_test_add_func("/chunk/refusals", test_refusals);
    g_test_add_func("/chunk/values", test_values);
    return g_test_run();
}
