/* process.h - what /proc tells about a process, and why it may not be captured.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int pid;
    char state;         /* of /proc/PID/stat: R, S, D, T, t, Z, X, I */
    int tgid;           /* the process this is a thread of: pid for a process */
    int tracer;         /* pid of who traces it, 0: nobody */
    uint32_t uid;       /* effective */
    uint64_t start;     /* clock ticks since boot */
    uint64_t resident;  /* bytes */
    uint64_t permitted; /* capabilities */
    char *name;         /* as the kernel knows it */
    char *executable;   /* path as it sees it, or NULL: a kernel thread, or hidden from us */
    char *arguments;    /* the command line as one text, or NULL */
    bool is_kernel;     /* a thread of the kernel */
    bool has_memory;    /* false for those, and for what is ending */
} HgProcess;

/* Fills [process], which the caller clears. Fails if there is none of that number. */
bool hg_process_read(HgProcess *process, int pid, GError **error);
void hg_process_clear(HgProcess *process);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgProcess, hg_process_clear)

/* Returns: false, with the reason, if no permission would make this process capturable: a thread,
 * a kernel thread, a zombie, one that is ending or traced by another, or ourselves. */
bool hg_process_check(const HgProcess *process, GError **error);

/* Returns: false if this process may not read and stop [process]; the error says which rule forbids
 * it and the setting that would help. */
bool hg_process_check_permission(const HgProcess *process, GError **error);

/* Sets [error] to why the system says no (EPERM, EACCES) to tracing [process]. */
void hg_process_explain_refusal(const HgProcess *process, GError **error);

/* Returns: bytes process [pid] can still have without swapping, the limits of its control group
 * considered. */
uint64_t hg_process_get_available_memory(int pid);

/* Returns: how many processes and threads the control group of [pid] may still have. */
uint64_t hg_process_get_free_processes(int pid);
