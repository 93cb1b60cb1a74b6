/* suspects-place.c - how an object is kept: which pattern the way to it shows.
 *
 * The way is walked from the object upwards; the nearest thing that is more than a container
 * decides:   module.handler ▶ function ▶ __closure__ ▶ cell ▶ list      a closure keeps the list
 * SPDX-License-Identifier: MIT */
#include "core/questions/chain.h"
#include "core/questions/describe.h"
#include "core/questions/hunt.h"
#include "core/questions/named.h"

#include <string.h>

#define STEPS_BACK 64 /* of the way are looked at for a pattern */
#define STEPS_SHOWN 12

void
hg_place_clear(HgPlace *place)
{
    g_clear_pointer(&place->name, g_free);
    g_clear_pointer(&place->function, g_free);
    g_clear_pointer(&place->path, g_free);
    g_clear_pointer(&place->owner_path, g_free);
}

/* One step of the way, and what stands around it. */
typedef struct {
    HgHunt *hunt;
    const GArray *chain;
    unsigned at;
    uint32_t object;
    const HgTypeRow *type;
} Step;

static uint32_t
get_object(const Step *step, unsigned at)
{
    return g_array_index(step->chain, uint32_t, at);
}

static bool
move(Step *step, unsigned at, GError **error)
{
    step->at = at;
    step->object = get_object(step, at);
    step->type = hg_hunt_get_type(step->hunt, step->object, error);
    return step->type;
}

/* Returns: the label of the reference to the object at [at] of the way; "" for the first. */
static char *
dup_label(const Step *step, unsigned at, GError **error)
{
    if (at == 0)
        return g_strdup("");
    return hg_describe_dup_link(step->hunt->snapshot, get_object(step, at - 1),
                                get_object(step, at), error);
}

static bool
is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (g_str_equal(name, *names))
            return true;
    return false;
}

static bool
is_program_type(const HgHunt *hunt, const HgTypeRow *type)
{
    static const char *const names[] = {"module",
                                        "function",
                                        "code",
                                        "builtin_function_or_method",
                                        "method_descriptor",
                                        "wrapper_descriptor",
                                        "getset_descriptor",
                                        "member_descriptor",
                                        "classmethod_descriptor",
                                        "classmethod",
                                        "staticmethod",
                                        "property",
                                        "moduledef",
                                        "_frozen_importlib.ModuleSpec",
                                        "mappingproxy",
                                        "types.GenericAlias",
                                        NULL};
    return hunt->is_class[type->number] || is_one_of(type->name, names);
}

/* ---- names of variables ------------------------------------------------------------------- */

static bool
dup_item(HgSnapshot *snapshot, uint32_t tuple, uint64_t index, char **name, GError **error)
{
    uint32_t item;
    size_t size;
    return hg_named_find_item(snapshot, tuple, index, &item, error) &&
           (item == HG_NONE || hg_snapshot_read_value(snapshot, item, name, &size, error));
}

/* The name of cell [index] of [n_cells]: up to 3.10 co_freevars, then the end of
 * co_localsplusnames. */
static bool
find_cell_name(HgSnapshot *snapshot, uint32_t function, uint64_t index, uint64_t n_cells,
               char **name, GError **error)
{
    uint32_t code, names;
    HgObject tuple;
    if (!hg_named_find(snapshot, function, "__code__", &code, error) || code == HG_NONE ||
        !hg_named_find(snapshot, code, "co_localsplusnames", &names, error))
        return code == HG_NONE;
    bool is_new = names != HG_NONE;
    if (!is_new && !hg_named_find(snapshot, code, "co_freevars", &names, error))
        return false;
    if (names == HG_NONE)
        return true;
    if (!hg_object_read(snapshot, names, &tuple, error))
        return false;
    if (tuple.length == HG_UNKNOWN || tuple.length < n_cells || index >= n_cells)
        return true;
    return dup_item(snapshot, names, is_new ? tuple.length - n_cells + index : index, name, error);
}

/* The name of default [index] of [n_defaults], which are those of the last parameters. */
static bool
find_parameter_name(HgSnapshot *snapshot, uint32_t function, uint64_t index, uint64_t n_defaults,
                    char **name, GError **error)
{
    uint32_t code, names;
    HgObject read;
    if (!hg_named_find(snapshot, function, "__code__", &code, error) || code == HG_NONE ||
        !hg_named_find(snapshot, code, "co_localsplusnames", &names, error) ||
        (names == HG_NONE && !hg_named_find(snapshot, code, "co_varnames", &names, error)))
        return code == HG_NONE;
    if (names == HG_NONE)
        return true;
    if (!hg_object_read(snapshot, code, &read, error))
        return false;
    if (read.length == HG_UNKNOWN || read.length < n_defaults)
        return true;
    return dup_item(snapshot, names, read.length - n_defaults + index, name, error);
}

