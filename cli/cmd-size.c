/* cmd-size.c - heapgraph size: how big objects are, alone, with all they reach, with all they hold.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/questions/object.h"
#include "core/questions/resolve.h"
#include "core/questions/sizes.h"

static gboolean wants_stored;

static bool
add_row(HgTable *table, HgSnapshot *snapshot, const HgSizes *sizes, const char *name,
        GError **error)
{
    HgObject object = {0};
    bool is_one = sizes->object != HG_NONE;
    if (is_one && !hg_object_read(snapshot, sizes->object, &object, error))
        return false;
    hg_table_add_known(table, is_one ? object.address : HG_UNKNOWN);
    hg_table_add_text(table, is_one ? object.type->name : NULL);
    hg_table_add_number(table, sizes->size);
    hg_table_add_known(table, sizes->retained);
    hg_table_add_known(table, sizes->reachable);
    hg_table_add_known(table, sizes->n_reachable);
    hg_table_add_text(table, is_one ? name : "all together");
    return true;
}

static GArray *
measure(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    g_autoptr(GArray) objects =
        hg_resolve_all(snapshot, invocation->arguments, invocation->n_arguments, error);
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgProgress progress = hg_progress_bar_get(bar);
    return objects ? hg_sizes_measure(snapshot, objects, !wants_stored, &progress, error) : NULL;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    if (!hg_session_open(&session, invocation, error))
        return false;
    g_autoptr(GArray) sizes = measure(invocation, session.snapshot, error);
    if (!sizes)
        return false;
    const HgTableColumn columns[] = {
        {"address", "ADDRESS", HG_CELL_ADDRESS},
        {"type", "TYPE", HG_CELL_TEXT},
        {"size", "SIZE", HG_CELL_SIZE},
        {"retained", "RETAINED", HG_CELL_SIZE},
        {"reachable", wants_stored ? NULL : "REACHABLE", HG_CELL_SIZE},
        {"reachable_objects", wants_stored ? NULL : "OBJECTS", HG_CELL_COUNT},
        {"name", "NAME", HG_CELL_TEXT}};
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < sizes->len; i++)
        if (!add_row(table, session.snapshot, &g_array_index(sizes, HgSizes, i),
                     i < invocation->n_arguments ? invocation->arguments[i] : NULL, error))
            return false;
    hg_table_end(table);
    return true;
}

static const GOptionEntry options[] = {
    {"stored", 0, 0, G_OPTION_ARG_NONE, &wants_stored,
     "only what the store knows: no walk over the heap for reachable sizes", NULL},
    {0}};

const HgCommand cmd_size = {
    .name = "size",
    .arguments = "OBJ...",
    .min_arguments = 1,
    .max_arguments = UINT_MAX,
    .summary = "how big objects are: alone, retained, and with all they reach",
    .details =
        "SIZE is the object alone. RETAINED is what would be freed with it. REACHABLE is all it\n"
        "leads to, OBJECTS of them, shared or not; weak references are not followed. Of several\n"
        "objects a last line tells the same of all together: what they retain is what would be "
        "freed\n"
        "if all of them were gone.\n"
        "\n"
        "Examples:\n"
        "  heapgraph size app.cache\n"
        "  heapgraph size Session#1 Session#2 --format json\n"
        "  heapgraph size app.cache --stored",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT,
    .options = options,
    .run = run,
};
