/* sizes.c - how big objects are: alone, with what would be freed with them, with all they lead to.
 * SPDX-License-Identifier: MIT */
#include "core/questions/sizes.h"

#include "core/questions/object.h"
#include "core/questions/sweep.h"

/* One graph for all walks; each has a mark of its own. */
typedef struct {
    HgSnapshot *snapshot;
    const HgProgress *progress;
    HgGraph graph;
    uint64_t *size; /* [object] */
    uint32_t *mark; /* [object]: the walk that met it last */
    uint32_t *queue;
    uint32_t n_queued, n_walks;
} Walks;

static void
clear_walks(Walks *walks)
{
    hg_graph_clear(&walks->graph);
    hg_array_free(walks->size);
    hg_array_free(walks->mark);
    hg_array_free(walks->queue);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walks, clear_walks)

static bool
init_walks(Walks *walks, GError **error)
{
    uint32_t n = hg_snapshot_count_objects(walks->snapshot);
    return hg_sweep_read_graph(walks->snapshot, &walks->graph, error) &&
           (walks->size = hg_array_new(n, sizeof(uint64_t), error)) &&
           (walks->mark = hg_array_new(n, sizeof(uint32_t), error)) &&
           (walks->queue = hg_array_new(n, sizeof(uint32_t), error)) &&
           hg_snapshot_read(walks->snapshot, HG_COLUMN_SIZE, 0, n, walks->size, error);
}

static void
begin(Walks *walks)
{
    walks->n_queued = 0;
    walks->n_walks++;
}

static void
meet(Walks *walks, uint32_t object)
{
    if (walks->mark[object] == walks->n_walks)
        return;
    walks->mark[object] = walks->n_walks;
    walks->queue[walks->n_queued++] = object;
}

static bool
go(Walks *walks, GError **error)
{
    const HgRows *rows = &walks->graph.forward;
    for (uint32_t at = 0; at < walks->n_queued; at++) {
        uint32_t source = walks->queue[at];
        if (at % HG_PROGRESS_STEPS == 0 &&
            !hg_progress_report(walks->progress, "walking the references", at,
                                walks->graph.n_objects, error))
            return false;
        for (uint64_t i = rows->first[source]; i < rows->first[source + 1]; i++)
            if (hg_how_keeps(walks->graph.how[i]))
                meet(walks, rows->other[i]);
    }
    return true;
}

static bool
measure_reachable(Walks *walks, const uint32_t *objects, unsigned count, HgSizes *sizes,
                  GError **error)
{
    begin(walks);
    for (unsigned i = 0; i < count; i++)
        meet(walks, objects[i]);
    if (!go(walks, error))
        return false;
    sizes->n_reachable = walks->n_queued;
    sizes->reachable = 0;
    for (uint32_t i = 0; i < walks->n_queued; i++)
        sizes->reachable += walks->size[walks->queue[i]];
    return true;
}

/* ---- what a set retains
 * --------------------------------------------------------------------------- */

/* Walks from the roots, but neither to nor through the objects of the set. */
static bool
walk_without(Walks *walks, const GArray *set, GError **error)
{
    const GPtrArray *roots = hg_snapshot_get_roots(walks->snapshot, error);
    if (!roots)
        return false;
    begin(walks);
    for (unsigned i = 0; i < set->len; i++)
        walks->mark[g_array_index(set, uint32_t, i)] = walks->n_walks;
    for (unsigned i = 0; i < roots->len; i++)
        meet(walks, ((HgRootRow *)roots->pdata[i])->object);
    return go(walks, error);
}

static void
unmark(Walks *walks, const GArray *set)
{
    for (unsigned i = 0; i < set->len; i++)
        walks->mark[g_array_index(set, uint32_t, i)] = 0;
}

/* Adds what is live and was not met by the walk. */
static bool
add_unmet(const Walks *walks, uint64_t *sum, GError **error)
{
    uint32_t n = walks->graph.n_objects;
    g_autofree uint64_t *distance = g_new(uint64_t, HG_CHUNK);
    for (uint32_t first = 0, part; first < n; first += part) {
        part = MIN(n - first, HG_CHUNK);
        if (!hg_snapshot_read(walks->snapshot, HG_COLUMN_DISTANCE, first, part, distance, error))
            return false;
        for (uint32_t i = 0; i < part; i++)
            if (distance[i] && walks->mark[first + i] != walks->n_walks)
                *sum += walks->size[first + i];
    }
    return true;
}

static bool
is_in(const GArray *set, uint32_t object)
{
    for (unsigned i = 0; i < set->len; i++)
        if (g_array_index(set, uint32_t, i) == object)
            return true;
    return false;
}

/* Adds what the garbage of the set retains, unless a holder of it is in the set, too. */
static bool
add_garbage(HgSnapshot *snapshot, const GArray *set, uint64_t *sum, GError **error)
{
    for (unsigned i = 0; i < set->len; i++) {
        HgObject object, holder;
        bool is_nested = false;
        if (!hg_object_read(snapshot, g_array_index(set, uint32_t, i), &object, error))
            return false;
        if (object.distance != HG_UNKNOWN)
            continue;
        uint64_t steps = hg_snapshot_count_objects(snapshot); /* holders are no circle */
        for (uint32_t at = object.holder; at != HG_NONE && !is_nested && steps-- > 0;
             at = holder.holder) {
            is_nested = is_in(set, at);
            if (!hg_object_read(snapshot, at, &holder, error))
                return false;
        }
        *sum += is_nested ? 0 : object.retained;
    }
    return true;
}

