/* list-text.c - a list as text.
 * SPDX-License-Identifier: MIT */
#include "gui/models/list-text.h"

#include "core/questions/object.h"

#include <string.h>

typedef struct {
    const HgList *list;
    HgTextFormat format;
    HgSnapshot *snapshot; /* NULL: values are left out */
    GString *out;
} Writer;

static void
append_csv(GString *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        g_string_append(out, text);
        return;
    }
    g_string_append_c(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}

static void
append_tabs(GString *out, const char *text)
{
    for (; *text; text++)
        g_string_append_c(out, strchr("\t\r\n", *text) ? ' ' : *text);
}

static void
append_json(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\')
            g_string_append_printf(out, "\\%c", byte);
        else if (byte < 0x20)
            g_string_append_printf(out, "\\u%04x", byte);
        else
            g_string_append_c(out, (char)byte);
    }
    g_string_append_c(out, '"');
}

static char *
dup_cell(Writer *writer, unsigned column, uint32_t row, GError **error)
{
    const HgList *list = writer->list;
    HgObject object;
    uint32_t number = hg_list_get_object(list, row);
    if (hg_list_get_column(list, column)->kind != HG_FIELD_VALUE)
        return hg_list_dup_cell(list, column, row, true);
    if (!writer->snapshot || number == HG_NONE)
        return g_strdup("");
    return hg_object_read(writer->snapshot, number, &object, error)
               ? hg_object_dup_value(writer->snapshot, &object, error)
               : NULL;
}

static void
append_cell(Writer *writer, unsigned column, const char *cell)
{
    const HgListColumn *spec = hg_list_get_column(writer->list, column);
    GString *out = writer->out;
    if (writer->format == HG_TEXT_JSON) {
        g_string_append(out, column ? ", " : "{");
        append_json(out, spec->key);
        g_string_append(out, ": ");
        if (hg_field_is_number(spec->kind) && spec->kind != HG_FIELD_ADDRESS)
            g_string_append(out, *cell ? cell : "null");
        else
            append_json(out, cell);
        return;
    }
    if (column)
        g_string_append_c(out, writer->format == HG_TEXT_CSV ? ',' : '\t');
    (writer->format == HG_TEXT_CSV ? append_csv : append_tabs)(out, cell);
}

static bool
append_row(Writer *writer, uint32_t row, GError **error)
{
    for (unsigned i = 0; i < hg_list_count_columns(writer->list); i++) {
        g_autofree char *cell = dup_cell(writer, i, row, error);
        if (!cell)
            return false;
        append_cell(writer, i, cell);
    }
    if (writer->format == HG_TEXT_JSON)
        g_string_append_c(writer->out, '}');
    return true;
}

static void
append_headings(Writer *writer)
{
    for (unsigned i = 0; i < hg_list_count_columns(writer->list); i++) {
        const HgListColumn *spec = hg_list_get_column(writer->list, i);
        bool is_csv = writer->format == HG_TEXT_CSV;
        append_cell(writer, i, is_csv || !spec->title ? spec->key : spec->title);
    }
    g_string_append_c(writer->out, '\n');
}

GString *
hg_list_text_make(const HgList *list, const GArray *rows, HgTextFormat format, HgAsk *ask,
                  GError **error)
{
    Writer writer = {.list = list, .format = format, .out = g_string_new(NULL)};
    bool done = !ask || !hg_list_get_shot(list) ||
                (writer.snapshot = hg_ask_get_snapshot(ask, hg_list_get_shot(list), error));
    if (format == HG_TEXT_JSON)
        g_string_append(writer.out, "[");
    else
        append_headings(&writer);
    for (unsigned i = 0; i < rows->len && done; i++) {
        if (format == HG_TEXT_JSON)
            g_string_append(writer.out, i ? ",\n " : "");
        done = append_row(&writer, g_array_index(rows, uint32_t, i), error) &&
               (!ask || hg_ask_check(ask, error));
        if (format != HG_TEXT_JSON)
            g_string_append_c(writer.out, '\n');
    }
    if (format == HG_TEXT_JSON)
        g_string_append(writer.out, "]\n");
    if (done)
        return writer.out;
    g_string_free(writer.out, TRUE);
    return NULL;
}
