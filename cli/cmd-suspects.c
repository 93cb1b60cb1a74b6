/* cmd-suspects.c - heapgraph suspects: where memory is probably kept that nobody wants.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/table.h"
#include "cli/text.h"
#include "core/questions/suspects.h"

static double share_option = -1, growth_share_option = -1;
static int64_t min_size_option = -1, min_count_option = -1, min_growth_option = -1;
static gboolean alone_option;

static bool
read_options(HgSuspectOptions *options, GError **error)
{
    if (share_option > 100 || growth_share_option > 100) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "--share, --growth-share: expected a percentage up to 100");
        return false;
    }
    if (share_option >= 0)
        options->share = share_option / 100;
    if (growth_share_option >= 0)
        options->growth_share = growth_share_option / 100;
    if (min_size_option >= 0)
        options->min_size = (uint64_t)min_size_option;
    if (min_count_option >= 0)
        options->min_count = (uint64_t)min_count_option;
    if (min_growth_option >= 0)
        options->min_growth = (uint64_t)min_growth_option;
    return true;
}

/* ---- what is printed ----------------------------------------------------------------------- */

static const HgTableColumn columns[] = {
    {"kind", NULL, HG_CELL_TEXT},       {"leak", NULL, HG_CELL_BOOL},
    {"title", NULL, HG_CELL_TEXT},      {"sentence", NULL, HG_CELL_TEXT},
    {"address", NULL, HG_CELL_ADDRESS}, {"type", NULL, HG_CELL_TEXT},
    {"path", NULL, HG_CELL_TEXT},       {"items", NULL, HG_CELL_TEXT},
    {"count", NULL, HG_CELL_COUNT},     {"count_growth", NULL, HG_CELL_COUNT_GROWTH},
    {"retained", NULL, HG_CELL_SIZE},   {"retained_growth", NULL, HG_CELL_SIZE_GROWTH},
    {"share", NULL, HG_CELL_ANY},       {"remedy", NULL, HG_CELL_TEXT},
    {"command", NULL, HG_CELL_TEXT},
};

static bool
add_address(HgTable *table, HgSnapshot *snapshot, uint32_t object, GError **error)
{
    uint64_t address;
    if (object == HG_NONE) {
        hg_table_add_none(table);
        return true;
    }
    if (!hg_snapshot_get(snapshot, HG_COLUMN_ADDRESS, object, &address, error))
        return false;
    hg_table_add_number(table, address);
    return true;
}

static void
add_growth(HgTable *table, const HgSuspect *suspect, int64_t growth)
{
    if (suspect->knows_growth)
        hg_table_add_signed(table, growth);
    else
        hg_table_add_none(table);
}

static bool
add_row(HgTable *table, HgSnapshot *snapshot, const HgSuspect *suspect, GError **error)
{
    hg_table_add_text(table, hg_suspect_kind_get_name(suspect->kind));
    hg_table_add_number(table, suspect->is_leak);
    hg_table_add_text(table, suspect->title);
    hg_table_add_text(table, suspect->sentence);
    if (!add_address(table, snapshot, suspect->object, error))
        return false;
    hg_table_add_text(table, suspect->type ? suspect->type->name : NULL);
    hg_table_add_text(table, suspect->path);
    hg_table_add_text(table, suspect->item_type ? suspect->item_type->name : NULL);
    hg_table_add_number(table, suspect->count);
    add_growth(table, suspect, suspect->count_growth);
    hg_table_add_number(table, suspect->bytes);
    add_growth(table, suspect, suspect->bytes_growth);
    hg_table_add_real(table, suspect->share);
    hg_table_add_text(table, suspect->remedy);
    hg_table_add_text(table, suspect->command);
    return true;
}

static bool
print_rows(const HgInvocation *invocation, HgSnapshot *snapshot, const GPtrArray *suspects,
           GError **error)
{
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < suspects->len && i < invocation->limit; i++)
        if (!add_row(table, snapshot, suspects->pdata[i], error))
            return false;
    hg_table_end(table);
    return true;
}

