/* cmd-show-growth.c - heapgraph show-growth: what there is more of than before.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/table.h"
#include "cli/types-options.h"
#include "core/questions/rule.h"

#include <inttypes.h>

#define SNAPSHOTS_MAX 100

static gboolean all_option, monotonic_option;
static char **rules_option;

/* The snapshots compared, each with the session it belongs to. */
typedef struct {
    HgSession store; /* that of -d, if it is needed */
    HgSession opened[SNAPSHOTS_MAX];
    HgSnapshot *snapshot[SNAPSHOTS_MAX];
    unsigned count;
} Series;

static void
free_series(Series *series)
{
    for (unsigned i = 0; i < series->count; i++)
        hg_session_clear(&series->opened[i]);
    hg_session_clear(&series->store);
    g_free(series);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Series, free_series)

static bool
add_snapshot(Series *series, const char *which, GError **error)
{
    HgSession *opened = &series->opened[series->count];
    if (!hg_session_open_other(&series->store, which, opened, error)) {
        hg_session_clear(opened);
        return false;
    }
    series->snapshot[series->count++] = opened->snapshot;
    return true;
}

/* The store is opened where there is one; snapshots may all be dumps that are named. */
static bool
open_store(Series *series, const HgInvocation *invocation, GError **error)
{
    bool is_there = g_file_test(hg_session_get_path(invocation), G_FILE_TEST_EXISTS);
    if (!is_there && invocation->n_arguments >= 2 && !invocation->store)
        return true;
    return hg_session_open_store(&series->store, invocation, HG_STORE_READ, error);
}

static bool
open_series(Series *series, const HgInvocation *invocation, GError **error)
{
    if (invocation->n_arguments > SNAPSHOTS_MAX) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "at most %d snapshots can be compared",
                    SNAPSHOTS_MAX);
        return false;
    }
    if (!open_store(series, invocation, error))
        return false;
    if (invocation->n_arguments == 0 && !add_snapshot(series, "previous", error))
        return false;
    for (unsigned i = 0; i < invocation->n_arguments; i++)
        if (!add_snapshot(series, invocation->arguments[i], error))
            return false;
    return invocation->n_arguments >= 2 || add_snapshot(series, "latest", error);
}

/* ---- the table --------------------------------------------------------------------------- */

static void
add_row(HgTable *table, const HgTypes *types, const HgTypesRow *row, bool knows_retained)
{
    const HgTypeCount *last = &row->in[types->n_snapshots - 1];
    hg_table_add_text(table, row->name);
    for (unsigned i = 0; i < types->n_snapshots; i++)
        hg_table_add_number(table, row->in[i].count);
    hg_table_add_signed(table, hg_growth_get(types, row, HG_BY_COUNT));
    hg_table_add_number(table, last->garbage);
    hg_table_add_number(table, last->size);
    hg_table_add_signed(table, hg_growth_get(types, row, HG_BY_SIZE));
    if (knows_retained && last->retained != HG_UNKNOWN)
        hg_table_add_signed(table, hg_growth_get(types, row, HG_BY_RETAINED));
    else
        hg_table_add_none(table);
}

typedef struct {
    GArray *columns; /* HgTableColumn */
    char *keys[SNAPSHOTS_MAX];
} Layout;

static void
append_column(Layout *layout, const char *key, const char *title, HgCellKind kind)
{
    HgTableColumn column = {key, title, kind};
    g_array_append_val(layout->columns, column);
}

/* Two snapshots: the count now and its growth, as objgraph has it; more: a column for each. */
static void
fill_layout(Layout *layout, const Series *series, bool by_module, bool has_garbage,
            bool knows_retained)
{
    layout->columns = g_array_new(FALSE, FALSE, sizeof(HgTableColumn));
    append_column(layout, by_module ? "module" : "type", by_module ? "MODULE" : "TYPE",
                  HG_CELL_TEXT);
    for (unsigned i = 0; i < series->count; i++) {
        const HgSnapshotInfo *info = hg_snapshot_get_info(series->snapshot[i]);
        bool is_pair = series->count == 2;
        layout->keys[i] =
            is_pair ? g_strdup(i ? "count" : "before") : g_strdup_printf("count_%u", i + 1);
        append_column(layout, layout->keys[i], is_pair ? (i ? "COUNT" : NULL) : info->name,
                      HG_CELL_COUNT);
    }
    append_column(layout, "growth", "GROWTH", HG_CELL_COUNT_GROWTH);
    append_column(layout, "garbage", has_garbage ? "GARBAGE" : NULL, HG_CELL_COUNT);
    append_column(layout, "size", "SIZE", HG_CELL_SIZE);
    append_column(layout, "size_growth", "SIZE GROWTH", HG_CELL_SIZE_GROWTH);
    append_column(layout, "retained_growth",
                  knows_retained && !by_module ? "RETAINED GROWTH" : NULL, HG_CELL_SIZE_GROWTH);
}

