/* dot.c - a picture in Graphviz's language.
 *
 * References run from left to right, so what holds an object stands at its left and names of
 * references have room. Texts are HTML-like labels: a bold title, a lighter detail, small facts.
 * Nodes carry classes (`node object`, `node module`), so that the style sheet of an SVG can find
 * them, and the attributes a program would ask for (`address`, `kind`, `depth`).
 * SPDX-License-Identifier: MIT */
#include "core/drawing/dot.h"

#include "core/numbers.h"

#define SANS "Helvetica,Arial,sans-serif"
#define MONO "Liberation Mono,Courier New,monospace"

/* Nodes and references beyond which the layout trades beauty for time. */
enum {
    MANY = 150
};

typedef struct {
    const char *name; /* its class, and what the legend calls it */
    const char *shape, *style;
    const char *fill, *line;
    const char *title, *text; /* colours of the title and of the rest */
} Look;

static const Look looks[HG_N_PICTURE_KINDS] = {
    [HG_PICTURE_OBJECT] = {"object", "box", "rounded,filled", "#dbe6f5", "#5b7599", "#0f172a",
                           "#3b4a60"},
    [HG_PICTURE_TYPE] = {"type", "component", "filled", "#e9e2fb", "#6d4bc3", "#2e1065", "#4c3a80"},
    [HG_PICTURE_MODULE] = {"module", "tab", "filled", "#cfeeda", "#1a7f45", "#0b3d20", "#1f5c39"},
    [HG_PICTURE_FRAME] = {"frame", "note", "filled", "#fcebbf", "#a8650a", "#4a2a03", "#6b430c"},
    [HG_PICTURE_ROOT] = {"root", "oval", "filled", "#334155", "#334155", "#ffffff", "#e2e8f0"},
    [HG_PICTURE_MORE] = {"more", "box", "rounded,dotted", "#ffffff", "#64748b", "#475569",
                         "#475569"},
};
static const Look asked_look = {"asked",   "box",     "rounded,filled", "#1d4ed8",
                                "#1e3a8a", "#ffffff", "#dbe7ff"};
static const Look highlighted_look = {"highlighted", "box",     "rounded,filled", "#fbd5e8",
                                      "#be185d",     "#500724", "#831843"};

/* Objects fade with their distance from what was asked for. */
static const char *const shades[] = {"#b9cdea", "#b9cdea", "#d3e0f2", "#e7eef8", "#f5f8fc"};

static const Look *
get_look(const HgPictureNode *node)
{
    if (node->is_asked)
        return &asked_look;
    if (node->is_highlighted)
        return &highlighted_look;
    return &looks[node->kind];
}

static const char *
get_fill(const HgPictureNode *node)
{
    const Look *look = get_look(node);

    if (look != &looks[HG_PICTURE_OBJECT])
        return look->fill;
    return shades[MIN(node->depth, G_N_ELEMENTS(shades) - 1)];
}

/* cgraph takes `char *` where it only reads */
static void
set(void *object, const char *name, const char *value)
{
    agsafeset(object, (char *)name, (char *)value, (char *)"");
}

static void
set_html(Agraph_t *graph, void *object, const char *name, const char *html)
{
    char *shared = agstrdup_html(graph, (char *)html);

    set(object, name, shared);
    agstrfree(graph, shared);
}

/* For attributes in which Graphviz gives a backslash a meaning; and it writes a last one so that
 * it would not read it back. */
static void
set_escaped(void *object, const char *name, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, "\\", -1);
    g_autofree char *escaped = g_strjoinv("\\\\", parts);

    set(object, name, escaped);
}

static void
set_default(Agraph_t *graph, int kind, const char *name, const char *value)
{
    agattr(graph, kind, (char *)name, (char *)value);
}

/* ---- labels --------------------------------------------------------------------------- */

