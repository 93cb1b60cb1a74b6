/* picture-options.c - what refs and backrefs share: their options, the tree and the picture.
 * SPDX-License-Identifier: MIT */
#include "cli/picture-options.h"

#include "cli/regex.h"
#include "cli/session.h"
#include "cli/text.h"
#include "cli/viewer.h"
#include "core/drawing/draw.h"
#include "core/drawing/render.h"
#include "core/questions/resolve.h"

#include <inttypes.h>
#include <stdio.h>

static int depth_option = 3, too_many_option = 10, nodes_option = 100;
static char *output_option, *filter_option, *ignore_option, *highlight_option;
static gboolean short_option, sizes_option, refcounts_option, dicts_option, view_option;

const GOptionEntry hg_picture_options[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output_option,
     "draw a picture: .png, .svg, .pdf, .dot or .json (default: a tree on the terminal)", "FILE"},
    {"view", 0, 0, G_OPTION_ARG_NONE, &view_option, "show the first of them in the window", NULL},
    {"depth", 0, 0, G_OPTION_ARG_INT, &depth_option, "steps to go (default: 3)", "N"},
    {"too-many", 0, 0, G_OPTION_ARG_INT, &too_many_option,
     "neighbours of one object before the rest is only counted (default: 10)", "N"},
    {"nodes", 0, 0, G_OPTION_ARG_INT, &nodes_option, "objects in all (default: 100)", "N"},
    {"filter", 0, 0, G_OPTION_ARG_STRING, &filter_option,
     "only objects whose type's full name matches, or 'module app' of a module", "REGEX"},
    {"ignore", 0, 0, G_OPTION_ARG_STRING, &ignore_option, "no objects of which that matches",
     "REGEX"},
    {"highlight", 0, 0, G_OPTION_ARG_STRING, &highlight_option,
     "make objects stand out whose type matches", "REGEX"},
    {"sizes", 0, 0, G_OPTION_ARG_NONE, &sizes_option, "tell the size of each object alone", NULL},
    {"refcounts", 0, 0, G_OPTION_ARG_NONE, &refcounts_option, "tell reference counts", NULL},
    {"short-names", 0, 0, G_OPTION_ARG_NONE, &short_option, "Session for app.models.Session", NULL},
    {"dicts", 0, 0, G_OPTION_ARG_NONE, &dicts_option, "an instance and its __dict__ are two nodes",
     NULL},
    {0}};

/* ---- the question ------------------------------------------------------------------------- */

static void
clear_regexes(HgNeighboursOptions *options, HgDrawOptions *draw)
{
    g_clear_pointer((GRegex **)&options->filter, g_regex_unref);
    g_clear_pointer((GRegex **)&options->ignore, g_regex_unref);
    g_clear_pointer((GRegex **)&draw->highlight, g_regex_unref);
}

static bool
check_number(const char *name, int number, int least, int most, GError **error)
{
    if (number >= least && number <= most)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "%s: expected a number from %d to %d", name, least,
                most);
    return false;
}

static bool
read_options(bool is_backward, HgNeighboursOptions *options, HgDrawOptions *draw, GError **error)
{
    if (!check_number("--depth", depth_option, 0, 100, error) ||
        !check_number("--too-many", too_many_option, 0, 1000, error) ||
        !check_number("--nodes", nodes_option, 1, 10000, error))
        return false;
    *options = (HgNeighboursOptions){.is_backward = is_backward,
                                     .depth = (unsigned)depth_option,
                                     .too_many = (unsigned)too_many_option,
                                     .nodes = (unsigned)nodes_option,
                                     .shows_dicts = dicts_option};
    *draw = (HgDrawOptions){
        .is_short = short_option, .shows_sizes = sizes_option, .shows_refcounts = refcounts_option};
    return hg_regex_read("--filter", filter_option, &options->filter, error) &&
           hg_regex_read("--ignore", ignore_option, &options->ignore, error) &&
           hg_regex_read("--highlight", highlight_option, &draw->highlight, error);
}

static GArray *
resolve_all(HgSnapshot *snapshot, char **names, GError **error)
{
    g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (; *names; names++) {
        uint32_t object;
        if (!hg_resolve(snapshot, *names, &object, error))
            return NULL;
        g_array_append_val(objects, object);
    }
    return g_steal_pointer(&objects);
}

/* ---- as a tree ---------------------------------------------------------------------------- */

/* The links of each node to its children: those further from what was asked for. */
typedef struct {
    const HgPicture *picture;
    bool is_backward;
    bool *is_told; /* [node]: its children stand somewhere already */
} Tree;

