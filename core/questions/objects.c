/* objects.c - lists of objects: those of a type, the biggest.
 * SPDX-License-Identifier: MIT */
#include "core/questions/objects.h"

#include "core/questions/best.h"

GArray *
hg_objects_of_type(HgSnapshot *snapshot, const HgTypeRow *type, uint64_t first, uint64_t limit,
                   GError **error)
{
    uint64_t n_left = first < type->n_objects ? type->n_objects - first : 0;
    uint64_t count = MIN(n_left, limit);
    if (type->first + type->n_objects > hg_snapshot_count(snapshot, HG_COLUMN_BY_TYPE) ||
        count > UINT32_MAX) {
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "type %s: more objects than the snapshot has",
                    type->name);
        return NULL;
    }
    g_autoptr(GArray) objects = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), (unsigned)count);
    g_array_set_size(objects, (unsigned)count);
    if (count > 0 && !hg_snapshot_read_u32(snapshot, HG_COLUMN_BY_TYPE, type->first + first, count,
                                           (uint32_t *)(void *)objects->data, error))
        return NULL;
    return g_steal_pointer(&objects);
}

/* ---- those of several types ------------------------------------------------------------------ */

uint64_t
hg_objects_count(const GPtrArray *types)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < types->len; i++)
        count += ((HgTypeRow *)types->pdata[i])->n_objects;
    return count;
}

static bool
offer_all(HgSnapshot *snapshot, const GArray *objects, HgBest *best, GError **error)
{
    for (unsigned i = 0; i < objects->len; i++) {
        uint32_t object = g_array_index(objects, uint32_t, i);
        uint64_t size;
        if (!hg_snapshot_get(snapshot, HG_COLUMN_SIZE, object, &size, error))
            return false;
        hg_best_offer(best, object, size);
    }
    return true;
}

GArray *
hg_objects_of_types(HgSnapshot *snapshot, const GPtrArray *types, uint64_t first, uint64_t limit,
                    GError **error)
{
    if (types->len == 1)
        return hg_objects_of_type(snapshot, types->pdata[0], first, limit, error);
    g_auto(HgBest) best = {0};
    uint64_t count = hg_objects_count(types);
    first = MIN(first, count);
    limit = MIN(limit, count - first);
    hg_best_init(&best, first + limit);
    for (unsigned i = 0; i < types->len; i++) {
        g_autoptr(GArray) objects =
            hg_objects_of_type(snapshot, types->pdata[i], 0, first + limit, error);
        if (!objects || !offer_all(snapshot, objects, &best, error))
            return NULL;
    }
    g_autoptr(GArray) objects = hg_best_take(&best);
    g_array_remove_range(objects, 0, (unsigned)MIN(first, objects->len));
    return g_steal_pointer(&objects);
}

/* ---- the biggest ------------------------------------------------------------------------- */

GArray *
hg_objects_by_retained(HgSnapshot *snapshot, uint64_t limit, GError **error)
{
    uint32_t n_objects = hg_snapshot_count_objects(snapshot);
    if (n_objects > 0 && hg_snapshot_count(snapshot, HG_COLUMN_RETAINED) == 0) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                            "this snapshot does not know who holds what");
        return NULL;
    }
    g_auto(HgBest) best = {0};
    hg_best_init(&best, MIN(limit, n_objects));
    g_autofree uint64_t *retained = g_new(uint64_t, HG_CHUNK);
    for (uint32_t first = 0, part; first < n_objects; first += part) {
        part = MIN(n_objects - first, HG_CHUNK);
        if (!hg_snapshot_read(snapshot, HG_COLUMN_RETAINED, first, part, retained, error))
            return NULL;
        for (uint32_t i = 0; i < part; i++)
            hg_best_offer(&best, first + i, retained[i]);
    }
    return hg_best_take(&best);
}
