/* text.h - how texts fit into a terminal.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/text.h"

/* Returns: how many columns a terminal needs for [text] (UTF-8, escaped). */
unsigned hg_text_get_width(const char *text);

/* Returns: [text], or as much of it as fits into [width] columns with "…" after it; g_free(). */
char *hg_text_dup_cut(const char *text, unsigned width);
