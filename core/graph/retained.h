/* retained.h - what would be freed with an object, or with all objects of a type.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/dominators.h"

/* Sets *retained to an array by number (not by object): the sizes of all that the object with
 * that number dominates, itself included; [0] is the sum of all. [size] is by object. g_free(). */
bool hg_retained_find(const HgDominators *dominators, const HgPacked *size, uint64_t **retained,
                      GError **error);

/* Adds to [sums], one a type, what its objects retain together: an object that is dominated by
 * one of the same type counts with that one. [type] is by object and below [n_types],
 * [retained] as hg_retained_find() gives it. */
bool hg_retained_sum_types(const HgDominators *dominators, const uint64_t *retained,
                           const HgPacked *type, uint32_t n_types, uint64_t *sums, GError **error);
