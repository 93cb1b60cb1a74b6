/* advice-places.c - where in a program objects stand.
 *
 * A place is a step below another one; the topmost is a type, or a module or class by itself. Two
 * small caches spare most of the work: items of one container share a place, and so do values of
 * one attribute. SPDX-License-Identifier: MIT */
#include "core/questions/advice-places.h"

#include "core/questions/chain.h"

#define DEPTH_MAX 3u   /* containers in containers */
#define ROW_MAX 256u   /* references looked through for a name; longer rows have items */
#define CACHE 0x10000u /* entries */

typedef enum {
    PLACE_TYPE,   /* label: type */
    PLACE_OBJECT, /* label: a module or class */
    PLACE_ROOT,   /* label: an object that only the runtime holds */
    PLACE_NAME,   /* label: name */
    PLACE_KEY,    /* label: name */
    PLACE_ITEM
} PlaceKind;

typedef struct {
    uint32_t parent; /* HG_NONE for the topmost */
    PlaceKind kind;
    uint32_t label;
    uint32_t number;
} Place;

typedef struct {
    uint32_t object, place;
} Cached;

struct HgAdvicePlaces {
    HgAdviceHeap *heap;
    GPtrArray *place;    /* Place by number */
    GHashTable *known;   /* set of Place, by parent, kind and label */
    GPtrArray *names;    /* by number */
    GHashTable *name_of; /* text -> number + 1 */
    GHashTable
        *text_of;       /* text of the store, or key object with a bit, -> number of the name + 1 */
    bool *is_container; /* by type */
    uint32_t module_type, class_type, dict_type;
    Cached *cache; /* containers */
};

static unsigned
hash_place(const void *data)
{
    const Place *place = data;
    uint64_t mixed = (place->parent * UINT64_C(0x9e3779b97f4a7c15)) ^
                     ((uint64_t)place->label << 3 | place->kind) * UINT64_C(0xc2b2ae3d27d4eb4f);
    return (unsigned)(mixed >> 32);
}

static gboolean
equal_places(const void *a, const void *b)
{
    const Place *one = a, *other = b;
    return one->parent == other->parent && one->kind == other->kind && one->label == other->label;
}

static bool
is_container_type(const HgTypeRow *type)
{
    static const char *const names[] = {"list",
                                        "tuple",
                                        "dict",
                                        "set",
                                        "frozenset",
                                        "collections.deque",
                                        "frozendict",
                                        "collections.defaultdict",
                                        "collections.OrderedDict"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(type->name, names[i]))
            return true;
    return false;
}

HgAdvicePlaces *
hg_advice_places_new(HgAdviceHeap *heap)
{
    HgAdvicePlaces *places = g_new0(HgAdvicePlaces, 1);
    places->heap = heap;
    places->place = g_ptr_array_new_with_free_func(g_free);
    places->known = g_hash_table_new(hash_place, equal_places);
    places->names = g_ptr_array_new_with_free_func(g_free);
    places->name_of = g_hash_table_new(g_str_hash, g_str_equal);
    places->text_of = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    places->is_container = g_new0(bool, heap->types->len + 1);
    for (unsigned i = 0; i < heap->types->len; i++)
        places->is_container[i] = is_container_type(heap->types->pdata[i]);
    places->module_type = hg_advice_find_type(heap, "module");
    places->dict_type = hg_advice_find_type(heap, "dict");
    places->class_type = hg_advice_find_type(heap, "type");
    places->cache = g_new(Cached, CACHE);
    for (unsigned i = 0; i < CACHE; i++)
        places->cache[i].object = HG_NONE;
    return places;
}

void
hg_advice_places_free(HgAdvicePlaces *places)
{
    if (!places)
        return;
    g_hash_table_unref(places->known);
    g_ptr_array_unref(places->place);
    g_hash_table_unref(places->name_of);
    g_ptr_array_unref(places->names);
    g_hash_table_unref(places->text_of);
    g_free(places->is_container);
    g_free(places->cache);
    g_free(places);
}

