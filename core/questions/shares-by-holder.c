/* shares-by-holder.c - what only roots hold, and in it what that holds.
 *
 * One sweep a level: the objects whose holder is on the frontier. The __dict__ of an object is part
 * of it, so what that holds counts as held by the object.
 * SPDX-License-Identifier: MIT */
#include "core/questions/describe.h"
#include "core/questions/object.h"
#include "core/questions/shares.h"

#include <inttypes.h>

/* The small ones of one type in one share, HG_NONE for those that roots hold. */
typedef struct {
    uint32_t place, type;
    uint64_t size, count;
} Crowd;

typedef struct {
    uint32_t object, place; /* place of the share that holds it, HG_NONE for roots */
    uint64_t retained;
} Found;

typedef struct {
    HgSnapshot *snapshot;
    const HgSharesOptions *options;
    HgShares *shares;
    uint64_t least; /* bytes of a share that stands alone */
    uint32_t n_objects;
    GHashTable *place_of; /* object + 1 of the frontier -> place + 1 of its share */
    uint8_t *is_frontier; /* bits */
    GArray *found;        /* Found in this sweep */
    GArray *crowds;       /* Crowd */
    GHashTable *crowd_of; /* place and type -> number of the crowd + 1 */
    uint32_t last_crowd;  /* mostly it is the same again */
    GArray *level;        /* unsigned, of each share */
    bool seeks_top;
} Search;

static void
clear_search(Search *search)
{
    g_hash_table_unref(search->place_of);
    g_free(search->is_frontier);
    g_array_unref(search->found);
    g_array_unref(search->crowds);
    g_hash_table_unref(search->crowd_of);
    g_array_unref(search->level);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, clear_search)

/* ---- the frontier ---------------------------------------------------------------------------- */

static void
add_to_frontier(Search *search, uint32_t object, uint32_t place)
{
    search->is_frontier[object / 8] |= (uint8_t)(1 << object % 8);
    g_hash_table_insert(search->place_of, GSIZE_TO_POINTER((size_t)object + 1),
                        GSIZE_TO_POINTER((size_t)place + 1));
}

static uint32_t
find_place(const Search *search, uint32_t holder)
{
    if (!(search->is_frontier[holder / 8] & (1 << holder % 8)))
        return HG_NONE;
    return (uint32_t)(GPOINTER_TO_SIZE(g_hash_table_lookup(search->place_of,
                                                           GSIZE_TO_POINTER((size_t)holder + 1))) -
                      1);
}

static void
clear_frontier(Search *search)
{
    GHashTableIter iter;
    void *object;
    g_hash_table_iter_init(&iter, search->place_of);
    while (g_hash_table_iter_next(&iter, &object, NULL))
        search->is_frontier[(GPOINTER_TO_SIZE(object) - 1) / 8] = 0;
    g_hash_table_remove_all(search->place_of);
}

/* ---- one sweep ------------------------------------------------------------------------------- */

/* Room for one chunk of the columns that are swept. */
typedef struct {
    uint64_t holder[HG_CHUNK], retained[HG_CHUNK], distance[HG_CHUNK], type[HG_CHUNK];
} Chunk;

static bool
read_chunk(Search *search, uint32_t first, uint32_t count, Chunk *chunk, GError **error)
{
    HgSnapshot *snapshot = search->snapshot;
    return hg_snapshot_read(snapshot, HG_COLUMN_HOLDER, first, count, chunk->holder, error) &&
           hg_snapshot_read(snapshot, HG_COLUMN_RETAINED, first, count, chunk->retained, error) &&
           hg_snapshot_read(snapshot, HG_COLUMN_TYPE, first, count, chunk->type, error) &&
           (!search->seeks_top ||
            hg_snapshot_read(snapshot, HG_COLUMN_DISTANCE, first, count, chunk->distance, error));
}

static Crowd *
require_crowd(Search *search, uint32_t place, uint32_t type)
{
    if (search->last_crowd < search->crowds->len) {
        Crowd *last = &g_array_index(search->crowds, Crowd, search->last_crowd);
        if (last->place == place && last->type == type)
            return last;
    }
    void *key = GSIZE_TO_POINTER((size_t)(uint32_t)(place + 1) << 32 | type);
    size_t number = GPOINTER_TO_SIZE(g_hash_table_lookup(search->crowd_of, key));
    if (number == 0) {
        Crowd crowd = {.place = place, .type = type};
        g_array_append_val(search->crowds, crowd);
        number = search->crowds->len;
        g_hash_table_insert(search->crowd_of, key, GSIZE_TO_POINTER(number));
    }
    search->last_crowd = (uint32_t)(number - 1);
    return &g_array_index(search->crowds, Crowd, number - 1);
}

