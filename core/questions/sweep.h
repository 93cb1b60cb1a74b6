/* sweep.h - questions that must look at the whole heap: garbage, leaking objects.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/graph.h"
#include "core/questions/object.h"

/* Reads the references of the whole snapshot, forward alone, into arrays: 13 bytes an object and
 * 5 a reference. Clear with hg_graph_clear(). */
bool hg_sweep_read_graph(HgSnapshot *snapshot, HgGraph *graph, GError **error);

/* Returns: numbers (uint32_t) of the objects that no root reaches, the biggest first, then by
 * address, at most [limit]. Sets *count and *size to all of them; g_array_unref(). */
GArray *hg_sweep_garbage(HgSnapshot *snapshot, uint64_t limit, uint64_t *count, uint64_t *size,
                         GError **error);

/* Returns: numbers (uint32_t) of the objects that the collector tracks and that no tracked object
 * refers to, the biggest first, at most [limit]: objgraph's `leaking`, less those that a root
 * explains, itself or by referring to them. Sets *count to all of them; g_array_unref(). */
GArray *hg_sweep_leaking(HgSnapshot *snapshot, uint64_t limit, uint64_t *count, GError **error);
