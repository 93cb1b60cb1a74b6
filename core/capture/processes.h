/* processes.h - the Python processes of this machine.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "core/capture/process.h"

typedef struct {
    HgProcess process;
    char *version; /* "3.11.2", or NULL if it cannot be told */
    char *problem; /* why it cannot be captured, or NULL if it can */
} HgPythonProcess;

/* Returns: the processes that run CPython, or look like it and may not be read, by number;
 * HgPythonProcess each. Nothing is stopped. The caller frees it. */
GArray *hg_processes_list(void);
