/* hostile-traverse.c - what a tp_traverse might do, for test-ghost.py: harm, if it could.
 *
 * A shared library without Python's headers; the test makes types of its functions. `good` is a
 * tp_traverse as it should be, of objects whose references nobody could guess: they are kept
 * elsewhere, with all bits turned.
 * SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

typedef int (*Visit)(void *object, void *argument);

typedef struct {
    uint64_t refcount;
    uint64_t type;
    uint64_t hidden; /* Items, with all bits turned */
} Object;

typedef struct {
    uint64_t n;
    uint64_t item[]; /* with all bits turned */
} Items;

char harm[4096]; /* path of a file that must not come to be */
volatile uint64_t *volatile nowhere;

void
fill(Object *object, uint64_t n, const uint64_t *item)
{
    Items *items = malloc(sizeof *items + n * sizeof *item);
    items->n = n;
    for (uint64_t i = 0; i < n; i++)
        items->item[i] = ~item[i];
    object->hidden = ~(uint64_t)items;
}

int
good(Object *self, Visit visit, void *argument)
{
    const Items *items = (const Items *)~self->hidden;
    for (uint64_t i = 0; i < items->n; i++) {
        int result = visit((void *)~items->item[i], argument);
        if (result)
            return result;
    }
    return 0;
}

/* ---- faults ---- */

int
crash(Object *self, Visit visit, void *argument)
{
    return (int)*nowhere;
}

int
illegal(Object *self, Visit visit, void *argument)
{
    __asm__ volatile("ud2");
    return 0;
}

int
divide(Object *self, Visit visit, void *argument)
{
    volatile int zero = 0;
    return (int)self->refcount / zero;
}

int
breakpoint(Object *self, Visit visit, void *argument)
{
    __asm__ volatile("int3");
    return 0;
}

int
give_up(Object *self, Visit visit, void *argument)
{
    abort();
}

int
recurse(Object *self, Visit visit, void *argument)
{
    volatile char room[1024];
    room[0] = (char)recurse(self, visit, argument);
    return room[0] + 1;
}

int
half(Object *self, Visit visit, void *argument)
{
    good(self, visit, argument);
    return (int)*nowhere;
}

/* ---- no end ---- */

int
loop(Object *self, Visit visit, void *argument)
{
    for (;;)
        __asm__ volatile("pause");
}

int
visit_without_end(Object *self, Visit visit, void *argument)
{
    for (;;)
        visit(self, argument);
}

/* ---- the system ---- */

int
write_file(Object *self, Visit visit, void *argument)
{
    return (int)syscall(SYS_open, harm, O_CREAT | O_WRONLY, 0600);
}

int
write_anywhere(Object *self, Visit visit, void *argument)
{
    long written = 0;
    for (int file = 0; file < 64; file++)
        written += syscall(SYS_write, file, "harm\n", 5);
    return (int)written;
}

int
kill_parent(Object *self, Visit visit, void *argument)
{
    return (int)syscall(SYS_kill, syscall(SYS_getppid), SIGKILL);
}

int
fork_child(Object *self, Visit visit, void *argument)
{
    return (int)syscall(SYS_fork);
}

int
execute(Object *self, Visit visit, void *argument)
{
    char *arguments[] = {"touch", harm, NULL};
    return (int)syscall(SYS_execve, "/usr/bin/touch", arguments, NULL);
}

int
connect_out(Object *self, Visit visit, void *argument)
{
    return (int)syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

int
take_memory(Object *self, Visit visit, void *argument)
{
    return (int)syscall(SYS_mmap, NULL, 1ul << 40, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* The system calls of 32-bit programs have other numbers: this is exit, or write. */
int
old_system_call(Object *self, Visit visit, void *argument)
{
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "0"(20) : "memory");
    return result;
}

int
leave(Object *self, Visit visit, void *argument)
{
    for (;;)
        syscall(SYS_exit_group, 0);
}

/* ---- memory, registers, jumps ---- */

/* Turns all it can write to, up to where it ends, into something else. */
int
scribble(Object *self, Visit visit, void *argument)
{
    memset(self, 0x5a, 1u << 26);
    return 0;
}

/* What calls it keeps its data at a fixed distance behind its code. */
int
scribble_caller(Object *self, Visit visit, void *argument)
{
    uint64_t control = ((uint64_t)visit & ~0xffffull) + 0x10000;
    memset((void *)control, 0xff, 4096);
    return 0;
}

int
scribble_answers(Object *self, Visit visit, void *argument)
{
    uint64_t control = ((uint64_t)visit & ~0xffffull) + 0x10000;
    memset((void *)(control + 8192), 0x77, 64u << 20);
    return 0;
}

int
rewrite_code(Object *self, Visit visit, void *argument)
{
    memset((void *)(uint64_t)visit, 0x90, 64);
    return 0;
}

int
lose_registers(Object *self, Visit visit, void *argument)
{
    __asm__ volatile("xor %%ebx, %%ebx\n mov $-1, %%r12\n mov $-1, %%r13\n mov $-1, %%r14\n"
                     "mov $-1, %%r15\n xor %%ebp, %%ebp\n std\n xor %%eax, %%eax\n ret"
                     :
                     :
                     : "memory");
    return 0;
}

int
lose_stack(Object *self, Visit visit, void *argument)
{
    __asm__ volatile("xor %%esp, %%esp\n push %%rax\n ret" : : : "memory");
    return 0;
}

int
jump_away(Object *self, Visit visit, void *argument)
{
    __asm__ volatile("jmp *%0" : : "r"((uint64_t)visit + 7) : "memory");
    return 0;
}

/* Goes back not to its caller but to its caller's caller, as a longjmp would. */
int
jump_back(Object *self, Visit visit, void *argument)
{
    __asm__ volatile("add $256, %%rsp\n ret" : : : "memory");
    return 0;
}

static void
loop_for_ever(void)
{
    for (;;)
        __asm__ volatile("pause");
}

/* Blocks all signals the only way that is left, as if it came back from one; then loops. */
int
block_signals(Object *self, Visit visit, void *argument)
{
    ucontext_t context;
    memset(&context, 0, sizeof context);
    memset(&context.uc_sigmask, 0xff, sizeof context.uc_sigmask);
    context.uc_mcontext.gregs[REG_RIP] = (long long)loop_for_ever;
    context.uc_mcontext.gregs[REG_RSP] = ((long long)&context - 4096) & ~15ll;
    context.uc_mcontext.gregs[REG_EFL] = 0x202;
    context.uc_mcontext.gregs[REG_CSGSFS] = 0x2b000000000033ll;
    __asm__ volatile("mov %0, %%rsp\n mov $15, %%eax\n syscall" : : "r"(&context) : "memory");
    return 0;
}
