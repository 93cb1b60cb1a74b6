/* object.h - one object of a snapshot: its columns, a caption, its references.
 *
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

typedef struct {
    uint32_t number;
    uint64_t address;
    const HgTypeRow *type; /* borrowed from the snapshot */
    uint64_t size;
    uint64_t sizeof_;  /* HG_UNKNOWN if nobody knows */
    uint64_t refcount; /* HG_UNKNOWN if nobody knows */
    uint64_t length;   /* HG_UNKNOWN for what has none */
    int64_t surplus;   /* references nobody found: held so many times from C */
    bool knows_surplus;
    uint32_t flags;    /* HG_OBJECT_* */
    uint32_t site;     /* or HG_NONE */
    uint64_t distance; /* from the nearest root, 0: a root; HG_UNKNOWN: none reaches it */
    uint32_t step;     /* the object before it on that way, or HG_NONE */
    uint32_t holder;   /* or HG_NONE */
    uint64_t retained; /* HG_UNKNOWN where holders are not known */
} HgObject;

/* Reads the columns of the object with that number. */
bool hg_object_read(HgSnapshot *snapshot, uint32_t number, HgObject *object, GError **error);

/* Returns: the name of a type as people want it: "app.Session", or with [is_short] "Session".
 * Borrowed from [type]. */
const char *hg_type_get_name(const HgTypeRow *type, bool is_short);

/* Returns: what stands for the object beside its type: "'abc'", "b'abc'", "3 items", "42", "app.f",
 * "" for most instances; g_free(). Texts of the heap are in it as they are, NUL bytes as "\x00". */
char *hg_object_dup_value(HgSnapshot *snapshot, const HgObject *object, GError **error);

/* Returns: type and value: "str 'abc'", "list 3 items", "app.Session"; g_free(). */
char *hg_object_dup_caption(HgSnapshot *snapshot, uint32_t number, bool is_short, GError **error);

/* Returns: the type that the object, itself a class, is; NULL with *error unset if it is none. */
const HgTypeRow *hg_object_find_class(HgSnapshot *snapshot, uint32_t number, GError **error);

/* ---- references ------------------------------------------------------------------------- */

typedef struct {
    uint32_t source, target;
    uint8_t how;    /* HG_HOW_* and label kind */
    uint64_t label; /* as HG_COLUMN_LABEL has it */
} HgReference;

/* Returns: HgReference of what [source] refers to, in the order of the dump, at most [limit];
 * g_array_unref(). */
GArray *hg_references_read_from(HgSnapshot *snapshot, uint32_t source, uint64_t limit,
                                GError **error);

/* Sets *reference to the [nth] (from 0) reference from [source] to [target], *found to whether
 * there are so many. Fast even in a row of a million. */
bool hg_references_find(HgSnapshot *snapshot, uint32_t source, uint32_t target, uint32_t nth,
                        HgReference *reference, bool *found, GError **error);

/* Returns: HgReference from [source] to [target], mostly one; g_array_unref(). */
GArray *hg_references_read_between(HgSnapshot *snapshot, uint32_t source, uint32_t target,
                                   GError **error);

/* Returns: numbers (uint32_t) of the objects that refer to [target], ascending and each once, at
 * most [limit]; g_array_unref(). */
GArray *hg_references_read_sources(HgSnapshot *snapshot, uint32_t target, uint64_t limit,
                                   GError **error);

/* Returns: HgReference of what refers to [target], by source, of at most [limit] sources;
 * g_array_unref(). */
GArray *hg_references_read_to(HgSnapshot *snapshot, uint32_t target, uint64_t limit,
                              GError **error);

/* Sets *count to the number of references from or to an object. */
bool hg_references_count_from(HgSnapshot *snapshot, uint32_t source, uint64_t *count,
                              GError **error);
bool hg_references_count_to(HgSnapshot *snapshot, uint32_t target, uint64_t *count, GError **error);

/* Sets *text to that of a reference whose label is one (attribute, slot, local, internal), borrowed
 * from the snapshot; to NULL for any other. */
bool hg_reference_get_text(HgSnapshot *snapshot, const HgReference *reference, const char **text,
                           GError **error);

/* Returns: the object number of the key of a value of a dict, HG_NONE for any other. */
uint32_t hg_reference_get_key(const HgReference *reference);
