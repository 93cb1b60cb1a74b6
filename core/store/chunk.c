/* chunk.c - a piece of a column, packed.
 * SPDX-License-Identifier: MIT */
#include "core/store/chunk.h"

#include <string.h>
#include <zstd.h>

/* The loops over a chunk are what loading and reading spend their time in; clang turns them into
 * vector code by itself, GCC 12 only at this level. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

_Static_assert(G_BYTE_ORDER == G_LITTLE_ENDIAN, "chunks are little-endian");

#define HEADER 24u
#define RAW_MAX (HEADER + 8u * HG_CHUNK)
#define VALUES_RAW_MAX (4u + 2u * HG_VALUES_CHUNK + HG_VALUES_CHUNK * (size_t)HG_VALUE_MAX)

enum {
    ENCODING_PLAIN,
    ENCODING_RISING,
    ENCODING_SIGNED,
    N_ENCODINGS
};

typedef struct {
    uint8_t encoding, width;
    uint16_t reserved;
    uint32_t count;
    uint64_t base, first;
} Header;

_Static_assert(sizeof(Header) == HEADER, "the header stands in files");

struct HgPacker {
    ZSTD_CCtx *zstd;
    uint64_t parts[HG_CHUNK];
    uint8_t raw[RAW_MAX];
};

struct HgUnpacker {
    ZSTD_DCtx *zstd;
    Header header;
    uint64_t wide[HG_CHUNK];
    uint8_t raw[RAW_MAX];
};

/* ---- packing -------------------------------------------------------------------------- */

