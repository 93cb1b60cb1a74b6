/* advice-groups.h - objects of a kind that stand alike, counted by the place where they stand.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/advice-places.h"

typedef struct {
    uint32_t place;
    uint32_t type;        /* of the objects */
    unsigned variant;     /* the caller's own */
    uint64_t count;       /* objects */
    uint64_t n_items;     /* in all of them */
    uint64_t bytes, then; /* what they take, and would take */
    uint32_t biggest;     /* the object that takes most */
    uint64_t biggest_bytes;
    GArray *examples; /* uint32_t */
    bool is_told;     /* there is advice about it */
} HgAdviceGroup;

typedef struct {
    HgAdviceHeap *heap;
    HgAdvicePlaces *places;
    GHashTable *group_of; /* set of HgAdviceGroup */
    GPtrArray *groups;    /* in the order of their first object */
} HgAdviceGroups;

void hg_advice_groups_init(HgAdviceGroups *groups, HgAdviceHeap *heap);
void hg_advice_groups_clear(HgAdviceGroups *groups);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgAdviceGroups, hg_advice_groups_clear)

/* Adds an object with [n_items] that takes [bytes] with what would go with it, and would take
 * [then]. Sets *group to its group, borrowed, NULL for one that stands nowhere. */
bool hg_advice_groups_add(HgAdviceGroups *groups, uint32_t object, unsigned variant,
                          uint64_t n_items, uint64_t bytes, uint64_t then, HgAdviceGroup **group,
                          GError **error);
