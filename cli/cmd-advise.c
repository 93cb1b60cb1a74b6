/* cmd-advise.c - heapgraph advise: what could be smaller, and what to do about it.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/table.h"
#include "cli/text.h"
#include "core/questions/advice.h"
#include "core/questions/object.h"

static int64_t min_saving_option, min_count_option;
static char *kind_option;

static bool
read_options(HgAdviceOptions *options, GError **error)
{
    *options = (HgAdviceOptions){.min_saving = (uint64_t)min_saving_option,
                                 .min_count = (uint64_t)min_count_option};
    if (min_saving_option < 0 || min_count_option < 0) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "%s: expected a number from 1 on",
                    min_saving_option < 0 ? "--min-saving" : "--min-count");
        return false;
    }
    g_autoptr(GString) names = g_string_new(NULL);
    for (unsigned kind = 0; kind_option && kind < HG_N_ADVICE; kind++) {
        const char *name = hg_advice_kind_get_name((HgAdviceKind)kind);
        if (g_str_equal(name, kind_option))
            options->kinds = 1u << kind;
        g_string_append_printf(names, "%s%s", kind ? ", " : "", name);
    }
    if (kind_option && !options->kinds)
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "--kind %s: expected one of %s", kind_option,
                    names->str);
    return !kind_option || options->kinds;
}

static void
print_line(const char *name, const char *text)
{
    g_autofree char *escaped = hg_text_dup_escaped(text);
    printf("   %s%-5s%s %s\n", hg_output_get_style(HG_STYLE_FAINT), name,
           hg_output_get_style(HG_STYLE_PLAIN), escaped);
}

static void
print_paragraph(const HgAdvice *advice, unsigned nth)
{
    g_autofree char *title = hg_text_dup_escaped(advice->title);
    g_autofree char *saving = hg_number_dup_size(advice->saving);
    printf("%s%s%u. %s: saves %s%s\n", nth > 1 ? "\n" : "", hg_output_get_style(HG_STYLE_HEADING),
           nth, title, saving, hg_output_get_style(HG_STYLE_PLAIN));
    g_autofree char *sentence = hg_text_dup_escaped(advice->sentence);
    printf("   %s\n", sentence);
    if (advice->path)
        print_line("where", advice->path);
    print_line("do", advice->remedy);
    print_line("look", advice->command);
}

static bool
print_rows(const HgInvocation *invocation, HgSnapshot *snapshot, const GPtrArray *advice,
           uint64_t count, GError **error)
{
    static const HgTableColumn columns[] = {
        {"kind", "KIND", HG_CELL_TEXT},       {"saving", "SAVING", HG_CELL_SIZE},
        {"bytes", "NOW", HG_CELL_SIZE},       {"count", "COUNT", HG_CELL_COUNT},
        {"title", "TITLE", HG_CELL_TEXT},     {"sentence", "SENTENCE", HG_CELL_TEXT},
        {"path", "PATH", HG_CELL_TEXT},       {"remedy", "REMEDY", HG_CELL_TEXT},
        {"command", "COMMAND", HG_CELL_TEXT}, {"example", "EXAMPLE", HG_CELL_ADDRESS}};
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < count; i++) {
        const HgAdvice *one = advice->pdata[i];
        HgObject object;
        if (!hg_object_read(snapshot, one->example, &object, error))
            return false;
        hg_table_add_text(table, hg_advice_kind_get_name(one->kind));
        hg_table_add_number(table, one->saving);
        hg_table_add_number(table, one->bytes);
        hg_table_add_number(table, one->count);
        hg_table_add_text(table, one->title);
        hg_table_add_text(table, one->sentence);
        hg_table_add_text(table, one->path);
        hg_table_add_text(table, one->remedy);
        hg_table_add_text(table, one->command);
        hg_table_add_number(table, object.address);
    }
    hg_table_end(table);
    return true;
}

static void
remark_values(HgSnapshot *snapshot)
{
    if (g_strcmp0(hg_snapshot_get_fact(snapshot, HG_FACT_VALUES), "none") == 0)
        hg_output_remark("the dump has no values: equal texts and numbers cannot be found");
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    HgAdviceOptions options;
    if (!read_options(&options, error) || !hg_session_open(&session, invocation, error))
        return false;
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgProgress progress = hg_progress_bar_get(bar);
    g_autoptr(GPtrArray) advice = hg_advice_find(session.snapshot, &options, &progress, error);
    g_clear_pointer(&bar, hg_progress_bar_free);
    if (!advice)
        return false;
    uint64_t count = MIN(advice->len, invocation->limit);
    remark_values(session.snapshot);
    if (invocation->format != HG_FORMAT_TABLE)
        return print_rows(invocation, session.snapshot, advice, count, error);
    for (unsigned i = 0; i < count; i++)
        print_paragraph(advice->pdata[i], i + 1);
    if (advice->len == 0)
        hg_output_remark("nothing found that would save much");
    hg_output_remark_rest(advice->len, count, NULL);
    return true;
}

static const GOptionEntry options[] = {
    {"min-saving", 0, 0, G_OPTION_ARG_INT64, &min_saving_option,
     "only what saves so many bytes (default: 65536)", "BYTES"},
    {"min-count", 0, 0, G_OPTION_ARG_INT64, &min_count_option,
     "how many small objects must be alike (default: 1000)", "N"},
    {"kind", 0, 0, G_OPTION_ARG_STRING, &kind_option, "only advice of this kind", "KIND"},
    {0}};

const HgCommand cmd_advise = {
    .name = "advise",
    .summary = "what could be smaller, by how much, and what to do",
    .details =
        "Kinds: slots (instances with a __dict__), inherited-dict (__slots__ below a class "
        "without),\n"
        "equal-texts and equal-values (the same value many times), array (lists of numbers), "
        "empty\n"
        "and sparse (containers), records (dicts with the same keys), generator (a big list that\n"
        "only a local variable holds), copies (bytes held twice or cut into slices).\n"
        "What would be saved is computed by the layout rules of the Python that the dump is of, "
        "in\n"
        "the bytes that objects occupy. Two pieces of advice may be about the same objects: their\n"
        "savings do not always add up.\n"
        "\n"
        "Examples:\n"
        "  heapgraph advise\n"
        "  heapgraph advise --min-saving 1000000 --format json\n"
        "  heapgraph advise --kind slots -n 0",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
