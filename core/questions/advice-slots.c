/* advice-slots.c - instances with a __dict__ that could have slots instead.
 *
 *      now      instance (its values inside, beside it, or in a dict) + that dict
 *      then     instance with a word for every attribute that any of them has
 *
 * A class can have slots where nothing but classes written in Python stands between it and
 * `object`. One that has slots already, and a __dict__ from a parent without, is told apart.
 * SPDX-License-Identifier: MIT */
#include "core/questions/advice-private.h"
#include "core/questions/advice-words.h"

#include "core/questions/objects.h"

#include <string.h>

#define NAMES_MAX 64u /* attributes; a class with more of them uses its __dict__ as a dict */

/* Where a name stands: the number of a text, or of a key object with this bit. */
#define IS_KEY (UINT64_C(1) << 32)

/* A class with what its instances have. */
typedef struct {
    HgAdviceHeap *heap;
    const HgTypeRow *type;
    const HgTypeRow *dict_parent; /* the furthest class that brings in the __dict__, or NULL */
    uint64_t n_slots;             /* declared by it and its parents */
    uint64_t bytes;
    GHashTable *names;   /* set of texts, borrowed from text_of */
    GHashTable *text_of; /* name -> text */
    GArray *last;        /* uint64_t: names of the instance before, in their order */
    GArray *examples;    /* uint32_t */
    uint64_t count;
    bool is_odd; /* some __dict__ has a key that is no name */
    bool is_weakly;
} Class;

