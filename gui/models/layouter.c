/* layouter.c - asks the helper process where boxes and arrows go.
 * SPDX-License-Identifier: MIT */
#include "gui/models/layouter.h"

#include <gio/gio.h>
#include <signal.h>
#include <string.h>

struct HgLayoutJob {
    HgLayoutGraph *graph; /* NULL: a picture is rendered */
    HgLayoutFunc answer;
    HgLayoutRenderFunc answer_render;
    void *user_data;
    GSubprocess *process;
    GCancellable *cancellable;
    unsigned timeout, milliseconds; /* source, 0: none */
    bool is_cancelled, is_late;
};

static void
free_job(HgLayoutJob *job)
{
    if (job->timeout)
        g_source_remove(job->timeout);
    g_clear_object(&job->process);
    g_clear_object(&job->cancellable);
    hg_layout_graph_free(job->graph);
    g_free(job);
}

/* Returns: where the helper is; g_free(). */
static char *
find_helper(void)
{
    const char *named = g_getenv("HEAPGRAPH_LAYOUT");
    if (named)
        return g_strdup(named);
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
    g_autofree char *beside = g_build_filename(folder, "heapgraph-layout", NULL);
    if (g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer(&beside);
    return g_strdup(HG_LIBEXECDIR "/heapgraph-layout");
}

/* ---- the answer ------------------------------------------------------------------------------ */

static void
tell(HgLayoutJob *job, GBytes *bytes, const GError *problem)
{
    g_autoptr(GError) error = problem ? g_error_copy(problem) : NULL;
    HgPictureLayout *layout = NULL;
    if (job->graph && bytes)
        layout = hg_layout_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), job->graph,
                                 &error);
    if (job->graph)
        job->answer(layout, error, job->user_data);
    else
        job->answer_render(bytes, error, job->user_data);
}

static void
set_helper_error(const HgLayoutJob *job, GBytes *complaints, GError **error)
{
    size_t size = complaints ? g_bytes_get_size(complaints) : 0;
    g_autofree char *text =
        size ? g_strndup(g_bytes_get_data(complaints, NULL), MIN(size, 300)) : g_strdup("");
    g_autofree char *valid = g_utf8_make_valid(g_strdelimit(g_strstrip(text), "\n", ';'), -1);
    if (job->is_late)
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED,
                    "the layout took more than %u ms; show less: hide, ignore, fewer steps",
                    job->milliseconds);
    else
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "the layout failed: %s",
                    *valid ? valid : "heapgraph-layout died");
}

static void
on_communicated(GObject *source, GAsyncResult *result, void *user_data)
{
    HgLayoutJob *job = user_data;
    g_autoptr(GBytes) bytes = NULL, complaints = NULL;
    g_autoptr(GError) error = NULL;
    bool done = g_subprocess_communicate_finish(job->process, result, &bytes, &complaints, &error);
    if (!job->is_cancelled) {
        bool is_dead = done ? !g_subprocess_get_successful(job->process)
                            : g_error_matches(error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
        if (is_dead || job->is_late) {
            g_clear_error(&error);
            set_helper_error(job, complaints, &error);
        }
        tell(job, error ? NULL : bytes, error);
    }
    free_job(job);
}

static gboolean
on_timeout(void *user_data)
{
    HgLayoutJob *job = user_data;
    job->timeout = 0;
    job->is_late = true;
    g_subprocess_force_exit(job->process);
    g_cancellable_cancel(job->cancellable);
    return G_SOURCE_REMOVE;
}

/* There is no process, but the answer still comes later. */
static gboolean
on_no_process(void *user_data)
{
    HgLayoutJob *job = user_data;
    g_autofree char *helper = find_helper();
    g_autoptr(GError) error =
        g_error_new(HG_ERROR, HG_ERROR_FAILED, "cannot run %s, which lays graphs out", helper);
    if (!job->is_cancelled)
        tell(job, NULL, error);
    free_job(job);
    return G_SOURCE_REMOVE;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static HgLayoutJob *
start(HgLayoutJob *job, const char *question, const char *format)
{
    g_autofree char *helper = find_helper();
    const char *arguments[] = {helper, format, NULL};
    g_autoptr(GBytes) input = g_bytes_new(question, strlen(question));
    job->cancellable = g_cancellable_new();
    signal(SIGPIPE, SIG_IGN); /* a helper that dies before it is asked is an error, no signal */
    job->process =
        g_subprocess_newv(arguments,
                          G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                              G_SUBPROCESS_FLAGS_STDERR_PIPE,
                          NULL);
    if (!job->process) {
        g_idle_add(on_no_process, job);
        return job;
    }
    job->timeout = g_timeout_add(job->milliseconds, on_timeout, job);
    g_subprocess_communicate_async(job->process, input, job->cancellable, on_communicated, job);
    return job;
}

HgLayoutJob *
hg_layout_ask(HgLayoutGraph *graph, unsigned milliseconds, HgLayoutFunc answer, void *user_data)
{
    HgLayoutJob *job = g_new0(HgLayoutJob, 1);
    g_autofree char *question = hg_layout_graph_write(graph);
    job->graph = graph;
    job->answer = answer;
    job->user_data = user_data;
    job->milliseconds = milliseconds;
    return start(job, question, NULL);
}

HgLayoutJob *
hg_layout_ask_render(const char *dot, const char *format, unsigned milliseconds,
                     HgLayoutRenderFunc answer, void *user_data)
{
    HgLayoutJob *job = g_new0(HgLayoutJob, 1);
    job->answer_render = answer;
    job->user_data = user_data;
    job->milliseconds = milliseconds;
    return start(job, dot, format);
}

void
hg_layout_cancel(HgLayoutJob *job)
{
    if (!job)
        return;
    job->is_cancelled = true;
    if (job->process)
        g_subprocess_force_exit(job->process);
    g_cancellable_cancel(job->cancellable);
}