/* Returns: the number of the place, made if it is new. */
static uint32_t
require_place(HgAdvicePlaces *places, uint32_t parent, PlaceKind kind, uint32_t label)
{
    Place wanted = {.parent = parent, .kind = kind, .label = label};
    const Place *known = g_hash_table_lookup(places->known, &wanted);
    if (known)
        return known->number;
    wanted.number = places->place->len;
    Place *made = g_memdup2(&wanted, sizeof wanted);
    g_ptr_array_add(places->place, made);
    g_hash_table_add(places->known, made);
    return made->number;
}

/* ---- names ----------------------------------------------------------------------------------- */

#define IS_KEY (UINT64_C(1) << 32)

static uint32_t
require_name(HgAdvicePlaces *places, const char *text)
{
    uint32_t number = GPOINTER_TO_UINT(g_hash_table_lookup(places->name_of, text));
    if (number)
        return number - 1;
    char *copy = g_strdup(text);
    g_ptr_array_add(places->names, copy);
    g_hash_table_insert(places->name_of, copy, GUINT_TO_POINTER(places->names->len));
    return places->names->len - 1;
}

/* Sets *text to the text of a name, NULL if a key is no str; g_free(). */
static bool
read_name(HgAdvicePlaces *places, uint64_t key, char **text, GError **error)
{
    size_t size;
    uint32_t number = (uint32_t)key;
    *text = NULL;
    if (!(key & IS_KEY)) {
        *text = g_strdup(hg_snapshot_get_text(places->heap->snapshot, number, error));
        return *text;
    }
    if (!g_str_equal(hg_advice_type_of(places->heap, number)->name, "str"))
        return true;
    return hg_snapshot_read_value(places->heap->snapshot, number, text, &size, error);
}

/* Sets *name to its number, HG_NONE for a key that is no str. */
static bool
find_name(HgAdvicePlaces *places, uint64_t key, uint32_t *name, GError **error)
{
    uint32_t known = GPOINTER_TO_UINT(g_hash_table_lookup(places->text_of, &key));
    g_autofree char *text = NULL;
    if (!known) {
        if (!read_name(places, key, &text, error))
            return false;
        known = text ? require_name(places, text) + 1 : HG_NONE; /* never so many */
        g_hash_table_insert(places->text_of, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(known));
    }
    *name = known == HG_NONE ? HG_NONE : known - 1;
    return true;
}

/* Sets *name to how [source] names [object], HG_NONE if it does not. */
static bool
find_label(HgAdvicePlaces *places, uint32_t source, uint32_t object, uint32_t *name, GError **error)
{
    const HgAdviceHeap *heap = places->heap;
    const HgRows *rows = &heap->graph.forward;
    uint64_t end = MIN(rows->first[source + 1], rows->first[source] + ROW_MAX);
    *name = HG_NONE;
    for (uint64_t i = rows->first[source]; i < end; i++) {
        if (rows->other[i] != object)
            continue;
        switch (heap->graph.how[i] & HG_HOW_LABEL) {
        case HG_LABEL_ATTRIBUTE:
        case HG_LABEL_SLOT:
        case HG_LABEL_LOCAL:
        case HG_LABEL_INTERNAL:
            return find_name(places, heap->label[i], name, error);
        case HG_LABEL_VALUE:
            return heap->label[i] == 0 || heap->label[i] > heap->n ||
                   find_name(places, (heap->label[i] - 1) | IS_KEY, name, error);
        case HG_LABEL_CELL:
            *name = require_name(places, "cell_contents");
            return true;
        default:
            break;
        }
    }
    return true;
}

/* ---- places ---------------------------------------------------------------------------------- */

/* Returns: the place of what [owner] has. */
static uint32_t
get_top(HgAdvicePlaces *places, uint32_t owner)
{
    uint32_t type = places->heap->type[owner];
    bool is_itself = type == places->module_type || type == places->class_type;
    return is_itself ? require_place(places, HG_NONE, PLACE_OBJECT, owner)
                     : require_place(places, HG_NONE, PLACE_TYPE, type);
}

static bool find_below(HgAdvicePlaces *places, uint32_t object, unsigned depth, uint32_t *place,
                       GError **error);

