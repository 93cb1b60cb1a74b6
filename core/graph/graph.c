/* graph.c - the object graph in arrays.
 * SPDX-License-Identifier: MIT */
#include "core/graph/graph.h"

#include <inttypes.h>
#include <sys/mman.h>

#define HUGE_PAGE (UINT64_C(2) << 20)
#define AHEAD 24 /* references between asking for memory and using it */

/* Walks over a graph jump about: fewer, larger pages halve their cost. Only a hint. */
static void
use_huge_pages(void *array, uint64_t size)
{
    uintptr_t start = ((uintptr_t)array + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
    uintptr_t end = ((uintptr_t)array + size) & ~(uintptr_t)(HUGE_PAGE - 1);
    if (size >= 2 * HUGE_PAGE && start < end)
        (void)madvise((void *)start, end - start, MADV_HUGEPAGE);
}

void *
hg_array_new(uint64_t count, size_t size, GError **error)
{
    void *array = g_try_malloc0_n(MAX(count, 1), size);
    if (!array) {
        g_set_error(error, HG_ERROR, HG_ERROR_MEMORY,
                    "not enough memory for %" PRIu64 " items of %zu bytes", count, size);
        return NULL;
    }
    use_huge_pages(array, count * size);
    return array;
}

void
hg_rows_clear(HgRows *rows)
{
    g_clear_pointer(&rows->first, g_free);
    g_clear_pointer(&rows->other, g_free);
}

void
hg_graph_clear(HgGraph *graph)
{
    hg_rows_clear(&graph->forward);
    hg_rows_clear(&graph->backward);
    g_clear_pointer(&graph->how, g_free);
    graph->n_objects = 0;
    graph->n_references = 0;
}

/* Counts two places further on, so that after summing up and filling in (which moves each
 * start to the start of the next row) the starts are where they belong. */
static void
count_rows(const HgGraph *graph, uint64_t *first)
{
    const uint32_t *target = graph->forward.other;
    for (uint64_t reference = 0; reference < graph->n_references; reference++)
        first[(uint64_t)target[reference] + 2]++;
    for (uint64_t row = 2; row <= graph->n_objects; row++)
        first[row + 1] += first[row];
}

static void
fill_rows(const HgGraph *graph, uint64_t *first, uint32_t *other)
{
    const uint32_t *target = graph->forward.other;
    uint64_t reference = 0;
    for (uint32_t source = 0; source < graph->n_objects; source++)
        for (; reference < graph->forward.first[(uint64_t)source + 1]; reference++) {
            if (reference + 2 * AHEAD < graph->n_references) {
                __builtin_prefetch(&first[(uint64_t)target[reference + 2 * AHEAD] + 1], 1);
                __builtin_prefetch(&other[first[(uint64_t)target[reference + AHEAD] + 1]], 1);
            }
            other[first[(uint64_t)target[reference] + 1]++] = source;
        }
}

bool
hg_graph_reverse(HgGraph *graph, GError **error)
{
    g_autofree uint64_t *first =
        hg_array_new((uint64_t)graph->n_objects + 2, sizeof(*first), error);
    if (!first)
        return false;
    g_autofree uint32_t *other = hg_array_new(graph->n_references, sizeof(*other), error);
    if (!other)
        return false;

    count_rows(graph, first);
    fill_rows(graph, first, other);
    hg_rows_clear(&graph->backward);
    graph->backward.first = g_steal_pointer(&first);
    graph->backward.other = g_steal_pointer(&other);
    return true;
}

bool
hg_graph_mark_weak(const HgGraph *graph, uint8_t **marks, GError **error)
{
    g_autofree uint8_t *mark = hg_array_new((uint64_t)graph->n_objects / 8 + 1, 1, error);
    if (!mark)
        return false;
    uint64_t reference = 0;
    for (uint32_t source = 0; source < graph->n_objects; source++)
        for (; reference < graph->forward.first[(uint64_t)source + 1]; reference++)
            if (!hg_how_keeps(graph->how[reference]))
                mark[source / 8] |= (uint8_t)(1u << (source % 8));
    *marks = g_steal_pointer(&mark);
    return true;
}
