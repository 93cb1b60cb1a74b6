/* radix.c - sorting pairs of numbers, digit by digit.
 *
 * Least digit first, eleven bits a digit. Bits in which no two keys differ are left out:
 * addresses of one heap take four passes.
 * SPDX-License-Identifier: MIT */
#include "core/graph/radix.h"

#include "core/graph/graph.h"

#include <string.h>

#define DIGIT_BITS 11
#define N_DIGITS (1u << DIGIT_BITS)

typedef struct {
    uint64_t *key;
    uint32_t *value; /* or NULL */
} Pairs;

/* Returns: a bit for each one in which two keys differ. */
static uint64_t
find_differing_bits(const uint64_t *key, uint64_t count)
{
    uint64_t differ = 0;
    for (uint64_t i = 1; i < count; i++)
        differ |= key[i] ^ key[0];
    return differ;
}

static unsigned
digit_of(uint64_t key, unsigned shift)
{
    return key >> shift & (N_DIGITS - 1);
}

static void
sort_by_digit(Pairs from, Pairs to, uint64_t count, unsigned shift)
{
    uint64_t start[N_DIGITS] = {0};
    for (uint64_t i = 0; i < count; i++)
        start[digit_of(from.key[i], shift)]++;
    uint64_t sum = 0;
    for (unsigned digit = 0; digit < N_DIGITS; digit++) {
        uint64_t n = start[digit];
        start[digit] = sum;
        sum += n;
    }
    for (uint64_t i = 0; i < count; i++) {
        uint64_t place = start[digit_of(from.key[i], shift)]++;
        to.key[place] = from.key[i];
        if (to.value)
            to.value[place] = from.value[i];
    }
}

/* Sorts by those bits in which two keys differ that are also in [mask]. */
static void
sort(Pairs pairs, Pairs other, uint64_t count, uint64_t mask)
{
    Pairs from = pairs, to = other;
    uint64_t differ = count ? find_differing_bits(pairs.key, count) & mask : 0;
    while (differ) {
        unsigned shift = (unsigned)__builtin_ctzll(differ);
        sort_by_digit(from, to, count, shift);
        Pairs swapped = from;
        from = to;
        to = swapped;
        differ &= shift + DIGIT_BITS < 64 ? UINT64_MAX << (shift + DIGIT_BITS) : 0;
    }
    if (from.key == pairs.key)
        return;
    memcpy(pairs.key, from.key, count * sizeof *pairs.key);
    if (pairs.value)
        memcpy(pairs.value, from.value, count * sizeof *pairs.value);
}

bool
hg_radix_sort(uint64_t *key, uint32_t *value, uint64_t count, GError **error)
{
    HG_AUTO_ARRAY uint64_t *other_key = hg_array_new(count, sizeof(*key), error);
    HG_AUTO_ARRAY uint32_t *other_value =
        other_key ? hg_array_new(count, sizeof(*value), error) : NULL;
    if (!other_value)
        return false;
    sort((Pairs){key, value}, (Pairs){other_key, other_value}, count, UINT64_MAX);
    return true;
}

bool
hg_radix_sort_high(uint64_t *key, uint64_t count, GError **error)
{
    HG_AUTO_ARRAY uint64_t *other_key = hg_array_new(count, sizeof(*key), error);
    if (!other_key)
        return false;
    sort((Pairs){key, NULL}, (Pairs){other_key, NULL}, count, UINT64_MAX << 32);
    return true;
}
