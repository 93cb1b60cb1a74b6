/* frozen.c - a copy of a process made by the kernel: forked off, never run, read at leisure.
 * SPDX-License-Identifier: MIT */
#include "core/capture/frozen.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/capture/inject.h"
#include "core/capture/process.h"
#include "core/error.h"

#define PAUSE_BETWEEN_STOPS_US 5000
#define REAP_TRIES_MAX 200
#define REAP_PAUSE_US 50000
#define NO_STACK 8 /* an address where nothing is */

/* What the guardian says first; so many HgImageThread follow. */
typedef struct {
    int copy; /* 0: it failed */
    int error_code;
    char message[512];
    HgImageCost cost;
    uint64_t n_threads;
} Report;

typedef struct {
    const HgImageProcessOptions *options;
    bool (*check)(void *user_data, GError **error);
    void *user_data;
    int to, from; /* heapgraph */
    Report report;
    HgImageThread *thread;
    uint64_t instruction; /* a system call of the target, 0: look for one */
    int64_t copy_there;   /* the copy's number in the target's own namespace */
} Guardian;

/* ---- pipes ---- */

static bool
write_all(int file, const void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t part = write(file, (const uint8_t *)bytes + done, size - done);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0)
            return false;
        done += (size_t)part;
    }
    return true;
}

static bool
read_all(int file, void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t part = read(file, (uint8_t *)bytes + done, size - done);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0)
            return false;
        done += (size_t)part;
    }
    return true;
}

/* ---- the guardian: making the copy ---- */

static bool
explain_clone(const Guardian *guardian, int64_t value, GError **error)
{
    int pid = guardian->options->pid;
    const char *hint =
        value == -EAGAIN ? ": its limit of processes is reached (RLIMIT_NPROC, or pids.max of its "
                           "control group)"
        : value == -ENOMEM ? ": the memory it might need may not be promised to it"
                           : "";
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED,
                "process %d cannot be forked: %s%s; capture it without --fork", pid,
                g_strerror((int)-value), hint);
    return false;
}

/* CLONE_FILES: a file or connection the target closes is closed, although the copy still is. No
 * signal in the flags: the target is told nothing of the copy's end, and its waitpid() does not see
 * it. The stack is nowhere: should the copy ever run, because we are killed before it is ours, it
 * ends at once. */
static bool
clone_target(Guardian *guardian, const HgStop *stop, GError **error)
{
    HgSystemCall call = {.number = SYS_clone,
                         .argument = {CLONE_FILES, NO_STACK},
                         .instruction = guardian->instruction,
                         .makes_process = true};
    HgSystemCallResult result;
    int thread = hg_inject_choose_thread(stop);
    if (!thread) {
        g_set_error(error, HG_ERROR, HG_ERROR_BUSY,
                    "process %d has no thread that could be made to fork now", stop->pid);
        return false;
    }
    bool good = hg_inject(stop, thread, &call, &result, error);
    guardian->report.copy = result.process;
    guardian->copy_there = result.value;
    return good && (result.value >= 0 || explain_clone(guardian, result.value, error));
}

/* Waits for the copy to stop where it begins, which needs a processor: the target runs meanwhile.
 * It dies with the guardian from now on. */
static bool
adopt_copy(Guardian *guardian, GError **error)
{
    int copy = guardian->report.copy, status, id;
    do
        id = waitpid(copy, &status, __WALL);
    while (id < 0 && errno == EINTR);
    if (id == copy && WIFSTOPPED(status) &&
        !ptrace(PTRACE_SETOPTIONS, copy, NULL, PTRACE_O_EXITKILL))
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "process %d: its copy has ended",
                guardian->options->pid);
    return false;
}

