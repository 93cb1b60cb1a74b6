/* cmd-sites.c - heapgraph sites: where objects were allocated, and where more than before.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/regex.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/questions/sites.h"

static char *by_option, *filter_option;
static gboolean traceback_option;

static bool
read_options(HgSitesOptions *options, GError **error)
{
    *options = (HgSitesOptions){.is_whole = traceback_option};
    if (by_option && !g_str_equal(by_option, "size") && !g_str_equal(by_option, "count")) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "--by %s: expected size or count", by_option);
        return false;
    }
    if (by_option && g_str_equal(by_option, "count"))
        options->order = HG_SITES_BY_COUNT;
    return hg_regex_read("--filter", filter_option, &options->filter, error);
}

/* In a table a way is one line, the innermost call first. */
static void
add_lines(HgTable *table, HgFormat format, const char *lines)
{
    g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
    g_autofree char *line = g_strjoinv(" < ", each);
    hg_table_add_text(table, format == HG_FORMAT_TABLE ? line : lines);
}

static void
print_sites(const HgInvocation *invocation, const GPtrArray *sites, bool is_growth)
{
    const HgTableColumn columns[] = {
        {"size", "SIZE", HG_CELL_SIZE},
        {"size_growth", is_growth ? "SIZE GROWTH" : NULL, HG_CELL_SIZE_GROWTH},
        {"count", "COUNT", HG_CELL_COUNT},
        {"count_growth", is_growth ? "GROWTH" : NULL, HG_CELL_COUNT_GROWTH},
        {"lines", "ALLOCATED AT", HG_CELL_TEXT}};
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < sites->len && i < invocation->limit; i++) {
        const HgSite *site = g_ptr_array_index(sites, i);
        hg_table_add_number(table, site->size);
        if (is_growth)
            hg_table_add_signed(table, site->size_growth);
        else
            hg_table_add_none(table);
        hg_table_add_number(table, site->count);
        if (is_growth)
            hg_table_add_signed(table, site->count_growth);
        else
            hg_table_add_none(table);
        add_lines(table, invocation->format, site->lines);
    }
    hg_table_end(table);
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0}, earlier = {0};
    HgSitesOptions options;
    const char *before = invocation->arguments[0];
    if (!read_options(&options, error) || !hg_session_open(&session, invocation, error) ||
        !hg_session_open_earlier(&session, before, !before, &earlier, error))
        return false;
    g_autoptr(GPtrArray) sites = hg_sites_list(session.snapshot, earlier.snapshot, &options, error);
    g_clear_pointer((GRegex **)&options.filter, g_regex_unref);
    if (!sites)
        return false;
    print_sites(invocation, sites, before);
    if (invocation->format == HG_FORMAT_TABLE)
        hg_output_remark_rest(sites->len, invocation->limit, NULL);
    return true;
}

static const GOptionEntry options[] = {
    {"by", 0, 0, G_OPTION_ARG_STRING, &by_option, "order by size or count (default: size)", "WHAT"},
    {"filter", 0, 0, G_OPTION_ARG_STRING, &filter_option,
     "only lines that match this regular expression, the innermost of each way", "REGEX"},
    {"traceback", 0, 0, G_OPTION_ARG_NONE, &traceback_option,
     "one row for each way to a line, with all the lines that tracemalloc kept", NULL},
    {0}};

const HgCommand cmd_sites = {
    .name = "sites",
    .arguments = "[BEFORE]",
    .max_arguments = 1,
    .summary = "where objects were allocated, and where more than before",
    .details = "COUNT and SIZE are of the objects there are that were allocated at a line. With "
               "BEFORE, a\n"
               "snapshot of the store or a dump file, what grew since most comes first. It takes a "
               "Python\n"
               "with tracemalloc and a dump from inside: a capture from outside does not know.\n"
               "\n"
               "    python -X tracemalloc=10 service.py ... heapgraph.dump('now.hgd', sites=True)\n"
               "\n"
               "Examples:\n"
               "  heapgraph sites -d now.hgd\n"
               "  heapgraph sites before.hgd -d now.hgd --traceback -n 5\n"
               "  heapgraph sites --filter '/app/' --by count",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
