/* path.h - the text of a path to an object, in steps.
 *
 *      app.cache.sessions['a'][0]   .app .cache .sessions ['a'] [0]
 *      0x7f3a5c021d80.user          0x7f3a5c021d80 .user
 *
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/error.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    HG_STEP_ATTRIBUTE, /* .name */
    HG_STEP_INDEX,     /* [3], [-1]; also the key 3 of a dict */
    HG_STEP_TEXT,      /* ['a'] */
    HG_STEP_BYTES,     /* [b'a'] */
    HG_STEP_ADDRESS,   /* [0x7f3a...], [<Key 0x7f3a...>]: the key object with that address */
    HG_STEP_OTHER      /* [None], [2.5], [('a', 1)]: a key with that value */
} HgStepKind;

typedef struct {
    HgStepKind kind;
    char *text;       /* attribute, text, bytes, other */
    int64_t index;    /* HG_STEP_INDEX */
    uint64_t address; /* HG_STEP_ADDRESS */
    unsigned end;     /* bytes of the path up to and with this step */
} HgStep;

/* Returns: HgStep of [path] from the byte [start] on, where a '.' or '[' stands or, with
 * [begins_with_name], a name; g_ptr_array_unref(). HG_ERROR_USAGE says where it cannot be read. */
GPtrArray *hg_path_parse(const char *path, unsigned start, bool begins_with_name, GError **error);

/* Returns: the path without its items and keys, "app.handlers[].visited" of
 * "app.handlers[3].visited"; g_free(). */
char *hg_path_dup_pattern(const char *path);
