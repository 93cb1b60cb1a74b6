/* convert-dump.c - dumps through our reader and writer, for tests that compare with others.
 *
 *      convert-dump text IN                  as text, one line a record
 *      convert-dump rewrite IN OUT           read and written again
 *      convert-dump random SEED OBJECTS OUT  a random heap
 * SPDX-License-Identifier: MIT */
#include "core/dump/reader.h"
#include "core/dump/writer.h"
#include "tests/support/random-heap.h"
#include "tests/support/recorder.h"

static bool
read_path(const char *path, HgSink *sink, GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_commandline_arg(path);
    g_autoptr(GFileInputStream) in = g_file_read(file, NULL, error);
    return in && hg_dump_read(G_INPUT_STREAM(in), sink, NULL, NULL, error);
}

static bool
print_text(char **arguments, GError **error)
{
    g_autoptr(HgSink) recorder = recorder_new();
    if (!read_path(arguments[0], recorder, error))
        return false;
    g_autofree char *text = recorder_dup_text(recorder);
    g_print("%s", text);
    return true;
}

static GOutputStream *
create(const char *path, GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_commandline_arg(path);
    return (GOutputStream *)g_file_replace(file, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, error);
}

static bool
rewrite(char **arguments, GError **error)
{
    g_autoptr(GOutputStream) out = create(arguments[1], error);
    if (!out)
        return false;
    HgSink *writer = hg_dump_writer_new(out, NULL);
    bool written =
        read_path(arguments[0], writer, error) && g_output_stream_close(out, NULL, error);
    hg_dump_writer_free(writer);
    return written;
}

static bool
write_random(char **arguments, GError **error)
{
    g_autoptr(GOutputStream) out = create(arguments[2], error);
    if (!out)
        return false;
    HgSink *writer = hg_dump_writer_new(out, NULL);
    bool written = random_heap_tell(writer, (uint32_t)g_ascii_strtoull(arguments[0], NULL, 10),
                                    (uint32_t)g_ascii_strtoull(arguments[1], NULL, 10), error) &&
                   g_output_stream_close(out, NULL, error);
    hg_dump_writer_free(writer);
    return written;
}

static const struct {
    const char *name;
    int n_arguments;
    bool (*run)(char **arguments, GError **error);
} commands[] = {{"text", 1, print_text}, {"rewrite", 2, rewrite}, {"random", 3, write_random}};

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    for (size_t command = 0; argc > 1 && command < G_N_ELEMENTS(commands); command++)
        if (g_str_equal(argv[1], commands[command].name) &&
            argc == 2 + commands[command].n_arguments && commands[command].run(argv + 2, &error))
            return 0;
    g_printerr("convert-dump: %s\n", error ? error->message : "see the top of convert-dump.c");
    return 1;
}
