/* cmd-sql.c - heapgraph sql: questions in SQL.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/rows.h"
#include "cli/session.h"

#include <errno.h>
#include <unistd.h>

#define STATEMENT_MAX (1u << 20) /* bytes of SQL on standard input */

static char *
read_input(GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char part[4096];
    ssize_t size;
    while ((size = read(STDIN_FILENO, part, sizeof part)) > 0 && text->len <= STATEMENT_MAX)
        g_string_append_len(text, part, size);
    if (size < 0 || text->len > STATEMENT_MAX) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "standard input: %s",
                    size < 0 ? g_strerror(errno) : "more than 1 MiB of SQL");
        return NULL;
    }
    return g_strdup(text->str);
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    bool is_given = invocation->n_arguments > 0 && !g_str_equal(invocation->arguments[0], "-");
    if (!is_given && isatty(STDIN_FILENO))
        hg_output_remark("reading SQL from the terminal; end with Ctrl-D");
    g_autofree char *sql = is_given ? g_strdup(invocation->arguments[0]) : read_input(error);
    return sql && hg_session_open(&session, invocation, error) &&
           hg_rows_print(stdout, invocation->format, session.snapshot, sql, error);
}

const HgCommand cmd_sql = {
    .name = "sql",
    .arguments = "[STATEMENT]",
    .max_arguments = 1,
    .summary = "ask in SQL; without a statement it is read from standard input",
    .details =
        "Tables of the snapshot:\n"
        "  snapshot(id, name, taken, source, python, objects, refs, size)\n"
        "  type(type_id, name, module, qualname, count, garbage, size, retained)\n"
        "  object(nr, address, type, type_id, size, sizeof, refcount, surplus, length, "
        "value, live,\n"
        "         holder, retained, distance)\n"
        "  reference(source, target, kind, label)   between nr of objects\n"
        "  root(nr, kind, name)\n"
        "  thread(number, id, name, interpreter), frame, site, fact(key, value)\n"
        "and functions that are used like tables:\n"
        "  referrers(nr), referents(nr)   nr, kind, label of what is at the other end\n"
        "  reachable(nr), dominated(nr)   nr, depth; the objects of the latter are what would\n"
        "                                 be freed with the object\n"
        "  path_to_root(nr)               step, nr, kind, label\n"
        "Nothing can be written. all_type, all_root ... hold every snapshot. Unknown is NULL.\n"
        "\n"
        "Examples:\n"
        "  heapgraph sql 'select name, count from type order by size desc limit 5'\n"
        "  heapgraph sql \"select printf('0x%x', address), length from object\n"
        "                  where type = 'dict' order by length desc limit 10\"\n"
        "  heapgraph sql 'select step, type, label from path_to_root(4711) join object "
        "using (nr)'\n"
        "  heapgraph sql 'select sum(size) from dominated(4711) join object using (nr)'\n"
        "  heapgraph sql --format csv <question.sql",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT,
    .run = run,
};
