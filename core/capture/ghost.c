/* ghost.c - runs functions of the target on its image, where they can do no harm.
 * SPDX-License-Identifier: MIT */
#include "core/capture/ghost.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/rseq.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/capture/ghost-plan.h"
#include "core/error.h"

#define PAGE 4096ull
#define ROOM_TRIES 4096
#define ROOM_STEP (4ull << 30)
#define GHOSTS_MAX 8
#define LOOK_MS 100
#define LOOKS_MAX 100      /* without any progress: nothing will come any more */
#define CPU_US_MAX 2000000 /* the processor's time it used without any progress */
#define CPU_SECONDS 30
#define BYTES_PER_CPU_SECOND (8ull << 20)

struct HgGhost {
    HgImage *image;
    uint8_t *base; /* code, control, stacks: see ghost-body.h */
    HgGhostControl *control;
    size_t size;
    uint64_t fs_base;
    uint64_t attach, as_size; /* while sizes are asked for */
    pid_t pid;                /* 0: none */
    int line;
    int n_ghosts;
};

/* ---- the memory shared with it -------------------------------------------------------------- */

static uint64_t
page_up(uint64_t size)
{
    return (size + PAGE - 1) & ~(PAGE - 1);
}

static uint64_t
get_shared_size(void)
{
    return HG_GHOST_CODE_ROOM + page_up(sizeof(HgGhostControl)) + HG_GHOST_GUARD + HG_GHOST_STACK +
           HG_GHOST_GUARD + HG_GHOST_SIGNAL_STACK;
}

static uint8_t *
get_stack(const HgGhost *ghost)
{
    return ghost->base + HG_GHOST_CODE_ROOM + page_up(sizeof(HgGhostControl)) + HG_GHOST_GUARD;
}

/* Maps the shared memory where neither heapgraph nor the image has anything. */
static uint8_t *
map_shared(const HgImage *image, size_t size)
{
    uint64_t at = ROOM_STEP;
    for (int i = 0; i < ROOM_TRIES; i++, at += ROOM_STEP) {
        at = hg_ghost_plan_find_room(image, at, size);
        if (!at)
            return NULL;
        void *bytes = mmap((void *)at, size, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
        if (bytes != MAP_FAILED && (uintptr_t)bytes == at)
            return bytes;
        if (bytes != MAP_FAILED) /* a kernel that takes the address as a wish */
            munmap(bytes, size);
    }
    return NULL;
}

/* Below the stacks are holes; the code cannot be written to. */
static bool
furnish(HgGhost *ghost)
{
    uint8_t *stack = get_stack(ghost);
    uint8_t *signals = stack + HG_GHOST_STACK + HG_GHOST_GUARD;
    size_t code = (size_t)(__stop_hg_ghost - __start_hg_ghost);
    g_assert(code <= HG_GHOST_CODE_ROOM);
    memcpy(ghost->base, __start_hg_ghost, code);
    return !mprotect(ghost->base, HG_GHOST_CODE_ROOM, PROT_READ | PROT_EXEC) &&
           !mprotect(stack - HG_GHOST_GUARD, HG_GHOST_GUARD, PROT_NONE) &&
           !mprotect(signals - HG_GHOST_GUARD, HG_GHOST_GUARD, PROT_NONE);
}

/* ---- what is left to it --------------------------------------------------------------------- */

static const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
static const struct sock_filter trap = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
static const struct sock_filter kill_all = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);

static void
add(HgGhostControl *control, struct sock_filter instruction)
{
    g_assert(control->program.len < HG_GHOST_FILTER);
    control->filter[control->program.len++] = instruction;
}

/* Skips the next [n] instructions unless what was loaded is [value]. */
static struct sock_filter
unless(uint32_t value, uint8_t n)
{
    return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, n);
}

static struct sock_filter
load(size_t offset)
{
    return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

/* Allows the system call [number] with the first argument [file]. */
static void
allow_on_file(HgGhostControl *control, uint32_t number, int file)
{
    add(control, load(offsetof(struct seccomp_data, nr)));
    add(control, unless(number, 4));
    add(control, load(offsetof(struct seccomp_data, args)));
    add(control, unless((uint32_t)file, 1));
    add(control, allow);
    add(control, trap);
}

/* Reading requests, saying that they are done, returning from a timer, ending; all else comes
 * back as a signal, and a call of another kind of machine ends it. */
static void
write_filter(HgGhostControl *control)
{
    control->program = (struct sock_fprog){.len = 0, .filter = control->filter};
    add(control, load(offsetof(struct seccomp_data, arch)));
    add(control, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0));
    add(control, kill_all);
    add(control, load(offsetof(struct seccomp_data, nr)));
    add(control, unless(SYS_exit_group, 1));
    add(control, allow);
    add(control, unless(SYS_rt_sigreturn, 1));
    add(control, allow);
    allow_on_file(control, SYS_read, control->line);
    allow_on_file(control, SYS_write, control->line);
    add(control, trap);
}

