/* objects.h - lists of objects: those of a type, the biggest.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/object.h"

/* Returns: numbers (uint32_t) of the objects of a type from the [first] on, at most [limit]; the
 * biggest first, then by address; g_array_unref(). */
GArray *hg_objects_of_type(HgSnapshot *snapshot, const HgTypeRow *type, uint64_t first,
                           uint64_t limit, GError **error);

/* Returns: how many objects the types (HgTypeRow) have together. */
uint64_t hg_objects_count(const GPtrArray *types);

/* Returns: as hg_objects_of_type(), of all [types]. */
GArray *hg_objects_of_types(HgSnapshot *snapshot, const GPtrArray *types, uint64_t first,
                            uint64_t limit, GError **error);

/* Returns: numbers of the [limit] objects that retain most, then by address; g_array_unref().
 * HG_ERROR_NOT_FOUND if holders are not known. */
GArray *hg_objects_by_retained(HgSnapshot *snapshot, uint64_t limit, GError **error);
