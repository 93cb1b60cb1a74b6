/* cursor.h - numbers and bytes out of memory that nobody vouches for.
 *
 * Every function takes what it returns off the front; it returns false, and takes nothing,
 * where there is too little.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const uint8_t *next, *end;
} HgCursor;

static inline size_t
hg_cursor_left(const HgCursor *cursor)
{
    return (size_t)(cursor->end - cursor->next);
}

static inline bool
hg_cursor_bytes(HgCursor *cursor, uint64_t size, const uint8_t **bytes)
{
    if (size > hg_cursor_left(cursor))
        return false;
    *bytes = cursor->next;
    cursor->next += size;
    return true;
}

static inline uint16_t
hg_load_16(const uint8_t *bytes)
{
    uint16_t number;
    memcpy(&number, bytes, sizeof number);
    return GUINT16_FROM_LE(number);
}

static inline uint32_t
hg_load_32(const uint8_t *bytes)
{
    uint32_t number;
    memcpy(&number, bytes, sizeof number);
    return GUINT32_FROM_LE(number);
}

static inline uint64_t
hg_load_64(const uint8_t *bytes)
{
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return GUINT64_FROM_LE(number);
}

/* The plain way: byte by byte, at most ten of them, 64 bits in all. */
static inline bool
hg_cursor_varint_bytewise(HgCursor *cursor, uint64_t *number)
{
    uint64_t result = 0;
    const uint8_t *next = cursor->next;
    for (unsigned shift = 0; shift < 64 && next < cursor->end; shift += 7) {
        uint8_t byte = *next++;
        if (shift == 63 && byte > 1)
            return false;
        result |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *number = result;
            cursor->next = next;
            return true;
        }
    }
    return false;
}

/* Eight groups of seven bits, one a byte, pushed together. */
static inline uint64_t
hg_varint_join(uint64_t word)
{
    word &= 0x7f7f7f7f7f7f7f7full;
    word = (word & 0x007f007f007f007full) | (word & 0x7f007f007f007f00ull) >> 1;
    word = (word & 0x00003fff00003fffull) | (word & 0x3fff00003fff0000ull) >> 2;
    return (word & 0x000000000fffffffull) | (word & 0x0fffffff00000000ull) >> 4;
}

/* Reads eight bytes at once where there are eight, and finds the varint's end in them. */
static inline bool
hg_cursor_varint(HgCursor *cursor, uint64_t *number)
{
    if (G_UNLIKELY(hg_cursor_left(cursor) < 8))
        return hg_cursor_varint_bytewise(cursor, number);
    uint64_t word = hg_load_64(cursor->next);
    uint64_t ends = ~word & 0x8080808080808080ull;
    if (G_UNLIKELY(!ends))
        return hg_cursor_varint_bytewise(cursor, number);
    *number = hg_varint_join(word & (ends ^ (ends - 1)));
    cursor->next += (__builtin_ctzll(ends) >> 3) + 1;
    return true;
}
