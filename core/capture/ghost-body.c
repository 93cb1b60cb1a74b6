/* ghost-body.c - the code of a ghost: no library, no data, whole wherever it is copied to.
 *
 * A ghost is a copy of heapgraph's process that gives up everything but the image of the target:
 * it unmaps itself, moves the image's pages to where they were in the target, and calls the
 * target's functions there. Nothing of the C library is left, so it does its own system calls;
 * once confined, those few that are left. Its data stands at a fixed distance from its code; it has
 * no constants but those in its instructions, so structures are filled field by field.
 *
 * Faults come back through one handler to where the call was made. What loops without a visit is
 * ended by a timer that counts the processor's time.
 * SPDX-License-Identifier: MIT */
#include "core/capture/ghost-body.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define GHOST __attribute__((section("hg_ghost"), noinline))
#define GHOST_INLINE static inline __attribute__((always_inline))

#define ARCH_SET_FS 0x1002
#define SA_RESTORER 0x04000000
#define RSEQ_UNREGISTER 1
#define RSEQ_SIGNATURE 0x53053053
#define TICK_US 50000
#define TICKS_MAX 5 /* without a visit or the end of a call */
#define PAGE 4096

typedef int (*Visit)(void *object, void *argument);
typedef int (*Traverse)(void *object, Visit visit, void *argument);
typedef int (*IsGc)(void *object);
typedef int (*Attach)(void);
typedef void *(*Sizeof)(void *object, void *argument);
typedef void *(*SizeofOfClass)(void *object, void *class, void *const *arguments,
                               size_t n_arguments, void *names);
typedef int64_t (*AsSize)(void *number);

/* As the kernel has it, which is not as the C library has it. */
typedef struct {
    void *handler;
    uint64_t flags;
    void *restorer;
    uint64_t mask;
} KernelAction;

/* The compiler is not to know that this lies behind a constant. */
GHOST_INLINE HgGhostControl *
get_control(void)
{
    uintptr_t base = (uintptr_t)__start_hg_ghost;
    __asm__("" : "+r"(base));
    return (HgGhostControl *)(base + HG_GHOST_CODE_ROOM);
}

GHOST_INLINE long
call_system(long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    register uint64_t fourth __asm__("r10") = d;
    register uint64_t fifth __asm__("r8") = e;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
                     : "rcx", "r11", "memory");
    return result;
}

GHOST static void
leave(void)
{
    for (;;)
        call_system(SYS_exit_group, 0, 0, 0, 0, 0);
}

/* Leaves if [result] is an error. */
GHOST static void
insist(long result)
{
    if (result >= 0)
        return;
    get_control()->problem = (int)-result;
    leave();
}

/* ---- confinement ---------------------------------------------------------------------------- */

GHOST static void
limit(int what, uint64_t most)
{
    struct rlimit limits = {most, most};
    call_system(SYS_setrlimit, (uint64_t)what, (uint64_t)&limits, 0, 0, 0);
}

GHOST static void
close_files(void)
{
    uint64_t line = (uint64_t)get_control()->line;
    if (line > 0)
        call_system(SYS_close_range, 0, line - 1, 0, 0, 0);
    call_system(SYS_close_range, line + 1, UINT32_MAX, 0, 0, 0);
}

/* Memory it writes to becomes its own: should that be too much, it goes, and nobody else. */
GHOST static void
offer_sacrifice(void)
{
    const HgGhostControl *control = get_control();
    long file = call_system(SYS_open, (uint64_t)control->sacrifice_file, O_WRONLY, 0, 0, 0);
    if (file < 0)
        return;
    call_system(SYS_write, (uint64_t)file, (uint64_t)control->sacrifice, 4, 0, 0);
    call_system(SYS_close, (uint64_t)file, 0, 0, 0, 0);
}

