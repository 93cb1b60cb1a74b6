/* output.c - how a command prints.
 * SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include "cli/json.h"
#include "cli/text.h"
#include "core/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CELL_WIDTH_MAX 100 /* columns of a terminal for one cell that is not the last */

typedef struct {
    bool is_none;
    bool is_negative;
    uint64_t number;
    char *text;
} Cell;

struct HgTable {
    HgFormat format;
    const HgTableColumn *column;
    unsigned n_columns;
    unsigned at;      /* the column of the next cell */
    HgJson json;      /* HG_FORMAT_JSON */
    GArray *rendered; /* HG_FORMAT_TABLE: char *, row by row */
};

/* ---- pieces ------------------------------------------------------------------------------ */

bool
hg_format_parse(const char *name, HgFormat *format)
{
    static const char *const names[] = {"table", "json", "csv"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(name, names[i])) {
            *format = (HgFormat)i;
            return true;
        }
    return false;
}

char *
hg_output_dup_count(uint64_t count)
{
    char digits[24];
    int n_digits = g_snprintf(digits, sizeof digits, "%" PRIu64, count);
    GString *out = g_string_new(NULL);
    for (int i = 0; i < n_digits; i++) {
        if (i > 0 && (n_digits - i) % 3 == 0)
            g_string_append_c(out, ',');
        g_string_append_c(out, digits[i]);
    }
    return g_string_free(out, FALSE);
}

char *
hg_output_dup_size(uint64_t size)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (size < 1024)
        return g_strdup_printf("%" PRIu64 " B", size);
    double scaled = (double)size;
    unsigned unit = 0;
    while (scaled >= 1023.95 && unit + 1 < G_N_ELEMENTS(units)) {
        scaled /= 1024;
        unit++;
    }
    return g_strdup_printf("%.1f %s", scaled, units[unit]);
}

static uint64_t
get_magnitude(int64_t number)
{
    return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

char *
hg_output_dup_count_growth(int64_t count)
{
    g_autofree char *magnitude = hg_output_dup_count(get_magnitude(count));
    return g_strconcat(count < 0 ? "-" : "+", magnitude, NULL);
}

char *
hg_output_dup_size_growth(int64_t size)
{
    g_autofree char *magnitude = hg_output_dup_size(get_magnitude(size));
    return g_strconcat(size < 0 ? "-" : "+", magnitude, NULL);
}

bool
hg_output_is_terminal(void)
{
    return isatty(STDOUT_FILENO);
}

static bool
takes_colour(int descriptor)
{
    const char *no_colour = g_getenv("NO_COLOR");
    return isatty(descriptor) && !(no_colour && *no_colour) &&
           g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

const char *
hg_output_get_style(HgStyle style)
{
    static const char *const sequences[] = {[HG_STYLE_PLAIN] = "\033[0m",
                                            [HG_STYLE_HEADING] = "\033[1m",
                                            [HG_STYLE_FAINT] = "\033[2m",
                                            [HG_STYLE_NAME] = "\033[36m",
                                            [HG_STYLE_WARNING] = "\033[33m"};
    return takes_colour(STDOUT_FILENO) ? sequences[style] : "";
}

void
hg_output_remark(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fflush(stdout);
    fprintf(stderr, "%s\n", text);
}

bool
hg_output_flush(GError **error)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    if (errno == EPIPE)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "cannot write the output: %s",
                g_strerror(errno ? errno : EIO));
    return false;
}

/* ---- tables ----------------------------------------------------------------------------- */

HgTable *
hg_table_new(HgFormat format, const HgTableColumn *columns, unsigned n_columns)
{
    HgTable *table = g_new0(HgTable, 1);
    table->format = format;
    table->column = columns;
    table->n_columns = n_columns;
    table->json.file = stdout;
    table->rendered = g_array_new(FALSE, FALSE, sizeof(char *));
    if (format == HG_FORMAT_JSON)
        hg_json_begin_array(&table->json, NULL);
    for (unsigned i = 0; i < n_columns && format == HG_FORMAT_CSV; i++)
        printf("%s%s", columns[i].key, i + 1 < n_columns ? "," : "\r\n");
    return table;
}

