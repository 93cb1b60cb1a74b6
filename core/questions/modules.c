/* modules.c - what the objects of the types of each module retain together.
 *
 * The tree of holders is numbered again so that holders come before what they hold, whatever the
 * numbers of the objects: leaves are taken off it, one after the other, and get the last numbers
 * first.
 * SPDX-License-Identifier: MIT */
#include "core/questions/modules.h"

#include "core/graph/retained.h"

#include <string.h>

typedef struct {
    HgSnapshot *snapshot;
    uint32_t n;
    const GPtrArray *types;
    uint32_t *holder; /* [object] + 1, 0: none */
    HgDominators tree;
    uint64_t *retained; /* by number of the tree */
    HgPacked module;    /* [object]: place in modules */
    GPtrArray *modules;
    uint32_t *module_of; /* [type] */
} Listing;

static void
free_module(void *data)
{
    HgModule *module = data;
    g_free(module->name);
    g_free(module);
}

static void
clear_listing(Listing *listing)
{
    hg_array_free(listing->holder);
    hg_dominators_clear(&listing->tree);
    hg_array_free(listing->retained);
    hg_packed_clear(&listing->module);
    g_free(listing->module_of);
    g_clear_pointer(&listing->modules, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Listing, clear_listing)

static bool
read_holders(Listing *listing, GError **error)
{
    if (listing->n > 0 && hg_snapshot_count(listing->snapshot, HG_COLUMN_HOLDER) == 0) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                            "this snapshot does not know who holds what");
        return false;
    }
    if (!(listing->holder = hg_array_new(listing->n, sizeof(uint32_t), error)) ||
        !hg_snapshot_read_u32(listing->snapshot, HG_COLUMN_HOLDER, 0, listing->n, listing->holder,
                              error))
        return false;
    for (uint32_t i = 0; i < listing->n; i++)
        if (listing->holder[i] > listing->n) {
            g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "object %u: no such holder", i);
            return false;
        }
    return true;
}

/* ---- numbers of the tree ------------------------------------------------------------------------
 */

/* Gives numbers to a leaf, and to its holders as they become leaves. */
static void
take_off(Listing *listing, uint32_t object, uint32_t *n_held, uint32_t *next)
{
    while (object != HG_NONE && n_held[object] == 0) {
        n_held[object] = HG_NONE; /* taken */
        listing->tree.number[object] = *next;
        listing->tree.object[(*next)--] = object;
        object = listing->holder[object] - 1;
        if (object != HG_NONE)
            n_held[object]--;
    }
}

static bool
number_tree(Listing *listing, GError **error)
{
    uint32_t n = listing->n, next = n;
    HgDominators *tree = &listing->tree;
    HG_AUTO_ARRAY uint32_t *n_held = hg_array_new(n, sizeof(uint32_t), error);
    tree->n = n;
    if (!n_held || !(tree->number = hg_array_new(n, sizeof(uint32_t), error)) ||
        !(tree->object = hg_array_new((uint64_t)n + 1, sizeof(uint32_t), error)) ||
        !(tree->holder = hg_array_new((uint64_t)n + 1, sizeof(uint32_t), error)))
        return false;
    tree->object[0] = HG_NONE;
    for (uint32_t i = 0; i < n; i++)
        if (listing->holder[i])
            n_held[listing->holder[i] - 1]++;
    for (uint32_t i = 0; i < n; i++)
        take_off(listing, i, n_held, &next);
    if (next != 0) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FORMAT, "holders go round in a circle");
        return false;
    }
    for (uint32_t i = 0; i < n; i++)
        if (listing->holder[i])
            tree->holder[tree->number[i]] = tree->number[listing->holder[i] - 1];
    return true;
}

static bool
read_retained(Listing *listing, GError **error)
{
    g_autofree uint64_t *chunk = g_new(uint64_t, HG_CHUNK);
    if (!(listing->retained = hg_array_new((uint64_t)listing->n + 1, sizeof(uint64_t), error)))
        return false;
    for (uint32_t first = 0, part; first < listing->n; first += part) {
        part = MIN(listing->n - first, HG_CHUNK);
        if (!hg_snapshot_read(listing->snapshot, HG_COLUMN_RETAINED, first, part, chunk, error))
            return false;
        for (uint32_t i = 0; i < part; i++)
            listing->retained[listing->tree.number[first + i]] = chunk[i];
    }
    return true;
}

/* ---- modules
 * ------------------------------------------------------------------------------------- */

static void
find_modules(Listing *listing)
{
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    listing->modules = g_ptr_array_new_with_free_func(free_module);
    listing->module_of = g_new(uint32_t, listing->types->len + 1);
    for (unsigned i = 0; i < listing->types->len; i++) {
        const HgTypeRow *type = listing->types->pdata[i];
        unsigned place = GPOINTER_TO_UINT(g_hash_table_lookup(places, type->module));
        if (!place) {
            HgModule *made = g_new0(HgModule, 1);
            made->name = g_strdup(type->module);
            g_ptr_array_add(listing->modules, made);
            place = listing->modules->len;
            g_hash_table_insert(places, made->name, GUINT_TO_POINTER(place));
        }
        HgModule *module = listing->modules->pdata[place - 1];
        module->count += type->n_objects;
        module->size += type->size;
        listing->module_of[i] = place - 1;
    }
}

static bool
read_modules(Listing *listing, GError **error)
{
    g_autofree uint64_t *chunk = g_new(uint64_t, HG_CHUNK);
    for (uint32_t first = 0, part; first < listing->n; first += part) {
        part = MIN(listing->n - first, HG_CHUNK);
        if (!hg_snapshot_read(listing->snapshot, HG_COLUMN_TYPE, first, part, chunk, error))
            return false;
        for (uint32_t i = 0; i < part; i++) {
            if (chunk[i] >= listing->types->len) {
                g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "object %u: no such type", first + i);
                return false;
            }
            if (!hg_packed_append(&listing->module, listing->module_of[chunk[i]], error))
                return false;
        }
    }
    return hg_packed_finish(&listing->module, error);
}

static int
compare_modules(const void *a, const void *b)
{
    const HgModule *one = *(HgModule *const *)a, *other = *(HgModule *const *)b;
    if (one->retained != other->retained)
        return one->retained > other->retained ? -1 : 1;
    return strcmp(one->name, other->name);
}

GPtrArray *
hg_modules_list(HgSnapshot *snapshot, GError **error)
{
    g_auto(Listing) listing = {.snapshot = snapshot, .n = hg_snapshot_count_objects(snapshot)};
    if (!(listing.types = hg_snapshot_get_types(snapshot, error)) ||
        !read_holders(&listing, error) || !number_tree(&listing, error) ||
        !read_retained(&listing, error))
        return NULL;
    find_modules(&listing);
    if (!read_modules(&listing, error))
        return NULL;
    g_autofree uint64_t *sums = g_new0(uint64_t, listing.modules->len + 1);
    if (!hg_retained_sum_types(&listing.tree, listing.retained, &listing.module,
                               listing.modules->len, sums, error))
        return NULL;
    for (unsigned i = 0; i < listing.modules->len; i++)
        ((HgModule *)listing.modules->pdata[i])->retained = sums[i];
    g_ptr_array_sort(listing.modules, compare_modules);
    return g_steal_pointer(&listing.modules);
}