static void
print_node(const HgPictureNode *node, const char *label, unsigned depth, bool is_weak,
           bool is_elsewhere)
{
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "%*s", (int)MIN(depth, 40) * 2, "");
    if (label)
        g_string_append_printf(line, "%s%s%s%s  ", hg_output_get_style(HG_STYLE_NAME), label,
                               hg_output_get_style(HG_STYLE_PLAIN), is_weak ? " (weak)" : "");
    if (node->address)
        g_string_append_printf(line, "0x%" PRIx64 "  ", node->address);
    g_string_append(line, node->title);
    if (node->detail)
        g_string_append_printf(line, "%s%s", node->kind == HG_PICTURE_MORE ? ": " : " ",
                               node->detail);
    if (node->facts)
        g_string_append_printf(line, "  %s(%s)%s", hg_output_get_style(HG_STYLE_FAINT), node->facts,
                               hg_output_get_style(HG_STYLE_PLAIN));
    if (is_elsewhere)
        g_string_append(line, "  ...");
    puts(line->str);
    g_string_free(line, TRUE);
}

static void
print_children(Tree *tree, uint32_t number, unsigned depth)
{
    for (unsigned i = 0; i < tree->picture->references->len; i++) {
        const HgPictureReference *reference = hg_picture_get_reference(tree->picture, i);
        uint32_t parent = tree->is_backward ? reference->target : reference->source;
        uint32_t child = tree->is_backward ? reference->source : reference->target;
        if (parent != number)
            continue;
        const HgPictureNode *node = hg_picture_get_node(tree->picture, child);
        bool is_elsewhere = tree->is_told[child] || node->depth <= depth;
        print_node(node, reference->label, depth + 1, reference->is_weak, is_elsewhere);
        if (!is_elsewhere)
            print_children(tree, child, depth + 1);
    }
}

static void
print_tree(const HgPicture *picture, bool is_backward)
{
    g_autofree bool *is_told = g_new0(bool, picture->nodes->len + 1);
    Tree tree = {.picture = picture, .is_backward = is_backward, .is_told = is_told};
    for (uint32_t i = 0; i < picture->nodes->len; i++) {
        const HgPictureNode *node = hg_picture_get_node(picture, i);
        if (!node->is_asked || is_told[i])
            continue;
        print_node(node, NULL, 0, false, false);
        print_children(&tree, i, 0);
    }
}

/* ---- the commands --------------------------------------------------------------------------- */

static bool
show(const HgPicture *picture, bool is_backward, GError **error)
{
    if (!output_option) {
        print_tree(picture, is_backward);
        return true;
    }
    if (!hg_render_write(picture, output_option, error))
        return false;
    hg_output_remark("%s: %u nodes, %u references", output_option, picture->nodes->len,
                     picture->references->len);
    return true;
}

static bool
ask(HgSnapshot *snapshot, char **names, const HgNeighboursOptions *options,
    const HgDrawOptions *draw, GError **error)
{
    g_autoptr(GArray) objects = resolve_all(snapshot, names, error);
    g_autoptr(HgNeighbours) neighbours =
        objects ? hg_neighbours_find(snapshot, objects, options, error) : NULL;
    g_autoptr(HgPicture) picture =
        neighbours ? hg_draw_neighbours(snapshot, neighbours, options->is_backward, draw, error)
                   : NULL;
    return picture && show(picture, options->is_backward, error);
}

/* An object that is not there is told here, before a window opens. */
static bool
view(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    uint32_t object;
    return hg_resolve(snapshot, invocation->arguments[0], &object, error) &&
           hg_viewer_become(invocation, invocation->arguments[0], error);
}

static bool
check_use(GError **error)
{
    if (output_option && view_option)
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE, "--view and -o exclude each other");
    return !(output_option && view_option);
}

bool
hg_picture_run(const HgInvocation *invocation, bool is_backward, GError **error)
{
    g_auto(HgSession) session = {0};
    HgNeighboursOptions options = {0};
    HgDrawOptions draw = {0};
    HgRenderFormat format;
    bool done =
        check_use(error) &&
        (!output_option || hg_render_find_format(output_option, &format, error)) &&
        read_options(is_backward, &options, &draw, error) &&
        hg_session_open(&session, invocation, error) &&
        (view_option ? view(invocation, session.snapshot, error)
                     : ask(session.snapshot, invocation->arguments, &options, &draw, error));
    clear_regexes(&options, &draw);
    return done;
}
