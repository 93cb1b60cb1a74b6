/* radix.h - sorting pairs of numbers, digit by digit.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Sorts by [key] ascending and moves [value] along; pairs with equal keys stay in their order.
 * Digits in which all keys agree cost nothing. Takes 12 bytes a pair meanwhile. */
bool hg_radix_sort(uint64_t *key, uint32_t *value, uint64_t count, GError **error);

/* Sorts by the high 32 bits alone; the low ones come along. Takes 8 bytes a key meanwhile. */
bool hg_radix_sort_high(uint64_t *key, uint64_t count, GError **error);
