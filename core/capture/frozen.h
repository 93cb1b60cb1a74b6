/* frozen.h - a copy of a process made by the kernel: forked off, never run, read at leisure.
 *
 *      heapgraph ──fork──▶ guardian ──stops, makes it call clone──▶ target ──clone──▶ copy
 *          └──────────────────────────────reads──────────────────────────────────────▶│
 *
 * The target stands still while the kernel copies its page tables, as long as when it forks itself;
 * what we do around that is a fraction of a millisecond. The copy is its child, of the kind its own
 * waitpid(-1) never sees and whose end sends no signal (clone without SIGCHLD). In the end the copy
 * is killed and the target made to reap it (wait4 with __WALL), so that nothing stays.
 *
 * All this is done by the guardian, a process of its own in a session of its own: it waits for
 * heapgraph to say that it is ready, or to die, and puts everything back either way. Should the
 * guardian be killed as well (by SIGKILL, for it ignores the rest), the kernel kills the copy, and
 * a zombie that nobody sees may stay until the target ends. Only in the milliseconds of the call
 * itself the target is in its hands: if it is killed then, the thread that was made to call goes on
 * as if what it waited for had returned the number of the copy, and the program may fail. To write
 * a signal frame onto the stack, which would put the thread back, is no way out: nobody knows what
 * lies below the stack of a coroutine.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/image-process.h"

typedef struct {
    int copy; /* the process to be read */
    HgImageThread *thread;
    size_t n_threads;
    HgImageCost cost;
    int guardian; /* its process, 0: none */
    int to, from; /* the guardian */
} HgFrozen;

/* Says no, with the reason and without touching anything, to a target that a fork might harm: it
 * filters system calls, or what it may write to until the copy is read would not fit memory.
 * [copied] bytes are needed for our own copy. */
bool hg_frozen_check(int pid, uint64_t copied, GError **error);

/* Starts the guardian, before this process has much memory; nothing happens to the target yet.
 * [check] is called in the stop, in the guardian, and may refuse. [options] and [user_data] are to
 * stay as they are from now on. Release it whatever this returns. */
bool hg_frozen_start(HgFrozen *frozen, const HgImageProcessOptions *options,
                     bool (*check)(void *user_data, GError **error), void *user_data,
                     GError **error);

/* Makes the copy, at a moment the options accept or at the last of HG_STOPS_MAX stops. */
bool hg_frozen_take(HgFrozen *frozen, GError **error);

/* Ends copy and guardian. Returns: NULL, or what could not be put back; g_free(). */
char *hg_frozen_release(HgFrozen *frozen);
