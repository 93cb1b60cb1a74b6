/* bytes.h - a growing array of bytes, for texts and values.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    char *bytes;
    uint64_t n;
    uint64_t room;
} HgBytes;

static inline void
hg_bytes_clear(HgBytes *bytes)
{
    g_free(bytes->bytes);
    *bytes = (HgBytes){0};
}

static inline bool
hg_bytes_append(HgBytes *bytes, const void *more, size_t size, GError **error)
{
    if (bytes->n + size > bytes->room) {
        uint64_t room = MAX(bytes->n + size, bytes->room + bytes->room / 2 + 4096);
        char *moved = g_try_realloc(bytes->bytes, room);
        if (!moved) {
            g_set_error_literal(error, HG_ERROR, HG_ERROR_MEMORY,
                                "not enough memory for the texts");
            return false;
        }
        bytes->bytes = moved;
        bytes->room = room;
    }
    if (size)
        memcpy(bytes->bytes + bytes->n, more, size);
    bytes->n += size;
    return true;
}
