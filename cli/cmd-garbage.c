/* cmd-garbage.c - heapgraph garbage: what no root reaches.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/object-table.h"
#include "cli/session.h"
#include "core/questions/sweep.h"

static void
remark_sum(const HgSnapshot *snapshot, uint64_t count, uint64_t size)
{
    g_autofree char *objects = hg_number_dup_count(count);
    g_autofree char *bytes = hg_number_dup_size(size);
    hg_output_remark("%s objects, %s%s", objects, bytes,
                     hg_snapshot_get_info(snapshot)->knows_garbage
                         ? ""
                         : "; what C code holds is unknown, so they need not be garbage");
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    uint64_t count, size;
    if (!hg_session_open(&session, invocation, error))
        return false;
    g_autoptr(GArray) objects =
        hg_sweep_garbage(session.snapshot, invocation->limit, &count, &size, error);
    if (!objects || !hg_object_table_print(invocation, session.snapshot, objects, 0, error))
        return false;
    if (invocation->format == HG_FORMAT_TABLE)
        remark_sum(session.snapshot, count, size);
    return true;
}

const HgCommand cmd_garbage = {
    .name = "garbage",
    .summary = "the objects that no root reaches, the biggest first",
    .details = "They wait for the collector, in cycles or as what these hold.\n"
               "\n"
               "Examples:\n"
               "  heapgraph garbage\n"
               "  heapgraph garbage --format csv",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .run = run,
};
