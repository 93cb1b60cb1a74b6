/* table.c - rows as a table for people, or as JSON or CSV for programs.
 * SPDX-License-Identifier: MIT */
#include "cli/table.h"

#include "cli/json.h"
#include "cli/text.h"
#include "core/dump/dump.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define CELL_WIDTH_MAX 100 /* columns of a terminal for one cell that is not the last */

typedef enum {
    VALUE_NONE,
    VALUE_TEXT,
    VALUE_NUMBER,
    VALUE_SIGNED,
    VALUE_REAL
} ValueKind;

typedef struct {
    ValueKind kind;
    uint64_t number;
    double real;
    const char *text;
    size_t size; /* of the text */
} Value;

typedef struct {
    char *text;
    bool is_right; /* stands at the right of its column */
} Rendered;

struct HgTable {
    FILE *file;
    HgFormat format;
    const HgTableColumn *column;
    unsigned n_columns;
    unsigned at;      /* the column of the next cell */
    HgJson json;      /* HG_FORMAT_JSON */
    GArray *rendered; /* HG_FORMAT_TABLE: Rendered, row by row */
};

/* ---- JSON -------------------------------------------------------------------------------- */

static void
write_json_value(HgJson *json, const HgTableColumn *column, const Value *value)
{
    if (value->kind == VALUE_NONE)
        hg_json_add_null(json, column->key);
    else if (value->kind == VALUE_TEXT)
        hg_json_add_bytes(json, column->key, value->text, value->size);
    else if (column->kind == HG_CELL_ADDRESS)
        hg_json_add_address(json, column->key, value->number);
    else if (column->kind == HG_CELL_BOOL)
        hg_json_add_bool(json, column->key, value->number != 0);
    else if (value->kind == VALUE_REAL)
        hg_json_add_real(json, column->key, value->real);
    else if (value->kind == VALUE_SIGNED)
        hg_json_add_signed(json, column->key, (int64_t)value->number);
    else
        hg_json_add_number(json, column->key, value->number);
}

static void
write_json(HgTable *table, const Value *value)
{
    if (table->at == 0)
        hg_json_begin_object(&table->json, NULL);
    write_json_value(&table->json, &table->column[table->at], value);
    if (table->at + 1 == table->n_columns)
        hg_json_end_object(&table->json);
}

/* ---- CSV --------------------------------------------------------------------------------- */

/* Quoted as in RFC 4180; on a terminal with everything escaped that is not printable. */
static void
write_csv_text(FILE *file, const char *text, size_t size)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    if (isatty(fileno(file)))
        hg_text_append_escaped(shown, text, size);
    else
        g_string_append_len(shown, text, (gssize)size);
    bool is_quoted = strcspn(shown->str, ",\"\r\n") < shown->len;
    if (is_quoted)
        fputc('"', file);
    for (size_t i = 0; i < shown->len; i++) {
        if (shown->str[i] == '"')
            fputc('"', file);
        fputc(shown->str[i], file);
    }
    if (is_quoted)
        fputc('"', file);
}

static void
write_csv_value(FILE *file, HgCellKind kind, const Value *value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    if (value->kind == VALUE_NONE)
        return;
    if (value->kind == VALUE_TEXT)
        write_csv_text(file, value->text, value->size);
    else if (kind == HG_CELL_ADDRESS)
        fprintf(file, "0x%" PRIx64, value->number);
    else if (kind == HG_CELL_BOOL)
        fputs(value->number ? "true" : "false", file);
    else if (value->kind == VALUE_REAL)
        fputs(g_ascii_dtostr(digits, sizeof digits, value->real), file);
    else if (value->kind == VALUE_SIGNED)
        fprintf(file, "%" PRId64, (int64_t)value->number);
    else
        fprintf(file, "%" PRIu64, value->number);
}

static void
write_csv(HgTable *table, const Value *value)
{
    write_csv_value(table->file, table->column[table->at].kind, value);
    fputc(table->at + 1 < table->n_columns ? ',' : '\n', table->file);
}

/* ---- tables ------------------------------------------------------------------------------ */

