/* test-exclusive.c - what groups of roots keep, against removing the group.
 * SPDX-License-Identifier: MIT */
#include "core/graph/exclusive.h"
#include "core/graph/reach.h"
#include "tests/sample-graph.h"

#define GROUPS 5 /* 0 and 1 belong to 4, the others to none */

static const uint32_t parent[GROUPS] = {4, 4, HG_NONE, HG_NONE, HG_NONE};

/* Sets reached[object] by the roots of every group but [left_out]. */
static void
reach_without(const HgGraph *graph, const HgGroupedRoot *roots, size_t n_roots, uint32_t left_out,
              bool *reached)
{
    uint32_t others[16];
    size_t n_others = 0;
    for (size_t i = 0; i < n_roots; i++)
        if (roots[i].group != left_out && (left_out != 4 || parent[roots[i].group] != 4))
            others[n_others++] = roots[i].object;
    g_auto(HgReach) reach = {0};
    g_assert_true(hg_reach_find(graph, others, n_others, NULL, &reach, NULL));
    for (uint32_t object = 0; object < graph->n_objects; object++)
        reached[object] = reach.distance[object];
}

static void
check(const HgGraph *graph, const HgGroupedRoot *roots, size_t n_roots, const uint32_t *group)
{
    bool with_all[64], without[64];
    reach_without(graph, roots, n_roots, HG_NONE, with_all);
    for (uint32_t object = 0; object < graph->n_objects; object++)
        g_assert_true(with_all[object] == (group[object] != HG_NONE));
    for (uint32_t left_out = 0; left_out < GROUPS; left_out++) {
        reach_without(graph, roots, n_roots, left_out, without);
        for (uint32_t object = 0; object < graph->n_objects; object++)
            g_assert_true((with_all[object] && !without[object]) ==
                          (group[object] == left_out || (left_out == 4 && group[object] < GROUPS &&
                                                         parent[group[object]] == 4)));
    }
}

static void
test_random(void)
{
    for (int round = 0; round < 1000; round++) {
        uint32_t n_objects = 1 + sample_random(60);
        size_t n_roots = sample_random(10);
        HgGroupedRoot roots[16];
        g_auto(HgGraph) graph = sample_graph_random(n_objects, sample_random(2 * n_objects));
        for (size_t i = 0; i < n_roots; i++)
            roots[i] = (HgGroupedRoot){sample_random(n_objects), sample_random(GROUPS)};
        uint32_t *group;
        g_assert_true(hg_exclusive_find(&graph, roots, n_roots, parent, NULL, &group, NULL));
        check(&graph, roots, n_roots, group);
        hg_array_free(group);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/exclusive/as-if-the-group-were-gone", test_random);
    return g_test_run();
}
