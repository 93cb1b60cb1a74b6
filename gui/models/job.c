/* job.c - questions asked off the main thread.
 * SPDX-License-Identifier: MIT */
#include "gui/models/job.h"

#include "core/load/import.h"

#define WORKERS 3 /* a slow question must not keep a quick one waiting */

/* What one thread has open. */
typedef struct {
    GHashTable *stores;    /* path -> HgStore */
    GHashTable *snapshots; /* "id path" -> HgSnapshot */
} Handles;

struct HgWork {
    int references; /* atomic: the owner's and one of each job, so that nobody waits for a slow one
                     */
    GThreadPool *pool;
    GMutex lock;      /* of all below */
    GPtrArray *idle;  /* Handles nobody uses */
    unsigned version; /* counts hg_work_close_files() */
    bool is_closed;   /* jobs are cancelled before they begin */
    GPtrArray *jobs;  /* HgJob that have not answered */
};

struct HgAsk {
    HgWork *work;
    Handles *handles;
    HgProgress progress;
    HgJob *job;
};

struct HgJob {
    int references; /* atomic */
    HgWork *work;
    HgAskFunc ask;
    HgAnswerFunc answer;
    void *argument, *user_data;
    GDestroyNotify free_argument, free_answer;
    int is_cancelled; /* atomic */
    void *result;
    GError *error;
    GMutex lock; /* of the progress */
    const char *step;
    uint64_t done, total;
};

/* ---- handles ------------------------------------------------------------------------------ */

static void
close_store(void *store)
{
    hg_store_close(store);
}

static void
close_snapshot(void *snapshot)
{
    hg_snapshot_close(snapshot);
}

static Handles *
new_handles(void)
{
    Handles *handles = g_new(Handles, 1);
    handles->stores = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, close_store);
    handles->snapshots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, close_snapshot);
    return handles;
}

static void
free_handles(void *data)
{
    Handles *handles = data;
    g_hash_table_unref(handles->snapshots); /* they borrow the stores */
    g_hash_table_unref(handles->stores);
    g_free(handles);
}

static Handles *
take_handles(HgWork *work, unsigned *version)
{
    g_mutex_lock(&work->lock);
    *version = work->version;
    unsigned last = work->idle->len;
    Handles *handles = last ? g_ptr_array_steal_index(work->idle, last - 1) : NULL;
    g_mutex_unlock(&work->lock);
    return handles ? handles : new_handles();
}

/* Each worker has its own: what one unpacked for its last question is not kept for the next. */
static void
give_back(HgWork *work, Handles *handles, unsigned version)
{
    GHashTableIter iter;
    void *snapshot;
    g_hash_table_iter_init(&iter, handles->snapshots);
    while (g_hash_table_iter_next(&iter, NULL, &snapshot))
        hg_snapshot_trim(snapshot);
    g_mutex_lock(&work->lock);
    bool is_current = version == work->version;
    if (is_current)
        g_ptr_array_add(work->idle, handles);
    g_mutex_unlock(&work->lock);
    if (!is_current)
        free_handles(handles);
}

void
hg_work_close_files(HgWork *work)
{
    g_mutex_lock(&work->lock);
    work->version++;
    GPtrArray *idle = g_steal_pointer(&work->idle);
    work->idle = g_ptr_array_new_with_free_func(free_handles);
    g_mutex_unlock(&work->lock);
    g_ptr_array_unref(idle);
}

HgStore *
hg_ask_get_store(HgAsk *ask, const char *path, GError **error)
{
    HgStore *store = g_hash_table_lookup(ask->handles->stores, path);
    if (store)
        return store;
    store = hg_import_open(path, HG_STORE_READ, &ask->progress, error);
    if (store)
        g_hash_table_insert(ask->handles->stores, g_strdup(path), store);
    return store;
}

HgSnapshot *
hg_ask_get_snapshot(HgAsk *ask, const HgShot *shot, GError **error)
{
    g_autofree char *key = g_strdup_printf("%u %s", shot->id, shot->path);
    HgSnapshot *snapshot = g_hash_table_lookup(ask->handles->snapshots, key);
    if (snapshot)
        return snapshot;
    HgStore *store = hg_ask_get_store(ask, shot->path, error);
    snapshot = store ? hg_snapshot_open(store, shot->id, error) : NULL;
    if (snapshot)
        g_hash_table_insert(ask->handles->snapshots, g_steal_pointer(&key), snapshot);
    return snapshot;
}

/* ---- a job --------------------------------------------------------------------------------- */

static void
unref_work(HgWork *work)
{
    if (!g_atomic_int_dec_and_test(&work->references))
        return;
    g_ptr_array_unref(work->idle);
    g_ptr_array_unref(work->jobs);
    g_mutex_clear(&work->lock);
    g_free(work);
}

