/* test-dominators.c - which object keeps which alive.
 *
 * The second opinion is the definition: take an object away and see what is no longer reached.
 * SPDX-License-Identifier: MIT */
#include "core/graph/depth-first.h"
#include "core/graph/dominators.h"
#include "tests/sample-graph.h"

typedef struct {
    uint32_t *roots;
    size_t n_roots;
} Roots;

static void
reach_all(const HgGraph *graph, Roots roots, uint32_t without, bool *met)
{
    memset(met, 0, graph->n_objects * sizeof *met);
    for (size_t i = 0; i < roots.n_roots; i++)
        sample_reach(graph, roots.roots[i], without, met);
}

/* Whether [above] is a proper dominator of [object], by the chain of holders. */
static bool
holds(const HgDominators *dominators, uint32_t above, uint32_t object)
{
    for (uint32_t holder = hg_dominators_get_holder(dominators, object); holder != HG_NONE;
         holder = hg_dominators_get_holder(dominators, holder))
        if (holder == above)
            return true;
    return false;
}

static void
check_shape(const HgGraph *graph, const HgDominators *dominators)
{
    g_assert_cmpuint(dominators->n, ==, graph->n_objects);
    for (uint32_t object = 0; object < graph->n_objects; object++)
        g_assert_cmpuint(dominators->object[dominators->number[object]], ==, object);
    for (uint32_t number = 1; number <= dominators->n; number++)
        g_assert_cmpuint(dominators->holder[number], <, number);
}

/* [without_any] is what [roots] reach. */
static void
check_dominators(const HgGraph *graph, const HgDominators *dominators, Roots roots)
{
    g_autofree bool *reached = g_new(bool, graph->n_objects + 1);
    g_autofree bool *left = g_new(bool, graph->n_objects + 1);
    reach_all(graph, roots, HG_NONE, reached);
    for (uint32_t taken = 0; taken < graph->n_objects; taken++) {
        reach_all(graph, roots, taken, left);
        for (uint32_t object = 0; object < graph->n_objects; object++)
            if (reached[object] && object != taken)
                g_assert_cmpint(holds(dominators, taken, object), ==, !left[object]);
    }
}

/* Roots for the garbage, found the plain way: of every set of objects that reach each other and
 * that nothing unreached outside the set reaches, the one with the smallest address. */
static Roots
find_garbage_roots(const HgGraph *graph, const bool *live)
{
    uint32_t n = graph->n_objects;
    g_autofree bool *reaches = g_new0(bool, (size_t)n *n + 1);
    Roots roots = {g_new(uint32_t, n + 1), 0};
    for (uint32_t object = 0; object < n; object++)
        sample_reach(graph, object, HG_NONE, reaches + (size_t)object * n);
    for (uint32_t object = 0; object < n; object++) {
        bool first = !live[object];
        for (uint32_t other = 0; other < n && first; other++)
            if (other != object && !live[other] && reaches[(size_t)other * n + object])
                first = reaches[(size_t)object * n + other] && object < other;
        if (first)
            roots.roots[roots.n_roots++] = object;
    }
    return roots;
}

static void
check_garbage(const HgGraph *graph, const HgDominators *dominators, Roots roots)
{
    g_autofree bool *live = g_new(bool, graph->n_objects + 1);
    reach_all(graph, roots, HG_NONE, live);
    Roots garbage = find_garbage_roots(graph, live);
    /* without what is live: as if the garbage did not refer to it */
    HgGraph among = *graph;
    g_autofree uint8_t *how = g_memdup2(graph->how, graph->n_references + 1);
    for (uint64_t i = 0; i < graph->n_references; i++)
        if (live[graph->forward.other[i]])
            how[i] = WEAK;
    among.how = how;
    check_dominators(&among, dominators, garbage);
    g_free(garbage.roots);
}

static void
check(const HgGraph *graph, Roots roots)
{
    g_auto(HgDominators) dominators = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(hg_dominators_find(graph, roots.roots, roots.n_roots, NULL, &dominators, &error));
    check_shape(graph, &dominators);
    check_dominators(graph, &dominators, roots);
    check_garbage(graph, &dominators, roots);
}

