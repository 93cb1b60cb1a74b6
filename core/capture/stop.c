/* stop.c - stops every thread of a process and lets them go.
 * SPDX-License-Identifier: MIT */
#include "core/capture/stop.h"

#include <elf.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

#include "core/error.h"

/* A thread that sleeps in the kernel where no signal reaches it (state D: a dead network disk,
 * a child between vfork and exec) is waited for this long. */
#define HALT_PATIENCE_US 500000

/* One that would run, if the machine had a processor for it, stops as soon as it has. */
#define RUNNABLE_PATIENCE_US 3000000

/* More threads than this are not believed. */
#define THREADS_MAX 20000

static bool
is_known(const HgStop *stop, int id)
{
    for (guint i = 0; i < stop->thread->len; i++)
        if (g_array_index(stop->thread, HgStopped, i).id == id)
            return true;
    return false;
}

/* Returns: the letter of the thread's state in /proc, 0 if it is gone. */
static char
read_state(int pid, int id)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/stat", pid, id);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    const char *name_end = strrchr(text, ')');
    return name_end && name_end[1] ? name_end[2] : 0;
}

/* Returns: whether thread [id] has ended, though the kernel still lists it. */
static bool
has_ended(int pid, int id)
{
    char state = read_state(pid, id);
    return !state || state == 'Z' || state == 'X';
}

/* Seizes thread [id] and asks it to stop. One that ended meanwhile is none. */
static bool
seize(HgStop *stop, int id, GError **error)
{
    if (ptrace(PTRACE_SEIZE, id, NULL, NULL)) {
        int problem = errno;
        if (problem == ESRCH || has_ended(stop->pid, id))
            return true;
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED,
                    "thread %d of process %d cannot be stopped: %s", id, stop->pid,
                    g_strerror(problem));
        return false;
    }
    HgStopped thread = {.id = id};
    g_array_append_val(stop->thread, thread);
    ptrace(PTRACE_INTERRUPT, id, NULL, NULL);
    return true;
}

/* Seizes the threads that are not yet; [n_new] tells how many those were. */
static bool
seize_new(HgStop *stop, guint *n_new, GError **error)
{
    guint n_before = stop->thread->len;
    g_autofree char *path = g_strdup_printf("/proc/%d/task", stop->pid);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;
    while (folder && stop->thread->len < THREADS_MAX && (name = g_dir_read_name(folder)))
        if (!is_known(stop, atoi(name)) && !seize(stop, atoi(name), error))
            return false;
    *n_new = stop->thread->len - n_before;
    return true;
}

static void
nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 20000}, NULL);
}

/* Whether [thread] is to be waited for no longer. [started] is when the waiting began. */
static bool
is_too_late(const HgStop *stop, const HgStopped *thread, int64_t started)
{
    int64_t waited = g_get_monotonic_time() - started;
    return waited > RUNNABLE_PATIENCE_US ||
           (waited > HALT_PATIENCE_US && read_state(stop->pid, thread->id) != 'R');
}

/* Waits for [thread] to stop; one that ended is forgotten by setting its id to 0. */
static bool
wait_until_halted(const HgStop *stop, HgStopped *thread, int64_t started)
{
    for (int try = 0; !thread->halted; try++) {
        int status = 0;
        int id = waitpid(thread->id, &status, __WALL | WNOHANG);
        if (id == thread->id && WIFSTOPPED(status)) {
            thread->halted = true;
            thread->signal = status >> 16 ? 0 : WSTOPSIG(status);
            thread->is_at_rest = status >> 16 == PTRACE_EVENT_STOP;
        } else if (id) {
            thread->id = 0;
            return true;
        } else if (is_too_late(stop, thread, started)) {
            return false;
        } else if (try < 50) {
            sched_yield();
        } else {
            nap();
        }
    }
    return true;
}

static bool
wait_for_all(HgStop *stop, GError **error)
{
    int64_t started = g_get_monotonic_time();
    for (guint i = 0; i < stop->thread->len; i++) {
        HgStopped *thread = &g_array_index(stop->thread, HgStopped, i);
        if (!thread->id || thread->halted || wait_until_halted(stop, thread, started))
            continue;
        g_set_error(error, HG_ERROR, HG_ERROR_BUSY,
                    "thread %d of process %d does not stop: it waits %s", thread->id, stop->pid,
                    read_state(stop->pid, thread->id) == 'R' ? "for a processor" : "in the kernel");
        return false;
    }
    return true;
}

static bool
halt_all(HgStop *stop, GError **error)
{
    for (guint n_new = 1; n_new;)
        if (!seize_new(stop, &n_new, error) || !wait_for_all(stop, error))
            return false;
    for (guint i = 0; i < stop->thread->len; i++)
        if (g_array_index(stop->thread, HgStopped, i).id)
            return true;
    g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "process %d has ended", stop->pid);
    return false;
}

void
hg_stop_release(HgStop *stop)
{
    for (guint i = 0; i < stop->thread->len; i++) {
        const HgStopped *thread = &g_array_index(stop->thread, HgStopped, i);
        if (thread->id && thread->halted)
            ptrace(PTRACE_DETACH, thread->id, NULL, (void *)(intptr_t)thread->signal);
    }
    g_clear_pointer(&stop->thread, g_array_unref);
}

bool
hg_stop_begin(HgStop *stop, int pid, GError **error)
{
    stop->pid = pid;
    stop->thread = g_array_new(FALSE, TRUE, sizeof(HgStopped));
    if (halt_all(stop, error))
        return true;
    hg_stop_release(stop);
    return false;
}

bool
hg_stop_begin_any(HgStop *stop, int pid, GError **error)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task", pid);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;
    stop->pid = pid;
    stop->thread = g_array_new(FALSE, TRUE, sizeof(HgStopped));
    while (folder && (name = g_dir_read_name(folder))) {
        if (!seize(stop, atoi(name), error))
            break;
        guint last = stop->thread->len;
        HgStopped *thread = last ? &g_array_index(stop->thread, HgStopped, last - 1) : NULL;
        int64_t started = g_get_monotonic_time();
        if (thread && wait_until_halted(stop, thread, started) && thread->id)
            return true;
    }
    bool has_threads = stop->thread->len;
    hg_stop_release(stop);
    if (has_threads && error && !*error)
        g_set_error(error, HG_ERROR, HG_ERROR_BUSY, "no thread of process %d stops", pid);
    else if (error && !*error)
        g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "process %d has ended", pid);
    return false;
}

static void
read_registers(HgImageThread *thread)
{
    struct user_regs_struct registers = {0};
    struct iovec into = {.iov_base = &registers, .iov_len = sizeof registers};
    if (ptrace(PTRACE_GETREGSET, thread->id, (void *)NT_PRSTATUS, &into))
        return;
    thread->stack_pointer = registers.rsp;
    thread->instruction = registers.rip;
    thread->fs_base = registers.fs_base;
}

HgImageThread *
hg_stop_dup_threads(const HgStop *stop, size_t *n_threads)
{
    HgImageThread *thread = g_new0(HgImageThread, stop->thread->len);
    size_t n_found = 0;
    for (guint i = 0; i < stop->thread->len; i++) {
        const HgStopped *stopped = &g_array_index(stop->thread, HgStopped, i);
        if (!stopped->id)
            continue;
        thread[n_found].id = stopped->id;
        read_registers(&thread[n_found++]);
    }
    *n_threads = n_found;
    return thread;
}