static void
clear_layout(Layout *layout)
{
    for (unsigned i = 0; i < SNAPSHOTS_MAX; i++)
        g_free(layout->keys[i]);
    g_clear_pointer(&layout->columns, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Layout, clear_layout)

static bool
know_retained(const Series *series)
{
    for (unsigned i = 0; i < series->count; i++)
        if (hg_snapshot_count(series->snapshot[i], HG_COLUMN_RETAINED) == 0)
            return false;
    return true;
}

static void
print_rows(const HgInvocation *invocation, const Series *series, const HgTypes *types,
           const HgTypesOptions *options)
{
    g_auto(Layout) layout = {0};
    bool knows_retained = know_retained(series);
    bool has_garbage = hg_types_sum(types, series->count - 1).garbage > 0;
    fill_layout(&layout, series, options->names == HG_NAMES_MODULE, has_garbage, knows_retained);
    g_autoptr(HgTable) table = hg_table_new(
        invocation->format, (HgTableColumn *)(void *)layout.columns->data, layout.columns->len);
    for (unsigned i = 0; i < types->rows->len && i < invocation->limit; i++)
        add_row(table, types, types->rows->pdata[i], knows_retained);
    hg_table_end(table);
    if (invocation->format != HG_FORMAT_TABLE)
        return;
    if (types->rows->len == 0)
        hg_output_remark("nothing grew");
    else if (types->rows->len > invocation->limit)
        hg_output_remark("... and %u more rows (-n 0 shows all)",
                         types->rows->len - (unsigned)invocation->limit);
}

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
check_rule(const char *text, const Series *series, GPtrArray *broken, GError **error)
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
check_rules(const Series *series, GError **error)
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

static void
remark_processes(const Series *series)
{
    const char *first = hg_snapshot_get_info(series->snapshot[0])->process;
    for (unsigned i = 1; i < series->count; i++) {
        const char *other = hg_snapshot_get_info(series->snapshot[i])->process;
        if (*first && *other && !g_str_equal(first, other)) {
            hg_output_remark("the snapshots are of different processes");
            return;
        }
    }
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgTypesOptions) options;
    g_autoptr(Series) series = g_new0(Series, 1);
    if (!hg_types_options_read(&options, error) || !check_syntax(error) ||
        !open_series(series, invocation, error))
        return false;
    HgGrowthKind kind = monotonic_option ? HG_GROWTH_MONOTONIC
                        : all_option     ? HG_GROWTH_CHANGED
                                         : HG_GROWTH_GREW;
    g_autoptr(HgTypes) types =
        hg_growth_list(series->snapshot, series->count, kind, &options, error);
    if (!types)
        return false;
    print_rows(invocation, series, types, &options);
    remark_processes(series);
    return check_rules(series, error);
}

static const GOptionEntry options[] = {
    HG_TYPES_OPTIONS,
    {"all", 0, 0, G_OPTION_ARG_NONE, &all_option, "show what shrank, too", NULL},
    {"monotonic", 0, 0, G_OPTION_ARG_NONE, &monotonic_option,
     "only what grew from each snapshot to the next", NULL},
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
        "files; BEFORE alone is compared with the latest. COUNT and SIZE are those of the last.\n"
        "A RULE speaks of the growth of a type, of total-objects or of total-bytes.\n"
        "\n"
        "Examples:\n"
        "  heapgraph show-growth\n"
        "  heapgraph show-growth before.hgd after.hgd\n"
        "  heapgraph show-growth 1 2 3 4 --monotonic\n"
        "  heapgraph show-growth --fail-if 'Session > 100' --fail-if 'total-bytes > 5%'",
    .takes = HG_TAKES_STORE | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
