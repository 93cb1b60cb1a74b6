/* python-sizes.h - how many bytes an object would occupy in the Python that a dump is of.
 *
 * The same bytes as in HG_COLUMN_SIZE: what the object asks the allocator for, the collector's
 * header included. Builds with the global interpreter lock, 64 bits.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

typedef struct {
    unsigned minor;          /* of 3.x */
    uint64_t gc_header;      /* before an object the collector can track */
    uint64_t weak_reference; /* what an instance needs so that it can be weakly referenced */
    uint64_t list, dict, set, array, memoryview; /* each without its items */
} HgPythonSizes;

/* Sets *sizes to those of the snapshot's Python. HG_ERROR_NOT_FOUND if its rules are not known. */
bool hg_python_sizes_init(HgPythonSizes *sizes, HgSnapshot *snapshot, GError **error);

/* Returns: bytes of an instance of a class with [n_slots] slots, its own and inherited ones, below
 * nothing but `object`. */
uint64_t hg_python_sizes_get_slotted(const HgPythonSizes *sizes, uint64_t n_slots,
                                     bool has_weak_references);

/* Returns: bytes of what x[:], dict(x), set(x) make of x with [n] items. */
uint64_t hg_python_sizes_get_list(const HgPythonSizes *sizes, uint64_t n);
uint64_t hg_python_sizes_get_dict(const HgPythonSizes *sizes, uint64_t n, bool has_text_keys);
uint64_t hg_python_sizes_get_set(const HgPythonSizes *sizes, uint64_t n);

/* Returns: bytes of an int that HG_COLUMN_SIZE says to have [size]: from 3.11 on those of one digit
 * ask for a whole PyLongObject, 4 bytes more than sys.getsizeof tells. */
uint64_t hg_python_sizes_get_int(const HgPythonSizes *sizes, uint64_t size);

/* Returns: bytes of array('q') or array('d') made of [n] numbers. */
uint64_t hg_python_sizes_get_array(const HgPythonSizes *sizes, uint64_t n);
