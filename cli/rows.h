/* rows.h - rows that SQL gives, as a table, JSON or CSV.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/output.h"
#include "core/store/store.h"

/* Runs statements that read, and prints what they give to [file]: a table for each statement. */
bool hg_rows_print(FILE *file, HgFormat format, HgSnapshot *snapshot, const char *sql,
                   GError **error);
