/* retained.c - what would be freed with an object, or with all objects of a type.
 *
 * Holders have smaller numbers than what they hold, so one sweep from the last number to the
 * first sums up. For the types the tree of holders is laid out so that everything below an
 * object stands right behind it; an object is nested when it comes before the end of the
 * last one of its type that was not.
 *
 *      a1 ( b2 a3 ( c4 ) ) a5       a3 is nested in a1, a5 is not
 * SPDX-License-Identifier: MIT */
#include "core/graph/retained.h"

bool
hg_retained_find(const HgDominators *dominators, const HgPacked *size, uint64_t **retained,
                 GError **error)
{
    uint64_t *sum = hg_array_new((uint64_t)dominators->n + 1, sizeof(*sum), error);
    if (!sum)
        return false;
    for (uint32_t number = 1; number <= dominators->n; number++)
        sum[number] = hg_packed_get(size, dominators->object[number]);
    for (uint32_t number = dominators->n; number > 0; number--)
        sum[dominators->holder[number]] += sum[number];
    *retained = sum;
    return true;
}

/* Returns: for each number how many it dominates, itself included; hg_array_free(). */
static uint32_t *
count_dominated(const HgDominators *dominators, GError **error)
{
    uint32_t *count = hg_array_new((uint64_t)dominators->n + 1, sizeof(*count), error);
    if (!count)
        return NULL;
    for (uint32_t number = dominators->n; number > 0; number--) {
        count[number]++;
        count[dominators->holder[number]] += count[number];
    }
    return count;
}

/* Returns: the numbers in an order in which what an object dominates stands right behind it;
 * [place][0] is unused. hg_array_free(). */
static uint32_t *
lay_out(const HgDominators *dominators, const uint32_t *count, GError **error)
{
    HG_AUTO_ARRAY uint32_t *next = hg_array_new((uint64_t)dominators->n + 1, sizeof(*next), error);
    uint32_t *at = next ? hg_array_new((uint64_t)dominators->n + 1, sizeof(*at), error) : NULL;
    if (!at)
        return NULL;
    next[0] = 1;
    for (uint32_t number = 1; number <= dominators->n; number++) {
        uint32_t place = next[dominators->holder[number]];
        next[dominators->holder[number]] = place + count[number];
        next[number] = place + 1;
        at[place] = number;
    }
    return at;
}

bool
hg_retained_sum_types(const HgDominators *dominators, const uint64_t *retained,
                      const HgPacked *type, uint32_t n_types, uint64_t *sums, GError **error)
{
    HG_AUTO_ARRAY uint32_t *count = count_dominated(dominators, error);
    HG_AUTO_ARRAY uint32_t *at = count ? lay_out(dominators, count, error) : NULL;
    HG_AUTO_ARRAY uint64_t *end = at ? hg_array_new(n_types, sizeof(*end), error) : NULL;
    if (!end)
        return false;
    for (uint64_t place = 1; place <= dominators->n; place++) {
        uint32_t number = at[place];
        uint64_t of = hg_packed_get(type, dominators->object[number]);
        if (place < end[of])
            continue;
        end[of] = place + count[number];
        sums[of] += retained[number];
    }
    return true;
}
