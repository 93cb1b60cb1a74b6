/* exclusive.c - what groups of roots keep alive, each on its own.
 *
 * An object's group goes from none to one, to a larger one, to several, and never back: so each is
 * put into the queue three times at most.
 * SPDX-License-Identifier: MIT */
#include "core/graph/exclusive.h"

typedef struct {
    const HgGraph *graph;
    const uint32_t *parent;
    uint32_t *group;
    uint32_t *queue; /* room for three of each object */
    uint64_t n_queued;
} Walk;

/* Returns: the larger group, or the group itself that belongs to none. */
static uint32_t
get_top(const Walk *walk, uint32_t group)
{
    if (!walk->parent || group >= HG_GROUP_SEVERAL || walk->parent[group] == HG_NONE)
        return group;
    return walk->parent[group];
}

static uint32_t
join(const Walk *walk, uint32_t one, uint32_t other)
{
    if (one == other || one == HG_NONE)
        return other;
    return get_top(walk, one) == get_top(walk, other) ? get_top(walk, one) : HG_GROUP_SEVERAL;
}

static void
reach(Walk *walk, uint32_t object, uint32_t group)
{
    uint32_t known = walk->group[object];
    uint32_t joined = known == HG_GROUP_SEVERAL ? known : join(walk, known, group);
    if (joined == known)
        return;
    walk->group[object] = joined;
    walk->queue[walk->n_queued++] = object;
}

static bool
follow_all(Walk *walk, const HgProgress *progress, GError **error)
{
    const HgGraph *graph = walk->graph;
    for (uint64_t at = 0; at < walk->n_queued; at++) {
        uint32_t source = walk->queue[at], group = walk->group[source];
        if (at % HG_PROGRESS_STEPS == 0 &&
            !hg_progress_report(progress, "finding what each root keeps", at, graph->n_objects,
                                error))
            return false;
        for (uint64_t i = graph->forward.first[source];
             i < graph->forward.first[(uint64_t)source + 1]; i++)
            if (hg_how_keeps(graph->how[i]))
                reach(walk, graph->forward.other[i], group);
    }
    return true;
}

bool
hg_exclusive_find(const HgGraph *graph, const HgGroupedRoot *roots, size_t n_roots,
                  const uint32_t *parent, const HgProgress *progress, uint32_t **group,
                  GError **error)
{
    HG_AUTO_ARRAY uint32_t *found = hg_array_new(graph->n_objects, sizeof(uint32_t), error);
    g_autofree uint32_t *queue =
        found ? hg_array_reserve(3 * (uint64_t)graph->n_objects, sizeof(uint32_t), error) : NULL;
    if (!queue)
        return false;
    for (uint32_t object = 0; object < graph->n_objects; object++)
        found[object] = HG_NONE;
    Walk walk = {.graph = graph, .parent = parent, .group = found, .queue = queue};
    for (size_t i = 0; i < n_roots; i++)
        reach(&walk, roots[i].object, roots[i].group);
    if (!follow_all(&walk, progress, error))
        return false;
    *group = g_steal_pointer(&found);
    return true;
}
