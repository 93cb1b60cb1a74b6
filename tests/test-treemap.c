/* test-treemap.c - sizes as areas: nested rectangles, as square as can be.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/treemap.h"

#include <math.h>

#define ITEMS_MAX 300

static const HgTreemapOptions plain = {.area = {10, 20, 800, 500}};

static const HgTreemapCell *
get_cell(const GArray *cells, uint32_t cell)
{
    return &g_array_index(cells, HgTreemapCell, cell);
}

static double
get_size(const HgTreemapCell *cell)
{
    return cell->area.width * cell->area.height;
}

static double
get_overlap(const HgTreemapArea *one, const HgTreemapArea *other)
{
    double width = fmin(one->x + one->width, other->x + other->width) - fmax(one->x, other->x);
    double height = fmin(one->y + one->height, other->y + other->height) - fmax(one->y, other->y);
    return fmax(width, 0) * fmax(height, 0);
}

/* A forest whose items weigh at least as much as their children. */
static uint32_t
make_forest(HgTreemapItem *item)
{
    uint32_t n_items = (uint32_t)g_test_rand_int_range(1, ITEMS_MAX);
    for (uint32_t i = 0; i < n_items; i++) {
        bool is_top = i == 0 || g_test_rand_int_range(0, 3) == 0;
        item[i] = (HgTreemapItem){
            .weight = g_test_rand_int_range(0, 8) ? (uint64_t)g_test_rand_int_range(0, 1000) : 0,
            .parent = is_top ? HG_TREEMAP_NONE : (uint32_t)g_test_rand_int_range(0, (int)i)};
    }
    for (uint32_t i = n_items; i-- > 0;)
        if (item[i].parent != HG_TREEMAP_NONE)
            item[item[i].parent].weight += item[i].weight;
    return n_items;
}

static uint64_t
sum_top(const HgTreemapItem *item, uint32_t n_items)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n_items; i++)
        sum += item[i].parent == HG_TREEMAP_NONE ? item[i].weight : 0;
    return sum;
}

static void
check_inside(const GArray *cells, const HgTreemapCell *cell)
{
    const HgTreemapArea *outer =
        cell->parent == HG_TREEMAP_NONE ? &plain.area : &get_cell(cells, cell->parent)->area;
    g_assert_cmpfloat_with_epsilon(get_overlap(&cell->area, outer), get_size(cell), 1e-6);
}

static void
check_apart(const GArray *cells, uint32_t number)
{
    const HgTreemapCell *cell = get_cell(cells, number);
    for (uint32_t i = 0; i < number; i++) {
        const HgTreemapCell *other = get_cell(cells, i);
        if (other->parent == cell->parent)
            g_assert_cmpfloat_with_epsilon(get_overlap(&cell->area, &other->area), 0, 1e-6);
    }
}

/* Without padding, a cell has the same share of the area as it has of the weight, on all levels; so
 * nothing lies on another, and what is not covered is what items weigh themselves. */
static void
test_proportional(void)
{
    HgTreemapItem item[ITEMS_MAX];
    for (unsigned round = 0; round < 200; round++) {
        uint32_t n_items = make_forest(item);
        double sum = (double)sum_top(item, n_items);
        g_autoptr(GArray) cells = hg_treemap_lay_out(item, n_items, &plain);
        uint32_t n_weighty = 0;
        for (uint32_t i = 0; i < n_items; i++)
            n_weighty += item[i].weight > 0;
        g_assert_cmpuint(cells->len, ==, n_weighty);
        for (uint32_t i = 0; i < cells->len; i++) {
            const HgTreemapCell *cell = get_cell(cells, i);
            g_assert_cmpuint(cell->weight, ==, item[cell->item].weight);
            g_assert_cmpfloat_with_epsilon(get_size(cell) / (800.0 * 500.0),
                                           (double)cell->weight / sum, 1e-9);
            check_inside(cells, cell);
            check_apart(cells, i);
        }
    }
}

