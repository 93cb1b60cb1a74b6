/* sql-list.c - the answer to a question in SQL, as a list.
 *
 * SQLite tells no types of columns that are computed: rows are kept as they come, and a column is
 * one of numbers if no row had anything else in it.
 * SPDX-License-Identifier: MIT */
#include "gui/models/sql-list.h"

#include "core/text.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    GPtrArray *names; /* char * */
    GArray *kinds;    /* HgSqlKind of every cell */
    GArray *numbers;  /* uint64_t: integer, bits of a real, place in [texts] */
    GString *texts;
    bool *has_text, *has_real; /* of each column */
    uint32_t n_rows;
    bool is_cut;
    HgAsk *ask;
} Rows;

static void
clear_rows(Rows *rows)
{
    g_clear_pointer(&rows->names, g_ptr_array_unref);
    g_clear_pointer(&rows->kinds, g_array_unref);
    g_clear_pointer(&rows->numbers, g_array_unref);
    if (rows->texts)
        g_string_free(rows->texts, TRUE);
    g_free(rows->has_text);
    g_free(rows->has_real);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Rows, clear_rows)

static void
begin(Rows *rows, const char *const *names, size_t n_columns)
{
    HgAsk *ask = rows->ask;
    clear_rows(rows);
    *rows = (Rows){.names = g_ptr_array_new_with_free_func(g_free),
                   .kinds = g_array_new(FALSE, FALSE, sizeof(HgSqlKind)),
                   .numbers = g_array_new(FALSE, FALSE, sizeof(uint64_t)),
                   .texts = g_string_new(NULL),
                   .has_text = g_new0(bool, n_columns + 1),
                   .has_real = g_new0(bool, n_columns + 1),
                   .ask = ask};
    for (size_t i = 0; i < n_columns; i++)
        g_ptr_array_add(rows->names, g_strdup(names[i]));
}

static void
add_value(Rows *rows, size_t column, const HgSqlValue *value)
{
    uint64_t number = (uint64_t)value->integer;
    if (value->kind == HG_SQL_REAL) {
        memcpy(&number, &value->real, sizeof number);
        rows->has_real[column] = true;
    } else if (value->kind == HG_SQL_TEXT || value->kind == HG_SQL_BLOB) {
        number = rows->texts->len;
        hg_text_append_escaped(rows->texts, value->text, value->size);
        g_string_append_c(rows->texts, '\0');
        rows->has_text[column] = true;
    }
    g_array_append_val(rows->kinds, value->kind);
    g_array_append_val(rows->numbers, number);
}

static bool
on_row(const char *const *names, const HgSqlValue *values, size_t n_columns, void *user_data)
{
    Rows *rows = user_data;
    if (!values) {
        if (n_columns > 0)
            begin(rows, names, n_columns);
        return true;
    }
    if (rows->n_rows == HG_SQL_ROWS_MAX) {
        rows->is_cut = true;
        return false;
    }
    for (size_t i = 0; i < n_columns; i++)
        add_value(rows, i, &values[i]);
    rows->n_rows++;
    return !hg_ask_is_cancelled(rows->ask);
}

/* ---- the list ---------------------------------------------------------------------------------
 */

static HgFieldKind
find_kind(const Rows *rows, unsigned column)
{
    static const char *const sizes[] = {"size", "retained", "sizeof", "sum(size)", "sum(retained)"};
    const char *name = rows->names->pdata[column];
    if (rows->has_text[column])
        return HG_FIELD_TEXT;
    if (rows->has_real[column])
        return HG_FIELD_REAL;
    if (g_str_equal(name, "address"))
        return HG_FIELD_ADDRESS;
    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++)
        if (g_str_equal(name, sizes[i]))
            return HG_FIELD_SIZE;
    return HG_FIELD_NUMBER;
}