static void
print_sentence(unsigned number, const HgSuspect *suspect)
{
    g_autofree char *sentence = hg_text_dup_escaped(suspect->sentence);
    g_autofree char *remedy = hg_text_dup_escaped(suspect->remedy);
    g_autofree char *command = hg_text_dup_escaped(suspect->command);
    const char *plain = hg_output_get_style(HG_STYLE_PLAIN);
    printf("%s%u. %s%s%s%s.%s\n", number > 1 ? "\n" : "", number,
           suspect->is_leak ? hg_output_get_style(HG_STYLE_WARNING) : "",
           suspect->is_leak ? "Leak: " : "", suspect->is_leak ? plain : "", sentence, plain);
    printf("   Remedy: %s.\n", remedy);
    printf("   %sLook closer: %s%s\n", hg_output_get_style(HG_STYLE_FAINT), command, plain);
}

static void
print_sentences(const HgInvocation *invocation, const GPtrArray *suspects)
{
    for (unsigned i = 0; i < suspects->len && i < invocation->limit; i++)
        print_sentence(i + 1, suspects->pdata[i]);
    if (suspects->len == 0)
        hg_output_remark("nothing suspicious");
    hg_output_remark_rest(suspects->len, invocation->limit, NULL);
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    g_auto(HgSession) earlier = {0};
    HgSuspectOptions options = HG_SUSPECT_OPTIONS_INIT;
    if (!read_options(&options, error) || !hg_session_open(&session, invocation, error) ||
        !hg_session_open_earlier(&session, invocation->arguments[0], alone_option, &earlier, error))
        return false;
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgProgress progress = hg_progress_bar_get(bar);
    g_autoptr(GPtrArray) suspects =
        hg_suspects_find(session.snapshot, earlier.snapshot, &options, &progress, error);
    g_clear_pointer(&bar, hg_progress_bar_free);
    if (!suspects)
        return false;
    if (invocation->format != HG_FORMAT_TABLE)
        return print_rows(invocation, session.snapshot, suspects, error);
    print_sentences(invocation, suspects);
    return true;
}

static const GOptionEntry options[] = {
    {"share", 0, 0, G_OPTION_ARG_DOUBLE, &share_option,
     "what retains so many percent of the heap is big (10)", "PERCENT"},
    {"min-size", 0, 0, G_OPTION_ARG_INT64, &min_size_option, "and at least so many bytes (1048576)",
     "BYTES"},
    {"min-count", 0, 0, G_OPTION_ARG_INT64, &min_count_option,
     "so many items, or objects of one pattern, are many (1000)", "N"},
    {"min-growth", 0, 0, G_OPTION_ARG_INT64, &min_growth_option,
     "so many more items than before are a leak (100)", "N"},
    {"growth-share", 0, 0, G_OPTION_ARG_DOUBLE, &growth_share_option,
     "or so many percent of the earlier heap more (2)", "PERCENT"},
    {"alone", 0, 0, G_OPTION_ARG_NONE, &alone_option, "compare with no earlier snapshot", NULL},
    {0}};

const HgCommand cmd_suspects = {
    .name = "suspects",
    .arguments = "[BEFORE]",
    .max_arguments = 1,
    .summary = "where memory is probably kept that nobody wants, in sentences",
    .details =
        "One snapshot can only say what is big, and which of the well-known patterns keeps it: an\n"
        "unbounded cache, callbacks, a closure, an exception with its frames, suspended\n"
        "generators, cycles ... That it is a leak is said where it grew since BEFORE: a snapshot\n"
        "of the store or a dump file; unless told, the one before of the same process.\n"
        "\n"
        "Examples:\n"
        "  heapgraph suspects\n"
        "  heapgraph suspects before.hgd -d after.hgd\n"
        "  heapgraph suspects 1 -s 4 --min-growth 1000\n"
        "  heapgraph suspects --share 5 --format json",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
