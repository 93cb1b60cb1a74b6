/* write-file.c - a file that is there whole or not at all.
 * SPDX-License-Identifier: MIT */
#include "core/write-file.h"

bool
hg_write_file(const char *path, const char *data, size_t size, int mode, GError **error)
{
    bool may_be_replaced =
        !g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(path, G_FILE_TEST_IS_REGULAR);
    return g_file_set_contents_full(
        path, data, (gssize)size,
        may_be_replaced ? G_FILE_SET_CONTENTS_CONSISTENT : G_FILE_SET_CONTENTS_NONE, mode, error);
}
