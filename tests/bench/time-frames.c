/* time-frames.c - how long the window's main loop is busy at a stretch: scrolling, sorting and
 * filtering a long list.
 *
 * usage: time-frames STORE TYPE
 *
 * A timer of high priority looks at the processor time of the main thread as often as the loop
 * lets it: the longest stretch between two looks is the longest frame, whatever else runs on the
 * machine.
 * SPDX-License-Identifier: MIT */
#include "gui/list-view.h"
#include "gui/pages/objects-page.h"
#include "tests/bench/thread-time.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double longest, last; /* milliseconds of the main thread */
static unsigned n_looks;

static double
get_time(void)
{
    return (double)g_get_monotonic_time() / 1e3;
}

static gboolean
on_look(void *user_data)
{
    double now = get_thread_time();
    longest = MAX(longest, now - last);
    last = now;
    n_looks++;
    return G_SOURCE_CONTINUE;
}

static void
begin(void)
{
    longest = 0;
    n_looks = 0;
    last = get_thread_time();
}

static void
end(const char *what, double start)
{
    on_look(NULL);
    printf("%-32s longest stretch %6.1f ms, done after %7.0f ms\n", what, longest,
           get_time() - start);
    fflush(stdout);
}

static void
run_for(double milliseconds)
{
    for (double until = get_time() + milliseconds; get_time() < until;)
        g_main_context_iteration(NULL, TRUE);
}

static GtkWidget *
find_widget(GtkWidget *widget, GType type)
{
    if (G_TYPE_CHECK_INSTANCE_TYPE(widget, type))
        return widget;
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
         child = gtk_widget_get_next_sibling(child)) {
        GtkWidget *found = find_widget(child, type);
        if (found)
            return found;
    }
    return NULL;
}

typedef struct {
    HgSession *session;
    HgListView *view;
    GtkColumnView *columns;
    GListModel *model;
} Scene;

/* Runs until the rows are there and no work is under way. */
static void
wait_for_rows(Scene *scene, unsigned least, unsigned most)
{
    for (double until = get_time() + 60000; get_time() < until;) {
        unsigned count = hg_list_model_count(HG_LIST_MODEL(scene->model));
        if (count >= least && count <= most)
            break;
        g_main_context_iteration(NULL, TRUE);
    }
    run_for(300);
}

static void
scroll(Scene *scene)
{
    GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment(GTK_SCROLLABLE(scene->columns));
    double start = get_time(), upper = gtk_adjustment_get_upper(adjustment);
    begin();
    for (unsigned i = 0; i < 200; i++) {
        double by = i % 20 == 19 ? upper / 10 : 137; /* by a bit, and now and then far away */
        gtk_adjustment_set_value(adjustment, gtk_adjustment_get_value(adjustment) + by);
        run_for(17);
    }
    end("scrolling 200 steps", start);
    gtk_adjustment_set_value(adjustment, 0);
    run_for(200);
}

static void
sort(Scene *scene, unsigned nth, const char *what)
{
    g_autoptr(GtkColumnViewColumn) column =
        g_list_model_get_item(gtk_column_view_get_columns(scene->columns), nth);
    double start = get_time();
    begin();
    gtk_column_view_sort_by_column(scene->columns, column, GTK_SORT_ASCENDING);
    run_for(1500);
    end(what, start);
}

static void
filter(Scene *scene, const char *text, unsigned least, unsigned most)
{
    g_autofree char *what = g_strdup_printf("filter \"%s\"", text);
    double start = get_time();
    begin();
    hg_list_view_set_filter(scene->view, text);
    wait_for_rows(scene, least, most);
    end(what, start);
}

static HgShot *
open_shot(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_READ, &error);
    g_autoptr(GPtrArray) infos = store ? hg_store_list_snapshots(store, &error) : NULL;
    if (!infos || infos->len == 0)
        g_error("%s", error ? error->message : "no snapshot");
    return hg_shot_new(path, infos->pdata[infos->len - 1]);
}

static double
read_memory(const char *status, const char *key)
{
    const char *found = strstr(status, key);
    return found ? g_ascii_strtod(found + strlen(key), NULL) / 1000 : 0;
}

/* What the process has, and what the arrays of the list take that it shows: 8 bytes a number, 4 an
 * object and 4 for its place in the order. */
static void
print_memory(const char *what, HgListModel *model)
{
    g_autofree char *status = NULL;
    const HgList *list = model ? hg_list_model_get_list(model) : NULL;
    double bytes = 0;
    g_file_get_contents("/proc/self/status", &status, NULL, NULL);
    if (list)
        bytes = (double)hg_list_count_rows(list) * (8.0 * hg_list_count_columns(list) + 8);
    printf("%-32s %.0f MB of its own, %.0f MB with libraries; the arrays shown take %.0f MB\n",
           what, read_memory(status, "RssAnon:"), read_memory(status, "VmRSS:"), bytes / 1e6);
}

int
main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    mallopt(M_ARENA_MAX, 2); /* as gui/main.c does */
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    adw_init();
    g_autoptr(HgShot) shot = open_shot(argv[1]);
    Scene scene = {.session = hg_session_new()};
    GtkWidget *window = gtk_window_new();
    HgPage *page = g_object_new(HG_TYPE_OBJECTS_PAGE, NULL);
    g_autoptr(HgPlace) place = hg_place_new("objects", shot, HG_NONE, argv[2]);
    gtk_window_set_default_size(GTK_WINDOW(window), 1000, 700);
    gtk_window_set_child(GTK_WINDOW(window), GTK_WIDGET(page));
    hg_page_set_session(page, scene.session);
    gtk_window_present(GTK_WINDOW(window));
    run_for(500);
    g_timeout_add_full(G_PRIORITY_HIGH, 1, on_look, NULL, NULL);
    print_memory("memory before", NULL);

    double start = get_time();
    begin();
    hg_page_show(page, place);
    scene.view = HG_LIST_VIEW(find_widget(GTK_WIDGET(page), HG_TYPE_LIST_VIEW));
    scene.columns = GTK_COLUMN_VIEW(find_widget(GTK_WIDGET(page), GTK_TYPE_COLUMN_VIEW));
    scene.model = G_LIST_MODEL(hg_list_view_get_model(scene.view));
    wait_for_rows(&scene, 1, UINT_MAX);
    unsigned n_rows = hg_list_model_count(HG_LIST_MODEL(scene.model));
    g_autofree char *what = g_strdup_printf("showing %u rows", n_rows);
    end(what, start);
    scroll(&scene);
    sort(&scene, 1, "sorting by size");
    sort(&scene, 6, "sorting by address");
    filter(&scene, "size:>1000000", 0, n_rows - 1);
    filter(&scene, "size:>1", n_rows / 2, n_rows);
    filter(&scene, "address:f17", 0, n_rows - 1);
    filter(&scene, "", n_rows, n_rows);
    print_memory("memory after", HG_LIST_MODEL(scene.model));
    gtk_window_destroy(GTK_WINDOW(window));
    g_object_unref(scene.session);
    return 0;
}
