/* pictures.c - pictures of a report: SVG inside the page.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/draw.h"
#include "core/drawing/render.h"
#include "core/questions/chain.h"
#include "core/report/html.h"
#include "core/report/parts.h"

#include <string.h>

/* Graphviz counts nodes in each picture from 1, and in a page an id may be there only once. */
static void
append_with_ids(GString *html, const char *svg, size_t size, unsigned number)
{
    static const char mark[] = " id=\"";
    const char *end = svg + size, *found;
    while ((found = g_strstr_len(svg, end - svg, mark))) {
        found += strlen(mark);
        g_string_append_len(html, svg, found - svg);
        g_string_append_printf(html, "p%u-", number);
        svg = found;
    }
    g_string_append_len(html, svg, end - svg);
}

static void
append_svg(HgReport *report, GBytes *bytes, const char *caption)
{
    size_t size;
    const char *text = g_bytes_get_data(bytes, &size);
    const char *svg = g_strstr_len(text, (gssize)size, "<svg");
    if (!svg)
        return;
    GString *html = report->html;
    g_string_append(html, "<figure><div class=\"wide\" tabindex=\"0\" role=\"region\" "
                          "aria-label=\"picture\">\n<svg role=\"img\" aria-label=\"");
    hg_html_add_text(html, caption);
    g_string_append_c(html, '"');
    svg += strlen("<svg");
    append_with_ids(html, svg, size - (size_t)(svg - text), ++report->n_pictures);
    g_string_append(html, "</div><figcaption>");
    hg_html_add_text(html, caption);
    g_string_append(html, "</figcaption></figure>\n");
}

/* The page says what the caption would. */
static bool
add_picture(HgReport *report, HgPicture *picture, GError **error)
{
    g_autofree char *caption = g_steal_pointer(&picture->caption);
    g_autoptr(GBytes) bytes = hg_render_picture(picture, HG_RENDER_SVG, error);
    if (bytes)
        append_svg(report, bytes, caption ? caption : "picture");
    return bytes;
}

bool
hg_report_add_chain(HgReport *report, uint32_t object, GError **error)
{
    g_autoptr(GError) problem = NULL;
    HgDrawOptions options = {.is_short = true};
    GArray *chain = hg_chain_find(report->snapshot, object, &problem);
    if (!chain && g_error_matches(problem, HG_ERROR, HG_ERROR_NOT_FOUND))
        return true; /* garbage: no root leads there */
    if (!chain) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    g_autoptr(GPtrArray) chains = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_ptr_array_add(chains, chain);
    g_autoptr(HgPicture) picture = hg_draw_chains(report->snapshot, chains, false, &options, error);
    return picture && add_picture(report, picture, error);
}

bool
hg_report_add_neighbours(HgReport *report, uint32_t object, GError **error)
{
    HgNeighboursOptions options = {.depth = 1, .too_many = 8, .nodes = 30};
    HgDrawOptions draw = {.is_short = true, .shows_sizes = true};
    g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(objects, object);
    g_autoptr(HgNeighbours) found = hg_neighbours_find(report->snapshot, objects, &options, error);
    g_autoptr(HgPicture) picture =
        found ? hg_draw_neighbours(report->snapshot, found, false, &draw, error) : NULL;
    return picture && add_picture(report, picture, error);
}
