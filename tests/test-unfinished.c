/* test-unfinished.c - what a signal leaves behind of files that are not whole.
 * SPDX-License-Identifier: MIT */
#include "core/unfinished.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    char *folder, *whole, *unfinished, *other;
} Place;

static void
write_file(const char *path)
{
    g_assert_true(g_file_set_contents(path, "x", 1, NULL));
}

static void
set_up(Place *place)
{
    place->folder = g_dir_make_tmp("heapgraph-XXXXXX", NULL);
    place->whole = g_build_filename(place->folder, "whole", NULL);
    place->unfinished = g_build_filename(place->folder, "unfinished", NULL);
    place->other = g_build_filename(place->folder, "other", NULL);
}

static void
tear_down(Place *place)
{
    g_unlink(place->whole);
    g_unlink(place->unfinished);
    g_unlink(place->other);
    g_assert_cmpint(g_rmdir(place->folder), ==, 0);
    g_free(place->folder);
    g_free(place->whole);
    g_free(place->unfinished);
    g_free(place->other);
}

/* Runs in a process of its own, which ends. */
static void
work(const Place *place, int sent, bool is_ignored)
{
    signal(sent, is_ignored ? SIG_IGN : SIG_DFL);
    const char *const paths[] = {place->whole, place->unfinished, place->other};
    for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
        write_file(paths[i]);
        hg_unfinished_begin(paths[i]);
    }
    hg_unfinished_end(place->whole);
    raise(sent);
    _exit(7);
}

static int
run(const Place *place, int sent, bool is_ignored)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        work(place, sent, is_ignored);
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    return status;
}

static bool
is_there(const char *path)
{
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
test_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (unsigned i = 0; i < G_N_ELEMENTS(signals); i++) {
        Place place;
        set_up(&place);
        int status = run(&place, signals[i], false);
        g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
        g_assert_true(is_there(place.whole));
        g_assert_false(is_there(place.unfinished));
        g_assert_false(is_there(place.other));
        tear_down(&place);
    }
}

static void
test_ignored(void)
{
    Place place;
    set_up(&place);
    int status = run(&place, SIGINT, true);
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    g_assert_true(is_there(place.unfinished));
    tear_down(&place);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/unfinished/goes-with-the-program", test_signals);
    g_test_add_func("/unfinished/signals-that-are-ignored", test_ignored);
    return g_test_run();
}
