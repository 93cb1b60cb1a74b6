/* advice-containers.c - containers without an item, and those with much more room than items.
 *
 * The room of a list, dict or set is what its size is above that of the empty object. What they
 * would take is what a copy takes, which has room for its items only. A container that merely grew
 * has less than twice that (a set: four times): more is left of items that were removed, or comes
 * of a single append().
 * SPDX-License-Identifier: MIT */
#include "core/questions/advice-groups.h"
#include "core/questions/advice-words.h"

typedef enum {
    EMPTY,
    SPARSE
} Variant;

typedef enum {
    LIST,
    DICT,
    SET,
    DEQUE,
    N_CONTAINERS
} Container;

typedef struct {
    HgAdviceHeap *heap;
    HgAdviceGroups groups;
    uint32_t type[N_CONTAINERS];
    uint32_t str_type;
} Containers;

static Container
get_container(const Containers *containers, uint32_t object)
{
    uint32_t type = containers->heap->type[object];
    for (unsigned i = 0; i < N_CONTAINERS; i++)
        if (containers->type[i] == type)
            return (Container)i;
    return N_CONTAINERS;
}

static bool
has_text_keys(const Containers *containers, uint32_t dict)
{
    const HgAdviceHeap *heap = containers->heap;
    const HgRows *rows = &heap->graph.forward;
    for (uint64_t i = rows->first[dict]; i < rows->first[dict + 1]; i++)
        if ((heap->graph.how[i] & HG_HOW_LABEL) == HG_LABEL_KEY &&
            heap->type[rows->other[i]] != containers->str_type)
            return false;
    return true;
}

/* Returns: what a copy would take; the same as now where the room is not too much. */
static uint64_t
get_copy(const Containers *containers, Container container, uint32_t object, uint64_t length)
{
    const HgPythonSizes *sizes = &containers->heap->sizes;
    uint64_t now = containers->heap->size[object], empty, copy;
    switch (container) {
    case LIST:
        empty = sizes->list;
        copy = hg_python_sizes_get_list(sizes, length);
        break;
    case DICT:
        empty = sizes->dict;
        copy = hg_python_sizes_get_dict(sizes, length, true);
        break;
    case SET:
        empty = sizes->set;
        copy = hg_python_sizes_get_set(sizes, length);
        break;
    default:
        return now;
    }
    uint64_t factor = container == SET ? 4 : 2;
    /* up to four items of a set need no table, but it gets one of 512 bytes when it grows */
    uint64_t needed = container == SET ? MAX(copy - empty, 256) : copy - empty;
    if (now < empty || now - empty < factor * needed)
        return now;
    if (container == DICT && !has_text_keys(containers, object))
        copy = hg_python_sizes_get_dict(sizes, length, false);
    return MIN(copy, now);
}

static bool
look_at(Containers *containers, uint32_t object, GError **error)
{
    const HgAdviceHeap *heap = containers->heap;
    HgAdviceGroup *group;
    Container container = get_container(containers, object);
    if (container == N_CONTAINERS || !heap->length[object] || heap->owner[object] ||
        heap->length[object] == UINT32_MAX)
        return true;
    uint64_t length = heap->length[object] - 1, now = heap->size[object];
    if (length == 0)
        return hg_advice_groups_add(&containers->groups, object, EMPTY, 0, now, 0, &group, error);
    uint64_t copy = get_copy(containers, container, object, length);
    return copy == now || hg_advice_groups_add(&containers->groups, object, SPARSE, length, now,
                                               copy, &group, error);
}

/* ---- what to say -------------------------------------------------------------------------------
 */

static const char *
get_remedy(const Containers *containers, const HgAdviceGroup *group)
{
    if (group->variant == EMPTY)
        return "make it when the first item comes: None until then, or one () that all share";
    switch (get_container(containers, group->biggest)) {
    case LIST:
        return "copy it once it is complete: x = x[:], tuple(x), or a display instead of append()";
    case DICT:
        return "copy it after many keys were removed: d = dict(d)";
    default:
        return "copy it after many elements were removed: s = set(s), frozenset(s)";
    }
}

static bool
add_advice(Containers *containers, const HgAdviceGroup *group, GError **error)
{
    HgAdviceHeap *heap = containers->heap;
    const HgTypeRow *type = heap->types->pdata[group->type];
    bool is_empty = group->variant == EMPTY;
    if (group->bytes - group->then < heap->options.min_saving ||
        (is_empty && group->count < heap->options.min_count))
        return true;
    g_autofree char *where =
        hg_advice_places_dup_name(containers->groups.places, group->place, error);
    g_autofree char *command =
        where ? hg_advice_dup_object_command(heap->snapshot, "show", group->biggest, error) : NULL;
    if (!command)
        return false;
    g_autofree char *count = hg_number_dup_count(group->count);
    g_autofree char *n_items = hg_number_dup_count(group->n_items);
    g_autofree char *bytes = hg_number_dup_size(group->bytes);
    g_autofree char *change = hg_advice_dup_change(group->bytes, group->then);
    HgAdvice advice = {.kind = is_empty ? HG_ADVICE_EMPTY : HG_ADVICE_SPARSE,
                       .count = group->count,
                       .bytes = group->bytes,
                       .saving = group->bytes - group->then,
                       .remedy = g_strdup(get_remedy(containers, group)),
                       .command = g_steal_pointer(&command)};
    if (is_empty) {
        advice.title = g_strdup_printf("%s: %s empty %s", where, count, type->name);
        advice.sentence =
            g_strdup_printf("%s empty %s at %s take %s", count, type->name, where, bytes);
    } else {
        advice.title =
            g_strdup_printf("%s: %s %s with more room than items", where, count, type->name);
        advice.sentence = g_strdup_printf("%s %s at %s with %s items %s if they were copied", count,
                                          type->name, where, n_items, change);
    }
    return hg_advice_add(heap, advice, group->examples, error);
}

bool
hg_advice_find_containers(HgAdviceHeap *heap, GError **error)
{
    Containers containers = {
        .heap = heap,
        .type = {hg_advice_find_type(heap, "list"), hg_advice_find_type(heap, "dict"),
                 hg_advice_find_type(heap, "set"), hg_advice_find_type(heap, "collections.deque")},
        .str_type = hg_advice_find_type(heap, "str")};
    if (!hg_advice_wants(heap, HG_ADVICE_EMPTY) && !hg_advice_wants(heap, HG_ADVICE_SPARSE))
        return true;
    hg_advice_groups_init(&containers.groups, heap);
    bool fine = true;
    for (uint32_t object = 0; fine && object < heap->n; object++)
        if (hg_bit(heap->is_live, object) && !hg_bit(heap->is_told, object))
            fine = look_at(&containers, object, error);
    for (unsigned i = 0; fine && i < containers.groups.groups->len; i++)
        fine = add_advice(&containers, containers.groups.groups->pdata[i], error);
    hg_advice_groups_clear(&containers.groups);
    return fine;
}
