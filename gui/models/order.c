/* order.c - which rows of a list are seen, and in which order.
 * SPDX-License-Identifier: MIT */
#include "gui/models/order.h"

#include "core/graph/radix.h"

#include <string.h>

#define BETWEEN_CHECKS 0x3fffu /* rows between two looks at whether somebody still waits */

static bool
check(HgAsk *ask, uint32_t step, GError **error)
{
    return !ask || (step & BETWEEN_CHECKS) || hg_ask_check(ask, error);
}

/* ---- filter -------------------------------------------------------------------------------- */

static GArray *
list_all(const HgList *list)
{
    uint32_t n_rows = hg_list_count_rows(list);
    GArray *rows = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), n_rows);
    for (uint32_t row = 0; row < n_rows; row++)
        g_array_append_val(rows, row);
    return rows;
}

static GArray *
filter_rows(const HgList *list, const HgFilter *filter, HgAsk *ask, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t row = 0; row < hg_list_count_rows(list); row++) {
        if (!check(ask, row, error))
            return NULL;
        if (hg_filter_matches(filter, list, row, NULL))
            g_array_append_val(rows, row);
    }
    return g_steal_pointer(&rows);
}

/* Returns: rows by the number of their object, so that values are read in the order in which they
 * are stored. */
static GArray *
list_by_object(const HgList *list, GError **error)
{
    g_autoptr(GArray) rows = list_all(list);
    g_autofree uint64_t *keys = g_new(uint64_t, MAX(rows->len, 1));
    for (uint32_t i = 0; i < rows->len; i++)
        keys[i] = hg_list_get_object(list, i);
    if (!hg_radix_sort(keys, (uint32_t *)(void *)rows->data, rows->len, error))
        return NULL;
    return g_steal_pointer(&rows);
}

static bool
matches_value(const HgFilter *filter, const HgList *list, uint32_t row, HgSnapshot *snapshot,
              bool *matches, GError **error)
{
    g_autofree char *value = NULL;
    size_t size;
    uint32_t object = hg_list_get_object(list, row);
    if (object != HG_NONE && !hg_snapshot_read_value(snapshot, object, &value, &size, error))
        return false;
    *matches = hg_filter_matches(filter, list, row, value);
    return true;
}

static GArray *
filter_by_value(const HgList *list, const HgFilter *filter, HgAsk *ask, GError **error)
{
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, hg_list_get_shot(list), error);
    g_autoptr(GArray) by_object = snapshot ? list_by_object(list, error) : NULL;
    if (!by_object)
        return NULL;
    uint32_t n_rows = by_object->len;
    g_autofree bool *passes = g_new0(bool, MAX(n_rows, 1));
    for (uint32_t i = 0; i < n_rows; i++) {
        uint32_t row = g_array_index(by_object, uint32_t, i);
        if (!check(ask, i, error) ||
            !matches_value(filter, list, row, snapshot, &passes[row], error))
            return NULL;
    }
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t row = 0; row < n_rows; row++)
        if (passes[row])
            g_array_append_val(rows, row);
    return rows;
}

static GArray *
list_rows(const HgList *list, const HgOrderOptions *options, HgAsk *ask, GError **error)
{
    unsigned column = options->column == HG_ORDER_AS_IS ? 0 : options->column;
    if (!options->filter || !*options->filter)
        return list_all(list);
    g_autoptr(HgFilter) filter = hg_filter_parse(options->filter, list, column, error);
    if (!filter)
        return NULL;
    return ask && hg_filter_needs_values(filter) ? filter_by_value(list, filter, ask, error)
                                                 : filter_rows(list, filter, ask, error);
}

/* ---- sort ---------------------------------------------------------------------------------- */

typedef struct {
    const char *text;
    char *folded; /* how it is compared; one for all rows with the same text */
    uint64_t start;
    uint64_t rank;
} Rank;

static int
compare_ranks(const void *one, const void *other)
{
    const Rank *a = *(Rank *const *)one, *b = *(Rank *const *)other;
    int folded = strcmp(a->folded, b->folded);
    return folded ? folded : strcmp(a->text, b->text);
}

