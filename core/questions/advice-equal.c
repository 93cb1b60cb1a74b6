/* advice-equal.c - equal values that stand in memory many times.
 *
 * Copies are counted by the place where they stand: that is where sharing them must be written.
 * What remains is one of each value, and where there are several the dict that they are shared by.
 * SPDX-License-Identifier: MIT */
#include "core/questions/advice-places.h"
#include "core/questions/advice-values.h"
#include "core/questions/advice-words.h"

#include "core/graph/radix.h"
#include "core/questions/object.h"

/* Values of a kind at a place. */
typedef struct {
    uint64_t count, bytes, n_different, then;
    uint64_t top_count; /* how often the most common stands there */
    uint32_t top;
    GArray *examples;
} Group;

typedef struct {
    HgAdviceHeap *heap;
    HgAdviceValues values;
    HgAdvicePlaces *places;
    uint64_t *key;     /* place << 32 | the first of its equals */
    uint32_t *objects; /* sorted by that */
    uint64_t n;
} Equal;

static void
clear_equal(Equal *equal)
{
    hg_advice_values_clear(&equal->values);
    hg_advice_places_free(equal->places);
    hg_array_free(equal->key);
    hg_array_free(equal->objects);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Equal, clear_equal)

/* ---- copies by place ----------------------------------------------------------------------------
 */

static bool
is_copy(const Equal *equal, uint32_t object)
{
    const HgAdviceHeap *heap = equal->heap;
    return equal->values.n_same[equal->values.same[object]] > 1 && hg_bit(heap->is_live, object) &&
           !hg_bit(heap->is_told, object);
}

static bool
place_copies(Equal *equal, GError **error)
{
    HgAdviceHeap *heap = equal->heap;
    uint64_t n_copies = 0;
    for (uint32_t object = 0; object < heap->n; object++)
        n_copies += is_copy(equal, object);
    if (!(equal->key = hg_array_new(n_copies, sizeof(uint64_t), error)) ||
        !(equal->objects = hg_array_new(n_copies, sizeof(uint32_t), error)))
        return false;
    for (uint32_t object = 0; object < heap->n; object++) {
        uint32_t place;
        if (!is_copy(equal, object))
            continue;
        if (!hg_advice_places_find(equal->places, object, &place, error))
            return false;
        if (place == HG_NONE)
            continue;
        equal->key[equal->n] = (uint64_t)place << 32 | equal->values.same[object];
        equal->objects[equal->n++] = object;
    }
    return hg_radix_sort(equal->key, equal->objects, equal->n, error);
}

/* ---- what to say
 * ---------------------------------------------------------------------------------- */

static const char *
get_kind_name(HgValueKind kind)
{
    static const char *const names[HG_N_VALUES] = {
        [HG_VALUE_STR] = "str",     [HG_VALUE_BYTES] = "bytes",     [HG_VALUE_INT] = "int",
        [HG_VALUE_FLOAT] = "float", [HG_VALUE_COMPLEX] = "complex", [HG_VALUE_TUPLE] = "tuple"};
    return names[kind];
}

static char *
dup_top(const Equal *equal, const Group *group, GError **error)
{
    HgObject object;
    if (!hg_object_read(equal->heap->snapshot, group->top, &object, error))
        return NULL;
    return hg_object_dup_value(equal->heap->snapshot, &object, error);
}

static char *
dup_title(const Group *group, const char *where, HgValueKind kind)
{
    g_autofree char *count = hg_number_dup_count(group->count);
    g_autofree char *different = hg_number_dup_count(group->n_different);
    if (group->n_different == 1)
        return g_strdup_printf("%s: %s equal %s", where, count, get_kind_name(kind));
    return g_strdup_printf("%s: %s %s, %s different", where, count, get_kind_name(kind), different);
}

static char *
dup_sentence(const Group *group, const char *where, HgValueKind kind, const char *top)
{
    const char *name = get_kind_name(kind);
    g_autofree char *count = hg_number_dup_count(group->count);
    g_autofree char *different = hg_number_dup_count(group->n_different);
    g_autofree char *times = hg_number_dup_count(group->top_count);
    g_autofree char *change = hg_advice_dup_change(group->bytes, group->then);
    if (group->n_different == 1)
        return g_strdup_printf("%s stands %s times at %s: these %s %s as one", top, times, where,
                               name, change);
    return g_strdup_printf("%s %s at %s have %s different values: they %s if equal ones were one; "
                           "%s stands there %s times",
                           count, name, where, different, change, top, times);
}

