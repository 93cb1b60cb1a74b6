/* layout.c - where boxes and arrows go.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/layout.h"

#include <graphviz/gvc.h>

/* Boxes and arrows beyond which the layout trades beauty for time. */
enum {
    MANY = 300
};

/* ---- asking Graphviz ------------------------------------------------------------------------- */

/* cgraph takes `char *` where it only reads */
static void
set_default(Agraph_t *graph, int kind, const char *name, const char *value)
{
    agattr(graph, kind, (char *)name, (char *)value);
}

static void
set_points(void *object, const char *name, double points)
{
    char inches[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(inches, sizeof inches, "%.4f", points / 72);
    agset(object, (char *)name, inches);
}

static void
set_defaults(Agraph_t *graph, bool is_large)
{
    set_default(graph, AGRAPH, "rankdir", "LR");
    set_default(graph, AGRAPH, "nodesep", "0.2");
    set_default(graph, AGRAPH, "ranksep", "0.4");
    if (is_large) {
        set_default(graph, AGRAPH, "nslimit", "2");
        set_default(graph, AGRAPH, "nslimit1", "2");
        set_default(graph, AGRAPH, "mclimit", "0.5");
    }
    set_default(graph, AGNODE, "shape", "box");
    set_default(graph, AGNODE, "fixedsize", "true");
    set_default(graph, AGNODE, "label", "");
    set_default(graph, AGNODE, "width", "1");
    set_default(graph, AGNODE, "height", "1");
    set_default(graph, AGEDGE, "label", "");
    set_default(graph, AGEDGE, "arrowhead", "none");
}

/* An empty table as large as the text makes room for it. */
static void
reserve_text(Agraph_t *graph, Agedge_t *edge, const HgLayoutArrow *arrow)
{
    if (arrow->width <= 0 || arrow->height <= 0)
        return;
    g_autofree char *table =
        g_strdup_printf("<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"0\" "
                        "fixedsize=\"true\" width=\"%d\" height=\"%d\"><tr><td></td></tr></table>",
                        (int)MIN(arrow->width + 1, 32000), (int)MIN(arrow->height + 1, 32000));
    char *html = agstrdup_html(graph, table);
    agset(edge, (char *)"label", html);
    agstrfree(graph, html);
}

static Agraph_t *
open_graph(const HgLayoutGraph *graph, Agnode_t **nodes, Agedge_t **edges)
{
    Agraph_t *opened = agopen((char *)"layout", Agdirected, NULL);
    set_defaults(opened, graph->boxes->len + graph->arrows->len > MANY);
    for (uint32_t i = 0; i < graph->boxes->len; i++) {
        const HgLayoutBox *box = &g_array_index(graph->boxes, HgLayoutBox, i);
        char name[16];
        g_snprintf(name, sizeof name, "n%u", i);
        nodes[i] = agnode(opened, name, true);
        set_points(nodes[i], "width", MAX(box->width, 1));
        set_points(nodes[i], "height", MAX(box->height, 1));
    }
    for (uint32_t i = 0; i < graph->arrows->len; i++) {
        const HgLayoutArrow *arrow = &g_array_index(graph->arrows, HgLayoutArrow, i);
        char name[16];
        g_snprintf(name, sizeof name, "e%u", i);
        edges[i] = agedge(opened, nodes[arrow->source], nodes[arrow->target], name, true);
        reserve_text(opened, edges[i], arrow);
    }
    return opened;
}

/* ---- its answer ------------------------------------------------------------------------------ */

static HgLayoutPoint
turn(const HgPictureLayout *layout, pointf point)
{
    return (HgLayoutPoint){point.x, layout->height - point.y};
}

static void
read_curve(HgPictureLayout *layout, Agedge_t *edge)
{
    HgLayoutCurve curve = {.first = layout->corners->len};
    const splines *spline = ED_spl(edge);
    if (spline && spline->size > 0) {
        const bezier *line = &spline->list[0];
        for (int i = 0; i < line->size; i++) {
            HgLayoutPoint corner = turn(layout, line->list[i]);
            g_array_append_val(layout->corners, corner);
        }
        curve.n_corners = (uint32_t)line->size;
    }
    if (ED_label(edge) && ED_label(edge)->set)
        curve.text = turn(layout, ED_label(edge)->pos);
    g_array_append_val(layout->curves, curve);
}

static HgPictureLayout *
read_answer(Agraph_t *graph, const HgLayoutGraph *asked, Agnode_t **nodes, Agedge_t **edges)
{
    HgPictureLayout *layout = hg_layout_new();
    boxf room = GD_bb(graph);
    layout->width = room.UR.x;
    layout->height = room.UR.y;
    for (uint32_t i = 0; i < asked->boxes->len; i++) {
        HgLayoutPoint centre = turn(layout, ND_coord(nodes[i]));
        g_array_append_val(layout->centres, centre);
    }
    for (uint32_t i = 0; i < asked->arrows->len; i++)
        read_curve(layout, edges[i]);
    return layout;
}

/* What it says on the way is of no use to who looks at the picture. */
static int
on_complaint(char *text)
{
    return 0;
}

HgPictureLayout *
hg_layout_make(const HgLayoutGraph *graph, GError **error)
{
    g_autofree Agnode_t **nodes = g_new(Agnode_t *, graph->boxes->len + 1);
    g_autofree Agedge_t **edges = g_new(Agedge_t *, graph->arrows->len + 1);
    if (graph->boxes->len == 0)
        return hg_layout_new();
    GVC_t *context = gvContext();
    agseterrf(on_complaint);
    Agraph_t *opened = open_graph(graph, nodes, edges);
    HgPictureLayout *layout = NULL;
    if (gvLayout(context, opened, "dot") == 0) {
        layout = read_answer(opened, graph, nodes, edges);
        gvFreeLayout(context, opened);
    } else {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED, "Graphviz cannot lay this out");
    }
    agclose(opened);
    agseterrf(NULL);
    gvFreeContext(context);
    return layout;
}
