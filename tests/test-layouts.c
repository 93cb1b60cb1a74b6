/* test-layouts.c - where the fields of CPython's structures are, version by version.
 *
 * The numbers here are from CPython's documentation and sources, not from the tables.
 * SPDX-License-Identifier: MIT */
#include "core/capture/layouts.h"

#include <glib.h>

/* Holds in every regular build on a 64-bit machine: PyObject_HEAD is two words, and the type
 * object's public part has not moved since 3.8. */
static void
check_what_never_moves(const HgLayout *layout)
{
    g_assert_cmpint(layout->type.tp_name, ==, 24);
    g_assert_cmpint(layout->type.tp_basicsize, ==, 32);
    g_assert_cmpint(layout->type.tp_flags, ==, 168);
    g_assert_cmpint(layout->type.tp_traverse, ==, 184);
    g_assert_cmpint(layout->type.tp_dict, ==, 264);
    g_assert_cmpint(layout->type.tp_mro, ==, 344);
    g_assert_cmpint(layout->list.ob_item, ==, 24);
    g_assert_cmpint(layout->bytes.ob_sval, ==, 32);
    g_assert_cmpint(layout->cell.ob_ref, ==, 16);
    g_assert_cmpint(layout->traits.gc_head_size, ==, 16);
}

/* The collector has three generations behind each other, one word pair and two ints each. */
static void
check_collector(const HgLayout *layout)
{
    g_assert_cmpint(layout->gc.generation_size, ==, 24);
    g_assert_cmpint(layout->gc.generations, >=, 0);
    g_assert_cmpint(layout->gc.permanent_generation, >=, layout->gc.generations + 3 * 24);
    g_assert_cmpint(layout->gc.collecting, >, layout->gc.permanent_generation);
    g_assert_cmpint(layout->gc.collecting, <, layout->gc.size);
    g_assert_true((layout->runtime.gc == HG_ABSENT) != (layout->interpreter.gc == HG_ABSENT));
}

/* What's New says when each of these came or went. */
static void
check_by_version(const HgLayout *layout)
{
    uint32_t minor = layout->version >> 8 & 0xff;
    g_assert_cmpint(layout->runtime.gc != HG_ABSENT, ==, minor == 8);
    g_assert_cmpint(layout->str.wstr != HG_ABSENT, ==, minor < 12);
    g_assert_cmpint(layout->integer.lv_tag != HG_ABSENT, ==, minor >= 12);
    g_assert_cmpint(layout->code.co_qualname != HG_ABSENT, ==, minor >= 11);
    g_assert_cmpint(layout->exception.notes != HG_ABSENT, ==, minor >= 11);
    g_assert_cmpint(layout->function.func_typeparams != HG_ABSENT, ==, minor >= 12);
    g_assert_cmpint(layout->function.func_annotate != HG_ABSENT, ==, minor >= 14);
    g_assert_cmpint(layout->thread.frame != HG_ABSENT, ==, minor < 11);
    g_assert_cmpint(layout->thread.cframe != HG_ABSENT, ==, minor >= 10 && minor < 13);
    g_assert_cmpint(layout->thread.current_frame != HG_ABSENT, ==, minor >= 13);
    g_assert_cmpint(layout->static_type.tp_dict != HG_ABSENT, ==, minor >= 12);
}

static void
test_every_table(void)
{
    size_t n_layouts;
    const HgLayout *layout = hg_layouts_get_all(&n_layouts);
    g_assert_cmpuint(n_layouts, >, 0);
    for (size_t i = 0; i < n_layouts; i++) {
        check_what_never_moves(&layout[i]);
        check_collector(&layout[i]);
        check_by_version(&layout[i]);
        if (i)
            g_assert_cmphex(layout[i - 1].version, <, layout[i].version);
    }
}

static void
test_find(void)
{
    g_assert_cmphex(hg_layouts_find(HG_PYTHON(3, 11, 2))->version, ==, 0x030b02);
    g_assert_null(hg_layouts_find(HG_PYTHON(3, 11, 250)));
    g_assert_null(hg_layouts_find(HG_PYTHON(2, 7, 18)));
}

/* The nearest first, of the same minor version only. */
static void
test_neighbours(void)
{
    const HgLayout *near[8];
    g_assert_cmpuint(hg_layouts_list_neighbours(HG_PYTHON(3, 11, 6), near, 8), ==, 2);
    g_assert_cmphex(near[0]->version, ==, HG_PYTHON(3, 11, 7));
    g_assert_cmphex(near[1]->version, ==, HG_PYTHON(3, 11, 2));
    g_assert_cmpuint(hg_layouts_list_neighbours(HG_PYTHON(3, 11, 0), near, 8), ==, 2);
    g_assert_cmphex(near[0]->version, ==, HG_PYTHON(3, 11, 2));
    g_assert_cmpuint(hg_layouts_list_neighbours(HG_PYTHON(3, 11, 9), near, 1), ==, 1);
    g_assert_cmphex(near[0]->version, ==, HG_PYTHON(3, 11, 7));
    g_assert_cmpuint(hg_layouts_list_neighbours(HG_PYTHON(3, 7, 3), near, 8), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layouts/every-table", test_every_table);
    g_test_add_func("/layouts/find", test_find);
    g_test_add_func("/layouts/neighbours", test_neighbours);
    return g_test_run();
}
