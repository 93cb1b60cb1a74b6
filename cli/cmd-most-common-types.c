/* cmd-most-common-types.c - heapgraph most-common-types: how many objects of which type.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/table.h"
#include "cli/types-options.h"

#include <string.h>

static char *count_option;

static void
add_row(HgTable *table, const HgTypesRow *row)
{
    const HgTypeCount *count = row->in;
    hg_table_add_text(table, row->name);
    hg_table_add_number(table, count->count);
    hg_table_add_number(table, count->garbage);
    hg_table_add_number(table, count->size);
    hg_table_add_known(table, count->retained);
}

static void
print_rows(const HgInvocation *invocation, const HgTypes *types, bool knows_retained,
           bool by_module)
{
    HgTypeCount sum = hg_types_sum(types, 0);
    HgTableColumn columns[] = {{"type", "TYPE", HG_CELL_TEXT},
                               {"count", "COUNT", HG_CELL_COUNT},
                               {"garbage", sum.garbage ? "GARBAGE" : NULL, HG_CELL_COUNT},
                               {"size", "SIZE", HG_CELL_SIZE},
                               {"retained", knows_retained ? "RETAINED" : NULL, HG_CELL_SIZE}};
    if (by_module) {
        columns[0] = (HgTableColumn){"module", "MODULE", HG_CELL_TEXT};
        columns[4].title = NULL;
    }
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < types->rows->len && i < invocation->limit; i++)
        add_row(table, types->rows->pdata[i]);
    hg_table_end(table);
}

static void
remark_rest(const HgInvocation *invocation, const HgTypes *types)
{
    if (types->rows->len == 0)
        hg_output_remark("no such types");
    hg_output_remark_rest(types->rows->len, invocation->limit, "rows");
}

/* The number alone, for scripts: of all types that are called so, by full or short name. */
static bool
print_count(HgSnapshot *snapshot, const HgTypesOptions *options, GError **error)
{
    HgTypesOptions by_name = *options;
    uint64_t count = 0;
    by_name.names = strchr(count_option, '.') ? HG_NAMES_FULL : HG_NAMES_SHORT;
    g_autoptr(HgTypes) types = hg_types_list(snapshot, &by_name, error);
    for (unsigned i = 0; types && i < types->rows->len; i++) {
        const HgTypesRow *row = g_ptr_array_index(types->rows, i);
        if (g_str_equal(row->name, count_option))
            count += row->in->count;
    }
    if (types)
        printf("%" G_GUINT64_FORMAT "\n", count);
    return types;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgTypesOptions) options;
    g_auto(HgSession) session = {0};
    if (!hg_types_options_read(&options, error) || !hg_session_open(&session, invocation, error))
        return false;
    if (count_option)
        return print_count(session.snapshot, &options, error);
    g_autoptr(HgTypes) types = hg_types_list(session.snapshot, &options, error);
    if (!types)
        return false;
    bool knows_retained = hg_snapshot_count(session.snapshot, HG_COLUMN_RETAINED) > 0;
    print_rows(invocation, types, knows_retained, options.names == HG_NAMES_MODULE);
    if (invocation->format == HG_FORMAT_TABLE)
        remark_rest(invocation, types);
    return true;
}

static const GOptionEntry options[] = {
    HG_TYPES_OPTIONS,
    {"count", 0, 0, G_OPTION_ARG_STRING, &count_option,
     "print only how many objects of a type there are, garbage included", "TYPE"},
    {0}};

const HgCommand cmd_most_common_types = {
    .name = "most-common-types",
    .summary = "how many objects of which type, and how big they are",
    .details =
        "COUNT is of all objects; GARBAGE those of them that no root reaches. SIZE is what they\n"
        "occupy themselves, RETAINED what would be freed with all of them.\n"
        "\n"
        "Examples:\n"
        "  heapgraph most-common-types\n"
        "  heapgraph most-common-types --by size -n 5\n"
        "  heapgraph most-common-types --module app --short-names\n"
        "  heapgraph most-common-types --filter 'Session|Request' --format json\n"
        "  heapgraph most-common-types --by-module --by size\n"
        "  heapgraph most-common-types --count Session --tracked",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