void
hg_table_free(HgTable *table)
{
    if (!table)
        return;
    for (unsigned i = 0; i < table->rendered->len; i++)
        g_free(g_array_index(table->rendered, char *, i));
    g_array_unref(table->rendered);
    g_free(table);
}

static bool
is_right_aligned(HgCellKind kind)
{
    return kind != HG_CELL_TEXT && kind != HG_CELL_ADDRESS && kind != HG_CELL_BOOL;
}

static char *
dup_rendered(const Cell *cell, HgCellKind kind)
{
    if (cell->is_none)
        return g_strdup(kind == HG_CELL_TEXT ? "" : "-");
    switch (kind) {
    case HG_CELL_TEXT:
        return hg_text_dup_escaped(cell->text);
    case HG_CELL_NUMBER:
        return g_strdup_printf("%" PRIu64, cell->number);
    case HG_CELL_COUNT:
        return hg_output_dup_count(cell->number);
    case HG_CELL_SIZE:
        return hg_output_dup_size(cell->number);
    case HG_CELL_ADDRESS:
        return g_strdup_printf("0x%" PRIx64, cell->number);
    case HG_CELL_COUNT_GROWTH:
        return hg_output_dup_count_growth((int64_t)cell->number);
    case HG_CELL_SIZE_GROWTH:
        return hg_output_dup_size_growth((int64_t)cell->number);
    case HG_CELL_BOOL:
        return g_strdup(cell->number ? "yes" : "no");
    }
    g_assert_not_reached();
}

static void
write_json(HgTable *table, const Cell *cell)
{
    const HgTableColumn *column = &table->column[table->at];
    if (table->at == 0)
        hg_json_begin_object(&table->json, NULL);
    if (cell->is_none)
        hg_json_add_null(&table->json, column->key);
    else if (column->kind == HG_CELL_TEXT)
        hg_json_add_text(&table->json, column->key, cell->text);
    else if (column->kind == HG_CELL_ADDRESS)
        hg_json_add_address(&table->json, column->key, cell->number);
    else if (column->kind == HG_CELL_BOOL)
        hg_json_add_bool(&table->json, column->key, cell->number != 0);
    else if (cell->is_negative)
        hg_json_add_signed(&table->json, column->key, (int64_t)cell->number);
    else
        hg_json_add_number(&table->json, column->key, cell->number);
    if (table->at + 1 == table->n_columns)
        hg_json_end_object(&table->json);
}

/* RFC 4180; on a terminal with everything escaped that is not printable. */
static void
write_csv_text(const char *text)
{
    g_autofree char *shown = hg_output_is_terminal() ? hg_text_dup_escaped(text) : g_strdup(text);
    if (!strpbrk(shown, ",\"\r\n")) {
        fputs(shown, stdout);
        return;
    }
    putchar('"');
    for (const char *at = shown; *at; at++) {
        if (*at == '"')
            putchar('"');
        putchar(*at);
    }
    putchar('"');
}

static void
write_csv(HgTable *table, const Cell *cell)
{
    HgCellKind kind = table->column[table->at].kind;
    if (cell->is_none)
        ;
    else if (kind == HG_CELL_TEXT)
        write_csv_text(cell->text);
    else if (kind == HG_CELL_ADDRESS)
        printf("0x%" PRIx64, cell->number);
    else if (kind == HG_CELL_BOOL)
        fputs(cell->number ? "true" : "false", stdout);
    else if (cell->is_negative)
        printf("%" PRId64, (int64_t)cell->number);
    else
        printf("%" PRIu64, cell->number);
    fputs(table->at + 1 < table->n_columns ? "," : "\r\n", stdout);
}

static void
add_cell(HgTable *table, const Cell *cell)
{
    if (table->format == HG_FORMAT_JSON)
        write_json(table, cell);
    else if (table->format == HG_FORMAT_CSV)
        write_csv(table, cell);
    else {
        char *rendered = dup_rendered(cell, table->column[table->at].kind);
        g_array_append_val(table->rendered, rendered);
    }
    table->at = (table->at + 1) % table->n_columns;
}

