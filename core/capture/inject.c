/* inject.c - one system call in a stopped thread of another process.
 * SPDX-License-Identifier: MIT */
#include "core/capture/inject.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/capture/image-process.h"
#include "core/error.h"

/* What a system call that a stop interrupted has in rax: the kernel's own numbers. */
enum {
    RESTART_FIRST = -516, /* ERESTART_RESTARTBLOCK */
    RESTART_LAST = -512,  /* ERESTARTSYS */
};

#define STEPS_MAX 64 /* stops on the way through one call */
#define VDSO_MAX 65536

typedef struct {
    const HgStop *stop;
    int thread;
    const HgSystemCall *call;
    HgSystemCallResult *result;
    struct user_regs_struct before;
    uint64_t blocked;     /* signals, before */
    uint64_t instruction; /* address of a `syscall` */
    int deferred;         /* a signal that cannot be blocked came meanwhile: SIGSTOP */
} Injection;

/* ---- registers ---- */

static bool
get_registers(int thread, struct user_regs_struct *registers)
{
    struct iovec into = {.iov_base = registers, .iov_len = sizeof *registers};
    return !ptrace(PTRACE_GETREGSET, thread, (void *)NT_PRSTATUS, &into) &&
           into.iov_len == sizeof *registers;
}

static bool
set_registers(int thread, const struct user_regs_struct *registers)
{
    struct iovec from = {.iov_base = (void *)registers, .iov_len = sizeof *registers};
    return !ptrace(PTRACE_SETREGSET, thread, (void *)NT_PRSTATUS, &from);
}

/* A thread that waits in the kernel: no instruction of its own is torn out of its sequence. */
static bool
is_waiting(const struct user_regs_struct *registers)
{
    int64_t value = (int64_t)registers->rax;
    return (int64_t)registers->orig_rax >= 0 && value >= RESTART_FIRST && value <= RESTART_LAST;
}

int
hg_inject_choose_thread(const HgStop *stop)
{
    int other = 0;
    for (guint i = 0; i < stop->thread->len; i++) {
        const HgStopped *thread = &g_array_index(stop->thread, HgStopped, i);
        struct user_regs_struct registers;
        if (!thread->id || !thread->is_at_rest || !get_registers(thread->id, &registers) ||
            registers.cs != 0x33) /* it runs code of 64 bits */
            continue;
        if (is_waiting(&registers))
            return thread->id;
        other = other ? other : thread->id;
    }
    return other;
}

/* ---- the instruction ---- */

static const uint8_t instruction[2] = {0x0f, 0x05};

/* Returns: the address of the first instruction among [size] bytes from [start] on, or 0. */
static uint64_t
find_in(int pid, uint64_t start, uint64_t size)
{
    g_autofree uint8_t *bytes = g_malloc(size);
    if (!hg_image_peek(pid, start, bytes, size))
        return 0;
    const uint8_t *found = memmem(bytes, size, instruction, sizeof instruction);
    return found ? start + (uint64_t)(found - bytes) : 0;
}

/* The kernel maps the vdso into every process; it has a `syscall` for what it cannot do itself. */
uint64_t
hg_inject_find_instruction(int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/maps", pid);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    char *found = strstr(text, " [vdso]");
    if (!found)
        return 0;
    while (found > text && found[-1] != '\n')
        found--;
    char *dash;
    uint64_t start = g_ascii_strtoull(found, &dash, 16);
    uint64_t end = *dash == '-' ? g_ascii_strtoull(dash + 1, NULL, 16) : 0;
    return end > start && end - start <= VDSO_MAX ? find_in(pid, start, end - start) : 0;
}

/* A thread that waits has one just behind it, without any doubt. */
static bool
choose_instruction(Injection *injection)
{
    int pid = injection->stop->pid;
    uint64_t known = injection->call->instruction;
    if (is_waiting(&injection->before))
        injection->instruction = find_in(pid, injection->before.rip - 2, sizeof instruction);
    if (!injection->instruction && known)
        injection->instruction = find_in(pid, known, sizeof instruction);
    return injection->instruction;
}

/* ---- the call ---- */

