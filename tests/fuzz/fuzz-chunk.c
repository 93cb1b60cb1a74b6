/* fuzz-chunk.c - chunks of any contents: as they stand in a file, and inside a right frame.
 *
 * The first two bytes say how many numbers the chunk is asked for.
 * SPDX-License-Identifier: MIT */
#include "core/store/chunk.h"

#include <zstd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_numbers(HgUnpacker *unpacker, const void *packed, size_t size, uint32_t count)
{
    static uint64_t wide[HG_CHUNK];
    static uint32_t narrow[HG_CHUNK];
    static uint8_t bytes[HG_CHUNK];
    if (!hg_unpacker_open(unpacker, packed, size, count, NULL))
        return;
    hg_unpacker_read(unpacker, wide);
    bool fits = hg_unpacker_read_u32(unpacker, narrow);
    hg_unpacker_read_u8(unpacker, bytes);
    for (uint32_t index = 0; index < count; index++)
        g_assert(!fits || narrow[index] == wide[index]);
}

static void
read_values(HgUnpacker *unpacker, const void *packed, size_t size, uint32_t count)
{
    HgValues values;
    if (!hg_unpacker_read_values(unpacker, packed, size, count, &values, NULL))
        return;
    for (uint32_t index = 0; index < count; index++)
        g_assert(values.first[index] <= values.first[index + 1]);
    hg_values_clear(&values);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    uint32_t count = 1 + (data[0] | (uint32_t)data[1] << 8) % HG_VALUES_CHUNK;
    g_autoptr(HgUnpacker) unpacker = hg_unpacker_new();
    size_t bound = ZSTD_compressBound(size);
    g_autofree uint8_t *frame = g_malloc(bound);
    size_t packed = ZSTD_compress(frame, bound, data + 2, size - 2, 1);
    read_numbers(unpacker, data + 2, size - 2, count);
    read_values(unpacker, data + 2, size - 2, count);
    read_numbers(unpacker, frame, packed, count);
    read_values(unpacker, frame, packed, count);
    return 0;
}
