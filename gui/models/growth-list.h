/* growth-list.h - what there is more of than before, over several snapshots.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/types.h"
#include "gui/models/job.h"
#include "gui/models/list.h"

/* Returns: a row for every type that grew from the first to the last of [shots] (HgShot, in their
 * order), with the columns type, series, before, after, growth, size-growth, new, gone.
 * HG_ERROR_USAGE for fewer than two. */
HgList *hg_growth_list_make(HgAsk *ask, const GPtrArray *shots, HgGrowthKind kind, GError **error);
