/* hgd.h - reading a `.hgd`: what the parts of its reader share.
 *
 *      reader-hgd.c ──▶ hgd-names.c    FACTS TEXTS TYPES SITES   ┐
 *       the blocks      hgd-objects.c  OBJECTS REFERENCES        ├──▶ hgd-take.c
 *                       hgd-roots.c    THREADS FRAMES ROOTS      ┘     numbers, columns
 *
 * Every function fails with HG_ERROR_FORMAT where the file is wrong, with
 * HG_ERROR_MEMORY, or with the error of the sink.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/block.h"
#include "core/dump/reader.h"

typedef struct {
    uint64_t *number;
    size_t size; /* room, not how many there are */
} HgHgdColumn;

typedef struct {
    HgSink *sink;
    const HgReadOptions *options;
    HgBlockReader *blocks;
    uint32_t facts;    /* bits of the facts that must be there, told so far */
    bool sink_refused; /* the error is the sink's and says nothing about the file */
    bool ended;

    HgDumpCounts count; /* told so far */
    uint64_t size_sum, sizeof_sum;
    uint64_t last_target; /* of the last object's references, 0 at the first */

    HgHgdColumn objects[HG_N_OBJECT_COLUMNS];
    HgHgdColumn references[HG_N_REFERENCE_COLUMNS];
    HgHgdColumn others[HG_N_ROOT_COLUMNS];
    HgReferenceRecord *reference; /* of a whole block */
    size_t reference_size;
    uint64_t label_bound[16]; /* by label kind: labels are less */
    GArray *identities, *texts, *lines;
} HgHgd;

/* Returns: false, always. */
bool hg_hgd_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Notes whose fault it is when a function of the sink returns false. Returns: [taken]. */
static inline bool
hg_hgd_told(HgHgd *hgd, bool taken)
{
    hgd->sink_refused |= !taken;
    return taken;
}

bool hg_hgd_take_number(HgCursor *in, uint64_t *number, GError **error);

/* A number below [bound], at most 2^32 - 1; [what] says of what. */
bool hg_hgd_take_below(HgCursor *in, uint64_t bound, const char *what, uint32_t *ret,
                       GError **error);

/* The number of a text told before. */
bool hg_hgd_take_text_number(HgHgd *hgd, HgCursor *in, const char *what, uint32_t *ret,
                             GError **error);

/* Columns of [n] numbers each; [name] is for the error. */
bool hg_hgd_take_columns(HgCursor *in, HgHgdColumn *columns, size_t n_columns, size_t n,
                         const char *const *name, GError **error);

/* Whether a block may hold its records and [n_references]: keeps a small file from unfolding
 * without end. */
bool hg_hgd_check_amount(const HgBlock *block, uint64_t n_references, GError **error);

/* Counts [n] more records of a kind. */
bool hg_hgd_add_records(uint64_t *count, uint64_t n, GError **error);

/* Whether the facts that must be there are. */
bool hg_hgd_check_facts(const HgHgd *hgd, GError **error);

/* One record each, told to the sink. */
bool hg_hgd_read_fact(HgHgd *hgd, HgCursor *in, GError **error);
bool hg_hgd_read_type(HgHgd *hgd, HgCursor *in, GError **error);
bool hg_hgd_read_site(HgHgd *hgd, HgCursor *in, GError **error);
bool hg_hgd_read_thread(HgHgd *hgd, HgCursor *in, GError **error);
bool hg_hgd_read_frame(HgHgd *hgd, HgCursor *in, GError **error);

/* A whole block each. */
bool hg_hgd_read_texts(HgHgd *hgd, HgBlock *block, GError **error);
bool hg_hgd_read_objects(HgHgd *hgd, HgBlock *block, GError **error);
bool hg_hgd_read_references(HgHgd *hgd, HgBlock *block, GError **error);
bool hg_hgd_read_roots(HgHgd *hgd, HgBlock *block, GError **error);
