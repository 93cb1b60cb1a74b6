/* cmd-by-type.c - heapgraph by-type: the objects of a type.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/object-table.h"
#include "cli/session.h"
#include "core/questions/resolve.h"

#include <inttypes.h>

static int64_t from_option = 1;

static void
remark_rest(const HgInvocation *invocation, uint64_t n_objects, uint64_t first, unsigned n_shown)
{
    uint64_t shown = first - 1 + n_shown;
    if (invocation->format != HG_FORMAT_TABLE)
        return;
    g_autofree char *rest = hg_number_dup_count(n_objects - MIN(shown, n_objects));
    if (first > n_objects)
        hg_output_remark("nothing from %" PRIu64 " on: there are %" PRIu64, first, n_objects);
    else if (shown < n_objects)
        hg_output_remark("... and %s more (-n 0 shows all, --from %" PRIu64 " the next)", rest,
                         shown + 1);
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    if (from_option < 1) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE, "--from: expected a number from 1 on");
        return false;
    }
    if (!hg_session_open(&session, invocation, error))
        return false;
    uint64_t first = (uint64_t)from_option;
    g_autoptr(GPtrArray) types =
        hg_resolve_types(session.snapshot, invocation->arguments[0], error);
    g_autoptr(GArray) objects =
        types ? hg_objects_of_types(session.snapshot, types, first - 1, invocation->limit, error)
              : NULL;
    if (!objects || !hg_object_table_print(invocation, session.snapshot, objects, first, error))
        return false;
    remark_rest(invocation, hg_objects_count(types), first, objects->len);
    return true;
}

static const GOptionEntry options[] = {
    {"from", 0, 0, G_OPTION_ARG_INT64, &from_option, "begin with the N-th (default: 1)", "N"}, {0}};

const HgCommand cmd_by_type = {
    .name = "by-type",
    .arguments = "TYPE",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "the objects of a type, the biggest first",
    .details =
        "TYPE is a full name (app.models.Session), or a short one (Session) if it is the only\n"
        "one; a class that was defined more than once is one type here. The third object of\n"
        "the list is named Session#3 everywhere. REACHED tells whether a root reaches it.\n"
        "\n"
        "Examples:\n"
        "  heapgraph by-type Session\n"
        "  heapgraph by-type dict -n 100 --from 101\n"
        "  heapgraph by-type app.models.Session --format csv",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