GHOST static void
confine(void)
{
    HgGhostControl *control = get_control();
    offer_sacrifice();
    insist(call_system(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0));
    insist(call_system(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    call_system(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
    close_files();
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, 0);
    limit(RLIMIT_NPROC, 0);
    limit(RLIMIT_MEMLOCK, 0);
    limit(RLIMIT_MSGQUEUE, 0);
    limit(RLIMIT_CPU, control->cpu_seconds);
    if (control->rseq)
        insist(call_system(SYS_rseq, control->rseq, control->rseq_size, RSEQ_UNREGISTER,
                           RSEQ_SIGNATURE, 0));
    control->stage = HG_GHOST_CONFINED;
}

/* ---- the image in its place ----------------------------------------------------------------- */

/* A range of several mappings cannot be moved at once: older kernels say EFAULT. It is halved
 * until it can. */
GHOST static long
move(uint64_t from, uint64_t to, uint64_t size)
{
    while (size > 0) {
        uint64_t part = size;
        long moved;
        while ((moved = call_system(SYS_mremap, from, part, part, MREMAP_MAYMOVE | MREMAP_FIXED,
                                    to)) == -EFAULT &&
               part > PAGE)
            part = (part / 2 + PAGE - 1) & ~(uint64_t)(PAGE - 1);
        if (moved < 0 && moved > -PAGE)
            return moved;
        from += part;
        to += part;
        size -= part;
    }
    return 0;
}

GHOST static long
do_step(const HgGhostStep *step)
{
    if (step->act == HG_GHOST_MOVE)
        return move(step->from, step->to, step->size);
    if (step->act == HG_GHOST_PROTECT)
        return call_system(SYS_mprotect, step->to, step->size, (uint64_t)step->protection, 0, 0);
    /* what cannot be given up does no harm where nothing else is to be */
    call_system(SYS_munmap, step->from, step->size, 0, 0, 0);
    return 0;
}

GHOST static void
place(void)
{
    HgGhostControl *control = get_control();
    for (uint32_t i = 0; i < control->n_steps; i++) {
        insist(do_step(&control->step[i]));
        control->steps_done = i + 1;
    }
    control->stage = HG_GHOST_PLACED;
}

/* ---- coming back ---------------------------------------------------------------------------- */

GHOST static void
abandon(HgGhostOutcome why)
{
    HgGhostControl *control = get_control();
    control->armed = 0;
    control->failure = why;
    __builtin_longjmp(control->resume, 1);
}

GHOST static void
on_fault(int number, siginfo_t *information, void *context)
{
    if (!get_control()->armed)
        leave();
    abandon(number == SIGSYS ? HG_GHOST_SYSTEM_CALL : HG_GHOST_FAULT);
}

GHOST static void
on_tick(int number, siginfo_t *information, void *context)
{
    HgGhostControl *control = get_control();
    bool is_same =
        control->tick_done == control->n_done && control->tick_targets == control->n_targets;
    control->tick_done = control->n_done;
    control->tick_targets = control->n_targets;
    control->n_ticks = is_same && control->armed ? control->n_ticks + 1 : 0;
    if (control->n_ticks >= TICKS_MAX)
        abandon(HG_GHOST_TOO_LONG);
}

__asm__(".pushsection hg_ghost, \"ax\", @progbits\n"
        "hg_ghost_return_from_signal:\n"
        "    mov $15, %eax\n"
        "    syscall\n"
        ".popsection\n");
extern const char hg_ghost_return_from_signal[] __attribute__((visibility("hidden")));

GHOST static void
handle(int number, void (*handler)(int, siginfo_t *, void *))
{
    KernelAction action = {
        .handler = (void *)handler,
        .flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTORER,
        .restorer = (void *)(uintptr_t)hg_ghost_return_from_signal,
    };
    insist(call_system(SYS_rt_sigaction, (uint64_t)number, (uint64_t)&action, 0, sizeof action.mask,
                       0));
}

GHOST static void
prepare_signals(void)
{
    uint64_t none = 0;
    uint64_t end = (uint64_t)(get_control() + 1);
    stack_t stack;
    end = (end + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    stack.ss_sp = (void *)(end + HG_GHOST_GUARD + HG_GHOST_STACK + HG_GHOST_GUARD);
    stack.ss_flags = 0;
    stack.ss_size = HG_GHOST_SIGNAL_STACK;
    insist(call_system(SYS_sigaltstack, (uint64_t)&stack, 0, 0, 0, 0));
    handle(SIGSEGV, on_fault);
    handle(SIGBUS, on_fault);
    handle(SIGILL, on_fault);
    handle(SIGFPE, on_fault);
    handle(SIGTRAP, on_fault);
    handle(SIGABRT, on_fault);
    handle(SIGSYS, on_fault);
    handle(SIGPROF, on_tick);
    insist(call_system(SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)&none, 0, sizeof none, 0));
    struct itimerval timer;
    timer.it_interval.tv_sec = timer.it_value.tv_sec = 0;
    timer.it_interval.tv_usec = timer.it_value.tv_usec = TICK_US;
    insist(call_system(SYS_setitimer, ITIMER_PROF, (uint64_t)&timer, 0, 0, 0));
}

/* ---- answering ------------------------------------------------------------------------------ */

/* What the target's tp_traverse calls for each reference. */
GHOST static int
on_visit(void *object, void *argument)
{
    HgGhostControl *control = get_control();
    if (control->n_targets >= HG_GHOST_TARGETS) {
        control->failure = HG_GHOST_TOO_MANY;
        return 1;
    }
    control->target[control->n_targets++] = (uint64_t)object;
    return 0;
}

GHOST static HgGhostOutcome
visit(const HgGhostRequest *request)
{
    void *object = (void *)request->object;
    if (request->is_gc && !((IsGc)request->is_gc)(object))
        return HG_GHOST_UNCOLLECTED;
    ((Traverse)request->function)(object, on_visit, NULL);
    return HG_GHOST_ANSWERED;
}

GHOST static void *
call_sizeof(const HgGhostRequest *request)
{
    void *object = (void *)request->object;
    if (request->class)
        return ((SizeofOfClass)request->function)(object, (void *)request->class, NULL, 0, NULL);
    return ((Sizeof)request->function)(object, NULL);
}

GHOST static HgGhostOutcome
measure(const HgGhostRequest *request)
{
    void *number = call_sizeof(request);
    if (!number)
        return HG_GHOST_FAULT;
    int64_t size = ((AsSize)get_control()->as_size)(number);
    on_visit((void *)size, NULL);
    return HG_GHOST_ANSWERED;
}

/* Calls the target's code for one request; all registers may be lost on the way. */
GHOST static void
answer(uint64_t i)
{
    HgGhostControl *control = get_control();
    uint64_t first = control->n_targets;
    control->failure = HG_GHOST_UNASKED;
    HgGhostOutcome outcome = HG_GHOST_UNASKED;
    if (!__builtin_setjmp(control->resume)) {
        control->armed = 1;
        outcome = control->question == HG_GHOST_VISIT ? visit(&control->request[i])
                                                      : measure(&control->request[i]);
        control->armed = 0;
    }
    if (control->failure != HG_GHOST_UNASKED)
        outcome = control->failure;
    if (outcome != HG_GHOST_ANSWERED)
        control->n_targets = first;
    control->outcome[i] = (uint8_t)outcome;
    control->end[i] = control->n_targets;
}

GHOST static bool
is_distrusted(uint64_t type)
{
    const HgGhostControl *control = get_control();
    for (uint32_t i = 0; i < control->n_distrusted; i++)
        if (control->distrusted[i] == type)
            return true;
    return false;
}

/* Of a type that came to no end, nothing is asked any more. */
GHOST static void
judge(uint64_t i)
{
    HgGhostControl *control = get_control();
    uint8_t outcome = control->outcome[i];
    if (outcome != HG_GHOST_TOO_LONG && outcome != HG_GHOST_TOO_MANY)
        return;
    if (control->n_distrusted < HG_GHOST_DISTRUSTED)
        control->distrusted[control->n_distrusted++] = control->request[i].type;
}

/* What makes an int may ask which thread it is. If nobody can tell, the calls may fail. */
GHOST static void
attach(void)
{
    HgGhostControl *control = get_control();
    if (!control->attach || __builtin_setjmp(control->resume))
        return;
    control->armed = 1;
    ((Attach)control->attach)();
    control->armed = 0;
}

/* A batch ends early when half the room for targets is used, so that one object may have the
 * other half. */
GHOST static void
answer_all(void)
{
    HgGhostControl *control = get_control();
    if (control->question == HG_GHOST_SIZE)
        attach();
    uint64_t n = control->n_requests < HG_GHOST_BATCH ? control->n_requests : HG_GHOST_BATCH;
    for (uint64_t i = 0; i < n && control->n_targets < HG_GHOST_TARGETS / 2; i++) {
        if (control->n_distrusted > 0 && is_distrusted(control->request[i].type)) {
            control->outcome[i] = HG_GHOST_DISTRUSTED_TYPE;
            control->end[i] = control->n_targets;
        } else {
            answer(i);
            judge(i);
        }
        control->n_done = i + 1;
    }
}

/* Waits for a byte. Returns: whether one came. */
GHOST static bool
wait_for_batch(void)
{
    char byte;
    long n;
    do {
        n = call_system(SYS_read, (uint64_t)get_control()->line, (uint64_t)&byte, 1, 0, 0);
    } while (n == -EINTR);
    return n == 1;
}

GHOST static void
say_done(void)
{
    char byte = 0;
    long n;
    do {
        n = call_system(SYS_write, (uint64_t)get_control()->line, (uint64_t)&byte, 1, 0, 0);
    } while (n == -EINTR);
}

GHOST int
hg_ghost_body_start(void *unused)
{
    HgGhostControl *control = get_control();
    confine();
    place();
    prepare_signals();
    insist(call_system(SYS_arch_prctl, ARCH_SET_FS, control->fs_base, 0, 0, 0));
    insist(call_system(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (uint64_t)&control->program,
                       0, 0));
    control->stage = HG_GHOST_READY;
    say_done();
    while (wait_for_batch()) {
        answer_all();
        say_done();
    }
    leave();
    return 0;
}
