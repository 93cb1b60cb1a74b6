/* regex.h - regular expressions as options.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Sets *regex to what [option] was given, to NULL if that is NULL; g_regex_unref(). */
bool hg_regex_read(const char *option, const char *pattern, const GRegex **regex, GError **error);
