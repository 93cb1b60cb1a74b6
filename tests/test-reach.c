/* test-reach.c - what the roots keep alive, and the shortest way to it.
 * SPDX-License-Identifier: MIT */
#include "core/graph/reach.h"
#include "tests/sample-graph.h"

#define FAR UINT32_MAX

/* Bellman and Ford's: repeat over all references until nothing gets nearer. */
static void
find_distances(const HgGraph *graph, const uint32_t *roots, size_t n_roots, uint32_t *distance)
{
    for (uint32_t object = 0; object < graph->n_objects; object++)
        distance[object] = FAR;
    for (size_t i = 0; i < n_roots; i++)
        distance[roots[i]] = 0;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t source = 0; source < graph->n_objects; source++)
            for (uint64_t i = graph->forward.first[source]; i < graph->forward.first[source + 1];
                 i++) {
                uint32_t target = graph->forward.other[i];
                if (distance[source] == FAR || (graph->how[i] & HG_HOW_WEAK) ||
                    distance[target] <= distance[source] + 1)
                    continue;
                distance[target] = distance[source] + 1;
                changed = true;
            }
    }
}

static bool
has_strong(const HgGraph *graph, uint32_t source, uint32_t target)
{
    for (uint64_t i = graph->forward.first[source]; i < graph->forward.first[source + 1]; i++)
        if (graph->forward.other[i] == target && !(graph->how[i] & HG_HOW_WEAK))
            return true;
    return false;
}

static void
check(const HgGraph *graph, const HgReach *reach, const uint32_t *expected)
{
    uint32_t n_live = 0;
    for (uint32_t object = 0; object < graph->n_objects; object++) {
        uint32_t step = reach->step[object];
        n_live += expected[object] != FAR;
        g_assert_cmpuint(reach->distance[object], ==,
                         expected[object] == FAR ? 0 : expected[object] + 1);
        if (expected[object] == FAR || expected[object] == 0) {
            g_assert_cmpuint(step, ==, 0);
            continue;
        }
        g_assert_cmpuint(expected[step - 1], ==, expected[object] - 1);
        g_assert_true(has_strong(graph, step - 1, object));
    }
    g_assert_cmpuint(reach->n_live, ==, n_live);
}

static void
test_distances(void)
{
    for (int round = 0; round < 500; round++) {
        uint32_t n_objects = 1 + sample_random(60), roots[4];
        size_t n_roots = sample_random(5);
        g_auto(HgGraph) graph = sample_graph_random(n_objects, sample_random(3 * n_objects));
        for (size_t i = 0; i < n_roots; i++)
            roots[i] = sample_random(n_objects);
        g_autofree uint32_t *expected = g_new(uint32_t, n_objects);
        find_distances(&graph, roots, n_roots, expected);
        g_auto(HgReach) reach = {0};
        g_assert_true(hg_reach_find(&graph, roots, n_roots, NULL, &reach, NULL));
        check(&graph, &reach, expected);
    }
}

static bool
on_progress(const char *step, uint64_t done, uint64_t total, void *user_data)
{
    return false;
}

static void
test_cancel(void)
{
    g_auto(HgGraph) graph = sample_graph_random(3, 3);
    g_auto(HgReach) reach = {0};
    g_autoptr(GError) error = NULL;
    HgProgress progress = {on_progress, NULL};
    g_assert_false(hg_reach_find(&graph, (uint32_t[]){0}, 1, &progress, &reach, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_CANCELLED);
    g_assert_null(reach.distance);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reach/distances-and-steps", test_distances);
    g_test_add_func("/reach/can-be-cancelled", test_cancel);
    return g_test_run();
}