/* "[3]" */
static uint64_t
parse_index(const char *label)
{
    return *label == '[' ? g_ascii_strtoull(label + 1, NULL, 10) : 0;
}

/* ---- patterns: each looks whether the step is its own ---------------------------------------- */

static bool
see_closure(const Step *step, HgPlace *place, GError **error)
{
    if (!g_str_equal(step->type->name, "cell") || step->at < 2)
        return true;
    g_autofree char *index = dup_label(step, step->at, error);
    g_autofree char *label = index ? dup_label(step, step->at - 1, error) : NULL;
    HgObject closure;
    if (!label ||
        !hg_object_read(step->hunt->snapshot, get_object(step, step->at - 1), &closure, error))
        return false;
    if (!g_str_equal(label, ".__closure__"))
        return true;
    place->kind = HG_SUSPECT_CLOSURE;
    place->owner = get_object(step, step->at - 2);
    return find_cell_name(step->hunt->snapshot, place->owner, parse_index(index), closure.length,
                          &place->name, error);
}

static bool
see_default(const Step *step, HgPlace *place, GError **error)
{
    if (step->at < 2)
        return true;
    g_autofree char *label = dup_label(step, step->at - 1, error);
    if (!label)
        return false;
    bool is_keyword = g_str_equal(label, ".__kwdefaults__");
    if (!is_keyword && !g_str_equal(label, ".__defaults__"))
        return true;
    g_autofree char *index = dup_label(step, step->at, error);
    HgObject defaults;
    if (!index ||
        !hg_object_read(step->hunt->snapshot, get_object(step, step->at - 1), &defaults, error))
        return false;
    place->kind = HG_SUSPECT_DEFAULT;
    place->owner = get_object(step, step->at - 2);
    if (!is_keyword)
        return find_parameter_name(step->hunt->snapshot, place->owner, parse_index(index),
                                   defaults.length, &place->name, error);
    g_autofree char *attribute = hg_describe_dup_attribute(index);
    place->name = g_strdup(*attribute == '.' ? attribute + 1 : attribute);
    return true;
}

/* A value in the __dict__ of a class. */
static bool
see_class(const Step *step, HgPlace *place, GError **error)
{
    if (step->at < 2)
        return true;
    uint32_t above = get_object(step, step->at - 2);
    const HgTypeRow *type = hg_hunt_get_type(step->hunt, above, error);
    if (!type || !step->hunt->is_class[type->number])
        return type;
    g_autofree char *label = dup_label(step, step->at - 1, error);
    if (!label)
        return false;
    if (!g_str_equal(label, ".__dict__"))
        return true;
    place->kind = HG_SUSPECT_CLASS_COLLECTION;
    place->owner = above;
    place->is_in_class = step->at + 1 == step->chain->len;
    return true;
}

/* The frame below a traceback on the way: "load" of "load (app.py:6)", and which local it is. */
static bool
read_frame(const Step *step, HgPlace *place, GError **error)
{
    Step frame = *step;
    size_t size;
    g_autofree char *value = NULL;
    if (step->at + 1 >= step->chain->len)
        return true;
    if (!move(&frame, step->at + 1, error))
        return false;
    if (!g_str_equal(frame.type->name, "frame"))
        return true;
    if (!hg_snapshot_read_value(step->hunt->snapshot, frame.object, &value, &size, error))
        return false;
    const char *end = value ? strstr(value, " (") : NULL;
    place->function = end ? g_strndup(value, (size_t)(end - value)) : g_strdup(value);
    if (frame.at + 1 >= step->chain->len)
        return true;
    char *label = dup_label(step, frame.at + 1, error);
    if (label && g_str_has_prefix(label, "local "))
        place->name = g_strdup(label + strlen("local "));
    g_free(label);
    return label;
}

/* The exception above a traceback; the outermost traceback if there is none. */
static bool
see_exception(const Step *step, HgPlace *place, GError **error)
{
    if (!g_str_equal(step->type->name, "traceback") &&
        !step->hunt->is_exception[step->type->number])
        return true;
    if (!read_frame(step, place, error))
        return false;
    Step above = *step;
    place->kind = HG_SUSPECT_EXCEPTION;
    place->owner = step->object;
    while (above.at > 0 && g_str_equal(above.type->name, "traceback")) {
        if (!move(&above, above.at - 1, error))
            return false;
        if (step->hunt->is_exception[above.type->number])
            place->owner = above.object;
    }
    return true;
}

