/* test-layouter.c - asks the helper process where boxes and arrows go; helpers that fail.
 * SPDX-License-Identifier: MIT */
#include "gui/models/layouter.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    GMainLoop *loop;
    HgPictureLayout *layout;
    GBytes *bytes;
    char *message;
    unsigned n_answers;
} Answer;

static void
on_layout(HgPictureLayout *layout, const GError *error, void *user_data)
{
    Answer *answer = user_data;
    g_assert_true((layout == NULL) == (error != NULL));
    answer->layout = layout;
    answer->message = error ? g_strdup(error->message) : NULL;
    answer->n_answers++;
    g_main_loop_quit(answer->loop);
}

static void
on_bytes(GBytes *bytes, const GError *error, void *user_data)
{
    Answer *answer = user_data;
    g_assert_true((bytes == NULL) == (error != NULL));
    answer->bytes = bytes ? g_bytes_ref(bytes) : NULL;
    answer->message = error ? g_strdup(error->message) : NULL;
    answer->n_answers++;
    g_main_loop_quit(answer->loop);
}

static void
clear_answer(Answer *answer)
{
    g_main_loop_unref(answer->loop);
    hg_layout_free(answer->layout);
    g_clear_pointer(&answer->bytes, g_bytes_unref);
    g_free(answer->message);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, clear_answer)

static HgLayoutGraph *
make_graph(uint32_t n_boxes)
{
    HgLayoutGraph *graph = hg_layout_graph_new();
    for (uint32_t i = 0; i < n_boxes; i++) {
        HgLayoutBox box = {120, 40};
        g_array_append_val(graph->boxes, box);
        HgLayoutArrow arrow = {i / 2, i, 50, 12};
        g_array_append_val(graph->arrows, arrow);
    }
    return graph;
}

/* The real helper; $HEAPGRAPH_LAYOUT says where it is. */
static void
test_asks(void)
{
    g_auto(Answer) answer = {.loop = g_main_loop_new(NULL, FALSE)};
    hg_layout_ask(make_graph(300), HG_LAYOUT_PATIENCE * 10, on_layout, &answer);
    g_assert_cmpuint(answer.n_answers, ==, 0); /* nothing waits here */
    g_main_loop_run(answer.loop);
    g_assert_cmpstr(answer.message, ==, NULL);
    g_assert_cmpuint(answer.layout->centres->len, ==, 300);
    g_assert_cmpuint(answer.layout->curves->len, ==, 300);
}

static void
test_renders(void)
{
    static const char *const formats[] = {"svg", "png", "pdf"}, *const magic[] = {
                                                                    "<?xml", "\x89PNG", "%PDF"};
    for (unsigned i = 0; i < 3; i++) {
        g_auto(Answer) answer = {.loop = g_main_loop_new(NULL, FALSE)};
        hg_layout_ask_render("digraph { a -> b }", formats[i], HG_LAYOUT_PATIENCE * 10, on_bytes,
                             &answer);
        g_main_loop_run(answer.loop);
        g_assert_cmpstr(answer.message, ==, NULL);
        g_assert_cmpint(memcmp(g_bytes_get_data(answer.bytes, NULL), magic[i], strlen(magic[i])),
                        ==, 0);
    }
    g_auto(Answer) answer = {.loop = g_main_loop_new(NULL, FALSE)};
    hg_layout_ask_render("this is no graph", "svg", HG_LAYOUT_PATIENCE * 10, on_bytes, &answer);
    g_main_loop_run(answer.loop);
    g_assert_true(g_str_has_prefix(answer.message, "the layout failed: "));
    g_assert_true(g_str_has_suffix(answer.message, "Graphviz cannot read this picture"));
    g_assert_null(strchr(answer.message, '\n'));
}

