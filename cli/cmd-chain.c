/* cmd-chain.c - heapgraph chain: the shortest way from a root to an object.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/json.h"
#include "cli/session.h"
#include "cli/text.h"
#include "cli/table.h"
#include "core/drawing/draw.h"
#include "core/drawing/render.h"
#include "core/questions/chain.h"
#include "core/questions/objects.h"
#include "core/questions/resolve.h"
#include "core/questions/ways.h"

#include <inttypes.h>

static char *to_option, *type_option, *output_option, **avoid_option;
static int all_option;
static gboolean forward_option;

#define LINE_STEPS 60  /* steps in the line at most */
#define TREE_STEPS 200 /* and below it */

static bool
print_step(HgSnapshot *snapshot, uint32_t number, const char *label, unsigned depth, GError **error)
{
    HgObject object;
    g_autofree char *caption = hg_object_dup_caption(snapshot, number, false, error);
    if (!caption || !hg_object_read(snapshot, number, &object, error))
        return false;
    g_autofree char *shown = hg_text_dup_escaped(caption);
    g_autofree char *shown_label = hg_text_dup_escaped(label);
    printf("%*s%s%s%s  0x%" PRIx64 "  %s\n", (int)MIN(depth, 30) * 2, "",
           hg_output_get_style(HG_STYLE_NAME), shown_label, hg_output_get_style(HG_STYLE_PLAIN),
           object.address, shown);
    return true;
}

/* Steps [first] to [end] of the chain; step 0 is the root itself. */
static bool
print_steps(HgSnapshot *snapshot, const GArray *chain, unsigned first, unsigned end,
            const char *root, GError **error)
{
    unsigned before = first ? first - 1 : 0;
    g_autoptr(GPtrArray) labels =
        hg_chain_read_labels(snapshot, chain, before, end - before, error);
    for (unsigned i = first; labels && i < end; i++) {
        const char *label = i ? labels->pdata[i - 1 - before] : root;
        if (!print_step(snapshot, g_array_index(chain, uint32_t, i), label, i, error))
            return false;
    }
    return labels;
}

static bool
print_tree(HgSnapshot *snapshot, const GArray *chain, const char *root, GError **error)
{
    if (chain->len <= TREE_STEPS)
        return print_steps(snapshot, chain, 0, chain->len, root, error);
    if (!print_steps(snapshot, chain, 0, TREE_STEPS / 2, root, error))
        return false;
    printf("%*s... %u more ...\n", 60, "", chain->len - TREE_STEPS);
    return print_steps(snapshot, chain, chain->len - TREE_STEPS / 2, chain->len, root, error);
}

/* Returns: the root the chain begins with, as people read it, or what it begins with; g_free(). */
static char *
dup_root(HgSnapshot *snapshot, const GArray *chain, GError **error)
{
    HgRootRow *const *roots;
    unsigned count;
    if (!hg_roots_find(snapshot, g_array_index(chain, uint32_t, 0), &roots, &count, error))
        return NULL;
    return count ? hg_root_dup_text(snapshot, roots[0], error) : g_strdup("from");
}

static bool
write_step(HgJson *json, HgSnapshot *snapshot, uint32_t number, const char *label, GError **error)
{
    HgObject object;
    if (!hg_object_read(snapshot, number, &object, error))
        return false;
    g_autofree char *value = hg_object_dup_value(snapshot, &object, error);
    if (!value)
        return false;
    hg_json_begin_object(json, NULL);
    hg_json_add_text(json, "label", label);
    hg_json_add_address(json, "address", object.address);
    hg_json_add_text(json, "type", object.type->name);
    hg_json_add_text(json, "value", value);
    hg_json_end_object(json);
    return true;
}

static bool
write_chain(HgJson *json, HgSnapshot *snapshot, const GArray *chain, const char *text,
            const char *root, GError **error)
{
    g_autoptr(GPtrArray) labels = hg_chain_read_labels(snapshot, chain, 0, chain->len, error);
    if (!labels)
        return false;
    hg_json_begin_object(json, NULL);
    hg_json_add_text(json, "chain", text);
    hg_json_add_text(json, "root", root);
    hg_json_add_number(json, "steps", chain->len - 1);
    hg_json_begin_array(json, "objects");
    bool done = true;
    for (unsigned i = 0; i < chain->len && done; i++)
        done = write_step(json, snapshot, g_array_index(chain, uint32_t, i),
                          i ? labels->pdata[i - 1] : NULL, error);
    hg_json_end_array(json);
    hg_json_end_object(json);
    return done;
}

static bool
print_chain(HgSnapshot *snapshot, const GArray *chain, const char *text, const char *root,
            GError **error)
{
    g_autofree char *shown = hg_text_dup_escaped(text);
    printf("%s%s%s\n", hg_output_get_style(HG_STYLE_HEADING), shown,
           hg_output_get_style(HG_STYLE_PLAIN));
    return print_tree(snapshot, chain, root, error);
}