static bool
see_owner_type(const Step *step, HgPlace *place, GError **error)
{
    static const struct {
        const char *name;
        HgSuspectKind kind;
    } owners[] = {
        {"method", HG_SUSPECT_METHOD},
        {"generator", HG_SUSPECT_SUSPENDED},
        {"coroutine", HG_SUSPECT_SUSPENDED},
        {"async_generator", HG_SUSPECT_SUSPENDED},
        {"_asyncio.Task", HG_SUSPECT_SUSPENDED},
        {"asyncio.tasks.Task", HG_SUSPECT_SUSPENDED},
        {"_thread._local", HG_SUSPECT_THREAD_LOCAL},
        {"_thread._localdummy", HG_SUSPECT_THREAD_LOCAL},
        {"_threading_local.local", HG_SUSPECT_THREAD_LOCAL},
        {"_contextvars.Context", HG_SUSPECT_CONTEXT},
        {"Context", HG_SUSPECT_CONTEXT},
    };
    (void)error;
    for (size_t i = 0; i < G_N_ELEMENTS(owners); i++)
        if (g_str_equal(step->type->name, owners[i].name)) {
            place->kind = owners[i].kind;
            place->owner = step->object;
        }
    return true;
}

/* A cache with a bound keeps its values in a list of links, one without in its dict alone. */
static bool
see_cache(const Step *step, HgPlace *place, GError **error)
{
    if (!g_str_equal(step->type->name, "functools._lru_cache_wrapper"))
        return true;
    uint32_t cache;
    HgContents contents;
    place->kind = HG_SUSPECT_CACHE;
    place->owner = step->object;
    if (!hg_named_find_cache(step->hunt->snapshot, step->object, &cache, error) ||
        (cache != HG_NONE && !hg_contents_read(step->hunt->snapshot, cache, &contents, error)))
        return false;
    place->is_bounded = cache == HG_NONE || contents.is_links;
    return true;
}

/* The name of a context variable is that of the key under which the value stands. */
static bool
see_variable(const Step *step, HgPlace *place, GError **error)
{
    HgReference reference;
    HgObject key;
    bool found;
    if (step->at == 0 || !hg_references_find(step->hunt->snapshot, get_object(step, step->at - 1),
                                             step->object, 0, &reference, &found, error))
        return step->at == 0;
    uint32_t number = found ? hg_reference_get_key(&reference) : HG_NONE;
    if (number == HG_NONE)
        return true;
    if (!hg_object_read(step->hunt->snapshot, number, &key, error))
        return false;
    if (!g_str_has_suffix(key.type->name, "ContextVar"))
        return true;
    place->kind = HG_SUSPECT_CONTEXT;
    place->owner = number;
    return hg_named_dup_value(step->hunt->snapshot, number, "name", &place->name, error);
}

/* The values of a threading.local stand in the state of the thread, under a key with the address
 * of the local. */
static bool
find_local(const Step *step, HgPlace *place, GError **error)
{
    uint64_t address;
    uint32_t local;
    for (unsigned at = step->chain->len - 1; at > 0; at--) {
        g_autofree char *label = dup_label(step, at, error);
        if (!label)
            return false;
        if (!g_str_has_prefix(label, "['thread.local.0x"))
            continue;
        address = g_ascii_strtoull(label + strlen("['thread.local."), NULL, 16);
        if (hg_snapshot_find_address(step->hunt->snapshot, address, &local, NULL))
            place->owner = local;
        break;
    }
    return true;
}

/* ---- the way ------------------------------------------------------------------------------- */

/* Whether the object at the end of the way belongs to the program itself: sets it in [place]. */
static bool
see_program(const Step *step, HgPlace *place, GError **error)
{
    if (is_program_type(step->hunt, step->type)) {
        place->is_program = true;
        return true;
    }
    if (step->at == 0) { /* the globals of a running module */
        place->is_program = g_str_has_suffix(place->path, ".__dict__");
        return true;
    }
    Step above = *step;
    g_autofree char *label = dup_label(step, step->at, error);
    if (!label || !move(&above, step->at - 1, error))
        return false;
    bool is_part = is_program_type(step->hunt, above.type);
    bool is_data = g_str_equal(label, ".__closure__") || g_str_equal(label, ".__defaults__") ||
                   g_str_equal(label, ".__kwdefaults__");
    place->is_program = is_part && !is_data;
    return true;
}

