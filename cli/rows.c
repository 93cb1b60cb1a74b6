/* rows.c - rows that SQL gives, as a table, JSON or CSV.
 * SPDX-License-Identifier: MIT */
#include "cli/rows.h"

#include "cli/table.h"

typedef struct {
    FILE *file;
    HgFormat format;
    HgTable *table;         /* of the statement that runs, or NULL */
    HgTableColumn *columns; /* of it */
    char **names;
    unsigned n_tables;
} Printer;

static void
end_table(Printer *printer)
{
    if (printer->table)
        hg_table_end(printer->table);
    g_clear_pointer(&printer->table, hg_table_free);
    g_clear_pointer(&printer->columns, g_free);
    g_clear_pointer(&printer->names, g_strfreev);
}

static void
begin_table(Printer *printer, const char *const *names, size_t n_columns)
{
    end_table(printer);
    if (n_columns == 0)
        return;
    printer->names = g_new0(char *, n_columns + 1);
    printer->columns = g_new0(HgTableColumn, n_columns);
    for (size_t i = 0; i < n_columns; i++) {
        printer->names[i] = g_strdup(names[i]);
        printer->columns[i] = (HgTableColumn){printer->names[i], printer->names[i], HG_CELL_ANY};
    }
    if (printer->n_tables++ > 0 && printer->format != HG_FORMAT_JSON)
        fputc('\n', printer->file);
    printer->table =
        hg_table_new_to(printer->file, printer->format, printer->columns, (unsigned)n_columns);
}

static void
add_value(HgTable *table, const HgSqlValue *value)
{
    switch (value->kind) {
    case HG_SQL_INTEGER:
        hg_table_add_signed(table, value->integer);
        break;
    case HG_SQL_REAL:
        hg_table_add_real(table, value->real);
        break;
    case HG_SQL_TEXT:
    case HG_SQL_BLOB:
        hg_table_add_bytes(table, value->text, value->size);
        break;
    default:
        hg_table_add_none(table);
    }
}

static bool
on_row(const char *const *names, const HgSqlValue *values, size_t n_columns, void *user_data)
{
    Printer *printer = user_data;
    if (!values) {
        begin_table(printer, names, n_columns);
        return true;
    }
    for (size_t i = 0; i < n_columns; i++)
        add_value(printer->table, &values[i]);
    return !ferror(printer->file);
}

bool
hg_rows_print(FILE *file, HgFormat format, HgSnapshot *snapshot, const char *sql, GError **error)
{
    Printer printer = {.file = file, .format = format};
    bool done = hg_snapshot_run_sql(snapshot, sql, on_row, &printer, error);
    end_table(&printer);
    return done;
}
