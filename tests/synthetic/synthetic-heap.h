/* synthetic-heap.h - a source of records for benchmarks: a heap of any size, as a program has it.
 *
 * A module `app` with a list of customers; each has orders with lines, an address, tags and
 * a list of related things anywhere in the heap. A dict caches the customers, and a list
 * of handlers at a class leaks one closure and one Session for each of them:
 *
 *      app.customers[7].orders[0].lines[2] -> ('sku-...', 12.25)
 *      app.cache['key-7'] -> app.customers[7]
 *      app.EventBus.handlers[7] -> closure -> cell -> Session -> {'user': app.customers[7], ...}
 *
 * Objects lie in memory as pymalloc puts them: those of a size side by side, customer after
 * customer. All of it is computed from the number of an object and the seed: nothing is
 * kept, and a larger heap holds the customers of a smaller one at the same addresses.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/dump.h"

typedef struct {
    uint64_t objects;  /* how many in all */
    double references; /* of each, on average, at least 1.4 */
    uint64_t seed;
    bool shuffled;  /* tells the objects in random order, not in that of their addresses */
    uint64_t taken; /* microseconds since 1970 */
} SyntheticHeap;

bool synthetic_heap_tell(const SyntheticHeap *heap, HgSink *sink, GError **error);