/* Every item is in a cell of its own, in the one of the small ones, or its parent has no cells. */
static void
test_folds_the_small(void)
{
    HgTreemapItem item[ITEMS_MAX];
    HgTreemapOptions options = plain;
    options.least_area = 900;
    for (unsigned round = 0; round < 200; round++) {
        uint32_t n_items = make_forest(item);
        g_autoptr(GArray) cells = hg_treemap_lay_out(item, n_items, &options);
        uint64_t weight = 0, n_told = 0, n_top = 0;
        for (uint32_t i = 0; i < n_items; i++)
            n_top += item[i].parent == HG_TREEMAP_NONE;
        for (uint32_t i = 0; i < cells->len; i++) {
            const HgTreemapCell *cell = get_cell(cells, i);
            check_inside(cells, cell);
            check_apart(cells, i);
            if (cell->parent != HG_TREEMAP_NONE)
                continue;
            weight += cell->weight;
            n_told += MAX(cell->n_folded, 1);
        }
        if (cells->len == 0)
            continue; /* all are small */
        g_assert_cmpuint(weight, ==, sum_top(item, n_items));
        g_assert_cmpuint(n_told, <=, n_top);
        g_assert_cmpuint(cells->len, <, 40 * 20 * 8);
    }
}

/* Items that are joined already are joined with those that are too small here. */
static void
test_joins_what_is_joined(void)
{
    const HgTreemapItem item[] = {{600, HG_TREEMAP_NONE, 0},
                                  {300, HG_TREEMAP_NONE, 1204},
                                  {1, HG_TREEMAP_NONE, 0},
                                  {2, HG_TREEMAP_NONE, 0}};
    HgTreemapOptions options = plain;
    options.least_area = 2000;
    g_autoptr(GArray) cells = hg_treemap_lay_out(item, 4, &options);
    g_assert_cmpuint(cells->len, ==, 2);
    g_assert_cmpuint(get_cell(cells, 0)->item, ==, 0);
    g_assert_cmpuint(get_cell(cells, 1)->item, ==, HG_TREEMAP_NONE);
    g_assert_cmpuint(get_cell(cells, 1)->n_folded, ==, 1206);
    g_assert_cmpuint(get_cell(cells, 1)->weight, ==, 303);
}

static void
test_leaves_room_for_names(void)
{
    const HgTreemapItem item[] = {{100, HG_TREEMAP_NONE, 0}, {60, 0, 0}, {40, 0, 0}, {40, 1, 0}};
    HgTreemapOptions options = plain;
    options.padding = 3;
    options.header = 18;
    g_autoptr(GArray) cells = hg_treemap_lay_out(item, 4, &options);
    g_assert_cmpuint(cells->len, ==, 4);
    for (uint32_t i = 1; i < cells->len; i++) {
        const HgTreemapCell *cell = get_cell(cells, i), *parent = get_cell(cells, cell->parent);
        g_assert_true(parent->has_children);
        g_assert_cmpuint(cell->depth, ==, parent->depth + 1);
        g_assert_cmpfloat(cell->area.y, >=, parent->area.y + 21 - 1e-9);
        g_assert_cmpfloat(cell->area.x, >=, parent->area.x + 3 - 1e-9);
    }
    options.depth = 2;
    g_autoptr(GArray) two_levels = hg_treemap_lay_out(item, 4, &options);
    g_assert_cmpuint(two_levels->len, ==, 3);
}

/* Equal weights in a square are nearly squares; of random ones no big one is a strip. */
static void
test_square(void)
{
    HgTreemapItem item[100];
    HgTreemapOptions options = {.area = {0, 0, 100, 100}};
    for (unsigned i = 0; i < G_N_ELEMENTS(item); i++)
        item[i] = (HgTreemapItem){7, HG_TREEMAP_NONE, 0};
    g_autoptr(GArray) cells = hg_treemap_lay_out(item, G_N_ELEMENTS(item), &options);
    g_assert_cmpuint(cells->len, ==, 100);
    for (uint32_t i = 0; i < cells->len; i++) {
        const HgTreemapArea *area = &get_cell(cells, i)->area;
        g_assert_cmpfloat(fmax(area->width / area->height, area->height / area->width), <, 2);
    }
}