static void
test_random(void)
{
    for (int round = 0; round < 3000; round++) {
        uint32_t n_objects = 1 + sample_random(24), list[3];
        Roots roots = {list, sample_random(4)};
        g_auto(HgGraph) graph = sample_graph_random(n_objects, sample_random(3 * n_objects));
        for (size_t i = 0; i < roots.n_roots; i++)
            list[i] = sample_random(n_objects);
        check(&graph, roots);
    }
}

static void
test_random_larger(void)
{
    for (int round = 0; round < 12; round++) {
        uint32_t n_objects = 150;
        g_auto(HgGraph) graph = sample_graph_random(n_objects, 180 + (uint32_t)round * 10);
        check(&graph, (Roots){(uint32_t[]){0, 1, 2, 3}, 4});
    }
}

/* Few objects with long rows: they are followed in portions. */
static void
test_long_rows(void)
{
    for (int round = 0; round < 60; round++) {
        uint32_t n_objects = 60 + sample_random(60), n_references = 0;
        g_autofree SampleReference *reference = g_new(SampleReference, 1000);
        for (uint32_t hub = 0; hub < 3; hub++)
            for (uint32_t length = 60 + sample_random(200); length; length--)
                reference[n_references++] = (SampleReference){hub * 7, sample_random(n_objects),
                                                              sample_random(9) ? STRONG : WEAK};
        for (uint32_t i = 0; i < 150; i++)
            reference[n_references++] =
                (SampleReference){sample_random(n_objects), sample_random(n_objects), STRONG};
        g_auto(HgGraph) graph = sample_graph_new(n_objects, reference, n_references);
        uint32_t root = 21 + sample_random(n_objects - 21);
        check(&graph, (Roots){&root, round % 2});
    }
}

static void
find(const HgGraph *graph, HgDominators *dominators)
{
    g_assert_true(hg_dominators_find(graph, (uint32_t[]){0}, 1, NULL, dominators, NULL));
}

/* 0 <-> 1 <-> 2 ... : each is held by the one before. */
static void
test_doubly_linked(void)
{
    uint32_t n = 1000000;
    g_autofree SampleReference *reference = g_new(SampleReference, 2 * n);
    for (uint32_t i = 0; i + 1 < n; i++) {
        reference[2 * i] = (SampleReference){i, i + 1, STRONG};
        reference[2 * i + 1] = (SampleReference){i + 1, i, STRONG};
    }
    g_auto(HgGraph) graph = sample_graph_new(n, reference, 2 * (n - 1));
    g_auto(HgDominators) dominators = {0};
    find(&graph, &dominators);
    for (uint32_t object = 1; object < n; object++)
        g_assert_cmpuint(hg_dominators_get_holder(&dominators, object), ==, object - 1);
}

/* The same with a head that knows both ends: nobody holds a link alone but the head. */
static void
test_head_and_tail(void)
{
    uint32_t n = 1000000, n_references = 0;
    g_autofree SampleReference *reference = g_new(SampleReference, 2 * n + 2);
    for (uint32_t i = 1; i + 1 < n; i++) {
        reference[n_references++] = (SampleReference){i, i + 1, STRONG};
        reference[n_references++] = (SampleReference){i + 1, i, STRONG};
    }
    reference[n_references++] = (SampleReference){0, 1, STRONG};
    reference[n_references++] = (SampleReference){0, n - 1, STRONG};
    g_auto(HgGraph) graph = sample_graph_new(n, reference, n_references);
    g_auto(HgDominators) dominators = {0};
    find(&graph, &dominators);
    for (uint32_t object = 1; object < n; object++)
        g_assert_cmpuint(hg_dominators_get_holder(&dominators, object), ==, 0);
}

/* 0 -> 1 -> 2 ... -> n-1 -> each of n leaves, which 0 refers to as well: the walk from the
 * leaf's parent up to 0 is n steps long, for each of n leaves. */
