/* cmd-snapshots.c - heapgraph snapshots: what the store holds; rename and remove.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/table.h"

static void
add_row(HgTable *table, const HgSnapshotInfo *info)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(info->taken / G_USEC_PER_SEC);
    g_autofree char *taken = utc ? g_date_time_format(utc, "%Y-%m-%d %H:%M:%SZ") : NULL;
    hg_table_add_number(table, info->id);
    hg_table_add_text(table, info->name);
    hg_table_add_text(table, taken);
    hg_table_add_text(table, info->python);
    hg_table_add_text(table, info->source);
    hg_table_add_number(table, info->n_objects);
    hg_table_add_number(table, info->n_references);
    hg_table_add_number(table, info->size);
    hg_table_add_number(table, info->stored);
}

static bool
list(const HgInvocation *invocation, GError **error)
{
    static const HgTableColumn columns[] = {
        {"id", "ID", HG_CELL_NUMBER},          {"name", "NAME", HG_CELL_TEXT},
        {"taken", "TAKEN", HG_CELL_TEXT},      {"python", "PYTHON", HG_CELL_TEXT},
        {"source", "SOURCE", HG_CELL_TEXT},    {"objects", "OBJECTS", HG_CELL_COUNT},
        {"refs", "REFERENCES", HG_CELL_COUNT}, {"size", "SIZE", HG_CELL_SIZE},
        {"stored", "STORED", HG_CELL_SIZE}};
    g_auto(HgSession) session = {0};
    if (!hg_session_open_store(&session, invocation, HG_STORE_READ, error))
        return false;
    g_autoptr(GPtrArray) snapshots = hg_store_list_snapshots(session.store, error);
    if (!snapshots)
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < snapshots->len; i++)
        add_row(table, snapshots->pdata[i]);
    hg_table_end(table);
    if (snapshots->len == 0)
        hg_output_remark(
            "no snapshots; `heapgraph capture PID` or `heapgraph load DUMP` brings one in");
    return true;
}

static bool
open_one(HgSession *session, const HgInvocation *invocation, uint32_t *id, GError **error)
{
    return hg_session_open_store(session, invocation, HG_STORE_READ, error) &&
           hg_store_find_snapshot(session->store, invocation->arguments[1], id, error);
}

/* The store is opened to be written only once it is known to hold the snapshot: opening makes it.
 */
static bool
reopen(HgSession *session, const HgInvocation *invocation, GError **error)
{
    hg_session_clear(session);
    return hg_session_open_store(session, invocation, HG_STORE_WRITE, error);
}

static bool
rename_one(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    uint32_t id;
    return open_one(&session, invocation, &id, error) && reopen(&session, invocation, error) &&
           hg_store_rename_snapshot(session.store, id, invocation->arguments[2], error);
}

static bool
remove_one(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    uint32_t id;
    return open_one(&session, invocation, &id, error) && reopen(&session, invocation, error) &&
           hg_store_remove_snapshot(session.store, id, error);
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    const char *action = invocation->n_arguments ? invocation->arguments[0] : "list";
    if (g_str_equal(action, "list") && invocation->n_arguments <= 1)
        return list(invocation, error);
    if (g_str_equal(action, "rename") && invocation->n_arguments == 3)
        return rename_one(invocation, error);
    if (g_str_equal(action, "remove") && invocation->n_arguments == 2)
        return remove_one(invocation, error);
    g_set_error_literal(
        error, HG_ERROR, HG_ERROR_USAGE,
        "usage: heapgraph snapshots [list | rename SNAPSHOT NAME | remove SNAPSHOT]");
    return false;
}

const HgCommand cmd_snapshots = {
    .name = "snapshots",
    .arguments = "[list | rename SNAPSHOT NAME | remove SNAPSHOT]",
    .max_arguments = 3,
    .summary = "what the store holds; rename and remove snapshots",
    .details = "A snapshot is named by its number, its name, first, latest or previous.\n"
               "\n"
               "Examples:\n"
               "  heapgraph snapshots\n"
               "  heapgraph snapshots rename latest 'after the test'\n"
               "  heapgraph snapshots remove 3",
    .takes = HG_TAKES_STORE | HG_TAKES_FORMAT,
    .run = run,
};
