/* cycles.c - what waits for the collector: cycles that no root reaches, and what hangs on them.
 * SPDX-License-Identifier: MIT */
#include "core/questions/cycles.h"

#include "core/graph/components.h"
#include "core/questions/chain.h"
#include "core/questions/sweep.h"

#include <string.h>

#define WAY_OBJECTS_MAX 10000u /* looked at for the shortest way round a cycle */
#define WAY_STEPS_MAX 6u       /* told of it */
#define TYPES_MAX 6u           /* told of a group */

/* The garbage, sorted by component. */
typedef struct {
    HgSnapshot *snapshot;
    const GPtrArray *types;
    HgGraph graph;
    HgComponents parts;
    uint8_t *is_garbage; /* bits */
    uint32_t *objects;   /* by component */
    uint32_t *first;     /* [component] in objects, and the end */
    uint32_t *cycle;     /* [component]: the cycle that leads to it, itself maybe, or HG_NONE */
    uint8_t *is_dict;    /* bits: a __dict__ */
    HgCycles *found;
    GHashTable *groups; /* key -> HgCycleGroup, of found */
} Search;

static void
clear_search(Search *search)
{
    hg_graph_clear(&search->graph);
    hg_components_clear(&search->parts);
    hg_array_free(search->is_garbage);
    hg_array_free(search->objects);
    hg_array_free(search->first);
    hg_array_free(search->cycle);
    hg_array_free(search->is_dict);
    g_clear_pointer(&search->groups, g_hash_table_unref);
    hg_cycles_free(search->found);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, clear_search)

static void
free_group(void *data)
{
    HgCycleGroup *group = data;
    g_free(group->types);
    g_free(group->way);
    g_free(group->del_types);
    g_free(group);
}

void
hg_cycles_free(HgCycles *cycles)
{
    if (cycles)
        g_ptr_array_unref(cycles->groups);
    g_free(cycles);
}

static bool
get_bit(const uint8_t *bits, uint32_t object)
{
    return bits[object / 8] >> (object % 8) & 1;
}

static void
set_bit(uint8_t *bits, uint32_t object)
{
    bits[object / 8] |= (uint8_t)(1u << (object % 8));
}

/* ---- the garbage by component ---------------------------------------------------------------- */

static bool
read_garbage(Search *search, GError **error)
{
    uint32_t n_objects = hg_snapshot_count_objects(search->snapshot);
    g_autofree uint64_t *distance = g_new(uint64_t, HG_CHUNK);
    if (!(search->is_garbage = hg_array_new((uint64_t)n_objects / 8 + 1, 1, error)) ||
        !(search->is_dict = hg_array_new((uint64_t)n_objects / 8 + 1, 1, error)))
        return false;
    for (uint32_t first = 0, part; first < n_objects; first += part) {
        part = MIN(n_objects - first, HG_CHUNK);
        if (!hg_snapshot_read(search->snapshot, HG_COLUMN_DISTANCE, first, part, distance, error))
            return false;
        for (uint32_t i = 0; i < part; i++)
            if (distance[i] == 0) {
                set_bit(search->is_garbage, first + i);
                search->found->n_objects++;
            }
    }
    return true;
}

static bool
sort_by_component(Search *search, GError **error)
{
    uint32_t n_parts = search->parts.n, *component = search->parts.component;
    if (!(search->objects = hg_array_new(search->found->n_objects, sizeof(uint32_t), error)) ||
        !(search->first = hg_array_new((uint64_t)n_parts + 2, sizeof(uint32_t), error)) ||
        !(search->cycle = hg_array_new(n_parts, sizeof(uint32_t), error)))
        return false;
    for (uint32_t i = 0; i < search->graph.n_objects; i++)
        if (component[i] != HG_NONE)
            search->first[component[i] + 2]++;
    for (uint32_t i = 2; i <= n_parts; i++)
        search->first[i + 1] += search->first[i];
    for (uint32_t i = 0; i < search->graph.n_objects; i++)
        if (component[i] != HG_NONE)
            search->objects[search->first[component[i] + 1]++] = i;
    return true;
}

