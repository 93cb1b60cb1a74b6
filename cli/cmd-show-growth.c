/* cmd-show-growth.c - heapgraph show-growth: what there is more of than before.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/growth-series.h"
#include "cli/growth-tables.h"
#include "cli/types-options.h"
#include "core/questions/containers.h"
#include "core/questions/rule.h"

static gboolean all_option, monotonic_option, peak_option, ids_option;
static char **rules_option, *since_option, *new_option;

/* ---- rules ------------------------------------------------------------------------------- */

static char *
dup_broken(const char *text, const HgRule *rule, const HgVerdict *verdict)
{
    bool is_bytes = g_str_equal(rule->name, "total-bytes");
    g_autofree char *growth = is_bytes ? hg_number_dup_size_growth(verdict->growth)
                                       : hg_number_dup_count_growth(verdict->growth);
    g_autofree char *before =
        is_bytes ? hg_number_dup_size(verdict->before) : hg_number_dup_count(verdict->before);
    return g_strdup_printf("%s: %s grew by %s, from %s", text, rule->name, growth + 1, before);
}

static bool
check_rule(const char *text, const HgSeries *series, GPtrArray *broken, GError **error)
{
    HgRule rule;
    HgVerdict verdict;
    if (!hg_rule_parse(text, &rule, error))
        return false;
    bool done = hg_rule_check(&rule, series->snapshot, series->count, &verdict, error);
    if (done && !verdict.is_known)
        hg_output_remark("--fail-if '%s': no type of that name in any of the snapshots", text);
    if (done && verdict.holds)
        g_ptr_array_add(broken, dup_broken(text, &rule, &verdict));
    hg_rule_clear(&rule);
    return done;
}

static bool
check_rules(const HgSeries *series, GError **error)
{
    g_autoptr(GPtrArray) broken = g_ptr_array_new_with_free_func(g_free);
    for (char **text = rules_option; text && *text; text++)
        if (!check_rule(*text, series, broken, error))
            return false;
    if (broken->len == 0)
        return true;
    g_ptr_array_add(broken, NULL);
    g_autofree char *message = g_strjoinv("\n", (char **)broken->pdata);
    g_set_error_literal(error, HG_ERROR, HG_ERROR_RULE, message);
    return false;
}

/* A rule that cannot be read is wrong whatever the snapshots hold. */
static bool
check_syntax(GError **error)
{
    for (char **text = rules_option; text && *text; text++) {
        HgRule rule;
        if (!hg_rule_parse(*text, &rule, error))
            return false;
        hg_rule_clear(&rule);
    }
    return true;
}

/* ---- the command --------------------------------------------------------------------------- */

static HgGrowthKind
get_kind(void)
{
    if (monotonic_option)
        return HG_GROWTH_MONOTONIC;
    if (peak_option)
        return HG_GROWTH_PEAK;
    return all_option ? HG_GROWTH_CHANGED : HG_GROWTH_GREW;
}

static bool
check_use(GError **error)
{
    const char *problem = NULL;
    if (all_option + monotonic_option + peak_option > 1)
        problem = "--all, --monotonic and --peak exclude each other";
    else if (new_option && (all_option || monotonic_option || peak_option || ids_option))
        problem = "--new lists objects: it goes without --all, --monotonic, --peak and --ids";
    else if (ids_option && peak_option)
        problem = "--ids compares two snapshots: it goes without --peak";
    if (problem)
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE, problem);
    return !problem && check_syntax(error);
}

static bool
print_growth(const HgInvocation *invocation, const HgSeries *series, const HgTypesOptions *options,
             GError **error)
{
    g_autoptr(GPtrArray) containers = NULL;
    g_autoptr(HgTypes) types =
        hg_growth_list(series->snapshot, series->count, get_kind(), options, error);
    if (!types)
        return false;
    if (monotonic_option) {
        containers = hg_containers_find_growing(series->snapshot, series->count, error);
        if (!containers)
            return false;
    }
    return hg_growth_print(invocation, series, types, options, containers, error);
}

/* The highest so far is known only from all there are. */
static const char *
get_since(const HgInvocation *invocation)
{
    return !since_option && peak_option && invocation->n_arguments == 0 ? "first" : since_option;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgTypesOptions) options = {0};
    if (!check_use(error) || !hg_types_options_read(&options, error))
        return false;
    options.counts_new = ids_option;
    g_autoptr(HgSeries) series = hg_series_open(invocation, get_since(invocation), error);
    if (!series || !(new_option ? hg_growth_print_new(invocation, series, new_option, error)
                                : print_growth(invocation, series, &options, error)))
        return false;
    hg_series_remark(series);
    return check_rules(series, error);
}

static const GOptionEntry options[] = {
    HG_TYPES_OPTIONS,
    {"since", 0, 0, G_OPTION_ARG_STRING, &since_option,
     "all snapshots from this one on: a number, a name, or first", "SNAPSHOT"},
    {"all", 0, 0, G_OPTION_ARG_NONE, &all_option, "show what shrank, too", NULL},
    {"monotonic", 0, 0, G_OPTION_ARG_NONE, &monotonic_option,
     "only what grew from each snapshot to the next, containers by their paths", NULL},
    {"peak", 0, 0, G_OPTION_ARG_NONE, &peak_option,
     "what there is more of than in any snapshot before", NULL},
    {"ids", 0, 0, G_OPTION_ARG_NONE, &ids_option,
     "count the objects that came and went, by their addresses", NULL},
    {"new", 0, 0, G_OPTION_ARG_STRING, &new_option, "list the new objects of a type", "TYPE"},
    {"fail-if", 0, 0, G_OPTION_ARG_STRING_ARRAY, &rules_option,
     "exit with status 3 if this holds: 'Session > 100', 'total-bytes > 5%'; may be repeated",
     "RULE"},
    {0}};

const HgCommand cmd_show_growth = {
    .name = "show-growth",
    .arguments = "[BEFORE [AFTER...]]",
    .max_arguments = UINT_MAX,
    .summary = "what there is more of than before",
    .details =
        "Compares the last two snapshots, or those that are named by number, by name or as dump\n"
        "files; BEFORE alone is compared with the latest. COUNT and SIZE are of what is live in "
        "the\n"
        "last: garbage waits for the collector and is counted apart.\n"
        "\n"
        "--peak is the rule of objgraph: without names it looks at all snapshots. --new and --ids\n"
        "know an object by its address, so both snapshots must be of one process; where an "
        "address\n"
        "was used again for another object of the type, \"same address\" says that this is likely\n"
        "and not certain. A RULE speaks of the growth of a type, of total-objects or of\n"
        "total-bytes.\n"
        "\n"
        "Examples:\n"
        "  heapgraph show-growth\n"
        "  heapgraph show-growth before.hgd after.hgd\n"
        "  heapgraph show-growth --since first --monotonic\n"
        "  heapgraph show-growth --new Session\n"
        "  heapgraph show-growth --fail-if 'Session > 100' --fail-if 'total-bytes > 5%'",
    .takes = HG_TAKES_STORE | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
