/* cmd-top.c - heapgraph top: the objects that retain most.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/object-table.h"
#include "cli/session.h"

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    if (!hg_session_open(&session, invocation, error))
        return false;
    g_autoptr(GArray) objects = hg_objects_by_retained(session.snapshot, invocation->limit, error);
    return objects && hg_object_table_print(invocation, session.snapshot, objects, 0, error);
}

const HgCommand cmd_top = {
    .name = "top",
    .summary = "the objects that retain most",
    .details = "An object retains what would be freed with it.\n"
               "\n"
               "Examples:\n"
               "  heapgraph top\n"
               "  heapgraph top -n 5 --format json",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .run = run,
};
