/* capture-page.c - capturing from the window: choose a process or run a script, watch it, take
 * snapshots, see what grew.
 *
 * The snapshots of what is watched go into one store, in the user's cache. Watching asks the kernel
 * once a second how much memory the process has, and nothing of the process.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/capture-page.h"

#include "core/numbers.h"
#include "core/text.h"
#include "gui/choice.h"
#include "gui/list-view.h"
#include "gui/models/capture.h"
#include "gui/models/growth-list.h"

#define SECONDS_SEEN 600 /* of the memory's line */

struct _HgCapturePage {
    HgPage parent;
    GtkStack *stack, *ways, *growth_stack;
    GtkWidget *choice_place, *choice, *refresh, *watch, *name, *state, *spinner, *memory;
    GtkEditable *python, *script, *arguments;
    AdwStatusPage *hint;
    HgListView *processes, *growth;
    GSubprocess *child; /* the script that was run here, or NULL */
    int pid;            /* that is watched, 0: none */
    char *store;        /* where its snapshots go */
    GPtrArray *shots;   /* HgShot taken of it */
    GArray *seen;       /* double: its memory, second by second */
    char *remark;       /* of the last snapshot */
    HgJob *job;
    unsigned timer;
};

G_DEFINE_FINAL_TYPE(HgCapturePage, hg_capture_page, HG_TYPE_PAGE)

static HgSession *
get_session(HgCapturePage *page)
{
    return hg_page_get_session(HG_PAGE(page));
}

/* ---- watching ----------------------------------------------------------------------------------
 */

static void
draw_memory(GtkDrawingArea *area, cairo_t *cairo, int width, int height, void *user_data)
{
    HgCapturePage *page = user_data;
    double most = 1;
    GdkRGBA colour;
    for (unsigned i = 0; i < page->seen->len; i++)
        most = MAX(most, g_array_index(page->seen, double, i));
    gtk_style_context_get_color(gtk_widget_get_style_context(GTK_WIDGET(area)), &colour);
    gdk_cairo_set_source_rgba(cairo, &colour);
    cairo_set_line_width(cairo, 2);
    for (unsigned i = 0; i < page->seen->len; i++) {
        double share = g_array_index(page->seen, double, i) / (most * 1.1);
        unsigned span = MAX(page->seen->len - 1, 60);
        cairo_line_to(cairo, (double)width * i / span, height - (height - 4) * share - 2);
    }
    cairo_stroke(cairo);
}

static void
update_actions(HgCapturePage *page)
{
    GtkWidget *widget = GTK_WIDGET(page);
    bool is_script = hg_choice_get(page->choice) == 1;
    HgRow *row = hg_list_view_get_selected(page->processes);
    gtk_widget_action_set_enabled(widget, "capture.take", page->pid && !page->job);
    gtk_widget_action_set_enabled(widget, "capture.watch", !is_script && row);
    gtk_widget_action_set_enabled(widget, "capture.run",
                                  *gtk_editable_get_text(page->script) &&
                                      *gtk_editable_get_text(page->python));
    gtk_widget_set_visible(page->watch, !is_script);
    gtk_widget_set_visible(page->refresh, !is_script);
    gtk_spinner_set_spinning(GTK_SPINNER(page->spinner), page->job != NULL);
}

static gboolean
on_second(void *user_data)
{
    HgCapturePage *page = user_data;
    uint64_t resident;
    if (!page->pid || !hg_capture_read_memory(page->pid, &resident)) {
        gtk_label_set_text(GTK_LABEL(page->state), "it has ended");
        page->pid = 0;
        page->timer = 0;
        update_actions(page);
        return G_SOURCE_REMOVE;
    }
    double bytes = (double)resident;
    g_array_append_val(page->seen, bytes);
    if (page->seen->len > SECONDS_SEEN)
        g_array_remove_index(page->seen, 0);
    g_autofree char *size = hg_number_dup_size(resident);
    g_autofree char *text =
        g_strdup_printf("process %d · %s in memory%s%s", page->pid, size, page->remark ? " · " : "",
                        page->remark ? page->remark : "");
    gtk_label_set_text(GTK_LABEL(page->state), text);
    gtk_widget_queue_draw(page->memory);
    return G_SOURCE_CONTINUE;
}

