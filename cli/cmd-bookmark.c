/* cmd-bookmark.c - heapgraph bookmark: names for objects of a snapshot.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/questions/resolve.h"

#include <string.h>

static char *note_option;

static bool
list(const HgInvocation *invocation, GError **error)
{
    static const HgTableColumn columns[] = {{"name", "NAME", HG_CELL_TEXT},
                                            {"address", "ADDRESS", HG_CELL_ADDRESS},
                                            {"note", "NOTE", HG_CELL_TEXT}};
    g_auto(HgSession) session = {0};
    if (!hg_session_open(&session, invocation, error))
        return false;
    g_autoptr(GPtrArray) bookmarks =
        hg_store_list_bookmarks(session.store, hg_snapshot_get_info(session.snapshot)->id, error);
    if (!bookmarks)
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < bookmarks->len; i++) {
        const HgBookmark *bookmark = g_ptr_array_index(bookmarks, i);
        hg_table_add_text(table, bookmark->name);
        hg_table_add_number(table, bookmark->address);
        hg_table_add_text(table, bookmark->note);
    }
    hg_table_end(table);
    return true;
}

static bool
check_name(const char *name, GError **error)
{
    if (*name && !strpbrk(name, ".[]#@'\" \t\n") && g_utf8_validate(name, -1, NULL))
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                "'%s': expected a name without blanks, quotes and any of . [ ] # @", name);
    return false;
}

/* Sets *id to the snapshot and opens the store to be written. */
static bool
reopen(HgSession *session, const HgInvocation *invocation, uint32_t *id, GError **error)
{
    *id = hg_snapshot_get_info(session->snapshot)->id;
    hg_session_clear(session);
    return hg_session_open_store(session, invocation, HG_STORE_WRITE, error);
}

static bool
set_one(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    char *name = invocation->arguments[1] + (*invocation->arguments[1] == '@');
    char none[] = "";
    HgBookmark bookmark = {.name = name, .note = note_option ? note_option : none};
    uint32_t object, id;
    return check_name(name, error) && hg_session_open(&session, invocation, error) &&
           hg_resolve(session.snapshot, invocation->arguments[2], &object, error) &&
           hg_snapshot_get(session.snapshot, HG_COLUMN_ADDRESS, object, &bookmark.address, error) &&
           reopen(&session, invocation, &id, error) &&
           hg_store_set_bookmark(session.store, id, &bookmark, error);
}

static bool
remove_one(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    const char *name = invocation->arguments[1] + (*invocation->arguments[1] == '@');
    uint32_t id;
    return hg_session_open(&session, invocation, error) &&
           reopen(&session, invocation, &id, error) &&
           hg_store_remove_bookmark(session.store, id, name, error);
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    const char *action = invocation->n_arguments ? invocation->arguments[0] : "list";
    if (g_str_equal(action, "list") && invocation->n_arguments <= 1)
        return list(invocation, error);
    if (g_str_equal(action, "set") && invocation->n_arguments == 3)
        return set_one(invocation, error);
    if (g_str_equal(action, "remove") && invocation->n_arguments == 2)
        return remove_one(invocation, error);
    g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                        "usage: heapgraph bookmark [list | set NAME OBJ | remove NAME]");
    return false;
}

static const GOptionEntry options[] = {
    {"note", 0, 0, G_OPTION_ARG_STRING, &note_option, "a remark kept with a bookmark", "TEXT"},
    {0}};

const HgCommand cmd_bookmark = {
    .name = "bookmark",
    .arguments = "[list | set NAME OBJ | remove NAME]",
    .max_arguments = 3,
    .summary = "give an object a name, to be used as @name",
    .details = "Examples:\n"
               "  heapgraph bookmark set leak 'Session#1' --note 'look at this first'\n"
               "  heapgraph show @leak\n"
               "  heapgraph bookmark\n"
               "  heapgraph bookmark remove leak",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT,
    .options = options,
    .run = run,
};
