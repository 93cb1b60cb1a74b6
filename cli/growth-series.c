/* growth-series.c - the snapshots that show-growth compares.
 * SPDX-License-Identifier: MIT */
#include "cli/growth-series.h"

void
hg_series_free(HgSeries *series)
{
    if (!series)
        return;
    for (unsigned i = 0; i < series->count; i++)
        hg_session_clear(&series->opened[i]);
    hg_session_clear(&series->store);
    g_free(series);
}

static bool
add_snapshot(HgSeries *series, const char *which, GError **error)
{
    if (series->count == HG_SERIES_MAX) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "at most %d snapshots can be compared",
                    HG_SERIES_MAX);
        return false;
    }
    HgSession *opened = &series->opened[series->count];
    if (!hg_session_open_other(&series->store, which, opened, error)) {
        hg_session_clear(opened);
        return false;
    }
    series->snapshot[series->count++] = opened->snapshot;
    return true;
}

/* The store is opened where there is one; snapshots may all be dumps that are named. */
static bool
open_store(HgSeries *series, const HgInvocation *invocation, bool is_needed, GError **error)
{
    bool is_there = g_file_test(hg_session_get_path(invocation), G_FILE_TEST_EXISTS);
    if (!is_there && !is_needed && invocation->n_arguments >= 2 && !invocation->store)
        return true;
    return hg_session_open_store(&series->store, invocation, HG_STORE_READ, error);
}

/* Where nothing is named: said before "previous" is looked for, which nobody wrote. */
static bool
check_two(const HgSeries *series, GError **error)
{
    g_autoptr(GPtrArray) list = hg_store_list_snapshots(series->store.store, error);
    if (list && list->len < 2)
        g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                    "%s: growth needs two snapshots, and the store holds %s: `heapgraph capture` "
                    "another, or name dump files",
                    hg_store_get_path(series->store.store), list->len ? "one" : "none");
    return list && list->len >= 2;
}

static bool
add_named(HgSeries *series, const HgInvocation *invocation, GError **error)
{
    if (invocation->n_arguments == 0 &&
        (!check_two(series, error) || !add_snapshot(series, "previous", error)))
        return false;
    for (unsigned i = 0; i < invocation->n_arguments; i++)
        if (!add_snapshot(series, invocation->arguments[i], error))
            return false;
    return invocation->n_arguments >= 2 || add_snapshot(series, "latest", error);
}

/* All of the store from [since] to [until]. */
static bool
add_range(HgSeries *series, const char *since, const char *until, GError **error)
{
    HgStore *store = series->store.store;
    uint32_t first, last;
    if (!hg_store_find_snapshot(store, since, &first, error) ||
        !hg_store_find_snapshot(store, until, &last, error))
        return false;
    g_autoptr(GPtrArray) list = hg_store_list_snapshots(store, error);
    for (unsigned i = 0; list && i < list->len; i++) {
        const HgSnapshotInfo *info = g_ptr_array_index(list, i);
        g_autofree char *number = g_strdup_printf("%u", info->id);
        if (info->id >= first && info->id <= last && !add_snapshot(series, number, error))
            return false;
    }
    if (list && series->count < 2)
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                    "--since %s: fewer than two snapshots from there on", since);
    return list && series->count >= 2;
}

HgSeries *
hg_series_open(const HgInvocation *invocation, const char *since, GError **error)
{
    g_autoptr(HgSeries) series = g_new0(HgSeries, 1);
    if (since && invocation->n_arguments > 1) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "--since takes one snapshot at most: the last to be compared");
        return NULL;
    }
    if (!open_store(series, invocation, since, error))
        return NULL;
    bool done = since ? add_range(series, since,
                                  invocation->n_arguments ? invocation->arguments[0] : NULL, error)
                      : add_named(series, invocation, error);
    return done ? g_steal_pointer(&series) : NULL;
}

static bool
are_of_different_processes(const HgSeries *series)
{
    for (unsigned i = 1; i < series->count; i++)
        if (hg_session_differs(series->snapshot[0], series->snapshot[i]))
            return true;
    return false;
}

void
hg_series_remark(const HgSeries *series)
{
    unsigned n_knowing = 0;
    for (unsigned i = 0; i < series->count; i++)
        n_knowing += hg_snapshot_get_info(series->snapshot[i])->knows_garbage;
    if (are_of_different_processes(series))
        hg_output_remark("the snapshots are of different processes");
    if (n_knowing > 0 && n_knowing < series->count)
        hg_output_remark("some of the snapshots cannot tell garbage from what is live: there, all "
                         "counts as live");
}
