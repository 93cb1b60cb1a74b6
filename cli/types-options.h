/* types-options.h - the options that say which types, and in which order: most-common-types and
 * show-growth share them.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/types.h"

#define HG_TYPES_OPTIONS                                                                           \
    {"by",                                                                                         \
     0,                                                                                            \
     0,                                                                                            \
     G_OPTION_ARG_STRING,                                                                          \
     &hg_types_choice.by,                                                                          \
     "order by count, size or retained (default: count)",                                          \
     "WHAT"},                                                                                      \
        {"short-names",                                                                            \
         0,                                                                                        \
         0,                                                                                        \
         G_OPTION_ARG_NONE,                                                                        \
         &hg_types_choice.is_short,                                                                \
         "Session for app.models.Session; types of the same name are one row",                     \
         NULL},                                                                                    \
        {"full-names",                                                                             \
         0,                                                                                        \
         G_OPTION_FLAG_REVERSE,                                                                    \
         G_OPTION_ARG_NONE,                                                                        \
         &hg_types_choice.is_short,                                                                \
         "app.models.Session (the default)",                                                       \
         NULL},                                                                                    \
        {"tracked",                                                                                \
         0,                                                                                        \
         0,                                                                                        \
         G_OPTION_ARG_NONE,                                                                        \
         &hg_types_choice.is_tracked,                                                              \
         "only objects that the collector tracks, as objgraph counts",                             \
         NULL},                                                                                    \
        {"by-module",                                                                              \
         0,                                                                                        \
         0,                                                                                        \
         G_OPTION_ARG_NONE,                                                                        \
         &hg_types_choice.is_by_module,                                                            \
         "one row for each module",                                                                \
         NULL},                                                                                    \
        {"module",                                                                                 \
         0,                                                                                        \
         0,                                                                                        \
         G_OPTION_ARG_STRING,                                                                      \
         &hg_types_choice.module,                                                                  \
         "only types of this module and those below it",                                           \
         "MODULE"},                                                                                \
    {                                                                                              \
        "filter", 0, 0, G_OPTION_ARG_STRING, &hg_types_choice.filter,                              \
            "only types whose full name matches this regular expression", "REGEX"                  \
    }

/* What the options were. */
typedef struct {
    char *by, *module, *filter;
    gboolean is_short, is_by_module, is_tracked;
} HgTypesChoice;

extern HgTypesChoice hg_types_choice;

/* Sets *options from the choice; free options->filter with hg_types_options_clear(). */
bool hg_types_options_read(HgTypesOptions *options, GError **error);
void hg_types_options_clear(HgTypesOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgTypesOptions, hg_types_options_clear)
