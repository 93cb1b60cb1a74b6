/* regex.c - regular expressions as options.
 * SPDX-License-Identifier: MIT */
#include "cli/regex.h"

#include "core/error.h"

#include <string.h>

bool
hg_regex_read(const char *option, const char *pattern, const GRegex **regex, GError **error)
{
    g_autoptr(GError) problem = NULL;
    *regex = pattern ? g_regex_new(pattern, G_REGEX_OPTIMIZE, 0, &problem) : NULL;
    if (!problem)
        return true;
    const char *place = g_strrstr(problem->message, "at char ");
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "%s: '%s' is no regular expression: %s", option,
                pattern, place ? place : problem->message);
    return false;
}
