/* areas.c - what the memory is divided into, as nested areas of a picture.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/picture.h"
#include "core/drawing/treemap.h"
#include "core/numbers.h"
#include "core/report/html.h"
#include "core/report/parts.h"

#define WIDTH 1040
#define HEIGHT 560
#define HEADER 17        /* above what lies in an area, for its name */
#define CHARACTER 6.4    /* its width, about */
#define LEAST_TEXT 26    /* wide enough for a few characters */
#define N_COLOURS 8      /* of those at the top: c0 to c7 in the style sheet */
#define LEAST_AREA 700.0 /* what is smaller is joined */

static GArray *
lay_out(const HgShares *shares)
{
    g_autofree HgTreemapItem *items = g_new0(HgTreemapItem, shares->rows->len + 1);
    HgTreemapOptions options = {
        .area = {0, 0, WIDTH, HEIGHT}, .least_area = LEAST_AREA, .padding = 2, .header = HEADER};
    for (unsigned i = 0; i < shares->rows->len; i++) {
        const HgShare *share = g_ptr_array_index(shares->rows, i);
        items[i] =
            (HgTreemapItem){.weight = share->size,
                            .parent = share->parent == HG_NONE ? HG_TREEMAP_NONE : share->parent,
                            .n_folded = share->kind == HG_SHARE_MORE ? share->count : 0};
    }
    return hg_treemap_lay_out(items, shares->rows->len, &options);
}

/* Returns: what the cell is called; g_free(). */
static char *
dup_label(const HgShares *shares, const HgTreemapCell *cell)
{
    if (cell->item != HG_TREEMAP_NONE)
        return g_strdup(((HgShare *)shares->rows->pdata[cell->item])->label);
    g_autofree char *count = hg_number_dup_count(cell->n_folded);
    return g_strdup_printf("%s more", count);
}

static const char *
get_class(const HgShares *shares, const HgTreemapCell *cell)
{
    if (cell->item == HG_TREEMAP_NONE)
        return "rest";
    switch (((HgShare *)shares->rows->pdata[cell->item])->kind) {
    case HG_SHARE_GARBAGE:
        return "garbage";
    case HG_SHARE_MORE:
        return "rest";
    default:
        return "";
    }
}

static void
add_words(GString *html, const HgTreemapCell *cell, const char *label, const char *size)
{
    const HgTreemapArea *area = &cell->area;
    if (area->width < LEAST_TEXT || area->height < HEADER)
        return;
    size_t fits = (size_t)((area->width - 8) / CHARACTER);
    g_autofree char *shown = hg_picture_make_visible(label, -1, fits);
    g_string_append_printf(html, "<text x=\"%.1f\" y=\"%.1f\">", area->x + 5, area->y + 13);
    hg_html_add_text(html, shown);
    g_string_append(html, "</text>");
    bool has_room = area->height > 2.2 * HEADER && g_utf8_strlen(size, -1) < (long)fits;
    if (has_room && !cell->has_children)
        g_string_append_printf(html, "<text class=\"size\" x=\"%.1f\" y=\"%.1f\">%s</text>",
                               area->x + 5, area->y + 28, size);
}

static void
add_cell(GString *html, const HgShares *shares, const HgTreemapCell *cell, unsigned colour)
{
    g_autofree char *label = dup_label(shares, cell);
    g_autofree char *size = hg_number_dup_size(cell->weight);
    double percent = 100.0 * (double)cell->weight / (double)MAX(shares->size, 1);
    g_string_append_printf(html, "<g class=\"c%u l%u %s\"><title>", colour, MIN(cell->depth, 3),
                           get_class(shares, cell));
    hg_html_add_text(html, label);
    g_string_append_printf(html, ": %s, %.1f %%</title>", size, percent);
    g_string_append_printf(
        html, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\"/>", cell->area.x,
        cell->area.y, MAX(cell->area.width, 0.5), MAX(cell->area.height, 0.5));
    add_words(html, cell, label, size);
    g_string_append(html, "</g>\n");
}

void
hg_report_add_areas(GString *html, const HgShares *shares)
{
    g_autoptr(GArray) cells = lay_out(shares);
    g_autofree unsigned *colour = g_new0(unsigned, cells->len + 1);
    unsigned n_top = 0;
    g_string_append_printf(html,
                           "<figure class=\"areas\"><svg viewBox=\"0 0 %d %d\" role=\"img\" "
                           "aria-label=\"What keeps the memory, as areas; the table below "
                           "says the same in words\">\n",
                           WIDTH, HEIGHT);
    for (unsigned i = 0; i < cells->len; i++) {
        const HgTreemapCell *cell = &g_array_index(cells, HgTreemapCell, i);
        colour[i] = cell->parent == HG_TREEMAP_NONE ? n_top++ % N_COLOURS : colour[cell->parent];
        add_cell(html, shares, cell, colour[i]);
    }
    g_string_append(html,
                    "</svg>\n<figcaption>An area is what would be freed with an object; in it "
                    "lies what it keeps alive itself.</figcaption></figure>\n");
}
