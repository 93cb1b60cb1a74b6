/* time-load.c - how long it takes to load a dump, how much memory, how large the store gets.
 *
 * Prints one line of numbers: objects references seconds peak-KiB store-bytes
 * With --steps also on stderr when each step began, and the peak until then.
 * SPDX-License-Identifier: MIT */
#include "core/load/import.h"

#include <string.h>
#include <sys/resource.h>

static gboolean steps;

static const GOptionEntry options[] = {
    {"steps", 0, 0, G_OPTION_ARG_NONE, &steps, "Tell when each step began", NULL}, {0}};

typedef struct {
    gint64 start;
    char last[64];
} Clock;

static double
seconds_since(const Clock *clock)
{
    return (double)(g_get_monotonic_time() - clock->start) / 1e6;
}

static long
get_peak(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static bool
on_progress(const char *step, uint64_t done, uint64_t total, void *user_data)
{
    Clock *clock = user_data;
    if (steps && !g_str_equal(step, clock->last))
        g_printerr("%8.3f s %8ld KiB  %s\n", seconds_since(clock), get_peak(), step);
    g_strlcpy(clock->last, step, sizeof clock->last);
    return true;
}

static bool
time_load(const char *dump, const char *path, GError **error)
{
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, error);
    Clock clock = {.start = g_get_monotonic_time()};
    HgImportOptions import = {.progress = {on_progress, &clock}};
    g_auto(HgImportResult) result = {0};
    if (!store || !hg_import_file(store, dump, &import, &result, error))
        return false;
    double seconds = seconds_since(&clock);
    g_autoptr(GPtrArray) snapshots = hg_store_list_snapshots(store, error);
    if (!snapshots)
        return false;
    const HgSnapshotInfo *info = snapshots->pdata[snapshots->len - 1];
    g_print("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %.3f %ld %" G_GUINT64_FORMAT "\n",
            result.load.n_objects, result.load.n_references, seconds, get_peak(), info->stored);
    return true;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new("DUMP STORE");
    g_option_context_add_main_entries(context, options, NULL);
    if (g_option_context_parse(context, &argc, &argv, &error) && argc == 3 &&
        time_load(argv[1], argv[2], &error))
        return 0;
    g_printerr("time-load: %s\n", error ? error->message : "expected DUMP STORE");
    return 1;
}