/* Asks a helper that is a shell script. */
static char *
ask_script(const char *script, unsigned milliseconds)
{
    g_auto(Answer) answer = {.loop = g_main_loop_new(NULL, FALSE)};
    g_autofree char *folder = g_dir_make_tmp("hg-helper-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "helper", NULL);
    g_autofree char *text = g_strconcat("#!/bin/sh\n", script, "\n", NULL);
    g_autofree char *real = g_strdup(g_getenv("HEAPGRAPH_LAYOUT"));
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(g_chmod(path, 0700), ==, 0);
    g_setenv("HEAPGRAPH_LAYOUT", path, TRUE);
    hg_layout_ask(make_graph(3), milliseconds, on_layout, &answer);
    g_main_loop_run(answer.loop);
    g_setenv("HEAPGRAPH_LAYOUT", real, TRUE);
    g_unlink(path);
    g_rmdir(folder);
    g_assert_null(answer.layout);
    g_assert_cmpuint(answer.n_answers, ==, 1);
    return g_steal_pointer(&answer.message);
}

static void
test_failures(void)
{
    g_autofree char *dead = ask_script("kill -9 $$", HG_LAYOUT_PATIENCE * 10);
    g_autofree char *loud =
        ask_script("cat > /dev/null; echo out of luck >&2; exit 1", HG_LAYOUT_PATIENCE * 10);
    g_autofree char *nonsense = ask_script("cat > /dev/null; echo hello", HG_LAYOUT_PATIENCE * 10);
    g_autofree char *silent = ask_script("cat > /dev/null", HG_LAYOUT_PATIENCE * 10);
    g_autofree char *slow = ask_script("exec sleep 1000", 50);
    g_assert_cmpstr(dead, ==, "the layout failed: heapgraph-layout died");
    g_assert_cmpstr(loud, ==, "the layout failed: out of luck");
    g_assert_cmpstr(nonsense, ==, "layout, line 1: expected a number");
    g_assert_cmpstr(silent, ==, "layout, line 1: expected a number");
    g_assert_cmpstr(slow, ==,
                    "the layout took more than 50 ms; show less: hide, ignore, fewer steps");
}

static void
test_no_helper(void)
{
    g_auto(Answer) answer = {.loop = g_main_loop_new(NULL, FALSE)};
    g_autofree char *real = g_strdup(g_getenv("HEAPGRAPH_LAYOUT"));
    g_setenv("HEAPGRAPH_LAYOUT", "/nonexistent/helper", TRUE);
    hg_layout_ask(make_graph(3), HG_LAYOUT_PATIENCE, on_layout, &answer);
    g_main_loop_run(answer.loop);
    g_setenv("HEAPGRAPH_LAYOUT", real, TRUE);
    g_assert_cmpstr(answer.message, ==, "cannot run /nonexistent/helper, which lays graphs out");
}

/* One that is cancelled never answers, however often and whenever that is. */
static void
test_cancel(void)
{
    g_auto(Answer) cancelled = {.loop = g_main_loop_new(NULL, FALSE)};
    g_auto(Answer) answer = {.loop = g_main_loop_new(NULL, FALSE)};
    for (unsigned i = 0; i < 10; i++) {
        HgLayoutJob *job =
            hg_layout_ask(make_graph(200), HG_LAYOUT_PATIENCE * 10, on_layout, &cancelled);
        for (unsigned step = 0; step < i; step++)
            g_main_context_iteration(NULL, FALSE);
        if (cancelled.n_answers == 0)
            hg_layout_cancel(job);
    }
    hg_layout_cancel(NULL);
    hg_layout_ask(make_graph(2), HG_LAYOUT_PATIENCE * 10, on_layout, &answer);
    g_main_loop_run(answer.loop);
    g_assert_nonnull(answer.layout);
    g_assert_cmpuint(cancelled.n_answers, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layouter/asks", test_asks);
    g_test_add_func("/layouter/renders", test_renders);
    g_test_add_func("/layouter/failures", test_failures);
    g_test_add_func("/layouter/no-helper", test_no_helper);
    g_test_add_func("/layouter/cancel", test_cancel);
    return g_test_run();
}
