/* suspects-merge.c - of suspects that are about the same memory, the one that says most.
 *
 *      app.sessions grew by 2 MiB ── app.sessions['a'] grew by 300 items      the inner one stays
 *      app.sessions grew by 300 items ── its items grew, too                  the outer one stays
 *      app.days[0], app.days[1], ... grew                                     one stands for all
 *
 * SPDX-License-Identifier: MIT */
#include "core/questions/hunt.h"
#include "core/questions/path.h"

#define CLIMB_MAX 256 /* holders above a suspect that are looked at */

typedef struct {
    HgHunt *hunt;
    GHashTable *by_object;  /* number + 1 -> HgSuspect */
    GHashTable *explained;  /* HgSuspect -> bytes of growth that suspects inside explain */
    GHashTable *is_dropped; /* HgSuspect */
} Merge;

static bool
grew_by_count(const HgHunt *hunt, const HgSuspect *suspect)
{
    return suspect->count_growth > 0 && (uint64_t)suspect->count_growth >= hunt->options.min_growth;
}

/* [inner] is held by [outer], the nearest suspect above it. */
static void
compare_nested(Merge *merge, HgSuspect *inner, HgSuspect *outer)
{
    if (outer->is_leak && grew_by_count(merge->hunt, outer)) {
        if (inner->bytes < merge->hunt->big)
            g_hash_table_add(merge->is_dropped, inner);
    } else if (outer->is_leak && inner->is_leak && inner->bytes_growth > 0) {
        size_t sum = GPOINTER_TO_SIZE(g_hash_table_lookup(merge->explained, outer));
        sum += (size_t)inner->bytes_growth;
        g_hash_table_insert(merge->explained, outer, GSIZE_TO_POINTER(sum));
    }
}

static bool
find_outer(Merge *merge, HgSuspect *inner, GError **error)
{
    uint64_t at = inner->object;
    for (unsigned i = 0; i < CLIMB_MAX; i++) {
        if (!hg_snapshot_get(merge->hunt->snapshot, HG_COLUMN_HOLDER, at, &at, error))
            return false;
        if (at-- == 0)
            return true;
        HgSuspect *outer = g_hash_table_lookup(merge->by_object, GSIZE_TO_POINTER(at + 1));
        if (outer && outer != inner) {
            compare_nested(merge, inner, outer);
            return true;
        }
    }
    return true;
}

static bool
merge_nested(Merge *merge, GError **error)
{
    GPtrArray *suspects = merge->hunt->suspects;
    for (unsigned i = 0; i < suspects->len; i++) {
        HgSuspect *suspect = suspects->pdata[i];
        if (suspect->object != HG_NONE && !find_outer(merge, suspect, error))
            return false;
    }
    GHashTableIter at;
    void *outer, *sum;
    g_hash_table_iter_init(&at, merge->explained);
    while (g_hash_table_iter_next(&at, &outer, &sum))
        if (2 * (uint64_t)GPOINTER_TO_SIZE(sum) >=
            (uint64_t)MAX(((HgSuspect *)outer)->bytes_growth, 0))
            g_hash_table_add(merge->is_dropped, outer);
    return true;
}

/* ---- those alike ---------------------------------------------------------------------------- */

/* Whether many objects of the type that [suspect] holds are told of as such. */
static bool
is_told_by_type(const HgHunt *hunt, const HgSuspect *suspect)
{
    for (unsigned i = 0; i < hunt->suspects->len; i++) {
        const HgSuspect *other = hunt->suspects->pdata[i];
        if (other->kind == HG_SUSPECT_TYPE && other->type == suspect->item_type)
            return true;
    }
    return false;
}

static void
append_alike(HgSuspect *suspect, unsigned count)
{
    if (count == 0)
        return;
    char *sentence = g_strdup_printf("%s (and %u more like it)", suspect->sentence, count);
    g_free(suspect->sentence);
    suspect->sentence = sentence;
}

static int
compare_growth(const void *a, const void *b)
{
    const HgSuspect *one = *(HgSuspect *const *)a, *other = *(HgSuspect *const *)b;
    if (one->count_growth != other->count_growth)
        return one->count_growth > other->count_growth ? -1 : 1;
    return g_strcmp0(one->path, other->path);
}

/* Small suspects whose paths differ in items only; [alike]: the one that grew most first. */
static void
merge_group(Merge *merge, GPtrArray *alike)
{
    g_ptr_array_sort(alike, compare_growth);
    bool is_told = alike->len > 1 && is_told_by_type(merge->hunt, alike->pdata[0]);
    for (unsigned i = is_told ? 0 : 1; i < alike->len; i++)
        g_hash_table_add(merge->is_dropped, alike->pdata[i]);
    if (!is_told)
        append_alike(alike->pdata[0], alike->len - 1);
}

static void
merge_alike(Merge *merge)
{
    g_autoptr(GHashTable) groups =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    for (unsigned i = 0; i < merge->hunt->suspects->len; i++) {
        HgSuspect *suspect = merge->hunt->suspects->pdata[i];
        if (!suspect->path || suspect->bytes >= merge->hunt->big ||
            g_hash_table_contains(merge->is_dropped, suspect))
            continue;
        char *pattern = hg_path_dup_pattern(suspect->path);
        GPtrArray *alike = g_hash_table_lookup(groups, pattern);
        if (alike)
            g_free(pattern);
        else
            g_hash_table_insert(groups, pattern, alike = g_ptr_array_new());
        g_ptr_array_add(alike, suspect);
    }
    GHashTableIter at;
    void *alike;
    g_hash_table_iter_init(&at, groups);
    while (g_hash_table_iter_next(&at, NULL, &alike))
        merge_group(merge, alike);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void
map_objects(Merge *merge)
{
    for (unsigned i = 0; i < merge->hunt->suspects->len; i++) {
        HgSuspect *suspect = merge->hunt->suspects->pdata[i];
        if (suspect->object != HG_NONE)
            g_hash_table_insert(merge->by_object, GSIZE_TO_POINTER((size_t)suspect->object + 1),
                                suspect);
    }
}

bool
hg_hunt_merge(HgHunt *hunt, GError **error)
{
    g_autoptr(GHashTable) by_object = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) explained = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) is_dropped = g_hash_table_new(NULL, NULL);
    Merge merge = {hunt, by_object, explained, is_dropped};
    map_objects(&merge);
    if (!merge_nested(&merge, error))
        return false;
    merge_alike(&merge);
    for (unsigned i = hunt->suspects->len; i > 0; i--)
        if (g_hash_table_contains(is_dropped, hunt->suspects->pdata[i - 1]))
            g_ptr_array_remove_index(hunt->suspects, i - 1);
    return true;
}