static void
note(Search *search, const Found *found, uint32_t type)
{
    if (found->retained >= search->least) {
        g_array_append_val(search->found, *found);
        return;
    }
    Crowd *crowd = require_crowd(search, found->place, type);
    crowd->size += found->retained;
    crowd->count++;
}

static void
look_at(Search *search, const Chunk *chunk, uint32_t i, uint32_t object)
{
    Found found = {object, HG_NONE, chunk->retained[i]};
    if (chunk->holder[i] && !search->seeks_top)
        found.place = find_place(search, (uint32_t)(chunk->holder[i] - 1));
    bool is_top = search->seeks_top && chunk->holder[i] == 0 && chunk->distance[i] > 0;
    if (is_top || found.place != HG_NONE)
        note(search, &found, (uint32_t)chunk->type[i]);
}

static bool
check_object(const Search *search, const Chunk *chunk, uint32_t i, uint32_t object,
             uint32_t n_types, GError **error)
{
    if (chunk->holder[i] <= search->n_objects && chunk->type[i] < n_types)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "object %u: its holder or type is not there",
                object);
    return false;
}

static bool
sweep(Search *search, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(search->snapshot, error);
    if (!types)
        return false;
    g_autofree Chunk *chunk = g_new(Chunk, 1);
    g_array_set_size(search->found, 0);
    for (uint32_t first = 0, part; first < search->n_objects; first += part) {
        part = MIN(search->n_objects - first, HG_CHUNK);
        if (!read_chunk(search, first, part, chunk, error))
            return false;
        for (uint32_t i = 0; i < part; i++) {
            if (!check_object(search, chunk, i, first + i, types->len, error))
                return false;
            look_at(search, chunk, i, first + i);
        }
    }
    return true;
}

/* ---- what is found --------------------------------------------------------------------------- */

static int
compare_found(const void *a, const void *b)
{
    const Found *one = a, *other = b;
    if (one->retained != other->retained)
        return one->retained > other->retained ? -1 : 1;
    return one->object < other->object ? -1 : one->object > other->object;
}

/* Returns: "__dict__ of module app" for a __dict__, else type and value; g_free(). */
static char *
dup_caption(Search *search, uint32_t object, const HgTypeRow *type, GError **error)
{
    uint32_t owner = HG_NONE;
    if (g_str_equal(type->name, "dict") &&
        !hg_describe_find_owner(search->snapshot, object, &owner, error))
        return NULL;
    g_autofree char *caption =
        hg_object_dup_caption(search->snapshot, owner == HG_NONE ? object : owner, false, error);
    return caption && owner != HG_NONE ? g_strconcat("__dict__ of ", caption, NULL)
                                       : g_steal_pointer(&caption);
}

/* Returns: ".handlers list 320 items": how its holder refers to it, unless that is by way of
 * others; g_free(). [is_in_dict]: its holder is the __dict__ of the share it is in. */
static char *
dup_label(Search *search, const HgObject *object, bool is_in_dict, GError **error)
{
    g_autofree char *caption = dup_caption(search, object->number, object->type, error);
    g_autofree char *link =
        caption && object->holder != HG_NONE
            ? hg_describe_dup_link(search->snapshot, object->holder, object->number, NULL)
            : NULL;
    if (!link)
        return g_steal_pointer(&caption);
    g_autofree char *name = is_in_dict ? hg_describe_dup_attribute(link) : g_strdup(link);
    return g_strconcat(name, " ", caption, NULL);
}

static bool
add_share(Search *search, const Found *found, unsigned level, GError **error)
{
    HgObject object;
    if (!hg_object_read(search->snapshot, found->object, &object, error))
        return false;
    HgShare share = {.kind = HG_SHARE_OBJECT,
                     .parent = found->place,
                     .object = found->object,
                     .type = object.type->number,
                     .size = found->retained,
                     .count = 1};
    const HgShare *above =
        found->place != HG_NONE ? g_ptr_array_index(search->shares->rows, found->place) : NULL;
    bool is_in_dict = above && object.holder != above->object;
    share.label = dup_label(search, &object, is_in_dict, error);
    if (!share.label)
        return false;
    uint32_t place = hg_shares_add(search->shares, &share);
    g_array_append_val(search->level, level);
    if (level + 1 < search->options->levels)
        add_to_frontier(search, found->object, place);
    return true;
}

/* Sets *is_part to whether what was found is the __dict__ of the object that holds it. */
static bool
find_part(Search *search, const Found *found, bool *is_part, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(search->snapshot, error);
    uint64_t type;
    uint32_t owner = HG_NONE;
    *is_part = false;
    if (!types || !hg_snapshot_get(search->snapshot, HG_COLUMN_TYPE, found->object, &type, error))
        return false;
    if (found->place == HG_NONE || type >= types->len ||
        !g_str_equal(((HgTypeRow *)types->pdata[type])->name, "dict"))
        return true;
    if (!hg_describe_find_owner(search->snapshot, found->object, &owner, error))
        return false;
    const HgShare *share = g_ptr_array_index(search->shares->rows, found->place);
    *is_part = owner != HG_NONE && owner == share->object;
    return true;
}

