/* write-file.c - a file that is there whole or not at all.
 * SPDX-License-Identifier: MIT */
#include "core/write-file.h"

#include "core/error.h"

#include <string.h>

/* GLib names the temporary file, and says in its own words what it did; the reason is at the end.
 */
static bool
fail(const char *path, const GError *problem, GError **error)
{
    const char *reason = strrchr(problem->message, ':');
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path,
                reason ? reason + 2 : problem->message);
    return false;
}

bool
hg_write_file(const char *path, const char *data, size_t size, int mode, GError **error)
{
    bool may_be_replaced =
        !g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(path, G_FILE_TEST_IS_REGULAR);
    g_autoptr(GError) problem = NULL;
    return g_file_set_contents_full(path, data, (gssize)size,
                                    may_be_replaced ? G_FILE_SET_CONTENTS_CONSISTENT
                                                    : G_FILE_SET_CONTENTS_NONE,
                                    mode, &problem) ||
           fail(path, problem, error);
}
