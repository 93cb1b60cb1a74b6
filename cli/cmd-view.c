/* cmd-view.c - heapgraph view: opens the window there.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/viewer.h"
#include "core/questions/resolve.h"

/* An object that is not there is told here, before a window opens. */
static bool
check_object(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    uint32_t object;
    return hg_session_open(&session, invocation, error) &&
           (!invocation->n_arguments ||
            hg_resolve(session.snapshot, invocation->arguments[0], &object, error));
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    const char *object = invocation->n_arguments ? invocation->arguments[0] : NULL;
    return check_object(invocation, error) && hg_viewer_become(invocation, object, error);
}

const HgCommand cmd_view = {
    .name = "view",
    .arguments = "[OBJ]",
    .max_arguments = 1,
    .summary = "open the window, at an object",
    .details = "Starts heapgraph-viewer on the store, at the object if one is named. Nothing is\n"
               "written to the store.\n"
               "\n"
               "Examples:\n"
               "  heapgraph view\n"
               "  heapgraph view app.cache -d service.db -s previous",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT,
    .run = run,
};
