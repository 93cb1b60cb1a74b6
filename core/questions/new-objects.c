/* new-objects.c - which objects were not there before.
 * SPDX-License-Identifier: MIT */
#include "core/questions/new-objects.h"

#include "core/graph/graph.h"
#include "core/questions/best.h"

#include <string.h>

#define LOOKED_AT 50000  /* objects at a known address, whether they are still the same */
#define TARGETS_SEEN 32u /* references of each */

bool
hg_new_objects_can_tell(HgSnapshot *before, HgSnapshot *after)
{
    const char *one = hg_snapshot_get_info(before)->process;
    const char *other = hg_snapshot_get_info(after)->process;
    return !*one || !*other || g_str_equal(one, other);
}

static bool
check_process(HgSnapshot *before, HgSnapshot *after, GError **error)
{
    if (hg_new_objects_can_tell(before, after))
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                "'%s' and '%s' are of different processes: an address in one says nothing about "
                "the other; compare types instead",
                hg_snapshot_get_info(before)->name, hg_snapshot_get_info(after)->name);
    return false;
}

/* ---- types ---------------------------------------------------------------------------------- */

uint32_t *
hg_new_objects_match_types(HgSnapshot *before, HgSnapshot *after, GError **error)
{
    const GPtrArray *old = hg_snapshot_get_types(before, error);
    const GPtrArray *new = old ? hg_snapshot_get_types(after, error) : NULL;
    if (!new)
        return NULL;
    g_autoptr(GHashTable) number_of = g_hash_table_new(g_str_hash, g_str_equal);
    for (unsigned i = new->len; i > 0; i--) {
        HgTypeRow *type = g_ptr_array_index(new, i - 1);
        g_hash_table_insert(number_of, type->name, GUINT_TO_POINTER(i));
    }
    uint32_t *same = g_new(uint32_t, old->len + 1);
    for (unsigned i = 0; i < old->len; i++) {
        const HgTypeRow *type = g_ptr_array_index(old, i);
        unsigned number = GPOINTER_TO_UINT(g_hash_table_lookup(number_of, type->name));
        same[i] = number ? number - 1 : HG_NONE;
    }
    return same;
}

/* ---- all types ------------------------------------------------------------------------------- */

/* The live objects of a snapshot. */
typedef struct {
    uint64_t *address;
    uint32_t *type, *distance;
    uint32_t n_objects;
    uint32_t n_types;
} Column;

static void
clear_column(Column *column)
{
    g_free(column->address);
    g_free(column->type);
    g_free(column->distance);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Column, clear_column)

static bool
read_column(HgSnapshot *snapshot, Column *column, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    if (!types)
        return false;
    uint32_t count = column->n_objects = hg_snapshot_count_objects(snapshot);
    column->n_types = types->len;
    if (!(column->address = hg_array_new(count, sizeof(uint64_t), error)) ||
        !(column->type = hg_array_new(count, sizeof(uint32_t), error)) ||
        !(column->distance = hg_array_new(count, sizeof(uint32_t), error)) ||
        !hg_snapshot_read(snapshot, HG_COLUMN_ADDRESS, 0, count, column->address, error) ||
        !hg_snapshot_read_u32(snapshot, HG_COLUMN_TYPE, 0, count, column->type, error) ||
        !hg_snapshot_read_u32(snapshot, HG_COLUMN_DISTANCE, 0, count, column->distance, error))
        return false;
    bool is_whole = true;
    bool knows_garbage = hg_snapshot_get_info(snapshot)->knows_garbage;
    for (uint32_t i = 0; i < count; i++) {
        is_whole &= column->type[i] < types->len;
        column->distance[i] |= !knows_garbage;
    }
    if (!is_whole)
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FORMAT, "the types of objects are broken");
    return is_whole;
}

static void
count_one(const Column *column, uint32_t object, uint64_t *count)
{
    if (column->distance[object])
        count[column->type[object]]++;
}

/* [same]: types of [old] as numbers of [new]; [canonical]: the first of those with the same name.
 */