HgPacker *
hg_packer_new(void)
{
    HgPacker *packer = g_new(HgPacker, 1);
    packer->zstd = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(packer->zstd, ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(packer->zstd, ZSTD_c_checksumFlag, 1);
    return packer;
}

void
hg_packer_free(HgPacker *packer)
{
    if (!packer)
        return;
    ZSTD_freeCCtx(packer->zstd);
    g_free(packer);
}

static GBytes *
compress(HgPacker *packer, const void *raw, size_t size)
{
    size_t bound = ZSTD_compressBound(size);
    g_autofree uint8_t *packed = g_malloc(bound);
    size_t stored = ZSTD_compress2(packer->zstd, packed, bound, raw, size);
    g_assert(!ZSTD_isError(stored));
    return g_bytes_new(packed, stored);
}

static inline uint64_t
zigzag(uint64_t difference)
{
    return (difference << 1) ^ (0 - (difference >> 63));
}

static inline unsigned
count_bits(uint64_t number)
{
    return number ? 64 - (unsigned)__builtin_clzll(number) : 0;
}

typedef struct {
    uint64_t least, most;           /* of the numbers */
    uint64_t least_step, most_step; /* of the differences modulo 2^64 */
    uint64_t widest;                /* all bits that zigzag differences have */
    bool rises;
} Survey;

static Survey
survey(const uint64_t *numbers, uint32_t count)
{
    uint64_t least = numbers[0], most = numbers[0];
    uint64_t least_step = UINT64_MAX, most_step = 0, widest = 0, falls = 0;
    for (uint32_t index = 1; index < count; index++) {
        uint64_t number = numbers[index], step = number - numbers[index - 1];
        least = MIN(least, number);
        most = MAX(most, number);
        least_step = MIN(least_step, step);
        most_step = MAX(most_step, step);
        widest |= zigzag(step);
        falls |= number < numbers[index - 1];
    }
    return (Survey){least, most, least_step, most_step, widest, !falls};
}

#define SAMPLE 16u /* one number of so many tells what an encoding costs */

/* Returns: the bits of parts that are plain numbers, or differences. */
static uint64_t
count_plain_bits(const Survey *found, const uint64_t *numbers, uint32_t count)
{
    uint64_t bits = 0;
    for (uint32_t index = 1; index < count; index += SAMPLE)
        bits += count_bits(numbers[index] - found->least);
    return bits;
}

static uint64_t
count_step_bits(const Survey *found, const uint64_t *numbers, uint32_t count)
{
    uint64_t bits = 0;
    for (uint32_t index = 1; index < count; index += SAMPLE) {
        uint64_t step = numbers[index] - numbers[index - 1];
        bits += count_bits(found->rises ? step - found->least_step : zigzag(step));
    }
    return bits;
}

static inline uint8_t
bytes_for(uint64_t number)
{
    return (uint8_t)((count_bits(number) + 7) / 8);
}

static Header
choose(const uint64_t *numbers, uint32_t count)
{
    Survey found = survey(numbers, count);
    Header plain = {ENCODING_PLAIN, bytes_for(found.most - found.least), 0, count, found.least, 0};
    if (plain.width == 0 ||
        count_step_bits(&found, numbers, count) >= count_plain_bits(&found, numbers, count))
        return plain;
    if (found.rises)
        return (Header){ENCODING_RISING,
                        bytes_for(found.most_step - found.least_step),
                        0,
                        count,
                        found.least_step,
                        numbers[0] - found.least_step};
    return (Header){ENCODING_SIGNED, bytes_for(found.widest), 0, count, 0, numbers[0]};
}

static void
make_parts(const Header *header, const uint64_t *numbers, uint64_t *parts)
{
    uint64_t before = header->first;
    switch (header->encoding) {
    case ENCODING_PLAIN:
        for (uint32_t index = 0; index < header->count; index++)
            parts[index] = numbers[index] - header->base;
        break;
    case ENCODING_RISING:
        for (uint32_t index = 0; index < header->count; before = numbers[index++])
            parts[index] = numbers[index] - before - header->base;
        break;
    case ENCODING_SIGNED:
        for (uint32_t index = 0; index < header->count; before = numbers[index++])
            parts[index] = zigzag(numbers[index] - before);
        break;
    default:
        g_assert_not_reached();
    }
}

static void
split_planes(const Header *header, const uint64_t *parts, uint8_t *planes)
{
    uint32_t count = header->count;
    for (unsigned plane = 0; plane < header->width; plane++, planes += count)
        for (uint32_t index = 0; index < count; index++)
            planes[index] = (uint8_t)(parts[index] >> (8 * plane));
}

GBytes *
hg_packer_pack(HgPacker *packer, const uint64_t *numbers, uint32_t count)
{
    g_assert(count > 0 && count <= HG_CHUNK);
    Header header = choose(numbers, count);
    memcpy(packer->raw, &header, HEADER);
    make_parts(&header, numbers, packer->parts);
    split_planes(&header, packer->parts, packer->raw + HEADER);
    return compress(packer, packer->raw, HEADER + (size_t)header.width * count);
}

GBytes *
hg_packer_pack_values(HgPacker *packer, const uint16_t *size_plus_one, uint32_t count,
                      const uint8_t *bytes, size_t n_bytes)
{
    g_autoptr(GByteArray) raw = g_byte_array_sized_new((guint)(4 + 2 * count + n_bytes));
    g_byte_array_append(raw, (const uint8_t *)&count, 4);
    g_byte_array_append(raw, (const uint8_t *)size_plus_one, 2 * count);
    if (n_bytes)
        g_byte_array_append(raw, bytes, (guint)n_bytes);
    return compress(packer, raw->data, raw->len);
}

/* ---- unpacking ------------------------------------------------------------------------ */

HgUnpacker *
hg_unpacker_new(void)
{
    HgUnpacker *unpacker = g_new(HgUnpacker, 1);
    unpacker->zstd = ZSTD_createDCtx();
    unpacker->header = (Header){0};
    return unpacker;
}

void
hg_unpacker_free(HgUnpacker *unpacker)
{
    if (!unpacker)
        return;
    ZSTD_freeDCtx(unpacker->zstd);
    g_free(unpacker);
}

static bool
refuse(GError **error, const char *expectation)
{
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "damaged chunk: %s", expectation);
    return false;
}

