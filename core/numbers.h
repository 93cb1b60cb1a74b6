/* numbers.h - numbers as people read them.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Returns: "1,204"; g_free(). */
char *hg_number_dup_count(uint64_t count);

/* Returns: "512 B", "1.2 MiB"; g_free(). */
char *hg_number_dup_size(uint64_t size);

/* Returns: the same with a sign: "+1,204", "-1.2 MiB"; g_free(). */
char *hg_number_dup_count_growth(int64_t count);
char *hg_number_dup_size_growth(int64_t size);
