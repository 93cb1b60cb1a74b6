/* suspects-weak.c - weak caches that free nothing: somebody else keeps what is in them.
 * SPDX-License-Identifier: MIT */
#include "core/numbers.h"
#include "core/questions/hunt.h"
#include "core/questions/named.h"
#include "core/questions/objects.h"

#define LOOKED_AT 200 /* caches, and values of each */

/* What a weak reference refers to, HG_NONE if that is gone. */
static bool
find_referent(HgSnapshot *snapshot, uint32_t reference, uint32_t *referent, GError **error)
{
    g_autoptr(GArray) references = hg_references_read_from(snapshot, reference, 8, error);
    *referent = HG_NONE;
    for (unsigned i = 0; references && i < references->len; i++) {
        const HgReference *one = &g_array_index(references, HgReference, i);
        if (!hg_how_keeps(one->how))
            *referent = one->target;
    }
    return references;
}

/* Returns: numbers of some values of the cache, whose dict is [data]; g_array_unref(). */
static GArray *
sample_values(HgSnapshot *snapshot, uint32_t data, uint64_t length, GError **error)
{
    g_autoptr(GArray) references =
        hg_references_read_from(snapshot, data, 2 * MIN(length, LOOKED_AT), error);
    g_autoptr(GArray) sample = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (unsigned i = 0; references && i < references->len; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        uint32_t referent;
        if ((reference->how & HG_HOW_LABEL) != HG_LABEL_VALUE)
            continue;
        if (!find_referent(snapshot, reference->target, &referent, error))
            return NULL;
        if (referent != HG_NONE)
            g_array_append_val(sample, referent);
    }
    return references ? g_steal_pointer(&sample) : NULL;
}

/* Fills in what the cache had before. */
static bool
read_growth(HgHunt *hunt, uint32_t cache, const char *path, HgSuspect *suspect, GError **error)
{
    uint32_t earlier, data;
    HgObject before;
    if (!hg_hunt_find_earlier(hunt, cache, path, &earlier, error))
        return false;
    if (earlier == HG_NONE)
        return true;
    if (!hg_named_find(hunt->earlier, earlier, "data", &data, error))
        return false;
    if (data == HG_NONE)
        return true;
    if (!hg_object_read(hunt->earlier, data, &before, error))
        return false;
    suspect->knows_growth = true;
    suspect->count_growth = (int64_t)(suspect->count - before.length);
    suspect->is_leak = hg_hunt_is_growth(hunt, suspect->count_growth, 0);
    return true;
}

static bool
tell(HgHunt *hunt, uint32_t cache, uint64_t count, const GArray *sample, const HgKeeper *keeper,
     GError **error)
{
    g_auto(HgPlace) place = {0};
    uint32_t example = g_array_index(sample, uint32_t, 0);
    const HgTypeRow *value_type = hg_hunt_get_type(hunt, example, error);
    HgObject object;
    if (!value_type || !hg_place_find(hunt, cache, &place, error) ||
        !hg_object_read(hunt->snapshot, keeper->object, &object, error))
        return false;
    g_autofree char *number = hg_number_dup_count(count);
    HgSuspect *suspect = g_new0(HgSuspect, 1);
    *suspect = (HgSuspect){
        .kind = HG_SUSPECT_WEAK_CACHE,
        .object = keeper->object,
        .type = object.type,
        .item_type = value_type,
        .count = count,
        .bytes = object.retained == HG_UNKNOWN ? object.size : object.retained,
        .path = g_strdup(keeper->path),
        .title = g_strdup_printf("%s (%s)", keeper->path, object.type->name),
        .sentence = g_strdup_printf("%s (%s) keeps the %s %s of the weak cache %s alive",
                                    keeper->path, object.type->name, number, value_type->name,
                                    place.path ? place.path : "that is nowhere"),
        .command = hg_hunt_dup_command(hunt, "show", keeper->object, keeper->path)};
    bool done = read_growth(hunt, cache, place.path, suspect, error);
    hg_hunt_add(hunt, suspect);
    return done;
}

static bool
look_at(HgHunt *hunt, uint32_t cache, GError **error)
{
    uint32_t data;
    HgObject dict;
    if (!hg_named_find(hunt->snapshot, cache, "data", &data, error))
        return false;
    if (data == HG_NONE)
        return true;
    if (!hg_object_read(hunt->snapshot, data, &dict, error))
        return false;
    if (dict.length == HG_UNKNOWN || dict.length < hunt->options.min_count)
        return true;
    g_autoptr(GArray) sample = sample_values(hunt->snapshot, data, dict.length, error);
    g_auto(HgKeeper) keeper = {.object = HG_NONE};
    if (!sample || sample->len == 0)
        return sample;
    if (!hg_hunt_find_keeper(hunt, sample, &keeper, error))
        return false;
    return keeper.object == HG_NONE || hg_hunt_is_told(hunt, keeper.object) ||
           tell(hunt, cache, dict.length, sample, &keeper, error);
}

bool
hg_suspects_find_weak(HgHunt *hunt, GError **error)
{
    g_autofree bool *is_cache =
        hg_named_mark_derived(hunt->snapshot, "weakref.WeakValueDictionary", error);
    for (unsigned i = 0; is_cache && i < hunt->types->len; i++) {
        if (!is_cache[i])
            continue;
        g_autoptr(GArray) caches =
            hg_objects_of_type(hunt->snapshot, hunt->types->pdata[i], 0, LOOKED_AT, error);
        if (!caches)
            return false;
        for (unsigned k = 0; k < caches->len; k++)
            if (!look_at(hunt, g_array_index(caches, uint32_t, k), error))
                return false;
    }
    return is_cache;
}