static void
free_rank(void *data)
{
    g_free(((Rank *)data)->folded);
    g_free(data);
}

static void
number_ranks(GPtrArray *ranks)
{
    g_ptr_array_sort(ranks, compare_ranks);
    for (unsigned i = 0; i < ranks->len; i++) {
        Rank *rank = ranks->pdata[i], *before = i ? ranks->pdata[i - 1] : NULL;
        rank->rank = before && g_str_equal(before->text, rank->text) ? before->rank : i;
    }
}

/* Keys of texts: their place among all texts of the column. */
static bool
make_text_keys(const HgList *list, unsigned column, const GArray *rows, uint64_t *keys, HgAsk *ask,
               GError **error)
{
    g_autoptr(GPtrArray) ranks = g_ptr_array_new_with_free_func(free_rank);
    g_autoptr(GHashTable) known = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autofree Rank **of_row = g_new0(Rank *, MAX(rows->len, 1));
    for (uint32_t i = 0; i < rows->len; i++) {
        uint32_t row = g_array_index(rows, uint32_t, i);
        uint64_t start = hg_list_get_number(list, column, row);
        const char *text = hg_list_get_text(list, column, row);
        if (!check(ask, i, error))
            return false;
        if (!text || (of_row[i] = g_hash_table_lookup(known, &start)))
            continue;
        Rank *rank = of_row[i] = g_new(Rank, 1);
        *rank = (Rank){.text = text, .folded = g_utf8_casefold(text, -1), .start = start};
        g_hash_table_insert(known, &rank->start, rank);
        g_ptr_array_add(ranks, rank);
    }
    number_ranks(ranks);
    for (uint32_t i = 0; i < rows->len; i++)
        keys[i] = of_row[i] ? of_row[i]->rank : HG_LIST_UNKNOWN;
    return true;
}

/* A number without sign that is ordered as the cell is. */
static uint64_t
make_key(HgFieldKind kind, uint64_t number)
{
    const uint64_t sign = UINT64_C(1) << 63;
    if (kind == HG_FIELD_REAL)
        return number & sign ? ~number : number | sign;
    return hg_field_is_signed(kind) ? number ^ sign : number;
}

static bool
make_keys(const HgList *list, unsigned column, const GArray *rows, uint64_t *keys, HgAsk *ask,
          GError **error)
{
    HgFieldKind kind = hg_list_get_column(list, column)->kind;
    if (kind == HG_FIELD_TEXT)
        return make_text_keys(list, column, rows, keys, ask, error);
    for (uint32_t i = 0; i < rows->len; i++) {
        uint32_t row = g_array_index(rows, uint32_t, i);
        keys[i] = hg_list_is_unknown(list, column, row)
                      ? HG_LIST_UNKNOWN
                      : make_key(kind, hg_list_get_number(list, column, row));
    }
    return true;
}

static bool
sort_rows(const HgList *list, const HgOrderOptions *options, GArray *rows, HgAsk *ask,
          GError **error)
{
    g_autofree uint64_t *keys = g_new(uint64_t, MAX(rows->len, 1));
    if (!make_keys(list, options->column, rows, keys, ask, error))
        return false;
    for (uint32_t i = 0; options->is_descending && i < rows->len; i++)
        if (keys[i] != HG_LIST_UNKNOWN)
            keys[i] = HG_LIST_UNKNOWN - 1 - keys[i];
    return hg_radix_sort(keys, (uint32_t *)(void *)rows->data, rows->len, error) &&
           (!ask || hg_ask_check(ask, error));
}

GArray *
hg_order_make(const HgList *list, const HgOrderOptions *options, HgAsk *ask, GError **error)
{
    g_autoptr(GArray) rows = list_rows(list, options, ask, error);
    if (!rows)
        return NULL;
    if (options->column != HG_ORDER_AS_IS && !sort_rows(list, options, rows, ask, error))
        return NULL;
    return g_steal_pointer(&rows);
}
