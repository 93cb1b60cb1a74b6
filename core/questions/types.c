/* types.c - how many objects of which type, and how the number of them grew.
 * SPDX-License-Identifier: MIT */
#include "core/questions/types.h"

#include "core/questions/object.h"

#include <string.h>

static void
free_row(void *data)
{
    HgTypesRow *row = data;
    g_free(row->name);
    g_free(row->in);
    g_free(row);
}

void
hg_types_free(HgTypes *types)
{
    if (!types)
        return;
    g_ptr_array_unref(types->rows);
    g_free(types);
}

static bool
is_in_module(const HgTypeRow *type, const char *module)
{
    size_t size = strlen(module);
    return g_str_has_prefix(type->module, module) &&
           (type->module[size] == '\0' || type->module[size] == '.');
}

static bool
is_wanted(const HgTypeRow *type, const HgTypesOptions *options)
{
    if (type->n_objects == 0)
        return false;
    if (options->module && !is_in_module(type, options->module))
        return false;
    return !options->filter || g_regex_match(options->filter, type->name, 0, NULL);
}

static const char *
get_name(const HgTypeRow *type, HgNames names)
{
    if (names == HG_NAMES_MODULE)
        return type->module;
    return hg_type_get_name(type, names == HG_NAMES_SHORT);
}

static HgTypesRow *
require_row(HgTypes *types, GHashTable *by_name, const char *name)
{
    HgTypesRow *row = g_hash_table_lookup(by_name, name);
    if (row)
        return row;
    row = g_new0(HgTypesRow, 1);
    row->name = g_strdup(name);
    row->in = g_new0(HgTypeCount, types->n_snapshots);
    g_ptr_array_add(types->rows, row);
    g_hash_table_insert(by_name, row->name, row);
    return row;
}

static void
add_type(HgTypeCount *count, const HgTypeRow *type, bool is_single)
{
    bool is_first = count->count == 0;
    count->count += type->n_objects;
    count->garbage += type->n_garbage;
    count->size += type->size;
    count->retained = is_first && is_single ? type->retained : HG_UNKNOWN;
}

static bool
add_snapshot(HgTypes *types, GHashTable *by_name, unsigned at, HgSnapshot *snapshot,
             const HgTypesOptions *options, GError **error)
{
    const GPtrArray *rows = hg_snapshot_get_types(snapshot, error);
    bool knows_retained =
        hg_snapshot_count(snapshot, HG_COLUMN_RETAINED) > 0 && options->names != HG_NAMES_MODULE;
    for (unsigned i = 0; rows && i < rows->len; i++) {
        const HgTypeRow *type = g_ptr_array_index(rows, i);
        if (is_wanted(type, options))
            add_type(&require_row(types, by_name, get_name(type, options->names))->in[at], type,
                     knows_retained);
    }
    return rows;
}

static HgTypes *
count_types(HgSnapshot *const *snapshots, unsigned n_snapshots, const HgTypesOptions *options,
            GError **error)
{
    g_autoptr(HgTypes) types = g_new0(HgTypes, 1);
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    types->n_snapshots = n_snapshots;
    types->rows = g_ptr_array_new_with_free_func(free_row);
    for (unsigned i = 0; i < n_snapshots; i++)
        if (!add_snapshot(types, by_name, i, snapshots[i], options, error))
            return NULL;
    return g_steal_pointer(&types);
}

/* What is unknown counts as nothing when rows are put in order. */
static uint64_t
get_measure(const HgTypeCount *count, HgOrder order)
{
    switch (order) {
    case HG_BY_COUNT:
        return count->count;
    case HG_BY_SIZE:
        return count->size;
    default:
        return count->retained == HG_UNKNOWN ? 0 : count->retained;
    }
}

int64_t
hg_growth_get(const HgTypes *types, const HgTypesRow *row, HgOrder order)
{
    const HgTypeCount *last = &row->in[types->n_snapshots - 1];
    return (int64_t)(get_measure(last, order) - get_measure(&row->in[0], order));
}

typedef struct {
    const HgTypes *types;
    HgOrder order;
} Comparison;

static int
compare_rows(const void *a, const void *b, void *user_data)
{
    const HgTypesRow *first = *(HgTypesRow *const *)a, *second = *(HgTypesRow *const *)b;
    const Comparison *by = user_data;
    uint64_t one = get_measure(first->in, by->order), other = get_measure(second->in, by->order);
    if (one != other)
        return one > other ? -1 : 1;
    return strcmp(first->name, second->name);
}

static int
compare_growth(const void *a, const void *b, void *user_data)
{
    const HgTypesRow *first = *(HgTypesRow *const *)a, *second = *(HgTypesRow *const *)b;
    const Comparison *by = user_data;
    int64_t one = hg_growth_get(by->types, first, by->order);
    int64_t other = hg_growth_get(by->types, second, by->order);
    if (one != other)
        return one > other ? -1 : 1;
    return strcmp(first->name, second->name);
}

HgTypes *
hg_types_list(HgSnapshot *snapshot, const HgTypesOptions *options, GError **error)
{
    HgTypes *types = count_types(&snapshot, 1, options, error);
    Comparison by = {.types = types, .order = options->order};
    if (types)
        g_ptr_array_sort_with_data(types->rows, compare_rows, &by);
    return types;
}

static bool
grew_every_time(const HgTypes *types, const HgTypesRow *row, HgOrder order)
{
    for (unsigned i = 1; i < types->n_snapshots; i++)
        if (get_measure(&row->in[i], order) <= get_measure(&row->in[i - 1], order))
            return false;
    return true;
}

static bool
is_growth(const HgTypes *types, const HgTypesRow *row, HgGrowthKind kind, HgOrder order)
{
    switch (kind) {
    case HG_GROWTH_MONOTONIC:
        return grew_every_time(types, row, order);
    case HG_GROWTH_CHANGED:
        return hg_growth_get(types, row, order) != 0;
    default:
        return hg_growth_get(types, row, order) > 0;
    }
}

HgTypes *
hg_growth_list(HgSnapshot *const *snapshots, unsigned n_snapshots, HgGrowthKind kind,
               const HgTypesOptions *options, GError **error)
{
    HgTypes *types = count_types(snapshots, n_snapshots, options, error);
    if (!types)
        return NULL;
    for (unsigned i = types->rows->len; i > 0; i--)
        if (!is_growth(types, types->rows->pdata[i - 1], kind, options->order))
            g_ptr_array_remove_index_fast(types->rows, i - 1);
    Comparison by = {.types = types, .order = options->order};
    g_ptr_array_sort_with_data(types->rows, compare_growth, &by);
    return types;
}

HgTypeCount
hg_types_sum(const HgTypes *types, unsigned snapshot)
{
    HgTypeCount sum = {.retained = HG_UNKNOWN};
    for (unsigned i = 0; i < types->rows->len; i++) {
        const HgTypesRow *row = g_ptr_array_index(types->rows, i);
        sum.count += row->in[snapshot].count;
        sum.garbage += row->in[snapshot].garbage;
        sum.size += row->in[snapshot].size;
    }
    return sum;
}
