/* chunk.h - a piece of a column, packed.
 *
 * A packed chunk is one zstd frame (level 1, with checksum). Of numbers it holds
 *
 *      0   encoding, u8    0 plain    number[i] = base + part[i]
 *                          1 rising   number[i] = number[i-1] + base + part[i]
 *                          2 signed   number[i] = number[i-1] + unzigzag(part[i])
 *      1   width, u8       bytes of a part, 0 to 8
 *      2   reserved, u16   0
 *      4   count, u32      numbers, 1 to HG_CHUNK
 *      8   base, u64
 *      16  first, u64      number[-1] of the encodings 1 and 2
 *      24  the parts, as planes: byte 0 of each part, then byte 1 of each, ...
 *
 * all little-endian and modulo 2^64. Planes put the bytes that are alike next to each other.
 * A chunk of values holds
 *
 *      0   count, u32      values, 1 to HG_VALUES_CHUNK
 *      4   size + 1 of each, u16; 0 for none
 *          the bytes of all, one after the other
 *
 * What does not add up is refused: chunks come from files.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/store/store.h"

#define HG_VALUES_CHUNK 4096u /* values in a chunk: at most 16 MiB, commonly 50 KiB */

typedef struct HgPacker HgPacker;

HgPacker *hg_packer_new(void);
void hg_packer_free(HgPacker *packer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgPacker, hg_packer_free)

/* Returns: [count] numbers, 1 to HG_CHUNK, packed; g_bytes_unref(). */
GBytes *hg_packer_pack(HgPacker *packer, const uint64_t *numbers, uint32_t count);

/* Returns: values, packed; [bytes] are those of all, [size_plus_one] tells them apart. */
GBytes *hg_packer_pack_values(HgPacker *packer, const uint16_t *size_plus_one, uint32_t count,
                              const uint8_t *bytes, size_t n_bytes);

typedef struct HgUnpacker HgUnpacker;

HgUnpacker *hg_unpacker_new(void);
void hg_unpacker_free(HgUnpacker *unpacker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgUnpacker, hg_unpacker_free)

/* Takes a packed chunk of exactly [count] numbers, for the functions below. */
bool hg_unpacker_open(HgUnpacker *unpacker, const void *packed, size_t size, uint32_t count,
                      GError **error);
/* All numbers of the chunk opened last. */
void hg_unpacker_read(HgUnpacker *unpacker, uint64_t *numbers);
/* The same in narrower arrays. Returns: false if a number does not fit. */
bool hg_unpacker_read_u32(HgUnpacker *unpacker, uint32_t *numbers);
bool hg_unpacker_read_u8(HgUnpacker *unpacker, uint8_t *numbers);

/* Values, unpacked. */
typedef struct {
    uint32_t count;
    uint32_t *first; /* count + 1 */
    bool *present;
    char *bytes;
} HgValues;

void hg_values_clear(HgValues *values);

bool hg_unpacker_read_values(HgUnpacker *unpacker, const void *packed, size_t size, uint32_t count,
                             HgValues *values, GError **error);
