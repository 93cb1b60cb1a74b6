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
