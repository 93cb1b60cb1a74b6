/* by-type.c - the objects sorted by type.
 *
 * By counting; then each type whose objects differ in size is sorted by that.
 * SPDX-License-Identifier: MIT */
#include "core/graph/by-type.h"

#include "core/graph/graph.h"
#include "core/graph/radix.h"

static void
count_types(const HgPacked *type, uint32_t n_types, uint64_t *first)
{
    memset(first, 0, ((size_t)n_types + 1) * sizeof *first);
    for (uint64_t object = 0; object < type->n; object++)
        first[hg_packed_get(type, object) + 1]++;
    for (uint32_t i = 0; i < n_types; i++)
        first[i + 1] += first[i];
}

/* Moves each start to the next one's place... */
static void
fill_types(const HgPacked *type, uint64_t *first, uint32_t *objects)
{
    for (uint64_t object = 0; object < type->n; object++)
        objects[first[hg_packed_get(type, object)]++] = (uint32_t)object;
}

/* ...and back. */
static void
restore_starts(uint32_t n_types, uint64_t *first)
{
    memmove(first + 1, first, n_types * sizeof *first);
    first[0] = 0;
}

/* Sorts biggest first: by what is missing to the largest number there is. */
static bool
sort_by_size(const HgPacked *size, uint32_t *objects, uint64_t count, GError **error)
{
    uint64_t differ = 0, one = count ? hg_packed_get(size, objects[0]) : 0;
    for (uint64_t i = 1; i < count; i++)
        differ |= hg_packed_get(size, objects[i]) ^ one;
    if (!differ)
        return true;

    HG_AUTO_ARRAY uint64_t *key = hg_array_new(count, sizeof(*key), error);
    if (!key)
        return false;
    for (uint64_t i = 0; i < count; i++)
        key[i] = ~hg_packed_get(size, objects[i]);
    return hg_radix_sort(key, objects, count, error);
}

bool
hg_by_type_sort(const HgPacked *type, const HgPacked *size, uint32_t n_types, uint64_t *first,
                uint32_t **objects, GError **error)
{
    HG_AUTO_ARRAY uint32_t *sorted = hg_array_new(type->n, sizeof(*sorted), error);
    if (!sorted)
        return false;
    count_types(type, n_types, first);
    fill_types(type, first, sorted);
    restore_starts(n_types, first);
    for (uint32_t i = 0; i < n_types; i++)
        if (!sort_by_size(size, sorted + first[i], first[i + 1] - first[i], error))
            return false;
    *objects = g_steal_pointer(&sorted);
    return true;
}