/* [font] is NULL for that of the node or graph. */
static void
append_row(GString *html, const char *text, const char *colour, const char *font, int size,
           bool is_bold)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);
    g_autofree char *face = font ? g_strdup_printf(" face=\"%s\"", font) : g_strdup("");

    g_string_append_printf(html,
                           "<tr><td align=\"left\"><font%s color=\"%s\" "
                           "point-size=\"%d\">%s%s%s</font></td></tr>",
                           face, colour, size, is_bold ? "<b>" : "", escaped,
                           is_bold ? "</b>" : "");
}

static char *
make_label(const HgPictureNode *node)
{
    const Look *look = get_look(node);
    GString *html = g_string_new("<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" "
                                 "cellpadding=\"1\">");

    append_row(html, node->title, look->title, NULL, 12, node->kind != HG_PICTURE_MORE);
    if (node->detail)
        append_row(html, node->detail, look->text, NULL, 10, false);
    if (node->facts)
        append_row(html, node->facts, look->text, NULL, 10, false);
    if (node->address) {
        g_autofree char *address = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", node->address);
        append_row(html, address, look->text, MONO, 8, false);
    }
    if (node->more) {
        g_autofree char *count = hg_number_dup_count(node->more);
        g_autofree char *more = g_strconcat("and ", count, " more", NULL);
        append_row(html, more, look->text, NULL, 10, false);
    }
    g_string_append(html, "</table>");
    return g_string_free(html, false);
}

/* ---- legend --------------------------------------------------------------------------- */

static void
append_chip(GString *html, const char *text, const char *fill, const char *colour, const char *line)
{
    g_string_append_printf(html,
                           "<td border=\"1\" color=\"%s\" style=\"rounded\" cellpadding=\"3\" "
                           "bgcolor=\"%s\"><font point-size=\"9\" color=\"%s\"> %s </font></td>",
                           line, fill, colour, text);
}

static void
append_chip_of(GString *html, const Look *look)
{
    append_chip(html, look->name, look->fill, look->title, look->line);
}

static void
append_words(GString *html, const char *words)
{
    g_string_append_printf(html, "<td><font point-size=\"9\" color=\"#475569\">%s</font></td>",
                           words);
}

static void
append_depths(GString *html, uint32_t depth)
{
    static const char *const names[] = {"", "1 away", "2", "3", "4 and more"};

    for (uint32_t step = 1; step <= MIN(depth, G_N_ELEMENTS(shades) - 1); step++)
        append_chip(html, names[step], shades[step], looks[HG_PICTURE_OBJECT].title,
                    looks[HG_PICTURE_OBJECT].line);
}

/* What a picture has, and so its legend tells. */
typedef struct {
    bool kinds[HG_N_PICTURE_KINDS];
    bool asked, highlighted, weak, guessed, del;
} Content;

static Content
find_content(const HgPicture *picture)
{
    Content content = {0};

    for (uint32_t number = 0; number < picture->nodes->len; number++) {
        const HgPictureNode *node = hg_picture_get_node(picture, number);
        const Look *look = get_look(node);
        content.asked |= look == &asked_look;
        content.highlighted |= look == &highlighted_look;
        content.del |= node->has_del;
        content.kinds[node->kind] |= look == &looks[node->kind];
    }
    for (uint32_t number = 0; number < picture->references->len; number++) {
        const HgPictureReference *reference = hg_picture_get_reference(picture, number);
        content.weak |= reference->is_weak;
        content.guessed |= reference->is_guessed;
    }
    return content;
}

