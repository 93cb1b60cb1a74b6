/* test-retained.c - what would be freed with an object, or with all objects of a type.
 *
 * The second opinion: take it away and add up what is no longer reached.
 * SPDX-License-Identifier: MIT */
#include "core/graph/retained.h"
#include "tests/sample-graph.h"

#define N_TYPES 5

typedef struct {
    HgGraph graph;
    HgPacked size, type;
    HgDominators dominators;
    uint64_t *retained;
    uint32_t root;
} Sample;

static void
sample_clear(Sample *sample)
{
    hg_graph_clear(&sample->graph);
    hg_packed_clear(&sample->size);
    hg_packed_clear(&sample->type);
    hg_dominators_clear(&sample->dominators);
    g_free(sample->retained);
}

static void
sample_init(Sample *sample, uint32_t n_objects, uint32_t n_references)
{
    *sample = (Sample){.graph = sample_graph_random(n_objects, n_references)};
    for (uint32_t i = 0; i < n_objects; i++) {
        g_assert_true(hg_packed_append(&sample->size, 16 + sample_random(100000), NULL));
        g_assert_true(hg_packed_append(&sample->type, sample_random(N_TYPES), NULL));
    }
    g_assert_true(hg_packed_finish(&sample->size, NULL));
    g_assert_true(hg_packed_finish(&sample->type, NULL));
    sample->root = sample_random(n_objects);
    g_assert_true(
        hg_dominators_find(&sample->graph, &sample->root, 1, NULL, &sample->dominators, NULL));
    g_assert_true(hg_retained_find(&sample->dominators, &sample->size, &sample->retained, NULL));
}

static void
test_retained(void)
{
    for (int round = 0; round < 1000; round++) {
        uint32_t n = 1 + sample_random(30);
        Sample sample;
        sample_init(&sample, n, sample_random(3 * n));
        g_autofree bool *reached = g_new0(bool, n);
        sample_reach(&sample.graph, sample.root, HG_NONE, reached);
        for (uint32_t taken = 0; taken < n; taken++) {
            if (!reached[taken])
                continue;
            g_autofree bool *left = g_new0(bool, n);
            sample_reach(&sample.graph, sample.root, taken, left);
            uint64_t freed = 0;
            for (uint32_t object = 0; object < n; object++)
                freed += reached[object] && !left[object] ? hg_packed_get(&sample.size, object) : 0;
            g_assert_cmpuint(sample.retained[sample.dominators.number[taken]], ==, freed);
        }
        sample_clear(&sample);
    }
}

static bool
is_nested(const Sample *sample, uint32_t object)
{
    const HgDominators *dominators = &sample->dominators;
    for (uint32_t above = hg_dominators_get_holder(dominators, object); above != HG_NONE;
         above = hg_dominators_get_holder(dominators, above))
        if (hg_packed_get(&sample->type, above) == hg_packed_get(&sample->type, object))
            return true;
    return false;
}

static void
test_types(void)
{
    for (int round = 0; round < 1000; round++) {
        uint32_t n = 1 + sample_random(40);
        Sample sample;
        sample_init(&sample, n, sample_random(2 * n));
        uint64_t sums[N_TYPES] = {0}, expected[N_TYPES] = {0};
        for (uint32_t object = 0; object < n; object++)
            if (!is_nested(&sample, object))
                expected[hg_packed_get(&sample.type, object)] +=
                    sample.retained[sample.dominators.number[object]];
        g_assert_true(hg_retained_sum_types(&sample.dominators, sample.retained, &sample.type,
                                            N_TYPES, sums, NULL));
        g_assert_cmpmem(sums, sizeof sums, expected, sizeof expected);
        sample_clear(&sample);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/retained/is-what-would-be-freed", test_retained);
    g_test_add_func("/retained/types-count-nested-once", test_types);
    return g_test_run();
}
