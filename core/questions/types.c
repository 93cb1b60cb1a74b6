/* types.c - how many objects of which type, and how the number of them grew.
 * SPDX-License-Identifier: MIT */
#include "core/questions/types.h"

#include "core/questions/new-objects.h"
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
add_type(HgTypeCount *count, const HgTypeRow *type, uint64_t garbage_size, bool is_single)
{
    bool is_first = count->count == 0;
    count->count += type->n_objects;
    count->garbage += type->n_garbage;
    count->size += type->size;
    count->garbage_size += garbage_size;
    count->retained = is_first && is_single ? type->retained : HG_UNKNOWN;
}

static bool
add_garbage_of(HgSnapshot *snapshot, uint32_t object, uint64_t n_types, uint64_t *size_of,
               GError **error)
{
    uint64_t type, size;
    if (!hg_snapshot_get(snapshot, HG_COLUMN_TYPE, object, &type, error) ||
        !hg_snapshot_get(snapshot, HG_COLUMN_SIZE, object, &size, error))
        return false;
    if (type < n_types)
        size_of[type] += size;
    return true;
}

bool
hg_types_add_garbage_sizes(HgSnapshot *snapshot, uint64_t *size_of, GError **error)
{
    const GPtrArray *rows = hg_snapshot_get_types(snapshot, error);
    const HgSnapshotInfo *info = hg_snapshot_get_info(snapshot);
    uint32_t n_objects = hg_snapshot_count_objects(snapshot);
    if (!rows || !info->knows_garbage || info->n_live == n_objects)
        return rows;
    g_autofree uint32_t *distance = g_new(uint32_t, HG_CHUNK);
    for (uint32_t first = 0, part; first < n_objects; first += part) {
        part = MIN(n_objects - first, HG_CHUNK);
        if (!hg_snapshot_read_u32(snapshot, HG_COLUMN_DISTANCE, first, part, distance, error))
            return false;
        for (uint32_t i = 0; i < part; i++)
            if (distance[i] == 0 && !add_garbage_of(snapshot, first + i, rows->len, size_of, error))
                return false;
    }
    return true;
}

/* What the small table of types says of all objects, of the tracked ones alone. */
typedef struct {
    uint64_t *n_objects, *n_garbage, *size, *garbage_size;
} Tracked;

static void
clear_tracked(Tracked *tracked)
{
    g_free(tracked->n_objects);
    g_free(tracked->n_garbage);
    g_free(tracked->size);
    g_free(tracked->garbage_size);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tracked, clear_tracked)

static bool
count_tracked_part(HgSnapshot *snapshot, uint32_t first, uint32_t count, uint32_t n_types,
                   Tracked *tracked, GError **error)
{
    g_autofree uint8_t *flags = g_new(uint8_t, count);
    g_autofree uint32_t *type = g_new(uint32_t, count), *distance = g_new(uint32_t, count);
    g_autofree uint64_t *size = g_new(uint64_t, count);
    bool knows_garbage = hg_snapshot_get_info(snapshot)->knows_garbage;
    if (!hg_snapshot_read_u8(snapshot, HG_COLUMN_FLAGS, first, count, flags, error) ||
        !hg_snapshot_read_u32(snapshot, HG_COLUMN_TYPE, first, count, type, error) ||
        !hg_snapshot_read_u32(snapshot, HG_COLUMN_DISTANCE, first, count, distance, error) ||
        !hg_snapshot_read(snapshot, HG_COLUMN_SIZE, first, count, size, error))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!(flags[i] & HG_OBJECT_TRACKED) || type[i] >= n_types)
            continue;
        bool is_garbage = knows_garbage && distance[i] == 0;
        tracked->n_objects[type[i]]++;
        tracked->size[type[i]] += size[i];
        tracked->n_garbage[type[i]] += is_garbage;
        tracked->garbage_size[type[i]] += is_garbage ? size[i] : 0;
    }
    return true;
}

static bool
count_tracked(HgSnapshot *snapshot, uint32_t n_types, Tracked *tracked, GError **error)
{
    uint32_t n_objects = hg_snapshot_count_objects(snapshot);
    *tracked = (Tracked){g_new0(uint64_t, n_types + 1), g_new0(uint64_t, n_types + 1),
                         g_new0(uint64_t, n_types + 1), g_new0(uint64_t, n_types + 1)};
    for (uint32_t first = 0, part; first < n_objects; first += part) {
        part = MIN(n_objects - first, HG_CHUNK);
        if (!count_tracked_part(snapshot, first, part, n_types, tracked, error))
            return false;
    }
    return true;
}

static bool
add_tracked(HgTypes *types, GHashTable *by_name, unsigned at, HgSnapshot *snapshot,
            const HgTypesOptions *options, GError **error)
{
    g_auto(Tracked) tracked = {0};
    const GPtrArray *rows = hg_snapshot_get_types(snapshot, error);
    if (!rows || !count_tracked(snapshot, rows->len, &tracked, error))
        return false;
    for (unsigned i = 0; i < rows->len; i++) {
        HgTypeRow type = *(HgTypeRow *)rows->pdata[i];
        type.n_objects = tracked.n_objects[i];
        type.n_garbage = tracked.n_garbage[i];
        type.size = tracked.size[i];
        if (is_wanted(&type, options))
            add_type(&require_row(types, by_name, get_name(&type, options->names))->in[at], &type,
                     tracked.garbage_size[i], false);
    }
    return true;
}