static void
start_watching(HgCapturePage *page, int pid, const char *name)
{
    g_autofree char *shown = hg_text_dup_escaped(name);
    page->pid = pid;
    g_free(page->store);
    page->store = hg_capture_dup_path(name, pid);
    g_ptr_array_set_size(page->shots, 0);
    g_array_set_size(page->seen, 0);
    g_clear_pointer(&page->remark, g_free);
    gtk_label_set_text(GTK_LABEL(page->name), shown);
    gtk_stack_set_visible_child_name(page->growth_stack, "hint");
    gtk_stack_set_visible_child_name(page->stack, "watch");
    g_clear_handle_id(&page->timer, g_source_remove);
    page->timer = g_timeout_add_seconds(1, on_second, page);
    on_second(page);
    update_actions(page);
}

/* ---- processes ---------------------------------------------------------------------------------
 */

static void *
list_processes(HgAsk *ask, void *argument, GError **error)
{
    return hg_capture_list_processes(ask, error);
}

static void
refresh_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgCapturePage *page = HG_CAPTURE_PAGE(widget);
    hg_list_view_ask(page->processes, get_session(page), list_processes, NULL, NULL);
}

static void
watch_row(HgCapturePage *page, HgRow *row)
{
    uint32_t place;
    HgList *list = hg_row_get_place(row, &place);
    const char *problem = hg_row_get_text(row, "problem");
    const char *command = hg_row_get_text(row, "command");
    if (problem)
        hg_session_say(get_session(page), problem);
    else if (list)
        start_watching(page, (int)hg_list_get_number(list, 0, place), command ? command : "");
}

static void
on_process(HgCapturePage *page, HgRow *row, gboolean in_new_tab)
{
    watch_row(page, row);
}

static void
watch_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgCapturePage *page = HG_CAPTURE_PAGE(widget);
    HgRow *row = hg_list_view_get_selected(page->processes);
    if (row)
        watch_row(page, row);
}

/* ---- a script ----------------------------------------------------------------------------------
 */

static void
on_script_chosen(GtkNativeDialog *dialog, int response, HgCapturePage *page)
{
    g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT
                                ? gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog))
                                : NULL;
    if (file && g_file_peek_path(file))
        gtk_editable_set_text(page->script, g_file_peek_path(file));
    gtk_native_dialog_destroy(dialog);
    g_object_unref(dialog);
}

static void
choose_script_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    GtkFileChooserNative *dialog =
        gtk_file_chooser_native_new("Choose a Script", GTK_WINDOW(gtk_widget_get_root(widget)),
                                    GTK_FILE_CHOOSER_ACTION_OPEN, "_Choose", "_Cancel");
    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
    g_signal_connect_object(dialog, "response", G_CALLBACK(on_script_chosen), widget, 0);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

static void
run_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgCapturePage *page = HG_CAPTURE_PAGE(widget);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) arguments = NULL;
    const char *script = gtk_editable_get_text(page->script);
    const char *line = gtk_editable_get_text(page->arguments);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_strv_builder_add_many(words, gtk_editable_get_text(page->python), script, NULL);
    if (*line && !g_shell_parse_argv(line, NULL, &arguments, &error)) {
        hg_session_say(get_session(page), error->message);
        return;
    }
    if (arguments)
        g_strv_builder_addv(words, (const char **)arguments);
    g_auto(GStrv) command = g_strv_builder_end(words);
    g_clear_object(&page->child);
    page->child = g_subprocess_newv((const char *const *)command, G_SUBPROCESS_FLAGS_NONE, &error);
    if (!page->child) {
        hg_session_say(get_session(page), error->message);
        return;
    }
    start_watching(page, atoi(g_subprocess_get_identifier(page->child)), script);
}

