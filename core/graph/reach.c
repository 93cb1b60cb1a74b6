/* reach.c - what the roots keep alive, and the shortest way to it.
 *
 * One queue, in which every object stands at most once; what comes next in it is fetched
 * into the cache before its turn.
 * SPDX-License-Identifier: MIT */
#include "core/graph/reach.h"

#define AHEAD 12 /* objects of the queue between asking for memory and using it */

typedef struct {
    const HgGraph *graph;
    const uint8_t *weak; /* hg_graph_mark_weak() */
    uint32_t *queue;
    uint64_t n_queued;
    HgReach reach;
} Walk;

void
hg_reach_clear(HgReach *reach)
{
    hg_array_clear(&reach->distance);
    hg_array_clear(&reach->step);
    reach->n_live = 0;
}

static void
meet(Walk *walk, uint32_t object, uint32_t distance, uint32_t step)
{
    if (walk->reach.distance[object])
        return;
    walk->reach.distance[object] = distance;
    walk->reach.step[object] = step;
    walk->queue[walk->n_queued++] = object;
}

static void
fetch_ahead(const Walk *walk, uint64_t position)
{
    const HgGraph *graph = walk->graph;
    if (position + 3 * AHEAD < walk->n_queued)
        __builtin_prefetch(&graph->forward.first[walk->queue[position + 3 * AHEAD]]);
    if (position + 2 * AHEAD < walk->n_queued)
        __builtin_prefetch(
            &graph->forward.other[graph->forward.first[walk->queue[position + 2 * AHEAD]]]);
    if (position + AHEAD >= walk->n_queued)
        return;
    uint64_t first = graph->forward.first[walk->queue[position + AHEAD]];
    uint64_t end = graph->forward.first[(uint64_t)walk->queue[position + AHEAD] + 1];
    for (uint64_t reference = first; reference < MIN(end, first + 4); reference++)
        __builtin_prefetch(&walk->reach.distance[graph->forward.other[reference]], 1);
}

static void
follow(Walk *walk, uint32_t source)
{
    const HgGraph *graph = walk->graph;
    uint32_t distance = walk->reach.distance[source] + 1;
    uint64_t end = graph->forward.first[(uint64_t)source + 1];
    bool some_weak = hg_weak_mark(walk->weak, source);
    for (uint64_t reference = graph->forward.first[source]; reference < end; reference++)
        if (!some_weak || hg_how_keeps(graph->how[reference]))
            meet(walk, graph->forward.other[reference], distance, source + 1);
}

static bool
follow_all(Walk *walk, const HgProgress *progress, GError **error)
{
    for (uint64_t position = 0; position < walk->n_queued; position++) {
        if (position % HG_PROGRESS_STEPS == 0 &&
            !hg_progress_report(progress, "finding what is alive", position, walk->graph->n_objects,
                                error))
            return false;
        fetch_ahead(walk, position);
        follow(walk, walk->queue[position]);
    }
    return true;
}

bool
hg_reach_find(const HgGraph *graph, const uint32_t *roots, size_t n_roots,
              const HgProgress *progress, HgReach *reach, GError **error)
{
    g_auto(HgReach) found = {0};
    HG_AUTO_ARRAY uint8_t *weak = NULL;
    if (!(found.distance = hg_array_new(graph->n_objects, sizeof(uint32_t), error)) ||
        !(found.step = hg_array_new(graph->n_objects, sizeof(uint32_t), error)) ||
        !hg_graph_mark_weak(graph, &weak, error))
        return false;
    HG_AUTO_ARRAY uint32_t *queue = hg_array_new(graph->n_objects, sizeof(*queue), error);
    if (!queue)
        return false;

    Walk walk = {.graph = graph, .weak = weak, .queue = queue, .reach = found};
    for (size_t i = 0; i < n_roots; i++)
        meet(&walk, roots[i], 1, 0);
    if (!follow_all(&walk, progress, error))
        return false;
    found.n_live = (uint32_t)walk.n_queued;
    *reach = found;
    found = (HgReach){0};
    return true;
}
