/* writer.h - a sink that writes a dump file.
 *
 * The file is written from front to back in blocks (FORMAT.md), never sought in, so any
 * stream will do. Memory stays at a few MiB however large the heap.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/dump.h"
#include "core/error.h"

#include <gio/gio.h>

/* When a block of objects is full. 0: a value that compresses well; small ones are for tests. */
typedef struct {
    uint32_t block_objects;
    uint32_t block_references;
} HgWriteOptions;

typedef struct {
    uint64_t bytes; /* written so far */
    uint64_t objects;
    uint64_t references;
} HgWriteResult;

/* Returns: a sink that writes to [out], which stays the caller's to close; once its `end`
 * has returned true the dump is complete. [options] may be NULL.
 * Free with hg_dump_writer_free(). */
HgSink *hg_dump_writer_new(GOutputStream *out, const HgWriteOptions *options);

/* What [writer] has written: nothing is counted that still waits for its block. */
HgWriteResult hg_dump_writer_get_result(const HgSink *writer);

void hg_dump_writer_free(HgSink *writer);
