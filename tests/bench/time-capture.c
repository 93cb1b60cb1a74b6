/* time-capture.c - what a capture costs: the target its pause, us time and memory.
 *
 *      time-capture PID
 *      time-capture CORE     no pause, all else
 *
 * Prints one line of numbers: objects references copied-bytes pause-microseconds stops
 * walk-seconds dump-seconds bytes-above-the-copy dump-bytes
 * Seconds are of the processor, all threads together, after the target runs on: walking alone,
 * then walking and writing the dump. The peak of memory is that of both.
 * SPDX-License-Identifier: MIT */
#include "core/capture/capture.h"
#include "core/capture/take.h"
#include "core/dump/writer.h"
#include "tests/support/idle.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double
get_processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint64_t
get_peak(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_maxrss * 1024;
}

/* Returns: the seconds it takes to tell the heap to [sink], or -1. */
static double
time_walk(HgImage *image, const HgRuntime *runtime, HgSink *sink, HgCaptureResult *result,
          GError **error)
{
    HgCaptureOptions options = {.with_values = true};
    double start = get_processor_seconds();
    if (!hg_capture_image(image, runtime, &options, sink, result, error))
        return -1;
    return get_processor_seconds() - start;
}

static bool
time_capture(const char *source, GError **error)
{
    g_auto(HgRuntime) runtime = {0};
    HgCaptureResult result;
    uint64_t before = get_peak();
    int pid = atoi(source);
    g_autoptr(HgImage) image = pid ? hg_image_take_process(pid, false, &runtime, NULL, error)
                                   : hg_image_take_core(source, NULL, &runtime, error);
    if (!image)
        return false;
    g_autoptr(GOutputStream) nowhere = g_memory_output_stream_new_resizable();
    HgSink *writer = hg_dump_writer_new(nowhere, NULL);
    double dump = time_walk(image, &runtime, writer, &result, error);
    uint64_t bytes = hg_dump_writer_get_result(writer).bytes;
    hg_dump_writer_free(writer);
    uint64_t peak = get_peak() - bytes - before - image->cost.copied;
    HgSink idle = idle_sink();
    double walk = dump < 0 ? -1 : time_walk(image, &runtime, &idle, &result, error);
    if (walk < 0)
        return false;
    g_print("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
            " %u %.4f %.4f %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
            result.walk.n_objects, result.walk.n_references, result.cost.copied, result.cost.pause,
            result.cost.n_stops, walk, dump, peak, bytes);
    return true;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc == 2 && time_capture(argv[1], &error))
        return 0;
    g_printerr("time-capture: %s\n", error ? error->message : "expected PID or CORE");
    return 1;
}
