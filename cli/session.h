/* session.h - the store and the snapshot that a command works on, from -d and -s.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/command.h"
#include "core/store/store.h"

typedef struct {
    HgStore *store;
    HgSnapshot *snapshot; /* NULL after hg_session_open_store() */
} HgSession;

/* Returns: the path of -d, else $HEAPGRAPH_DB, else heapgraph.db here; borrowed. */
const char *hg_session_get_path(const HgInvocation *invocation);

/* Opens the store at that path (a dump is loaded into the user's cache first) and in it the
 * snapshot of -s. Clear with hg_session_clear(). */
bool hg_session_open(HgSession *session, const HgInvocation *invocation, GError **error);
bool hg_session_open_store(HgSession *session, const HgInvocation *invocation, HgStoreMode mode,
                           GError **error);

/* Opens one more snapshot: a number or name in the store, or the path of a dump or store, whose
 * latest it is. The session keeps none of it. [other] needs hg_session_clear(). */
bool hg_session_open_other(const HgSession *session, const char *which, HgSession *other,
                           GError **error);

/* Opens what a snapshot is compared with: [which], or where that is NULL, and not [is_alone], the
 * snapshot of the same process that was taken last before it, if there is one; [earlier] stays
 * empty where there is none. Remarks it if the two are of different processes. */
bool hg_session_open_earlier(const HgSession *session, const char *which, bool is_alone,
                             HgSession *earlier, GError **error);

/* Returns: whether two snapshots are known to be of different processes. */
bool hg_session_differs(HgSnapshot *one, HgSnapshot *other);
void hg_session_clear(HgSession *session);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgSession, hg_session_clear)
