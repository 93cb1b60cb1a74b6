/* test-layout.c - where boxes and arrows go.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/layout.h"

#include <math.h>
#include <string.h>

static HgLayoutGraph *
make_graph(uint32_t n_boxes, uint32_t n_arrows)
{
    HgLayoutGraph *graph = hg_layout_graph_new();
    for (uint32_t i = 0; i < n_boxes; i++) {
        HgLayoutBox box = {g_test_rand_int_range(20, 200), g_test_rand_int_range(15, 60)};
        g_array_append_val(graph->boxes, box);
    }
    for (uint32_t i = 0; i < n_arrows; i++) {
        HgLayoutArrow arrow = {(uint32_t)g_test_rand_int_range(0, (int)n_boxes),
                               (uint32_t)g_test_rand_int_range(0, (int)n_boxes), 0, 0};
        if (i % 2)
            arrow.width = 40, arrow.height = 12;
        g_array_append_val(graph->arrows, arrow);
    }
    return graph;
}

static const HgLayoutPoint *
get_centre(const HgPictureLayout *layout, uint32_t box)
{
    return &g_array_index(layout->centres, HgLayoutPoint, box);
}

static const HgLayoutBox *
get_box(const HgLayoutGraph *graph, uint32_t box)
{
    return &g_array_index(graph->boxes, HgLayoutBox, box);
}

static void
check_apart(const HgLayoutGraph *graph, const HgPictureLayout *layout, uint32_t one, uint32_t other)
{
    const HgLayoutPoint *here = get_centre(layout, one), *there = get_centre(layout, other);
    double width = (get_box(graph, one)->width + get_box(graph, other)->width) / 2;
    double height = (get_box(graph, one)->height + get_box(graph, other)->height) / 2;
    g_assert_true(fabs(here->x - there->x) > width - 0.5 ||
                  fabs(here->y - there->y) > height - 0.5);
}

/* How far a point is outside a box. */
static double
get_distance(const HgLayoutGraph *graph, const HgPictureLayout *layout, uint32_t box,
             const HgLayoutPoint *point)
{
    const HgLayoutPoint *centre = get_centre(layout, box);
    double x = fabs(point->x - centre->x) - get_box(graph, box)->width / 2;
    double y = fabs(point->y - centre->y) - get_box(graph, box)->height / 2;
    return fmax(fmax(x, y), 0);
}

/* Arrows begin at their source and end at their target. */
static void
check_curve(const HgLayoutGraph *graph, const HgPictureLayout *layout, uint32_t number)
{
    const HgLayoutCurve *curve = &g_array_index(layout->curves, HgLayoutCurve, number);
    const HgLayoutArrow *arrow = &g_array_index(graph->arrows, HgLayoutArrow, number);
    g_assert_cmpuint(curve->n_corners % 3, ==, 1);
    const HgLayoutPoint *first = &g_array_index(layout->corners, HgLayoutPoint, curve->first);
    g_assert_cmpfloat(get_distance(graph, layout, arrow->source, first), <, 3);
    g_assert_cmpfloat(get_distance(graph, layout, arrow->target, first + curve->n_corners - 1), <,
                      3);
}

static void
test_places(void)
{
    for (unsigned round = 0; round < 8; round++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(HgLayoutGraph) graph = make_graph(5 + round * 5, 8 + round * 7);
        g_autoptr(HgPictureLayout) layout = hg_layout_make(graph, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(layout->centres->len, ==, graph->boxes->len);
        g_assert_cmpuint(layout->curves->len, ==, graph->arrows->len);
        for (uint32_t i = 0; i < graph->boxes->len; i++) {
            const HgLayoutPoint *centre = get_centre(layout, i);
            g_assert_cmpfloat(centre->x + get_box(graph, i)->width / 2, <, layout->width + 2);
            g_assert_cmpfloat(centre->y + get_box(graph, i)->height / 2, <, layout->height + 2);
            for (uint32_t j = 0; j < i; j++)
                check_apart(graph, layout, i, j);
        }
        for (uint32_t i = 0; i < graph->arrows->len; i++)
            check_curve(graph, layout, i);
    }
}

/* What refers stands at the left of what it refers to, where there is no cycle. */
static void
test_left_to_right(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgLayoutGraph) graph = make_graph(6, 0);
    for (uint32_t i = 0; i < 5; i++) {
        HgLayoutArrow arrow = {i + 1, i, 60, 12};
        g_array_append_val(graph->arrows, arrow);
    }
    g_autoptr(HgPictureLayout) layout = hg_layout_make(graph, &error);
    g_assert_no_error(error);
    for (uint32_t i = 0; i < 5; i++)
        g_assert_cmpfloat(get_centre(layout, i + 1)->x, <, get_centre(layout, i)->x - 60);
}

static void
assert_same(const GArray *one, const GArray *other, unsigned n_numbers)
{
    g_assert_cmpuint(one->len, ==, other->len);
    const double *a = (const double *)(const void *)one->data;
    const double *b = (const double *)(const void *)other->data;
    for (unsigned i = 0; i < one->len * n_numbers; i++)
        g_assert_cmpfloat_with_epsilon(a[i], b[i], 0.006);
}

