/* components.c - the strongly connected components of a part of the graph (Tarjan 1972).
 *
 * The recursion stands on a stack of our own, which holds an object and the reference to go on
 * with; it may get as deep as a linked list is long.
 * SPDX-License-Identifier: MIT */
#include "core/graph/components.h"

typedef struct {
    uint64_t next; /* reference */
    uint32_t object;
} Call;

typedef struct {
    const HgGraph *graph;
    const uint8_t *part;
    uint32_t *component;
    uint32_t *order, *low; /* order: + 1, 0 for what is not met */
    uint32_t *open;        /* met, and in no component yet */
    uint32_t n_met, n_open, n_components;
    Call *call;
    uint64_t n_calls;
} Walk;

void
hg_components_clear(HgComponents *components)
{
    hg_array_clear(&components->component);
    components->n = 0;
}

static void
enter(Walk *walk, uint32_t object)
{
    walk->order[object] = walk->low[object] = ++walk->n_met;
    walk->open[walk->n_open++] = object;
    walk->call[walk->n_calls++] = (Call){walk->graph->forward.first[object], object};
}

static void
close_component(Walk *walk, uint32_t first)
{
    uint32_t object;
    do {
        object = walk->open[--walk->n_open];
        walk->component[object] = walk->n_components;
    } while (object != first);
    walk->n_components++;
}

static void
leave(Walk *walk)
{
    uint32_t object = walk->call[--walk->n_calls].object;
    if (walk->low[object] == walk->order[object])
        close_component(walk, object);
    if (walk->n_calls) {
        uint32_t before = walk->call[walk->n_calls - 1].object;
        walk->low[before] = MIN(walk->low[before], walk->low[object]);
    }
}

static void
follow(Walk *walk, uint32_t object, uint64_t reference)
{
    uint32_t target = walk->graph->forward.other[reference];
    bool is_in = walk->part[target / 8] >> (target % 8) & 1;
    if (!is_in || !hg_how_keeps(walk->graph->how[reference]))
        return;
    if (!walk->order[target])
        enter(walk, target);
    else if (walk->component[target] == HG_NONE)
        walk->low[object] = MIN(walk->low[object], walk->order[target]);
}

static bool
walk_from(Walk *walk, uint32_t start, const HgProgress *progress, GError **error)
{
    enter(walk, start);
    for (uint64_t step = 1; walk->n_calls; step++) {
        Call *top = &walk->call[walk->n_calls - 1];
        if (step % HG_PROGRESS_STEPS == 0 &&
            !hg_progress_report(progress, "finding cycles", walk->n_met, walk->graph->n_objects,
                                error))
            return false;
        if (top->next < walk->graph->forward.first[(uint64_t)top->object + 1])
            follow(walk, top->object, top->next++);
        else
            leave(walk);
    }
    return true;
}

bool
hg_components_find(const HgGraph *graph, const uint8_t *part, const HgProgress *progress,
                   HgComponents *components, GError **error)
{
    uint32_t n = graph->n_objects;
    HG_AUTO_ARRAY uint32_t *component = hg_array_new(n, sizeof(uint32_t), error);
    g_autofree uint32_t *order = component ? hg_array_reserve(n, sizeof(uint32_t), error) : NULL;
    g_autofree uint32_t *low = order ? hg_array_reserve(n, sizeof(uint32_t), error) : NULL;
    g_autofree uint32_t *open = low ? hg_array_reserve(n, sizeof(uint32_t), error) : NULL;
    g_autofree Call *call = open ? hg_array_reserve(n, sizeof(Call), error) : NULL;
    if (!call)
        return false;
    for (uint32_t object = 0; object < n; object++)
        component[object] = HG_NONE;
    Walk walk = {.graph = graph,
                 .part = part,
                 .component = component,
                 .order = order,
                 .low = low,
                 .open = open,
                 .call = call};
    for (uint32_t object = 0; object < n; object++)
        if ((part[object / 8] >> (object % 8) & 1) && !order[object] &&
            !walk_from(&walk, object, progress, error))
            return false;
    *components = (HgComponents){g_steal_pointer(&component), walk.n_components};
    return true;
}