/* To [json], or as text if that is NULL. */
static bool
tell_chain(HgJson *json, HgSnapshot *snapshot, const GArray *chain, GError **error)
{
    g_autofree char *root = dup_root(snapshot, chain, error);
    g_autofree char *text = root ? hg_chain_dup_text(snapshot, chain, LINE_STEPS, error) : NULL;
    if (!text)
        return false;
    return json ? write_chain(json, snapshot, chain, text, root, error)
                : print_chain(snapshot, chain, text, root, error);
}

static bool
draw(HgSnapshot *snapshot, const GPtrArray *chains, GError **error)
{
    HgDrawOptions options = {0};
    g_autoptr(HgPicture) picture =
        hg_draw_chains(snapshot, chains, forward_option, &options, error);
    if (!picture || !hg_render_write(picture, output_option, error))
        return false;
    hg_output_remark("%s: %u nodes, %u references", output_option, picture->nodes->len,
                     picture->references->len);
    return true;
}

static bool
tell_shortest(HgSnapshot *snapshot, uint32_t object, bool is_json, GError **error)
{
    HgJson json = {.file = stdout};
    g_autoptr(GPtrArray) chains = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    GArray *chain = hg_chain_find(snapshot, object, error);
    if (!chain)
        return false;
    g_ptr_array_add(chains, chain);
    return output_option ? draw(snapshot, chains, error)
                         : tell_chain(is_json ? &json : NULL, snapshot, chain, error);
}

/* ---- other ways ---------------------------------------------------------------------------- */

static bool
find_kind(const char *name, unsigned *kinds)
{
    for (unsigned kind = 0; kind < HG_N_ROOTS; kind++)
        if (g_str_equal(name, hg_root_kind_get_name((HgRootKind)kind)))
            *kinds = 1u << kind;
    return *kinds || g_str_equal(name, "root");
}