static void
append_legend(GString *html, const HgPicture *picture)
{
    Content content = find_content(picture);

    g_string_append(html, "<tr><td align=\"left\"><table border=\"0\" cellborder=\"0\" "
                          "cellspacing=\"4\" cellpadding=\"0\"><tr>");
    if (content.asked)
        append_chip_of(html, &asked_look);
    if (content.kinds[HG_PICTURE_OBJECT])
        append_depths(html, picture->depth);
    if (content.highlighted)
        append_chip_of(html, &highlighted_look);
    for (int kind = HG_PICTURE_TYPE; kind < HG_PICTURE_MORE; kind++) {
        if (content.kinds[kind])
            append_chip_of(html, &looks[kind]);
    }
    if (content.weak)
        append_words(html, "&#9548;&#9548;&#9548; weak, keeps nothing alive");
    if (content.guessed)
        append_words(html, "thin: guessed");
    if (content.del)
        append_words(html, "__del__: it has a finalizer");
    append_words(html, " ");
    g_string_append(html, "</tr></table></td></tr>");
}

static char *
make_legend(const HgPicture *picture)
{
    GString *html = g_string_new("<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" "
                                 "cellpadding=\"2\">");

    if (picture->caption)
        append_row(html, picture->caption, "#475569", NULL, 10, false);
    append_legend(html, picture);
    g_string_append(html, "</table>");
    return g_string_free(html, false);
}

/* ---- the graph ------------------------------------------------------------------------ */

static void
set_defaults(Agraph_t *graph)
{
    set_default(graph, AGRAPH, "rankdir", "LR");
    set_default(graph, AGRAPH, "bgcolor", "#ffffff");
    set_default(graph, AGRAPH, "pad", "0.3");
    set_default(graph, AGRAPH, "nodesep", "0.18");
    set_default(graph, AGRAPH, "ranksep", "0.45");
    set_default(graph, AGRAPH, "fontname", SANS);
    set_default(graph, AGRAPH, "labelloc", "b");
    set_default(graph, AGRAPH, "labeljust", "l");
    set_default(graph, AGNODE, "fontname", SANS);
    set_default(graph, AGNODE, "label", "");
    set_default(graph, AGNODE, "margin", "0.11,0.06");
    set_default(graph, AGNODE, "height", "0.3");
    set_default(graph, AGNODE, "width", "0.3");
    set_default(graph, AGEDGE, "fontname", MONO);
    set_default(graph, AGEDGE, "fontsize", "10");
    set_default(graph, AGEDGE, "fontcolor", "#1e3a5f");
    set_default(graph, AGEDGE, "color", "#64748b");
    set_default(graph, AGEDGE, "arrowsize", "0.7");
    set_default(graph, AGEDGE, "penwidth", "1.1");
}

static void
save_time(Agraph_t *graph)
{
    set_default(graph, AGRAPH, "nslimit", "2");
    set_default(graph, AGRAPH, "nslimit1", "2");
    set_default(graph, AGRAPH, "mclimit", "0.5");
}

static Agnode_t *
add_node(Agraph_t *graph, const HgPictureNode *node, uint32_t number)
{
    const Look *look = get_look(node);
    const char *shape = node->kind == HG_PICTURE_OBJECT ? look->shape : looks[node->kind].shape;
    g_autofree char *name = g_strdup_printf("n%u", number);
    g_autofree char *label = make_label(node);
    g_autofree char *depth = g_strdup_printf("%u", node->depth);
    g_autofree char *class = g_strdup_printf("%s %s", looks[node->kind].name, look->name);
    Agnode_t *added = agnode(graph, name, true);

    set_html(graph, added, "label", label);
    set(added, "shape", shape);
    set(added, "style", g_str_equal(shape, "box") ? look->style : "filled");
    set(added, "fillcolor", get_fill(node));
    set(added, "color", look->line);
    set(added, "penwidth", node->is_asked || node->is_highlighted ? "2" : "1.1");
    set(added, "class", class);
    set(added, "kind", looks[node->kind].name);
    set(added, "depth", depth);
    set_escaped(added, "tooltip", node->title);
    if (node->address) {
        g_autofree char *address = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", node->address);
        set(added, "address", address);
    }
    return added;
}

