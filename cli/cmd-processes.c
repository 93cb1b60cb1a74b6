/* cmd-processes.c - `heapgraph processes`: the Python processes that could be captured.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/table.h"
#include "core/capture/processes.h"

static const HgTableColumn columns[] = {
    {"pid", "PID", HG_CELL_NUMBER},       {"python", "PYTHON", HG_CELL_TEXT},
    {"resident", "MEMORY", HG_CELL_SIZE}, {"command", "COMMAND", HG_CELL_TEXT},
    {"problem", NULL, HG_CELL_TEXT},
};

static void
add_row(HgTable *table, const HgPythonProcess *python)
{
    const HgProcess *process = &python->process;
    hg_table_add_number(table, (uint64_t)process->pid);
    hg_table_add_text(table, python->version);
    hg_table_add_number(table, process->resident);
    hg_table_add_text(table, process->arguments ? process->arguments : process->name);
    hg_table_add_text(table, python->problem);
}

static void
remark_problems(const GArray *processes)
{
    for (guint i = 0; i < processes->len; i++) {
        const char *problem = g_array_index(processes, HgPythonProcess, i).problem;
        if (problem)
            hg_output_remark("%s", problem);
    }
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_autoptr(GArray) processes = hg_processes_list();
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < processes->len; i++)
        add_row(table, &g_array_index(processes, HgPythonProcess, i));
    hg_table_end(table);
    if (invocation->format == HG_FORMAT_TABLE)
        remark_problems(processes);
    return true;
}

const HgCommand cmd_processes = {
    .name = "processes",
    .summary = "list the Python processes that could be captured",
    .details = "Nothing is stopped or changed. Processes that look like Python but cannot be read\n"
               "are listed with the reason, and the setting that would help.\n\n"
               "Example:\n  heapgraph processes --format json",
    .takes = HG_TAKES_FORMAT,
    .run = run,
};
