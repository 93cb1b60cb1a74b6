/* render.c - a picture laid out and rendered by Graphviz.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/render.h"

#include "core/drawing/dot.h"
#include "core/drawing/group.h"
#include "core/write-file.h"

#include <graphviz/gvc.h>
#include <math.h>
#include <string.h>

#define MOST_NODES 200 /* that are laid out; of more, some are drawn as one */
#define RESOLUTION 120.0
#define LEAST_RESOLUTION 60.0
#define MOST_DOTS 12e6
#define MOST_WIDTH 30000.0 /* dots; Cairo draws no more than 32,767 */

typedef struct {
    const char *ending;
    const char *renderer; /* what Graphviz calls it; NULL: not laid out */
} Format;

static const Format formats[HG_N_RENDER_FORMATS] = {
    [HG_RENDER_PNG] = {".png", "png"},     [HG_RENDER_SVG] = {".svg", "svg"},
    [HG_RENDER_PDF] = {".pdf", "pdf"},     [HG_RENDER_DOT] = {".dot", NULL},
    [HG_RENDER_JSON] = {".json", "json0"},
};

/* The picture keeps its own background, so that it can be read on any page; where the reader
 * prefers dark ones it turns itself, and the nodes stay the light cards they are. */
static const char dark_style[] = "<style>@media screen and (prefers-color-scheme: dark) {"
                                 ".graph > polygon:first-of-type { fill: #111827 }"
                                 ".edge path { stroke: #94a3b8 }"
                                 ".edge polygon { fill: #94a3b8; stroke: #94a3b8 }"
                                 ".edge text { fill: #dbe4f0 }"
                                 ".graph > text[fill=\"#475569\"] { fill: #cbd5e1 }"
                                 ".node.more text { fill: #cbd5e1 }"
                                 "}</style>\n";

bool
hg_render_find_format(const char *path, HgRenderFormat *format, GError **error)
{
    for (int number = 0; number < HG_N_RENDER_FORMATS; number++) {
        g_autofree char *lower = g_ascii_strdown(path, -1);
        if (g_str_has_suffix(lower, formats[number].ending)) {
            *format = number;
            return true;
        }
    }
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                "%s: a picture ends in .png, .svg, .pdf, .dot or .json", path);
    return false;
}

/* What Graphviz complained about last. */
static GString *complaints;

static int
on_complaint(char *text)
{
    if (complaints)
        g_string_append(complaints, text);
    return 0;
}

static void
set_render_error(GError **error)
{
    g_strdelimit(g_strchomp(complaints->str), "\n", ';');
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "Graphviz cannot draw this: %s",
                complaints->str[0] ? complaints->str : "no reason given");
}

static GBytes *
render_laid_out(GVC_t *context, Agraph_t *graph, const char *renderer)
{
    char *data = NULL;
    unsigned int size = 0;

    if (gvRenderData(context, graph, renderer, &data, &size) != 0 || !data)
        return NULL;
    GBytes *bytes = g_bytes_new(data, size);
    gvFreeRenderData(data);
    return bytes;
}

/* Texts of an SVG are written by whoever shows it, with the fonts there are then: the boxes must be
 * wide enough for the widest of those that are usual. */
static void
set_wide_font(Agraph_t *graph)
{
    static const char fonts[] = "DejaVu Sans,Verdana,Helvetica,Arial,sans-serif";

    agattr(graph, AGRAPH, (char *)"fontname", (char *)fonts);
    for (Agnode_t *node = agfstnode(graph); node; node = agnxtnode(graph, node))
        agsafeset(node, (char *)"fontname", (char *)fonts, (char *)"");
}

/* Dots an inch: fine where the picture is small, but no more of them in all than can be written in
 * a moment. */
static void
set_resolution(Agraph_t *graph)
{
    double width = GD_bb(graph).UR.x / 72, height = GD_bb(graph).UR.y / 72;
    double most = sqrt(MOST_DOTS / (MAX(width, 1) * MAX(height, 1)));

    most = CLAMP(most, LEAST_RESOLUTION, RESOLUTION);
    GD_drawing(graph)->dpi = MIN(most, MOST_WIDTH / MAX(MAX(width, height), 1));
}

/* One context, until the process ends: Graphviz's Pango plugin remembers, across contexts, the name
 * of the font it used last without a copy, and reads it again when that context is long freed. */
static GVC_t *
get_context(void)
{
    static GVC_t *context;

    if (!context)
        context = gvContext();
    return context;
}

static GBytes *
render_graph(Agraph_t *graph, const char *renderer, GError **error)
{
    GBytes *bytes = NULL;
    GVC_t *context = get_context();

    complaints = g_string_new(NULL);
    agseterrf(on_complaint);
    if (gvLayout(context, graph, "dot") == 0) {
        if (g_str_equal(renderer, "png"))
            set_resolution(graph);
        bytes = render_laid_out(context, graph, renderer);
        gvFreeLayout(context, graph);
    }
    if (!bytes)
        set_render_error(error);
    agseterrf(NULL);
    g_string_free(g_steal_pointer(&complaints), true);
    return bytes;
}

/* Puts the style sheet behind the opening tag of an SVG. */
static GBytes *
add_style(GBytes *svg)
{
    size_t size;
    const char *text = g_bytes_get_data(svg, &size);
    const char *tag = g_strstr_len(text, (gssize)size, "<svg");
    const char *end = tag ? memchr(tag, '>', size - (size_t)(tag - text)) : NULL;

    if (!end)
        return g_bytes_ref(svg);
    GString *styled = g_string_new_len(text, end + 1 - text);
    g_string_append_c(styled, '\n');
    g_string_append(styled, dark_style);
    g_string_append_len(styled, end + 1, (gssize)size - (end + 1 - text));
    return g_string_free_to_bytes(styled);
}

/* Closes [graph]. */
static GBytes *
render_and_close(Agraph_t *graph, HgRenderFormat format, GError **error)
{
    if (format == HG_RENDER_SVG)
        set_wide_font(graph);
    g_autoptr(GBytes) bytes = render_graph(graph, formats[format].renderer, error);
    agclose(graph);
    if (bytes && format == HG_RENDER_SVG)
        return add_style(bytes);
    return g_steal_pointer(&bytes);
}

GBytes *
hg_render_picture(const HgPicture *picture, HgRenderFormat format, GError **error)
{
    if (!formats[format].renderer) {
        char *dot = hg_dot_write(picture);
        return g_bytes_new_take(dot, strlen(dot));
    }
    g_autoptr(HgPicture) grouped = hg_picture_group(picture, MOST_NODES);
    return render_and_close(hg_dot_new_graph(grouped ? grouped : picture), format, error);
}

GBytes *
hg_render_dot(const char *dot, HgRenderFormat format, GError **error)
{
    if (!formats[format].renderer)
        return g_bytes_new(dot, strlen(dot));
    Agraph_t *graph = agmemread(dot);
    if (graph)
        return render_and_close(graph, format, error);
    g_set_error_literal(error, HG_ERROR, HG_ERROR_FORMAT, "Graphviz cannot read this picture");
    return NULL;
}

bool
hg_render_write(const HgPicture *picture, const char *path, GError **error)
{
    HgRenderFormat format;

    if (!hg_render_find_format(path, &format, error))
        return false;
    g_autoptr(GBytes) bytes = hg_render_picture(picture, format, error);
    if (!bytes)
        return false;
    return hg_write_file(path, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), 0666, error);
}
