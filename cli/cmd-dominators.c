/* cmd-dominators.c - heapgraph dominators: the tree of holders, one level of it.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/object-table.h"
#include "cli/session.h"
#include "core/questions/resolve.h"

#include <inttypes.h>

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    uint32_t holder = HG_NONE;
    uint64_t count;
    if (!hg_session_open(&session, invocation, error) ||
        (invocation->n_arguments &&
         !hg_resolve(session.snapshot, invocation->arguments[0], &holder, error)))
        return false;
    g_autoptr(GArray) objects =
        hg_objects_by_retained(session.snapshot, true, holder, invocation->limit, &count, error);
    if (!objects || !hg_object_table_print(invocation, session.snapshot, objects, 0, error))
        return false;
    if (invocation->format != HG_FORMAT_TABLE)
        return true;
    if (count == 0)
        hg_output_remark("it is the holder of nothing");
    else if (count > objects->len)
        hg_output_remark("... and %" PRIu64 " more (-n 0 shows all)", count - objects->len);
    return true;
}

const HgCommand cmd_dominators = {
    .name = "dominators",
    .arguments = "[OBJ]",
    .max_arguments = 1,
    .summary = "what an object is the holder of; without OBJ, what only roots hold",
    .details = "The holder of an object is the one without which it would be gone. Going from the\n"
               "biggest to the biggest leads to where the memory is.\n"
               "\n"
               "Examples:\n"
               "  heapgraph dominators\n"
               "  heapgraph dominators app.cache\n"
               "  heapgraph dominators 0x7f3a5c021d80 -n 5",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .run = run,
};
