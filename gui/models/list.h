/* list.h - rows in columns: what a worker finds out and a page shows.
 *
 *      column 0  text     "app.Session"  "dict"   ...     one array of numbers a column; a text is
 *      column 1  count    1204           88       ...     where it begins among all texts
 *      object             17             4711     ...     what a row is about
 *
 * A worker fills it, row by row or column by column; then it never changes and is shared by
 * counting. A million rows of eight columns are 64 MB, and no object.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/place.h"

/* What nobody knows is sorted last and shown as nothing. */
#define HG_LIST_UNKNOWN UINT64_MAX       /* in a column without sign */
#define HG_LIST_UNKNOWN_SIGNED INT64_MIN /* in one with a sign */

typedef enum {
    HG_FIELD_TEXT,
    HG_FIELD_NUMBER,       /* 1204: names something, counts nothing; signed */
    HG_FIELD_REAL,         /* bits of a double */
    HG_FIELD_COUNT,        /* 1,204 */
    HG_FIELD_SIZE,         /* bytes: 1.2 MiB */
    HG_FIELD_SHARE,        /* bytes, shown as a part of the column's total: a bar and 12.5 % */
    HG_FIELD_ADDRESS,      /* 0x7f3a... */
    HG_FIELD_COUNT_GROWTH, /* +1,204; signed */
    HG_FIELD_SIZE_GROWTH,  /* +1.2 MiB; signed */
    HG_FIELD_SERIES,       /* points of a small line, see hg_list_add_series() */
    HG_FIELD_VALUE         /* what stands for the row's object beside its type: not in the list, but
                            * read for the rows that are seen */
} HgFieldKind;

typedef struct {
    const char *key;   /* in CSV and JSON, and before a colon in filters */
    const char *title; /* NULL: not shown, only exported */
    HgFieldKind kind;
    int width;           /* in characters; 0: the rest */
    const char *tooltip; /* or NULL */
} HgListColumn;

typedef struct HgList HgList;

/* [columns] are copied; [shot], which may be NULL, is what the objects of the rows belong to. */
HgList *hg_list_new(const HgListColumn *columns, unsigned n_columns, const HgShot *shot);
HgList *hg_list_ref(HgList *list);
void hg_list_unref(void *list); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgList, hg_list_unref)

/* ---- filling ------------------------------------------------------------------------------- */

/* Begins a row about an object, or HG_NONE; its cells follow from left to right. */
void hg_list_begin_row(HgList *list, uint32_t object);
void hg_list_add_text(HgList *list, const char *text); /* copied; NULL: nothing there */
void hg_list_add_number(HgList *list, uint64_t number);
void hg_list_add_signed(HgList *list, int64_t number);
void hg_list_add_real(HgList *list, double number);
void hg_list_add_value(HgList *list); /* the cell of an HG_FIELD_VALUE */
/* All cells of a row of [from], whose columns are the next ones of [list]. */
void hg_list_add_cells(HgList *list, const HgList *from, uint32_t row);
/* As many points for every row. */
void hg_list_add_series(HgList *list, const double *points, unsigned n_points);

/* All at once: the objects of all rows (uint32_t), then the numbers (uint64_t) of columns in any
 * order. The arrays are taken. */
void hg_list_take_objects(HgList *list, GArray *objects);
void hg_list_take_numbers(HgList *list, unsigned column, GArray *numbers);
/* Returns: the number that stands for a text in a column filled so. */
uint64_t hg_list_intern(HgList *list, const char *text);

/* Sets one cell of a column that is filled. */
void hg_list_set_number(HgList *list, unsigned column, uint32_t row, uint64_t number);
/* The column is not shown, only exported. */
void hg_list_hide_column(HgList *list, unsigned column);

/* What the shares of a column are parts of. */
void hg_list_set_total(HgList *list, unsigned column, uint64_t total);
/* A sentence about the whole list: "the 1,000 biggest of 81,204". */
void hg_list_set_remark(HgList *list, const char *remark);

/* ---- reading ------------------------------------------------------------------------------- */

uint32_t hg_list_count_rows(const HgList *list);
unsigned hg_list_count_columns(const HgList *list);
const HgListColumn *hg_list_get_column(const HgList *list, unsigned column);
/* Returns: the column of that key, UINT_MAX if there is none. */
unsigned hg_list_find_column(const HgList *list, const char *key);
const HgShot *hg_list_get_shot(const HgList *list);
const char *hg_list_get_remark(const HgList *list); /* or NULL */

uint32_t hg_list_get_object(const HgList *list, uint32_t row); /* or HG_NONE */
uint64_t hg_list_get_number(const HgList *list, unsigned column, uint32_t row);
const char *hg_list_get_text(const HgList *list, unsigned column, uint32_t row); /* or NULL */
bool hg_list_is_unknown(const HgList *list, unsigned column, uint32_t row);
uint64_t hg_list_get_total(const HgList *list, unsigned column);
/* Returns: the points of the row, borrowed, and sets *n_points; NULL if there are none. */
const double *hg_list_get_series(const HgList *list, uint32_t row, unsigned *n_points);

/* Returns: whether a column can be sorted by, holds numbers, holds numbers with a sign. */
bool hg_field_is_sortable(HgFieldKind kind);
bool hg_field_is_number(HgFieldKind kind);
bool hg_field_is_signed(HgFieldKind kind);

/* Returns: the cell as people read it, or with [is_exact] as programs do; "" where nothing is
 * known; NULL for an HG_FIELD_VALUE; g_free(). */
char *hg_list_dup_cell(const HgList *list, unsigned column, uint32_t row, bool is_exact);