static char *
dup_text(const Rows *rows, HgSqlKind kind, uint64_t number)
{
    char real[G_ASCII_DTOSTR_BUF_SIZE];
    double value;
    memcpy(&value, &number, sizeof value);
    if (kind == HG_SQL_INTEGER)
        return g_strdup_printf("%" PRId64, (int64_t)number);
    return g_strdup(kind == HG_SQL_REAL ? g_ascii_dtostr(real, sizeof real, value)
                                        : rows->texts->str + number);
}

static void
add_cell(HgList *list, const Rows *rows, size_t cell, HgFieldKind kind)
{
    HgSqlKind stored = g_array_index(rows->kinds, HgSqlKind, cell);
    uint64_t number = g_array_index(rows->numbers, uint64_t, cell);
    if (stored == HG_SQL_NULL)
        hg_list_add_number(list, hg_field_is_signed(kind) ? (uint64_t)HG_LIST_UNKNOWN_SIGNED
                                                          : HG_LIST_UNKNOWN);
    else if (kind == HG_FIELD_TEXT) {
        g_autofree char *text = dup_text(rows, stored, number);
        hg_list_add_text(list, text);
    } else if (kind == HG_FIELD_REAL && stored == HG_SQL_INTEGER)
        hg_list_add_real(list, (double)(int64_t)number);
    else
        hg_list_add_number(list, number);
}

/* Returns: the column that says which object a row is about, UINT_MAX if none does. */
static unsigned
find_object_column(const Rows *rows)
{
    static const char *const names[] = {"nr", "object", "source", "target", "holder"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        for (unsigned column = 0; column < rows->names->len; column++)
            if (g_str_equal(rows->names->pdata[column], names[i]) && !rows->has_text[column] &&
                !rows->has_real[column])
                return column;
    return UINT_MAX;
}

static uint32_t
get_object(const Rows *rows, uint32_t row, unsigned column, uint32_t n_objects)
{
    if (column == UINT_MAX)
        return HG_NONE;
    size_t cell = (size_t)row * rows->names->len + column;
    uint64_t number = g_array_index(rows->numbers, uint64_t, cell);
    bool is_there = g_array_index(rows->kinds, HgSqlKind, cell) == HG_SQL_INTEGER;
    return is_there && number < n_objects ? (uint32_t)number : HG_NONE;
}

static HgList *
make_list(const Rows *rows, const HgShot *shot, uint32_t n_objects)
{
    unsigned n_columns = rows->names->len, object = find_object_column(rows);
    g_autofree HgListColumn *columns = g_new0(HgListColumn, n_columns + 1);
    bool has_wide = false; /* the first text takes what the others leave */
    for (unsigned i = 0; i < n_columns; i++) {
        HgFieldKind kind = find_kind(rows, i);
        bool is_wide = kind == HG_FIELD_TEXT && !has_wide;
        int width = is_wide ? 0 : kind == HG_FIELD_TEXT ? 28 : 14;
        has_wide |= is_wide;
        columns[i] =
            (HgListColumn){rows->names->pdata[i], rows->names->pdata[i], kind, width, NULL};
    }
    HgList *list = hg_list_new(columns, n_columns, shot);
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        hg_list_begin_row(list, get_object(rows, row, object, n_objects));
        for (unsigned i = 0; i < n_columns; i++)
            add_cell(list, rows, (size_t)row * n_columns + i, columns[i].kind);
    }
    if (rows->is_cut)
        hg_list_set_remark(list, "the first million");
    return list;
}

HgList *
hg_sql_list_make(HgAsk *ask, const HgShot *shot, const char *sql, GError **error)
{
    g_auto(Rows) rows = {.ask = ask};
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, shot, error);
    if (!snapshot ||
        !hg_snapshot_ask_sql(snapshot, sql, hg_ask_get_progress(ask), on_row, &rows, error) ||
        !hg_ask_check(ask, error))
        return NULL;
    if (!rows.names) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE, "no statement that gives rows");
        return NULL;
    }
    return make_list(&rows, shot, hg_snapshot_count_objects(snapshot));
}
