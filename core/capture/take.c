/* take.c - from a process id or a core file to an image with its runtime located.
 * SPDX-License-Identifier: MIT */
#include "core/capture/take.h"

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
hg_image_take_process(int pid, HgRuntime *runtime, const HgProgress *progress, GError **error)
{
    g_auto(HgRuntime) known = {0};
    HgImageProcessOptions options = {.pid = pid, .accept = is_good_moment, .user_data = &known};
    g_autoptr(HgImage) live = locate_live(pid, &known, error);
    g_autoptr(HgImage) image = live ? hg_image_new_process(&options, progress, error) : NULL;
    if (!image || !hg_runtime_locate_again(runtime, &known, image, error))
        return NULL;
    return g_steal_pointer(&image);
}

HgImage *
hg_image_take_core(const char *path, const char *sysroot, HgRuntime *runtime, GError **error)
{
    g_autoptr(HgImage) image = hg_image_open(path, sysroot, error);
    if (!image)
        return NULL;
    if (hg_runtime_locate(runtime, image, error))
        return g_steal_pointer(&image);
    g_prefix_error(error, "%s: ", path);
    return NULL;
}
