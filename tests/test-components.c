/* test-components.c - cycles of a part of the graph, against the transitive closure.
 * SPDX-License-Identifier: MIT */
#include "core/graph/components.h"
#include "tests/sample-graph.h"

#define MOST 40

static bool
is_in(const uint8_t *part, uint32_t object)
{
    return part[object / 8] >> (object % 8) & 1;
}

/* leads[a][b]: a way of one or more references leads from a to b (Warshall). */
static void
close_references(const HgGraph *graph, const uint8_t *part, bool leads[MOST][MOST])
{
    for (uint32_t a = 0; a < MOST; a++)
        for (uint32_t b = 0; b < MOST; b++)
            leads[a][b] = false;
    for (uint32_t source = 0; source < graph->n_objects; source++)
        for (uint64_t i = graph->forward.first[source]; i < graph->forward.first[source + 1]; i++)
            if (is_in(part, source) && is_in(part, graph->forward.other[i]) &&
                !(graph->how[i] & HG_HOW_WEAK))
                leads[source][graph->forward.other[i]] = true;
    for (uint32_t via = 0; via < graph->n_objects; via++)
        for (uint32_t a = 0; a < graph->n_objects; a++)
            for (uint32_t b = 0; b < graph->n_objects; b++)
                leads[a][b] |= leads[a][via] && leads[via][b];
}

static void
check(const HgGraph *graph, const uint8_t *part, const HgComponents *found)
{
    bool leads[MOST][MOST];
    close_references(graph, part, leads);
    for (uint32_t a = 0; a < graph->n_objects; a++) {
        g_assert_true(is_in(part, a) == (found->component[a] != HG_NONE));
        for (uint32_t b = 0; b < graph->n_objects && is_in(part, a); b++) {
            if (!is_in(part, b))
                continue;
            bool together = a == b || (leads[a][b] && leads[b][a]);
            g_assert_true(together == (found->component[a] == found->component[b]));
            if (leads[a][b] && !together)
                g_assert_cmpuint(found->component[b], <, found->component[a]);
        }
    }
}

static void
test_random(void)
{
    for (int round = 0; round < 1000; round++) {
        uint32_t n_objects = 1 + sample_random(MOST);
        g_auto(HgGraph) graph = sample_graph_random(n_objects, sample_random(3 * n_objects));
        uint8_t part[MOST / 8 + 1] = {0};
        for (uint32_t i = 0; i < n_objects; i++)
            if (round % 2 || sample_random(4))
                part[i / 8] |= (uint8_t)(1u << (i % 8));
        g_auto(HgComponents) found = {0};
        g_assert_true(hg_components_find(&graph, part, NULL, &found, NULL));
        check(&graph, part, &found);
    }
}

/* A cycle of a million: no recursion could do it. */
static void
test_long(void)
{
    uint32_t n = 1000000;
    g_autofree SampleReference *references = g_new(SampleReference, n);
    for (uint32_t i = 0; i < n; i++)
        references[i] = (SampleReference){i, (i + 1) % n, STRONG};
    g_auto(HgGraph) graph = sample_graph_new(n, references, n);
    g_autofree uint8_t *part = g_malloc(n / 8 + 1);
    for (uint32_t i = 0; i < n / 8 + 1; i++)
        part[i] = 0xff;
    g_auto(HgComponents) found = {0};
    g_assert_true(hg_components_find(&graph, part, NULL, &found, NULL));
    g_assert_cmpuint(found.n, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/components/as-the-closure-says", test_random);
    g_test_add_func("/components/a-long-cycle", test_long);
    return g_test_run();
}
