/* cmd-dominators.c - heapgraph dominators: the tree of holders.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/object-table.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/questions/chain.h"
#include "core/questions/holders.h"
#include "core/questions/resolve.h"
#include "core/questions/roots.h"

#include <inttypes.h>

#define DEPTH 3
#define DEPTH_MAX 1000
#define FOLD 1.0 /* percent */

static int depth_option = DEPTH;
static double fold_option = FOLD;

static bool
read_options(const HgInvocation *invocation, HgHoldersOptions *options, GError **error)
{
    *options = (HgHoldersOptions){.depth = (unsigned)depth_option,
                                  .width = invocation->limit,
                                  .min_share = fold_option / 100};
    if (depth_option >= 1 && depth_option <= DEPTH_MAX && fold_option >= 0 && fold_option <= 100)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                depth_option >= 1 && depth_option <= DEPTH_MAX
                    ? "--fold: expected a percentage, 0 to 100"
                    : "--depth: expected a number of levels, 1 to %d",
                DEPTH_MAX);
    return false;
}

#define THROUGH_SEVERAL "*" /* instead of a name */

/* Returns: how an object is named below its holder: ".cache", or where nothing names it "*"; "" for
 * a module, whose value is its name. */
static char *
dup_name(HgSnapshot *snapshot, const HgHoldersLine *line, GError **error)
{
    HgRootRow *const *roots;
    unsigned count;
    if (line->label)
        return g_strdup(line->label);
    if (!hg_roots_find(snapshot, line->object, &roots, &count, error))
        return NULL;
    if (count && roots[0]->kind == HG_ROOT_MODULE)
        return g_strdup("");
    return count ? hg_root_dup_text(snapshot, roots[0], error) : g_strdup(THROUGH_SEVERAL);
}

static bool
add_object(HgTable *table, HgSnapshot *snapshot, const HgHoldersLine *line, GError **error)
{
    HgObject object;
    if (!hg_object_read(snapshot, line->object, &object, error))
        return false;
    g_autofree char *name = dup_name(snapshot, line, error);
    g_autofree char *value = name ? hg_object_dup_value(snapshot, &object, error) : NULL;
    /* the value of a class is its name */
    bool is_nameless = value && g_str_equal(name, THROUGH_SEVERAL) &&
                       !hg_object_find_class(snapshot, line->object, NULL);
    g_autofree char *path =
        is_nameless ? hg_chain_dup_path(snapshot, line->object, HG_PATH_STEPS, error) : NULL;
    if (!value || (is_nameless && !path))
        return false;
    g_autofree char *tree =
        g_strdup_printf("%*s%s%s%s%s%s%s%s", 2 * (int)(line->depth - 1), "", name, *name ? " " : "",
                        path && *path ? path : "", path && *path ? " " : "", object.type->name,
                        *value ? " " : "", value);
    hg_table_add_number(table, line->depth);
    hg_table_add_number(table, object.address);
    hg_table_add_number(table, object.size);
    hg_table_add_number(table, line->retained);
    hg_table_add_number(table, line->count);
    hg_table_add_text(table, tree);
    hg_table_add_text(table, name);
    hg_table_add_text(table, object.type->name);
    hg_table_add_text(table, value);
    hg_table_add_none(table);
    hg_table_add_text(table, path);
    return true;
}

static void
add_folded(HgTable *table, const HgHoldersLine *line)
{
    g_autofree char *count = hg_number_dup_count(line->count);
    g_autofree char *tree =
        g_strdup_printf("%*s... %s more", 2 * (int)(line->depth - 1), "", count);
    hg_table_add_number(table, line->depth);
    hg_table_add_none(table);
    hg_table_add_none(table);
    hg_table_add_number(table, line->retained);
    hg_table_add_none(table);
    hg_table_add_text(table, tree);
    hg_table_add_none(table);
    hg_table_add_none(table);
    hg_table_add_none(table);
    hg_table_add_number(table, line->count);
    hg_table_add_none(table);
}

static bool
print_tree(const HgInvocation *invocation, HgSnapshot *snapshot, const GPtrArray *lines,
           GError **error)
{
    /* the drawing is for people, its parts are for programs */
    bool draws = invocation->format == HG_FORMAT_TABLE;
    const HgTableColumn columns[] = {
        {"depth", NULL, HG_CELL_NUMBER},   {"address", "ADDRESS", HG_CELL_ADDRESS},
        {"size", "SIZE", HG_CELL_SIZE},    {"retained", "RETAINED", HG_CELL_SIZE},
        {"holds", "HOLDS", HG_CELL_COUNT}, {"tree", "TREE", HG_CELL_TEXT},
        {"label", NULL, HG_CELL_TEXT},     {"type", NULL, HG_CELL_TEXT},
        {"value", NULL, HG_CELL_TEXT},     {"folded", NULL, HG_CELL_COUNT},
        {"path", NULL, HG_CELL_TEXT}};
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < lines->len; i++) {
        const HgHoldersLine *line = lines->pdata[i];
        if (line->object == HG_NONE)
            add_folded(table, line);
        else if (!add_object(table, snapshot, line, error))
            return false;
    }
    hg_table_end(table);
    if (draws && lines->len == 0)
        hg_output_remark("it is the holder of nothing");
    return true;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    HgHoldersOptions options;
    uint32_t holder = HG_NONE;
    if (!read_options(invocation, &options, error) ||
        !hg_session_open(&session, invocation, error) ||
        (invocation->n_arguments &&
         !hg_resolve(session.snapshot, invocation->arguments[0], &holder, error)))
        return false;
    g_autoptr(GPtrArray) lines = hg_holders_make_tree(session.snapshot, holder, &options, error);
    return lines && print_tree(invocation, session.snapshot, lines, error);
}

static const GOptionEntry options[] = {
    {"depth", 0, 0, G_OPTION_ARG_INT, &depth_option, "levels of the tree (default: 3)", "N"},
    {"fold", 0, 0, G_OPTION_ARG_DOUBLE, &fold_option,
     "fold what is smaller than so many percent of the whole (default: 1)", "PERCENT"},
    {0}};

const HgCommand cmd_dominators = {
    .name = "dominators",
    .arguments = "[OBJ]",
    .max_arguments = 1,
    .summary = "the tree of holders: what would be freed with what",
    .details =
        "The holder of an object is the one without which it would be gone; an object retains\n"
        "what is below it in the tree. Without OBJ the tree begins with what only roots hold.\n"
        "HOLDS is how many objects one directly holds; `*` stands where it does so through "
        "several\n"
        "others, followed by the path of the object. The big ones come first, small ones are\n"
        "folded; -n limits those of one holder.\n"
        "\n"
        "Examples:\n"
        "  heapgraph dominators\n"
        "  heapgraph dominators app.cache --depth 5\n"
        "  heapgraph dominators 0x7f3a5c021d80 -n 5 --fold 0",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
