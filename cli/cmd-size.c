/* cmd-size.c - heapgraph size: how big an object is, alone, with all it reaches, with all it holds.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/questions/resolve.h"
#include "core/questions/sweep.h"

static bool
add_row(HgTable *table, HgSnapshot *snapshot, const char *name, GError **error)
{
    uint32_t number;
    HgObject object;
    HgReachable reachable;
    if (!hg_resolve(snapshot, name, &number, error) ||
        !hg_object_read(snapshot, number, &object, error) ||
        !hg_sweep_reachable(snapshot, number, &reachable, error))
        return false;
    hg_table_add_number(table, object.address);
    hg_table_add_text(table, object.type->name);
    hg_table_add_number(table, object.size);
    if (object.retained == HG_UNKNOWN)
        hg_table_add_none(table);
    else
        hg_table_add_number(table, object.retained);
    hg_table_add_number(table, reachable.size);
    hg_table_add_number(table, reachable.objects);
    hg_table_add_text(table, name);
    return true;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    static const HgTableColumn columns[] = {{"address", "ADDRESS", HG_CELL_ADDRESS},
                                            {"type", "TYPE", HG_CELL_TEXT},
                                            {"size", "SIZE", HG_CELL_SIZE},
                                            {"retained", "RETAINED", HG_CELL_SIZE},
                                            {"reachable", "REACHABLE", HG_CELL_SIZE},
                                            {"reachable_objects", "OBJECTS", HG_CELL_COUNT},
                                            {"name", "NAME", HG_CELL_TEXT}};
    g_auto(HgSession) session = {0};
    if (!hg_session_open(&session, invocation, error))
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < invocation->n_arguments; i++)
        if (!add_row(table, session.snapshot, invocation->arguments[i], error))
            return false;
    hg_table_end(table);
    return true;
}

const HgCommand cmd_size = {
    .name = "size",
    .arguments = "OBJ...",
    .min_arguments = 1,
    .max_arguments = UINT_MAX,
    .summary = "how big objects are: alone, retained, and with all they reach",
    .details =
        "SIZE is the object alone. RETAINED is what would be freed with it. REACHABLE is all it\n"
        "leads to, OBJECTS of them, shared or not; weak references are not followed.\n"
        "\n"
        "Examples:\n"
        "  heapgraph size app.cache\n"
        "  heapgraph size Session#1 Session#2 --format json",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT,
    .run = run,
};
