/* capture.h - capturing from the window: the processes as a list, a process into a store.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/job.h"
#include "gui/models/list.h"

/* Returns: the Python processes of this machine, with the columns pid, python, memory, command,
 * problem. */
HgList *hg_capture_list_processes(HgAsk *ask, GError **error);

typedef struct {
    GPtrArray *shots; /* HgShot of the store, the new one last */
    char *remark;     /* "41,204 objects; stopped for 12.3 ms" */
} HgCaptured;

void hg_captured_free(void *captured);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgCaptured, hg_captured_free)

/* Captures process [pid] as a new snapshot of the store at [path], which is made if need be. */
HgCaptured *hg_capture_take(HgAsk *ask, int pid, const char *path, GError **error);

/* Returns: where the captures of a process are kept unless the user says otherwise; g_free(). */
char *hg_capture_dup_path(const char *name, int pid);

/* Sets *resident to the memory of a process in bytes. Returns: false if it has ended. */
bool hg_capture_read_memory(int pid, uint64_t *resident);
