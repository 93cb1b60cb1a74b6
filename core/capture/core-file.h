/* core-file.h - a core file as bytes in memory: mapped, not read, so it may be larger than memory.
 *
 * What zstd compressed (systemd-coredump does) and what comes out of a pipe is first copied into a
 * file without a name below $TMPDIR or /var/tmp, its empty pages as holes.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/progress.h"

typedef struct {
    uint8_t *bytes; /* mapped: munmap() */
    size_t size;
    uint64_t modified; /* microseconds since 1970; what comes out of a pipe is of now */
} HgCoreFile;

/* Both fill [file] on success; errors do not name it. */
bool hg_core_file_open(HgCoreFile *file, const char *path, const HgProgress *progress,
                       GError **error);
bool hg_core_file_open_stream(HgCoreFile *file, GInputStream *in, const HgProgress *progress,
                              GError **error);
