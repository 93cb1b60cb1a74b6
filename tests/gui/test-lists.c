/* test-lists.c - lists of the window: their cells, orders, filters, and how GTK is told of them.
 * SPDX-License-Identifier: MIT */
#include "gui/models/list-model.h"
#include "gui/models/list-text.h"
#include "gui/models/order.h"

#include "core/error.h"

#include <string.h>

static const HgListColumn columns[] = {
    {"type", "Type", HG_FIELD_TEXT, 0, NULL},
    {"count", "Count", HG_FIELD_COUNT, 10, NULL},
    {"size", "Size", HG_FIELD_SIZE, 10, NULL},
    {"growth", "Growth", HG_FIELD_COUNT_GROWTH, 10, NULL},
    {"address", "Address", HG_FIELD_ADDRESS, 14, NULL},
};

static void
add(HgList *list, const char *type, uint64_t count, uint64_t size, int64_t growth)
{
    hg_list_begin_row(list, HG_NONE);
    hg_list_add_text(list, type);
    hg_list_add_number(list, count);
    hg_list_add_number(list, size);
    hg_list_add_signed(list, growth);
    hg_list_add_number(list, 0x7f00 + count);
}

static HgList *
make_list(void)
{
    HgList *list = hg_list_new(columns, G_N_ELEMENTS(columns), NULL);
    add(list, "app.Session", 120, 4096, 5);
    add(list, "dict", 3000, 1 << 20, -7);
    add(list, "Zebra", 1, 64, 0);
    add(list, "app.Basket", HG_LIST_UNKNOWN, 2048, HG_LIST_UNKNOWN_SIGNED);
    hg_list_set_total(list, 2, 2 << 20);
    return list;
}

static char *
join(const HgList *list, const GArray *rows)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < rows->len; i++)
        g_string_append_printf(text, "%s%s", i ? " " : "",
                               hg_list_get_text(list, 0, g_array_index(rows, uint32_t, i)));
    return g_string_free(text, FALSE);
}

/* Asserts which rows are seen, by the names in the first column. */
static void
assert_order(unsigned column, bool is_descending, const char *filter, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgList) list = make_list();
    HgOrderOptions options = {column, is_descending, filter};
    g_autoptr(GArray) rows = hg_order_make(list, &options, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *names = join(list, rows);
    g_assert_cmpstr(names, ==, expected);
}

static void
test_sorts(void)
{
    assert_order(HG_ORDER_AS_IS, false, NULL, "app.Session dict Zebra app.Basket");
    assert_order(0, false, NULL, "app.Basket app.Session dict Zebra");
    assert_order(0, true, NULL, "Zebra dict app.Session app.Basket");
    assert_order(1, false, NULL, "Zebra app.Session dict app.Basket"); /* unknown comes last */
    assert_order(1, true, NULL, "dict app.Session Zebra app.Basket");
    assert_order(3, false, NULL, "dict Zebra app.Session app.Basket"); /* negative before 0 */
    assert_order(3, true, NULL, "app.Session Zebra dict app.Basket");
}

static void
test_filters(void)
{
    assert_order(2, true, "APP", "app.Session app.Basket");
    assert_order(2, true, "!app", "dict Zebra");
    assert_order(2, true, "app ses", "app.Session");
    assert_order(2, true, ">=1%", "dict");
    assert_order(2, true, ">1KiB", "dict app.Session app.Basket");
    assert_order(2, true, "2048..4096", "app.Session app.Basket");
    assert_order(2, true, "..64", "Zebra");
    assert_order(2, true, "64..", "dict app.Session app.Basket Zebra");
    assert_order(2, true, "=64", "Zebra");
    assert_order(2, true, "count:>100", "dict app.Session"); /* unknown is no number */
    assert_order(2, true, "growth:<0", "dict");
    assert_order(2, true, "type:dict", "dict");
    assert_order(2, true, "address:7f78", "app.Session");
    assert_order(2, true, "\"nothing of it\"", "");
    assert_order(2, true, "   ", "dict app.Session app.Basket Zebra");
}

static void
assert_refused(unsigned column, const char *filter, const char *about)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgList) list = make_list();
    g_assert_null(hg_filter_parse(filter, list, column, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_USAGE);
    g_assert_nonnull(strstr(error->message, about));
}

