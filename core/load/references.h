/* references.h - references as they were told become rows of the graph.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/graph.h"
#include "core/load/addresses.h"

/* Sets graph->forward and `how`, in the order of addresses; references to no object are left out
 * and counted in *n_dropped. [text] are the numbers of the labels' texts in the store. Adds to
 * [label] for each reference what HG_COLUMN_LABEL holds. [uncounted], if not NULL, has for each
 * object how many of the references to it are not part of its reference count. */
bool hg_references_resolve(const HgRecords *records, const HgAddresses *addresses,
                           const uint32_t *text, const HgProgress *progress, HgGraph *graph,
                           HgPacked *label, uint32_t *uncounted, uint64_t *n_dropped,
                           GError **error);
