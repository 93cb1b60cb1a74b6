/* search.h - what only a Python runtime looks like, found without symbols.
 *
 * The collector has three list heads behind each other, 24 bytes apart, each circular: its next's
 * previous and its previous' next are itself. Each is followed by a threshold and a count.
 * Nothing else in memory looks so by chance.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/image.h"

/* Returns: the addresses (uint64_t) of the first of three such heads, those in data of programs
 * first. The caller frees it. */
GArray *hg_search_generations(HgImage *image);
