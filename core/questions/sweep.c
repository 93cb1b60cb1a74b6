/* sweep.c - questions that must look at the whole heap: garbage, leaking objects.
 * SPDX-License-Identifier: MIT */
#include "core/questions/sweep.h"

#include "core/questions/best.h"

/* ---- the graph ---------------------------------------------------------------------------- */

static bool
check_graph(const HgGraph *graph, GError **error)
{
    bool is_whole = graph->forward.first[0] == 0 &&
                    graph->forward.first[graph->n_objects] == graph->n_references;
    for (uint32_t i = 0; i < graph->n_objects; i++)
        is_whole &= graph->forward.first[i] <= graph->forward.first[i + 1];
    for (uint64_t i = 0; i < graph->n_references; i++)
        is_whole &= graph->forward.other[i] < graph->n_objects;
    if (!is_whole)
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FORMAT,
                            "the references of the snapshot are broken");
    return is_whole;
}

bool
hg_sweep_read_graph(HgSnapshot *snapshot, HgGraph *graph, GError **error)
{
    g_auto(HgGraph) read = {.n_objects = hg_snapshot_count_objects(snapshot),
                            .n_references = hg_snapshot_count_references(snapshot)};
    read.forward.first = hg_array_new((uint64_t)read.n_objects + 1, sizeof(uint64_t), error);
    if (!read.forward.first)
        return false;
    read.forward.other = hg_array_new(read.n_references, sizeof(uint32_t), error);
    if (!read.forward.other)
        return false;
    read.how = hg_array_new(read.n_references, 1, error);
    if (!read.how ||
        !hg_snapshot_read(snapshot, HG_COLUMN_FORWARD_FIRST, 0, (uint64_t)read.n_objects + 1,
                          read.forward.first, error) ||
        !hg_snapshot_read_u32(snapshot, HG_COLUMN_TARGET, 0, read.n_references, read.forward.other,
                              error) ||
        !hg_snapshot_read_u8(snapshot, HG_COLUMN_HOW, 0, read.n_references, read.how, error) ||
        !check_graph(&read, error))
        return false;
    *graph = read;
    read = (HgGraph){0};
    return true;
}

/* ---- garbage ------------------------------------------------------------------------------ */

GArray *
hg_sweep_garbage(HgSnapshot *snapshot, uint64_t limit, uint64_t *count, uint64_t *size,
                 GError **error)
{
    uint32_t n_objects = hg_snapshot_count_objects(snapshot);
    g_autofree uint64_t *distance = g_new(uint64_t, HG_CHUNK), *sizes = g_new(uint64_t, HG_CHUNK);
    g_auto(HgBest) best = {0};
    hg_best_init(&best, MIN(limit, n_objects));
    uint64_t sum = 0;
    for (uint32_t first = 0, part; first < n_objects; first += part) {
        part = MIN(n_objects - first, HG_CHUNK);
        if (!hg_snapshot_read(snapshot, HG_COLUMN_DISTANCE, first, part, distance, error) ||
            !hg_snapshot_read(snapshot, HG_COLUMN_SIZE, first, part, sizes, error))
            return NULL;
        for (uint32_t i = 0; i < part; i++)
            if (distance[i] == 0) {
                hg_best_offer(&best, first + i, sizes[i]);
                sum += sizes[i];
            }
    }
    *count = best.count;
    *size = sum;
    return hg_best_take(&best);
}

/* ---- what nothing refers to --------------------------------------------------------------- */

/* Returns: for each object whether it is tracked; g_free(). */
static uint8_t *
read_tracked(HgSnapshot *snapshot, uint32_t n_objects, GError **error)
{
    g_autofree uint8_t *tracked = hg_array_new(n_objects, 1, error);
    if (!tracked || (n_objects > 0 &&
                     !hg_snapshot_read_u8(snapshot, HG_COLUMN_FLAGS, 0, n_objects, tracked, error)))
        return NULL;
    for (uint32_t i = 0; i < n_objects; i++)
        tracked[i] &= HG_OBJECT_TRACKED;
    return g_steal_pointer(&tracked);
}

/* As the collector sees it: only what tp_traverse visits, and it visits no weak referent. */
static void
strike_targets_of(const HgGraph *graph, uint32_t source, uint8_t *is_left)
{
    for (uint64_t i = graph->forward.first[source]; i < graph->forward.first[source + 1]; i++)
        if (hg_how_keeps(graph->how[i]))
            is_left[graph->forward.other[i]] = 0;
}

static void
strike_targets(const HgGraph *graph, const uint8_t *tracked, uint8_t *is_left)
{
    for (uint32_t source = 0; source < graph->n_objects; source++)
        if (tracked[source])
            strike_targets_of(graph, source, is_left);
}

/* A root explains itself and what it refers to: static types are not tracked, but their __dict__
 * is. */
static bool
strike_roots(HgSnapshot *snapshot, const HgGraph *graph, uint8_t *is_left, GError **error)
{
    const GPtrArray *roots = hg_snapshot_get_roots(snapshot, error);
    for (unsigned i = 0; roots && i < roots->len; i++) {
        const HgRootRow *root = g_ptr_array_index(roots, i);
        if (root->kind == HG_ROOT_EXTERNAL || root->object >= graph->n_objects)
            continue;
        is_left[root->object] = 0;
        strike_targets_of(graph, root->object, is_left);
    }
    return roots;
}

GArray *
hg_sweep_leaking(HgSnapshot *snapshot, uint64_t limit, uint64_t *count, GError **error)
{
    g_auto(HgGraph) graph = {0};
    g_auto(HgBest) best = {0};
    if (!hg_sweep_read_graph(snapshot, &graph, error))
        return NULL;
    g_autofree uint8_t *tracked = read_tracked(snapshot, graph.n_objects, error);
    g_autofree uint8_t *is_left = tracked ? read_tracked(snapshot, graph.n_objects, error) : NULL;
    if (!is_left)
        return NULL;
    strike_targets(&graph, tracked, is_left);
    if (!strike_roots(snapshot, &graph, is_left, error))
        return NULL;
    hg_best_init(&best, MIN(limit, graph.n_objects));
    for (uint32_t i = 0; i < graph.n_objects; i++) {
        uint64_t size;
        if (!is_left[i])
            continue;
        if (!hg_snapshot_get(snapshot, HG_COLUMN_SIZE, i, &size, error))
            return NULL;
        hg_best_offer(&best, i, size);
    }
    *count = best.count;
    return hg_best_take(&best);
}
