/* graph-shapes.c - runs the graph algorithms on a shape of any size, to be measured.
 *
 * The shapes are those that make one algorithm or the other slow:
 *
 *   list     a doubly linked list
 *   ends     the same with a head that knows both ends
 *   walks    a list whose end refers to what its head refers to as well
 *   ladder   a list with references back to anywhere before
 *   steps    a list with references forward to anywhere behind
 *   random   three references of each object to anywhere
 *   garbage  as random, and no root
 * SPDX-License-Identifier: MIT */
#include "core/graph/by-type.h"
#include "core/graph/reach.h"
#include "core/graph/retained.h"
#include "tests/sample-graph.h"

#include <stdlib.h>

typedef struct {
    SampleReference *reference;
    uint64_t n_references;
    uint32_t n_objects;
    uint64_t random;
} Shape;

static uint32_t
below(Shape *shape, uint32_t bound)
{
    shape->random = shape->random * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(shape->random >> 33) % bound;
}

static void
refer(Shape *shape, uint32_t source, uint32_t target)
{
    shape->reference[shape->n_references++] = (SampleReference){source, target, STRONG};
}

static void
make_list(Shape *shape)
{
    for (uint32_t i = 1; i < shape->n_objects; i++) {
        refer(shape, i - 1, i);
        refer(shape, i, i - 1);
    }
}

static void
make_ends(Shape *shape)
{
    make_list(shape);
    refer(shape, 0, shape->n_objects - 1);
}

static void
make_walks(Shape *shape)
{
    uint32_t half = shape->n_objects / 2;
    for (uint32_t i = half; i < shape->n_objects; i++)
        refer(shape, 0, i);
    for (uint32_t i = 1; i < half; i++)
        refer(shape, i - 1, i);
    for (uint32_t i = half; i < shape->n_objects; i++)
        refer(shape, half - 1, i);
}

static void
make_ladder(Shape *shape)
{
    for (uint32_t i = 1; i < shape->n_objects; i++) {
        refer(shape, i - 1, i);
        refer(shape, i, below(shape, i));
    }
}

static void
make_steps(Shape *shape)
{
    for (uint32_t i = 1; i < shape->n_objects; i++) {
        refer(shape, below(shape, i), i);
        refer(shape, i - 1, i);
    }
}

static void
make_random(Shape *shape)
{
    for (uint32_t i = 0; i < 3 * shape->n_objects; i++)
        refer(shape, i / 3, below(shape, shape->n_objects));
}

static const struct {
    const char *name;
    void (*make)(Shape *shape);
    size_t n_roots;
} shapes[] = {{"list", make_list, 1},     {"ends", make_ends, 1},   {"walks", make_walks, 1},
              {"ladder", make_ladder, 1}, {"steps", make_steps, 1}, {"random", make_random, 1},
              {"garbage", make_random, 0}};

/* Numbers below 500, as sizes and as types. */
static bool
pack_numbers(uint32_t n, HgPacked *numbers, GError **error)
{
    for (uint32_t i = 0; i < n; i++)
        if (!hg_packed_append(numbers, i % 500, error))
            return false;
    return hg_packed_finish(numbers, error);
}

/* What loading does with a graph; here is measured. */
static bool
compute(HgGraph *graph, size_t n_roots, GError **error)
{
    uint32_t root = 0;
    uint64_t sums[512] = {0}, first[512];
    g_auto(HgReach) reach = {0};
    g_auto(HgDominators) dominators = {0};
    g_auto(HgPacked) size = {0};
    HG_AUTO_ARRAY uint64_t *retained = NULL;
    HG_AUTO_ARRAY uint32_t *by_type = NULL;
    return pack_numbers(graph->n_objects, &size, error) && hg_graph_reverse(graph, error) &&
           hg_reach_find(graph, &root, n_roots, NULL, &reach, error) &&
           hg_dominators_find(graph, &root, n_roots, NULL, &dominators, error) &&
           hg_retained_find(&dominators, &size, &retained, error) &&
           hg_retained_sum_types(&dominators, retained, &size, G_N_ELEMENTS(sums), sums, error) &&
           hg_by_type_sort(&size, &size, G_N_ELEMENTS(first) - 1, first, &by_type, error);
}

static bool
run(const char *name, uint32_t n_objects, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        if (!g_str_equal(shapes[i].name, name))
            continue;
        Shape shape = {.n_objects = n_objects};
        shape.reference = g_new(SampleReference, 3 * (uint64_t)n_objects);
        shapes[i].make(&shape);
        g_auto(HgGraph) graph = sample_graph_new(n_objects, shape.reference, shape.n_references);
        g_free(shape.reference);
        return compute(&graph, shapes[i].n_roots, error);
    }
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "no shape is called '%s'", name);
    return false;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc == 3 && run(argv[1], (uint32_t)MAX(2, atoi(argv[2])), &error))
        return 0;
    g_printerr("graph-shapes: %s\n", error ? error->message : "expected SHAPE OBJECTS");
    return 1;
}