static void
clear_class(Class *class)
{
    g_clear_pointer(&class->names, g_hash_table_unref);
    g_clear_pointer(&class->text_of, g_hash_table_unref);
    g_clear_pointer(&class->last, g_array_unref);
    g_clear_pointer(&class->examples, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Class, clear_class)

/* ---- classes that can have slots ------------------------------------------------------------ */

static unsigned
count_slots(const HgTypeRow *type)
{
    unsigned count = 0;
    for (char **slot = type->slots; slot && *slot; slot++)
        count += !g_str_equal(*slot, "__dict__") && !g_str_equal(*slot, "__weakref__");
    return count;
}

static const HgTypeRow *
find_base(const HgAdviceHeap *heap, uint64_t address)
{
    for (unsigned i = 0; i < heap->types->len; i++) {
        const HgTypeRow *type = heap->types->pdata[i];
        if (type->address == address)
            return type;
    }
    return NULL;
}

/* Whether a class adds to its biggest base nothing but slots, a __dict__ and weak references, as
 * those written in Python do. */
static bool
is_written_in_python(const HgTypeRow *type, uint64_t base_size)
{
    uint64_t own = 8 * (uint64_t)count_slots(type);
    return type->flags & HG_TYPE_HEAP && type->itemsize == 0 &&
           type->basicsize >= base_size + own && type->basicsize - base_size - own <= 16;
}

/* Adds [type] and its bases to [class]. Returns: whether all of them can have slots; [depth] ends
 * bases that run in a circle. */
static bool
add_bases(Class *class, const HgTypeRow *type, GHashTable *seen, unsigned depth)
{
    uint64_t base_size = 16;
    if (g_str_equal(type->name, "object") || !g_hash_table_add(seen, (void *)type))
        return true;
    if (type->n_bases == 0 || depth > 64)
        return false;
    for (uint32_t i = 0; i < type->n_bases; i++) {
        const HgTypeRow *base = find_base(class->heap, type->bases[i]);
        if (!base || !add_bases(class, base, seen, depth + 1))
            return false;
        base_size = MAX(base_size, base->basicsize);
    }
    if (type != class->type && type->flags & HG_TYPE_HAS_DICT && !(type->flags & HG_TYPE_HAS_SLOTS))
        class->dict_parent = type;
    class->n_slots += count_slots(type);
    return is_written_in_python(type, base_size);
}

static bool
declares_dict(const HgTypeRow *type)
{
    return type->slots && g_strv_contains((const char *const *)type->slots, "__dict__");
}

static bool
is_candidate(Class *class)
{
    const HgTypeRow *type = class->type;
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    return type->n_objects >= class->heap->options.min_count &&
           (type->flags & (HG_TYPE_HEAP | HG_TYPE_HAS_DICT)) == (HG_TYPE_HEAP | HG_TYPE_HAS_DICT) &&
           !declares_dict(type) && !g_str_has_prefix(type->module, "_frozen_importlib") &&
           add_bases(class, type, seen, 0);
}

/* ---- their instances ------------------------------------------------------------------------- */

/* Sets *text to a name, NULL for a key that is no str; borrowed from [class]. */
static bool
read_name(Class *class, uint64_t name, const char **text, GError **error)
{
    HgSnapshot *snapshot = class->heap->snapshot;
    *text = g_hash_table_lookup(class->text_of, &name);
    if (*text)
        return true;
    char *read = NULL;
    size_t size;
    if (!(name & IS_KEY)) {
        const char *known = hg_snapshot_get_text(snapshot, name, error);
        if (!known)
            return false;
        read = g_strdup(known);
    } else {
        uint32_t key = (uint32_t)name;
        if (!g_str_equal(hg_advice_type_of(class->heap, key)->name, "str"))
            return true;
        if (!hg_snapshot_read_value(snapshot, key, &read, &size, error))
            return false;
    }
    if (read)
        g_hash_table_insert(class->text_of, g_memdup2(&name, sizeof name), read);
    *text = read;
    return true;
}

/* The attribute with number [place] of an instance; mostly it is the one that the instance before
 * had there. */
static bool
add_name(Class *class, unsigned place, uint64_t name, GError **error)
{
    const char *text;
    if (place < class->last->len && g_array_index(class->last, uint64_t, place) == name)
        return true;
    if (place >= class->last->len)
        g_array_set_size(class->last, place + 1);
    g_array_index(class->last, uint64_t, place) = name;
    if (!read_name(class, name, &text, error))
        return false;
    if (text && g_hash_table_size(class->names) <= NAMES_MAX)
        g_hash_table_add(class->names, (void *)text);
    else
        class->is_odd = true;
    return true;
}

static bool
add_dict(Class *class, uint32_t dict, unsigned *place, GError **error)
{
    const HgGraph *graph = &class->heap->graph;
    class->bytes += class->heap->size[dict];
    for (uint64_t i = graph->forward.first[dict]; i < graph->forward.first[dict + 1]; i++) {
        if ((graph->how[i] & HG_HOW_LABEL) != HG_LABEL_VALUE || *place > NAMES_MAX)
            continue;
        uint32_t label = class->heap->label[i];
        if (label == 0 || label > class->heap->n)
            class->is_odd = true;
        else if (!add_name(class, (*place)++, (label - 1) | IS_KEY, error))
            return false;
    }
    return true;
}

static bool
add_instance(Class *class, uint32_t object, GError **error)
{
    HgAdviceHeap *heap = class->heap;
    const HgRows *rows = &heap->graph.forward;
    unsigned place = 0;
    class->count++;
    class->bytes += heap->size[object];
    class->is_weakly |= hg_bit(heap->is_weakly, object);
    for (uint64_t i = rows->first[object]; i < rows->first[object + 1] && !class->is_odd; i++) {
        HgLabelKind kind = heap->graph.how[i] & HG_HOW_LABEL;
        if (kind == HG_LABEL_ATTRIBUTE && place <= NAMES_MAX &&
            !add_name(class, place++, heap->label[i], error))
            return false;
        if (kind == HG_LABEL_INTERNAL && heap->owner[rows->other[i]] == object + 1 &&
            !add_dict(class, rows->other[i], &place, error))
            return false;
    }
    return true;
}

static bool
add_instances(Class *class, GError **error)
{
    g_autoptr(GArray) objects =
        hg_objects_of_type(class->heap->snapshot, class->type, 0, UINT64_MAX, error);
    for (unsigned i = 0; objects && i < objects->len && !class->is_odd; i++) {
        uint32_t object = g_array_index(objects, uint32_t, i);
        if (object >= class->heap->n || !hg_bit(class->heap->is_live, object))
            continue;
        if (!add_instance(class, object, error))
            return false;
        hg_advice_sample(class->examples, class->count, object);
    }
    return objects;
}

/* ---- what to say ----------------------------------------------------------------------------- */

static char *
dup_names(const Class *class, const char *quote)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(class->names), (GCompareFunc)strcmp);
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    for (GList *name = names; name; name = name->next)
        g_ptr_array_add(texts, name->data);
    return hg_advice_dup_list(texts, quote);
}

