/* format.h - the numbers of FORMAT.md, for the writer and the reader of `.hgd`.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define HG_DUMP_MAGIC "\x89HGD\r\n\x1a\n"
#define HG_DUMP_VERSION 1
#define HG_DUMP_HEADER_SIZE 16 /* magic, version, reserved */

typedef enum {
    HG_BLOCK_FACTS = 1,
    HG_BLOCK_TEXTS,
    HG_BLOCK_TYPES,
    HG_BLOCK_SITES,
    HG_BLOCK_OBJECTS,
    HG_BLOCK_REFERENCES,
    HG_BLOCK_THREADS,
    HG_BLOCK_FRAMES,
    HG_BLOCK_ROOTS,
    HG_BLOCK_END,
    HG_N_BLOCKS
} HgBlockKind;

/* The columns of an OBJECTS block, of its references (and a REFERENCES block), of ROOTS. */
enum {
    HG_COLUMN_IDENTITY,
    HG_COLUMN_TYPE,
    HG_COLUMN_FLAGS,
    HG_COLUMN_SIZE,
    HG_COLUMN_SIZEOF,     /* + 1 */
    HG_COLUMN_REFCOUNT,   /* + 1 */
    HG_COLUMN_LENGTH,     /* + 1 */
    HG_COLUMN_VALUE_SIZE, /* + 1 */
    HG_COLUMN_SITE,       /* + 1 */
    HG_COLUMN_REFERENCES,
    HG_N_OBJECT_COLUMNS
};
enum {
    HG_COLUMN_HOW,
    HG_COLUMN_TARGET,
    HG_COLUMN_LABEL,
    HG_N_REFERENCE_COLUMNS
};
enum {
    HG_COLUMN_ROOT_KIND,
    HG_COLUMN_ROOT_IDENTITY,
    HG_COLUMN_ROOT_NAME,  /* + 1 */
    HG_COLUMN_ROOT_FRAME, /* + 1 */
    HG_COLUMN_ROOT_INTERPRETER,
    HG_N_ROOT_COLUMNS
};

#define HG_BLOCK_RECORDS_MAX (1u << 20)   /* and as many references */
#define HG_OBJECT_SIZE_MAX (1ull << 56)   /* no address space is larger */
#define HG_OBJECT_SIZES_MAX (1ull << 63)  /* so that any sum of sizes fits */
#define HG_RECORDS_MAX (UINT32_MAX - 1ul) /* of a kind: HG_NONE and one more stay free */

/* How many of each kind a dump holds, in the order of the END block. */
typedef struct {
    uint64_t texts, types, sites, objects, references, threads, frames, roots;
} HgDumpCounts;

/* A small file must not unfold into a huge heap. */
static inline bool
hg_block_may_hold(uint64_t records_and_references, uint64_t stored)
{
    return records_and_references <= 1024 + 64 * stored;
}
