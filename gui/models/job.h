/* job.h - questions asked off the main thread.
 *
 *      main thread                          worker
 *      hg_work_ask(work, list_types, ...) ─▶ list_types(ask) opens what it needs with
 *      on_types(result) ◀────────────────── hg_ask_get_snapshot() and returns a result
 *
 * A handle of a store belongs to one thread at a time: each running job has a set of handles of its
 * own, kept for the next job. A job that is cancelled never reports back.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/progress.h"
#include "gui/models/place.h"

typedef struct HgWork HgWork; /* the workers and their handles */
typedef struct HgJob HgJob;   /* one question on its way */
typedef struct HgAsk HgAsk;   /* the same as the worker sees it */

/* Runs in a worker. Returns: the answer, or NULL with [error] set. [argument] is borrowed. */
typedef void *(*HgAskFunc)(HgAsk *ask, void *argument, GError **error);

/* Called in the main thread, once, unless the job was cancelled before. [answer] is handed over;
 * [error] is borrowed and NULL if there is an answer. The job ends with this call. */
typedef void (*HgAnswerFunc)(void *answer, const GError *error, void *user_data);

HgWork *hg_work_new(void);
/* Cancels every job, those that are asked later too, and closes all files; nothing is waited for.
 * Jobs that were asked are still to be let go with hg_job_cancel(). */
void hg_work_close(HgWork *work);
void hg_work_free(HgWork *work);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgWork, hg_work_free)

/* Forgets every handle that is not in use, so that files are opened afresh. */
void hg_work_close_files(HgWork *work);

/* [argument] is handed over, and freed with [free_argument] (in any thread; may be NULL);
 * [free_answer] frees an answer that nobody waits for any more. Returns: the job, to be cancelled
 * until it answers. */
HgJob *hg_work_ask(HgWork *work, HgAskFunc ask, void *argument, GDestroyNotify free_argument,
                   GDestroyNotify free_answer, HgAnswerFunc answer, void *user_data);

/* Nothing is heard of the job any more. The pointer is void afterwards; accepts NULL. */
void hg_job_cancel(HgJob *job);

/* Sets *step (g_free), *done and *total (0: unknown) to how far the job is. */
void hg_job_get_progress(HgJob *job, char **step, uint64_t *done, uint64_t *total);

/* ---- in the worker ------------------------------------------------------------------------- */

/* Returns: borrowed, for this thread until the job ends; NULL with [error] set. A dump is loaded
 * into the cache if need be. */
HgSnapshot *hg_ask_get_snapshot(HgAsk *ask, const HgShot *shot, GError **error);
HgStore *hg_ask_get_store(HgAsk *ask, const char *path, GError **error);
/* Returns: what long work tells how far it is, and is cancelled through. */
const HgProgress *hg_ask_get_progress(HgAsk *ask);
/* Returns: whether nobody waits for the answer any more. */
bool hg_ask_is_cancelled(HgAsk *ask);
/* The same with HG_ERROR_CANCELLED in [error]. Returns: false if cancelled. */
bool hg_ask_check(HgAsk *ask, GError **error);
