/* history.c - the places that were visited.
 * SPDX-License-Identifier: MIT */
#include "gui/models/history.h"

void
hg_history_init(HgHistory *history)
{
    *history = (HgHistory){.places = g_ptr_array_new_with_free_func(hg_place_unref)};
}

void
hg_history_clear(HgHistory *history)
{
    g_clear_pointer(&history->places, g_ptr_array_unref);
}

void
hg_history_visit(HgHistory *history, const HgPlace *place)
{
    GPtrArray *places = history->places;
    if (hg_place_equal(hg_history_get(history), place))
        return;
    if (places->len > 0 && history->current + 1 < places->len)
        g_ptr_array_set_size(places, (int)history->current + 1);
    if (places->len == HG_HISTORY_MAX)
        g_ptr_array_remove_index(places, 0);
    g_ptr_array_add(places, hg_place_ref(place));
    history->current = places->len - 1;
}

bool
hg_history_can_go(const HgHistory *history, int steps)
{
    int64_t target = (int64_t)history->current + steps;
    return target >= 0 && target < history->places->len;
}

const HgPlace *
hg_history_go(HgHistory *history, int steps)
{
    if (!hg_history_can_go(history, steps))
        return NULL;
    history->current = (unsigned)((int)history->current + steps);
    return hg_history_get(history);
}

const HgPlace *
hg_history_get(const HgHistory *history)
{
    return history->places->len ? g_ptr_array_index(history->places, history->current) : NULL;
}
