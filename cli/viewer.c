/* viewer.c - handing over to the window, heapgraph-viewer.
 * SPDX-License-Identifier: MIT */
#include "cli/viewer.h"

#include "cli/session.h"

/* Returns: the viewer beside this program, or the one in $PATH; NULL if there is none; g_free(). */
static char *
find_viewer(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self ? g_path_get_dirname(self) : NULL;
    g_autofree char *beside = folder ? g_build_filename(folder, "heapgraph-viewer", NULL) : NULL;
    if (beside && g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer(&beside);
    return g_find_program_in_path("heapgraph-viewer");
}

bool
hg_viewer_start(const HgInvocation *invocation, const char *object, GError **error)
{
    g_autofree char *viewer = find_viewer();
    g_autoptr(GError) problem = NULL;
    if (!viewer) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED,
                            "heapgraph-viewer is not installed; -o FILE draws a picture instead");
        return false;
    }
    const char *words[] = {viewer, hg_session_get_path(invocation), object ? "--object" : NULL,
                           object, NULL};
    if (g_spawn_async(NULL, (char **)words, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &problem))
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s", problem->message);
    return false;
}
