/* run-corpus.c - what the fuzzers know by heart goes through their target, without a fuzzer.
 * SPDX-License-Identifier: MIT */
#include <glib.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
test_file(const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *contents = NULL;
    size_t size;
    g_file_get_contents(data, &contents, &size, &error);
    g_assert_no_error(error);
    LLVMFuzzerTestOneInput((const uint8_t *)contents, size);
}

/* The folder of the corpus is the last argument. */
int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    const char *folder = argv[argc - 1];
    g_autoptr(GDir) corpus = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(corpus);
    for (const char *name; (name = g_dir_read_name(corpus));) {
        g_autofree char *test = g_strdup_printf("/corpus/%s", name);
        g_test_add_data_func_full(test, g_build_filename(folder, name, NULL), test_file, g_free);
    }
    return g_test_run();
}
