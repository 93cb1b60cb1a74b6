/* graph.c - the object graph in arrays.
 * SPDX-License-Identifier: MIT */
#include "core/graph/graph.h"

#include <inttypes.h>
#include <malloc.h>
#include <string.h>
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

/* ---- arrays that are used again -------------------------------------------------------- */

#define N_KEPT 32
#define LARGE (UINT64_C(1) << 20)

static GMutex kept_lock; /* what follows */
static unsigned n_reusers;
static uint64_t kept_most, kept_size; /* bytes that may be kept, that are */
static struct {
    void *array; /* NULL: free place */
    uint64_t size;
} kept[N_KEPT];

/* Returns: the smallest array that is kept and has [size] bytes, cut to about that size; NULL if
 * there is none. */
static void *
take_kept(uint64_t size)
{
    int best = -1;
    g_mutex_lock(&kept_lock);
    for (int i = 0; i < N_KEPT; i++)
        if (kept[i].array && kept[i].size >= size && (best < 0 || kept[i].size < kept[best].size))
            best = i;
    void *array = best < 0 ? NULL : kept[best].array;
    bool is_wide = array && kept[best].size > size + size / 4;
    if (array) {
        kept[best].array = NULL;
        kept_size -= kept[best].size;
    }
    g_mutex_unlock(&kept_lock);
    return is_wide ? g_realloc(array, size) : array; /* the rest goes back to the system */
}

/* Gives back about as much as a new array will take, so that what is kept adds nothing. */
static void
release_kept(uint64_t size)
{
    uint64_t released = 0;
    g_mutex_lock(&kept_lock);
    for (int i = 0; i < N_KEPT && released < size; i++)
        if (kept[i].array) {
            released += kept[i].size;
            kept_size -= kept[i].size;
            g_clear_pointer(&kept[i].array, g_free);
        }
    g_mutex_unlock(&kept_lock);
}

static bool
keep(void *array, uint64_t size)
{
    bool done = false;
    g_mutex_lock(&kept_lock);
    bool may = n_reusers && kept_size + size <= kept_most;
    for (int i = 0; i < N_KEPT && may && !done; i++)
        if (!kept[i].array) {
            kept[i].array = array;
            kept[i].size = size;
            kept_size += size;
            done = true;
        }
    g_mutex_unlock(&kept_lock);
    return done;
}

void
hg_array_free(void *array)
{
    uint64_t size = array ? malloc_usable_size(array) : 0;
    if (size < LARGE || !keep(array, size))
        g_free(array);
}

void
hg_arrays_begin_reuse(uint64_t most)
{
    g_mutex_lock(&kept_lock);
    n_reusers++;
    kept_most = MAX(kept_most, most);
    g_mutex_unlock(&kept_lock);
}

void
hg_arrays_end_reuse(void)
{
    g_mutex_lock(&kept_lock);
    bool last = --n_reusers == 0;
    if (last)
        kept_most = 0;
    g_mutex_unlock(&kept_lock);
    if (last)
        release_kept(UINT64_MAX);
}

/* Returns: how many bytes they are, 0 if they are too many. */
static uint64_t
count_bytes(uint64_t count, size_t size)
{
    return MAX(count, 1) <= SIZE_MAX / size ? MAX(count, 1) * size : 0;
}

void *
hg_array_reserve(uint64_t count, size_t size, GError **error)
{
    uint64_t n_bytes = count_bytes(count, size);
    void *array = n_bytes ? g_try_malloc0(n_bytes) : NULL;
    if (array) {
        use_huge_pages(array, n_bytes);
        return array;
    }
    g_set_error(error, HG_ERROR, HG_ERROR_MEMORY,
                "not enough memory for %" PRIu64 " items of %zu bytes", count, size);
    return NULL;
}

void *
hg_array_new(uint64_t count, size_t size, GError **error)
{
    uint64_t n_bytes = count_bytes(count, size);
    if (n_bytes < LARGE)
        return hg_array_reserve(count, size, error);
    void *array = take_kept(n_bytes);
    if (array)
        return memset(array, 0, n_bytes);
    release_kept(n_bytes);
    return hg_array_reserve(count, size, error);
}

/* ---- the graph ------------------------------------------------------------------------- */

void
hg_rows_clear(HgRows *rows)
{
    hg_array_clear(&rows->first);
    hg_array_clear(&rows->other);
}

void
hg_graph_clear(HgGraph *graph)
{
    hg_rows_clear(&graph->forward);
    hg_rows_clear(&graph->backward);
    hg_array_clear(&graph->how);
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
    HG_AUTO_ARRAY uint64_t *first =
        hg_array_new((uint64_t)graph->n_objects + 2, sizeof(*first), error);
    if (!first)
        return false;
    HG_AUTO_ARRAY uint32_t *other = hg_array_new(graph->n_references, sizeof(*other), error);
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
    HG_AUTO_ARRAY uint8_t *mark = hg_array_new((uint64_t)graph->n_objects / 8 + 1, 1, error);
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
