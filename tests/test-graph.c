/* test-graph.c - the object graph in arrays.
 * SPDX-License-Identifier: MIT */
#include "core/graph/graph.h"
#include "tests/sample-graph.h"

#include <malloc.h>
#include <string.h>

static void
test_array(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree uint64_t *array = hg_array_new(0, sizeof(*array), &error);
    g_assert_no_error(error);
    g_assert_cmpuint(array[0], ==, 0);
    g_autofree uint8_t *large = hg_array_new(9 << 20, 1, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < 9 << 20; i += 4096)
        g_assert_cmpuint(large[i], ==, 0);
}

static void
test_array_too_large(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(hg_array_new(UINT64_MAX / 4, 8, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_MEMORY);
    g_clear_error(&error);
    g_assert_null(hg_array_new(UINT64_C(1) << 60, 1, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_MEMORY);
}

/* Each reference s -> t is found as s in the row of t, as often as it is there. */
static void
check_reverse(const HgGraph *graph)
{
    uint64_t *n_forward = g_new0(uint64_t, (uint64_t)graph->n_objects * graph->n_objects);
    for (uint32_t source = 0; source < graph->n_objects; source++)
        for (uint64_t i = graph->forward.first[source]; i < graph->forward.first[source + 1]; i++)
            n_forward[(uint64_t)source * graph->n_objects + graph->forward.other[i]]++;
    g_assert_cmpuint(graph->backward.first[0], ==, 0);
    g_assert_cmpuint(graph->backward.first[graph->n_objects], ==, graph->n_references);
    for (uint32_t target = 0; target < graph->n_objects; target++) {
        uint32_t before = 0;
        for (uint64_t i = graph->backward.first[target]; i < graph->backward.first[target + 1];
             i++) {
            uint32_t source = graph->backward.other[i];
            g_assert_cmpuint(source, >=, before);
            g_assert_cmpuint(n_forward[(uint64_t)source * graph->n_objects + target]--, >, 0);
            before = source;
        }
    }
    g_free(n_forward);
}

static void
test_reverse(void)
{
    for (int round = 0; round < 300; round++) {
        uint32_t n_objects = 1 + sample_random(40);
        g_auto(HgGraph) graph = sample_graph_random(n_objects, sample_random(3 * n_objects));
        g_autoptr(GError) error = NULL;
        g_assert_true(hg_graph_reverse(&graph, &error));
        check_reverse(&graph);
    }
}

/* A new array takes the memory of one that is done with, zeroed, and no more of it than it needs.
 */
static void
test_reuse(void)
{
    enum {
        LARGE = 1 << 20
    };
    g_autoptr(GError) error = NULL;
    hg_arrays_begin_reuse(2 * LARGE * sizeof(uint64_t));
    uint64_t *large = hg_array_new(LARGE, sizeof(*large), &error);
    g_assert_no_error(error);
    memset(large, 0xff, LARGE * sizeof(*large));
    hg_array_free(large);
    HG_AUTO_ARRAY uint32_t *small = hg_array_new(LARGE, sizeof(*small), &error);
    g_assert_no_error(error);
    g_assert_cmpuint(malloc_usable_size(small), <, LARGE * sizeof(*small) * 5 / 4);
    for (unsigned i = 0; i < LARGE; i++)
        g_assert_cmpuint(small[i], ==, 0);
    hg_array_clear(&small);
    hg_arrays_end_reuse();
}

static void
test_reverse_empty(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(HgGraph) graph = sample_graph_new(0, NULL, 0);
    g_assert_true(hg_graph_reverse(&graph, &error));
    g_assert_cmpuint(graph.backward.first[0], ==, 0);
}

static void
test_weak_marks(void)
{
    static const SampleReference reference[] = {{0, 1, STRONG}, {9, 0, STRONG}, {9, 1, WEAK}};
    g_auto(HgGraph) graph = sample_graph_new(10, reference, G_N_ELEMENTS(reference));
    g_autofree uint8_t *marks = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_true(hg_graph_mark_weak(&graph, &marks, &error));
    for (uint32_t object = 0; object < 10; object++)
        g_assert_cmpint(hg_weak_mark(marks, object), ==, object == 9);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/graph/array-is-zeroed", test_array);
    g_test_add_func("/graph/array-too-large-is-an-error", test_array_too_large);
    g_test_add_func("/graph/arrays-are-used-again", test_reuse);
    g_test_add_func("/graph/reverse-has-each-reference-once", test_reverse);
    g_test_add_func("/graph/reverse-of-nothing", test_reverse_empty);
    g_test_add_func("/graph/weak-marks", test_weak_marks);
    return g_test_run();
}
