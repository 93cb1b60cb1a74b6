/* new-objects.h - which objects were not there before.
 *
 * An object is known again by its address, and only in the same process. An address is used again
 * as soon as its object is gone, so where an object of the same type stood there before, it may be
 * that one or a new one in its place: if all that can be seen of it is different, it counts as new
 * and is marked as doubtful.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/object.h"

/* Returns: whether addresses of both mean the same: not so in two processes that are known to
 * differ. */
bool hg_new_objects_can_tell(HgSnapshot *before, HgSnapshot *after);

/* Returns: for each type of [before] the number of the one with the same name in [after], HG_NONE
 * where there is none; g_free(). Of several in [after] the first stands for all. */
uint32_t *hg_new_objects_match_types(HgSnapshot *before, HgSnapshot *after, GError **error);

typedef struct {
    GArray *objects;      /* uint32_t, the biggest first, then by address */
    GHashTable *doubtful; /* those at an address where one of the type stood, number + 1 */
    uint64_t n_new;       /* all of them, listed or not */
    uint64_t n_doubtful;  /* of these */
    uint64_t n_gone;      /* objects of the type that were there before and are not now */
    uint64_t n_kept;      /* that are where they were */
} HgNewObjects;

void hg_new_objects_clear(HgNewObjects *found);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgNewObjects, hg_new_objects_clear)

/* Finds the new objects of a type of [after], at most [limit]. HG_ERROR_USAGE if addresses cannot
 * be compared. */
bool hg_new_objects_find(HgSnapshot *before, HgSnapshot *after, const HgTypeRow *type,
                         uint64_t limit, HgNewObjects *found, GError **error);

/* Sets [came] and [went], by number of the types of [after] and of [before], to how many live
 * objects are only there. HG_ERROR_USAGE if addresses cannot be compared. */
bool hg_new_objects_count(HgSnapshot *before, HgSnapshot *after, uint64_t *came, uint64_t *went,
                          GError **error);
