/* session.h - what all pages of a window share: the files that are open, which snapshot is looked
 * at, which one is the earlier, which object is selected. No widget.
 *
 * Signals:
 *      "shots-changed"      the list of snapshots
 *      "shot-changed"       the snapshot that is looked at, or the earlier one
 *      "selection-changed"  the object whose holders the pane beside the page tells
 *      "go" (HgPlace *, bool in_new_tab)      somebody follows a link
 *      "message" (const char *)               something to be told in passing
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/job.h"

#include <glib-object.h>

#define HG_TYPE_SESSION (hg_session_get_type())
G_DECLARE_FINAL_TYPE(HgSession, hg_session, HG, SESSION, GObject)

HgSession *hg_session_new(void);

/* Returns: the workers, borrowed. */
HgWork *hg_session_get_work(HgSession *session);

/* Ends all work and closes all files, though somebody may still hold the session. */
void hg_session_close(HgSession *session);

/* ---- snapshots ------------------------------------------------------------------------------ */

/* Adds the snapshots of a file that was opened (HgShot, oldest first), and looks at the last. Those
 * that are there already stay. */
void hg_session_add_shots(HgSession *session, const GPtrArray *shots);
void hg_session_remove_shot(HgSession *session, const HgShot *shot);

/* Returns: HgShot, in the order of taking; borrowed. */
const GPtrArray *hg_session_get_shots(HgSession *session);

/* Returns: the snapshot that is looked at, and the one before it that growth is told from;
 * borrowed, NULL if there is none. */
const HgShot *hg_session_get_shot(HgSession *session);
const HgShot *hg_session_get_earlier(HgSession *session);
void hg_session_set_shot(HgSession *session, const HgShot *shot);
void hg_session_set_earlier(HgSession *session, const HgShot *shot);

/* Returns: what the command line calls [shots] (HgShot), one after the other, if it has a name for
 * each: "1 3 -d service.db", or "before.hgd after.hgd", where a file stands for its last snapshot;
 * NULL otherwise; g_free(). */
char *hg_session_dup_names(HgSession *session, const GPtrArray *shots);

/* ---- the selected object --------------------------------------------------------------------- */

/* HG_NONE selects nothing. */
void hg_session_select(HgSession *session, const HgShot *shot, uint32_t object);
/* Returns: its number in *shot (borrowed), or HG_NONE. */
uint32_t hg_session_get_selected(HgSession *session, const HgShot **shot);

/* ---- going places ---------------------------------------------------------------------------- */

/* Follows a link; [place] is borrowed. One without a snapshot means that which is looked at. */
void hg_session_go(HgSession *session, const HgPlace *place, bool in_new_tab);
/* The same in one step: to the page of that name, at an object or HG_NONE, with what it is asked or
 * NULL. */
void hg_session_go_to(HgSession *session, const char *page, const HgShot *shot, uint32_t object,
                      const char *argument);
/* Tells something in passing (a toast). */
void hg_session_say(HgSession *session, const char *message);
