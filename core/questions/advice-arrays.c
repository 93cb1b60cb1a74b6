/* advice-arrays.c - lists of only int or only float, which an array holds without an object each.
 *
 * Freed are the list and those of its numbers that nobody else has: the list is their holder.
 * SPDX-License-Identifier: MIT */
#include "core/questions/advice-groups.h"
#include "core/questions/advice-words.h"

#include "core/questions/object.h"

#define MIN_LENGTH 8u /* of shorter lists the array itself takes as much */

/* int: an object of 24 bytes and 4 for each 30 bits; up to two such digits surely fit array('q') */
#define INT_SURELY_FITS 32u

typedef enum {
    OF_INT,
    OF_FLOAT,
    N_VARIANTS
} Variant;

/* A list that an array could stand for. */
typedef struct {
    uint32_t list;
    HgAdviceGroup *group;
} Candidate;

typedef struct {
    HgAdviceHeap *heap;
    HgAdviceGroups groups;
    GArray *candidates;
    uint32_t list_type, item_type[N_VARIANTS];
    uint32_t *seen; /* [object]: the last list that was seen to have it, + 1 */
} Arrays;

/* Sets *fits to whether an int fits into 64 bits with a sign. */
static bool
check_int(const HgAdviceHeap *heap, uint32_t object, bool *fits, GError **error)
{
    const char *value;
    size_t size;
    *fits = heap->size[object] <= INT_SURELY_FITS;
    if (*fits || heap->size[object] > INT_SURELY_FITS + 4)
        return true;
    if (!hg_snapshot_peek_value(heap->snapshot, object, &value, &size, error))
        return false;
    if (value && size < 24) {
        g_autofree char *text = g_strndup(value, size);
        g_autoptr(GError) beyond = NULL;
        *fits = g_ascii_string_to_signed(text, 10, INT64_MIN, INT64_MAX, NULL, &beyond);
    }
    return true;
}

/* Sets *variant to what a list holds only, N_VARIANTS if it is something else; *freed to the bytes
 * of its items that go with it. */
static bool
look_at_items(Arrays *arrays, uint32_t list, Variant *variant, uint64_t *freed, GError **error)
{
    const HgAdviceHeap *heap = arrays->heap;
    const HgRows *rows = &heap->graph.forward;
    uint32_t type = HG_NONE;
    *variant = N_VARIANTS;
    *freed = 0;
    for (uint64_t i = rows->first[list]; i < rows->first[list + 1]; i++) {
        uint32_t item = rows->other[i];
        bool fits = true;
        if ((heap->graph.how[i] & HG_HOW_LABEL) != HG_LABEL_ITEM)
            continue;
        if (type == HG_NONE)
            type = heap->type[item];
        if (heap->type[item] != type ||
            (type != arrays->item_type[OF_INT] && type != arrays->item_type[OF_FLOAT]))
            return true;
        if (type == arrays->item_type[OF_INT] && !check_int(heap, item, &fits, error))
            return false;
        if (!fits)
            return true;
        if (heap->holder[item] == list + 1 && arrays->seen[item] != list + 1)
            *freed += heap->size[item];
        arrays->seen[item] = list + 1;
    }
    *variant = type == arrays->item_type[OF_INT] ? OF_INT : OF_FLOAT;
    return true;
}

/* What goes with the list is no waste of another kind. */
static void
mark_told(const HgAdviceHeap *heap, uint32_t list)
{
    const HgRows *rows = &heap->graph.forward;
    for (uint64_t i = rows->first[list]; i < rows->first[list + 1]; i++)
        if (heap->holder[rows->other[i]] == list + 1)
            hg_bit_set(heap->is_told, rows->other[i]);
}