static char *
dup_any(const Value *value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    if (value->kind == VALUE_REAL)
        return g_strdup(g_ascii_dtostr(digits, sizeof digits, value->real));
    if (value->kind == VALUE_SIGNED)
        return g_strdup_printf("%" PRId64, (int64_t)value->number);
    return g_strdup_printf("%" PRIu64, value->number);
}

static char *
dup_escaped(const Value *value)
{
    GString *text = g_string_new(NULL);
    hg_text_append_escaped(text, value->text, value->size);
    return g_string_free(text, FALSE);
}

static char *
dup_rendered(const Value *value, HgCellKind kind)
{
    if (value->kind == VALUE_NONE)
        return g_strdup(kind == HG_CELL_TEXT || kind == HG_CELL_ANY ? "" : "-");
    if (value->kind == VALUE_TEXT)
        return dup_escaped(value);
    switch (kind) {
    case HG_CELL_COUNT:
        return hg_number_dup_count(value->number);
    case HG_CELL_SIZE:
        return hg_number_dup_size(value->number);
    case HG_CELL_ADDRESS:
        return g_strdup_printf("0x%" PRIx64, value->number);
    case HG_CELL_COUNT_GROWTH:
        return hg_number_dup_count_growth((int64_t)value->number);
    case HG_CELL_SIZE_GROWTH:
        return hg_number_dup_size_growth((int64_t)value->number);
    case HG_CELL_BOOL:
        return g_strdup(value->number ? "yes" : "no");
    default:
        return dup_any(value);
    }
}

static bool
is_number_column(HgCellKind kind)
{
    return kind != HG_CELL_TEXT && kind != HG_CELL_ADDRESS && kind != HG_CELL_BOOL &&
           kind != HG_CELL_ANY;
}

static void
keep_rendered(HgTable *table, const Value *value)
{
    HgCellKind kind = table->column[table->at].kind;
    bool is_number = value->kind != VALUE_TEXT && value->kind != VALUE_NONE;
    Rendered rendered = {.text = dup_rendered(value, kind),
                         .is_right = is_number_column(kind) || (kind == HG_CELL_ANY && is_number)};
    g_array_append_val(table->rendered, rendered);
}

static void
append_cell(GString *line, const char *text, unsigned width, bool is_right, bool is_last)
{
    g_autofree char *shown = is_last ? g_strdup(text) : hg_text_dup_cut(text, CELL_WIDTH_MAX);
    unsigned used = hg_text_get_width(shown);
    int padding = used < width ? (int)(width - used) : 0;
    if (is_right)
        g_string_append_printf(line, "%*s%s", padding, "", shown);
    else
        g_string_append_printf(line, "%s%*s", shown, padding, "");
    g_string_append(line, "  ");
}

static void
write_line(FILE *file, GString *line)
{
    while (line->len > 0 && line->str[line->len - 1] == ' ')
        g_string_truncate(line, line->len - 1);
    fprintf(file, "%s\n", line->str);
}

static const Rendered *
get_cell(const HgTable *table, unsigned row, unsigned column)
{
    return &g_array_index(table->rendered, Rendered, row * table->n_columns + column);
}

static unsigned
get_column_width(const HgTable *table, unsigned column, unsigned n_rows)
{
    unsigned width = hg_text_get_width(table->column[column].title);
    for (unsigned row = 0; row < n_rows; row++)
        width = MAX(width, hg_text_get_width(get_cell(table, row, column)->text));
    return MIN(width, CELL_WIDTH_MAX);
}

static void
print_titles(const HgTable *table, const unsigned *width, unsigned last)
{
    bool is_stdout = table->file == stdout;
    g_autoptr(GString) line = g_string_new(NULL);
    for (unsigned i = 0; i <= last; i++)
        if (table->column[i].title)
            append_cell(line, table->column[i].title, width[i],
                        is_number_column(table->column[i].kind), i == last);
    fputs(is_stdout ? hg_output_get_style(HG_STYLE_HEADING) : "", table->file);
    write_line(table->file, line);
    fputs(is_stdout ? hg_output_get_style(HG_STYLE_PLAIN) : "", table->file);
}

