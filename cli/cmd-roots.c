/* cmd-roots.c - heapgraph roots: why the runtime itself holds objects.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/questions/object.h"
#include "core/questions/roots.h"

static char *kind_option;

static bool
find_kind(HgRootKind *kind, GError **error)
{
    for (unsigned i = 0; i < HG_N_ROOTS; i++)
        if (g_str_equal(kind_option, hg_root_kind_get_name((HgRootKind)i))) {
            *kind = (HgRootKind)i;
            return true;
        }
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                "--kind %s: expected module, frame, interpreter, static or external", kind_option);
    return false;
}

static bool
print_counts(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    static const HgTableColumn columns[] = {{"kind", "KIND", HG_CELL_TEXT},
                                            {"count", "COUNT", HG_CELL_COUNT},
                                            {"size", "SIZE", HG_CELL_SIZE}};
    HgRootCount count[HG_N_ROOTS];
    if (!hg_roots_count(snapshot, count, error))
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < HG_N_ROOTS; i++) {
        hg_table_add_text(table, hg_root_kind_get_name((HgRootKind)i));
        hg_table_add_number(table, count[i].objects);
        hg_table_add_number(table, count[i].size);
    }
    hg_table_end(table);
    return true;
}

static bool
add_row(HgTable *table, HgSnapshot *snapshot, const HgRootRow *root, GError **error)
{
    HgObject object;
    g_autofree char *text = hg_root_dup_text(snapshot, root, error);
    if (!text || !hg_object_read(snapshot, root->object, &object, error))
        return false;
    g_autofree char *value = hg_object_dup_value(snapshot, &object, error);
    if (!value)
        return false;
    hg_table_add_number(table, object.address);
    hg_table_add_text(table, object.type->name);
    if (object.retained == HG_UNKNOWN)
        hg_table_add_none(table);
    else
        hg_table_add_number(table, object.retained);
    hg_table_add_text(table, text);
    hg_table_add_text(table, value);
    return true;
}

static bool
print_roots(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    static const HgTableColumn columns[] = {{"address", "ADDRESS", HG_CELL_ADDRESS},
                                            {"type", "TYPE", HG_CELL_TEXT},
                                            {"retained", "RETAINED", HG_CELL_SIZE},
                                            {"root", "ROOT", HG_CELL_TEXT},
                                            {"value", "VALUE", HG_CELL_TEXT}};
    HgRootKind kind;
    const GPtrArray *roots = hg_snapshot_get_roots(snapshot, error);
    if (!roots || !find_kind(&kind, error))
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    uint64_t n_found = 0;
    for (unsigned i = 0; i < roots->len; i++) {
        const HgRootRow *root = g_ptr_array_index(roots, i);
        if (root->kind != kind || n_found++ >= invocation->limit)
            continue;
        if (!add_row(table, snapshot, root, error))
            return false;
    }
    hg_table_end(table);
    if (invocation->format == HG_FORMAT_TABLE && n_found > invocation->limit) {
        g_autofree char *rest = hg_number_dup_count(n_found - invocation->limit);
        hg_output_remark("... and %s more (-n 0 shows all)", rest);
    }
    return true;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    return hg_session_open(&session, invocation, error) &&
           (kind_option ? print_roots : print_counts)(invocation, session.snapshot, error);
}

static const GOptionEntry options[] = {
    {"kind", 0, 0, G_OPTION_ARG_STRING, &kind_option,
     "list the roots of a kind: module, frame, interpreter, static or external", "KIND"},
    {0}};

const HgCommand cmd_roots = {
    .name = "roots",
    .summary = "why the runtime itself holds objects: roots by kind",
    .details =
        "A module is an entry of sys.modules, a frame a local variable or the stack of a running\n"
        "function; interpreter and static are the runtime's own; external is what C code holds.\n"
        "\n"
        "Examples:\n"
        "  heapgraph roots\n"
        "  heapgraph roots --kind frame\n"
        "  heapgraph roots --kind external -n 0",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