static void
end_script(HgCapturePage *page)
{
    if (page->child)
        g_subprocess_send_signal(page->child, SIGTERM);
    g_clear_object(&page->child);
}

/* ---- snapshots ----------------------------------------------------------------------------------
 */

typedef struct {
    int pid;
    char *path;
} Question;

static void
free_question(void *data)
{
    g_free(((Question *)data)->path);
    g_free(data);
}

static void *
take(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    return hg_capture_take(ask, question->pid, question->path, error);
}

static void *
list_growth(HgAsk *ask, void *argument, GError **error)
{
    return hg_growth_list_make(ask, argument, HG_GROWTH_GREW, error);
}

static void
free_shots(void *shots)
{
    g_ptr_array_unref(shots);
}

static void *
copy_shot(const void *shot, void *user_data)
{
    return hg_shot_ref(shot);
}

static void
show_growth(HgCapturePage *page)
{
    if (page->shots->len < 2) {
        adw_status_page_set_title(page->hint, "One Snapshot Taken");
        adw_status_page_set_description(
            page->hint, "Now let the program do the thing that you suspect, and take another: then "
                        "stands here what there is more of. The pages at the left tell what is in "
                        "this one.");
        return;
    }
    GPtrArray *shots = g_ptr_array_copy(page->shots, copy_shot, NULL);
    g_ptr_array_set_free_func(shots, hg_shot_unref);
    gtk_stack_set_visible_child_name(page->growth_stack, "growth");
    hg_list_view_ask(page->growth, get_session(page), list_growth, shots, free_shots);
}

static void
on_taken(void *answer, const GError *error, void *user_data)
{
    HgCapturePage *page = user_data;
    g_autoptr(HgCaptured) captured = answer;
    page->job = NULL;
    update_actions(page);
    if (!captured) {
        hg_session_say(get_session(page), error->message);
        return;
    }
    g_free(page->remark);
    page->remark = g_strdup(captured->remark);
    g_ptr_array_set_size(page->shots, 0);
    for (unsigned i = 0; i < captured->shots->len; i++)
        g_ptr_array_add(page->shots, hg_shot_ref(captured->shots->pdata[i]));
    hg_session_add_shots(get_session(page), captured->shots);
    show_growth(page);
}

static void
take_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgCapturePage *page = HG_CAPTURE_PAGE(widget);
    if (!page->pid || page->job)
        return;
    Question *question = g_new(Question, 1);
    *question = (Question){page->pid, g_strdup(page->store)};
    page->job = hg_work_ask(hg_session_get_work(get_session(page)), take, question, free_question,
                            hg_captured_free, on_taken, page);
    update_actions(page);
}

static void
leave_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgCapturePage *page = HG_CAPTURE_PAGE(widget);
    end_script(page);
    page->pid = 0;
    g_clear_handle_id(&page->timer, g_source_remove);
    gtk_stack_set_visible_child_name(page->stack, "choose");
    refresh_action(widget, NULL, NULL);
    update_actions(page);
}

static void
on_grown(HgCapturePage *page, HgRow *row, gboolean in_new_tab)
{
    g_autoptr(HgPlace) place =
        hg_place_new_since("new", page->shots->pdata[page->shots->len - 1], page->shots->pdata[0],
                           hg_row_get_text(row, "type"));
    hg_session_go(get_session(page), place, in_new_tab);
}

/* ---- the page
 * -------------------------------------------------------------------------------------- */

static void
on_choice(HgCapturePage *page)
{
    gtk_stack_set_visible_child_name(page->ways,
                                     hg_choice_get(page->choice) == 1 ? "script" : "process");
    update_actions(page);
}

static void
show(HgPage *page, const HgPlace *place)
{
    if (!HG_CAPTURE_PAGE(page)->pid && !HG_CAPTURE_PAGE(page)->shots->len)
        refresh_action(GTK_WIDGET(page), NULL, NULL);
}

