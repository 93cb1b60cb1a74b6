/* packed.h - a growing array of numbers that takes little memory.
 *
 * Numbers stand in blocks of 256; a block keeps its smallest number, and of each number
 * only the difference to it, in as few bytes as its largest difference needs:
 *
 *      56 56 72 56 ...   ->   base 56, width 1:  0 0 16 0 ...
 *
 * What most objects share (reference counts, lengths, flags) then takes a byte or none,
 * and one outlier costs its own block only. Any number is read in a few instructions.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define HG_PACKED_BLOCK 256u

typedef struct {
    uint64_t base;
    uint64_t start : 56; /* of its differences, in `bytes` */
    uint64_t width : 8;  /* 0 .. 8 bytes each */
} HgPackedBlock;

typedef struct {
    HgPackedBlock *block;
    uint8_t *bytes;
    uint64_t *waiting; /* numbers of the block that is not full yet */
    uint64_t n;
    uint64_t n_bytes;
    uint64_t block_room, byte_room;
} HgPacked;

void hg_packed_clear(HgPacked *packed);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgPacked, hg_packed_clear)

/* For hg_packed_append(): packs the block that has become full, makes room for the next. */
bool hg_packed_next_block(HgPacked *packed, GError **error);

/* An empty array is one of zeros. */
static inline bool
hg_packed_append(HgPacked *packed, uint64_t number, GError **error)
{
    if (packed->n % HG_PACKED_BLOCK == 0 && !hg_packed_next_block(packed, error))
        return false;
    packed->waiting[packed->n++ % HG_PACKED_BLOCK] = number;
    return true;
}

/* After the last append and before the first read. */
bool hg_packed_finish(HgPacked *packed, GError **error);

/* Returns: number [index], which must be below n. */
static inline uint64_t
hg_packed_get(const HgPacked *packed, uint64_t index)
{
    static const uint64_t mask[] = {
        0,
        UINT64_C(0xff),
        UINT64_C(0xffff),
        UINT64_C(0xffffff),
        UINT64_C(0xffffffff),
        UINT64_C(0xffffffffff),
        UINT64_C(0xffffffffffff),
        UINT64_C(0xffffffffffffff),
        UINT64_MAX,
    };
    HgPackedBlock block = packed->block[index / HG_PACKED_BLOCK];
    uint64_t word;
    memcpy(&word, packed->bytes + block.start + index % HG_PACKED_BLOCK * block.width, sizeof word);
    return block.base + (GUINT64_FROM_LE(word) & mask[block.width]);
}

/* Asks for the memory number [index] is in, for a get that comes soon. */
static inline void
hg_packed_fetch(const HgPacked *packed, uint64_t index)
{
    HgPackedBlock block = packed->block[index / HG_PACKED_BLOCK];
    __builtin_prefetch(packed->bytes + block.start + index % HG_PACKED_BLOCK * block.width);
}

/* Copies [count] numbers from [first] on; faster than one by one. */
void hg_packed_read(const HgPacked *packed, uint64_t first, uint64_t count, uint64_t *numbers);