static void
test_long_walks(void)
{
    uint32_t n = 200000, n_references = 0;
    g_autofree SampleReference *reference = g_new(SampleReference, 3 * n);
    for (uint32_t i = 0; i < n; i++)
        reference[n_references++] = (SampleReference){0, n + i, STRONG};
    for (uint32_t i = 0; i + 1 < n; i++)
        reference[n_references++] = (SampleReference){i, i + 1, STRONG};
    for (uint32_t i = 0; i < n; i++)
        reference[n_references++] = (SampleReference){n - 1, n + i, STRONG};
    g_auto(HgGraph) graph = sample_graph_new(2 * n, reference, n_references);
    g_auto(HgDominators) dominators = {0};
    find(&graph, &dominators);
    for (uint32_t object = 1; object < n; object++)
        g_assert_cmpuint(hg_dominators_get_holder(&dominators, object), ==, object - 1);
    for (uint32_t leaf = n; leaf < 2 * n; leaf++)
        g_assert_cmpuint(hg_dominators_get_holder(&dominators, leaf), ==, 0);
}

/* The same small enough for the definition, so that the jumps are checked by it: chains with
 * shortcuts, which need more than sixteen steps an object. */
static void
test_jumps(void)
{
    for (int round = 0; round < 4; round++) {
        uint32_t chain = 150, n = 2 * chain, n_references = 0;
        g_autofree SampleReference *reference = g_new(SampleReference, 5 * n);
        for (uint32_t i = chain; i < n; i++) {
            uint32_t shortcut = sample_random(40);
            reference[n_references++] = (SampleReference){shortcut, i, STRONG};
            reference[n_references++] = (SampleReference){chain - 1, i, STRONG};
        }
        for (uint32_t i = 0; i + 1 < chain; i++)
            reference[n_references++] = (SampleReference){i, i + 1, STRONG};
        g_auto(HgGraph) graph = sample_graph_new(n, reference, n_references);
        check(&graph, (Roots){(uint32_t[]){0}, 1});
    }
}

static void
test_nothing(void)
{
    g_auto(HgGraph) graph = sample_graph_new(0, NULL, 0);
    g_auto(HgDominators) dominators = {0};
    g_assert_true(hg_dominators_find(&graph, NULL, 0, NULL, &dominators, NULL));
    g_assert_cmpuint(dominators.n, ==, 0);
}

static bool
stop_at(const char *step, uint64_t done, uint64_t total, void *user_data)
{
    return !g_str_equal(step, user_data);
}

static void
test_cancel(void)
{
    static const char *const steps[] = {"walking the references", "finding holders"};
    uint32_t n = 2 * HG_PROGRESS_STEPS;
    g_autofree SampleReference *reference = g_new(SampleReference, n);
    for (uint32_t i = 0; i + 1 < n; i++)
        reference[i] = (SampleReference){i, i + 1, STRONG};
    g_auto(HgGraph) graph = sample_graph_new(n, reference, n - 1);
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        HgProgress progress = {stop_at, (void *)steps[i]};
        g_auto(HgDominators) dominators = {0};
        g_autoptr(GError) error = NULL;
        g_assert_false(
            hg_dominators_find(&graph, (uint32_t[]){0}, 1, &progress, &dominators, &error));
        g_assert_error(error, HG_ERROR, HG_ERROR_CANCELLED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dominators/as-defined", test_random);
    g_test_add_func("/dominators/as-defined-larger", test_random_larger);
    g_test_add_func("/dominators/long-rows", test_long_rows);
    g_test_add_func("/dominators/doubly-linked-list", test_doubly_linked);
    g_test_add_func("/dominators/head-and-tail", test_head_and_tail);
    g_test_add_func("/dominators/long-walks", test_long_walks);
    g_test_add_func("/dominators/jumps", test_jumps);
    g_test_add_func("/dominators/of-nothing", test_nothing);
    g_test_add_func("/dominators/can-be-cancelled", test_cancel);
    return g_test_run();
}
