/* make-synthetic-dump.c - writes a dump of any size, for benchmarks and tests of scale.
 * SPDX-License-Identifier: MIT */
#include "core/dump/writer.h"
#include "tests/synthetic/synthetic-heap.h"

static double references = 1.5;
static gint64 seed = 1;
static gint64 taken = 1700000000000000;
static gboolean shuffled;

static const GOptionEntry options[] = {
    {"references", 'r', 0, G_OPTION_ARG_DOUBLE, &references,
     "References of an object on average (1.5)", "N"},
    {"seed", 's', 0, G_OPTION_ARG_INT64, &seed, "Another seed, another heap (1)", "N"},
    {"taken", 't', 0, G_OPTION_ARG_INT64, &taken, "When, in microseconds since 1970", "N"},
    {"shuffle", 0, 0, G_OPTION_ARG_NONE, &shuffled, "Objects in random order, not by address",
     NULL},
    G_OPTION_ENTRY_NULL};

static bool
write_dump(uint64_t objects, const char *path, GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_commandline_arg(path);
    g_autoptr(GFileOutputStream) out =
        g_file_replace(file, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, error);
    if (!out)
        return false;
    SyntheticHeap heap = {.objects = objects,
                          .references = references,
                          .seed = (uint64_t)seed,
                          .shuffled = shuffled,
                          .taken = (uint64_t)taken};
    HgSink *writer = hg_dump_writer_new(G_OUTPUT_STREAM(out), NULL);
    bool written = synthetic_heap_tell(&heap, writer, error) &&
                   g_output_stream_close(G_OUTPUT_STREAM(out), NULL, error);
    HgWriteResult result = hg_dump_writer_get_result(writer);
    hg_dump_writer_free(writer);
    if (written)
        g_print("%" G_GUINT64_FORMAT " objects, %" G_GUINT64_FORMAT
                " references, %" G_GUINT64_FORMAT " bytes\n",
                result.objects, result.references, result.bytes);
    return written;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new("OBJECTS OUT.hgd");
    g_option_context_add_main_entries(context, options, NULL);
    guint64 objects = 0;
    if (g_option_context_parse(context, &argc, &argv, &error) && argc == 3 &&
        g_ascii_string_to_unsigned(argv[1], 10, 0, UINT32_MAX, &objects, &error) &&
        write_dump(objects, argv[2], &error))
        return 0;
    g_printerr("make-synthetic-dump: %s\n", error ? error->message : "expected OBJECTS OUT.hgd");
    return 1;
}
