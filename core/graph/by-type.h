/* by-type.h - the objects sorted by type.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/packed.h"

/* Sets *objects to all objects by type, then biggest size first, then in their order, and
 * first[0 .. n_types] to where each type starts. [type] and [size] are by object; types are
 * below [n_types]. g_free(). */
bool hg_by_type_sort(const HgPacked *type, const HgPacked *size, uint32_t n_types, uint64_t *first,
                     uint32_t **objects, GError **error);