static void
print_row(const HgTable *table, const unsigned *width, unsigned last, unsigned row)
{
    g_autoptr(GString) line = g_string_new(NULL);
    for (unsigned i = 0; i <= last; i++) {
        const Rendered *cell = get_cell(table, row, i);
        if (table->column[i].title)
            append_cell(line, cell->text, width[i], cell->is_right, i == last);
    }
    write_line(table->file, line);
}

static void
print_table(const HgTable *table)
{
    unsigned n_rows = table->rendered->len / table->n_columns, last = 0;
    if (n_rows == 0)
        return;
    g_autofree unsigned *width = g_new0(unsigned, table->n_columns);
    for (unsigned i = 0; i < table->n_columns; i++)
        if (table->column[i].title) {
            width[i] = get_column_width(table, i, n_rows);
            last = i;
        }
    print_titles(table, width, last);
    for (unsigned row = 0; row < n_rows; row++)
        print_row(table, width, last, row);
}

/* ---- all of them ------------------------------------------------------------------------- */

HgTable *
hg_table_new_to(FILE *file, HgFormat format, const HgTableColumn *columns, unsigned n_columns)
{
    HgTable *table = g_new0(HgTable, 1);
    table->file = file;
    table->format = format;
    table->column = columns;
    table->n_columns = n_columns;
    table->json.file = file;
    table->rendered = g_array_new(FALSE, FALSE, sizeof(Rendered));
    if (format == HG_FORMAT_JSON)
        hg_json_begin_array(&table->json, NULL);
    for (unsigned i = 0; i < n_columns && format == HG_FORMAT_CSV; i++) {
        write_csv_text(file, columns[i].key, strlen(columns[i].key));
        fputc(i + 1 < n_columns ? ',' : '\n', file);
    }
    return table;
}

HgTable *
hg_table_new(HgFormat format, const HgTableColumn *columns, unsigned n_columns)
{
    return hg_table_new_to(stdout, format, columns, n_columns);
}

void
hg_table_free(HgTable *table)
{
    if (!table)
        return;
    for (unsigned i = 0; i < table->rendered->len; i++)
        g_free(g_array_index(table->rendered, Rendered, i).text);
    g_array_unref(table->rendered);
    g_free(table);
}

static void
add_value(HgTable *table, Value value)
{
    if (table->format == HG_FORMAT_JSON)
        write_json(table, &value);
    else if (table->format == HG_FORMAT_CSV)
        write_csv(table, &value);
    else
        keep_rendered(table, &value);
    table->at = (table->at + 1) % table->n_columns;
}

void
hg_table_add_text(HgTable *table, const char *text)
{
    if (text)
        hg_table_add_bytes(table, text, strlen(text));
    else
        hg_table_add_none(table);
}

void
hg_table_add_bytes(HgTable *table, const char *text, size_t size)
{
    add_value(table, (Value){.kind = VALUE_TEXT, .text = text, .size = size});
}

void
hg_table_add_number(HgTable *table, uint64_t number)
{
    add_value(table, (Value){.kind = VALUE_NUMBER, .number = number});
}

void
hg_table_add_known(HgTable *table, uint64_t number)
{
    if (number == HG_UNKNOWN)
        hg_table_add_none(table);
    else
        hg_table_add_number(table, number);
}

void
hg_table_add_signed(HgTable *table, int64_t number)
{
    add_value(table, (Value){.kind = VALUE_SIGNED, .number = (uint64_t)number});
}

void
hg_table_add_real(HgTable *table, double number)
{
    add_value(table, isfinite(number) ? (Value){.kind = VALUE_REAL, .real = number} : (Value){0});
}

void
hg_table_add_none(HgTable *table)
{
    add_value(table, (Value){.kind = VALUE_NONE});
}

void
hg_table_end(HgTable *table)
{
    g_assert(table->at == 0);
    if (table->format == HG_FORMAT_JSON)
        hg_json_end_array(&table->json);
    else if (table->format == HG_FORMAT_TABLE)
        print_table(table);
}
