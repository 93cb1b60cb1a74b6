/* growth-tables.h - what show-growth prints: types, containers, new objects.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/growth-series.h"
#include "core/questions/types.h"

/* Prints the types that grew. With [containers] (HgContainer, may be NULL) these follow: as lines
 * below the table, or as rows that have a path. */
bool hg_growth_print(const HgInvocation *invocation, const HgSeries *series, const HgTypes *types,
                     const HgTypesOptions *options, const GPtrArray *containers, GError **error);

/* Prints the objects of the type called [name] that are in the last snapshot and not in the
 * first. */
bool hg_growth_print_new(const HgInvocation *invocation, const HgSeries *series, const char *name,
                         GError **error);
