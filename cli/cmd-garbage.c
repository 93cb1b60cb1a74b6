/* cmd-garbage.c - heapgraph garbage: what no root reaches.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/object-table.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/questions/cycles.h"
#include "core/questions/sweep.h"

static gboolean wants_objects;

static void
remark_sum(const HgSnapshot *snapshot, uint64_t count, uint64_t size)
{
    g_autofree char *objects = hg_number_dup_count(count);
    g_autofree char *bytes = hg_number_dup_size(size);
    hg_output_remark("%s objects, %s%s", objects, bytes,
                     hg_snapshot_get_info(snapshot)->knows_garbage
                         ? ""
                         : "; what C code holds is unknown, so they need not be garbage");
}

static bool
print_objects(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    uint64_t count, size;
    g_autoptr(GArray) objects = hg_sweep_garbage(snapshot, invocation->limit, &count, &size, error);
    if (!objects || !hg_object_table_print(invocation, snapshot, objects, 0, error))
        return false;
    if (invocation->format != HG_FORMAT_TABLE)
        return true;
    hg_output_remark_rest(count, invocation->limit, NULL);
    remark_sum(snapshot, count, size);
    return true;
}

static bool
add_group(HgTable *table, HgSnapshot *snapshot, const HgCycleGroup *group, GError **error)
{
    uint64_t address;
    if (!hg_snapshot_get(snapshot, HG_COLUMN_ADDRESS, group->example, &address, error))
        return false;
    hg_table_add_number(table, group->n_cycles);
    hg_table_add_text(table, group->types);
    hg_table_add_number(table, group->n_in_cycles);
    hg_table_add_number(table, group->n_objects);
    hg_table_add_number(table, group->size);
    hg_table_add_number(table, group->has_del);
    hg_table_add_text(table, group->del_types);
    hg_table_add_text(table, group->way);
    hg_table_add_number(table, address);
    return true;
}

static void
add_loose(HgTable *table, const HgCycles *cycles)
{
    hg_table_add_number(table, 0);
    hg_table_add_text(table, "(in no cycle)");
    hg_table_add_number(table, 0);
    hg_table_add_number(table, cycles->n_loose);
    hg_table_add_number(table, cycles->loose_size);
    for (unsigned i = 0; i < 4; i++)
        hg_table_add_none(table);
}

static bool
print_cycles(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    static const HgTableColumn columns[] = {
        {"cycles", "CYCLES", HG_CELL_COUNT},    {"types", "OF", HG_CELL_TEXT},
        {"in_cycles", NULL, HG_CELL_COUNT},     {"objects", "OBJECTS", HG_CELL_COUNT},
        {"size", "SIZE", HG_CELL_SIZE},         {"has_del", "__DEL__", HG_CELL_BOOL},
        {"del_types", NULL, HG_CELL_TEXT},      {"way", "HOW", HG_CELL_TEXT},
        {"example", "EXAMPLE", HG_CELL_ADDRESS}};
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgProgress progress = hg_progress_bar_get(bar);
    g_autoptr(HgCycles) cycles = hg_cycles_find(snapshot, &progress, error);
    g_clear_pointer(&bar, hg_progress_bar_free);
    if (!cycles)
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    uint64_t count = MIN(cycles->groups->len, invocation->limit);
    for (unsigned i = 0; i < count; i++)
        if (!add_group(table, snapshot, cycles->groups->pdata[i], error))
            return false;
    if (cycles->n_loose > 0)
        add_loose(table, cycles);
    hg_table_end(table);
    if (invocation->format != HG_FORMAT_TABLE)
        return true;
    hg_output_remark_rest(cycles->groups->len, count, NULL);
    remark_sum(snapshot, cycles->n_objects, cycles->size);
    return true;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    return hg_session_open(&session, invocation, error) &&
           (wants_objects ? print_objects : print_cycles)(invocation, session.snapshot, error);
}

static const GOptionEntry options[] = {{"objects", 0, 0, G_OPTION_ARG_NONE, &wants_objects,
                                        "list the objects, the biggest first", NULL},
                                       {0}};

const HgCommand cmd_garbage = {
    .name = "garbage",
    .summary = "what no root reaches: cycles by the types in them, and what hangs on these",
    .details = "They wait for the collector. Cycles of the same types are one line: OBJECTS and "
               "SIZE count\n"
               "what hangs on them, too; HOW goes the shortest way round one of them; __DEL__ says "
               "that an\n"
               "object in them has a finalizer.\n"
               "\n"
               "Examples:\n"
               "  heapgraph garbage\n"
               "  heapgraph garbage --format json\n"
               "  heapgraph garbage --objects -n 5",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
