/* take-image.c - takes images of a process and says what it found: for the tests of the stop.
 *
 *      take-image [--times N] PID        "version 3.11.2 ... objects 112908 worst 0 ..."
 *      take-image --walk PID             walks the heap as well: "bad" pointers lead to no object
 *      take-image --hold FILE PID        makes FILE when the target is stopped, and holds it
 *      take-image --before COMMAND PID   runs the command when all is prepared for the stop
 *      take-image --fork PID             reads a forked copy, with any of these
 *      take-image --save FILE PID        saves the image, then looks at it
 *      take-image --core [--sysroot DIR] FILE   looks at a core
 *
 * Images are taken without looking at the runtime beforehand, as of any process, with --hold and
 * --before. Exit status 1 and the error on stderr where it fails.
 * SPDX-License-Identifier: MIT */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/capture/capture.h"
#include "core/capture/image-process.h"
#include "core/capture/take.h"
#include "tests/support/checker.h"

static int n_times = 1;
static gboolean is_core, with_fork, walks;
static char *hold, *before, *save, *sysroot;
static const GOptionEntry options[] = {
    {"times", 0, 0, G_OPTION_ARG_INT, &n_times, "", ""},
    {"walk", 0, 0, G_OPTION_ARG_NONE, &walks, "", ""},
    {"hold", 0, 0, G_OPTION_ARG_FILENAME, &hold, "", ""},
    {"before", 0, 0, G_OPTION_ARG_STRING, &before, "", ""},
    {"save", 0, 0, G_OPTION_ARG_FILENAME, &save, "", ""},
    {"sysroot", 0, 0, G_OPTION_ARG_FILENAME, &sysroot, "", ""},
    {"core", 0, 0, G_OPTION_ARG_NONE, &is_core, "", ""},
    {"fork", 0, 0, G_OPTION_ARG_NONE, &with_fork, "", ""},
    {0},
};

/* What was seen in all images together; worst: broken links in one of them. */
static struct {
    uint64_t objects, worst, bad, collecting, stops, pause, longest, copied;
} sum;

/* An object's type must be an object whose type is `type`, or a subclass of it. */
static bool
is_object(HgImage *image, const HgRuntime *runtime, uint64_t object)
{
    uint64_t type = hg_image_get_u64(image, object + 8);
    uint64_t meta = hg_image_get_u64(image, type + 8);
    return meta == runtime->type_type || hg_image_get_u64(image, meta + 8) == runtime->type_type;
}

/* Returns: how many links or objects are broken. Objects are added to [sum]. */
static uint64_t
check_list(HgImage *image, const HgRuntime *runtime, uint64_t head)
{
    uint64_t previous = head, broken = 0, at = hg_image_get_u64(image, head) & ~3ull;
    for (; at && at != head; previous = at, at = hg_image_get_u64(image, at) & ~3ull) {
        sum.objects++;
        broken += (hg_image_get_u64(image, at + 8) & ~3ull) != previous ||
                  !is_object(image, runtime, at + 16);
    }
    return broken + (at != head);
}

static void
check_image(HgImage *image, const HgRuntime *runtime)
{
    uint64_t broken = 0;
    for (size_t i = 0; i < runtime->n_interpreters; i++) {
        const HgInterpreter *interpreter = &runtime->interpreter[i];
        for (int generation = 0; generation < 3; generation++)
            broken += check_list(image, runtime, interpreter->generation[generation]);
        broken += check_list(image, runtime, interpreter->permanent);
    }
    sum.collecting += image->cost.during_collection;
    sum.stops += image->cost.n_stops;
    sum.pause += image->cost.pause;
    sum.longest = MAX(sum.longest, image->cost.longest_pause);
    sum.copied += image->cost.copied;
    if (!image->cost.during_collection) /* links are odd inside a collection */
        sum.worst = MAX(sum.worst, broken);
}

/* Everything is told to a sink that believes nothing. */
static bool
walk_image(HgImage *image, const HgRuntime *runtime, GError **error)
{
    HgCaptureOptions how = {.with_values = true, .trust = HG_TRUST_NONE};
    g_auto(HgCaptureResult) result = {0};
    HgSink *checker = checker_new();
    bool done = hg_capture_image(image, runtime, &how, checker, &result, error);
    checker_free(checker);
    sum.bad += result.walk.n_bad;
    return done;
}

static bool
hold_on(int pid, void *user_data)
{
    g_file_set_contents(hold, "", 0, NULL);
    pause();
    return false;
}

static bool
run_before(const char *step, uint64_t done, uint64_t total, void *user_data)
{
    if (done == total && before && system(before))
        exit(2);
    return true;
}

static bool
take_any(const char *target, GError **error)
{
    int pid = atoi(target);
    HgImageProcessOptions how = {.pid = pid, .accept = hold ? hold_on : NULL, .fork = with_fork};
    HgProgress progress = {.func = run_before};
    g_autoptr(HgImage) image = hg_image_new_process(&how, &progress, error);
    return image != NULL;
}

static bool
take_python(const char *target, GError **error)
{
    g_auto(HgRuntime) runtime = {0};
    HgImageOpenOptions how = {.sysroot = sysroot, .without_files = !sysroot};
    g_autoptr(HgImage) image =
        is_core ? hg_image_take_core(target, &how, &runtime, error)
                : hg_image_take_process(atoi(target), with_fork, &runtime, NULL, error);
    if (!image)
        return false;
    check_image(image, &runtime);
    if (walks && !walk_image(image, &runtime, error))
        return false;
    if (n_times == 1)
        printf("version %s interpreters %zu threads %zu symbols %d ", runtime.version_text,
               runtime.n_interpreters, image->n_threads, runtime.runtime != 0);
    return !save || hg_image_save(image, save, error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new("PID");
    g_option_context_add_main_entries(context, options, NULL);
    bool good = g_option_context_parse(context, &argc, &argv, &error) && argc == 2;
    for (int i = 0; good && i < n_times; i++)
        good = (hold || before ? take_any : take_python)(argv[1], &error);
    if (!good) {
        g_printerr("%s\n", error ? error->message : "expected PID or FILE");
        return 1;
    }
    printf("objects %" PRIu64 " worst %" PRIu64 " bad %" PRIu64 " collecting %" PRIu64
           " stops %" PRIu64 " pause %" PRIu64 " longest %" PRIu64 " copied %" PRIu64 "\n",
           sum.objects, sum.worst, sum.bad, sum.collecting, sum.stops, sum.pause, sum.longest,
           sum.copied);
    return 0;
}
