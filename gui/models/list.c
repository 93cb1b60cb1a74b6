/* list.c - rows in columns.
 * SPDX-License-Identifier: MIT */
#include "gui/models/list.h"

#include "core/numbers.h"
#include "core/text.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    HgListColumn column; /* its texts are owned */
    GArray *numbers;     /* uint64_t */
    uint64_t total;
} Field;

struct HgList {
    HgShot *shot;
    Field *fields;
    unsigned n_fields, next; /* the field of the next cell */
    GArray *objects;         /* uint32_t, one a row */
    GString *texts;          /* all texts, each with its NUL */
    GHashTable *interned;    /* text -> number, while texts are interned */
    GArray *points;          /* double */
    unsigned n_points;
    char *remark;
};

HgList *
hg_list_new(const HgListColumn *columns, unsigned n_columns, const HgShot *shot)
{
    HgList *list = g_atomic_rc_box_new0(HgList);
    list->shot = hg_shot_ref(shot);
    list->n_fields = n_columns;
    list->fields = g_new0(Field, n_columns);
    for (unsigned i = 0; i < n_columns; i++) {
        Field *field = &list->fields[i];
        field->column = columns[i];
        field->column.key = g_strdup(columns[i].key);
        field->column.title = g_strdup(columns[i].title);
        field->column.tooltip = g_strdup(columns[i].tooltip);
        field->numbers = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    }
    list->objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    list->texts = g_string_new(NULL);
    list->points = g_array_new(FALSE, FALSE, sizeof(double));
    return list;
}

HgList *
hg_list_ref(HgList *list)
{
    return g_atomic_rc_box_acquire(list);
}

static void
clear_list(void *data)
{
    HgList *list = data;
    for (unsigned i = 0; i < list->n_fields; i++) {
        g_free((char *)list->fields[i].column.key);
        g_free((char *)list->fields[i].column.title);
        g_free((char *)list->fields[i].column.tooltip);
        g_array_unref(list->fields[i].numbers);
    }
    g_free(list->fields);
    g_array_unref(list->objects);
    g_array_unref(list->points);
    g_string_free(list->texts, TRUE);
    g_clear_pointer(&list->interned, g_hash_table_unref);
    g_free(list->remark);
    hg_shot_unref(list->shot);
}

void
hg_list_unref(void *list)
{
    if (list)
        g_atomic_rc_box_release_full(list, clear_list);
}

/* ---- filling ------------------------------------------------------------------------------- */

void
hg_list_begin_row(HgList *list, uint32_t object)
{
    g_assert(list->next == 0 || list->next == list->n_fields);
    g_array_append_val(list->objects, object);
    list->next = 0;
}

void
hg_list_add_number(HgList *list, uint64_t number)
{
    g_assert(list->next < list->n_fields);
    g_array_append_val(list->fields[list->next++].numbers, number);
}

static uint64_t
append_text(HgList *list, const char *text)
{
    uint64_t start = list->texts->len;
    g_string_append_len(list->texts, text, (gssize)strlen(text) + 1);
    return start;
}

void
hg_list_add_text(HgList *list, const char *text)
{
    hg_list_add_number(list, text ? append_text(list, text) : HG_LIST_UNKNOWN);
}

void
hg_list_add_signed(HgList *list, int64_t number)
{
    hg_list_add_number(list, (uint64_t)number);
}

void
hg_list_add_real(HgList *list, double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    hg_list_add_number(list, bits);
}

void
hg_list_add_value(HgList *list)
{
    g_assert(list->fields[list->next].column.kind == HG_FIELD_VALUE);
    list->next++;
}

void
hg_list_add_series(HgList *list, const double *points, unsigned n_points)
{
    list->n_points = n_points;
    g_array_append_vals(list->points, points, n_points);
    hg_list_add_number(list, 0);
}

void
hg_list_take_objects(HgList *list, GArray *objects)
{
    g_array_unref(list->objects);
    list->objects = objects;
    list->next = list->n_fields;
}

void
hg_list_take_numbers(HgList *list, unsigned column, GArray *numbers)
{
    g_assert(numbers->len == list->objects->len);
    g_array_unref(list->fields[column].numbers);
    list->fields[column].numbers = numbers;
}

uint64_t
hg_list_intern(HgList *list, const char *text)
{
    void *found;
    if (!list->interned)
        list->interned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (g_hash_table_lookup_extended(list->interned, text, NULL, &found))
        return *(uint64_t *)found;
    uint64_t *start = g_new(uint64_t, 1);
    *start = append_text(list, text);
    g_hash_table_insert(list->interned, g_strdup(text), start);
    return *start;
}

void
hg_list_set_number(HgList *list, unsigned column, uint32_t row, uint64_t number)
{
    g_array_index(list->fields[column].numbers, uint64_t, row) = number;
}

void
hg_list_hide_column(HgList *list, unsigned column)
{
    g_clear_pointer((char **)&list->fields[column].column.title, g_free);
}

void
hg_list_set_total(HgList *list, unsigned column, uint64_t total)
{
    list->fields[column].total = total;
}

void
hg_list_set_remark(HgList *list, const char *remark)
{
    g_free(list->remark);
    list->remark = g_strdup(remark);
}

/* ---- reading ------------------------------------------------------------------------------- */

uint32_t
hg_list_count_rows(const HgList *list)
{
    return list->objects->len;
}

unsigned
hg_list_count_columns(const HgList *list)
{
    return list->n_fields;
}

