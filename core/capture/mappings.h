/* mappings.h - the mappings of a process, as /proc/PID/maps tells them.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t start, end, file_offset, inode;
    uint32_t flags; /* HG_REGION_* */
    bool readable;
    bool deleted; /* the file has no name any more */
    char *file;   /* or NULL: anonymous */
} HgMapping;

/* Returns: the mappings in order of address, HgMapping each, without those only the kernel
 * reads ([vvar], [vdso], [vsyscall]). Empty for a process that is ending. The caller frees it. */
GArray *hg_mappings_read(int pid, GError **error);

/* As above, of a text like that of /proc/PID/maps. Lines that are not understood are left out. */
GArray *hg_mappings_parse(const char *text);
