/* heap-store.c - a snapshot of a heap that never was, in a store of its own.
 * SPDX-License-Identifier: MIT */
#include "tests/support/heap-store.h"

#include "core/load/load.h"
#include "tests/support/random-heap.h"
#include "tests/synthetic/synthetic-heap.h"

#include <glib/gstdio.h>

#define PROGRAM 1000

void
heap_store_set_up(HeapStore *heap, uint32_t seed)
{
    g_autoptr(GError) error = NULL;
    HgLoadOptions options = {0};
    HgLoadResult result;
    SyntheticHeap program = {.objects = seed, .references = 2, .seed = seed};
    heap->folder = g_dir_make_tmp("hg-heap-XXXXXX", &error);
    heap->path = g_build_filename(heap->folder, "store.db", NULL);
    heap->store = hg_store_open(heap->path, HG_STORE_WRITE, &error);
    g_assert_no_error(error);
    g_autoptr(HgLoader) loader = hg_loader_new(heap->store, &options);
    HgSink *sink = hg_loader_get_sink(loader);
    g_assert_true(seed >= PROGRAM ? synthetic_heap_tell(&program, sink, &error)
                                  : random_heap_tell(sink, seed, 10 + seed * 7, &error));
    g_assert_true(hg_loader_finish(loader, &result, &error));
    heap->snapshot = hg_snapshot_open(heap->store, result.snapshot, &error);
    g_assert_no_error(error);
}

void
heap_store_tear_down(HeapStore *heap)
{
    hg_snapshot_close(heap->snapshot);
    hg_store_close(heap->store);
    g_assert_cmpint(g_unlink(heap->path), ==, 0);
    g_assert_cmpint(g_rmdir(heap->folder), ==, 0);
    g_free(heap->path);
    g_free(heap->folder);
}