/* Returns: whether another stop may bring more. */
static bool
take(Guardian *guardian, const HgStop *stop, GError **error)
{
    const HgImageProcessOptions *options = guardian->options;
    HgImageCost *cost = &guardian->report.cost;
    size_t n_threads = 0;
    if (!guardian->check(guardian->user_data, error))
        return false;
    bool is_good = !options->accept || options->accept(options->pid, options->user_data);
    if (!is_good && cost->n_stops < HG_STOPS_MAX)
        return true;
    guardian->thread = hg_stop_dup_threads(stop, &n_threads);
    guardian->report.n_threads = n_threads;
    cost->during_collection = !is_good;
    return !clone_target(guardian, stop, error) && g_error_matches(*error, HG_ERROR, HG_ERROR_BUSY);
}

static bool
try_once(Guardian *guardian, GError **error)
{
    HgImageCost *cost = &guardian->report.cost;
    HgStop stop;
    int64_t started = g_get_monotonic_time();
    bool again = false;
    cost->n_stops++;
    if (hg_stop_begin(&stop, guardian->options->pid, error)) {
        again = take(guardian, &stop, error);
        hg_stop_release(&stop);
    } else {
        again = g_error_matches(*error, HG_ERROR, HG_ERROR_BUSY);
    }
    uint64_t pause = (uint64_t)(g_get_monotonic_time() - started);
    cost->pause += pause;
    cost->longest_pause = MAX(cost->longest_pause, pause);
    if (guardian->report.copy && !*error)
        adopt_copy(guardian, error);
    return again && cost->n_stops < HG_STOPS_MAX;
}

static void
make_copy(Guardian *guardian)
{
    g_autoptr(GError) error = NULL;
    guardian->instruction = hg_inject_find_instruction(guardian->options->pid);
    while (try_once(guardian, &error)) {
        g_clear_error(&error);
        g_usleep(PAUSE_BETWEEN_STOPS_US << guardian->report.cost.n_stops);
    }
    if (!error)
        return;
    guardian->report.error_code = error->code;
    g_strlcpy(guardian->report.message, error->message, sizeof guardian->report.message);
}

/* ---- the guardian: ending it ---- */

/* As its tracer we see its end first; then the target may reap it. */
static void
kill_copy(int copy)
{
    int status;
    kill(copy, SIGKILL);
    for (;;) {
        int id = waitpid(copy, &status, __WALL);
        if (id == copy && WIFSTOPPED(status))
            ptrace(PTRACE_CONT, copy, NULL, NULL);
        else if (id == copy || errno != EINTR)
            return;
    }
}

/* Returns: whether there is nothing (more) to reap. */
static bool
reap_once(const Guardian *guardian, GError **error)
{
    HgSystemCall call = {.number = SYS_wait4,
                         .argument = {(uint64_t)guardian->copy_there, 0, __WALL | WNOHANG, 0},
                         .instruction = guardian->instruction};
    HgSystemCallResult result = {0};
    HgStop stop;
    if (!hg_stop_begin_any(&stop, guardian->options->pid, error))
        return g_error_matches(*error, HG_ERROR, HG_ERROR_NOT_FOUND); /* init reaps it */
    int thread = hg_inject_choose_thread(&stop);
    bool done = thread && hg_inject(&stop, thread, &call, &result, error) && result.value != 0;
    hg_stop_release(&stop);
    return done;
}

static void
reap(Guardian *guardian)
{
    g_autoptr(GError) error = NULL;
    *guardian->report.message = 0;
    if (guardian->copy_there <= 0) /* the target ended in the middle of the call */
        return;
    for (int i = 0; i < REAP_TRIES_MAX; i++) {
        g_clear_error(&error);
        if (reap_once(guardian, &error))
            return;
        g_usleep(i < 10 ? 1000 : REAP_PAUSE_US);
    }
    g_snprintf(guardian->report.message, sizeof guardian->report.message,
               "process %d could not be made to reap its copy, process %d: it stays as a zombie "
               "until it ends (%s)",
               guardian->options->pid, guardian->report.copy,
               error ? error->message : "no thread is fit");
}

