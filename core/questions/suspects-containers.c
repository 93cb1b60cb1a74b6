/* suspects-containers.c - long containers: those that a well-known pattern keeps, and those that
 * grew.
 *
 * The longest of each type are looked at: the column by_type has them first.
 * SPDX-License-Identifier: MIT */
#include "core/questions/hunt.h"
#include "core/questions/objects.h"

#include <string.h>

#define LOOKED_AT 200 /* containers of each type */

static bool
is_container_type(const HgTypeRow *type)
{
    static const char *const names[] = {
        "list",
        "dict",
        "set",
        "collections.deque",
        "collections.OrderedDict",
        "collections.defaultdict",
        "collections.Counter",
        "bytearray",
        "array.array",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(type->name, names[i]))
            return true;
    return g_str_has_suffix(type->name, "Dict") || g_str_has_suffix(type->name, "List") ||
           g_str_has_suffix(type->name, "Queue");
}

/* Caches of the standard library: they have a bound, or are as long as the program has modules. */
static bool
is_known_cache(const char *path)
{
    static const char *const paths[] = {
        "re._cache",
        "re._cache2",
        "linecache.cache",
        "sys.path_importer_cache",
        "encodings._cache",
        "_strptime._regex_cache",
        "fnmatch._cache",
        "urllib.parse._parse_cache",
        "typing._cleanups",
        "warnings.onceregistry",
        "mimetypes.types_map",
        "_frozen_importlib._module_locks",
        "inspect.modulesbyfile",
        "inspect._filesbymodname",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
        if (g_str_equal(path, paths[i]))
            return true;
    return g_str_has_suffix(path, ".__warningregistry__");
}

/* Whether a long container is a suspect for how it is kept, without having grown. */
static bool
is_pattern(const HgPlace *place, const HgContents *contents)
{
    if (contents->is_callbacks)
        return true;
    switch (place->kind) {
    case HG_SUSPECT_CACHE:
        return !place->is_bounded;
    case HG_SUSPECT_DEFAULT:
    case HG_SUSPECT_CLOSURE:
    case HG_SUSPECT_EXCEPTION:
    case HG_SUSPECT_THREAD_LOCAL:
    case HG_SUSPECT_CONTEXT:
        return true;
    case HG_SUSPECT_CLASS_COLLECTION: /* of instances made at run time */
        return contents->type && contents->type->flags & HG_TYPE_HEAP;
    default:
        return false;
    }
}

static bool
grew(HgHunt *hunt, const HgObject *object, const HgPlace *place, bool *has_grown, GError **error)
{
    uint32_t earlier;
    HgObject before;
    *has_grown = false;
    if (!hg_hunt_find_earlier(hunt, object->number, place->path, &earlier, error))
        return false;
    if (earlier == HG_NONE || place->is_bounded)
        return true;
    if (!hg_object_read(hunt->earlier, earlier, &before, error))
        return false;
    bool knows = object->retained != HG_UNKNOWN && before.retained != HG_UNKNOWN;
    *has_grown = hg_hunt_is_growth(hunt, (int64_t)(object->length - before.length),
                                   knows ? (int64_t)(object->retained - before.retained) : 0);
    return true;
}

static bool
look_at(HgHunt *hunt, const HgObject *object, GError **error)
{
    g_auto(HgPlace) place = {0};
    HgContents contents;
    bool has_grown;
    if (!hg_place_find(hunt, object->number, &place, error))
        return false;
    if (!place.path || place.is_program || is_known_cache(place.path))
        return true;
    if (!grew(hunt, object, &place, &has_grown, error) ||
        !hg_contents_read(hunt->snapshot, object->number, &contents, error))
        return false;
    if (contents.is_weak)
        return true;
    bool is_many = object->length >= hunt->options.min_count && is_pattern(&place, &contents);
    if (!is_many && !has_grown)
        return true;
    return hg_hunt_tell(hunt, object->number, &place, error);
}

static bool
look_at_type(HgHunt *hunt, const HgTypeRow *type, GError **error)
{
    g_autoptr(GArray) objects = hg_objects_of_type(hunt->snapshot, type, 0, LOOKED_AT, error);
    uint64_t least = hunt->earlier ? MIN(hunt->options.min_growth, hunt->options.min_count)
                                   : hunt->options.min_count;
    for (unsigned i = 0; objects && i < objects->len; i++) {
        HgObject object;
        uint32_t number = g_array_index(objects, uint32_t, i);
        if (!hg_object_read(hunt->snapshot, number, &object, error))
            return false;
        if (object.length != HG_UNKNOWN && object.length >= least &&
            !hg_hunt_is_told(hunt, number) && !look_at(hunt, &object, error))
            return false;
    }
    return objects;
}

bool
hg_suspects_find_containers(HgHunt *hunt, GError **error)
{
    for (unsigned i = 0; i < hunt->types->len; i++) {
        const HgTypeRow *type = g_ptr_array_index(hunt->types, i);
        if (type->n_objects > 0 && is_container_type(type) && !look_at_type(hunt, type, error))
            return false;
    }
    return true;
}
