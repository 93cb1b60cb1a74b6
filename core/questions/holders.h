/* holders.h - the tree of holders: what would be freed with an object, level by level.
 *
 *      app             412.0 MiB
 *        .cache        410.2 MiB
 *          [17]          1.1 MiB
 *          ... 81,203 more
 *
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/object.h"

/* What one object directly holds. */
typedef struct {
    GArray *objects;   /* uint32_t, those that retain most first, then by number */
    uint64_t count;    /* of all, in [objects] or not */
    uint64_t retained; /* by all of them */
} HgHeld;

void hg_held_clear(HgHeld *held);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgHeld, hg_held_clear)

/* Fills *held with what [holder] holds, at most [limit]; HG_NONE stands for the roots, which hold
 * what is live and has no single holder. HG_ERROR_NOT_FOUND if the snapshot does not know. */
bool hg_holders_list(HgSnapshot *snapshot, uint32_t holder, uint64_t limit, HgHeld *held,
                     GError **error);

typedef struct {
    unsigned depth;   /* levels below the holder */
    uint64_t width;   /* objects of one holder at most */
    double min_share; /* of what the holder at the top retains: smaller ones are folded */
} HgHoldersOptions;

/* A line of the tree. */
typedef struct {
    uint32_t object;   /* HG_NONE: those that are folded */
    unsigned depth;    /* 1: directly below the holder at the top */
    uint64_t retained; /* by the object, or by all that are folded */
    uint64_t count;    /* of what it directly holds, or of those folded */
    char *label; /* how its holder refers to it: ".cache"; NULL where it does so through others */
} HgHoldersLine;

/* Returns: HgHoldersLine of the tree below [holder] (HG_NONE: the roots), parents before what they
 * hold, the biggest first and the folded last; g_ptr_array_unref(). */
GPtrArray *hg_holders_make_tree(HgSnapshot *snapshot, uint32_t holder,
                                const HgHoldersOptions *options, GError **error);