static void
test_refuses_filters(void)
{
    assert_refused(2, ">many", "expected a number");
    assert_refused(2, "count:1..x", "expected a number");
    assert_refused(0, ">5", "column of numbers");
}

static int
compare_naively(const void *one, const void *other, void *list)
{
    uint64_t a = hg_list_get_number(list, 1, *(const uint32_t *)one);
    uint64_t b = hg_list_get_number(list, 1, *(const uint32_t *)other);
    uint32_t row = *(const uint32_t *)one, other_row = *(const uint32_t *)other;
    return a != b ? (a < b ? -1 : 1) : row < other_row ? -1 : 1;
}

/* Against a sort that is plainly right, with many equal keys: they must stay in their order. */
static void
test_sorts_as_naively(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (unsigned round = 0; round < 50; round++) {
        g_autoptr(HgList) list = hg_list_new(columns, G_N_ELEMENTS(columns), NULL);
        g_autoptr(GArray) expected = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        unsigned count = (unsigned)g_rand_int_range(random, 0, 300);
        for (uint32_t i = 0; i < count; i++) {
            add(list, "x", (uint64_t)g_rand_int_range(random, 0, 20), 0, 0);
            g_array_append_val(expected, i);
        }
        g_array_sort_with_data(expected, compare_naively, list);
        HgOrderOptions options = {.column = 1};
        g_autoptr(GArray) rows = hg_order_make(list, &options, NULL, NULL);
        g_assert_cmpmem(rows->data, rows->len * sizeof(uint32_t), expected->data,
                        expected->len * sizeof(uint32_t));
    }
}

/* ---- cells and text ---------------------------------------------------------------------------
 */

static void
assert_cell(const HgList *list, unsigned column, uint32_t row, const char *seen, const char *exact)
{
    g_autofree char *for_people = hg_list_dup_cell(list, column, row, false);
    g_autofree char *for_programs = hg_list_dup_cell(list, column, row, true);
    g_assert_cmpstr(for_people, ==, seen);
    g_assert_cmpstr(for_programs, ==, exact);
}

static void
test_tells_cells(void)
{
    g_autoptr(HgList) list = make_list();
    assert_cell(list, 0, 0, "app.Session", "app.Session");
    assert_cell(list, 1, 1, "3,000", "3000");
    assert_cell(list, 2, 1, "1.0 MiB", "1048576");
    assert_cell(list, 3, 0, "+5", "5");
    assert_cell(list, 3, 1, "-7", "-7");
    assert_cell(list, 4, 0, "0x7f78", "0x7f78");
    assert_cell(list, 1, 3, "", "");
    assert_cell(list, 3, 3, "", "");
}

/* A text of the heap may hold anything. */
static void
test_escapes_what_is_seen(void)
{
    g_autoptr(HgList) list = hg_list_new(columns, 1, NULL);
    hg_list_begin_row(list, HG_NONE);
    hg_list_add_text(list, "a\nb\x1b[31m\xff");
    g_autofree char *seen = hg_list_dup_cell(list, 0, 0, false);
    g_assert_cmpstr(seen, ==, "a\\nb\\x1b[31m\\xff");
}

static void
test_exports(void)
{
    g_autoptr(HgList) list = hg_list_new(columns, 2, NULL);
    hg_list_begin_row(list, HG_NONE);
    hg_list_add_text(list, "say \"a,b\"\n");
    hg_list_add_number(list, 1204);
    hg_list_begin_row(list, HG_NONE);
    hg_list_add_text(list, "c\td");
    hg_list_add_number(list, HG_LIST_UNKNOWN);
    uint32_t numbers[] = {1, 0};
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_vals(rows, numbers, 2);
    const char *const expected[] = {"Type\tCount\nc d\t\nsay \"a,b\" \t1204\n",
                                    "type,count\nc\td,\n\"say \"\"a,b\"\"\n\",1204\n",
                                    ("[{\"type\": \"c\\u0009d\", \"count\": null},\n "
                                     "{\"type\": \"say \\\"a,b\\\"\\u000a\", \"count\": 1204}]\n")};
    for (unsigned format = 0; format < 3; format++) {
        GString *text = hg_list_text_make(list, rows, (HgTextFormat)format, NULL, NULL);
        g_assert_cmpstr(text->str, ==, expected[format]);
        g_string_free(text, TRUE);
    }
}

