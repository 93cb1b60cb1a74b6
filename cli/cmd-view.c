/* cmd-view.c - heapgraph view: opens the window there.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "core/questions/resolve.h"

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

/* An object that is not there is told here, before a window opens. */
static bool
check_object(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    uint32_t object;
    return hg_session_open(&session, invocation, error) &&
           (!invocation->n_arguments ||
            hg_resolve(session.snapshot, invocation->arguments[0], &object, error));
}

/* The window takes the place of this program. */
static bool
become_viewer(const HgInvocation *invocation, GError **error)
{
    g_autofree char *viewer = find_viewer();
    if (!viewer) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                            "there is no " VIEWER ": it comes with a build that has GTK 4");
        return false;
    }
    g_autofree char *object =
        invocation->n_arguments ? g_strconcat("--object=", invocation->arguments[0], NULL) : NULL;
    g_autofree char *snapshot =
        invocation->snapshot ? g_strconcat("--snapshot=", invocation->snapshot, NULL) : NULL;
    const char *words[8] = {viewer};
    unsigned count = 1;
    if (object)
        words[count++] = object;
    if (snapshot)
        words[count++] = snapshot;
    words[count++] = "--";
    words[count++] = hg_session_get_path(invocation);
    execv(viewer, (char **)words);
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", viewer, g_strerror(errno));
    return false;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    return check_object(invocation, error) && become_viewer(invocation, error);
}

const HgCommand cmd_view = {
    .name = "view",
    .arguments = "[OBJ]",
    .max_arguments = 1,
    .summary = "open the window, at an object",
    .details = "Starts heapgraph-viewer on the store, at the object if one is named. Nothing is\n"
               "written to the store.\n"
               "\n"
               "Examples:\n"
               "  heapgraph view\n"
               "  heapgraph view app.cache -d service.db -s previous",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT,
    .run = run,
};