/* The place of the items of a container. */
static bool
find_items(HgAdvicePlaces *places, uint32_t container, unsigned depth, uint32_t *place,
           GError **error)
{
    Cached *cached = &places->cache[container % CACHE];
    if (cached->object != container) {
        uint32_t own = HG_NONE;
        if (depth < DEPTH_MAX && !find_below(places, container, depth + 1, &own, error))
            return false;
        if (own == HG_NONE)
            own = require_place(places, HG_NONE, PLACE_TYPE, places->heap->type[container]);
        cached->place = require_place(places, own, PLACE_ITEM, 0);
        cached->object = container;
    }
    *place = cached->place;
    return true;
}

/* Sets *place if [object] is a root: a local variable, mostly. */
static bool
find_root(HgAdvicePlaces *places, uint32_t object, uint32_t *place, GError **error)
{
    HgRootRow *const *roots;
    unsigned count;
    if (!hg_roots_find(places->heap->snapshot, object, &roots, &count, error))
        return false;
    if (count > 0)
        *place = require_place(places, HG_NONE, PLACE_ROOT, object);
    return true;
}

/* At most DEPTH_MAX deep. */
static bool
find_below(HgAdvicePlaces *places, uint32_t object, unsigned depth, uint32_t *place, GError **error)
{
    const HgAdviceHeap *heap = places->heap;
    uint32_t source = heap->referrer[object] - 1, name;
    *place = HG_NONE;
    if (source == HG_NONE)
        return find_root(places, object, place, error);
    uint32_t owner = heap->owner[source] - 1;
    bool is_items = places->is_container[heap->type[source]] && owner == HG_NONE;
    bool is_small = heap->graph.forward.first[source + 1] - heap->graph.forward.first[source] <= 64;
    if (is_items && !(is_small && heap->type[source] == places->dict_type))
        return find_items(places, source, depth, place, error);
    if (!find_label(places, source, object, &name, error))
        return false;
    if (is_items) {
        uint32_t items;
        if (!find_items(places, source, depth, &items, error))
            return false;
        const Place *above = places->place->pdata[items];
        *place = name == HG_NONE ? items : require_place(places, above->parent, PLACE_KEY, name);
        return true;
    }
    uint32_t top = get_top(places, owner == HG_NONE ? source : owner);
    *place = name == HG_NONE ? require_place(places, top, PLACE_ITEM, 0)
                             : require_place(places, top, PLACE_NAME, name);
    return true;
}

bool
hg_advice_places_find(HgAdvicePlaces *places, uint32_t object, uint32_t *place, GError **error)
{
    return find_below(places, object, 0, place, error);
}

static bool
append_place(HgAdvicePlaces *places, const Place *place, GString *text, GError **error)
{
    g_autofree char *value = NULL;
    size_t size;
    switch (place->kind) {
    case PLACE_ROOT:
        value = hg_chain_dup_start(places->heap->snapshot, place->label, error);
        if (value)
            g_string_append(text, value);
        return value;
    case PLACE_TYPE:
        g_string_append(text, ((HgTypeRow *)places->heap->types->pdata[place->label])->name);
        return true;
    case PLACE_OBJECT:
        if (!hg_snapshot_read_value(places->heap->snapshot, place->label, &value, &size, error))
            return false;
        g_string_append(text, value ? value : hg_advice_type_of(places->heap, place->label)->name);
        return true;
    case PLACE_NAME:
        g_string_append_printf(text, ".%s", (char *)places->names->pdata[place->label]);
        return true;
    case PLACE_KEY:
        g_string_append_printf(text, "['%s']", (char *)places->names->pdata[place->label]);
        return true;
    default:
        g_string_append(text, "[]");
        return true;
    }
}

char *
hg_advice_places_dup_name(HgAdvicePlaces *places, uint32_t place, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const Place *steps[2 * DEPTH_MAX + 4];
    unsigned n_steps = 0;
    for (uint32_t at = place; at != HG_NONE && n_steps < G_N_ELEMENTS(steps);) {
        steps[n_steps] = places->place->pdata[at];
        at = steps[n_steps++]->parent;
    }
    while (n_steps > 0)
        if (!append_place(places, steps[--n_steps], text, error))
            return NULL;
    return g_strdup(text->str);
}
