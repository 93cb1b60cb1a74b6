/* pid.h - the number of a process, as it is typed.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>

bool hg_pid_parse(const char *text, int *pid, GError **error);
