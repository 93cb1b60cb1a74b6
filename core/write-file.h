/* write-file.h - a file that is there whole or not at all.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Writes [size] bytes to [path]; a new file gets [mode]. A regular file is replaced at once; what
 * is none, a pipe or /dev/null, is written to and stays what it is. */
bool hg_write_file(const char *path, const char *data, size_t size, int mode, GError **error);
