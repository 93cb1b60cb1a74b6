/* cmd-leaking.c - heapgraph leaking: objects that nothing refers to.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/object-table.h"
#include "cli/session.h"
#include "core/questions/sweep.h"

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    uint64_t count;
    if (!hg_session_open(&session, invocation, error))
        return false;
    g_autoptr(GArray) objects =
        hg_sweep_leaking(session.snapshot, invocation->limit, &count, error);
    const HgObjectNote *note = invocation->limit < UINT64_MAX ? &hg_object_path : NULL;
    if (!objects ||
        !hg_object_table_print_noted(invocation, session.snapshot, objects, note, error))
        return false;
    if (invocation->format == HG_FORMAT_TABLE) {
        g_autofree char *text = hg_number_dup_count(count);
        hg_output_remark_rest(count, invocation->limit, NULL);
        hg_output_remark("%s objects", text);
    }
    return true;
}

const HgCommand cmd_leaking = {
    .name = "leaking",
    .summary = "tracked objects that no tracked object refers to and no root explains",
    .details =
        "What is left is held by C code that does not tell - often an extension that forgot to\n"
        "give a reference back -, or by something that the collector does not track, as constants\n"
        "are by their code. PATH tells which: where it is the object itself, nothing is known. It\n"
        "is left out where all are listed.\n"
        "\n"
        "Examples:\n"
        "  heapgraph leaking\n"
        "  heapgraph leaking -n 0 --format json",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .run = run,
};