static char *
dup_remedy(const Class *class, bool inherits)
{
    const HgTypeRow *parent = class->dict_parent;
    if (inherits)
        return g_strdup_printf(
            "give %s __slots__ of its own, () if it has no attributes: one class "
            "without is enough for a __dict__",
            parent ? parent->name : "its parents");
    g_autofree char *names = dup_names(class, "'");
    g_autofree char *parents =
        parent ? g_strdup_printf(", and __slots__ in %s, from which it inherits a __dict__",
                                 parent->name)
               : g_strdup("");
    return g_strdup_printf(
        "__slots__ = (%s%s) in %s%s%s", names, g_hash_table_size(class->names) == 1 ? "," : "",
        class->type->name, parents,
        class->heap->sizes.minor >= 10 ? "; @dataclass(slots=True) or NamedTuple do it, too"
                                       : "; a NamedTuple does it, too");
}

static bool
add_advice(Class *class, GError **error)
{
    HgAdviceHeap *heap = class->heap;
    uint64_t n_names = g_hash_table_size(class->names);
    uint64_t each =
        hg_python_sizes_get_slotted(&heap->sizes, class->n_slots + n_names, class->is_weakly);
    uint64_t then = class->count * each;
    bool inherits = class->type->flags & HG_TYPE_HAS_SLOTS;
    if (class->is_odd || class->count < heap->options.min_count || then >= class->bytes)
        return true;
    g_autofree char *count = hg_number_dup_count(class->count);
    g_autofree char *names = dup_names(class, "");
    g_autofree char *change = hg_advice_dup_change(class->bytes, then);
    HgAdvice advice = {.kind = inherits ? HG_ADVICE_INHERITED_DICT : HG_ADVICE_SLOTS,
                       .count = class->count,
                       .bytes = class->bytes,
                       .saving = class->bytes - then,
                       .remedy = dup_remedy(class, inherits),
                       .command = hg_advice_dup_command("by-type", class->type->name)};
    if (inherits) {
        advice.title =
            g_strdup_printf("%s: __slots__, but a __dict__ from its parent", class->type->name);
        advice.sentence = g_strdup_printf(
            "%s has __slots__ but inherits a __dict__ from %s: %s instances %s", class->type->name,
            class->dict_parent ? class->dict_parent->name : "a parent", count, change);
    } else {
        advice.title =
            g_strdup_printf("%s: %s instances with a __dict__", class->type->name, count);
        advice.sentence = g_strdup_printf(
            "%s instances of %s with %" G_GUINT64_FORMAT " attribute%s%s%s%s %s with __slots__",
            count, class->type->name, n_names, n_names == 1 ? "" : "s", n_names ? " (" : "", names,
            n_names ? ")" : "", change);
    }
    return hg_advice_add(heap, advice, class->examples, error);
}

static bool
look_at(Class *class, GError **error)
{
    class->names = g_hash_table_new(g_str_hash, g_str_equal);
    class->text_of = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    class->last = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    class->examples = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    return add_instances(class, error) && (class->count == 0 || add_advice(class, error));
}

bool
hg_advice_find_slots(HgAdviceHeap *heap, GError **error)
{
    if (!hg_advice_wants(heap, HG_ADVICE_SLOTS) && !hg_advice_wants(heap, HG_ADVICE_INHERITED_DICT))
        return true;
    for (unsigned i = 0; i < heap->types->len; i++) {
        g_auto(Class) class = {.heap = heap, .type = heap->types->pdata[i]};
        if (is_candidate(&class) && !look_at(&class, error))
            return false;
    }
    return true;
}
