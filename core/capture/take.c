/* take.c - from a process id or a core file to an image with its runtime located.
 * SPDX-License-Identifier: MIT */
#include "core/capture/take.h"

#include "core/capture/image-private.h"
#include "core/capture/image-process.h"
#include "core/error.h"

/* A running process may be seen in the middle of a change: this often it is looked at again. */
#define LOOKS_MAX 20
#define PAUSE_BETWEEN_LOOKS_US 3000

static bool
is_good_moment(int pid, void *user_data)
{
    return hg_runtime_is_at_rest(user_data, pid);
}

/* Locates the runtime of the running process, so that what cannot be read is never stopped.
 * Returns: the live image, which owns texts of [runtime]. */
static HgImage *
locate_live(int pid, HgRuntime *runtime, GError **error)
{
    for (int look = 1;; look++) {
        g_autoptr(GError) problem = NULL;
        g_autoptr(HgImage) live = hg_image_new_live(pid, error);
        if (!live)
            return NULL;
        if (hg_runtime_locate(runtime, live, &problem))
            return g_steal_pointer(&live);
        hg_runtime_clear(runtime);
        if (look == LOOKS_MAX || !g_error_matches(problem, HG_ERROR, HG_ERROR_FORMAT)) {
            g_propagate_prefixed_error(error, g_steal_pointer(&problem), "process %d: ", pid);
            return NULL;
        }
        g_usleep(PAUSE_BETWEEN_LOOKS_US);
    }
}

HgImage *
hg_image_take_process(int pid, bool fork, HgRuntime *runtime, const HgProgress *progress,
                      GError **error)
{
    g_auto(HgRuntime) known = {0};
    HgImageProcessOptions options = {
        .pid = pid, .accept = is_good_moment, .user_data = &known, .fork = fork};
    g_autoptr(HgImage) live = locate_live(pid, &known, error);
    g_autoptr(HgImage) image = live ? hg_image_new_process(&options, progress, error) : NULL;
    if (!image || !hg_runtime_locate_again(runtime, &known, image, error))
        return NULL;
    return g_steal_pointer(&image);
}

HgImage *
hg_image_take_any_process(int pid, bool fork, const HgProgress *progress, GError **error)
{
    g_auto(HgRuntime) runtime = {0};
    g_autoptr(GError) problem = NULL;
    HgImage *image = hg_image_take_process(pid, fork, &runtime, progress, &problem);
    if (image)
        return image;
    HgImageProcessOptions options = {.pid = pid, .fork = fork};
    bool is_python = !g_error_matches(problem, HG_ERROR, HG_ERROR_NOT_FOUND) &&
                     !g_error_matches(problem, HG_ERROR, HG_ERROR_CANCELLED);
    image = is_python ? hg_image_new_process(&options, progress, error) : NULL;
    if (image)
        hg_image_add_remark(image, "%s", problem->message);
    else if (!is_python)
        g_propagate_error(error, g_steal_pointer(&problem));
    return image;
}

/* Python is not found where its own program is missing, for the names of its types are there. */
static void
explain_failure(const HgImage *image, GError **error)
{
    const char *const *remark = hg_image_get_remarks(image);
    if (error && *remark)
        g_prefix_error(error,
                       "%s (`heapgraph capture --core` takes --executable and --sysroot, which say "
                       "where programs are): ",
                       *remark);
}

bool
hg_image_locate_core(HgImage *image, HgRuntime *runtime, GError **error)
{
    if (!hg_runtime_locate(runtime, image, error)) {
        explain_failure(image, error);
        return false;
    }
    for (size_t i = 0; i < runtime->n_interpreters; i++)
        image->cost.during_collection |= runtime->interpreter[i].collecting;
    return true;
}

HgImage *
hg_image_take_core(const char *path, const HgImageOpenOptions *options, HgRuntime *runtime,
                   GError **error)
{
    g_autoptr(HgImage) image = hg_image_open(path, options, error);
    if (!image)
        return NULL;
    if (hg_image_locate_core(image, runtime, error))
        return g_steal_pointer(&image);
    g_prefix_error(error, "%s: ", path);
    return NULL;
}