/* ---- the guardian: its life ---- */

/* Should memory run out, there are others to end; this is for root alone. */
static void
stay_alive(void)
{
    int file = open("/proc/self/oom_score_adj", O_WRONLY);
    write_all(file, "-1000", 5);
    close(file);
}

/* It must outlive us, whatever ends us, and keep nothing of ours open. */
static void
become_independent(Guardian *guardian)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP};
    setsid();
    stay_alive();
    prctl(PR_SET_NAME, "heapgraph-guard");
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
        signal(signals[i], SIG_IGN);
    int null = open("/dev/null", O_RDWR);
    for (int file = 0; file <= 2 && null >= 0; file++)
        dup2(null, file);
    int low = MIN(guardian->to, guardian->from), high = MAX(guardian->to, guardian->from);
    close_range(3, (unsigned)low - 1, 0);
    close_range((unsigned)low + 1, (unsigned)high - 1, 0);
    close_range((unsigned)high + 1, ~0u, 0);
}

static _Noreturn void
run_guardian(Guardian *guardian)
{
    char byte;
    become_independent(guardian);
    if (!read_all(guardian->from, &byte, 1))
        _exit(0);
    make_copy(guardian);
    bool is_heard = write_all(guardian->to, &guardian->report, sizeof guardian->report) &&
                    write_all(guardian->to, guardian->thread,
                              guardian->report.n_threads * sizeof *guardian->thread);
    if (is_heard)
        read_all(guardian->from, &byte, 1); /* ends with heapgraph's end of the pipe */
    if (guardian->report.copy) {
        kill_copy(guardian->report.copy);
        reap(guardian);
    }
    write_all(guardian->to, &guardian->report, sizeof guardian->report);
    _exit(0);
}

/* ---- heapgraph's side ---- */

static bool
hear(HgFrozen *frozen, GError **error)
{
    Report report;
    if (!read_all(frozen->from, &report, sizeof report)) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED, "the guardian of the fork has ended");
        return false;
    }
    frozen->copy = *report.message ? 0 : report.copy;
    frozen->cost = report.cost;
    frozen->n_threads = report.n_threads;
    frozen->thread = g_new0(HgImageThread, report.n_threads);
    bool good = read_all(frozen->from, frozen->thread, report.n_threads * sizeof *frozen->thread);
    if (*report.message)
        g_set_error_literal(error, HG_ERROR, report.error_code, report.message);
    else if (!good || !report.copy)
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED, "the process cannot be forked");
    return frozen->copy && good;
}

bool
hg_frozen_start(HgFrozen *frozen, const HgImageProcessOptions *options,
                bool (*check)(void *user_data, GError **error), void *user_data, GError **error)
{
    Guardian guardian = {.options = options, .check = check, .user_data = user_data};
    int to[2], from[2];
    *frozen = (HgFrozen){.to = -1, .from = -1};
    if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC)) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED, g_strerror(errno));
        return false;
    }
    frozen->to = to[1];
    frozen->from = from[0];
    guardian.from = to[0];
    guardian.to = from[1];
    frozen->guardian = fork();
    if (!frozen->guardian) {
        close(to[1]);
        close(from[0]);
        run_guardian(&guardian);
    }
    close(to[0]);
    close(from[1]);
    if (frozen->guardian > 0)
        return true;
    g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED, g_strerror(errno));
    return false;
}

bool
hg_frozen_take(HgFrozen *frozen, GError **error)
{
    if (write_all(frozen->to, "", 1))
        return hear(frozen, error);
    g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED, "the guardian of the fork has ended");
    return false;
}

