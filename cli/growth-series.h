/* growth-series.h - the snapshots that show-growth compares.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/command.h"
#include "cli/session.h"

#define HG_SERIES_MAX 100

/* The snapshots in their order, each with the session it belongs to. */
typedef struct {
    HgSession store; /* that of -d, if it is needed */
    HgSession opened[HG_SERIES_MAX];
    HgSnapshot *snapshot[HG_SERIES_MAX];
    unsigned count;
} HgSeries;

/* Returns: two snapshots or more: those that are named, the one that is named and the latest, the
 * last two; or with [since] all of the store from that one on, up to the one that is named.
 * NULL with [error] set. */
HgSeries *hg_series_open(const HgInvocation *invocation, const char *since, GError **error);
void hg_series_free(HgSeries *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgSeries, hg_series_free)

/* Says on stderr what a reader should know who compares them. */
void hg_series_remark(const HgSeries *series);
