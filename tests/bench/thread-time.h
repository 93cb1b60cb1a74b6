/* thread-time.h - processor time of a thread or the process: what it costs, whatever else runs on
 * the machine.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <time.h>

static inline double
get_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Returns: milliseconds of this thread. */
static inline double
get_thread_time(void)
{
    return get_clock(CLOCK_THREAD_CPUTIME_ID);
}

/* Returns: milliseconds of all threads. */
static inline double
get_process_time(void)
{
    return get_clock(CLOCK_PROCESS_CPUTIME_ID);
}
