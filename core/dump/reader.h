/* reader.h - a dump file becomes records.
 *
 * A format of dumps is one file, reader-<name>.c, that ends in a HgReader; readers[] in
 * reader.c lists them. A reader asks a stream for bytes and tells a sink what it finds, so
 * a file, a pipe, an array in a test and the fuzzer all feed it the same way.
 *
 * What the sink gets has been checked: texts are UTF-8, numbers name what came before,
 * identities are not 0, the sum of all sizes fits 63 bits, the value of a dict names its
 * key. Two things are the sink's to check: an identity that comes twice, and a target
 * that never comes.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/dump.h"
#include "core/error.h"
#include "core/progress.h"

#include <gio/gio.h>

typedef struct {
    bool salvage;        /* take what is whole of a damaged or truncated dump */
    HgProgress progress; /* done and total are bytes of the stream */
    uint64_t total;      /* bytes of the stream, 0 if unknown; for the progress only */
} HgReadOptions;

typedef struct {
    const char *format;  /* name of the reader that took it */
    uint64_t bytes;      /* read and understood */
    uint64_t blocks;     /* the same in the format's own parts */
    uint64_t objects;    /* told to the sink, as are */
    uint64_t references; /* these */
    char *damage;        /* salvaged: what is wrong and where; NULL: the dump is whole */
} HgReadResult;

void hg_read_result_clear(HgReadResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgReadResult, hg_read_result_clear)

typedef struct {
    const char *name;                                      /* "hgd" */
    const char *description;                               /* "a heapgraph dump (.hgd)" */
    bool (*recognises)(const uint8_t *start, size_t size); /* the first bytes of a file */
    bool (*read)(GInputStream *in, HgSink *sink, const HgReadOptions *options, HgReadResult *result,
                 GError **error);
} HgReader;

#define HG_READER_PEEK 64 /* so many first bytes `recognises` sees, fewer of a short file */

/* Returns: the reader for a file that starts with [start], NULL if there is none. */
const HgReader *hg_reader_find(const uint8_t *start, size_t size);

/* Reads the dump in [in] into [sink], whatever its format, and calls sink->end last.
 * [options] may be NULL. A dump that ends early fails with HG_ERROR_TRUNCATED, a damaged
 * one with HG_ERROR_FORMAT; either way the sink has been told records by then. With
 * [options]->salvage both succeed, and [result]->damage tells what was wrong.
 * [result] is filled in on success; clear it with hg_read_result_clear(). */
bool hg_dump_read(GInputStream *in, HgSink *sink, const HgReadOptions *options,
                  HgReadResult *result, GError **error);
