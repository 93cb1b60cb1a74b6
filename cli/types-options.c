/* types-options.c - the options that say which types, and in which order.
 * SPDX-License-Identifier: MIT */
#include "cli/types-options.h"

#include "cli/regex.h"

HgTypesChoice hg_types_choice;

static bool
read_order(const char *by, HgOrder *order, GError **error)
{
    static const char *const names[] = {"count", "size", "retained"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(by, names[i])) {
            *order = (HgOrder)i;
            return true;
        }
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "--by %s: expected count, size or retained", by);
    return false;
}

bool
hg_types_options_read(HgTypesOptions *options, GError **error)
{
    *options = (HgTypesOptions){.module = hg_types_choice.module,
                                .only_tracked = hg_types_choice.is_tracked};
    if (hg_types_choice.is_short && hg_types_choice.is_by_module) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "--short-names and --by-module exclude each other");
        return false;
    }
    if (hg_types_choice.is_short)
        options->names = HG_NAMES_SHORT;
    if (hg_types_choice.is_by_module)
        options->names = HG_NAMES_MODULE;
    return (!hg_types_choice.by || read_order(hg_types_choice.by, &options->order, error)) &&
           hg_regex_read("--filter", hg_types_choice.filter, &options->filter, error);
}

void
hg_types_options_clear(HgTypesOptions *options)
{
    if (options->filter)
        g_regex_unref((GRegex *)options->filter);
    options->filter = NULL;
}