/* ---- its life ------------------------------------------------------------------------------- */

/* What the C library has told the kernel to write to in each thread: the ghost will not have it. */
static void
describe_rseq(HgGhostControl *control)
{
    if (!__rseq_size)
        return;
    control->rseq = (uint64_t)__builtin_thread_pointer() + (uint64_t)__rseq_offset;
    control->rseq_size = MAX(__rseq_size, 32);
}

static uint64_t
count_bytes(const HgImage *image)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < image->n_regions; i++)
        bytes += image->region[i].bytes ? image->region[i].end - image->region[i].start : 0;
    return bytes;
}

static void
prepare(HgGhost *ghost, const HgGhostPlan *plan, int line)
{
    HgGhostControl *control = ghost->control;
    memset(control, 0, offsetof(HgGhostControl, request));
    control->fs_base = ghost->fs_base;
    control->line = line;
    control->n_steps = MIN(plan->step->len, G_N_ELEMENTS(control->step));
    memcpy(control->step, plan->step->data, control->n_steps * sizeof *control->step);
    control->cpu_seconds =
        (uint32_t)(CPU_SECONDS + MIN(count_bytes(ghost->image) / BYTES_PER_CPU_SECOND, 1 << 16));
    g_strlcpy(control->sacrifice_file, "/proc/self/oom_score_adj", sizeof control->sacrifice_file);
    g_strlcpy(control->sacrifice, "1000", sizeof control->sacrifice);
    describe_rseq(control);
    write_filter(control);
}

static void
end(HgGhost *ghost)
{
    if (ghost->pid > 0) {
        kill(ghost->pid, SIGKILL);
        while (waitpid(ghost->pid, NULL, __WALL) < 0 && errno == EINTR)
            continue;
    }
    ghost->pid = 0;
    if (ghost->line >= 0)
        close(ghost->line);
    ghost->line = -1;
}

/* Returns: microseconds of the processor's time the ghost has used. */
static uint64_t
get_cpu_time(const HgGhost *ghost)
{
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(ghost->pid, &clock) || clock_gettime(clock, &time))
        return 0;
    return (uint64_t)time.tv_sec * G_USEC_PER_SEC + (uint64_t)time.tv_nsec / 1000;
}

/* Waits for the byte that says "done", or the end of the ghost, or of patience: its own timer
 * ends most calls that do not end, but not if they have turned it off. */
static bool
wait_for_it(const HgGhost *ghost)
{
    volatile HgGhostControl *control = ghost->control;
    uint64_t done = 0, targets = 0, cpu_time = 0;
    for (int looks = 0; looks < LOOKS_MAX; looks++) {
        struct pollfd file = {.fd = ghost->line, .events = POLLIN};
        char byte;
        if (poll(&file, 1, LOOK_MS) > 0)
            return read(ghost->line, &byte, 1) == 1;
        uint64_t done_now = control->n_done + control->steps_done;
        uint64_t targets_now = control->n_targets;
        if (done_now != done || targets_now != targets) {
            looks = 0;
            cpu_time = get_cpu_time(ghost);
        }
        if (get_cpu_time(ghost) - cpu_time > CPU_US_MAX)
            return false;
        done = done_now;
        targets = targets_now;
    }
    return false;
}

static void
explain(const HgGhost *ghost, GError **error)
{
    static const char *const failed_at[] = {
        [HG_GHOST_BORN] = "it could not be confined",
        [HG_GHOST_CONFINED] = "the memory of the target could not be put in its place",
        [HG_GHOST_PLACED] = "this system lets no process confine itself (seccomp)",
        [HG_GHOST_READY] = "it ended",
    };
    const HgGhostControl *control = ghost->control;
    unsigned stage = MIN((unsigned)control->stage, HG_GHOST_READY);
    int problem = control->problem;
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", failed_at[stage],
                problem > 0 ? g_strerror(problem) : "no reason given");
}

/* The child starts in the copy of the body: not one instruction of the C library runs in it. */
static pid_t
give_birth(HgGhost *ghost)
{
    uintptr_t offset = (uintptr_t)hg_ghost_body_start - (uintptr_t)__start_hg_ghost;
    int (*start)(void *) = (int (*)(void *))((uintptr_t)ghost->base + offset);
    return clone(start, get_stack(ghost) + HG_GHOST_STACK, SIGCHLD, NULL);
}

static bool
begin(HgGhost *ghost, GError **error)
{
    int line[2];
    g_auto(HgGhostPlan) plan = {0};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line)) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "no socket: %s", g_strerror(errno));
        return false;
    }
    hg_ghost_plan_init(&plan, ghost->image, (uintptr_t)ghost->base, ghost->size);
    prepare(ghost, &plan, line[1]);
    ghost->n_ghosts++;
    ghost->pid = give_birth(ghost);
    int problem = errno;
    close(line[1]);
    ghost->line = line[0];
    if (ghost->pid > 0 && wait_for_it(ghost))
        return true;
    if (ghost->pid > 0)
        explain(ghost, error);
    else
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "no child process: %s", g_strerror(problem));
    end(ghost);
    return false;
}

