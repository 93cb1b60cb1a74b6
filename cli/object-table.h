/* object-table.h - a list of objects as a table: by-type, top, dominators and others share it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/command.h"
#include "core/questions/objects.h"

#define HG_PATH_STEPS 12 /* of a path in a table; what lies between is "..." */

/* Prints the objects (uint32_t numbers), numbered from [first_nth] on if that is not 0. */
bool hg_object_table_print(const HgInvocation *invocation, HgSnapshot *snapshot,
                           const GArray *objects, uint64_t first_nth, GError **error);

/* Text about an object, in a column of its own. */
typedef struct {
    const char *key, *title;
    /* Sets *text to it, to NULL if there is none; g_free(). */
    bool (*dup)(HgSnapshot *snapshot, uint32_t object, const void *user_data, char **text,
                GError **error);
    const void *user_data;
} HgObjectNote;

/* The shortest way from a root to the object, in one line: "app.cache['a']". */
extern const HgObjectNote hg_object_path;

bool hg_object_table_print_noted(const HgInvocation *invocation, HgSnapshot *snapshot,
                                 const GArray *objects, const HgObjectNote *note, GError **error);
