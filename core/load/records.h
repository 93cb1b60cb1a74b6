/* records.h - a sink that keeps what it is told, in little memory.
 *
 * Every field of the records is an array of numbers, packed, in the order of telling; texts
 * and values stand one after the other. So a heap takes 20 to 40 bytes an object until its
 * columns are made, and a hostile dump no more than it has records.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/dump.h"
#include "core/graph/packed.h"
#include "core/load/bytes.h"

/* "+ 1": 0 is HG_NONE or HG_UNKNOWN. "end": where the rows of the next array end. */
typedef enum {
    HG_FIELD_IDENTITY,
    HG_FIELD_TYPE,
    HG_FIELD_SIZE,
    HG_FIELD_SIZEOF,   /* + 1 */
    HG_FIELD_REFCOUNT, /* + 1 */
    HG_FIELD_FLAGS,
    HG_FIELD_LENGTH,       /* + 1 */
    HG_FIELD_SITE,         /* + 1 */
    HG_FIELD_VALUE_SIZE,   /* + 1 */
    HG_FIELD_N_REFERENCES, /* of each object */
    HG_FIELD_HOW,
    HG_FIELD_TARGET, /* identity */
    HG_FIELD_LABEL,  /* the key of a value: 0 for the target of the reference before it */
    HG_FIELD_TEXT_END,
    HG_FIELD_TYPE_IDENTITY,
    HG_FIELD_TYPE_MODULE,
    HG_FIELD_TYPE_QUALNAME,
    HG_FIELD_TYPE_BASICSIZE,
    HG_FIELD_TYPE_ITEMSIZE,
    HG_FIELD_TYPE_FLAGS,
    HG_FIELD_TYPE_BASES_END,
    HG_FIELD_TYPE_BASE,
    HG_FIELD_TYPE_SLOTS_END,
    HG_FIELD_TYPE_SLOT,
    HG_FIELD_SITE_END,
    HG_FIELD_SITE_FILE,
    HG_FIELD_SITE_LINE,
    HG_FIELD_THREAD_ID,
    HG_FIELD_THREAD_NAME, /* + 1 */
    HG_FIELD_THREAD_INTERPRETER,
    HG_FIELD_FRAME_THREAD,
    HG_FIELD_FRAME_FUNCTION,
    HG_FIELD_FRAME_FILE,
    HG_FIELD_FRAME_LINE,
    HG_FIELD_FRAME_IDENTITY,
    HG_FIELD_ROOT_KIND,
    HG_FIELD_ROOT_IDENTITY,
    HG_FIELD_ROOT_NAME,  /* + 1 */
    HG_FIELD_ROOT_FRAME, /* + 1 */
    HG_FIELD_ROOT_INTERPRETER,
    HG_N_FIELDS
} HgField;

typedef struct {
    HgSink sink; /* to be told */
    HgPacked field[HG_N_FIELDS];
    HgBytes values;
    HgBytes texts;        /* each with its NUL; NULs within are written \x00 */
    HgBytes is_label;     /* one byte a text: whether a label names it */
    GHashTable *facts;    /* key and value, both owned */
    uint64_t row;         /* references of the object told last */
    uint64_t last_target; /* the last of them */
    uint64_t size;        /* sum of all objects' */
    bool knows_refcounts;
    bool ended;
} HgRecords;

void hg_records_init(HgRecords *records);
void hg_records_clear(HgRecords *records);

static inline uint64_t
hg_records_count(const HgRecords *records, HgField field)
{
    return records->field[field].n;
}

static inline uint64_t
hg_records_get(const HgRecords *records, HgField field, uint64_t index)
{
    return hg_packed_get(&records->field[field], index);
}

/* Where row [index] begins of an array whose rows end at the numbers of [end]. */
static inline uint64_t
hg_records_get_start(const HgRecords *records, HgField end, uint64_t index)
{
    return index ? hg_packed_get(&records->field[end], index - 1) : 0;
}

/* Returns: a text, borrowed; NULL for HG_NONE. */
static inline const char *
hg_records_get_text(const HgRecords *records, uint32_t text)
{
    return text == HG_NONE
               ? NULL
               : records->texts.bytes + hg_records_get_start(records, HG_FIELD_TEXT_END, text);
}

/* Returns: the value of a fact, borrowed, "" if it was not told. */
const char *hg_records_get_fact(const HgRecords *records, const char *key);