static void
begin_search(HgPage *page)
{
    hg_list_view_begin_search(HG_CAPTURE_PAGE(page)->processes);
}

static void
hg_capture_page_init(HgCapturePage *page)
{
    static const HgChoiceOption options[] = {{"Running Process", "A Python process that runs"},
                                             {"Run a Script", "A script that is run for this"},
                                             {0}};
    g_type_ensure(HG_TYPE_LIST_VIEW);
    gtk_widget_init_template(GTK_WIDGET(page));
    page->shots = g_ptr_array_new_with_free_func(hg_shot_unref);
    page->seen = g_array_new(FALSE, FALSE, sizeof(double));
    page->choice = hg_choice_new(options, G_CALLBACK(on_choice), page);
    gtk_box_append(GTK_BOX(page->choice_place), page->choice);
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(page->memory), draw_memory, page, NULL);
    hg_list_view_sort_by(page->processes, "memory", true);
    hg_list_view_set_empty(page->processes, "No Python Process",
                           "Start your program and refresh, or run a script from here.");
    hg_list_view_sort_by(page->growth, "growth", true);
    hg_list_view_set_empty(page->growth, "Nothing Grew",
                           "There is no more of any type than before.");
    g_signal_connect_object(page->processes, "selected", G_CALLBACK(update_actions), page,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(page->script, "changed", G_CALLBACK(update_actions), page,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(page->python, "changed", G_CALLBACK(update_actions), page,
                            G_CONNECT_SWAPPED);
    update_actions(page);
}

static void
dispose(GObject *object)
{
    HgCapturePage *page = HG_CAPTURE_PAGE(object);
    g_clear_handle_id(&page->timer, g_source_remove);
    g_clear_pointer(&page->job, hg_job_cancel);
    end_script(page);
    adw_bin_set_child(ADW_BIN(page), NULL); /* else it would be let go twice */
    gtk_widget_dispose_template(GTK_WIDGET(page), HG_TYPE_CAPTURE_PAGE);
    G_OBJECT_CLASS(hg_capture_page_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
    HgCapturePage *page = HG_CAPTURE_PAGE(object);
    g_ptr_array_unref(page->shots);
    g_array_unref(page->seen);
    g_free(page->store);
    g_free(page->remark);
    G_OBJECT_CLASS(hg_capture_page_parent_class)->finalize(object);
}

static void
hg_capture_page_class_init(HgCapturePageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    G_OBJECT_CLASS(class)->finalize = finalize;
    HG_PAGE_CLASS(class)->show = show;
    HG_PAGE_CLASS(class)->begin_search = begin_search;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/heapgraph/Viewer/pages/capture-page.ui");
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, stack);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, ways);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, growth_stack);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, choice_place);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, refresh);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, watch);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, name);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, state);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, spinner);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, memory);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, python);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, script);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, arguments);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, hint);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, processes);
    gtk_widget_class_bind_template_child(widget_class, HgCapturePage, growth);
    gtk_widget_class_bind_template_callback(widget_class, on_process);
    gtk_widget_class_bind_template_callback(widget_class, on_grown);
    gtk_widget_class_install_action(widget_class, "capture.refresh", NULL, refresh_action);
    gtk_widget_class_install_action(widget_class, "capture.watch", NULL, watch_action);
    gtk_widget_class_install_action(widget_class, "capture.choose-script", NULL,
                                    choose_script_action);
    gtk_widget_class_install_action(widget_class, "capture.run", NULL, run_action);
    gtk_widget_class_install_action(widget_class, "capture.take", NULL, take_action);
    gtk_widget_class_install_action(widget_class, "capture.leave", NULL, leave_action);
    gtk_widget_class_add_binding_action(widget_class, GDK_KEY_F5, 0, "capture.refresh", NULL);
    gtk_widget_class_add_binding_action(widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                        "capture.take", NULL);
}
