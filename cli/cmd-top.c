/* cmd-top.c - heapgraph top: what retains most: objects, or types, modules, roots.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/object-table.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/questions/best.h"
#include "core/questions/modules.h"
#include "core/questions/objects.h"
#include "core/questions/roots.h"
#include "core/questions/types.h"

static char *by_option;

typedef bool (*Print)(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error);

static bool
print_objects(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    /* paths of all objects of a heap would take a while, and nobody reads them */
    const HgObjectNote *note = invocation->limit < UINT64_MAX ? &hg_object_path : NULL;
    g_autoptr(GArray) objects = hg_objects_by_retained(snapshot, invocation->limit, error);
    return objects && hg_object_table_print_noted(invocation, snapshot, objects, note, error);
}

/* ---- types and modules ------------------------------------------------------------------------
 */

static HgTable *
new_table(const HgInvocation *invocation, bool is_type)
{
    static const HgTableColumn types[] = {{"type", "TYPE", HG_CELL_TEXT},
                                          {"count", "COUNT", HG_CELL_COUNT},
                                          {"size", "SIZE", HG_CELL_SIZE},
                                          {"retained", "RETAINED", HG_CELL_SIZE}};
    static const HgTableColumn modules[] = {{"module", "MODULE", HG_CELL_TEXT},
                                            {"count", "COUNT", HG_CELL_COUNT},
                                            {"size", "SIZE", HG_CELL_SIZE},
                                            {"retained", "RETAINED", HG_CELL_SIZE}};
    return hg_table_new(invocation->format, is_type ? types : modules, G_N_ELEMENTS(types));
}

static void
add_row(HgTable *table, const char *name, uint64_t count, uint64_t size, uint64_t retained)
{
    hg_table_add_text(table, name);
    hg_table_add_number(table, count);
    hg_table_add_number(table, size);
    hg_table_add_known(table, retained);
}

static bool
print_types(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    HgTypesOptions by = {.order = HG_BY_RETAINED};
    g_autoptr(HgTypes) types = hg_types_list(snapshot, &by, error);
    if (!types)
        return false;
    g_autoptr(HgTable) table = new_table(invocation, true);
    for (unsigned i = 0; i < MIN(types->rows->len, invocation->limit); i++) {
        const HgTypesRow *row = types->rows->pdata[i];
        add_row(table, row->name, row->in[0].count, row->in[0].size, row->in[0].retained);
    }
    hg_table_end(table);
    if (invocation->format == HG_FORMAT_TABLE)
        hg_output_remark_rest(types->rows->len, invocation->limit, NULL);
    return true;
}

static bool
print_modules(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    g_autoptr(GPtrArray) modules = hg_modules_list(snapshot, error);
    if (!modules)
        return false;
    g_autoptr(HgTable) table = new_table(invocation, false);
    for (unsigned i = 0; i < MIN(modules->len, invocation->limit); i++) {
        const HgModule *module = modules->pdata[i];
        add_row(table, module->name, module->count, module->size, module->retained);
    }
    hg_table_end(table);
    if (invocation->format == HG_FORMAT_TABLE)
        hg_output_remark_rest(modules->len, invocation->limit, NULL);
    return true;
}

/* ---- roots ------------------------------------------------------------------------------------
 */

/* Returns: numbers of the objects that are roots, those that retain most first; g_array_unref().
 * Sets *count to how many there are. */
static GArray *
find_roots(const HgInvocation *invocation, HgSnapshot *snapshot, uint64_t *count, GError **error)
{
    const GPtrArray *roots = hg_snapshot_get_roots(snapshot, error);
    g_auto(HgBest) best = {0};
    uint32_t before = HG_NONE;
    if (!roots)
        return NULL;
    hg_best_init(&best, invocation->limit);
    for (unsigned i = 0; i < roots->len; i++) { /* by object */
        const HgRootRow *root = roots->pdata[i];
        uint64_t retained;
        if (root->object == before)
            continue;
        if (!hg_snapshot_get(snapshot, HG_COLUMN_RETAINED, root->object, &retained, error))
            return NULL;
        hg_best_offer(&best, root->object, retained);
        before = root->object;
    }
    *count = best.count;
    return hg_best_take(&best);
}

static bool
add_root(HgTable *table, HgSnapshot *snapshot, uint32_t number, GError **error)
{
    HgRootRow *const *roots;
    HgObject object;
    unsigned count;
    if (!hg_roots_find(snapshot, number, &roots, &count, error) ||
        !hg_object_read(snapshot, number, &object, error))
        return false;
    g_autofree char *text = hg_root_dup_text(snapshot, roots[0], error);
    g_autofree char *value = text ? hg_object_dup_value(snapshot, &object, error) : NULL;
    if (!value)
        return false;
    hg_table_add_number(table, object.address);
    hg_table_add_text(table, text);
    hg_table_add_text(table, hg_root_kind_get_name(roots[0]->kind));
    hg_table_add_text(table, object.type->name);
    hg_table_add_number(table, object.retained);
    hg_table_add_text(table, value);
    return true;
}

static bool
print_roots(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    static const HgTableColumn columns[] = {{"address", "ADDRESS", HG_CELL_ADDRESS},
                                            {"root", "ROOT", HG_CELL_TEXT},
                                            {"kind", NULL, HG_CELL_TEXT},
                                            {"type", "TYPE", HG_CELL_TEXT},
                                            {"retained", "RETAINED", HG_CELL_SIZE},
                                            {"value", "VALUE", HG_CELL_TEXT}};
    uint64_t count;
    g_autoptr(GArray) objects = find_roots(invocation, snapshot, &count, error);
    if (!objects)
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < objects->len; i++)
        if (!add_root(table, snapshot, g_array_index(objects, uint32_t, i), error))
            return false;
    hg_table_end(table);
    if (invocation->format == HG_FORMAT_TABLE)
        hg_output_remark_rest(count, invocation->limit, NULL);
    return true;
}

/* ---- the command ------------------------------------------------------------------------------
 */

static Print
choose(GError **error)
{
    if (!by_option || g_str_equal(by_option, "object"))
        return print_objects;
    if (g_str_equal(by_option, "type"))
        return print_types;
    if (g_str_equal(by_option, "module"))
        return print_modules;
    if (g_str_equal(by_option, "root"))
        return print_roots;
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "--by %s: expected object, type, module or root",
                by_option);
    return NULL;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    Print print = choose(error);
    return print && hg_session_open(&session, invocation, error) &&
           print(invocation, session.snapshot, error);
}

static const GOptionEntry options[] = {{"by", 0, 0, G_OPTION_ARG_STRING, &by_option,
                                        "what is listed: object (default), type, module or root",
                                        "WHAT"},
                                       {0}};

const HgCommand cmd_top = {
    .name = "top",
    .summary = "what retains most: objects, types, modules or roots",
    .details =
        "An object retains what would be freed with it. What the objects of a type retain is\n"
        "not their sum: one that is held by another of the same type counts with that one;\n"
        "likewise those of a module, which is that of their types. PATH is the shortest way from "
        "a\n"
        "root to the object; it is left out where all objects are listed.\n"
        "\n"
        "Examples:\n"
        "  heapgraph top\n"
        "  heapgraph top --by type\n"
        "  heapgraph top -n 5 --format json",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