/* A kind of root, a type or an object, in this order. Sets *types to those of the name, if any. */
static bool
find_end(HgSnapshot *snapshot, const char *name, GPtrArray **types, HgWaysEnd *end, GError **error)
{
    g_autoptr(GError) problem = NULL;
    if (!name || find_kind(name, &end->root_kinds) ||
        (end->types = *types = hg_resolve_types(snapshot, name, &problem)))
        return true;
    if (!g_error_matches(problem, HG_ERROR, HG_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    end->is_object = true;
    if (hg_resolve(snapshot, name, &end->object, error))
        return true;
    g_prefix_error(error,
                   "--to %s: neither root, module, frame, interpreter, static, external nor a "
                   "type, and no object: ",
                   name);
    return false;
}

static GArray *
resolve_avoided(HgSnapshot *snapshot, GError **error)
{
    g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (char **name = avoid_option; name && *name; name++) {
        uint32_t object;
        if (!hg_resolve(snapshot, *name, &object, error))
            return NULL;
        g_array_append_val(objects, object);
    }
    return g_steal_pointer(&objects);
}

static bool
tell_ways(HgSnapshot *snapshot, const HgWays *ways, bool is_json, GError **error)
{
    HgJson json = {.file = stdout};
    bool done = true;
    if (output_option)
        return draw(snapshot, ways->chains, error);
    if (is_json)
        hg_json_begin_array(&json, NULL);
    for (unsigned i = 0; i < ways->chains->len && done; i++) {
        if (!is_json && i > 0)
            putchar('\n');
        done = tell_chain(is_json ? &json : NULL, snapshot, ways->chains->pdata[i], error);
    }
    if (is_json)
        hg_json_end_array(&json);
    if (!is_json && done)
        hg_output_remark("%u of %" PRIu64 " way%s", ways->chains->len, ways->count,
                         ways->count == 1 ? "" : "s");
    return done;
}

static bool
search(HgSnapshot *snapshot, uint32_t object, bool is_json, GError **error)
{
    g_auto(HgWays) ways = {0};
    HgWaysOptions options = {.limit = all_option > 0 ? (unsigned)all_option : 1};
    g_autoptr(GArray) avoided = resolve_avoided(snapshot, error);
    g_autoptr(GPtrArray) types = NULL;
    if (!avoided || !find_end(snapshot, to_option, &types, &options.end, error))
        return false;
    options.avoid = (const uint32_t *)(const void *)avoided->data;
    options.n_avoid = avoided->len;
    return (forward_option ? hg_ways_find_forward : hg_ways_find)(snapshot, object, &options, &ways,
                                                                  error) &&
           tell_ways(snapshot, &ways, is_json, error);
}

/* ---- a whole type --------------------------------------------------------------------------- */

static bool
add_way(HgTable *table, HgSnapshot *snapshot, const HgMergedWay *way, uint64_t n_objects,
        GError **error)
{
    uint64_t address;
    if (!hg_snapshot_get(snapshot, HG_COLUMN_ADDRESS, way->example, &address, error))
        return false;
    hg_table_add_number(table, way->objects);
    hg_table_add_number(table, n_objects);
    hg_table_add_number(table, address);
    hg_table_add_text(table, way->path);
    return true;
}

static bool
tell_type(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    static const HgTableColumn columns[] = {{"objects", "OBJECTS", HG_CELL_COUNT},
                                            {"of", "OF", HG_CELL_COUNT},
                                            {"example", "EXAMPLE", HG_CELL_ADDRESS},
                                            {"path", "THROUGH", HG_CELL_TEXT}};
    uint64_t n_unreached;
    g_autoptr(GPtrArray) types = hg_resolve_types(snapshot, type_option, error);
    g_autoptr(GPtrArray) ways = types ? hg_ways_merge(snapshot, types, &n_unreached, error) : NULL;
    if (!ways)
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    uint64_t n_objects = n_unreached;
    for (unsigned i = 0; i < ways->len; i++)
        n_objects += ((HgMergedWay *)ways->pdata[i])->objects;
    for (unsigned i = 0; i < ways->len && i < invocation->limit; i++)
        if (!add_way(table, snapshot, ways->pdata[i], n_objects, error))
            return false;
    hg_table_end(table);
    if (invocation->format == HG_FORMAT_TABLE)
        hg_output_remark_rest(ways->len, invocation->limit, "ways");
    uint64_t count = hg_objects_count(types);
    g_autofree char *all = hg_number_dup_count(count), *some = hg_number_dup_count(HG_WAYS_MERGED);
    if (count > HG_WAYS_MERGED)
        hg_output_remark("a sample: about %s of %s objects were looked at", some, all);
    if (n_unreached > 0)
        hg_output_remark("no root reaches %" PRIu64 " more", n_unreached);
    return true;
}

/* ---- the command --------------------------------------------------------------------------- */

static bool
check_use(const HgInvocation *invocation, GError **error)
{
    const char *problem = NULL;
    if (type_option && (invocation->n_arguments || avoid_option || to_option || all_option ||
                        output_option || forward_option))
        problem = "--type is asked alone, without OBJ and the options that go with one: heapgraph "
                  "chain --type TYPE";
    else if (!type_option && !invocation->n_arguments)
        problem = "usage: heapgraph chain [OPTION...] OBJ, or --type TYPE";
    else if (forward_option && !to_option)
        problem = "--forward needs --to: where to";
    else if (all_option < 0)
        problem = "--all: expected a number from 1 on";
    else if (!type_option && invocation->format == HG_FORMAT_CSV)
        problem = "a chain is no list of rows: --format table or json";
    if (problem)
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE, problem);
    return !problem;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    HgRenderFormat format;
    uint32_t object;
    if (!check_use(invocation, error) ||
        (output_option && !hg_render_find_format(output_option, &format, error)) ||
        !hg_session_open(&session, invocation, error))
        return false;
    if (type_option)
        return tell_type(invocation, session.snapshot, error);
    bool is_json = invocation->format == HG_FORMAT_JSON;
    bool is_search = avoid_option || to_option || all_option || forward_option;
    return hg_resolve(session.snapshot, invocation->arguments[0], &object, error) &&
           (is_search ? search : tell_shortest)(session.snapshot, object, is_json, error);
}

static const GOptionEntry options[] = {
    {"avoid", 0, 0, G_OPTION_ARG_STRING_ARRAY, &avoid_option,
     "a way that does not pass this object; may be repeated", "OBJ"},
    {"all", 0, 0, G_OPTION_ARG_INT, &all_option,
     "as many ways, each through another object that refers to it", "N"},
    {"to", 0, 0, G_OPTION_ARG_STRING, &to_option,
     "where it leads: root, module, frame, interpreter, static, external, a type or an object",
     "WHERE"},
    {"forward", 0, 0, G_OPTION_ARG_NONE, &forward_option,
     "from the object to the nearest that --to names, not from there to the object", NULL},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output_option,
     "draw it: .png, .svg, .pdf, .dot or .json", "FILE"},
    {"type", 0, 0, G_OPTION_ARG_STRING, &type_option,
     "the ways to all objects of a type, merged and counted", "TYPE"},
    {0}};

const HgCommand cmd_chain = {
    .name = "chain",
    .arguments = "OBJ | --type TYPE",
    .max_arguments = 1,
    .summary = "why an object is alive: the shortest way from a root to it",
    .details = "Weak references are not followed. An object that no root reaches is garbage: that "
               "is said,\n"
               "with exit status 1; so is a way that there is not. The object itself is no way to\n"
               "itself, unless a root holds it.\n"
               "\n"
               "Examples:\n"
               "  heapgraph chain Session#1\n"
               "  heapgraph chain Session#1 --avoid app.cache\n"
               "  heapgraph chain Session#1 --all 5 -o ways.svg\n"
               "  heapgraph chain Session#1 --to EventBus\n"
               "  heapgraph chain app.cache --forward --to Session\n"
               "  heapgraph chain --type Session\n"
               "  heapgraph chain 0x7f3a5c021d80 --format json",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
