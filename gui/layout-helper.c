/* layout-helper.c - heapgraph-layout: lays one graph out, or renders one picture, and ends.
 *
 *      heapgraph-layout < question > answer          core/drawing/layout.h tells their form
 *      heapgraph-layout svg < picture.dot > picture  or png, pdf
 *
 * For the window, which kills it when nobody waits any more. It ends with the window.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/layout.h"
#include "core/drawing/render.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define QUESTION_MOST (64u << 20)
#define SECONDS_MOST 120

/* Returns: all of stdin. */
static GString *
read_question(GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char part[65536];
    for (size_t size; (size = fread(part, 1, sizeof part, stdin)) > 0;) {
        g_string_append_len(text, part, (gssize)size);
        if (text->len > QUESTION_MOST) {
            g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "expected at most %u bytes",
                        QUESTION_MOST);
            return NULL;
        }
    }
    return g_steal_pointer(&text);
}

static bool
write_answer(const char *bytes, size_t size)
{
    return fwrite(bytes, 1, size, stdout) == size && fflush(stdout) == 0;
}

static bool
lay_out(const GString *question, GError **error)
{
    g_autoptr(HgLayoutGraph) graph = hg_layout_graph_parse(question->str, question->len, error);
    g_autoptr(HgPictureLayout) layout = graph ? hg_layout_make(graph, error) : NULL;
    if (!layout)
        return false;
    g_autofree char *answer = hg_layout_write(layout);
    return write_answer(answer, strlen(answer));
}

static bool
render(const GString *dot, const char *ending, GError **error)
{
    g_autofree char *path = g_strconcat(".", ending, NULL);
    HgRenderFormat format;
    if (!hg_render_find_format(path, &format, error))
        return false;
    g_autoptr(GBytes) picture = hg_render_dot(dot->str, format, error);
    return picture && write_answer(g_bytes_get_data(picture, NULL), g_bytes_get_size(picture));
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    struct rlimit limit = {SECONDS_MOST, SECONDS_MOST};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CPU, &limit);
    g_autoptr(GString) question = read_question(&error);
    bool done =
        question && (argc > 1 ? render(question, argv[1], &error) : lay_out(question, &error));
    if (error)
        fprintf(stderr, "%s\n", error->message);
    return done ? 0 : 1;
}
