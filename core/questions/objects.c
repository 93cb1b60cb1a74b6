/* objects.c - lists of objects: those of a type, the biggest, what is held by one.
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

/* Room for one chunk of the columns that are swept. */
typedef struct {
    uint64_t retained[HG_CHUNK], holder[HG_CHUNK], distance[HG_CHUNK];
} Chunk;

static bool
read_chunk(HgSnapshot *snapshot, uint32_t first, uint32_t count, bool is_held, Chunk *chunk,
           GError **error)
{
    if (!hg_snapshot_read(snapshot, HG_COLUMN_RETAINED, first, count, chunk->retained, error))
        return false;
    return !is_held ||
           (hg_snapshot_read(snapshot, HG_COLUMN_HOLDER, first, count, chunk->holder, error) &&
            hg_snapshot_read(snapshot, HG_COLUMN_DISTANCE, first, count, chunk->distance, error));
}

GArray *
hg_objects_by_retained(HgSnapshot *snapshot, bool is_held, uint32_t holder, uint64_t limit,
                       uint64_t *count, GError **error)
{
    uint32_t n_objects = hg_snapshot_count_objects(snapshot);
    if (n_objects > 0 && hg_snapshot_count(snapshot, HG_COLUMN_RETAINED) == 0) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                            "this snapshot does not know who holds what");
        return NULL;
    }
    g_auto(HgBest) best = {0};
    hg_best_init(&best, MIN(limit, n_objects));
    g_autofree Chunk *chunk = g_new(Chunk, 1);
    uint64_t wanted = holder == HG_NONE ? 0 : (uint64_t)holder + 1;
    for (uint32_t first = 0, part; first < n_objects; first += part) {
        part = MIN(n_objects - first, HG_CHUNK);
        if (!read_chunk(snapshot, first, part, is_held, chunk, error))
            return NULL;
        for (uint32_t i = 0; i < part; i++)
            if (!is_held || (chunk->holder[i] == wanted && chunk->distance[i] > 0))
                hg_best_offer(&best, first + i, chunk->retained[i]);
    }
    if (count)
        *count = best.count;
    return hg_best_take(&best);
}
