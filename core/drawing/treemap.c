/* treemap.c - sizes as areas: nested rectangles, as square as can be.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/treemap.h"

/* What is put into one area: an item, the small ones together, or (at last, and drawn by nobody)
 * what the parent weighs itself. */
typedef struct {
    uint32_t item;
    uint64_t weight, n_folded;
    bool is_own;
} Entry;

typedef struct {
    const HgTreemapItem *items;
    const HgTreemapOptions *options;
    GArray *cells;   /* HgTreemapCell */
    GArray *entries; /* Entry of the area that is being filled */
    uint32_t *first; /* [item + 1] where its children start, [0] those without a parent */
    uint32_t *child; /* items by their parent */
} Layout;

/* ---- rows of children ------------------------------------------------------------------------ */

static uint32_t
get_parent_row(const HgTreemapItem *items, uint32_t item)
{
    uint32_t parent = items[item].parent;
    return parent < item ? parent + 1 : 0;
}

static void
group_children(Layout *layout, uint32_t n_items)
{
    layout->first = g_new0(uint32_t, (size_t)n_items + 3);
    layout->child = g_new(uint32_t, (size_t)n_items + 1);
    for (uint32_t item = 0; item < n_items; item++)
        layout->first[(size_t)get_parent_row(layout->items, item) + 2]++;
    for (size_t row = 2; row <= (size_t)n_items + 1; row++)
        layout->first[row + 1] += layout->first[row];
    for (uint32_t item = 0; item < n_items; item++) {
        uint32_t *place = &layout->first[(size_t)get_parent_row(layout->items, item) + 1];
        layout->child[(*place)++] = item;
    }
}

/* ---- what is put into an area ---------------------------------------------------------------- */

static int
compare_entries(const void *a, const void *b)
{
    const Entry *one = a, *other = b;
    if (one->weight != other->weight)
        return one->weight > other->weight ? -1 : 1;
    return one->item < other->item ? -1 : one->item > other->item;
}

static double
sum_weights(const GArray *entries)
{
    double sum = 0;
    for (unsigned i = 0; i < entries->len; i++)
        sum += (double)g_array_index(entries, Entry, i).weight;
    return sum;
}

/* Joins those below [least] and those that are joined already; one alone stays what it is. */
static void
fold_small(GArray *entries, double least)
{
    unsigned n_small = 0, kept = 0;
    Entry folded = {.item = HG_TREEMAP_NONE};
    for (unsigned i = 0; i < entries->len; i++)
        n_small += (double)g_array_index(entries, Entry, i).weight < least;
    for (unsigned i = 0; i < entries->len; i++) {
        Entry *entry = &g_array_index(entries, Entry, i);
        bool is_small = (double)entry->weight < least && n_small > 1;
        if (entry->weight > 0 && !is_small && !entry->n_folded) {
            g_array_index(entries, Entry, kept++) = *entry;
            continue;
        }
        folded.weight += entry->weight;
        folded.n_folded += MAX(entry->n_folded, 1);
    }
    g_array_set_size(entries, kept);
    if (folded.weight > 0)
        g_array_append_val(entries, folded);
}

/* Sets the entries to the children of [row], [weight] (0: what they weigh) to be seen in [space].
 * Returns: what a unit of weight gets; 0 if there is nothing to be seen. */
static double
collect(Layout *layout, uint32_t row, double weight, double space)
{
    GArray *entries = layout->entries;
    g_array_set_size(entries, 0);
    for (uint32_t i = layout->first[row]; i < layout->first[(size_t)row + 1]; i++) {
        uint32_t item = layout->child[i];
        Entry entry = {item, layout->items[item].weight, layout->items[item].n_folded, false};
        g_array_append_val(entries, entry);
    }
    double sum = sum_weights(entries), whole = MAX(sum, weight);
    if (sum <= 0 || space <= 0)
        return 0;
    g_array_sort(entries, compare_entries);
    double scale = space / whole, biggest = (double)g_array_index(entries, Entry, 0).weight;
    if (biggest * scale < layout->options->least_area)
        return 0;
    fold_small(entries, layout->options->least_area / scale);
    Entry own = {.is_own = true, .weight = (uint64_t)(whole - sum)};
    if (own.weight > 0)
        g_array_append_val(entries, own);
    return scale;
}

/* ---- rows of rectangles ---------------------------------------------------------------------- */

/* How far from a square the worst rectangle of a row along [side] is. */
static double
get_worst(double sum, double least, double most, double side)
{
    double square = side * side;
    return MAX(square * most / (sum * sum), sum * sum / (square * least));
}