const HgListColumn *
hg_list_get_column(const HgList *list, unsigned column)
{
    return &list->fields[column].column;
}

unsigned
hg_list_find_column(const HgList *list, const char *key)
{
    for (unsigned i = 0; i < list->n_fields; i++)
        if (g_str_equal(list->fields[i].column.key, key))
            return i;
    return UINT_MAX;
}

const HgShot *
hg_list_get_shot(const HgList *list)
{
    return list->shot;
}

const char *
hg_list_get_remark(const HgList *list)
{
    return list->remark;
}

uint32_t
hg_list_get_object(const HgList *list, uint32_t row)
{
    return g_array_index(list->objects, uint32_t, row);
}

uint64_t
hg_list_get_number(const HgList *list, unsigned column, uint32_t row)
{
    return g_array_index(list->fields[column].numbers, uint64_t, row);
}

const char *
hg_list_get_text(const HgList *list, unsigned column, uint32_t row)
{
    uint64_t start = hg_list_get_number(list, column, row);
    return start == HG_LIST_UNKNOWN ? NULL : list->texts->str + start;
}

uint64_t
hg_list_get_total(const HgList *list, unsigned column)
{
    return list->fields[column].total;
}

const double *
hg_list_get_series(const HgList *list, uint32_t row, unsigned *n_points)
{
    *n_points = list->n_points;
    if (list->n_points == 0)
        return NULL;
    return &g_array_index(list->points, double, (size_t)row * list->n_points);
}

bool
hg_field_is_sortable(HgFieldKind kind)
{
    return kind != HG_FIELD_VALUE && kind != HG_FIELD_SERIES;
}

bool
hg_field_is_number(HgFieldKind kind)
{
    return hg_field_is_sortable(kind) && kind != HG_FIELD_TEXT;
}

bool
hg_field_is_signed(HgFieldKind kind)
{
    return kind == HG_FIELD_NUMBER || kind == HG_FIELD_COUNT_GROWTH || kind == HG_FIELD_SIZE_GROWTH;
}

bool
hg_list_is_unknown(const HgList *list, unsigned column, uint32_t row)
{
    uint64_t number = hg_list_get_number(list, column, row);
    return hg_field_is_signed(list->fields[column].column.kind)
               ? (int64_t)number == HG_LIST_UNKNOWN_SIGNED
               : number == HG_LIST_UNKNOWN;
}

static char *
dup_series(const HgList *list, uint32_t row)
{
    unsigned n_points;
    const double *points = hg_list_get_series(list, row, &n_points);
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < n_points; i++)
        g_string_append_printf(text, "%s%.0f", i ? " " : "", points[i]);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *
dup_exact(HgFieldKind kind, uint64_t number)
{
    char real[G_ASCII_DTOSTR_BUF_SIZE];
    double value;
    switch (kind) {
    case HG_FIELD_ADDRESS:
        return g_strdup_printf("0x%" PRIx64, number);
    case HG_FIELD_REAL:
        memcpy(&value, &number, sizeof value);
        return g_strdup(g_ascii_dtostr(real, sizeof real, value));
    case HG_FIELD_NUMBER:
    case HG_FIELD_COUNT_GROWTH:
    case HG_FIELD_SIZE_GROWTH:
        return g_strdup_printf("%" PRId64, (int64_t)number);
    default:
        return g_strdup_printf("%" PRIu64, number);
    }
}

static char *
dup_share(uint64_t number, uint64_t total)
{
    return g_strdup_printf("%.1f %%", total ? 100.0 * (double)number / (double)total : 0.0);
}

char *
hg_list_dup_cell(const HgList *list, unsigned column, uint32_t row, bool is_exact)
{
    HgFieldKind kind = list->fields[column].column.kind;
    if (kind == HG_FIELD_VALUE)
        return NULL;
    if (kind == HG_FIELD_SERIES)
        return dup_series(list, row);
    if (hg_list_is_unknown(list, column, row))
        return g_strdup("");
    uint64_t number = hg_list_get_number(list, column, row);
    if (kind == HG_FIELD_TEXT) {
        const char *text = hg_list_get_text(list, column, row);
        return is_exact ? g_strdup(text) : hg_text_dup_escaped(text);
    }
    if (is_exact)
        return dup_exact(kind, number);
    switch (kind) {
    case HG_FIELD_COUNT:
        return hg_number_dup_count(number);
    case HG_FIELD_SIZE:
        return hg_number_dup_size(number);
    case HG_FIELD_SHARE:
        return dup_share(number, list->fields[column].total);
    case HG_FIELD_COUNT_GROWTH:
        return hg_number_dup_count_growth((int64_t)number);
    case HG_FIELD_SIZE_GROWTH:
        return hg_number_dup_size_growth((int64_t)number);
    default:
        return dup_exact(kind, number);
    }
}

void
hg_list_add_cells(HgList *list, const HgList *from, uint32_t row)
{
    for (unsigned i = 0; i < from->n_fields; i++) {
        HgFieldKind kind = from->fields[i].column.kind;
        g_assert(kind == list->fields[list->next].column.kind && kind != HG_FIELD_SERIES);
        if (kind == HG_FIELD_VALUE)
            hg_list_add_value(list);
        else if (kind == HG_FIELD_TEXT)
            hg_list_add_text(list, hg_list_get_text(from, i, row));
        else
            hg_list_add_number(list, hg_list_get_number(from, i, row));
    }
}
