/* opener.c - files become snapshots of a session.
 * SPDX-License-Identifier: MIT */
#include "gui/opener.h"

#define BETWEEN_LOOKS 100 /* milliseconds from one look at the progress to the next */

struct _HgOpener {
    AdwBin parent;
    GtkRevealer *revealer;
    GtkWidget *label, *progress;
    HgSession *session;
    GQueue waiting; /* paths */
    char *path;     /* that is being opened */
    HgJob *job;
    unsigned timer;
};

enum {
    OPENED,
    FAILED,
    N_SIGNALS
};
static unsigned signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HgOpener, hg_opener, ADW_TYPE_BIN)

static void
free_shots(void *shots)
{
    g_ptr_array_unref(shots);
}

static void *
list_shots(HgAsk *ask, void *argument, GError **error)
{
    const char *path = argument;
    HgStore *store = hg_ask_get_store(ask, path, error);
    g_autoptr(GPtrArray) infos = store ? hg_store_list_snapshots(store, error) : NULL;
    if (!infos)
        return NULL;
    if (infos->len == 0) {
        g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "%s: a store without a snapshot", path);
        return NULL;
    }
    GPtrArray *shots = g_ptr_array_new_with_free_func(hg_shot_unref);
    for (unsigned i = 0; i < infos->len; i++)
        g_ptr_array_add(shots, hg_shot_new(path, infos->pdata[i]));
    return shots;
}

static gboolean
on_timer(void *user_data)
{
    HgOpener *opener = user_data;
    g_autofree char *step = NULL;
    uint64_t done, total;
    hg_job_get_progress(opener->job, &step, &done, &total);
    g_autofree char *name = g_path_get_basename(opener->path);
    g_autofree char *text = g_strdup_printf("%s: %s", name, step ? step : "opening");
    gtk_label_set_text(GTK_LABEL(opener->label), text);
    if (total > 0)
        gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(opener->progress),
                                      CLAMP((double)done / (double)total, 0, 1));
    else
        gtk_progress_bar_pulse(GTK_PROGRESS_BAR(opener->progress));
    return G_SOURCE_CONTINUE;
}

static void open_next(HgOpener *opener);

static void
stop(HgOpener *opener)
{
    g_clear_handle_id(&opener->timer, g_source_remove);
    g_clear_pointer(&opener->job, hg_job_cancel);
    g_clear_pointer(&opener->path, g_free);
    gtk_revealer_set_reveal_child(opener->revealer, FALSE);
}

static void
on_shots(void *answer, const GError *error, void *user_data)
{
    HgOpener *opener = user_data;
    g_autoptr(GPtrArray) shots = answer;
    g_autofree char *path = g_strdup(opener->path);
    opener->job = NULL;
    stop(opener);
    if (shots) {
        hg_session_add_shots(opener->session, shots);
        g_signal_emit(opener, signals[OPENED], 0, path);
    } else
        g_signal_emit(opener, signals[FAILED], 0, path, error->message);
    open_next(opener);
}

static void
open_next(HgOpener *opener)
{
    if (opener->job || !(opener->path = g_queue_pop_head(&opener->waiting)))
        return;
    HgWork *work = hg_session_get_work(opener->session);
    opener->job =
        hg_work_ask(work, list_shots, g_strdup(opener->path), g_free, free_shots, on_shots, opener);
    opener->timer = g_timeout_add(BETWEEN_LOOKS, on_timer, opener);
    gtk_revealer_set_reveal_child(opener->revealer, TRUE);
    on_timer(opener);
}

void
hg_opener_set_session(HgOpener *opener, HgSession *session)
{
    g_set_object(&opener->session, session);
}

void
hg_opener_open(HgOpener *opener, const char *path)
{
    g_queue_push_tail(&opener->waiting, g_strdup(path));
    open_next(opener);
}

void
hg_opener_cancel(HgOpener *opener)
{
    g_queue_clear_full(&opener->waiting, g_free);
    stop(opener);
}

bool
hg_opener_is_busy(HgOpener *opener)
{
    return opener->job;
}

static void
hg_opener_init(HgOpener *opener)
{
    gtk_widget_init_template(GTK_WIDGET(opener));
    g_queue_init(&opener->waiting);
}

static void
dispose(GObject *object)
{
    HgOpener *opener = HG_OPENER(object);
    if (opener->session)
        hg_opener_cancel(opener);
    g_clear_object(&opener->session);
    adw_bin_set_child(ADW_BIN(opener), NULL); /* else it would be let go twice */
    gtk_widget_dispose_template(GTK_WIDGET(opener), HG_TYPE_OPENER);
    G_OBJECT_CLASS(hg_opener_parent_class)->dispose(object);
}

static void
hg_opener_class_init(HgOpenerClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    signals[OPENED] = g_signal_new("opened", HG_TYPE_OPENER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
    signals[FAILED] = g_signal_new("failed", HG_TYPE_OPENER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/heapgraph/Viewer/opener.ui");
    gtk_widget_class_bind_template_child(widget_class, HgOpener, revealer);
    gtk_widget_class_bind_template_child(widget_class, HgOpener, label);
    gtk_widget_class_bind_template_child(widget_class, HgOpener, progress);
    gtk_widget_class_bind_template_callback(widget_class, hg_opener_cancel);
}
