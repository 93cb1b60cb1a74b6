/* advice-groups.c - objects of a kind that stand alike, counted by the place where they stand.
 * SPDX-License-Identifier: MIT */
#include "core/questions/advice-groups.h"

#include "core/questions/advice-words.h"

static unsigned
hash_group(const void *data)
{
    const HgAdviceGroup *group = data;
    return (unsigned)((group->place * UINT64_C(0x9e3779b97f4a7c15)) >> 32) ^ group->type * 31 ^
           group->variant;
}

static gboolean
equal_groups(const void *a, const void *b)
{
    const HgAdviceGroup *one = a, *other = b;
    return one->place == other->place && one->type == other->type && one->variant == other->variant;
}

static void
free_group(void *data)
{
    HgAdviceGroup *group = data;
    g_array_unref(group->examples);
    g_free(group);
}

void
hg_advice_groups_init(HgAdviceGroups *groups, HgAdviceHeap *heap)
{
    *groups = (HgAdviceGroups){.heap = heap,
                               .places = hg_advice_places_new(heap),
                               .group_of = g_hash_table_new(hash_group, equal_groups),
                               .groups = g_ptr_array_new_with_free_func(free_group)};
}

void
hg_advice_groups_clear(HgAdviceGroups *groups)
{
    g_clear_pointer(&groups->group_of, g_hash_table_unref);
    g_clear_pointer(&groups->groups, g_ptr_array_unref);
    g_clear_pointer(&groups->places, hg_advice_places_free);
}

/* Returns: the group of the place, type and variant; made if it is the first of it. */
static HgAdviceGroup *
require_group(HgAdviceGroups *groups, const HgAdviceGroup *wanted)
{
    HgAdviceGroup *group = g_hash_table_lookup(groups->group_of, wanted);
    if (group)
        return group;
    group = g_memdup2(wanted, sizeof *wanted);
    group->examples = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_ptr_array_add(groups->groups, group);
    g_hash_table_add(groups->group_of, group);
    return group;
}

bool
hg_advice_groups_add(HgAdviceGroups *groups, uint32_t object, unsigned variant, uint64_t n_items,
                     uint64_t bytes, uint64_t then, HgAdviceGroup **group, GError **error)
{
    HgAdviceGroup wanted = {.type = groups->heap->type[object], .variant = variant};
    *group = NULL;
    if (!hg_advice_places_find(groups->places, object, &wanted.place, error))
        return false;
    if (wanted.place == HG_NONE)
        return true;
    HgAdviceGroup *found = *group = require_group(groups, &wanted);
    found->n_items += n_items;
    found->bytes += bytes;
    found->then += then;
    hg_advice_sample(found->examples, ++found->count, object);
    if (bytes > found->biggest_bytes) {
        found->biggest = object;
        found->biggest_bytes = bytes;
    }
    return true;
}
