/* place.h - where one can be in the window: a page, of a snapshot, at an object or a question.
 *
 *      types                    the page alone
 *      objects  "app.Session"   a page and what it is asked
 *      object   4711            a page and an object
 *
 * Back, forward, tabs, bookmarks and links all speak of places. A place never changes.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

/* One snapshot of one file. Never changes; shared by counting. */
typedef struct {
    char *path; /* of the store or dump, as it was opened */
    uint32_t id;
    char *name;
    HgSnapshotInfo info; /* its texts belong to this */
} HgShot;

HgShot *hg_shot_new(const char *path, const HgSnapshotInfo *info);
HgShot *hg_shot_ref(const HgShot *shot); /* NULL for NULL */
void hg_shot_unref(void *shot);          /* accepts NULL; a GDestroyNotify */
bool hg_shot_equal(const HgShot *shot, const HgShot *other);

/* Returns: the command line that asks [arguments] ("show 0x7f3a...") of the snapshot; g_free(). */
char *hg_shot_dup_command(const HgShot *shot, const char *arguments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgShot, hg_shot_unref)

typedef struct {
    char *page;      /* its name in pages.c */
    HgShot *shot;    /* NULL: whichever is chosen */
    HgShot *since;   /* the earlier one that it is compared with; NULL: it is not */
    uint32_t object; /* its number in [shot], or HG_NONE */
    char *argument;  /* what the page is asked: a type, a statement; NULL: nothing */
} HgPlace;

/* Snapshots are borrowed. */
HgPlace *hg_place_new(const char *page, const HgShot *shot, uint32_t object, const char *argument);
HgPlace *hg_place_new_since(const char *page, const HgShot *shot, const HgShot *since,
                            const char *argument);
HgPlace *hg_place_ref(const HgPlace *place);
void hg_place_unref(void *place); /* accepts NULL; a GDestroyNotify */
bool hg_place_equal(const HgPlace *place, const HgPlace *other);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgPlace, hg_place_unref)
