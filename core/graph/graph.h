/* graph.h - the object graph in arrays.
 *
 * Objects are numbers 0 .. n-1 in the order of their addresses; references stand in rows,
 * one row an object, one after the other:
 *
 *      first:   0     2  2        5        n+1 of them
 *      other:   7  9     0  1  4           rows: 0 -> 7, 9;  1 -> nothing;  2 -> 0, 1, 4
 *
 * No pointer per object, no recursion: a linked list can be a million long.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/dump.h"
#include "core/error.h"
#include "core/progress.h"

/* Rows of references in one direction. */
typedef struct {
    uint64_t *first; /* n_objects + 1 */
    uint32_t *other; /* targets (forward) or sources (backward) */
} HgRows;

typedef struct {
    uint32_t n_objects;
    uint64_t n_references;
    HgRows forward;  /* every reference, in the order of the dump within a row */
    HgRows backward; /* every reference; sources ascending within a row */
    uint8_t *how;    /* of forward.other[i]: HG_HOW_* and the label kind */
} HgGraph;

void hg_rows_clear(HgRows *rows);
void hg_graph_clear(HgGraph *graph);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgGraph, hg_graph_clear)

/* Like g_new(), but failure is an error and not an abort: for arrays as long as a file says.
 * Returns: zeroed memory for [count] items of [size] bytes, at least one; g_free() or
 * hg_array_free(). */
void *hg_array_new(uint64_t count, size_t size, GError **error);

/* The same for what may never be filled: it takes memory only as it is touched. g_free(). */
void *hg_array_reserve(uint64_t count, size_t size, GError **error);

/* Frees an array, or anything else of g_malloc(). Between hg_arrays_begin_reuse() and
 * hg_arrays_end_reuse() large ones are kept for the next hg_array_new(), on all threads, at most
 * [most] bytes that nobody uses: memory that is new to a process costs more to have than most walks
 * over it. */
void hg_array_free(void *array);
void hg_arrays_begin_reuse(uint64_t most);
void hg_arrays_end_reuse(void);

static inline void
hg_array_clear(void *array_pointer)
{
    void **array = array_pointer;
    hg_array_free(*array);
    *array = NULL;
}

/* Like g_autofree. */
#define HG_AUTO_ARRAY _GLIB_CLEANUP(hg_array_clear)

/* Fills graph->backward from graph->forward by counting; two passes, no sort. */
bool hg_graph_reverse(HgGraph *graph, GError **error);

/* Sets *marks to one bit an object: whether any of its references keeps nothing alive. So few
 * have one that a walk need not read `how` of the others. g_free(). */
bool hg_graph_mark_weak(const HgGraph *graph, uint8_t **marks, GError **error);

static inline bool
hg_weak_mark(const uint8_t *marks, uint32_t object)
{
    return marks[object / 8] >> (object % 8) & 1;
}