char *
hg_frozen_release(HgFrozen *frozen)
{
    Report report = {0};
    if (frozen->to >= 0)
        close(frozen->to);
    if (frozen->guardian > 0) {
        /* nothing comes if it never began */
        read_all(frozen->from, &report, sizeof report);
        while (waitpid(frozen->guardian, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (frozen->from >= 0)
        close(frozen->from);
    g_clear_pointer(&frozen->thread, g_free);
    *frozen = (HgFrozen){.to = -1, .from = -1};
    return *report.message ? g_strdup(report.message) : NULL;
}

/* ---- what a fork might harm ---- */

static char *
dup_status(int pid, const char *name)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/%s", pid, name);
    char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("");
}

/* Returns: the number behind "KEY:" in lines like those of /proc/meminfo, or 0. */
static uint64_t
get_line(const char *text, const char *key)
{
    g_autofree char *start = g_strconcat("\n", key, ":", NULL);
    const char *found = strstr(text, start);
    return found ? g_ascii_strtoull(found + strlen(start), NULL, 10) : 0;
}

G_GNUC_PRINTF(3, 4)
static bool
refuse(int pid, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED,
                "process %d is not forked: %s; capture it without --fork", pid, reason);
    return false;
}

/* A filter may kill a thread for a call it does not know. Each thread may have its own. */
static bool
check_filters(int pid, GError **error)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task", pid);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *thread;
    while (folder && (thread = g_dir_read_name(folder))) {
        g_autofree char *name = g_strdup_printf("task/%s/status", thread);
        g_autofree char *status = dup_status(pid, name);
        if (get_line(status, "Seccomp"))
            return refuse(pid, error,
                          "it filters its system calls (seccomp), as in most containers, and a "
                          "call too many might end it");
    }
    return true;
}

/* In the worst case it writes to every page of its own while the copy is there. */
static bool
check_room(int pid, uint64_t copied, GError **error)
{
    g_autofree char *status = dup_status(pid, "status");
    uint64_t own = get_line(status, "RssAnon") * 1024;
    uint64_t there = hg_process_get_available_memory(pid);
    uint64_t here = hg_process_get_available_memory(getpid());
    if (own > there)
        return refuse(pid, error,
                      "until the copy is read it may take %.1f GB more, and only %.1f GB are "
                      "available to it",
                      (double)own / 1e9, (double)there / 1e9);
    if (own + copied > here)
        return refuse(pid, error,
                      "the copy and what it may take more meanwhile are %.1f GB, and only %.1f GB "
                      "of memory are available",
                      (double)(own + copied) / 1e9, (double)here / 1e9);
    return true;
}

/* With vm.overcommit_memory=2 a fork is a promise of as much memory again. */
static bool
check_promises(int pid, GError **error)
{
    g_autofree char *mode = NULL;
    g_autofree char *memory = NULL;
    if (!g_file_get_contents("/proc/sys/vm/overcommit_memory", &mode, NULL, NULL) || *mode != '2' ||
        !g_file_get_contents("/proc/meminfo", &memory, NULL, NULL))
        return true;
    g_autofree char *status = dup_status(pid, "status");
    uint64_t needed = (get_line(status, "VmData") + get_line(status, "VmStk")) * 1024;
    uint64_t limit = get_line(memory, "CommitLimit") * 1024;
    uint64_t promised = get_line(memory, "Committed_AS") * 1024;
    if (promised + needed <= limit)
        return true;
    return refuse(pid, error,
                  "vm.overcommit_memory is 2, and %.1f GB more than its %.1f GB limit allows would "
                  "be promised",
                  (double)(promised + needed - limit) / 1e9, (double)limit / 1e9);
}

/* One process of its group is left to it. */
static bool
check_processes(int pid, GError **error)
{
    uint64_t left = hg_process_get_free_processes(pid);
    if (left > 1)
        return true;
    return refuse(pid, error, "its control group may have %" PRIu64 " more processes (pids.max)",
                  left);
}

bool
hg_frozen_check(int pid, uint64_t copied, GError **error)
{
    return check_filters(pid, error) && check_room(pid, copied, error) &&
           check_promises(pid, error) && check_processes(pid, error);
}