/* Two objects and more, or one that refers to itself. */
static bool
is_cycle(const Search *search, uint32_t part)
{
    const HgRows *rows = &search->graph.forward;
    uint32_t object = search->objects[search->first[part]];
    if (search->first[part + 1] - search->first[part] > 1)
        return true;
    for (uint64_t i = rows->first[object]; i < rows->first[object + 1]; i++)
        if (rows->other[i] == object && hg_how_keeps(search->graph.how[i]))
            return true;
    return false;
}

/* What [object] of [part] leads to hangs on the same cycle, unless it has one already; and of a
 * __dict__ it is noted that it is one. */
static bool
follow(Search *search, uint32_t part, uint32_t object, uint32_t dict_text, GError **error)
{
    const HgRows *rows = &search->graph.forward;
    for (uint64_t i = rows->first[object]; i < rows->first[object + 1]; i++) {
        uint8_t how = search->graph.how[i];
        uint32_t target = rows->other[i];
        uint64_t label;
        if (!hg_how_keeps(how) || !get_bit(search->is_garbage, target))
            continue;
        uint32_t next = search->parts.component[target];
        if (search->cycle[next] == HG_NONE)
            search->cycle[next] = search->cycle[part];
        if ((how & HG_HOW_LABEL) != HG_LABEL_INTERNAL)
            continue;
        if (!hg_snapshot_get(search->snapshot, HG_COLUMN_LABEL, i, &label, error))
            return false;
        if (label == dict_text)
            set_bit(search->is_dict, target);
    }
    return true;
}

/* From the component with the largest number down, references lead to what comes later. */
static bool
hang(Search *search, GError **error)
{
    uint32_t dict_text;
    if (!hg_snapshot_find_text(search->snapshot, "__dict__", &dict_text, error))
        return false;
    for (uint32_t part = 0; part < search->parts.n; part++)
        search->cycle[part] = is_cycle(search, part) ? part : HG_NONE;
    for (uint32_t part = search->parts.n; part-- > 0;)
        for (uint32_t i = search->first[part]; i < search->first[part + 1]; i++)
            if (!follow(search, part, search->objects[i], dict_text, error))
                return false;
    return true;
}

/* ---- groups ------------------------------------------------------------------------------------
 */

/* What an object is, as far as this question goes. */
typedef struct {
    uint64_t type, size, flags;
} Traits;

static bool
read_traits(const Search *search, uint32_t object, Traits *traits, GError **error)
{
    if (!hg_snapshot_get(search->snapshot, HG_COLUMN_TYPE, object, &traits->type, error) ||
        !hg_snapshot_get(search->snapshot, HG_COLUMN_SIZE, object, &traits->size, error) ||
        !hg_snapshot_get(search->snapshot, HG_COLUMN_FLAGS, object, &traits->flags, error))
        return false;
    if (traits->type < search->types->len)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "object %u: no such type", object);
    return false;
}

static int
compare_numbers(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    return one < other ? -1 : one > other;
}

/* A cycle while it is looked at. */
typedef struct {
    GArray *types;     /* uint32_t: each type once, ascending */
    GArray *del_types; /* those with __del__ */
    uint32_t example;  /* an instance of a class, if there is one */
    bool has_instance;
} Cycle;

