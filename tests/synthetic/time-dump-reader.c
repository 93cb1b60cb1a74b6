/* time-dump-reader.c - how long it takes to read a dump into a sink that does nothing.
 * SPDX-License-Identifier: MIT */
#include "core/dump/reader.h"
#include "tests/support/idle.h"

static bool
time_reading(const char *path, GError **error)
{
    HgSink sink = idle_sink();
    g_auto(HgReadResult) result = {0};
    g_autoptr(GFile) file = g_file_new_for_commandline_arg(path);
    g_autoptr(GFileInputStream) in = g_file_read(file, NULL, error);
    gint64 start = g_get_monotonic_time();
    if (!in || !hg_dump_read(G_INPUT_STREAM(in), &sink, NULL, &result, error))
        return false;
    double seconds = (double)(g_get_monotonic_time() - start) / 1e6;
    g_print("%" G_GUINT64_FORMAT " objects, %" G_GUINT64_FORMAT " references, %" G_GUINT64_FORMAT
            " bytes: %.3f s, %.1f M objects/s\n",
            result.objects, result.references, result.bytes, seconds,
            (double)result.objects / seconds / 1e6);
    return true;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc == 2 && time_reading(argv[1], &error))
        return 0;
    g_printerr("time-dump-reader: %s\n", error ? error->message : "expected a dump");
    return 1;
}
