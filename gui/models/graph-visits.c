/* graph-visits.c - what somebody made of the graphs of a tab.
 * SPDX-License-Identifier: MIT */
#include "gui/models/graph-visits.h"

enum {
    VISITS_KEPT = 32
};

typedef struct {
    HgPlace *place;
    HgGraphHistory *history;
} Visit;

static void
free_visit(void *data)
{
    Visit *visit = data;
    hg_place_unref(visit->place);
    hg_graph_history_free(visit->history);
    g_free(visit);
}

HgGraphVisits *
hg_graph_visits_new(void)
{
    HgGraphVisits *visits = g_new(HgGraphVisits, 1);
    visits->visits = g_ptr_array_new_with_free_func(free_visit);
    return visits;
}

void
hg_graph_visits_free(HgGraphVisits *visits)
{
    if (!visits)
        return;
    g_ptr_array_unref(visits->visits);
    g_free(visits);
}

void
hg_graph_visits_go(HgGraphVisits *visits, const HgPlace *place)
{
    GPtrArray *all = visits->visits;
    for (unsigned i = 0; i < all->len; i++) {
        Visit *old = all->pdata[i];
        if (!hg_place_equal(old->place, place))
            continue;
        g_ptr_array_add(all, g_ptr_array_steal_index(all, i));
        return;
    }
    Visit *new = g_new(Visit, 1);
    new->place = hg_place_ref(place);
    new->history = hg_graph_history_new(
        hg_graph_state_new(place->object, g_strcmp0(place->argument, "refs") != 0));
    g_ptr_array_add(all, new);
    if (all->len > VISITS_KEPT)
        g_ptr_array_remove_index(all, 0);
}

HgGraphHistory *
hg_graph_visits_get(const HgGraphVisits *visits)
{
    if (visits->visits->len == 0)
        return NULL;
    const Visit *last = visits->visits->pdata[visits->visits->len - 1];
    return last->history;
}