static bool
add_snapshot(HgTypes *types, GHashTable *by_name, unsigned at, HgSnapshot *snapshot,
             const HgTypesOptions *options, bool knows_live, GError **error)
{
    const GPtrArray *rows = hg_snapshot_get_types(snapshot, error);
    bool knows_retained =
        hg_snapshot_count(snapshot, HG_COLUMN_RETAINED) > 0 && options->names != HG_NAMES_MODULE;
    g_autofree uint64_t *garbage = rows ? g_new0(uint64_t, rows->len + 1) : NULL;
    if (!rows || (knows_live && !hg_types_add_garbage_sizes(snapshot, garbage, error)))
        return false;
    for (unsigned i = 0; i < rows->len; i++) {
        const HgTypeRow *type = g_ptr_array_index(rows, i);
        if (is_wanted(type, options))
            add_type(&require_row(types, by_name, get_name(type, options->names))->in[at], type,
                     garbage[i], knows_retained);
    }
    return true;
}

static void
add_turnover(HgTypes *types, GHashTable *by_name, const GPtrArray *rows, const uint64_t *count,
             bool is_new, const HgTypesOptions *options)
{
    for (unsigned i = 0; i < rows->len; i++) {
        const HgTypeRow *type = g_ptr_array_index(rows, i);
        if (count[i] == 0 || !is_wanted(type, options))
            continue;
        HgTypesRow *row = require_row(types, by_name, get_name(type, options->names));
        *(is_new ? &row->n_new : &row->n_gone) += count[i];
    }
}

static bool
count_new(HgTypes *types, GHashTable *by_name, HgSnapshot *before, HgSnapshot *after,
          const HgTypesOptions *options, GError **error)
{
    const GPtrArray *old = hg_snapshot_get_types(before, error);
    const GPtrArray *new = old ? hg_snapshot_get_types(after, error) : NULL;
    if (!new)
        return false;
    g_autofree uint64_t *came = g_new0(uint64_t, new->len + 1);
    g_autofree uint64_t *went = g_new0(uint64_t, old->len + 1);
    if (!hg_new_objects_count(before, after, came, went, error))
        return false;
    add_turnover(types, by_name, new, came, true, options);
    add_turnover(types, by_name, old, went, false, options);
    return true;
}

/* With [knows_live] the sizes of garbage are told apart, which takes a look at every object. */
static HgTypes *
count_types(HgSnapshot *const *snapshots, unsigned n_snapshots, const HgTypesOptions *options,
            bool knows_live, GError **error)
{
    g_autoptr(HgTypes) types = g_new0(HgTypes, 1);
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    types->n_snapshots = n_snapshots;
    types->rows = g_ptr_array_new_with_free_func(free_row);
    for (unsigned i = 0; i < n_snapshots; i++)
        if (!(options->only_tracked
                  ? add_tracked(types, by_name, i, snapshots[i], options, error)
                  : add_snapshot(types, by_name, i, snapshots[i], options, knows_live, error)))
            return NULL;
    if (options->counts_new &&
        !count_new(types, by_name, snapshots[0], snapshots[n_snapshots - 1], options, error))
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

/* What garbage retains is not told apart: nothing live is in it. */
uint64_t
hg_growth_get_live(const HgTypeCount *count, HgOrder order)
{
    uint64_t all = get_measure(count, order);
    if (order == HG_BY_RETAINED)
        return all;
    return all - MIN(all, order == HG_BY_COUNT ? count->garbage : count->garbage_size);
}

uint64_t
hg_growth_get_before(const HgTypes *types, const HgTypesRow *row, HgOrder order)
{
    uint64_t before = hg_growth_get_live(&row->in[0], order);
    for (unsigned i = 1; types->kind == HG_GROWTH_PEAK && i + 1 < types->n_snapshots; i++)
        before = MAX(before, hg_growth_get_live(&row->in[i], order));
    return before;
}

int64_t
hg_growth_get(const HgTypes *types, const HgTypesRow *row, HgOrder order)
{
    const HgTypeCount *last = &row->in[types->n_snapshots - 1];
    return (int64_t)(hg_growth_get_live(last, order) - hg_growth_get_before(types, row, order));
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
    HgTypes *types = count_types(&snapshot, 1, options, false, error);
    Comparison by = {.types = types, .order = options->order};
    if (types)
        g_ptr_array_sort_with_data(types->rows, compare_rows, &by);
    return types;
}

static bool
grew_every_time(const HgTypes *types, const HgTypesRow *row, HgOrder order)
{
    for (unsigned i = 1; i < types->n_snapshots; i++)
        if (hg_growth_get_live(&row->in[i], order) <= hg_growth_get_live(&row->in[i - 1], order))
            return false;
    return true;
}

static bool
is_growth(const HgTypes *types, const HgTypesRow *row, HgOrder order)
{
    switch (types->kind) {
    case HG_GROWTH_MONOTONIC:
        return grew_every_time(types, row, order);
    case HG_GROWTH_CHANGED:
        return hg_growth_get(types, row, order) != 0 || row->n_new > 0 || row->n_gone > 0;
    default:
        return hg_growth_get(types, row, order) > 0;
    }
}

HgTypes *
hg_growth_list(HgSnapshot *const *snapshots, unsigned n_snapshots, HgGrowthKind kind,
               const HgTypesOptions *options, GError **error)
{
    HgTypes *types = count_types(snapshots, n_snapshots, options, true, error);
    if (!types)
        return NULL;
    types->kind = kind;
    for (unsigned i = types->rows->len; i > 0; i--)
        if (!is_growth(types, types->rows->pdata[i - 1], options->order))
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
        sum.garbage_size += row->in[snapshot].garbage_size;
    }
    return sum;
}
