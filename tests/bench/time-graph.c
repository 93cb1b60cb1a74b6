/* time-graph.c - a graph of some hundred nodes: how long until it is laid out, and how long the
 * main thread is busy with a frame of it.
 *
 * usage: time-graph [NODES]
 *
 * Frames are counted in processor time of the main thread, so that others on the machine do not
 * count; the layout in time that somebody waits. SPDX-License-Identifier: MIT */
#include "gui/graph-view.h"
#include "gui/models/layouter.h"
#include "tests/bench/thread-time.h"

#include <adwaita.h>
#include <stdio.h>
#include <stdlib.h>

static void
run_for(double milliseconds)
{
    for (gint64 until = g_get_monotonic_time() + (gint64)(milliseconds * 1000);
         g_get_monotonic_time() < until;)
        g_main_context_iteration(NULL, FALSE);
}

static gboolean
stay(void *unused)
{
    return G_SOURCE_CONTINUE;
}

/* A tree with some references across, each node with what most have: a title and two lines. */
static HgScene *
make_scene(uint32_t n_nodes, PangoContext *context)
{
    g_autoptr(HgPicture) picture = hg_picture_new();
    HgNeighbours neighbours = {.nodes = g_ptr_array_new_with_free_func(g_free)};
    for (uint32_t i = 0; i < n_nodes; i++) {
        HgPictureNode node = {.kind = i % 9 == 3 ? HG_PICTURE_MODULE : HG_PICTURE_OBJECT,
                              .address = 0x7f3a5c021d80 + 64 * i,
                              .title = (char *)"Session",
                              .detail = (char *)"3 items",
                              .facts = (char *)"1.2 MiB retained",
                              .depth = i % 5,
                              .is_asked = i == 0};
        HgNeighbour *neighbour = g_new0(HgNeighbour, 1);
        neighbour->object = i;
        hg_picture_add_node(picture, &node);
        g_ptr_array_add(neighbours.nodes, neighbour);
    }
    for (uint32_t i = 1; i < n_nodes; i++) {
        HgPictureReference down = {.source = i, .target = i / 4, .label = (char *)".handlers"};
        HgPictureReference across = {.source = i, .target = i * 7 % n_nodes};
        hg_picture_add_reference(picture, &down);
        if (i % 3 == 0)
            hg_picture_add_reference(picture, &across);
    }
    HgScene *scene = hg_scene_new(picture, &neighbours, context);
    g_ptr_array_unref(neighbours.nodes);
    return scene;
}

static void
on_layout(HgPictureLayout *layout, const GError *error, void *user_data)
{
    if (!layout)
        g_error("%s", error->message);
    *(HgPictureLayout **)user_data = layout;
}

/* Returns: the layout; tells how long it took, and how long the main thread was busy with it. */
static HgPictureLayout *
lay_out(const HgScene *scene)
{
    HgPictureLayout *layout = NULL;
    gint64 start = g_get_monotonic_time();
    double busy = get_thread_time();
    hg_layout_ask(hg_scene_dup_sizes(scene), 10 * HG_LAYOUT_PATIENCE, on_layout, &layout);
    while (!layout)
        g_main_context_iteration(NULL, TRUE);
    printf("%-32s %7.1f ms, of these the main thread is busy %.1f ms\n", "layout in the helper",
           (double)(g_get_monotonic_time() - start) / 1e3, get_thread_time() - busy);
    return layout;
}

/* Does something to the view and draws it, again and again. */
static void
measure(HgGraphView *view, const char *what, void (*step)(HgGraphView *view, unsigned nth))
{
    double longest = 0, sum = 0;
    enum {
        FRAMES = 40
    };
    for (unsigned i = 0; i < FRAMES; i++) {
        double before = get_thread_time();
        step(view, i);
        GdkFrameClock *clock = gtk_widget_get_frame_clock(GTK_WIDGET(view));
        gint64 frame = gdk_frame_clock_get_frame_counter(clock);
        while (gdk_frame_clock_get_frame_counter(clock) == frame)
            g_main_context_iteration(NULL, TRUE);
        run_for(1);
        double took = get_thread_time() - before - 1; /* run_for() is busy itself */
        longest = MAX(longest, took);
        sum += took;
    }
    printf("%-32s %7.1f ms a frame, the longest %.1f ms\n", what, sum / FRAMES, longest);
}

static void
zoom_step(HgGraphView *view, unsigned nth)
{
    hg_graph_view_zoom(view, nth % 20 < 10 ? 1.1 : 1 / 1.1);
}

static void
select_step(HgGraphView *view, unsigned nth)
{
    hg_graph_view_select(view, nth);
}

static void
move_step(HgGraphView *view, unsigned nth)
{
    hg_graph_view_redraw(view);
}

int
main(int argc, char **argv)
{
    uint32_t n_nodes = argc > 1 ? (uint32_t)atoi(argv[1]) : 300;
    adw_init();
    GtkWidget *window = gtk_window_new();
    HgGraphView *view = g_object_new(HG_TYPE_GRAPH_VIEW, NULL);
    g_timeout_add(5, stay, NULL); /* so that waiting ends */
    gtk_window_set_default_size(GTK_WINDOW(window), 1280, 800);
    gtk_window_set_child(GTK_WINDOW(window), GTK_WIDGET(view));
    gtk_window_present(GTK_WINDOW(window));
    run_for(300);
    double before = get_thread_time();
    HgScene *scene = make_scene(n_nodes, gtk_widget_get_pango_context(GTK_WIDGET(view)));
    printf("%u nodes, %u references\n", scene->nodes->len, scene->links->len);
    printf("%-32s %7.1f ms\n", "measuring the texts", get_thread_time() - before);
    hg_scene_place(scene, lay_out(scene), NULL, HG_NONE);
    hg_graph_view_set_scene(view, scene, false, HG_NONE);
    run_for(500);
    hg_graph_view_fit(view);
    measure(view, "selecting, all of it in sight", select_step);
    measure(view, "zooming", zoom_step);
    measure(view, "drawn anew, as while it moves", move_step);
    gtk_window_destroy(GTK_WINDOW(window));
    return 0;
}
