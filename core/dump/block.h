/* block.h - the blocks of a `.hgd` file, in and out of a stream.
 *
 * A block is a header of 20 bytes, its contents compressed, and a checksum over both. What
 * comes out of the reader has the size the header says and the right checksum; what it
 * means is the caller's to find out.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/cursor.h"
#include "core/dump/format.h"
#include "core/error.h"

#include <gio/gio.h>

typedef struct {
    uint8_t kind;      /* HgBlockKind, or a number that is none */
    uint32_t records;  /* as the header says */
    uint32_t stored;   /* bytes in the file, without the header */
    uint64_t number;   /* its number in the file, from 0 */
    uint64_t offset;   /* of its header in the file */
    HgCursor contents; /* valid until the next block is read */
} HgBlock;

typedef struct HgBlockReader HgBlockReader;

/* [offset] is where in the file [in] stands. [in] stays the caller's.
 * Returns: free with hg_block_reader_free(). */
HgBlockReader *hg_block_reader_new(GInputStream *in, uint64_t offset);

/* Fills in [block], even when it fails, as far as it is known. HG_ERROR_TRUNCATED: the
 * stream ended, before or within the block. */
bool hg_block_reader_next(HgBlockReader *reader, HgBlock *block, GError **error);

/* Reads exactly [size] bytes. HG_ERROR_TRUNCATED if there are fewer. */
bool hg_block_reader_bytes(HgBlockReader *reader, void *bytes, size_t size, GError **error);

/* Returns: the place in the file, which is the end of the last block read. */
uint64_t hg_block_reader_get_offset(const HgBlockReader *reader);

void hg_block_reader_free(HgBlockReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgBlockReader, hg_block_reader_free)

typedef struct HgBlockWriter HgBlockWriter;

/* [out] stays the caller's. Returns: free with hg_block_writer_free(). */
HgBlockWriter *hg_block_writer_new(GOutputStream *out);

/* Writes [contents] as one block. [held] counts records and references: as many as that
 * must not come out of too few stored bytes. */
bool hg_block_writer_put(HgBlockWriter *writer, HgBlockKind kind, uint32_t records, uint64_t held,
                         const GByteArray *contents, GError **error);

/* Writes bytes that are in no block: the beginning of the file. */
bool hg_block_writer_bytes(HgBlockWriter *writer, const void *bytes, size_t size, GError **error);

/* Returns: bytes written. */
uint64_t hg_block_writer_get_offset(const HgBlockWriter *writer);

void hg_block_writer_free(HgBlockWriter *writer);
