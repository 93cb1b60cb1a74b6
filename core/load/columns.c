/* columns.c - columns on their way to the store's writer.
 * SPDX-License-Identifier: MIT */
#include "core/load/columns.h"

#define PART 16384u /* numbers handed over at once */

typedef struct {
    HgColumnFunc write; /* NULL: the end */
    void *data;
    GDestroyNotify destroy;
} Job;

struct HgColumns {
    HgSnapshotWriter *writer;
    GThread *thread;
    GAsyncQueue *jobs;
    GMutex lock;
    bool dropped; /* what waits shall not be written any more */
    GError *failure;
};

static void
job_free(Job *job)
{
    if (job->destroy)
        job->destroy(job->data);
    g_free(job);
}

static bool
has_failed(HgColumns *columns, GError **error)
{
    g_mutex_lock(&columns->lock);
    if (columns->failure && error)
        *error = g_error_copy(columns->failure);
    bool failed = columns->failure || columns->dropped;
    g_mutex_unlock(&columns->lock);
    return failed;
}

static void
set_failure(HgColumns *columns, GError *failure)
{
    g_mutex_lock(&columns->lock);
    columns->failure = failure;
    g_mutex_unlock(&columns->lock);
}

static void *
run(void *user_data)
{
    HgColumns *columns = user_data;
    for (bool ended = false; !ended;) {
        Job *job = g_async_queue_pop(columns->jobs);
        GError *failure = NULL;
        ended = !job->write;
        if (!ended && !has_failed(columns, NULL) &&
            !job->write(columns->writer, job->data, &failure))
            set_failure(columns, failure);
        job_free(job);
    }
    return NULL;
}

HgColumns *
hg_columns_new(HgSnapshotWriter *writer)
{
    HgColumns *columns = g_new0(HgColumns, 1);
    columns->writer = writer;
    columns->jobs = g_async_queue_new();
    g_mutex_init(&columns->lock);
    columns->thread = g_thread_new("columns", run, columns);
    return columns;
}

static void
push(HgColumns *columns, HgColumnFunc write, void *data, GDestroyNotify destroy)
{
    Job *job = g_new(Job, 1);
    *job = (Job){write, data, destroy};
    g_async_queue_push(columns->jobs, job);
}

static void
join(HgColumns *columns)
{
    if (!columns->thread)
        return;
    push(columns, NULL, NULL, NULL);
    g_thread_join(g_steal_pointer(&columns->thread));
}

void
hg_columns_free(HgColumns *columns)
{
    if (!columns)
        return;
    g_mutex_lock(&columns->lock);
    columns->dropped = true;
    g_mutex_unlock(&columns->lock);
    join(columns);
    g_async_queue_unref(columns->jobs);
    g_mutex_clear(&columns->lock);
    g_clear_error(&columns->failure);
    g_free(columns);
}

bool
hg_columns_put(HgColumns *columns, HgColumnFunc write, void *data, GDestroyNotify destroy,
               GError **error)
{
    push(columns, write, data, destroy);
    return !has_failed(columns, error);
}

bool
hg_columns_finish(HgColumns *columns, GError **error)
{
    join(columns);
    return !has_failed(columns, error);
}

/* ---- arrays --------------------------------------------------------------------------- */

typedef struct {
    HgColumn column;
    unsigned width; /* bytes of a number; 0: packed */
    void *numbers;
    uint64_t count;
    const uint32_t *order;
    GDestroyNotify destroy;
} Array;

static void
array_free(void *data)
{
    Array *array = data;
    if (array->destroy)
        array->destroy(array->numbers);
    g_free(array);
}

static void
read_packed(const Array *array, uint64_t first, uint64_t count, uint64_t *part)
{
    if (!array->order) {
        hg_packed_read(array->numbers, first, count, part);
        return;
    }
    for (uint64_t i = 0; i < count; i++)
        part[i] = hg_packed_get(array->numbers, array->order[first + i]);
}

static bool
write_packed(HgSnapshotWriter *writer, const Array *array, GError **error)
{
    g_autofree uint64_t *part = g_new(uint64_t, PART);
    for (uint64_t done = 0, count; done < array->count; done += count) {
        count = MIN(array->count - done, PART);
        read_packed(array, done, count, part);
        if (!hg_snapshot_writer_append(writer, array->column, part, count, error))
            return false;
    }
    return true;
}

static bool
write_array(HgSnapshotWriter *writer, void *data, GError **error)
{
    const Array *array = data;
    switch (array->width) {
    case 0:
        return write_packed(writer, array, error);
    case 1:
        return hg_snapshot_writer_append_u8(writer, array->column, array->numbers, array->count,
                                            error);
    case 4:
        return hg_snapshot_writer_append_u32(writer, array->column, array->numbers, array->count,
                                             error);
    default:
        return hg_snapshot_writer_append(writer, array->column, array->numbers, array->count,
                                         error);
    }
}

static bool
put_array(HgColumns *columns, Array array, GError **error)
{
    return hg_columns_put(columns, write_array, g_memdup2(&array, sizeof array), array_free, error);
}

bool
hg_columns_put_array(HgColumns *columns, HgColumn column, unsigned width, void *numbers,
                     uint64_t count, GDestroyNotify destroy, GError **error)
{
    return put_array(columns, (Array){column, width, numbers, count, NULL, destroy}, error);
}

bool
hg_columns_put_packed(HgColumns *columns, HgColumn column, HgPacked *packed, const uint32_t *order,
                      GDestroyNotify destroy, GError **error)
{
    return put_array(columns, (Array){column, 0, packed, packed->n, order, destroy}, error);
}
