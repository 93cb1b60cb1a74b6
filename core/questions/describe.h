/* describe.h - what an object holds, and what holds it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/object.h"

/* One reference as people see it. That of an instance to a value in its __dict__ is one step, not
 * two: `.user`, whether the instance keeps its values inline or in a dict. */
typedef struct {
    uint32_t source, target; /* across the __dict__ between them, if there is one */
    uint32_t dict;           /* that __dict__, or HG_NONE */
    uint8_t how;             /* HG_HOW_* and label kind */
    char *label;             /* ".user", "[3]", "['key']", ... */
} HgLink;

/* Returns: HgLink of what [object] refers to, in the order of the dump, at most [limit], then those
 * of its __dict__; keys of a dict are left out, since their values are named after them. Sets
 * *count to how many references there are in all; g_ptr_array_unref(). */
GPtrArray *hg_describe_fields(HgSnapshot *snapshot, uint32_t object, uint64_t limit,
                              uint64_t *count, GError **error);

/* Returns: HgLink of what refers to [object], at most [limit]: from the holder first, then those
 * that retain most. Sets *count to how many references there are in all; g_ptr_array_unref(). */
GPtrArray *hg_describe_referrers(HgSnapshot *snapshot, uint32_t object, uint64_t limit,
                                 uint64_t *count, GError **error);

/* Returns: the label of the first reference from [source] to [target] that keeps it alive, or if
 * none does of the first; g_free(). */
char *hg_describe_dup_link(HgSnapshot *snapshot, uint32_t source, uint32_t target, GError **error);

/* Sets *owner to the object whose __dict__ is [dict], HG_NONE if it is nobody's. */
bool hg_describe_find_owner(HgSnapshot *snapshot, uint32_t dict, uint32_t *owner, GError **error);

/* Returns: the label of a value in a __dict__: ".user" for "['user']"; g_free(). */
char *hg_describe_dup_attribute(const char *label);

/* Returns: a label as the next step of a path: ".user" and "[3]" as they are, "key" as ".<key>",
 * "<at 24>" as ".<at 24>"; g_free(). */
char *hg_describe_dup_step(const char *label);