static void
test_finds_the_innermost(void)
{
    HgTreemapItem item[ITEMS_MAX];
    for (unsigned round = 0; round < 100; round++) {
        g_autoptr(GArray) cells = hg_treemap_lay_out(item, make_forest(item), &plain);
        double x = g_test_rand_double_range(0, 820), y = g_test_rand_double_range(0, 530);
        uint32_t best = HG_TREEMAP_NONE;
        for (uint32_t i = 0; i < cells->len; i++) {
            const HgTreemapArea *area = &get_cell(cells, i)->area;
            bool is_in = x >= area->x && x < area->x + area->width && y >= area->y &&
                         y < area->y + area->height;
            if (is_in && (best == HG_TREEMAP_NONE ||
                          get_cell(cells, i)->depth > get_cell(cells, best)->depth))
                best = i;
        }
        g_assert_cmpuint(hg_treemap_find(cells, x, y), ==, best);
    }
}

/* No items, no weight, no room, a parent that comes later, weights as great as they get. */
static void
test_edges(void)
{
    const HgTreemapItem odd[] = {{0, HG_TREEMAP_NONE, 0}, {UINT64_MAX, 5, 0}, {UINT64_MAX, 2, 0}};
    HgTreemapOptions flat = plain;
    flat.area.height = 0;
    g_autoptr(GArray) none = hg_treemap_lay_out(NULL, 0, &plain);
    g_autoptr(GArray) weightless = hg_treemap_lay_out(odd, 1, &plain);
    g_autoptr(GArray) great = hg_treemap_lay_out(odd, 3, &plain);
    g_autoptr(GArray) no_room = hg_treemap_lay_out(odd, 3, &flat);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_cmpuint(weightless->len, ==, 0);
    g_assert_cmpuint(great->len, ==, 2);
    g_assert_cmpfloat_with_epsilon(get_size(get_cell(great, 0)), 200000, 1);
    g_assert_cmpuint(no_room->len, ==, 0);
}

/* A list of a hundred thousand, each in the one before, and as many side by side. */
static void
test_deep_and_wide(void)
{
    enum {
        MANY = 100000
    };
    g_autofree HgTreemapItem *item = g_new(HgTreemapItem, MANY);
    HgTreemapOptions options = plain;
    options.least_area = 50;
    for (uint32_t i = 0; i < MANY; i++)
        item[i] = (HgTreemapItem){MANY - i, i - 1, 0};
    g_autoptr(GArray) deep = hg_treemap_lay_out(item, MANY, &options);
    g_assert_cmpuint(deep->len, >, 1000);
    for (uint32_t i = 0; i < MANY; i++)
        item[i] = (HgTreemapItem){1 + i % 7, HG_TREEMAP_NONE, 0};
    item[0].weight = MANY;
    g_autoptr(GArray) wide = hg_treemap_lay_out(item, MANY, &options);
    g_assert_cmpuint(wide->len, ==, 2);
    g_assert_cmpuint(get_cell(wide, 1)->n_folded, ==, MANY - 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/treemap/proportional", test_proportional);
    g_test_add_func("/treemap/folds-the-small", test_folds_the_small);
    g_test_add_func("/treemap/joins-what-is-joined", test_joins_what_is_joined);
    g_test_add_func("/treemap/leaves-room-for-names", test_leaves_room_for_names);
    g_test_add_func("/treemap/square", test_square);
    g_test_add_func("/treemap/finds-the-innermost", test_finds_the_innermost);
    g_test_add_func("/treemap/edges", test_edges);
    g_test_add_func("/treemap/deep-and-wide", test_deep_and_wide);
    return g_test_run();
}