static void
merge(const Column *old, const Column *new, const uint32_t *same, const uint32_t *canonical,
      uint64_t *came, uint64_t *went)
{
    uint32_t one = 0, other = 0;
    while (one < old->n_objects || other < new->n_objects) {
        bool is_old = other == new->n_objects ||
                      (one < old->n_objects && old->address[one] < new->address[other]);
        bool is_new = one == old->n_objects ||
                      (other < new->n_objects &&new->address[other] < old->address[one]);
        if (is_old)
            count_one(old, one++, went);
        else if (is_new)
            count_one(new, other++, came);
        else {
            bool was = old->distance[one], is = new->distance[other];
            if (!was || !is || same[old->type[one]] != canonical[new->type[other]]) {
                count_one(old, one, went);
                count_one(new, other, came);
            }
            one++;
            other++;
        }
    }
}

bool
hg_new_objects_count(HgSnapshot *before, HgSnapshot *after, uint64_t *came, uint64_t *went,
                     GError **error)
{
    g_auto(Column) old = {0}, new = {0};
    if (!check_process(before, after, error) || !read_column(before, &old, error) ||
        !read_column(after, &new, error))
        return false;
    g_autofree uint32_t *same = hg_new_objects_match_types(before, after, error);
    g_autofree uint32_t *canonical = same ? hg_new_objects_match_types(after, after, error) : NULL;
    if (canonical)
        merge(&old, &new, same, canonical, came, went);
    return canonical;
}

/* ---- one type -------------------------------------------------------------------------------- */

typedef struct {
    HgSnapshot *before, *after;
    uint64_t n_looked_at;
} Comparison;

static int
compare_numbers(const void *a, const void *b)
{
    const uint32_t *one = a, *other = b;
    return *one < *other ? -1 : *one > *other;
}

/* Returns: the live objects of all types called [name], by address; g_array_unref(). */
static GArray *
read_objects(HgSnapshot *snapshot, const char *name, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    bool knows_garbage = hg_snapshot_get_info(snapshot)->knows_garbage;
    g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (unsigned i = 0; types && i < types->len; i++) {
        const HgTypeRow *type = g_ptr_array_index(types, i);
        uint64_t count = g_str_equal(type->name, name) ? type->n_objects : 0;
        for (uint64_t at = 0; at < count; at++) {
            uint64_t number, distance;
            if (!hg_snapshot_get(snapshot, HG_COLUMN_BY_TYPE, type->first + at, &number, error) ||
                !hg_snapshot_get(snapshot, HG_COLUMN_DISTANCE, number, &distance, error))
                return NULL;
            uint32_t object = (uint32_t)number;
            if (distance || !knows_garbage)
                g_array_append_val(objects, object);
        }
    }
    if (!types)
        return NULL;
    g_array_sort(objects, compare_numbers);
    return g_steal_pointer(&objects);
}

/* Returns: the addresses of what the object refers to, its type left out; g_array_unref(). */
static GArray *
read_targets(HgSnapshot *snapshot, uint32_t object, GError **error)
{
    g_autoptr(GArray) references = hg_references_read_from(snapshot, object, TARGETS_SEEN, error);
    g_autoptr(GArray) targets = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (unsigned i = 0; references && i < references->len; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        uint64_t address;
        if ((reference->how & HG_HOW_LABEL) == HG_LABEL_TYPE)
            continue;
        if (!hg_snapshot_get(snapshot, HG_COLUMN_ADDRESS, reference->target, &address, error))
            return NULL;
        g_array_append_val(targets, address);
    }
    return references ? g_steal_pointer(&targets) : NULL;
}

static bool
share_one(const GArray *some, const GArray *others)
{
    for (unsigned i = 0; i < some->len; i++)
        for (unsigned j = 0; j < others->len; j++)
            if (g_array_index(some, uint64_t, i) == g_array_index(others, uint64_t, j))
                return true;
    return false;
}

/* Whether the value says only how many items there are, which may change. */
static bool
is_number_of_items(const char *value)
{
    return g_ascii_isdigit(*value) && strstr(value, " item");
}