static bool
check_header(const Header *header, size_t size, uint32_t count, GError **error)
{
    if (header->count != count)
        return refuse(error, "expected another count of numbers");
    if (header->encoding >= N_ENCODINGS || header->width > 8 || header->reserved)
        return refuse(error, "unknown encoding");
    if (size != HEADER + (size_t)header->width * header->count)
        return refuse(error, "its length does not fit its count");
    return true;
}

bool
hg_unpacker_open(HgUnpacker *unpacker, const void *packed, size_t size, uint32_t count,
                 GError **error)
{
    g_assert(count <= HG_CHUNK);
    Header header;
    size_t raw = ZSTD_decompressDCtx(unpacker->zstd, unpacker->raw, RAW_MAX, packed, size);
    if (ZSTD_isError(raw))
        return refuse(error, ZSTD_getErrorName(raw));
    if (raw < HEADER)
        return refuse(error, "too short");
    memcpy(&header, unpacker->raw, HEADER);
    if (!check_header(&header, raw, count, error))
        return false;
    unpacker->header = header;
    return true;
}

/* The loops below are plain so that the compiler turns them into vector code. */

static void
join_planes(const Header *header, const uint8_t *planes, uint64_t *parts)
{
    uint32_t count = header->count;
    memset(parts, 0, count * sizeof *parts);
    for (unsigned plane = 0; plane < header->width; plane++, planes += count)
        for (uint32_t index = 0; index < count; index++)
            parts[index] |= (uint64_t)planes[index] << (8 * plane);
}

static void
join_planes_u32(const Header *header, const uint8_t *planes, uint32_t *parts)
{
    uint32_t count = header->count;
    memset(parts, 0, count * sizeof *parts);
    for (unsigned plane = 0; plane < header->width; plane++, planes += count)
        for (uint32_t index = 0; index < count; index++)
            parts[index] |= (uint32_t)planes[index] << (8 * plane);
}

static inline uint64_t
unzigzag(uint64_t folded)
{
    return (folded >> 1) ^ (0 - (folded & 1));
}

void
hg_unpacker_read(HgUnpacker *unpacker, uint64_t *numbers)
{
    const Header *header = &unpacker->header;
    uint64_t number = header->first;
    join_planes(header, unpacker->raw + HEADER, numbers);
    switch (header->encoding) {
    case ENCODING_PLAIN:
        for (uint32_t index = 0; index < header->count; index++)
            numbers[index] += header->base;
        break;
    case ENCODING_RISING:
        for (uint32_t index = 0; index < header->count; index++)
            numbers[index] = number += header->base + numbers[index];
        break;
    default:
        for (uint32_t index = 0; index < header->count; index++)
            numbers[index] = number += unzigzag(numbers[index]);
        break;
    }
}

/* Through 64 bits: for chunks with numbers or differences that are wide. */
static bool
narrow_wide(HgUnpacker *unpacker, uint32_t *numbers)
{
    uint64_t *wide = unpacker->wide, all = 0;
    hg_unpacker_read(unpacker, wide);
    for (uint32_t index = 0; index < unpacker->header.count; index++) {
        all |= wide[index];
        numbers[index] = (uint32_t)wide[index];
    }
    return all <= UINT32_MAX;
}

static bool
narrow_plain(HgUnpacker *unpacker, uint32_t *numbers)
{
    const Header *header = &unpacker->header;
    uint32_t base = (uint32_t)header->base, most = 0;
    join_planes_u32(header, unpacker->raw + HEADER, numbers);
    for (uint32_t index = 0; index < header->count; index++) {
        most = MAX(most, numbers[index]);
        numbers[index] += base;
    }
    return header->base <= UINT32_MAX && most <= UINT32_MAX - base;
}