static void
test_round_trip(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgLayoutGraph) graph = make_graph(20, 40);
    g_autofree char *question = hg_layout_graph_write(graph);
    g_autoptr(HgLayoutGraph) same = hg_layout_graph_parse(question, strlen(question), &error);
    g_assert_no_error(error);
    g_autofree char *again = hg_layout_graph_write(same);
    g_assert_cmpstr(question, ==, again);
    g_autoptr(HgPictureLayout) layout = hg_layout_make(graph, &error);
    g_autofree char *answer = hg_layout_write(layout);
    g_autoptr(HgPictureLayout) told = hg_layout_parse(answer, strlen(answer), graph, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(told->curves->len, ==, layout->curves->len);
    assert_same(told->centres, layout->centres, 2);
    assert_same(told->corners, layout->corners, 2);
}

static void
test_nothing(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgLayoutGraph) graph = hg_layout_graph_parse("0 0\n", 4, &error);
    g_assert_no_error(error);
    g_autoptr(HgPictureLayout) layout = hg_layout_make(graph, &error);
    g_assert_no_error(error);
    g_autofree char *answer = hg_layout_write(layout);
    g_assert_cmpstr(answer, ==, "0.00 0.00\n");
}

static void
test_refuses_questions(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "layout, line 1: expected a whole number that is not too large"},
        {"99999999 0\n", "layout, line 1: expected a whole number that is not too large"},
        {"-1 0\n", "layout, line 1: expected a whole number that is not too large"},
        {"1 0", "layout, line 1: expected the end of the line"},
        {"1 0\n", "layout, line 2: expected a number"},
        {"1 0\n20 x\n", "layout, line 2: expected a number"},
        {"1 0\n20 nan\n", "layout, line 2: expected a number"},
        {"1 0\n20 -4\n", "layout, line 3: expected a size before this line"},
        {"1 1\n20 4\n0 1 0 0\n", "layout, line 3: expected a whole number that is not too large"},
        {"0 1\n0 0 0 0\n", "layout, line 2: expected no arrows without boxes"},
        {"1 0\n20 4\n7", "layout, line 3: expected nothing more"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(hg_layout_graph_parse(cases[i].text, strlen(cases[i].text), &error));
        g_assert_error(error, HG_ERROR, HG_ERROR_FORMAT);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void
test_refuses_answers(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "layout, line 1: expected a number"},
        {"10 inf\n", "layout, line 1: expected a number"},
        {"10 -1\n", "layout, line 2: expected a size before this line"},
        {"10 10\n1 1\n2\n", "layout, line 3: expected a number"},
        {"10 10\n1 1\n2 2\n3 1 1 2 2 3 3 0 0\n",
         "layout, line 4: expected one corner and three for each piece"},
        {"10 10\n1 1\n2 2\n4000000000 1 1\n",
         "layout, line 4: expected a whole number that is not too large"},
        {"10 10\n1 1\n2 2\n0 0 0\nmore", "layout, line 5: expected nothing more"},
    };
    g_autoptr(HgLayoutGraph) graph = make_graph(2, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(hg_layout_parse(cases[i].text, strlen(cases[i].text), graph, &error));
        g_assert_error(error, HG_ERROR, HG_ERROR_FORMAT);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

/* Any answer with bytes changed is refused or read; it never does harm. */
static void
test_damaged_answers(void)
{
    g_autoptr(HgLayoutGraph) graph = make_graph(8, 12);
    g_autoptr(HgPictureLayout) layout = hg_layout_make(graph, NULL);
    g_autofree char *answer = hg_layout_write(layout);
    size_t size = strlen(answer);
    for (unsigned round = 0; round < 3000; round++) {
        g_autofree char *damaged = g_memdup2(answer, size);
        size_t kept = g_test_rand_bit() ? size : (size_t)g_test_rand_int_range(0, (int)size);
        for (int i = 0; kept > 0 && i < 3; i++)
            damaged[g_test_rand_int_range(0, (int)kept)] = (char)g_test_rand_int_range(0, 256);
        g_autoptr(HgPictureLayout) told = hg_layout_parse(damaged, kept, graph, NULL);
        for (uint32_t i = 0; told && i < told->curves->len; i++) {
            const HgLayoutCurve *curve = &g_array_index(told->curves, HgLayoutCurve, i);
            g_assert_cmpuint(curve->first + curve->n_corners, <=, told->corners->len);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layout/places", test_places);
    g_test_add_func("/layout/left-to-right", test_left_to_right);
    g_test_add_func("/layout/round-trip", test_round_trip);
    g_test_add_func("/layout/nothing", test_nothing);
    g_test_add_func("/layout/refuses-questions", test_refuses_questions);
    g_test_add_func("/layout/refuses-answers", test_refuses_answers);
    g_test_add_func("/layout/damaged-answers", test_damaged_answers);
    return g_test_run();
}
