/* cmd-reachable.c - heapgraph reachable: what objects lead to, by type.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/questions/resolve.h"
#include "core/questions/sizes.h"

static void
remark(uint64_t n_types, uint64_t limit, const HgReachableType *sum)
{
    g_autofree char *count = hg_number_dup_count(sum->count);
    g_autofree char *size = hg_number_dup_size(sum->size);
    hg_output_remark_rest(n_types, limit, "types");
    hg_output_remark("%s objects, %s", count, size);
}

static bool
print_types(const HgInvocation *invocation, HgSnapshot *snapshot, const GArray *objects,
            GError **error)
{
    static const HgTableColumn columns[] = {{"type", "TYPE", HG_CELL_TEXT},
                                            {"count", "COUNT", HG_CELL_COUNT},
                                            {"size", "SIZE", HG_CELL_SIZE}};
    HgReachableType sum;
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgProgress progress = hg_progress_bar_get(bar);
    g_autoptr(GArray) types = hg_sizes_list_reachable(snapshot, objects, &sum, &progress, error);
    g_clear_pointer(&bar, hg_progress_bar_free);
    if (!types)
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < MIN(types->len, invocation->limit); i++) {
        const HgReachableType *type = &g_array_index(types, HgReachableType, i);
        hg_table_add_text(table, type->type->name);
        hg_table_add_number(table, type->count);
        hg_table_add_number(table, type->size);
    }
    hg_table_end(table);
    if (invocation->format == HG_FORMAT_TABLE)
        remark(types->len, invocation->limit, &sum);
    return true;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    if (!hg_session_open(&session, invocation, error))
        return false;
    g_autoptr(GArray) objects =
        hg_resolve_all(session.snapshot, invocation->arguments, invocation->n_arguments, error);
    return objects && print_types(invocation, session.snapshot, objects, error);
}

const HgCommand cmd_reachable = {
    .name = "reachable",
    .arguments = "OBJ...",
    .min_arguments = 1,
    .max_arguments = UINT_MAX,
    .summary = "what objects lead to, by type",
    .details =
        "The objects themselves and all they lead to, shared with others or not, each once; weak\n"
        "references are not followed. What would be freed with an object is told by `size` and\n"
        "`dominators`; the objects one by one by `heapgraph sql 'select * from reachable(NR)'`.\n"
        "\n"
        "Examples:\n"
        "  heapgraph reachable app.cache\n"
        "  heapgraph reachable Session#1 Session#2 -n 0",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .run = run,
};
