/* walk-containers.c - list, tuple, set, frozenset, deque.
 * SPDX-License-Identifier: MIT */
#include "core/capture/walker.h"

#define ITEMS_MAX (1ull << 44) /* more would not fit in any memory */
#define DEQUE_BLOCK 64

/* Returns: ob_size, 0 if that cannot be. */
static uint64_t
count_items(const HgWalkObject *object)
{
    int64_t n = hg_walk_size(object);
    return n < 0 || (uint64_t)n > ITEMS_MAX ? 0 : (uint64_t)n;
}

static void
read_list(HgWalker *walker, const HgWalkObject *object)
{
    hg_walker_add_items(walker, hg_walk_word(object, walker->layout->list.ob_item),
                        count_items(object), HG_LABEL_ITEM | HG_HOW_VISITED);
}

static void
measure_list(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    uint64_t allocated = hg_walk_word(object, walker->layout->list.allocated);
    record->length = count_items(object);
    if (allocated > ITEMS_MAX)
        return;
    record->size += 8 * allocated;
    record->sizeof_ += 8 * allocated;
}

static void
read_tuple(HgWalker *walker, const HgWalkObject *object)
{
    hg_walker_add_items(walker, object->address + (uint64_t)walker->layout->tuple.ob_item,
                        count_items(object), HG_LABEL_ITEM | HG_HOW_VISITED);
}

static void
measure_tuple(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    record->length = count_items(object);
}

/* A set's table: key and hash for each place; a deleted one has a dummy key and the hash -1. */
static void
read_set(HgWalker *walker, const HgWalkObject *object)
{
    uint64_t table = hg_walk_word(object, walker->layout->set.table);
    uint64_t mask = hg_walk_word(object, walker->layout->set.mask);
    const uint8_t *bytes =
        mask < ITEMS_MAX ? hg_image_find(walker->image, table, (mask + 1) * 16) : NULL;
    if (!bytes || !hg_walker_spend(walker, mask))
        return;
    for (uint64_t i = 0; i <= mask; i++) {
        if (hg_walk_read_word(bytes + 16 * i + 8) != UINT64_MAX)
            hg_walker_add(walker, hg_walk_read_word(bytes + 16 * i), 0,
                          HG_LABEL_ELEMENT | HG_HOW_VISITED);
    }
}

static void
measure_set(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    uint64_t mask = hg_walk_word(object, walker->layout->set.mask);
    uint64_t table = hg_walk_word(object, walker->layout->set.table);
    record->length = hg_walk_word(object, walker->layout->set.used);
    if (table == object->address + (uint64_t)walker->layout->set.smalltable || mask > ITEMS_MAX)
        return;
    record->size += 16 * (mask + 1);
    record->sizeof_ += 16 * (mask + 1);
}

/* deque: leftblock, rightblock, leftindex, rightindex follow ob_size; a block is the link to the
 * left, its items, the link to the right. */
enum {
    DEQUE_LEFT_BLOCK = 24,
    DEQUE_RIGHT_BLOCK = 32,
    DEQUE_LEFT_INDEX = 40
};
enum {
    BLOCK_ITEMS = 8,
    BLOCK_RIGHT = 8 + 8 * DEQUE_BLOCK,
    BLOCK_SIZE = 16 + 8 * DEQUE_BLOCK
};

static void
read_deque(HgWalker *walker, const HgWalkObject *object)
{
    uint64_t n = count_items(object);
    uint64_t block = hg_walk_word(object, DEQUE_LEFT_BLOCK);
    uint64_t index = hg_walk_word(object, DEQUE_LEFT_INDEX);
    if (index >= DEQUE_BLOCK)
        return;
    for (uint64_t i = 0; i < n && !walker->error;) {
        const uint8_t *bytes = hg_image_find(walker->image, block, BLOCK_SIZE);
        if (!bytes || !hg_walker_spend(walker, DEQUE_BLOCK))
            return;
        for (; index < DEQUE_BLOCK && i < n; index++, i++)
            hg_walker_add(walker, hg_walk_read_word(bytes + BLOCK_ITEMS + 8 * index), i,
                          HG_LABEL_ITEM | HG_HOW_VISITED);
        block = hg_walk_read_word(bytes + BLOCK_RIGHT);
        index = 0;
    }
}

static void
measure_deque(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    uint64_t index = hg_walk_word(object, DEQUE_LEFT_INDEX) % DEQUE_BLOCK;
    record->length = count_items(object);
    uint64_t n_blocks = (index + record->length + DEQUE_BLOCK - 1) / DEQUE_BLOCK;
    record->sizeof_ += n_blocks * BLOCK_SIZE;
    record->size += MAX(n_blocks, 1) * BLOCK_SIZE;
}

const HgTypeReader hg_readers_containers[] = {
    {.type_name = "list", .read = read_list, .measure = measure_list},
    {.type_name = "tuple", .read = read_tuple, .measure = measure_tuple},
    {.type_name = "set", .read = read_set, .measure = measure_set},
    {.type_name = "frozenset", .read = read_set, .measure = measure_set},
    {.type_name = "collections.deque", .read = read_deque, .measure = measure_deque},
    {.type_name = NULL},
};