/* Beside the object, not behind it: that is where references lead. */
static void
add_del(Agraph_t *graph, Agnode_t *node, uint32_t number)
{
    g_autofree char *name = g_strdup_printf("d%u", number);
    Agraph_t *beside = agsubg(graph, NULL, true);
    Agnode_t *del = agnode(graph, name, true);
    Agedge_t *edge = agedge(graph, node, del, name, true);

    agsafeset(beside, (char *)"rank", (char *)"same", (char *)"");
    agsubnode(beside, node, true);
    agsubnode(beside, del, true);
    set(del, "label", "__del__");
    set(del, "shape", "doublecircle");
    set(del, "style", "filled");
    set(del, "fillcolor", "#fee2e2");
    set(del, "color", "#b91c1c");
    set(del, "fontcolor", "#7f1d1d");
    set(del, "fontsize", "7");
    set(del, "margin", "0.06,0.01");
    set(del, "class", "node del");
    set(del, "kind", "del");
    set(edge, "style", "dotted");
    set(edge, "color", "#b91c1c");
    set(edge, "arrowhead", "none");
    set(edge, "class", "del");
}

/* Room around the text, so that a line beside it does not touch underscores. */
static void
set_edge_label(Agraph_t *graph, Agedge_t *edge, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);
    g_autofree char *label =
        g_strdup_printf("<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" "
                        "cellpadding=\"2\"><tr><td> %s </td></tr></table>",
                        escaped);
    set_html(graph, edge, "label", label);
}

static void
add_reference(Agraph_t *graph, Agnode_t *const *node, const HgPicture *picture, uint32_t number)
{
    const HgPictureReference *reference = hg_picture_get_reference(picture, number);
    bool hides = hg_picture_get_node(picture, reference->source)->kind == HG_PICTURE_MORE ||
                 hg_picture_get_node(picture, reference->target)->kind == HG_PICTURE_MORE;
    g_autofree char *name = g_strdup_printf("r%u", number);
    Agedge_t *added = agedge(graph, node[reference->source], node[reference->target], name, true);

    if (reference->label && *reference->label)
        set_edge_label(graph, added, reference->label);
    if (hides)
        set(added, "style", "dotted");
    else if (reference->is_weak)
        set(added, "style", "dashed");
    if (reference->is_guessed)
        set(added, "penwidth", "0.5");
    set(added, "class", reference->is_weak ? "weak" : reference->is_guessed ? "guessed" : "strong");
}

Agraph_t *
hg_dot_new_graph(const HgPicture *picture)
{
    Agraph_t *graph = agopen((char *)"heapgraph", Agdirected, NULL);
    g_autofree Agnode_t **node = g_new(Agnode_t *, picture->nodes->len + 1);
    g_autofree char *legend = make_legend(picture);

    set_defaults(graph);
    if (picture->nodes->len + picture->references->len > 2 * MANY)
        save_time(graph);
    set_html(graph, graph, "label", legend);
    for (uint32_t number = 0; number < picture->nodes->len; number++)
        node[number] = add_node(graph, hg_picture_get_node(picture, number), number);
    for (uint32_t number = 0; number < picture->nodes->len; number++)
        if (hg_picture_get_node(picture, number)->has_del)
            add_del(graph, node[number], number);
    for (uint32_t number = 0; number < picture->references->len; number++)
        add_reference(graph, node, picture, number);
    return graph;
}

static int
on_write(void *channel, const char *text)
{
    g_string_append(channel, text);
    return 0;
}

static int
on_flush(void *channel)
{
    return 0;
}

char *
hg_dot_write(const HgPicture *picture)
{
    static Agiodisc_t into_string = {.putstr = on_write, .flush = on_flush};
    GString *dot = g_string_new(NULL);
    Agraph_t *graph = hg_dot_new_graph(picture);

    graph->clos->disc.io = &into_string;
    agwrite(graph, dot);
    agclose(graph);
    return g_string_free(dot, false);
}
