/* time-image.c - how long a process stands still for its image, and how soon a core is open.
 *
 *      time-image [--fork] PID    "pause MICROSECONDS copied BYTES"
 *      time-image --save FILE PID    the same, and saves the image
 *      time-image --core FILE     "open MICROSECONDS located MICROSECONDS": once the file is cached
 * SPDX-License-Identifier: MIT */
#include "core/capture/take.h"

#include <stdlib.h>

static char *core, *save;
static gboolean with_fork;
static const GOptionEntry options[] = {
    {"core", 0, 0, G_OPTION_ARG_FILENAME, &core, "", ""},
    {"save", 0, 0, G_OPTION_ARG_FILENAME, &save, "", ""},
    {"fork", 0, 0, G_OPTION_ARG_NONE, &with_fork, "", ""},
    {0},
};

static bool
time_process(int pid, GError **error)
{
    g_auto(HgRuntime) runtime = {0};
    g_autoptr(HgImage) image = hg_image_take_process(pid, with_fork, &runtime, NULL, error);
    if (!image)
        return false;
    g_print("pause %" G_GUINT64_FORMAT " copied %" G_GUINT64_FORMAT "\n",
            image->cost.pause / image->cost.n_stops, image->cost.copied / image->cost.n_stops);
    return !save || hg_image_save(image, save, error);
}

static bool
time_core(GError **error)
{
    g_auto(HgRuntime) runtime = {0};
    int64_t start = g_get_monotonic_time();
    g_autoptr(HgImage) image = hg_image_open(core, NULL, error);
    int64_t opened = g_get_monotonic_time();
    if (!image || !hg_image_locate_core(image, &runtime, error))
        return false;
    g_print("open %" G_GINT64_FORMAT " located %" G_GINT64_FORMAT "\n", opened - start,
            g_get_monotonic_time() - start);
    return true;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new("PID");
    g_option_context_add_main_entries(context, options, NULL);
    bool good = g_option_context_parse(context, &argc, &argv, &error) && argc == (core ? 1 : 2) &&
                (core ? time_core(&error) : time_process(atoi(argv[1]), &error));
    if (!good)
        g_printerr("time-image: %s\n", error ? error->message : "expected PID or --core FILE");
    return !good;
}