/* Whether the last step is an attribute of an instance, in its __dict__ or not. */
static bool
see_attribute(Step *step, HgPlace *place, GError **error)
{
    unsigned last = step->chain->len - 1;
    for (unsigned back = 0; back < 2 && back < last; back++) {
        g_autofree char *label = dup_label(step, last - back, error);
        if (!label || !move(step, last - back - 1, error))
            return false;
        place->is_attribute = *label == '.' && !is_program_type(step->hunt, step->type);
        if (place->is_attribute || !g_str_equal(step->type->name, "dict"))
            return true;
    }
    return true;
}

/* Objects that the runtime itself keeps its books in: sys.modules, interned strings. */
static bool
see_root(const Step *step, HgPlace *place, GError **error)
{
    HgRootRow *const *roots;
    unsigned count;
    if (!hg_roots_find(step->hunt->snapshot, get_object(step, 0), &roots, &count, error))
        return false;
    bool is_external = count > 0;
    for (unsigned i = 0; i < count; i++) {
        is_external &= roots[i]->kind == HG_ROOT_EXTERNAL;
        if (step->chain->len == 1 &&
            (roots[i]->kind == HG_ROOT_INTERPRETER || roots[i]->kind == HG_ROOT_STATIC))
            place->is_program = true;
    }
    if (is_external && place->kind == HG_SUSPECT_COLLECTION) {
        place->kind = HG_SUSPECT_EXTERNAL;
        place->owner = get_object(step, 0);
    }
    return true;
}

typedef bool (*See)(const Step *step, HgPlace *place, GError **error);

static bool
look_back(Step *step, HgPlace *place, GError **error)
{
    static const See sees[] = {see_owner_type, see_cache, see_variable, see_closure,
                               see_default,    see_class, see_exception};
    unsigned last = step->chain->len - 1;
    for (unsigned back = 0; back <= MIN(last, STEPS_BACK); back++) {
        if (!move(step, last - back, error))
            return false;
        for (size_t i = 0; i < G_N_ELEMENTS(sees) && place->kind == HG_SUSPECT_COLLECTION; i++)
            if (!sees[i](step, place, error))
                return false;
        if (place->kind != HG_SUSPECT_COLLECTION || is_program_type(step->hunt, step->type))
            return true;
    }
    return true;
}

static char *
dup_path(HgHunt *hunt, const GArray *chain, uint32_t object, GError **error)
{
    g_autoptr(GArray) part = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (unsigned i = 0; i < chain->len; i++) {
        g_array_append_val(part, g_array_index(chain, uint32_t, i));
        if (g_array_index(chain, uint32_t, i) == object)
            break;
    }
    return hg_chain_dup_text(hunt->snapshot, part, STEPS_SHOWN, error);
}

/* The owner mostly stands on the way; a thread-local or context variable has a way of its own. */
static bool
read_owner_path(HgHunt *hunt, const GArray *chain, HgPlace *place, GError **error)
{
    bool is_elsewhere = place->kind == HG_SUSPECT_THREAD_LOCAL || place->kind == HG_SUSPECT_CONTEXT;
    g_autoptr(GArray) own = is_elsewhere ? hg_chain_find(hunt->snapshot, place->owner, NULL) : NULL;
    place->owner_path = dup_path(hunt, own ? own : chain, place->owner, error);
    return place->owner_path;
}

static bool
read_place(HgHunt *hunt, const GArray *chain, HgPlace *place, GError **error)
{
    Step step = {.hunt = hunt, .chain = chain};
    uint32_t object = g_array_index(chain, uint32_t, chain->len - 1);
    place->path = dup_path(hunt, chain, object, error);
    if (!place->path || !move(&step, chain->len - 1, error) || !see_program(&step, place, error))
        return false;
    if (place->is_program)
        return true;
    if (!see_attribute(&step, place, error) || !look_back(&step, place, error) ||
        !see_root(&step, place, error))
        return false;
    if (place->kind == HG_SUSPECT_THREAD_LOCAL && !find_local(&step, place, error))
        return false;
    return place->owner == HG_NONE || read_owner_path(hunt, chain, place, error);
}

bool
hg_place_find(HgHunt *hunt, uint32_t object, HgPlace *place, GError **error)
{
    g_auto(HgPlace) found = {.kind = HG_SUSPECT_COLLECTION, .owner = HG_NONE};
    g_autoptr(GError) problem = NULL;
    g_autoptr(GArray) chain = hg_chain_find(hunt->snapshot, object, &problem);
    if (!chain && !g_error_matches(problem, HG_ERROR, HG_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    if (chain && !read_place(hunt, chain, &found, error))
        return false;
    *place = found;
    found = (HgPlace){0};
    return true;
}