static bool
measure_set(Walks *walks, const GArray *set, bool knows_retained, HgSizes *sizes, GError **error)
{
    *sizes = (HgSizes){.object = HG_NONE, .n_objects = set->len, .retained = HG_UNKNOWN};
    for (unsigned i = 0; i < set->len; i++)
        sizes->size += walks->size[g_array_index(set, uint32_t, i)];
    if (!measure_reachable(walks, (uint32_t *)(void *)set->data, set->len, sizes, error))
        return false;
    if (!knows_retained)
        return true;
    sizes->retained = 0;
    if (!walk_without(walks, set, error))
        return false;
    unmark(walks, set);
    return add_unmet(walks, &sizes->retained, error) &&
           add_garbage(walks->snapshot, set, &sizes->retained, error);
}

/* ---- all of it
 * --------------------------------------------------------------------------------------- */

static int
compare_numbers(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    return one < other ? -1 : one > other;
}

/* Returns: the objects, each once; g_array_unref(). */
static GArray *
make_set(const GArray *objects)
{
    GArray *set = g_array_copy((GArray *)objects);
    unsigned count = 0;
    g_array_sort(set, compare_numbers);
    for (unsigned i = 0; i < set->len; i++)
        if (i == 0 || g_array_index(set, uint32_t, i) != g_array_index(set, uint32_t, i - 1))
            g_array_index(set, uint32_t, count++) = g_array_index(set, uint32_t, i);
    g_array_set_size(set, count);
    return set;
}

static bool
add_each(HgSnapshot *snapshot, const GArray *objects, GArray *all, GError **error)
{
    for (unsigned i = 0; i < objects->len; i++) {
        HgObject object;
        if (!hg_object_read(snapshot, g_array_index(objects, uint32_t, i), &object, error))
            return false;
        HgSizes sizes = {.object = object.number,
                         .n_objects = 1,
                         .size = object.size,
                         .retained = object.retained,
                         .reachable = HG_UNKNOWN,
                         .n_reachable = HG_UNKNOWN};
        g_array_append_val(all, sizes);
    }
    return true;
}

static bool
add_walks(HgSnapshot *snapshot, const GArray *objects, const HgProgress *progress, GArray *all,
          GError **error)
{
    g_auto(Walks) walks = {.snapshot = snapshot, .progress = progress};
    if (!init_walks(&walks, error))
        return false;
    for (unsigned i = 0; i < objects->len; i++)
        if (!measure_reachable(&walks, &g_array_index(objects, uint32_t, i), 1,
                               &g_array_index(all, HgSizes, i), error))
            return false;
    if (objects->len < 2)
        return true;
    g_autoptr(GArray) set = make_set(objects);
    HgSizes sizes;
    bool knows_retained = hg_snapshot_count(snapshot, HG_COLUMN_RETAINED) > 0;
    if (!measure_set(&walks, set, knows_retained, &sizes, error))
        return false;
    g_array_append_val(all, sizes);
    return true;
}

GArray *
hg_sizes_measure(HgSnapshot *snapshot, const GArray *objects, bool walks,
                 const HgProgress *progress, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(HgSizes));
    if (!add_each(snapshot, objects, all, error) ||
        (walks && !add_walks(snapshot, objects, progress, all, error)))
        return NULL;
    return g_steal_pointer(&all);
}

/* ---- what is reachable, by type -------------------------------------------------------------- */

static bool
count_types(const Walks *walks, const GPtrArray *types, HgReachableType *counts, GError **error)
{
    uint32_t n = walks->graph.n_objects;
    g_autofree uint64_t *type = g_new(uint64_t, HG_CHUNK);
    for (uint32_t first = 0, part; first < n; first += part) {
        part = MIN(n - first, HG_CHUNK);
        if (!hg_snapshot_read(walks->snapshot, HG_COLUMN_TYPE, first, part, type, error))
            return false;
        for (uint32_t i = 0; i < part; i++) {
            if (walks->mark[first + i] != walks->n_walks)
                continue;
            if (type[i] >= types->len) {
                g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "object %u: no such type", first + i);
                return false;
            }
            counts[type[i]].count++;
            counts[type[i]].size += walks->size[first + i];
        }
    }
    return true;
}

static int
compare_types(const void *a, const void *b)
{
    const HgReachableType *one = a, *other = b;
    if (one->size != other->size)
        return one->size > other->size ? -1 : 1;
    return g_strcmp0(one->type->name, other->type->name);
}

GArray *
hg_sizes_list_reachable(HgSnapshot *snapshot, const GArray *objects, HgReachableType *sum,
                        const HgProgress *progress, GError **error)
{
    g_auto(Walks) walks = {.snapshot = snapshot, .progress = progress};
    HgSizes sizes;
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    if (!types || !init_walks(&walks, error) ||
        !measure_reachable(&walks, (uint32_t *)(void *)objects->data, objects->len, &sizes, error))
        return NULL;
    g_autofree HgReachableType *counts = g_new0(HgReachableType, types->len + 1);
    if (!count_types(&walks, types, counts, error))
        return NULL;
    GArray *found = g_array_new(FALSE, FALSE, sizeof(HgReachableType));
    for (unsigned i = 0; i < types->len; i++) {
        counts[i].type = types->pdata[i];
        if (counts[i].count > 0)
            g_array_append_val(found, counts[i]);
    }
    g_array_sort(found, compare_types);
    *sum = (HgReachableType){.count = sizes.n_reachable, .size = sizes.reachable};
    return found;
}
