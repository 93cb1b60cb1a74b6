/* graph-visits.h - what somebody made of the graphs of a tab: the states each place went through,
 * so that who comes back finds it as it was. No widget. SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/graph-state.h"
#include "gui/models/place.h"

typedef struct {
    GPtrArray *visits; /* the latest last; the oldest are forgotten */
} HgGraphVisits;

/* Returns: no visits; hg_graph_visits_free(). */
HgGraphVisits *hg_graph_visits_new(void);
void hg_graph_visits_free(HgGraphVisits *visits);

/* Makes the visit of [place] the last one: that which was there, or a new one. */
void hg_graph_visits_go(HgGraphVisits *visits, const HgPlace *place);

/* Returns: the history of the last one, borrowed; NULL if there is none. */
HgGraphHistory *hg_graph_visits_get(const HgGraphVisits *visits);