static bool
look_at_list(Arrays *arrays, uint32_t list, GError **error)
{
    const HgAdviceHeap *heap = arrays->heap;
    uint64_t length = heap->length[list] - 1, freed;
    Variant variant;
    if (!heap->length[list] || length < MIN_LENGTH || heap->length[list] == UINT32_MAX)
        return true;
    if (!look_at_items(arrays, list, &variant, &freed, error))
        return false;
    Candidate candidate = {.list = list};
    uint64_t bytes = heap->size[list] + freed;
    uint64_t then = hg_python_sizes_get_array(&heap->sizes, length);
    if (variant == N_VARIANTS || then >= bytes)
        return true;
    if (!hg_advice_groups_add(&arrays->groups, list, variant, length, bytes, then, &candidate.group,
                              error))
        return false;
    if (candidate.group)
        g_array_append_val(arrays->candidates, candidate);
    return true;
}

static char *
dup_title(const HgAdviceGroup *group, const char *where, const char *items)
{
    g_autofree char *n_items = hg_number_dup_count(group->n_items);
    g_autofree char *count = hg_number_dup_count(group->count);
    if (group->count == 1)
        return g_strdup_printf("%s: a list of %s %s", where, n_items, items);
    return g_strdup_printf("%s: %s lists of %s %s", where, count, n_items, items);
}

static bool
add_advice(Arrays *arrays, HgAdviceGroup *group, GError **error)
{
    HgAdviceHeap *heap = arrays->heap;
    const char *items = group->variant == OF_INT ? "int" : "float";
    const char *code = group->variant == OF_INT ? "q" : "d";
    if (group->bytes - group->then < heap->options.min_saving)
        return true;
    g_autofree char *where = hg_advice_places_dup_name(arrays->groups.places, group->place, error);
    g_autofree char *change = hg_advice_dup_change(group->bytes, group->then);
    g_autofree char *command =
        where ? hg_advice_dup_object_command(heap->snapshot, "show", group->biggest, error) : NULL;
    if (!command)
        return false;
    HgAdvice advice = {.kind = HG_ADVICE_ARRAY,
                       .count = group->count,
                       .bytes = group->bytes,
                       .saving = group->bytes - group->then,
                       .title = dup_title(group, where, items),
                       .remedy = g_strdup_printf("array.array('%s', ...), which has no object for "
                                                 "each %s; numpy where one calculates with them",
                                                 code, items),
                       .command = g_steal_pointer(&command)};
    advice.sentence =
        g_strdup_printf("%s; with the %s that nobody else has %s %s as array('%s')", advice.title,
                        items, group->count == 1 ? "it" : "they", change, code);
    group->is_told = true;
    return hg_advice_add(heap, advice, group->examples, error);
}

bool
hg_advice_find_arrays(HgAdviceHeap *heap, GError **error)
{
    Arrays arrays = {
        .heap = heap,
        .list_type = hg_advice_find_type(heap, "list"),
        .item_type = {hg_advice_find_type(heap, "int"), hg_advice_find_type(heap, "float")}};
    if (arrays.list_type == HG_NONE || !hg_advice_wants(heap, HG_ADVICE_ARRAY))
        return true;
    HG_AUTO_ARRAY uint32_t *seen = hg_array_new(heap->n, sizeof(uint32_t), error);
    if (!seen)
        return false;
    arrays.seen = seen;
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    arrays.candidates = candidates;
    hg_advice_groups_init(&arrays.groups, heap);
    bool fine = true;
    for (uint32_t object = 0; fine && object < heap->n; object++)
        if (heap->type[object] == arrays.list_type && hg_bit(heap->is_live, object))
            fine = look_at_list(&arrays, object, error);
    for (unsigned i = 0; fine && i < arrays.groups.groups->len; i++)
        fine = add_advice(&arrays, arrays.groups.groups->pdata[i], error);
    for (unsigned i = 0; fine && i < candidates->len; i++)
        if (g_array_index(candidates, Candidate, i).group->is_told)
            mark_told(heap, g_array_index(candidates, Candidate, i).list);
    hg_advice_groups_clear(&arrays.groups);
    return fine;
}
