/* threads.h - what the threads of the process are doing, and what their stacks keep.
 *
 *      MainThread      keeps 412.0 MiB alone
 *        main()        app.py:12
 *          rows        list 1,000,000 items   retains 76.0 MiB
 *
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/progress.h"
#include "core/store/store.h"

/* A local variable, or a value on the stack of the interpreter. */
typedef struct {
    const char *name; /* NULL: on the stack; borrowed from the snapshot */
    uint32_t object;
    uint64_t retained; /* HG_UNKNOWN where holders are not known */
} HgThreadLocal;

typedef struct {
    const HgFrameRow *row; /* borrowed from the snapshot */
    GArray *locals;        /* HgThreadLocal, those that retain most first */
    uint64_t keeps;        /* bytes that nothing but its locals keeps alive */
} HgThreadFrame;

typedef struct {
    const HgThreadRow *row; /* borrowed from the snapshot */
    GPtrArray *frames;      /* HgThreadFrame, the innermost first */
    uint64_t keeps;         /* bytes that nothing but its frames keeps alive */
} HgThread;

/* Returns: HgThread of every thread, in the order of the dump; g_ptr_array_unref(). What they keep
 * is found by one walk over the heap. [progress] may be NULL. */
GPtrArray *hg_threads_list(HgSnapshot *snapshot, const HgProgress *progress, GError **error);
