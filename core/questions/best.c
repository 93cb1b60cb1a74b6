/* best.c - the objects with the greatest measure, of any number that are offered.
 * SPDX-License-Identifier: MIT */
#include "core/questions/best.h"

typedef struct {
    uint64_t measure;
    uint32_t object;
} Candidate;

void
hg_best_init(HgBest *best, uint64_t limit)
{
    *best =
        (HgBest){.heap = g_array_new(FALSE, FALSE, sizeof(Candidate)), .limit = limit, .count = 0};
}

void
hg_best_clear(HgBest *best)
{
    g_clear_pointer(&best->heap, g_array_unref);
}

static Candidate *
get_heap(const HgBest *best)
{
    return (Candidate *)(void *)best->heap->data;
}

static bool
is_worse(const Candidate *one, const Candidate *other)
{
    if (one->measure != other->measure)
        return one->measure < other->measure;
    return one->object > other->object;
}

static void
swap(Candidate *one, Candidate *other)
{
    Candidate kept = *one;
    *one = *other;
    *other = kept;
}

static void
sink(Candidate *heap, unsigned n_candidates)
{
    for (unsigned at = 0, child; (child = 2 * at + 1) < n_candidates; at = child) {
        if (child + 1 < n_candidates && is_worse(&heap[child + 1], &heap[child]))
            child++;
        if (!is_worse(&heap[child], &heap[at]))
            return;
        swap(&heap[at], &heap[child]);
    }
}

static void
rise(Candidate *heap, unsigned at)
{
    for (; at > 0 && is_worse(&heap[at], &heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&heap[at], &heap[(at - 1) / 2]);
}

void
hg_best_consider(HgBest *best, uint32_t object, uint64_t measure)
{
    Candidate candidate = {.measure = measure, .object = object};
    if (best->heap->len < best->limit) {
        g_array_append_val(best->heap, candidate);
        rise(get_heap(best), best->heap->len - 1);
    } else if (best->limit > 0 && is_worse(get_heap(best), &candidate)) {
        *get_heap(best) = candidate;
        sink(get_heap(best), best->heap->len);
    }
    if (best->limit > 0 && best->heap->len >= best->limit)
        best->least = get_heap(best)->measure;
}

static int
compare_candidates(const void *a, const void *b)
{
    return is_worse(a, b) ? 1 : -1;
}

GArray *
hg_best_take(HgBest *best)
{
    g_array_sort(best->heap, compare_candidates);
    GArray *objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (unsigned i = 0; i < best->heap->len; i++)
        g_array_append_val(objects, get_heap(best)[i].object);
    return objects;
}