static bool
add_advice(Equal *equal, uint32_t place, HgValueKind kind, Group *group, GError **error)
{
    HgAdviceHeap *heap = equal->heap;
    bool is_text = kind == HG_VALUE_STR;
    if (group->n_different > 1)
        group->then += hg_python_sizes_get_dict(&heap->sizes, group->n_different, is_text);
    if (group->then >= group->bytes || group->bytes - group->then < heap->options.min_saving)
        return true;
    g_autofree char *where = hg_advice_places_dup_name(equal->places, place, error);
    g_autofree char *top = where ? dup_top(equal, group, error) : NULL;
    if (!top)
        return false;
    g_autofree char *command =
        hg_advice_dup_object_command(heap->snapshot, "backrefs", group->top, error);
    if (!command)
        return false;
    HgAdvice advice = {.kind = is_text ? HG_ADVICE_EQUAL_TEXTS : HG_ADVICE_EQUAL_VALUES,
                       .count = group->count,
                       .bytes = group->bytes,
                       .saving = group->bytes - group->then,
                       .title = dup_title(group, where, kind),
                       .sentence = dup_sentence(group, where, kind, top),
                       .remedy =
                           g_strdup(is_text ? "sys.intern() where they are made, or an enum"
                                            : "share one of each: shared.setdefault(value, value)"),
                       .command = g_steal_pointer(&command)};
    return hg_advice_add(heap, advice, group->examples, error);
}

/* Adds the copies of one value at one place: [count] of them. */
static void
add_run(const Equal *equal, Group *group, const uint32_t *objects, uint64_t count)
{
    const HgAdviceHeap *heap = equal->heap;
    if (count < 2)
        return;
    if (!group->examples)
        group->examples = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint64_t i = 0; i < count; i++) {
        group->bytes += heap->size[objects[i]];
        hg_advice_sample(group->examples, ++group->count, objects[i]);
    }
    group->n_different++;
    group->then += heap->size[objects[0]];
    if (count > group->top_count) {
        group->top_count = count;
        group->top = objects[0];
    }
}

/* Adds the advice about the copies from [first] to [end], which are all at one place. */
static bool
look_at_place(Equal *equal, uint64_t first, uint64_t end, GError **error)
{
    Group groups[HG_N_VALUES] = {0};
    bool fine = true;
    for (uint64_t at = first, next; at < end; at = next) {
        for (next = at + 1; next < end && equal->key[next] == equal->key[at];)
            next++;
        HgValueKind kind = equal->values.kind[equal->heap->type[equal->objects[at]]];
        add_run(equal, &groups[kind], equal->objects + at, next - at);
    }
    for (unsigned kind = 0; kind < HG_N_VALUES; kind++) {
        if (groups[kind].count > 0)
            fine = fine && add_advice(equal, (uint32_t)(equal->key[first] >> 32), (HgValueKind)kind,
                                      &groups[kind], error);
        g_clear_pointer(&groups[kind].examples, g_array_unref);
    }
    return fine;
}

bool
hg_advice_find_equal(HgAdviceHeap *heap, GError **error)
{
    g_auto(Equal) equal = {.heap = heap};
    if (!hg_advice_wants(heap, HG_ADVICE_EQUAL_TEXTS) &&
        !hg_advice_wants(heap, HG_ADVICE_EQUAL_VALUES))
        return true;
    if (!hg_advice_values_find(heap, &equal.values, error))
        return false;
    equal.places = hg_advice_places_new(heap);
    if (!place_copies(&equal, error))
        return false;
    for (uint64_t first = 0, end; first < equal.n; first = end) {
        for (end = first + 1; end < equal.n && equal.key[end] >> 32 == equal.key[first] >> 32;)
            end++;
        if (!look_at_place(&equal, first, end, error))
            return false;
    }
    return true;
}
