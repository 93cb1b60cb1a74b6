/* pid.c - the number of a process, as it is typed.
 * SPDX-License-Identifier: MIT */
#include "cli/pid.h"

#include "core/error.h"

bool
hg_pid_parse(const char *text, int *pid, GError **error)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT, &number, NULL)) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                    "'%s' is no process number; `heapgraph processes` lists what can be captured",
                    text);
        return false;
    }
    *pid = (int)number;
    return true;
}