/* The sums run in 64 bits, so that what leaves 32 bits is seen. */
static bool
narrow_signed(HgUnpacker *unpacker, uint32_t *numbers)
{
    const Header *header = &unpacker->header;
    uint64_t number = header->first, all = 0;
    join_planes_u32(header, unpacker->raw + HEADER, numbers);
    for (uint32_t index = 0; index < header->count; index++) {
        number += unzigzag(numbers[index]);
        all |= number;
        numbers[index] = (uint32_t)number;
    }
    return all <= UINT32_MAX;
}

bool
hg_unpacker_read_u32(HgUnpacker *unpacker, uint32_t *numbers)
{
    if (unpacker->header.width > 4)
        return narrow_wide(unpacker, numbers);
    if (unpacker->header.encoding == ENCODING_PLAIN)
        return narrow_plain(unpacker, numbers);
    if (unpacker->header.encoding == ENCODING_SIGNED)
        return narrow_signed(unpacker, numbers);
    return narrow_wide(unpacker, numbers);
}

bool
hg_unpacker_read_u8(HgUnpacker *unpacker, uint8_t *numbers)
{
    uint32_t narrow[HG_CHUNK], all = 0;
    bool fits = hg_unpacker_read_u32(unpacker, narrow);
    for (uint32_t index = 0; index < unpacker->header.count; index++) {
        all |= narrow[index];
        numbers[index] = (uint8_t)narrow[index];
    }
    return fits && all <= UINT8_MAX;
}

/* ---- values --------------------------------------------------------------------------- */

void
hg_values_clear(HgValues *values)
{
    g_free(values->first);
    g_free(values->present);
    g_free(values->bytes);
    *values = (HgValues){0};
}

/* Returns: the contents of the frame, NULL with [error] set; g_free(). */
static uint8_t *
decompress(HgUnpacker *unpacker, const void *packed, size_t size, size_t *n_raw, GError **error)
{
    unsigned long long claimed = ZSTD_getFrameContentSize(packed, size);
    if (claimed < 4 || claimed > VALUES_RAW_MAX) { /* also what is unknown or wrong */
        refuse(error, "expected a frame of values");
        return NULL;
    }
    g_autofree uint8_t *raw = g_malloc(claimed);
    *n_raw = ZSTD_decompressDCtx(unpacker->zstd, raw, claimed, packed, size);
    if (ZSTD_isError(*n_raw)) {
        refuse(error, ZSTD_getErrorName(*n_raw));
        return NULL;
    }
    return g_steal_pointer(&raw);
}

static void
read_sizes(HgValues *values, const uint8_t *sizes)
{
    values->first = g_new(uint32_t, values->count + 1);
    values->present = g_new(bool, values->count);
    uint32_t first = 0;
    for (uint32_t index = 0; index < values->count; index++) {
        uint16_t size_plus_one;
        memcpy(&size_plus_one, sizes + 2 * index, 2);
        values->first[index] = first;
        values->present[index] = size_plus_one > 0;
        first += size_plus_one ? size_plus_one - 1u : 0;
    }
    values->first[values->count] = first;
}

bool
hg_unpacker_read_values(HgUnpacker *unpacker, const void *packed, size_t size, uint32_t count,
                        HgValues *values, GError **error)
{
    g_assert(count <= HG_VALUES_CHUNK);
    size_t n_raw;
    g_autofree uint8_t *raw = decompress(unpacker, packed, size, &n_raw, error);
    if (!raw)
        return false;
    uint32_t claimed = 0;
    memcpy(&claimed, raw, MIN(n_raw, 4));
    size_t start = 4 + 2 * (size_t)count;
    if (n_raw < start || claimed != count)
        return refuse(error, "expected another count of values");
    HgValues found = {.count = count};
    read_sizes(&found, raw + 4);
    if (found.first[count] != n_raw - start) {
        hg_values_clear(&found);
        return refuse(error, "its length does not fit its values");
    }
    found.bytes = g_memdup2(raw + start, n_raw - start);
    *values = found;
    return true;
}