static void
unref_job(HgJob *job)
{
    if (!g_atomic_int_dec_and_test(&job->references))
        return;
    if (job->result && job->free_answer)
        job->free_answer(job->result);
    if (job->free_argument)
        job->free_argument(job->argument);
    g_clear_error(&job->error);
    g_mutex_clear(&job->lock);
    unref_work(job->work);
    g_free(job);
}

static bool
on_progress(const char *step, uint64_t done, uint64_t total, void *user_data)
{
    HgJob *job = user_data;
    g_mutex_lock(&job->lock);
    job->step = g_intern_string(step);
    job->done = done;
    job->total = total;
    g_mutex_unlock(&job->lock);
    return !g_atomic_int_get(&job->is_cancelled);
}

void
hg_job_get_progress(HgJob *job, char **step, uint64_t *done, uint64_t *total)
{
    g_mutex_lock(&job->lock);
    *step = g_strdup(job->step);
    *done = job->done;
    *total = job->total;
    g_mutex_unlock(&job->lock);
}

const HgProgress *
hg_ask_get_progress(HgAsk *ask)
{
    return &ask->progress;
}

bool
hg_ask_is_cancelled(HgAsk *ask)
{
    return g_atomic_int_get(&ask->job->is_cancelled);
}

bool
hg_ask_check(HgAsk *ask, GError **error)
{
    if (!hg_ask_is_cancelled(ask))
        return true;
    g_set_error_literal(error, HG_ERROR, HG_ERROR_CANCELLED, "cancelled");
    return false;
}

/* In the main thread: the job tells its answer, if someone still waits. */
static gboolean
on_answer(void *user_data)
{
    HgJob *job = user_data;
    if (!g_atomic_int_get(&job->is_cancelled)) {
        g_mutex_lock(&job->work->lock);
        g_ptr_array_remove_fast(job->work->jobs, job);
        g_mutex_unlock(&job->work->lock);
        job->answer(g_steal_pointer(&job->result), job->error, job->user_data);
        unref_job(job); /* what the asker held */
    }
    return G_SOURCE_REMOVE;
}

static void
free_job(void *job)
{
    unref_job(job);
}

static void
run_job(void *data, void *user_data)
{
    HgJob *job = data;
    HgWork *work = user_data;
    if (!g_atomic_int_get(&job->is_cancelled)) {
        unsigned version;
        HgAsk ask = {.work = work, .job = job, .progress = {on_progress, job}};
        ask.handles = take_handles(work, &version);
        job->result = job->ask(&ask, job->argument, &job->error);
        give_back(work, ask.handles, version);
    }
    g_idle_add_full(G_PRIORITY_DEFAULT, on_answer, job, free_job);
}

HgJob *
hg_work_ask(HgWork *work, HgAskFunc ask, void *argument, GDestroyNotify free_argument,
            GDestroyNotify free_answer, HgAnswerFunc answer, void *user_data)
{
    HgJob *job = g_new0(HgJob, 1);
    *job = (HgJob){.references = 2, /* the asker and the worker */
                   .work = work,
                   .ask = ask,
                   .answer = answer,
                   .argument = argument,
                   .user_data = user_data,
                   .free_argument = free_argument,
                   .free_answer = free_answer};
    g_mutex_init(&job->lock);
    g_atomic_int_inc(&work->references);
    g_mutex_lock(&work->lock);
    g_ptr_array_add(work->jobs, job);
    job->is_cancelled = work->is_closed;
    g_mutex_unlock(&work->lock);
    g_thread_pool_push(work->pool, job, NULL);
    return job;
}

void
hg_job_cancel(HgJob *job)
{
    if (!job)
        return;
    g_mutex_lock(&job->work->lock);
    g_ptr_array_remove_fast(job->work->jobs, job);
    g_mutex_unlock(&job->work->lock);
    g_atomic_int_set(&job->is_cancelled, 1);
    unref_job(job);
}

/* ---- the workers --------------------------------------------------------------------------- */

HgWork *
hg_work_new(void)
{
    HgWork *work = g_new0(HgWork, 1);
    work->references = 1;
    g_mutex_init(&work->lock);
    work->idle = g_ptr_array_new_with_free_func(free_handles);
    work->jobs = g_ptr_array_new();
    work->pool = g_thread_pool_new(run_job, work, WORKERS, FALSE, NULL);
    return work;
}

/* Who asked still has the job, and lets it go with hg_job_cancel(). */
void
hg_work_close(HgWork *work)
{
    g_mutex_lock(&work->lock);
    work->is_closed = true;
    for (unsigned i = 0; i < work->jobs->len; i++)
        g_atomic_int_set(&((HgJob *)work->jobs->pdata[i])->is_cancelled, 1);
    g_mutex_unlock(&work->lock);
    hg_work_close_files(work); /* those in use are closed by who uses them */
}

void
hg_work_free(HgWork *work)
{
    if (!work)
        return;
    hg_work_close(work);
    g_thread_pool_free(work->pool, FALSE, FALSE);
    unref_work(work);
}
