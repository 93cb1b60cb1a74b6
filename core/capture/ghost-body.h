/* ghost-body.h - what the ghost and heapgraph share: its memory, its steps, its answers.
 *
 *      base ─▶ code of the body, read only ─┬─ HgGhostControl ─┬─ stack ─┬─ stack of signals
 *                                           │ requests, answers │ a hole below each
 *
 * All of it is one piece of memory at an address that is free in heapgraph and in the image, so
 * the body finds its data at a fixed distance from its code. Of what it shares with a ghost,
 * heapgraph believes nothing: code of the target may have written there.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

#define HG_GHOST_CODE_ROOM (64ull << 10)
#define HG_GHOST_GUARD (64ull << 10)
#define HG_GHOST_STACK (8ull << 20)
#define HG_GHOST_SIGNAL_STACK (128ull << 10)

#define HG_GHOST_BATCH 65536         /* requests at a time */
#define HG_GHOST_TARGETS (16u << 20) /* targets at a time */
#define HG_GHOST_FILTER 32           /* instructions */
#define HG_GHOST_DISTRUSTED 64       /* types */

/* What is to be done to the address space before the target's code can run in it. */
typedef enum {
    HG_GHOST_UNMAP,   /* [from, from + size) */
    HG_GHOST_MOVE,    /* pages of [from, from + size) to `to`, over what is there */
    HG_GHOST_PROTECT, /* [to, to + size) to `protection` */
} HgGhostAct;

typedef struct {
    HgGhostAct act;
    int protection;
    uint64_t from, to, size;
} HgGhostStep;

/* What came of asking about an object. */
typedef enum {
    HG_GHOST_UNASKED = 0,
    HG_GHOST_ANSWERED,
    HG_GHOST_UNCOLLECTED, /* its type's tp_is_gc says that the collector has nothing to do there */
    HG_GHOST_FAULT,       /* it touched what is not there, or divided by zero, or aborted */
    HG_GHOST_NO_CODE,     /* its function is of a program that the image has not */
    HG_GHOST_SYSTEM_CALL, /* it wanted something of the system */
    HG_GHOST_TOO_LONG,    /* it came to no end */
    HG_GHOST_TOO_MANY,    /* it visited more than there is room for */
    HG_GHOST_DISTRUSTED_TYPE, /* another object of its type came to no end */
    HG_GHOST_DIED,            /* nothing was left of the ghost */
    HG_GHOST_N_OUTCOMES
} HgGhostOutcome;

/* A call to be made: the function is a tp_traverse, or one that returns the object's size. */
typedef struct {
    uint64_t object;
    uint64_t function;
    union {
        uint64_t is_gc; /* of a tp_traverse: tp_is_gc, or 0: it is */
        uint64_t class; /* of a size: the one that defines the method, or 0: it takes none */
    };
    uint64_t type; /* whatever tells types apart, not 0 */
} HgGhostRequest;

typedef enum {
    HG_GHOST_VISIT,
    HG_GHOST_SIZE,
} HgGhostQuestion;

/* How far a ghost came before it could be asked anything. */
typedef enum {
    HG_GHOST_BORN = 0,
    HG_GHOST_CONFINED, /* limits, no file but one socket */
    HG_GHOST_PLACED,   /* the image is where it was */
    HG_GHOST_READY,
} HgGhostStage;

typedef struct {
    /* set before the ghost is made */
    uint64_t fs_base; /* of the thread whose code it seems to run */
    uint64_t rseq;    /* what the kernel would write to on this side, or 0 */
    uint32_t rseq_size;
    int line; /* socket: a byte asks for the batch, a byte says that it is done */
    uint32_t cpu_seconds;
    uint32_t n_steps; /* they stand in `target` */
    struct sock_fprog program;
    struct sock_filter filter[HG_GHOST_FILTER];
    char sacrifice_file[32], sacrifice[8]; /* who is to die first if memory runs out */
    uint64_t attach;                       /* function: this thread may run Python; or 0 */
    uint64_t as_size;                      /* function: int object to its value */

    /* told by the ghost */
    HgGhostStage stage;
    uint32_t steps_done;
    int problem; /* errno of what ended it before it was ready */

    /* the ghost's own */
    void *resume[5]; /* of __builtin_setjmp() */
    int armed;       /* the target's code is running */
    HgGhostOutcome failure;
    uint64_t tick_done, tick_targets;
    uint32_t n_ticks;
    uint32_t n_distrusted;
    uint64_t distrusted[HG_GHOST_DISTRUSTED]; /* types */

    /* a batch */
    HgGhostQuestion question;
    uint64_t n_requests;
    uint64_t n_done;
    uint64_t n_targets;
    HgGhostRequest request[HG_GHOST_BATCH];
    uint8_t outcome[HG_GHOST_BATCH];
    uint64_t end[HG_GHOST_BATCH]; /* of its targets; they begin where the last one's end */
    union {
        uint64_t target[HG_GHOST_TARGETS];
        HgGhostStep step[HG_GHOST_TARGETS * sizeof(uint64_t) / sizeof(HgGhostStep)];
    };
} HgGhostControl;

/* The body: as much code as stands between these two, to be copied to [base] and started there
 * with hg_ghost_body_start(), whose argument is not used. */
extern const char __start_hg_ghost[] __attribute__((visibility("hidden")));
extern const char __stop_hg_ghost[] __attribute__((visibility("hidden")));
int hg_ghost_body_start(void *unused);
