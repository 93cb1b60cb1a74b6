/* objects.h - lists of objects: those of a type, the biggest, what is held by one.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/object.h"

/* Returns: numbers (uint32_t) of the objects of a type from the [first] on, at most [limit]; the
 * biggest first, then by address; g_array_unref(). */
GArray *hg_objects_of_type(HgSnapshot *snapshot, const HgTypeRow *type, uint64_t first,
                           uint64_t limit, GError **error);

/* Returns: numbers of the [limit] objects that retain most, then by address, of all or of those
 * directly held by [holder] (HG_NONE: by nobody but roots) if [is_held]; g_array_unref(). Sets
 * *count to how many there are, unless it is NULL. HG_ERROR_NOT_FOUND if holders are not known. */
GArray *hg_objects_by_retained(HgSnapshot *snapshot, bool is_held, uint32_t holder, uint64_t limit,
                               uint64_t *count, GError **error);
