/* tables-private.h - what the virtual tables share.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/label.h"
#include "core/store/tables.h"

/* A snapshot that tables show, with arrays that walks over much of it need. */
typedef struct {
    HgSnapshot *snapshot;
    bool is_owned;
    uint64_t *first; /* forward rows; NULL until needed */
    uint32_t *target;
    uint8_t *how;
    uint64_t *first_child; /* rows of what is held, by holder + 1; NULL until needed */
    uint32_t *child;
} HgTablesView;

/* Returns: the chosen snapshot, borrowed: it stays until the tables are freed. */
HgTablesView *hg_tables_get_view(HgTables *tables, GError **error);

/* Makes first, target and how. */
bool hg_tables_view_need_references(HgTablesView *view, GError **error);
/* Makes first_child and child. */
bool hg_tables_view_need_children(HgTablesView *view, GError **error);

extern const sqlite3_module hg_object_module, hg_reference_module, hg_referrers_module,
    hg_referents_module, hg_reachable_module, hg_dominated_module, hg_path_to_root_module;

/* What every virtual table here is. */
typedef struct {
    sqlite3_vtab base;
    HgTables *tables;
} HgTable;

/* Makes a table of that shape. */
int hg_table_connect(sqlite3 *db, void *tables, const char *declaration, sqlite3_vtab **table);
int hg_table_disconnect(sqlite3_vtab *table);

/* Hands [error] to SQLite, and frees it. Returns: SQLITE_ERROR. */
int hg_table_fail(sqlite3_vtab *table, GError *error);
void hg_result_fail(sqlite3_context *context, GError *error);

/* Returns: the number of a usable constraint "column operator something", -1 for none. */
int hg_index_find(const sqlite3_index_info *index, int column, unsigned char operator);

/* Has SQLite pass the value of a constraint as the next argument of xFilter; it checks the
 * rows once more. */
void hg_index_use(sqlite3_index_info *index, int constraint, int argument);

/* Plans a table function: its argument, the hidden column, must be given. */
int hg_index_plan_function(sqlite3_vtab *table, sqlite3_index_info *index, int column,
                           const char *name, double rows);

/* Returns: whether a whole number can be equal to [value], as 5, 5.0 and '5' can. */
bool hg_value_get_number(sqlite3_value *value, int64_t *number);

/* Narrows a range of numbers to what can be at least (at most) [value]. */
void hg_value_raise(sqlite3_value *value, int64_t *low);
void hg_value_lower(sqlite3_value *value, int64_t *high);

/* Result: one number of a column less [less]; NULL where it is 0 and [less] is not. */
void hg_result_number(sqlite3_context *context, HgSnapshot *snapshot, HgColumn column,
                      uint64_t index, uint64_t less);

/* Result: the kind or the label of a reference. */
void hg_result_kind(sqlite3_context *context, HgSnapshot *snapshot, uint64_t reference);
void hg_result_label(sqlite3_context *context, HgSnapshot *snapshot, uint64_t reference);
