/* test-mappings.c - the mappings of a process, as /proc/PID/maps tells them.
 * SPDX-License-Identifier: MIT */
#include "core/capture/mappings.h"

#include <unistd.h>

#include "core/capture/image.h"

/* Lines as Linux 6.1 writes them. */
static const char example[] =
    "55d0c8a00000-55d0c8a01000 r--p 00000000 fe:01 1835073                    /usr/bin/python3.11\n"
    "55d0c8a01000-55d0c8a02000 r-xp 00001000 fe:01 1835073                    /usr/bin/python3.11\n"
    "55d0c9000000-55d0c9021000 rw-p 00000000 00:00 0                          [heap]\n"
    "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 \n"
    "7f0000001000-7f0000002000 rw-s 00000000 00:05 77                         /dev/shm/a b "
    "(deleted)\n"
    "7f0000002000-7f0000003000 ---p 00000000 00:00 0                          [anon:guard]\n"
    "7f0000003000-7f0000004000 r--p 00002000 fe:01 12                         /tmp/two\\012lines\n"
    "7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]\n"
    "7ffc00022000-7ffc00026000 r--p 00000000 00:00 0                          [vvar]\n"
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

static void
test_parse(void)
{
    g_autoptr(GArray) mappings = hg_mappings_parse(example);
    const HgMapping *mapping = (const HgMapping *)(void *)mappings->data;
    g_assert_cmpuint(mappings->len, ==, 8);
    g_assert_cmphex(mapping[0].start, ==, 0x55d0c8a00000);
    g_assert_cmphex(mapping[0].end, ==, 0x55d0c8a01000);
    g_assert_cmpstr(mapping[0].file, ==, "/usr/bin/python3.11");
    g_assert_cmpuint(mapping[0].inode, ==, 1835073);
    g_assert_cmphex(mapping[0].flags, ==, 0);
    g_assert_cmphex(mapping[1].flags, ==, HG_REGION_EXECUTABLE);
    g_assert_cmphex(mapping[1].file_offset, ==, 0x1000);
    g_assert_cmphex(mapping[2].flags, ==, HG_REGION_WRITABLE | HG_REGION_HEAP);
    g_assert_null(mapping[2].file);
    g_assert_null(mapping[3].file);
    g_assert_cmphex(mapping[4].flags, ==, HG_REGION_WRITABLE | HG_REGION_SHARED);
    g_assert_true(mapping[4].deleted);
    g_assert_cmpstr(mapping[4].file, ==, "/dev/shm/a b");
    g_assert_false(mapping[5].readable);
    g_assert_cmpstr(mapping[6].file, ==, "/tmp/two\nlines");
    g_assert_cmphex(mapping[7].flags, ==, HG_REGION_WRITABLE | HG_REGION_STACK);
}

static void
test_nonsense(void)
{
    static const char *const texts[] = {"",
                                        "\n\n",
                                        "x",
                                        "1000-1000 r--p 0 0:0 0 \n",
                                        "2000-1000 r--p 0 0:0 0 \n",
                                        "1000-2000\n",
                                        "1000-2000 r--p 0 0:0\n",
                                        "[heap]\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GArray) mappings = hg_mappings_parse(texts[i]);
        g_assert_cmpuint(mappings->len, ==, 0);
    }
}

/* Our own: what we know of them must be there. */
static void
test_own(void)
{
    g_autoptr(GArray) mappings = hg_mappings_read(getpid(), NULL);
    uint64_t code = (uintptr_t)test_own, stack = (uintptr_t)&mappings;
    int n_found = 0;
    for (guint i = 0; i < mappings->len; i++) {
        const HgMapping *mapping = &g_array_index(mappings, HgMapping, i);
        if (code >= mapping->start && code < mapping->end)
            n_found += mapping->file && mapping->flags & HG_REGION_EXECUTABLE;
        if (stack >= mapping->start && stack < mapping->end)
            n_found += !mapping->file && mapping->flags & HG_REGION_WRITABLE;
    }
    g_assert_cmpint(n_found, ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mappings/parse", test_parse);
    g_test_add_func("/mappings/nonsense", test_nonsense);
    g_test_add_func("/mappings/own", test_own);
    return g_test_run();
}
