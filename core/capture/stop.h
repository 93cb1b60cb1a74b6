/* stop.h - stops every thread of a process and lets them go.
 *
 * Threads are seized (PTRACE_SEIZE), which sends no signal and disturbs no system call; what a
 * thread was about to receive is handed to it when it goes on. All calls come from one thread,
 * and when that ends, for whatever reason, the kernel lets the target go.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/capture/image.h"

typedef struct {
    int id;          /* of the thread */
    int signal;      /* it was about to receive, 0: none */
    bool halted;     /* it is stopped now */
    bool is_at_rest; /* because it was asked to, not on the way to a signal */
} HgStopped;

typedef struct {
    int pid;
    GArray *thread; /* HgStopped */
} HgStop;

/* Stops every thread of [pid], those started meanwhile as well. On failure all go on at once.
 * [stop] is to be released if and only if this returns true. */
bool hg_stop_begin(HgStop *stop, int pid, GError **error);

/* Stops one thread of [pid] alone, any that can be. */
bool hg_stop_begin_any(HgStop *stop, int pid, GError **error);

/* Lets all threads go on. */
void hg_stop_release(HgStop *stop);

/* Returns: the registers of every thread, the main one first; [n_threads] tells how many. The
 * caller frees it. */
HgImageThread *hg_stop_dup_threads(const HgStop *stop, size_t *n_threads);
