/* sample-graph.h - graphs for the tests: from a list of references, or random.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/graph.h"

#define STRONG (HG_LABEL_ITEM | HG_HOW_VISITED)
#define WEAK (HG_LABEL_WEAK | HG_HOW_WEAK)

typedef struct {
    uint32_t source, target;
    uint8_t how;
} SampleReference;

/* Makes rows of [reference]s in any order; those of one source stay in theirs. */
static inline HgGraph
sample_graph_new(uint32_t n_objects, const SampleReference *reference, uint64_t n_references)
{
    HgGraph graph = {.n_objects = n_objects, .n_references = n_references};
    uint64_t *first = g_new0(uint64_t, (uint64_t)n_objects + 2);
    for (uint64_t i = 0; i < n_references; i++)
        first[(uint64_t)reference[i].source + 2]++;
    for (uint64_t i = 2; i <= n_objects; i++)
        first[i + 1] += first[i];
    graph.forward.other = g_new(uint32_t, n_references + 1);
    graph.how = g_new(uint8_t, n_references + 1);
    for (uint64_t i = 0; i < n_references; i++) {
        uint64_t place = first[(uint64_t)reference[i].source + 1]++;
        graph.forward.other[place] = reference[i].target;
        graph.how[place] = reference[i].how;
    }
    graph.forward.first = first;
    return graph;
}

static inline uint32_t
sample_random(uint32_t below)
{
    return (uint32_t)g_test_rand_int_range(0, (gint32)below);
}

/* One reference in eight keeps nothing alive. */
static inline HgGraph
sample_graph_random(uint32_t n_objects, uint32_t n_references)
{
    g_autofree SampleReference *reference = g_new(SampleReference, n_references + 1);
    for (uint32_t i = 0; i < n_references; i++)
        reference[i] = (SampleReference){sample_random(n_objects), sample_random(n_objects),
                                         sample_random(8) ? STRONG : WEAK};
    return sample_graph_new(n_objects, reference, n_references);
}

/* Marks in [met] what is reached from [start] when [without] (or HG_NONE) is not there:
 * the plain way, with a list of what to visit. */
static inline void
sample_reach(const HgGraph *graph, uint32_t start, uint32_t without, bool *met)
{
    if (start == without || met[start])
        return;
    g_autofree uint32_t *stack = g_new(uint32_t, (uint64_t)graph->n_objects + 1);
    uint32_t n_stack = 0;
    met[start] = true;
    stack[n_stack++] = start;
    while (n_stack) {
        uint32_t source = stack[--n_stack];
        for (uint64_t i = graph->forward.first[source]; i < graph->forward.first[source + 1]; i++) {
            uint32_t target = graph->forward.other[i];
            if ((graph->how[i] & HG_HOW_WEAK) || target == without || met[target])
                continue;
            met[target] = true;
            stack[n_stack++] = target;
        }
    }
}
