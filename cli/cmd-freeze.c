/* cmd-freeze.c - heapgraph freeze: the memory of a running process becomes a core file.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/pid.h"
#include "core/capture/take.h"
#include "core/numbers.h"

#include <glib/gstdio.h>

static char *output_option;
static gboolean fork_option;

static void
report(int pid, const HgImage *image, const char *path)
{
    GStatBuf status;
    uint64_t stored = g_stat(path, &status) ? 0 : (uint64_t)status.st_blocks * 512;
    g_autofree char *copied = hg_number_dup_size(image->cost.copied);
    g_autofree char *size = hg_number_dup_size(stored);
    hg_output_remark("process %d: stopped for %.1f ms, copied %s", pid,
                     (double)image->cost.pause / 1000, copied);
    for (const char *const *remark = hg_image_get_remarks(image); *remark; remark++)
        hg_output_remark("%s", *remark);
    hg_output_remark("%s: %s", path, size);
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    int pid;
    if (!hg_pid_parse(invocation->arguments[0], &pid, error))
        return false;
    g_autofree char *path =
        output_option ? g_strdup(output_option) : g_strdup_printf("core.%d", pid);
    if (g_file_test(path, G_FILE_TEST_EXISTS)) { /* rather than after the stop */
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: is there already", path);
        return false;
    }
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgProgress progress = hg_progress_bar_get(bar);
    g_autoptr(HgImage) image = hg_image_take_any_process(pid, fork_option, &progress, error);
    if (!image || !hg_image_save(image, path, error))
        return false;
    report(pid, image, path);
    return true;
}

static const GOptionEntry options[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output_option,
     "the core file (default: core.PID here)", "FILE"},
    {"fork", 0, 0, G_OPTION_ARG_NONE, &fork_option,
     "make the process fork and write the child: it stops for milliseconds", NULL},
    {0}};

const HgCommand cmd_freeze = {
    .name = "freeze",
    .arguments = "PID",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "write the memory of a running Python process to a core file",
    .details =
        "For a look later or elsewhere: nothing is read from the memory here but where Python is.\n"
        "The process stands still as for a capture. The core has the code and read-only data of "
        "all\n"
        "programs in it, so that `heapgraph load` needs none of them; gdb reads it, too. It holds\n"
        "whatever the program held, secrets included; only the owner may read it.\n"
        "\n"
        "Examples:\n"
        "  heapgraph freeze 1234 -o service.core\n"
        "  scp server:service.core . && heapgraph load service.core",
    .options = options,
    .run = run,
};
