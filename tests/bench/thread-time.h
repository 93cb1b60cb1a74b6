/* thread-time.h - processor time of a thread: what it costs, whatever else runs on the machine.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <time.h>

/* Returns: milliseconds of this thread. */
static inline double
get_thread_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}
