/* history.h - the places that were visited, to go back and forward among them.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/place.h"

#define HG_HISTORY_MAX 500 /* places; the oldest are forgotten */

typedef struct {
    GPtrArray *places; /* HgPlace */
    unsigned current;
} HgHistory;

void hg_history_init(HgHistory *history);
void hg_history_clear(HgHistory *history);

/* Goes to a new place: what lay ahead is forgotten. The place one is at already is not added. */
void hg_history_visit(HgHistory *history, const HgPlace *place);

/* Returns: the place one is at after going [steps] forward (negative: back), borrowed; NULL, and
 * nothing has changed, if there are not so many. */
const HgPlace *hg_history_go(HgHistory *history, int steps);
bool hg_history_can_go(const HgHistory *history, int steps);
/* Returns: where one is, borrowed; NULL at the very beginning. */
const HgPlace *hg_history_get(const HgHistory *history);
