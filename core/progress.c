/* progress.c - how long work tells how far it is, and is told to stop.
 * SPDX-License-Identifier: MIT */
#include "core/error.h"
#include "core/progress.h"

bool
hg_progress_report(const HgProgress *progress, const char *step, uint64_t done, uint64_t total,
                   GError **error)
{
    if (!progress || !progress->func || progress->func(step, done, total, progress->user_data))
        return true;
    g_set_error_literal(error, HG_ERROR, HG_ERROR_CANCELLED, "cancelled");
    return false;
}
