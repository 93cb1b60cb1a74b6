/* exclusive.h - what groups of roots keep alive, each on its own.
 *
 *      group 0 ──▶ a ──▶ b            a: 0 alone      b: several
 *      group 1 ─────────▶ b ◀── c     c: 1 alone, if 1 leads to it
 *
 * If all roots of a group went, just what it alone reaches would be freed. Groups may belong to
 * larger ones, as frames to threads: what several of one larger group reach, and nobody else, is
 * that group's.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/graph.h"

#define HG_GROUP_SEVERAL (UINT32_MAX - 1)

typedef struct {
    uint32_t object;
    uint32_t group; /* below HG_GROUP_SEVERAL */
} HgGroupedRoot;

/* Sets *group to an array by object: the group that alone reaches it, HG_GROUP_SEVERAL, or HG_NONE
 * for what no root reaches. [parent] is by group: the larger one it belongs to, which belongs to
 * none, or HG_NONE; NULL if all are HG_NONE. Over the references that keep; each is followed three
 * times at most. Uses graph->forward and `how`. hg_array_free(). */
bool hg_exclusive_find(const HgGraph *graph, const HgGroupedRoot *roots, size_t n_roots,
                       const uint32_t *parent, const HgProgress *progress, uint32_t **group,
                       GError **error);
