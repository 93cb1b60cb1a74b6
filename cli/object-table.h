/* object-table.h - a list of objects as a table: by-type, top, dominators and others share it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/command.h"
#include "core/questions/objects.h"

/* Prints the objects (uint32_t numbers), numbered from [first_nth] on if that is not 0. */
bool hg_object_table_print(const HgInvocation *invocation, HgSnapshot *snapshot,
                           const GArray *objects, uint64_t first_nth, GError **error);

/* A remark on some of the objects, in a column of its own. */
typedef struct {
    const char *key, *text;
    bool (*is_noted)(uint32_t object, const void *user_data);
    const void *user_data;
} HgObjectNote;

bool hg_object_table_print_noted(const HgInvocation *invocation, HgSnapshot *snapshot,
                                 const GArray *objects, const HgObjectNote *note, GError **error);
