/* heap-store.h - a snapshot of a heap that never was, in a store of its own, for tests of
 * questions. SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

typedef struct {
    char *folder, *path;
    HgStore *store;
    HgSnapshot *snapshot;
} HeapStore;

/* Seeds below 1000 make random heaps of 10 + 7 * seed objects, others one as a program has it with
 * so many objects. */
void heap_store_set_up(HeapStore *heap, uint32_t seed);
void heap_store_tear_down(HeapStore *heap);