/* Lets the thread run on by [request] to its next stop. Returns: false if it ended. */
static bool
run_on(Injection *injection, enum __ptrace_request request, int *status)
{
    int id;
    if (ptrace(request, injection->thread, NULL, NULL))
        return false;
    do
        id = waitpid(injection->thread, status, __WALL);
    while (id < 0 && errno == EINTR);
    return id == injection->thread && WIFSTOPPED(*status);
}

static bool
fail(const Injection *injection, GError **error, const char *what)
{
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "process %d: %s", injection->stop->pid, what);
    return false;
}

static bool
prepare(Injection *injection, GError **error)
{
    uint64_t all = ~(uint64_t)0;
    int options =
        PTRACE_O_TRACESYSGOOD | (injection->call->makes_process ? PTRACE_O_TRACECLONE : 0);
    int thread = injection->thread;
    if (!get_registers(thread, &injection->before) ||
        ptrace(PTRACE_GETSIGMASK, thread, sizeof injection->blocked, &injection->blocked))
        return fail(injection, error, "the registers of a thread cannot be read");
    if (!choose_instruction(injection))
        return fail(injection, error, "no system call instruction was found in it");
    if (!ptrace(PTRACE_SETSIGMASK, thread, sizeof all, &all) &&
        !ptrace(PTRACE_SETOPTIONS, thread, NULL, options))
        return true;
    return fail(injection, error, "a thread cannot be made ready");
}

/* orig_rax of -1: it is in no system call that would have to begin again. */
static bool
enter(Injection *injection)
{
    const uint64_t *argument = injection->call->argument;
    struct user_regs_struct registers = injection->before;
    registers.rip = injection->instruction;
    registers.rax = (unsigned long long)injection->call->number;
    registers.orig_rax = ~0ull;
    registers.rdi = argument[0];
    registers.rsi = argument[1];
    registers.rdx = argument[2];
    registers.r10 = argument[3];
    registers.r8 = argument[4];
    registers.r9 = argument[5];
    return set_registers(injection->thread, &registers);
}

static void
note_process(Injection *injection)
{
    unsigned long process = 0;
    ptrace(PTRACE_GETEVENTMSG, injection->thread, NULL, &process);
    injection->result->process = (int)process;
}

/* From before the instruction to behind it. */
static bool
pass(Injection *injection)
{
    int n_borders = 0, status;
    for (int i = 0; i < STEPS_MAX && n_borders < 2; i++) {
        if (!run_on(injection, PTRACE_SYSCALL, &status))
            return false;
        if (status >> 8 == (SIGTRAP | 0x80))
            n_borders++;
        else if (status >> 8 == (SIGTRAP | PTRACE_EVENT_CLONE << 8))
            note_process(injection);
        else if (!(status >> 16))
            injection->deferred = WSTOPSIG(status);
    }
    struct user_regs_struct registers;
    if (n_borders < 2 || !get_registers(injection->thread, &registers))
        return false;
    injection->result->value = (int64_t)registers.rax;
    return true;
}

/* Stops the thread once more, where the kernel handles signals, and puts everything back. */
static bool
leave(Injection *injection)
{
    int status;
    bool good = !ptrace(PTRACE_INTERRUPT, injection->thread, NULL, NULL);
    for (int i = 0; i < STEPS_MAX && good; i++) {
        good = run_on(injection, PTRACE_CONT, &status);
        if (good && status >> 16 == PTRACE_EVENT_STOP)
            break;
        if (good && !(status >> 16))
            injection->deferred = WSTOPSIG(status);
    }
    good = set_registers(injection->thread, &injection->before) && good;
    ptrace(PTRACE_SETSIGMASK, injection->thread, sizeof injection->blocked, &injection->blocked);
    ptrace(PTRACE_SETOPTIONS, injection->thread, NULL, 0);
    if (injection->deferred)
        kill(injection->stop->pid, injection->deferred);
    return good;
}

bool
hg_inject(const HgStop *stop, int thread, const HgSystemCall *call, HgSystemCallResult *result,
          GError **error)
{
    Injection injection = {.stop = stop, .thread = thread, .call = call, .result = result};
    *result = (HgSystemCallResult){0};
    if (!prepare(&injection, error))
        return false;
    bool good = enter(&injection) && pass(&injection);
    good = leave(&injection) && good;
    return good || fail(&injection, error, "it ended meanwhile");
}