/* Returns: the end of the row that begins at [begin]; sets *sum to its area. */
static unsigned
find_row_end(const GArray *entries, unsigned begin, double scale, double side, double *sum)
{
    double least = G_MAXDOUBLE, most = 0, worst = G_MAXDOUBLE;
    *sum = 0;
    for (unsigned i = begin; i < entries->len; i++) {
        double area = (double)g_array_index(entries, Entry, i).weight * scale;
        least = MIN(least, area);
        most = MAX(most, area);
        double now = get_worst(*sum + area, least, most, side);
        if (i > begin && now > worst)
            return i;
        worst = now;
        *sum += area;
    }
    return entries->len;
}

static void
add_cell(Layout *layout, const Entry *entry, uint32_t parent, const HgTreemapArea *area)
{
    if (entry->is_own)
        return;
    unsigned depth = 0;
    if (parent != HG_TREEMAP_NONE) {
        HgTreemapCell *above = &g_array_index(layout->cells, HgTreemapCell, parent);
        above->has_children = true;
        depth = above->depth + 1;
    }
    HgTreemapCell cell = {.area = *area,
                          .item = entry->item,
                          .parent = parent,
                          .depth = depth,
                          .weight = entry->weight,
                          .n_folded = entry->n_folded};
    g_array_append_val(layout->cells, cell);
}

/* Puts the entries from [begin] to [end] along the shorter side of [free], and takes their
 * room from it; [sum] is their area. */
static void
place_row(Layout *layout, unsigned begin, unsigned end, double sum, double scale, uint32_t parent,
          HgTreemapArea *free)
{
    bool is_column = free->width >= free->height;
    double side = is_column ? free->height : free->width;
    double room = is_column ? free->width : free->height;
    double thickness = end == layout->entries->len ? room : MIN(sum / side, room);
    double at = 0;
    for (unsigned i = begin; i < end; i++) {
        const Entry *entry = &g_array_index(layout->entries, Entry, i);
        double length = side * ((double)entry->weight * scale / sum);
        HgTreemapArea area = is_column ? (HgTreemapArea){free->x, free->y + at, thickness, length}
                                       : (HgTreemapArea){free->x + at, free->y, length, thickness};
        add_cell(layout, entry, parent, &area);
        at += length;
    }
    if (is_column) {
        free->x += thickness;
        free->width = MAX(free->width - thickness, 0);
    } else {
        free->y += thickness;
        free->height = MAX(free->height - thickness, 0);
    }
}

static void
fill(Layout *layout, uint32_t row, double weight, uint32_t parent, HgTreemapArea area)
{
    double scale = collect(layout, row, weight, area.width * area.height);
    if (scale <= 0)
        return;
    for (unsigned begin = 0, end; begin < layout->entries->len; begin = end) {
        double sum;
        end = find_row_end(layout->entries, begin, scale, MIN(area.width, area.height), &sum);
        place_row(layout, begin, end, sum, scale, parent, &area);
    }
}

/* Returns: where the children of a cell go; without room if there is none. */
static HgTreemapArea
get_inside(const HgTreemapArea *area, const HgTreemapOptions *options)
{
    return (HgTreemapArea){area->x + options->padding, area->y + options->header + options->padding,
                           MAX(area->width - 2 * options->padding, 0),
                           MAX(area->height - options->header - 2 * options->padding, 0)};
}

GArray *
hg_treemap_lay_out(const HgTreemapItem *items, uint32_t n_items, const HgTreemapOptions *options)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    Layout layout = {.items = items,
                     .options = options,
                     .cells = g_array_new(FALSE, FALSE, sizeof(HgTreemapCell)),
                     .entries = entries};
    group_children(&layout, n_items);
    fill(&layout, 0, 0, HG_TREEMAP_NONE, options->area);
    for (uint32_t i = 0; i < layout.cells->len; i++) {
        HgTreemapCell cell = g_array_index(layout.cells, HgTreemapCell, i);
        if (cell.item != HG_TREEMAP_NONE && (!options->depth || cell.depth + 1 < options->depth))
            fill(&layout, cell.item + 1, (double)cell.weight, i, get_inside(&cell.area, options));
    }
    g_free(layout.first);
    g_free(layout.child);
    return layout.cells;
}

uint32_t
hg_treemap_find(const GArray *cells, double x, double y)
{
    for (uint32_t i = cells->len; i > 0; i--) {
        const HgTreemapArea *area = &g_array_index(cells, HgTreemapCell, i - 1).area;
        if (x >= area->x && x < area->x + area->width && y >= area->y && y < area->y + area->height)
            return i - 1;
    }
    return HG_TREEMAP_NONE;
}
