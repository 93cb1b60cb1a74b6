/* inject.h - one system call in a stopped thread of another process.
 *
 * The thread is sent to a system call instruction that is there already, and put back where it was.
 * What it did before goes on: if it waited in the kernel, the kernel itself begins that wait again
 * (with the time that is left), because the registers are given back where it looks for that - in a
 * stop for a signal, not at the end of a system call. Signals wait meanwhile.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/stop.h"

#define HG_SYSTEM_CALL_ARGUMENTS 6

typedef struct {
    long number;
    uint64_t argument[HG_SYSTEM_CALL_ARGUMENTS];
    uint64_t instruction; /* where hg_inject_find_instruction() found one */
    bool makes_process;   /* it is a clone: the new process is traced and will stop at its start */
} HgSystemCall;

typedef struct {
    int64_t value; /* as the kernel gives it: an error number if negative */
    int process;   /* that was made, as it is called here, 0: none */
} HgSystemCallResult;

/* Returns: the address of a system call instruction of process [pid], stopped or not, 0: none was
 * found. It stays there until the process starts another program. */
uint64_t hg_inject_find_instruction(int pid);

/* Returns: the thread of [stop] it disturbs least, 0 if none is fit now. */
int hg_inject_choose_thread(const HgStop *stop);

/* Makes [call] in [thread], chosen among those of [stop]. Whatever happens, its registers and
 * blocked signals are as before. Returns: false if the call could not be made. */
bool hg_inject(const HgStop *stop, int thread, const HgSystemCall *call, HgSystemCallResult *result,
               GError **error);