/* Sets *differs to whether nothing that can be seen of the two is the same. */
static bool
look_at(Comparison *comparison, uint32_t old, uint32_t new, bool *differs, GError **error)
{
    HgObject was, is;
    *differs = false;
    if (comparison->n_looked_at++ >= LOOKED_AT)
        return true;
    if (!hg_object_read(comparison->before, old, &was, error) ||
        !hg_object_read(comparison->after, new, &is, error))
        return false;
    g_autofree char *value = hg_object_dup_value(comparison->before, &was, error);
    g_autofree char *new_value = value ? hg_object_dup_value(comparison->after, &is, error) : NULL;
    g_autoptr(GArray) targets = new_value ? read_targets(comparison->before, old, error) : NULL;
    g_autoptr(GArray) new_targets = targets ? read_targets(comparison->after, new, error) : NULL;
    if (!new_targets)
        return false;
    if (targets->len > 0 && new_targets->len > 0)
        *differs = !share_one(targets, new_targets);
    else if (targets->len == new_targets->len)
        *differs = !g_str_equal(value, new_value) && !is_number_of_items(value);
    return true;
}

void
hg_new_objects_clear(HgNewObjects *found)
{
    g_clear_pointer(&found->objects, g_array_unref);
    g_clear_pointer(&found->doubtful, g_hash_table_unref);
}

static bool
offer(HgSnapshot *snapshot, uint32_t object, HgBest *best, GError **error)
{
    uint64_t size;
    if (!hg_snapshot_get(snapshot, HG_COLUMN_SIZE, object, &size, error))
        return false;
    hg_best_offer(best, object, size);
    return true;
}

static bool
compare_at_address(Comparison *comparison, uint32_t old, uint32_t new, HgNewObjects *found,
                   HgBest *best, GError **error)
{
    bool differs;
    if (!look_at(comparison, old, new, &differs, error))
        return false;
    if (!differs) {
        found->n_kept++;
        return true;
    }
    found->n_gone++;
    found->n_doubtful++;
    g_hash_table_add(found->doubtful, GSIZE_TO_POINTER((size_t) new + 1));
    return offer(comparison->after, new, best, error);
}

static bool
compare_objects(Comparison *comparison, const GArray *old, const GArray *new, HgNewObjects *found,
                HgBest *best, GError **error)
{
    unsigned at = 0;
    uint64_t address = 0, old_address = 0;
    for (unsigned i = 0; i < new->len; i++) {
        uint32_t object = g_array_index(new, uint32_t, i);
        if (!hg_snapshot_get(comparison->after, HG_COLUMN_ADDRESS, object, &address, error))
            return false;
        for (; at < old->len; at++, found->n_gone++) {
            if (!hg_snapshot_get(comparison->before, HG_COLUMN_ADDRESS,
                                 g_array_index(old, uint32_t, at), &old_address, error))
                return false;
            if (old_address >= address)
                break;
        }
        bool was_there = at < old->len && old_address == address;
        if (!(was_there ? compare_at_address(comparison, g_array_index(old, uint32_t, at), object,
                                             found, best, error)
                        : offer(comparison->after, object, best, error)))
            return false;
        at += was_there;
    }
    found->n_gone += old->len - at;
    return true;
}

bool
hg_new_objects_find(HgSnapshot *before, HgSnapshot *after, const HgTypeRow *type, uint64_t limit,
                    HgNewObjects *found, GError **error)
{
    Comparison comparison = {.before = before, .after = after};
    g_auto(HgNewObjects) made = {.doubtful = g_hash_table_new(NULL, NULL)};
    g_auto(HgBest) best = {0};
    if (!check_process(before, after, error))
        return false;
    g_autoptr(GArray) old = read_objects(before, type->name, error);
    g_autoptr(GArray) new = old ? read_objects(after, type->name, error) : NULL;
    if (!new)
        return false;
    hg_best_init(&best, MIN(limit, new->len));
    if (!compare_objects(&comparison, old, new, &made, &best, error))
        return false;
    made.n_new = best.count;
    made.objects = hg_best_take(&best);
    *found = made;
    made = (HgNewObjects){0};
    return true;
}
