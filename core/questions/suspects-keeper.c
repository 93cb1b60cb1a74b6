/* suspects-keeper.c - what keeps a crowd of objects: one container, or a way that most share.
 * SPDX-License-Identifier: MIT */
#include "core/questions/hunt.h"
#include "core/questions/ways.h"

#define CLIMB_MAX 256 /* holders above an object that are looked at */

bool
hg_hunt_is_within(const HgHunt *hunt, uint32_t object, bool *is_within, GError **error)
{
    *is_within = false;
    for (unsigned i = 0; i < CLIMB_MAX && !*is_within; i++) {
        uint64_t holder;
        if (!hg_snapshot_get(hunt->snapshot, HG_COLUMN_HOLDER, object, &holder, error))
            return false;
        if (holder == 0)
            break;
        object = (uint32_t)(holder - 1);
        const HgTypeRow *type = hg_hunt_get_type(hunt, object, error);
        if (!type)
            return false;
        *is_within = hg_hunt_is_told(hunt, object) || hunt->is_type_told[type->number];
    }
    return true;
}

/* Sets *keeper to what most of the sample has in [column]: the object that holds it or that is the
 * step before it on the way from a root; HG_NONE if there is none. */
static bool
find_common(const HgHunt *hunt, HgColumn column, const GArray *sample, uint32_t *keeper,
            GError **error)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);
    *keeper = HG_NONE;
    for (unsigned i = 0; i < sample->len; i++) {
        uint64_t holder;
        if (!hg_snapshot_get(hunt->snapshot, column, g_array_index(sample, uint32_t, i), &holder,
                             error))
            return false;
        void *key = GSIZE_TO_POINTER(holder);
        size_t count = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, key)) + 1;
        g_hash_table_insert(counts, key, GSIZE_TO_POINTER(count));
        if (holder > 0 && 2 * count > sample->len)
            *keeper = (uint32_t)(holder - 1);
    }
    return true;
}

bool
hg_hunt_find_keeper(HgHunt *hunt, const GArray *sample, HgKeeper *keeper, GError **error)
{
    g_auto(HgKeeper) found = {.object = HG_NONE};
    uint64_t n_unreached;
    if (!find_common(hunt, HG_COLUMN_HOLDER, sample, &found.object, error))
        return false;
    found.is_holder = found.object != HG_NONE;
    if (!found.is_holder && !find_common(hunt, HG_COLUMN_STEP, sample, &found.object, error))
        return false;
    if (found.object != HG_NONE && !hg_place_find(hunt, found.object, &found.place, error))
        return false;
    if (found.object != HG_NONE && found.place.path && !found.place.is_program) {
        found.path = g_strdup(found.place.path);
    } else {
        found.object = HG_NONE;
        found.is_holder = false;
        g_autoptr(GPtrArray) ways =
            hg_ways_merge_objects(hunt->snapshot, sample, &n_unreached, error);
        if (!ways)
            return false;
        if (ways->len > 0)
            found.path = g_strdup(((HgMergedWay *)ways->pdata[0])->path);
    }
    *keeper = found;
    found = (HgKeeper){0};
    return true;
}

void
hg_keeper_clear(HgKeeper *keeper)
{
    hg_place_clear(&keeper->place);
    g_clear_pointer(&keeper->path, g_free);
}