HgGhost *
hg_ghost_new(HgImage *image, uint64_t fs_base, GError **error)
{
    g_autoptr(HgGhost) ghost = g_new0(HgGhost, 1);
    ghost->image = image;
    ghost->fs_base = fs_base;
    ghost->line = -1;
    ghost->size = get_shared_size();
    ghost->base = map_shared(image, ghost->size);
    if (!ghost->base) {
        g_set_error(error, HG_ERROR, HG_ERROR_MEMORY, "no address is free here and in the target");
        return NULL;
    }
    ghost->control = (HgGhostControl *)(void *)(ghost->base + HG_GHOST_CODE_ROOM);
    if (!furnish(ghost)) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "no memory for code: %s", g_strerror(errno));
        return NULL;
    }
    return begin(ghost, error) ? g_steal_pointer(&ghost) : NULL;
}

void
hg_ghost_free(HgGhost *ghost)
{
    if (!ghost)
        return;
    end(ghost);
    if (ghost->base)
        munmap(ghost->base, ghost->size);
    g_free(ghost);
}

/* ---- asking --------------------------------------------------------------------------------- */

static bool
has_code(const HgImage *image, uint64_t function)
{
    const HgRegion *region = hg_image_find_region(image, function);
    return region && region->bytes;
}

/* Takes over the answers of the first [n] requests of the batch. Each number is read once: the
 * ghost may still be writing. */
static void
take_answers(const HgGhost *ghost, const HgGhostRequest *request, uint64_t n, HgGhostAnswer *answer,
             GArray *targets)
{
    volatile HgGhostControl *control = ghost->control;
    uint64_t first = targets->len, at = 0;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t end_of_targets = control->end[i];
        uint8_t outcome = control->outcome[i];
        bool is_sound = outcome > HG_GHOST_UNASKED && outcome < HG_GHOST_N_OUTCOMES &&
                        end_of_targets >= at && end_of_targets <= HG_GHOST_TARGETS;
        answer[i] =
            (HgGhostAnswer){.outcome = is_sound ? outcome : HG_GHOST_DIED, .first = first + at};
        if (!is_sound)
            continue;
        if (outcome == HG_GHOST_FAULT && !has_code(ghost->image, request[i].function))
            answer[i].outcome = HG_GHOST_NO_CODE;
        answer[i].n_targets = end_of_targets - at;
        at = end_of_targets;
    }
    g_array_append_vals(targets, ghost->control->target, (guint)at);
}

/* Asks one batch. Returns: how many of it are answered; fewer than [n] if the ghost died or has
 * no more room. */
static uint64_t
ask_batch(HgGhost *ghost, const HgGhostRequest *request, size_t n, HgGhostAnswer *answer,
          GArray *targets)
{
    HgGhostControl *control = ghost->control;
    char byte = 0;
    memcpy(control->request, request, n * sizeof *request);
    control->question = ghost->as_size ? HG_GHOST_SIZE : HG_GHOST_VISIT;
    control->attach = ghost->attach;
    control->as_size = ghost->as_size;
    control->n_requests = n;
    control->n_done = control->n_targets = 0;
    bool is_done = send(ghost->line, &byte, 1, MSG_NOSIGNAL) == 1 && wait_for_it(ghost);
    uint64_t n_done = ((volatile HgGhostControl *)control)->n_done;
    n_done = MIN(n_done, n);
    if (!is_done || n_done == 0)
        end(ghost);
    take_answers(ghost, request, n_done, answer, targets);
    return n_done;
}

void
hg_ghost_ask(HgGhost *ghost, const HgGhostRequest *request, size_t n, HgGhostAnswer *answer,
             GArray *targets)
{
    size_t i = 0;
    while (i < n) {
        if (!ghost->pid && (ghost->n_ghosts >= GHOSTS_MAX || !begin(ghost, NULL)))
            break;
        i += ask_batch(ghost, &request[i], MIN(n - i, HG_GHOST_BATCH), &answer[i], targets);
        if (!ghost->pid && i < n) /* what was asked last is what it died of */
            answer[i++] = (HgGhostAnswer){.outcome = HG_GHOST_DIED, .first = targets->len};
    }
    for (; i < n; i++)
        answer[i] = (HgGhostAnswer){.outcome = HG_GHOST_DIED, .first = targets->len};
}

void
hg_ghost_measure(HgGhost *ghost, uint64_t attach, uint64_t as_size, const HgGhostRequest *request,
                 size_t n, HgGhostAnswer *answer, GArray *sizes)
{
    ghost->attach = attach;
    ghost->as_size = as_size;
    hg_ghost_ask(ghost, request, n, answer, sizes);
    ghost->attach = ghost->as_size = 0;
}