/* ---- the model ----------------------------------------------------------------------------------
 */

/* What a view would believe, and how often it was told. */
typedef struct {
    unsigned n_items, n_changes;
} Believer;

static void
on_items_changed(GListModel *model, unsigned position, unsigned removed, unsigned added,
                 Believer *believer)
{
    g_assert_cmpuint(position + removed, <=, believer->n_items);
    believer->n_items = believer->n_items - removed + added;
    believer->n_changes++;
    g_assert_cmpuint(believer->n_items, ==, g_list_model_get_n_items(model));
}

static void
count_change(HgRow *row, unsigned *count)
{
    ++*count;
}

static GArray *
make_order(HgList *list, unsigned column, const char *filter)
{
    HgOrderOptions options = {column, false, filter};
    return hg_order_make(list, &options, NULL, NULL);
}

static void
assert_row(HgRow *row, const char *name)
{
    g_autofree char *cell = hg_row_dup_cell(row, 0);
    g_assert_cmpstr(cell, ==, name);
}

static void
test_rows_are_places(void)
{
    g_autoptr(HgListModel) model = hg_list_model_new();
    Believer believer = {0};
    unsigned changes = 0;
    HgList *list = make_list();
    g_signal_connect(model, "items-changed", G_CALLBACK(on_items_changed), &believer);
    hg_list_model_set(model, list, make_order(list, HG_ORDER_AS_IS, NULL));
    g_assert_cmpuint(believer.n_items, ==, 4);

    g_autoptr(HgRow) first = g_list_model_get_item(G_LIST_MODEL(model), 0);
    g_autoptr(HgRow) again = g_list_model_get_item(G_LIST_MODEL(model), 0);
    g_autoptr(HgRow) last = g_list_model_get_item(G_LIST_MODEL(model), 3);
    g_assert_true(first == again);
    assert_row(first, "app.Session");
    g_signal_connect(first, "changed", G_CALLBACK(count_change), &changes);

    believer.n_changes = 0;
    hg_list_model_reorder(model, make_order(list, 0, NULL));
    g_assert_cmpuint(believer.n_changes, ==, 0); /* sorted: GTK need not look at any row */
    g_assert_cmpuint(changes, ==, 1);
    assert_row(first, "app.Basket");
    g_assert_cmpuint(hg_list_model_find(model, 1), ==, 2);

    hg_list_model_reorder(model, make_order(list, 0, "dict"));
    g_assert_cmpuint(believer.n_items, ==, 1);
    assert_row(first, "dict");
    assert_row(last, ""); /* it is gone */
    g_assert_cmpuint(hg_list_model_find(model, 0), ==, UINT_MAX);

    hg_list_model_reorder(model, make_order(list, 0, NULL));
    g_assert_cmpuint(believer.n_items, ==, 4);
    assert_row(last, "Zebra");
}

static void
test_rows_outlive_their_list(void)
{
    HgListModel *model = hg_list_model_new();
    HgList *list = make_list();
    hg_list_model_set(model, list, make_order(list, HG_ORDER_AS_IS, NULL));
    g_autoptr(HgRow) row = g_list_model_get_item(G_LIST_MODEL(model), 1);
    g_object_unref(model);
    assert_row(row, "");
    g_assert_cmpuint(hg_row_get_object(row), ==, HG_NONE);
    g_assert_null(hg_row_get_text(row, "type"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lists/sorts", test_sorts);
    g_test_add_func("/lists/sorts-as-naively", test_sorts_as_naively);
    g_test_add_func("/lists/filters", test_filters);
    g_test_add_func("/lists/refuses-filters", test_refuses_filters);
    g_test_add_func("/lists/tells-cells", test_tells_cells);
    g_test_add_func("/lists/escapes-what-is-seen", test_escapes_what_is_seen);
    g_test_add_func("/lists/exports", test_exports);
    g_test_add_func("/lists/rows-are-places", test_rows_are_places);
    g_test_add_func("/lists/rows-outlive-their-list", test_rows_outlive_their_list);
    return g_test_run();
}
