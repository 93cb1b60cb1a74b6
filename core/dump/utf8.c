/* utf8.c - is it UTF-8? NUL counts as a character here, unlike in GLib.
 * SPDX-License-Identifier: MIT */
#include "core/dump/utf8.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

bool
hg_utf8_is_ascii(const char *bytes, size_t size)
{
    uint64_t word, high = 0;
    for (; size >= sizeof word; size -= sizeof word, bytes += sizeof word) {
        memcpy(&word, bytes, sizeof word);
        high |= word;
    }
    for (; size; size--)
        high |= (uint8_t)*bytes++;
    return !(high & 0x8080808080808080ull);
}

/* GLib stops at NUL, so each stretch between them goes to it by itself. */
static bool
is_valid_between_nuls(const char *bytes, size_t size)
{
    const char *end = bytes + size;
    while (!g_utf8_validate_len(bytes, (size_t)(end - bytes), &bytes)) {
        if (*bytes)
            return false;
        bytes++;
    }
    return true;
}

bool
hg_utf8_is_valid(const char *bytes, size_t size)
{
    return hg_utf8_is_ascii(bytes, size) || is_valid_between_nuls(bytes, size);
}
