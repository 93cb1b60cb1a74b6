/* time-paint.c - how long from the start of the process until the window shows something useful.
 *
 * usage: time-paint FILE
 *
 * It is the whole program: the window is opened as by `heapgraph-viewer FILE`. What is there is
 * looked for after each frame that was painted; the start is when the kernel began the process.
 * Told is the time somebody waits, which others on the machine make longer, and the processor time:
 * of all threads, which is what it takes on a machine with one processor and nothing else to do,
 * and of the main thread.
 * SPDX-License-Identifier: MIT */
#include "gui/application.h"
#include "gui/finding-list.h"
#include "gui/retained-view.h"
#include "gui/treemap.h"
#include "tests/bench/thread-time.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What comes one after the other. */
typedef struct {
    const char *what;
    bool (*is_there)(GtkWidget *window);
    bool is_told;
} Step;

static GApplication *application;

/* Returns: milliseconds since the process began; the kernel counts in hundredths of a second. */
static double
get_age(void)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents("/proc/self/stat", &text, NULL, NULL))
        g_error("/proc/self/stat cannot be read");
    g_auto(GStrv) fields = g_strsplit(strrchr(text, ')') + 2, " ", 0);
    double start = g_ascii_strtod(fields[19], NULL) / (double)sysconf(_SC_CLK_TCK);
    return get_clock(CLOCK_BOOTTIME) - start * 1e3;
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

static bool
has_window(GtkWidget *window)
{
    return gtk_widget_get_mapped(window);
}

static bool
has_treemap(GtkWidget *window)
{
    GtkWidget *treemap = find_widget(window, HG_TYPE_TREEMAP);
    return treemap && gtk_widget_get_mapped(treemap) && gtk_widget_get_first_child(treemap);
}

/* A suspect has a button; that none is there is told by a row with a mark. */
static bool
has_suspects(GtkWidget *window)
{
    GtkWidget *list = find_widget(window, HG_TYPE_FINDING_LIST);
    GtkWidget *stack = list ? find_widget(list, GTK_TYPE_STACK) : NULL;
    return stack && g_strcmp0(gtk_stack_get_visible_child_name(GTK_STACK(stack)), "waiting") != 0;
}

static Step steps[] = {{"the window", has_window, false},
                       {"what is retained, as a treemap", has_treemap, false},
                       {"the suspects", has_suspects, false}};

static void
on_painted(GdkFrameClock *clock, GtkWidget *window)
{
    unsigned n_told = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (!steps[i].is_told && steps[i].is_there(window)) {
            steps[i].is_told = true;
            printf("%-32s after %5.0f ms; processor %5.0f ms, of these the main thread %5.0f ms\n",
                   steps[i].what, get_age(), get_process_time(), get_thread_time());
        }
        n_told += steps[i].is_told;
    }
    if (n_told == G_N_ELEMENTS(steps))
        g_application_quit(application);
}

static void
on_realize(GtkWidget *window)
{
    g_signal_connect(gtk_widget_get_frame_clock(window), "after-paint", G_CALLBACK(on_painted),
                     window);
}

static void
on_window(GtkApplication *unused, GtkWidget *window)
{
    g_signal_connect(window, "realize", G_CALLBACK(on_realize), NULL);
}

int
main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    mallopt(M_ARENA_MAX, 2); /* as gui/main.c does */
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    application = G_APPLICATION(hg_application_new());
    g_signal_connect(application, "window-added", G_CALLBACK(on_window), NULL);
    int status = g_application_run(application, argc, argv);
    g_object_unref(application);
    return status;
}
