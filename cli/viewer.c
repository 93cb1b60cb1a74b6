/* viewer.c - handing over to the window, heapgraph-viewer.
 * SPDX-License-Identifier: MIT */
#include "cli/viewer.h"

#include "cli/session.h"

#include <errno.h>
#include <unistd.h>

#define VIEWER "heapgraph-viewer"

/* Returns: the viewer beside this program, as it lies in a build folder or where both are
 * installed, else wherever the shell would find it; NULL if nowhere; g_free(). */
static char *
find_viewer(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
    const char *const places[] = {"", "../gui"};
    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = g_build_filename(folder, places[i], VIEWER, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
            return g_steal_pointer(&path);
    }
    return g_find_program_in_path(VIEWER);
}

bool
hg_viewer_become(const HgInvocation *invocation, const char *object, GError **error)
{
    g_autofree char *viewer = find_viewer();
    if (!viewer) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                            "there is no " VIEWER ": it comes with a build that has GTK 4");
        return false;
    }
    g_autofree char *object_option = object ? g_strconcat("--object=", object, NULL) : NULL;
    g_autofree char *snapshot_option =
        invocation->snapshot ? g_strconcat("--snapshot=", invocation->snapshot, NULL) : NULL;
    const char *words[8] = {viewer};
    unsigned count = 1;
    if (object_option)
        words[count++] = object_option;
    if (snapshot_option)
        words[count++] = snapshot_option;
    words[count++] = "--";
    words[count++] = hg_session_get_path(invocation);
    execv(viewer, (char **)words);
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", viewer, g_strerror(errno));
    return false;
}