static bool
take_found(Search *search, GError **error)
{
    clear_frontier(search);
    g_array_sort(search->found, compare_found);
    for (unsigned i = 0; i < search->found->len; i++) {
        const Found *found = &g_array_index(search->found, Found, i);
        unsigned level =
            found->place == HG_NONE ? 0 : g_array_index(search->level, unsigned, found->place) + 1;
        bool is_part;
        if (!find_part(search, found, &is_part, error))
            return false;
        if (is_part)
            add_to_frontier(search, found->object, found->place);
        else if (!add_share(search, found, level, error))
            return false;
    }
    return true;
}

/* ---- what is small --------------------------------------------------------------------------- */

/* Crowds of a type that are enough to be seen. The others of a share are joined. */
static bool
add_crowds(Search *search, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(search->snapshot, error);
    if (!types)
        return false;
    uint32_t n_places = search->shares->rows->len;
    g_autofree Crowd *rest = g_new0(Crowd, (size_t)n_places + 1); /* the last one of roots */
    for (unsigned i = 0; i < search->crowds->len; i++) {
        const Crowd *crowd = &g_array_index(search->crowds, Crowd, i);
        if (crowd->size < search->least) {
            Crowd *joined = &rest[MIN(crowd->place, n_places)];
            joined->size += crowd->size;
            joined->count += crowd->count;
            continue;
        }
        HgShare share = {.kind = HG_SHARE_TYPE,
                         .parent = crowd->place,
                         .object = HG_NONE,
                         .type = crowd->type,
                         .size = crowd->size,
                         .count = crowd->count,
                         .label = g_strdup(((HgTypeRow *)types->pdata[crowd->type])->name)};
        hg_shares_add(search->shares, &share);
    }
    for (uint32_t place = 0; place <= n_places; place++)
        hg_shares_add_more(search->shares, place < n_places ? place : HG_NONE, rest[place].size,
                           rest[place].count);
    return true;
}

/* What the live objects do not weigh. */
static void
add_garbage(Search *search)
{
    const HgSnapshotInfo *info = hg_snapshot_get_info(search->snapshot);
    if (info->size <= search->shares->size || info->n_objects <= info->n_live)
        return;
    HgShare share = {.kind = HG_SHARE_GARBAGE,
                     .parent = HG_NONE,
                     .object = HG_NONE,
                     .type = HG_NONE,
                     .size = info->size - search->shares->size,
                     .count = info->n_objects - info->n_live,
                     .label =
                         g_strdup(info->knows_garbage ? "garbage" : "not reached from a root")};
    hg_shares_add(search->shares, &share);
}

static bool
begin(Search *search, GError **error)
{
    uint32_t holder = search->options->holder;
    search->seeks_top = holder == HG_NONE;
    uint64_t whole = hg_snapshot_get_info(search->snapshot)->size;
    if (!search->seeks_top &&
        !hg_snapshot_get(search->snapshot, HG_COLUMN_RETAINED, holder, &whole, error))
        return false;
    search->least = MAX(whole / MAX(search->options->parts, 1), 1);
    Found found = {holder, HG_NONE, whole};
    if (!search->seeks_top)
        return add_share(search, &found, 0, error);
    if (!sweep(search, error) || !take_found(search, error))
        return false;
    search->seeks_top = false;
    return true;
}

bool
hg_shares_find_by_holder(HgSnapshot *snapshot, const HgSharesOptions *options, HgShares *shares,
                         GError **error)
{
    g_auto(Search) search = {.snapshot = snapshot,
                             .options = options,
                             .shares = shares,
                             .n_objects = hg_snapshot_count_objects(snapshot)};
    search.place_of = g_hash_table_new(NULL, NULL);
    search.is_frontier = g_new0(uint8_t, search.n_objects / 8 + 1);
    search.found = g_array_new(FALSE, FALSE, sizeof(Found));
    search.crowds = g_array_new(FALSE, FALSE, sizeof(Crowd));
    search.crowd_of = g_hash_table_new(NULL, NULL);
    search.level = g_array_new(FALSE, FALSE, sizeof(unsigned));
    if (!begin(&search, error))
        return false;
    while (g_hash_table_size(search.place_of) > 0)
        if (!sweep(&search, error) || !take_found(&search, error))
            return false;
    if (!add_crowds(&search, error))
        return false;
    if (options->holder == HG_NONE)
        add_garbage(&search);
    return true;
}
