/* python-sizes.c - how many bytes an object would occupy in the Python that a dump is of.
 *
 * The rules are those of Objects/dictobject.c, setobject.c, typeobject.c ... of each version;
 * tests/capture/test-advise.py asks tracemalloc of each Python at hand.
 * SPDX-License-Identifier: MIT */
#include "core/questions/python-sizes.h"

#include <stdio.h>

#define WORD 8u
#define OLDEST_MINOR 8u

bool
hg_python_sizes_init(HgPythonSizes *sizes, HgSnapshot *snapshot, GError **error)
{
    const char *python = hg_snapshot_get_info(snapshot)->python;
    unsigned major, minor;
    if (sscanf(python, "%u.%u", &major, &minor) != 2 || major != 3 || minor < OLDEST_MINOR) {
        g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                    "Python '%s': expected 3.%u or later to know how big objects would be", python,
                    OLDEST_MINOR);
        return false;
    }
    *sizes = (HgPythonSizes){.minor = minor,
                             .gc_header = 2 * WORD,
                             /* a field of the instance, later two words before it */
                             .weak_reference = minor < 12 ? WORD : 2 * WORD,
                             .list = 2 * WORD + 40,
                             .dict = 2 * WORD + 48,
                             .set = 2 * WORD + 200,
                             /* tracked by the collector since it is a heap type */
                             .array = minor < 10 ? 64 : 2 * WORD + 64,
                             .memoryview = 184};
    return true;
}

uint64_t
hg_python_sizes_get_slotted(const HgPythonSizes *sizes, uint64_t n_slots, bool has_weak_references)
{
    bool is_tracked = n_slots > 0 || has_weak_references;
    return 2 * WORD + n_slots * WORD + (is_tracked ? sizes->gc_header : 0) +
           (has_weak_references ? sizes->weak_reference : 0);
}

uint64_t
hg_python_sizes_get_list(const HgPythonSizes *sizes, uint64_t n)
{
    return sizes->list + n * WORD;
}

/* A table of a power of two, two thirds of it usable: an index, then as many entries. */
uint64_t
hg_python_sizes_get_dict(const HgPythonSizes *sizes, uint64_t n, bool has_text_keys)
{
    uint64_t size = 8, header = sizes->minor < 11 ? 5 * WORD : 4 * WORD;
    /* from 3.11 on the hash of a str is not kept a second time */
    uint64_t entry = sizes->minor >= 11 && has_text_keys ? 2 * WORD : 3 * WORD;
    if (n == 0)
        return sizes->dict;
    while (size * 2 / 3 < n)
        size *= 2;
    uint64_t width = size <= 0xff ? 1 : size <= 0xffff ? 2 : size <= 0xffffffff ? 4 : 8;
    return sizes->dict + header + size * width + size * 2 / 3 * entry;
}

/* Up to four items stand inside of the object. */
uint64_t
hg_python_sizes_get_set(const HgPythonSizes *sizes, uint64_t n)
{
    uint64_t size = 8;
    if (n * 5 < 7 * 3)
        return sizes->set;
    while (size <= n * 2)
        size *= 2;
    return sizes->set + size * 2 * WORD;
}

uint64_t
hg_python_sizes_get_int(const HgPythonSizes *sizes, uint64_t size)
{
    return sizes->minor >= 11 ? MAX(size, 4 * WORD) : size;
}

uint64_t
hg_python_sizes_get_array(const HgPythonSizes *sizes, uint64_t n)
{
    return sizes->array + n * WORD;
}
