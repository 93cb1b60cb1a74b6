/* table.h - rows as a table for people, or as JSON or CSV for programs.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/output.h"

typedef enum {
    HG_CELL_TEXT,
    HG_CELL_NUMBER,       /* 1204: names something, counts nothing */
    HG_CELL_COUNT,        /* 1,204 */
    HG_CELL_SIZE,         /* bytes: 1.2 MiB */
    HG_CELL_ADDRESS,      /* 0x7f3a... */
    HG_CELL_COUNT_GROWTH, /* +1,204 */
    HG_CELL_SIZE_GROWTH,  /* +1.2 MiB */
    HG_CELL_BOOL,         /* yes, no */
    HG_CELL_ANY           /* texts and numbers as they are */
} HgCellKind;

typedef struct {
    const char *key;   /* in JSON and CSV */
    const char *title; /* in the table; NULL: the column is left out there */
    HgCellKind kind;
} HgTableColumn;

typedef struct HgTable HgTable;

/* A table takes its cells row by row, from left to right; the kind of the column says how a number
 * is shown. JSON and CSV are written as they come, a table when it is ended; to stdout or a file.
 * [columns] is borrowed and must outlive it. */
HgTable *hg_table_new_to(FILE *file, HgFormat format, const HgTableColumn *columns,
                         unsigned n_columns);
HgTable *hg_table_new(HgFormat format, const HgTableColumn *columns, unsigned n_columns);
void hg_table_free(HgTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgTable, hg_table_free)

void hg_table_add_text(HgTable *table, const char *text); /* copied; NULL: nothing there */
void hg_table_add_bytes(HgTable *table, const char *text, size_t size); /* may hold NUL */
void hg_table_add_number(HgTable *table, uint64_t number);
void hg_table_add_known(HgTable *table, uint64_t number); /* HG_UNKNOWN: as add_none() */
void hg_table_add_signed(HgTable *table, int64_t number);
void hg_table_add_real(HgTable *table, double number);
void hg_table_add_none(HgTable *table); /* unknown: "-", null, nothing */
void hg_table_end(HgTable *table);
