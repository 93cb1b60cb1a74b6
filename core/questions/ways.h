/* ways.h - the other ways from a root to an object, ways from one object to another, and the ways
 * of a whole type merged.
 *
 * chain.h tells the shortest way, which the loader has left in the store. These questions look at
 * the whole heap.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/object.h"
#include "core/questions/roots.h"

/* The other end of a way: a root, an object of a type, or one object. */
typedef struct {
    unsigned root_kinds; /* 1 << HgRootKind; 0: roots of any kind */
    GPtrArray *types;    /* an object of one of these (HgTypeRow) instead, or NULL; borrowed */
    bool is_object;      /* this one instead */
    uint32_t object;
} HgWaysEnd;

typedef struct {
    HgWaysEnd end;         /* backward where ways begin, forward where they lead */
    const uint32_t *avoid; /* objects no way may pass */
    unsigned n_avoid;
    unsigned limit; /* ways at most */
} HgWaysOptions;

typedef struct {
    GPtrArray
        *chains;    /* GArray of uint32_t each, from the root to the object; the shortest first */
    uint64_t count; /* of all ways, shown or not */
} HgWays;

void hg_ways_clear(HgWays *ways);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgWays, hg_ways_clear)

/* Finds ways to [object] that differ in their last step: one for each object that refers to it and
 * that a root reaches without it, the shortest there is; and the object alone if it is a root.
 * HG_ERROR_NOT_FOUND if there is none. */
bool hg_ways_find(HgSnapshot *snapshot, uint32_t object, const HgWaysOptions *options, HgWays *ways,
                  GError **error);

/* Finds ways from [object] forward to others, never to itself: the shortest to each, the nearest
 * first. HG_ERROR_NOT_FOUND if there is none. */
bool hg_ways_find_forward(HgSnapshot *snapshot, uint32_t object, const HgWaysOptions *options,
                          HgWays *ways, GError **error);

#define HG_WAYS_MERGED 20000

typedef struct {
    char *path;       /* "app.EventBus.handlers[]": items and keys are left out */
    uint64_t objects; /* of the type, reached by such a path */
    uint32_t example; /* one of them */
} HgMergedWay;

/* Returns: HgMergedWay, the most common first, of the shortest ways of the objects of [types]
 * (HgTypeRow). Of more than HG_WAYS_MERGED so many are looked at, spread evenly. Sets *n_unreached
 * to those of them that no root reaches; g_ptr_array_unref(). */
GPtrArray *hg_ways_merge(HgSnapshot *snapshot, const GPtrArray *types, uint64_t *n_unreached,
                         GError **error);

/* Returns: the same of [objects] (uint32_t), of all of them. */
GPtrArray *hg_ways_merge_objects(HgSnapshot *snapshot, const GArray *objects, uint64_t *n_unreached,
                                 GError **error);
