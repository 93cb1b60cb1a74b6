/* touched.h - which pages of a process hold something of their own.
 *
 * A page of a private mapping that was never written is zero, or as in its file: there is
 * nothing to copy. The kernel tells by PAGEMAP_SCAN (Linux 6.7), or page by page.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t start, end;
} HgRange;

typedef struct {
    int file; /* /proc/PID/pagemap */
} HgTouched;

bool hg_touched_open(HgTouched *touched, int pid, GError **error);
void hg_touched_close(HgTouched *touched);

/* Appends the ranges of [start, end) that are the process's own to [ranges] (HgRange), in order.
 * Where the kernel does not tell, that is all of it. */
void hg_touched_append(const HgTouched *touched, uint64_t start, uint64_t end, GArray *ranges);
