/* walk-scan.c - objects of types nobody knows: each word that points to an object.
 *
 * Only a word that leads to an object already known, or one on a list of the collector, or one
 * whose header is beyond doubt, is taken; the reference is flagged as guessed. Fields known not
 * to hold a reference, and those another reader tells, are left out.
 * SPDX-License-Identifier: MIT */
#include "core/capture/walker.h"

#define SCAN_MAX (64u << 20) /* bytes of memory an object is known to own */

/* Bytes of items. What a stale word leads to may say that it has half a million of them, and some
 * dozens of such would use up what a sound heap may cost. */
#define ITEMS_MAX (256u << 10)

/* Whether the field at [offset] is told by the instance's reader, or keeps nothing. */
static bool
is_told(const HgWalkType *type, uint64_t offset)
{
    if (offset == (uint64_t)type->weaklistoffset)
        return true;
    for (uint32_t i = 0; i < type->n_slots; i++)
        if (offset == (uint64_t)type->slot[i])
            return true;
    return false;
}

static void
scan_words(HgWalker *walker, const HgWalkType *type, const uint8_t *bytes, uint64_t from,
           uint64_t size, uint8_t flag)
{
    if (!hg_walker_spend(walker, size / 8))
        return;
    for (uint64_t i = 0; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        if (word < 4096 || (word & 7) || (type && is_told(type, from + i)))
            continue;
        if (hg_walker_recognises(walker, word))
            hg_walker_add(walker, word, from + i, HG_LABEL_UNNAMED | HG_HOW_GUESSED | flag);
    }
}

/* Returns: where the items of the object end, behind its basic size. */
static uint64_t
end_of_items(const HgWalkObject *object)
{
    const HgWalkType *type = object->type;
    int64_t n = hg_walk_size(object);
    uint64_t count = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    if (type->itemsize <= 0 || count > ITEMS_MAX / (uint64_t)type->itemsize)
        return (uint64_t)type->basicsize;
    return (uint64_t)type->basicsize + count * (uint64_t)type->itemsize;
}

void
hg_walker_scan(HgWalker *walker, const HgWalkObject *object)
{
    const HgWalkType *type = object->type;
    uint8_t flag = type->is_gc ? HG_HOW_VISITED : HG_HOW_OWNED;
    uint32_t to = MIN(type->scan.to, (uint32_t)object->n_bytes);
    if (type->scan.from < to)
        scan_words(walker, type, object->bytes + type->scan.from, type->scan.from,
                   to - type->scan.from, flag);
    if (!type->scan.items)
        return;
    uint64_t start = (uint64_t)type->basicsize & ~7ull;
    uint64_t end = end_of_items(object);
    const uint8_t *bytes = hg_image_find(walker->image, object->address + start, end - start);
    if (bytes)
        scan_words(walker, type, bytes, start, end - start, flag);
}

void
hg_walker_scan_memory(HgWalker *walker, uint64_t address, uint64_t size, uint8_t flag)
{
    const uint8_t *bytes =
        size <= SCAN_MAX && !(address & 7) ? hg_image_find(walker->image, address, size) : NULL;
    if (bytes)
        scan_words(walker, NULL, bytes, 0, size, flag);
}