void
hg_table_add_text(HgTable *table, const char *text)
{
    Cell cell = {.is_none = !text, .text = (char *)text};
    add_cell(table, &cell);
}

void
hg_table_add_number(HgTable *table, uint64_t number)
{
    Cell cell = {.number = number};
    add_cell(table, &cell);
}

void
hg_table_add_signed(HgTable *table, int64_t number)
{
    Cell cell = {.number = (uint64_t)number, .is_negative = number < 0};
    add_cell(table, &cell);
}

void
hg_table_add_none(HgTable *table)
{
    Cell cell = {.is_none = true};
    add_cell(table, &cell);
}

static void
print_cell(const char *text, unsigned width, bool is_right, bool is_last)
{
    g_autofree char *shown = is_last ? g_strdup(text) : hg_text_dup_cut(text, CELL_WIDTH_MAX);
    unsigned used = hg_text_get_width(shown);
    int padding = used < width ? (int)(width - used) : 0;
    if (is_right)
        printf("%*s%s", padding, "", shown);
    else
        printf("%s%*s", shown, is_last ? 0 : padding, "");
    fputs(is_last ? "\n" : "  ", stdout);
}

static const char *
get_cell(const HgTable *table, unsigned row, unsigned column)
{
    return g_array_index(table->rendered, const char *, row * table->n_columns + column);
}

static unsigned
get_column_width(const HgTable *table, unsigned column, unsigned n_rows)
{
    unsigned width = hg_text_get_width(table->column[column].title);
    for (unsigned row = 0; row < n_rows; row++)
        width = MAX(width, hg_text_get_width(get_cell(table, row, column)));
    return MIN(width, CELL_WIDTH_MAX);
}

static void
print_row(const HgTable *table, const unsigned *width, unsigned last, int row)
{
    for (unsigned i = 0; i <= last; i++) {
        const HgTableColumn *column = &table->column[i];
        if (column->title)
            print_cell(row < 0 ? column->title : get_cell(table, (unsigned)row, i), width[i],
                       is_right_aligned(column->kind), i == last);
    }
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
    fputs(hg_output_get_style(HG_STYLE_HEADING), stdout);
    print_row(table, width, last, -1);
    fputs(hg_output_get_style(HG_STYLE_PLAIN), stdout);
    for (unsigned row = 0; row < n_rows; row++)
        print_row(table, width, last, (int)row);
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

/* ---- progress ----------------------------------------------------------------------------- */

#define BAR_WIDTH 30
#define BAR_INTERVAL 100000 /* microseconds between two pictures of it */

struct HgProgressBar {
    bool is_shown;
    int64_t drawn; /* when, in microseconds */
};

HgProgressBar *
hg_progress_bar_new(void)
{
    return g_new0(HgProgressBar, 1);
}

void
hg_progress_bar_free(HgProgressBar *bar)
{
    if (bar && bar->is_shown)
        fputs("\r\033[K", stderr);
    g_free(bar);
}

static void
draw_bar(const char *step, uint64_t done, uint64_t total)
{
    char filled[BAR_WIDTH + 1] = {0};
    double share = total ? MIN((double)done / (double)total, 1) : 0;
    memset(filled, '#', (size_t)(share * BAR_WIDTH));
    if (total)
        fprintf(stderr, "\r\033[K[%-*s] %3d%% %s", BAR_WIDTH, filled, (int)(share * 100), step);
    else
        fprintf(stderr, "\r\033[K%s: %" PRIu64, step, done);
}

static bool
on_progress(const char *step, uint64_t done, uint64_t total, void *user_data)
{
    HgProgressBar *bar = user_data;
    int64_t now = g_get_monotonic_time();
    if (now - bar->drawn < BAR_INTERVAL)
        return true;
    draw_bar(step, done, total);
    bar->drawn = now;
    bar->is_shown = true;
    return true;
}

HgProgress
hg_progress_bar_get(HgProgressBar *bar)
{
    bool is_seen = isatty(STDERR_FILENO) && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
    return (HgProgress){.func = is_seen ? on_progress : NULL, .user_data = bar};
}
