/* session.c - the store and the snapshot that a command works on, from -d and -s.
 * SPDX-License-Identifier: MIT */
#include "cli/session.h"

#include "core/load/import.h"

#include <string.h>

const char *
hg_session_get_path(const HgInvocation *invocation)
{
    const char *variable = g_getenv("HEAPGRAPH_DB");
    if (invocation->store)
        return invocation->store;
    return variable && *variable ? variable : "heapgraph.db";
}

static HgStore *
open_path(const char *path, HgStoreMode mode, GError **error)
{
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgProgress progress = hg_progress_bar_get(bar);
    return hg_import_open(path, mode, &progress, error);
}

bool
hg_session_open_store(HgSession *session, const HgInvocation *invocation, HgStoreMode mode,
                      GError **error)
{
    const char *path = hg_session_get_path(invocation);
    if (mode == HG_STORE_READ && !g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                    "%s: no such store; `heapgraph capture PID` or `heapgraph load DUMP` makes "
                    "one, -d names another",
                    path);
        return false;
    }
    session->store = open_path(path, mode, error);
    return session->store;
}

static bool
open_snapshot(HgSession *session, const char *which, GError **error)
{
    uint32_t id;
    if (!hg_store_find_snapshot(session->store, which, &id, error))
        return false;
    session->snapshot = hg_snapshot_open(session->store, id, error);
    return session->snapshot;
}

bool
hg_session_open(HgSession *session, const HgInvocation *invocation, GError **error)
{
    return hg_session_open_store(session, invocation, HG_STORE_READ, error) &&
           open_snapshot(session, invocation->snapshot, error);
}

bool
hg_session_open_other(const HgSession *session, const char *which, HgSession *other, GError **error)
{
    g_autoptr(GError) problem = NULL;
    uint32_t id;
    *other = (HgSession){0};
    if (session->store && hg_store_find_snapshot(session->store, which, &id, &problem)) {
        other->snapshot = hg_snapshot_open(session->store, id, error);
        return other->snapshot;
    }
    if (!g_file_test(which, G_FILE_TEST_EXISTS) && problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        if (strpbrk(which, "./")) /* looks like a file */
            g_prefix_error(error, "%s: no such file; ", which);
        return false;
    }
    other->store = open_path(which, HG_STORE_READ, error);
    return other->store && open_snapshot(other, NULL, error);
}

static bool
open_previous(const HgSession *session, HgSession *earlier, GError **error)
{
    const HgSnapshotInfo *now = hg_snapshot_get_info(session->snapshot);
    g_autoptr(GPtrArray) all = hg_store_list_snapshots(session->store, error);
    uint32_t id = 0;
    for (unsigned i = 0; all && i < all->len; i++) {
        const HgSnapshotInfo *info = g_ptr_array_index(all, i);
        if (info->id < now->id && *info->process && g_str_equal(info->process, now->process))
            id = info->id;
    }
    if (!all || id == 0)
        return all;
    g_autofree char *which = g_strdup_printf("%u", id);
    return hg_session_open_other(session, which, earlier, error);
}

bool
hg_session_differs(HgSnapshot *one, HgSnapshot *other)
{
    const char *first = hg_snapshot_get_info(one)->process;
    const char *second = hg_snapshot_get_info(other)->process;
    return *first && *second && !g_str_equal(first, second);
}

bool
hg_session_open_earlier(const HgSession *session, const char *which, bool is_alone,
                        HgSession *earlier, GError **error)
{
    if (which && is_alone) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "--alone compares with nothing, not with %s",
                    which);
        return false;
    }
    if (!which)
        return is_alone || open_previous(session, earlier, error);
    if (!hg_session_open_other(session, which, earlier, error))
        return false;
    if (hg_session_differs(session->snapshot, earlier->snapshot))
        hg_output_remark("the snapshots are of different processes");
    return true;
}

void
hg_session_clear(HgSession *session)
{
    g_clear_pointer(&session->snapshot, hg_snapshot_close);
    g_clear_pointer(&session->store, hg_store_close);
}