static void
clear_cycle(Cycle *cycle)
{
    g_clear_pointer(&cycle->types, g_array_unref);
    g_clear_pointer(&cycle->del_types, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Cycle, clear_cycle)

/* Inserts a number into ascending ones, unless it is among them. */
static void
insert(GArray *numbers, uint32_t number)
{
    unsigned place;
    if (g_array_binary_search(numbers, &number, compare_numbers, &place))
        return;
    for (place = 0; place < numbers->len; place++)
        if (g_array_index(numbers, uint32_t, place) > number)
            break;
    g_array_insert_val(numbers, place, number);
}

static bool
look_at(const Search *search, uint32_t part, Cycle *cycle, GError **error)
{
    *cycle = (Cycle){.types = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                     .del_types = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                     .example = search->objects[search->first[part]]};
    for (uint32_t i = search->first[part]; i < search->first[part + 1]; i++) {
        Traits traits;
        uint32_t object = search->objects[i];
        if (!read_traits(search, object, &traits, error))
            return false;
        const HgTypeRow *type = search->types->pdata[traits.type];
        if (traits.flags & HG_OBJECT_HAS_DEL)
            insert(cycle->del_types, (uint32_t)traits.type);
        if (!get_bit(search->is_dict, object))
            insert(cycle->types, (uint32_t)traits.type);
        if (!cycle->has_instance && type->flags & HG_TYPE_HEAP) {
            cycle->example = object;
            cycle->has_instance = true;
        }
    }
    return true;
}

/* Returns: names of types: "app.Node, list"; g_free(). Classes come before builtin types. */
static char *
dup_types(const Search *search, const GArray *numbers)
{
    g_autoptr(GString) names = g_string_new(NULL);
    unsigned told = 0;
    for (int builtin = 0; builtin < 2; builtin++)
        for (unsigned i = 0; i < numbers->len; i++) {
            const HgTypeRow *type = search->types->pdata[g_array_index(numbers, uint32_t, i)];
            bool is_builtin = !(type->flags & HG_TYPE_HEAP);
            if (is_builtin != (builtin == 1) || told++ >= TYPES_MAX)
                continue;
            g_string_append_printf(names, "%s%s", told > 1 ? ", " : "", type->name);
        }
    if (told > TYPES_MAX)
        g_string_append_printf(names, ", ... %u more", told - TYPES_MAX);
    return g_strdup(names->str);
}

/* ---- the way round a cycle ----------------------------------------------------------------------
 */

/* Returns: numbers of the objects on the shortest way from [start] back to itself, both ends
 * included; NULL if it is not found among the first ones looked at. */
static GArray *
find_way(const Search *search, uint32_t start)
{
    const HgRows *rows = &search->graph.forward;
    const uint32_t *component = search->parts.component;
    g_autoptr(GHashTable) step =
        g_hash_table_new(NULL, NULL); /* object + 1 -> the one before + 1 */
    g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(queue, start);
    for (unsigned at = 0; at < queue->len && queue->len < WAY_OBJECTS_MAX; at++) {
        uint32_t source = g_array_index(queue, uint32_t, at);
        for (uint64_t i = rows->first[source]; i < rows->first[source + 1]; i++) {
            uint32_t target = rows->other[i];
            void *key = GSIZE_TO_POINTER((size_t)target + 1);
            if (!hg_how_keeps(search->graph.how[i]) || component[target] != component[start] ||
                g_hash_table_contains(step, key))
                continue;
            g_hash_table_insert(step, key, GSIZE_TO_POINTER((size_t)source + 1));
            g_array_append_val(queue, target);
        }
    }
    GArray *way = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(way, start);
    for (uint32_t at = start; way->len == 1 || at != start;) {
        size_t before =
            GPOINTER_TO_SIZE(g_hash_table_lookup(step, GSIZE_TO_POINTER((size_t)at + 1)));
        if (!before) {
            g_array_unref(way);
            return NULL;
        }
        at = (uint32_t)(before - 1);
        g_array_prepend_val(way, at);
    }
    return way;
}

/* Sets *text to "app.Node.children[0].parent", NULL where no way round was found. */
static bool
describe_way(const Search *search, uint32_t start, char **text, GError **error)
{
    Traits traits;
    g_autoptr(GArray) way = find_way(search, start);
    *text = NULL;
    if (!way)
        return true;
    if (!read_traits(search, start, &traits, error))
        return false;
    g_autoptr(GPtrArray) labels =
        hg_chain_read_labels(search->snapshot, way, 0, MIN(way->len - 1, WAY_STEPS_MAX), error);
    if (!labels)
        return false;
    GString *line = g_string_new(((HgTypeRow *)search->types->pdata[traits.type])->name);
    hg_chain_append_labels(line, labels);
    if (way->len - 1 > WAY_STEPS_MAX)
        g_string_append_printf(line, " ... %u more steps", way->len - 1 - WAY_STEPS_MAX);
    *text = g_string_free(line, FALSE);
    return true;
}

/* ---- all of it
 * ----------------------------------------------------------------------------------- */

static HgCycleGroup *
add_group(Search *search, const Cycle *cycle, char *key, GError **error)
{
    HgCycleGroup *group = g_new0(HgCycleGroup, 1);
    g_ptr_array_add(search->found->groups, group);
    g_hash_table_insert(search->groups, key, group);
    group->types = dup_types(search, cycle->types);
    group->example = cycle->example;
    group->has_del = cycle->del_types->len > 0;
    group->del_types = group->has_del ? dup_types(search, cycle->del_types) : NULL;
    return describe_way(search, cycle->example, &group->way, error) ? group : NULL;
}

/* Returns: the group of a cycle, made if it is the first. */
static HgCycleGroup *
require_group(Search *search, const Cycle *cycle, GError **error)
{
    g_autoptr(GString) key = g_string_new(NULL);
    for (unsigned i = 0; i < cycle->types->len; i++)
        g_string_append_printf(key, "%u ", g_array_index(cycle->types, uint32_t, i));
    for (unsigned i = 0; i < cycle->del_types->len; i++)
        g_string_append_printf(key, "d%u ", g_array_index(cycle->del_types, uint32_t, i));
    HgCycleGroup *group = g_hash_table_lookup(search->groups, key->str);
    return group ? group : add_group(search, cycle, g_strdup(key->str), error);
}

static bool
add_cycles(Search *search, HgCycleGroup **group_of, GError **error)
{
    for (uint32_t part = 0; part < search->parts.n; part++) {
        g_auto(Cycle) cycle = {0};
        if (search->cycle[part] != part)
            continue;
        if (!look_at(search, part, &cycle, error) ||
            !(group_of[part] = require_group(search, &cycle, error)))
            return false;
        group_of[part]->n_cycles++;
        group_of[part]->n_in_cycles += search->first[part + 1] - search->first[part];
        search->found->n_cycles++;
    }
    return true;
}

static bool
add_objects(Search *search, HgCycleGroup *const *group_of, GError **error)
{
    for (uint32_t part = 0; part < search->parts.n; part++)
        for (uint32_t i = search->first[part]; i < search->first[part + 1]; i++) {
            uint64_t size;
            uint32_t cycle = search->cycle[part];
            if (!hg_snapshot_get(search->snapshot, HG_COLUMN_SIZE, search->objects[i], &size,
                                 error))
                return false;
            search->found->size += size;
            if (cycle == HG_NONE) {
                search->found->n_loose++;
                search->found->loose_size += size;
                continue;
            }
            group_of[cycle]->n_objects++;
            group_of[cycle]->size += size;
        }
    return true;
}

static int
compare_groups(const void *a, const void *b)
{
    const HgCycleGroup *one = *(HgCycleGroup *const *)a, *other = *(HgCycleGroup *const *)b;
    if (one->size != other->size)
        return one->size > other->size ? -1 : 1;
    return strcmp(one->types, other->types);
}

static bool
search_garbage(Search *search, const HgProgress *progress, GError **error)
{
    if (!(search->types = hg_snapshot_get_types(search->snapshot, error)) ||
        !read_garbage(search, error))
        return false;
    if (search->found->n_objects == 0)
        return true;
    if (!hg_sweep_read_graph(search->snapshot, &search->graph, error) ||
        !hg_components_find(&search->graph, search->is_garbage, progress, &search->parts, error) ||
        !sort_by_component(search, error) || !hang(search, error))
        return false;
    g_autofree HgCycleGroup **group_of =
        hg_array_new(search->parts.n, sizeof(HgCycleGroup *), error);
    if (!group_of || !add_cycles(search, group_of, error) || !add_objects(search, group_of, error))
        return false;
    g_ptr_array_sort(search->found->groups, compare_groups);
    return true;
}

HgCycles *
hg_cycles_find(HgSnapshot *snapshot, const HgProgress *progress, GError **error)
{
    g_auto(Search)
        search = {.snapshot = snapshot,
                  .found = g_new0(HgCycles, 1),
                  .groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    search.found->groups = g_ptr_array_new_with_free_func(free_group);
    return search_garbage(&search, progress, error) ? g_steal_pointer(&search.found) : NULL;
}
