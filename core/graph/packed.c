/* packed.c - a growing array of numbers that takes little memory.
 * SPDX-License-Identifier: MIT */
#include "core/graph/packed.h"

#include "core/graph/graph.h"

#define PADDING 8 /* a number is read as eight bytes, whatever its width */

void
hg_packed_clear(HgPacked *packed)
{
    hg_array_free(packed->block);
    hg_array_free(packed->bytes);
    g_free(packed->waiting);
    memset(packed, 0, sizeof *packed);
}

static bool
grow(void *array_pointer, uint64_t *room, uint64_t needed, size_t size, GError **error)
{
    if (needed <= *room)
        return true;
    void **array = array_pointer;
    uint64_t larger = MAX(needed, *room + *room / 2);
    void *moved = larger > SIZE_MAX / size ? NULL : g_try_realloc(*array, larger * size);
    if (!moved) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_MEMORY, "not enough memory for the objects");
        return false;
    }
    *array = moved;
    *room = larger;
    return true;
}

static unsigned
count_bytes(uint64_t number)
{
    return number ? (71u - (unsigned)__builtin_clzll(number)) / 8u : 0;
}

static void
write_differences(uint8_t *at, const uint64_t *numbers, size_t count, uint64_t base, unsigned width)
{
    for (size_t i = 0; i < count; i++, at += width) {
        uint64_t word = GUINT64_TO_LE(numbers[i] - base);
        memcpy(at, &word, sizeof word); /* what is too much is written over or is padding */
    }
}

static bool
pack(HgPacked *packed, size_t count, GError **error)
{
    uint64_t smallest = packed->waiting[0], largest = smallest;
    for (size_t i = 1; i < count; i++) {
        smallest = MIN(smallest, packed->waiting[i]);
        largest = MAX(largest, packed->waiting[i]);
    }
    unsigned width = count_bytes(largest - smallest);
    uint64_t n_blocks = (packed->n - 1) / HG_PACKED_BLOCK;
    if (!grow(&packed->block, &packed->block_room, n_blocks + 1, sizeof *packed->block, error) ||
        !grow(&packed->bytes, &packed->byte_room, packed->n_bytes + count * width + PADDING, 1,
              error))
        return false;

    packed->block[n_blocks] = (HgPackedBlock){smallest, packed->n_bytes, width};
    write_differences(packed->bytes + packed->n_bytes, packed->waiting, count, smallest, width);
    packed->n_bytes += count * width;
    return true;
}

bool
hg_packed_next_block(HgPacked *packed, GError **error)
{
    if (packed->n)
        return pack(packed, HG_PACKED_BLOCK, error);
    packed->waiting = g_new(uint64_t, HG_PACKED_BLOCK);
    return true;
}

bool
hg_packed_finish(HgPacked *packed, GError **error)
{
    if (packed->n && !pack(packed, (packed->n - 1) % HG_PACKED_BLOCK + 1, error))
        return false;
    hg_array_clear(&packed->waiting);
    return true;
}

static void
read_block(const HgPacked *packed, uint64_t first, size_t count, uint64_t *numbers)
{
    HgPackedBlock block = packed->block[first / HG_PACKED_BLOCK];
    const uint8_t *at = packed->bytes + block.start + first % HG_PACKED_BLOCK * block.width;
    if (block.width == 0)
        for (size_t i = 0; i < count; i++)
            numbers[i] = block.base;
    else if (block.width == 1)
        for (size_t i = 0; i < count; i++)
            numbers[i] = block.base + at[i];
    else
        for (size_t i = 0; i < count; i++)
            numbers[i] = hg_packed_get(packed, first + i);
}

void
hg_packed_read(const HgPacked *packed, uint64_t first, uint64_t count, uint64_t *numbers)
{
    while (count) {
        size_t part = MIN(count, HG_PACKED_BLOCK - first % HG_PACKED_BLOCK);
        read_block(packed, first, part, numbers);
        first += part;
        count -= part;
        numbers += part;
    }
}
