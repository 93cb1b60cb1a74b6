/* suspects-contents.c - what a container mostly holds.
 * SPDX-License-Identifier: MIT */
#include "core/questions/hunt.h"
#include "core/questions/named.h"

#define LOOKED_AT 400 /* references of a container, spread evenly */

typedef struct {
    HgSnapshot *snapshot;
    const GPtrArray *types;
    uint32_t objects[LOOKED_AT]; /* some of the items */
    unsigned n_objects;
} Sample;

static bool
is_item(uint8_t how)
{
    switch (how & HG_HOW_LABEL) {
    case HG_LABEL_ITEM:
    case HG_LABEL_VALUE:
    case HG_LABEL_ELEMENT:
        return hg_how_keeps(how);
    default:
        return false;
    }
}

/* Keys and values stand side by side: the stride is odd, so that it does not step over one kind. */
static bool
take_sample(Sample *sample, uint32_t container, GError **error)
{
    uint64_t bound[2];
    if (!hg_snapshot_read(sample->snapshot, HG_COLUMN_FORWARD_FIRST, container, 2, bound, error))
        return false;
    uint64_t count = bound[1] > bound[0] ? bound[1] - bound[0] : 0;
    uint64_t stride = MAX(1, count / LOOKED_AT) | 1;
    for (uint64_t i = 0; i < count && sample->n_objects < LOOKED_AT; i += stride) {
        uint8_t how;
        uint32_t target;
        if (!hg_snapshot_read_u8(sample->snapshot, HG_COLUMN_HOW, bound[0] + i, 1, &how, error) ||
            !hg_snapshot_read_u32(sample->snapshot, HG_COLUMN_TARGET, bound[0] + i, 1, &target,
                                  error))
            return false;
        if (is_item(how) && target < hg_snapshot_count_objects(sample->snapshot))
            sample->objects[sample->n_objects++] = target;
    }
    return true;
}

/* Sets *type to that of more than half of the objects, or NULL. */
static bool
find_type(const Sample *sample, const HgTypeRow **type, GError **error)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);
    *type = NULL;
    for (unsigned i = 0; i < sample->n_objects; i++) {
        uint64_t number;
        if (!hg_snapshot_get(sample->snapshot, HG_COLUMN_TYPE, sample->objects[i], &number, error))
            return false;
        if (number >= sample->types->len)
            continue;
        void *row = sample->types->pdata[number];
        size_t count = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, row)) + 1;
        g_hash_table_insert(counts, row, GSIZE_TO_POINTER(count));
        if (2 * count > sample->n_objects)
            *type = row;
    }
    return true;
}

/* ---- callbacks ---------------------------------------------------------------------------- */

/* What the cells of a closure keep: the first that is no function. */
static bool
find_in_closure(HgSnapshot *snapshot, uint32_t function, uint32_t *kept, GError **error)
{
    uint32_t closure, cell;
    *kept = HG_NONE;
    if (!hg_named_find(snapshot, function, "__closure__", &closure, error))
        return false;
    for (uint64_t i = 0; closure != HG_NONE && i < 8 && *kept == HG_NONE; i++) {
        if (!hg_named_find_item(snapshot, closure, i, &cell, error))
            return false;
        if (cell == HG_NONE)
            break;
        g_autoptr(GArray) contents = hg_references_read_from(snapshot, cell, 1, error);
        if (!contents)
            return false;
        if (contents->len > 0)
            *kept = g_array_index(contents, HgReference, 0).target;
    }
    return true;
}

/* Of callbacks: what they keep. */
static bool
look_through(const Sample *sample, HgContents *contents, GError **error)
{
    Sample kept = {.snapshot = sample->snapshot, .types = sample->types};
    for (unsigned i = 0; i < sample->n_objects; i += 1 + sample->n_objects / 40) {
        uint32_t object;
        if (!(contents->is_methods
                  ? hg_named_find(sample->snapshot, sample->objects[i], "__self__", &object, error)
                  : find_in_closure(sample->snapshot, sample->objects[i], &object, error)))
            return false;
        if (object != HG_NONE)
            kept.objects[kept.n_objects++] = object;
    }
    contents->is_callbacks = kept.n_objects > 0;
    return find_type(&kept, &contents->kept, error);
}

/* ---- the container -------------------------------------------------------------------------- */

/* Texts and arrays of numbers have a length, but no items. */
static bool
is_text(const HgTypeRow *type)
{
    static const char *const names[] = {"str", "bytes", "bytearray", "code", "int"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(type->name, names[i]))
            return true;
    return false;
}

static bool
read_items(Sample *sample, const HgObject *object, HgContents *contents, GError **error)
{
    contents->count = object->length == HG_UNKNOWN || is_text(object->type) ? 0 : object->length;
    return take_sample(sample, object->number, error) && find_type(sample, &contents->type, error);
}

/* A cache of functools has a dict. With a bound there are links in that, and the results stand in
 * the references of the cache itself. */
static bool
read_cache(Sample *sample, uint32_t cache, HgContents *contents, GError **error)
{
    uint32_t dict;
    HgObject object;
    if (!hg_named_find_cache(sample->snapshot, cache, &dict, error) ||
        (dict != HG_NONE && (!hg_object_read(sample->snapshot, dict, &object, error) ||
                             !read_items(sample, &object, contents, error))))
        return false;
    contents->is_links = dict != HG_NONE && contents->type &&
                         g_str_equal(contents->type->name, "functools._lru_list_elem");
    if (!contents->is_links)
        return true;
    sample->n_objects = 0;
    return take_sample(sample, cache, error) && find_type(sample, &contents->type, error);
}

static bool
is_weak_reference(const HgTypeRow *type)
{
    return g_str_equal(type->name, "weakref.ReferenceType") ||
           g_str_equal(type->name, "weakref.KeyedRef") || g_str_equal(type->name, "weakref");
}

bool
hg_contents_read(HgSnapshot *snapshot, uint32_t object, HgContents *contents, GError **error)
{
    HgContents read = {0};
    HgObject container;
    g_autofree Sample *sample = g_new0(Sample, 1);
    sample->snapshot = snapshot;
    sample->types = hg_snapshot_get_types(snapshot, error);
    if (!sample->types || !hg_object_read(snapshot, object, &container, error))
        return false;
    bool is_cache = g_str_equal(container.type->name, "functools._lru_cache_wrapper");
    if (!(is_cache ? read_cache(sample, object, &read, error)
                   : read_items(sample, &container, &read, error)))
        return false;
    if (read.type && g_str_equal(read.type->name, "functools._lru_list_elem"))
        read.is_links = true;
    read.is_weak = read.type && is_weak_reference(read.type);
    read.is_methods = read.type && g_str_equal(read.type->name, "method");
    bool may_keep = read.is_methods || (read.type && g_str_equal(read.type->name, "function"));
    if (may_keep && !look_through(sample, &read, error))
        return false;
    *contents = read;
    return true;
}
