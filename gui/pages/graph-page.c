/* graph-page.c - the graph around an object, drawn.
 *
 *      state ──▶ worker: neighbours, picture ──▶ scene: texts measured ──▶ helper: layout ──▶ view
 *
 * What somebody does in the view changes the state; then the same happens again, and what was there
 * stays about where it was. The argument of a place is "refs": what the object refers to; none:
 * what refers to it.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/graph-page.h"

#include "core/numbers.h"
#include "gui/choice.h"
#include "gui/graph-export.h"
#include "gui/graph-legend.h"
#include "gui/graph-menu.h"
#include "gui/graph-view.h"
#include "gui/list-view.h"
#include "gui/models/graph-answer.h"
#include "gui/models/graph-visits.h"
#include "gui/models/layouter.h"

#include <inttypes.h>

enum {
    EXPAND_MOST = 12, /* neighbours a click on a node brings */
    BUSY_AFTER = 200  /* milliseconds until one is told to wait */
};

struct _HgGraphPage {
    HgPage parent;
    GtkWidget *bar, *choice;
    HgGraphView *view;
    HgGraphLegend *legend;
    GtkStack *stack;
    GtkSpinner *spinner;
    GtkRevealer *busy, *steps;
    GtkLabel *status, *matches;
    GtkEditable *search, *filter, *ignore;
    GtkSpinButton *depth, *too_many;
    AdwStatusPage *problem;
    HgGraphVisits *visits;
    HgJob *job, *side_job;
    HgLayoutJob *layout_job;
    HgGraphAnswer *asked, *shown; /* on its way; in the view */
    HgScene *scene;               /* of the asked one, without places yet */
    HgPlace *shown_place;
    uint32_t anchor, way_of;
    unsigned busy_source;
    bool is_setting; /* options are set, not changed by somebody */
};

G_DEFINE_FINAL_TYPE(HgGraphPage, hg_graph_page, HG_TYPE_PAGE)

/* ---- states ---------------------------------------------------------------------------------- */

static HgGraphHistory *
get_history(HgGraphPage *page)
{
    return hg_graph_visits_get(page->visits);
}

static const HgGraphState *
get_state(HgGraphPage *page)
{
    return hg_graph_history_get(get_history(page));
}

static void
update_actions(HgGraphPage *page)
{
    GtkWidget *widget = GTK_WIDGET(page);
    HgGraphHistory *history = get_history(page);
    gtk_widget_action_set_enabled(widget, "graph-page.undo",
                                  history && hg_graph_history_can_step(history, -1));
    gtk_widget_action_set_enabled(widget, "graph-page.redo",
                                  history && hg_graph_history_can_step(history, 1));
}

static void
set_options(HgGraphPage *page)
{
    const HgGraphState *state = get_state(page);
    page->is_setting = true;
    hg_choice_set(page->choice, state->is_backward ? 0 : 1);
    gtk_spin_button_set_value(page->depth, state->depth);
    gtk_spin_button_set_value(page->too_many, state->too_many);
    gtk_editable_set_text(page->filter, state->filter ? state->filter : "");
    gtk_editable_set_text(page->ignore, state->ignore ? state->ignore : "");
    page->is_setting = false;
}

/* ---- waiting --------------------------------------------------------------------------------- */

static gboolean
on_busy(void *data)
{
    HgGraphPage *page = data;
    page->busy_source = 0;
    gtk_spinner_start(page->spinner);
    gtk_revealer_set_reveal_child(page->busy, TRUE);
    return G_SOURCE_REMOVE;
}

static void
set_busy(HgGraphPage *page, bool is_busy)
{
    g_clear_handle_id(&page->busy_source, g_source_remove);
    if (is_busy) {
        page->busy_source = g_timeout_add(BUSY_AFTER, on_busy, page);
        return;
    }
    gtk_spinner_stop(page->spinner);
    gtk_revealer_set_reveal_child(page->busy, FALSE);
}

static void
say(HgGraphPage *page, const char *message)
{
    hg_session_say(hg_page_get_session(HG_PAGE(page)), message);
}

/* What is on the picture stays there if it can. */
static void
fail(HgGraphPage *page, const GError *error)
{
    set_busy(page, false);
    if (page->shown && hg_place_equal(page->shown_place, hg_page_get_place(HG_PAGE(page)))) {
        say(page, error->message);
        return;
    }
    adw_status_page_set_description(page->problem, error->message);
    gtk_stack_set_visible_child_name(page->stack, "error");
}

/* ---- the picture ----------------------------------------------------------------------------- */

static void
show_status(HgGraphPage *page)
{
    const HgNeighbours *neighbours = page->shown->neighbours;
    uint64_t n_more = 0;
    for (unsigned i = 0; i < neighbours->nodes->len; i++) {
        const HgNeighbour *node = neighbours->nodes->pdata[i];
        n_more += node->side[0].n_more + node->side[1].n_more;
    }
    g_autofree char *more = hg_number_dup_count(n_more);
    g_autofree char *told = n_more ? g_strdup_printf(", %s more not drawn", more) : g_strdup("");
    g_autofree char *status =
        g_strdup_printf("%s: %u object%s, %u reference%s%s",
                        page->shown->picture->caption ? page->shown->picture->caption : "",
                        neighbours->nodes->len, neighbours->nodes->len == 1 ? "" : "s",
                        neighbours->links->len, neighbours->links->len == 1 ? "" : "s", told);
    gtk_label_set_text(page->status, status);
}

static void
show_matches(HgGraphPage *page, unsigned number, unsigned count)
{
    bool is_searching = *gtk_editable_get_text(page->search);
    g_autofree char *text =
        count ? g_strdup_printf("%u of %u", number, count) : g_strdup("nothing found");
    gtk_label_set_text(page->matches, is_searching ? text : "");
    gtk_revealer_set_reveal_child(page->steps, is_searching);
    gtk_widget_action_set_enabled(GTK_WIDGET(page), "graph-page.next", count > 0);
    gtk_widget_action_set_enabled(GTK_WIDGET(page), "graph-page.previous", count > 0);
}

static void
search_again(HgGraphPage *page)
{
    unsigned count = hg_graph_view_search(page->view, gtk_editable_get_text(page->search));
    show_matches(page, count ? 1 : 0, count);
}

static void
set_title(HgGraphPage *page)
{
    const HgPictureNode *first = hg_picture_get_node(page->shown->picture, 0);
    g_autofree char *title = g_strdup_printf("Graph: %s", first->title);
    hg_page_set_title(HG_PAGE(page), title);
}

static void
on_layout(HgPictureLayout *layout, const GError *error, void *user_data)
{
    HgGraphPage *page = user_data;
    page->layout_job = NULL;
    if (!layout) {
        fail(page, error);
        return;
    }
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    bool follows = hg_place_equal(page->shown_place, here);
    const HgScene *before = follows ? hg_graph_view_get_scene(page->view) : NULL;
    HgScene *scene = g_steal_pointer(&page->scene);
    hg_scene_place(scene, layout, before, page->anchor);
    hg_graph_view_set_scene(page->view, scene, follows, hg_scene_find_object(scene, page->anchor));
    hg_graph_legend_set_scene(page->legend, scene);
    g_clear_pointer(&page->shown, hg_graph_answer_free);
    page->shown = g_steal_pointer(&page->asked);
    hg_place_unref(page->shown_place);
    page->shown_place = hg_place_ref(here);
    if (!follows)
        hg_graph_view_select(page->view, 0);
    gtk_stack_set_visible_child_name(page->stack, "graph");
    set_busy(page, false);
    show_status(page);
    set_title(page);
    search_again(page);
}

static void
on_picture(void *answer, const GError *error, void *user_data)
{
    HgGraphPage *page = user_data;
    page->job = NULL;
    if (!answer) {
        fail(page, error);
        return;
    }
    page->asked = answer;
    page->scene = hg_scene_new(page->asked->picture, page->asked->neighbours,
                               gtk_widget_get_pango_context(GTK_WIDGET(page->view)));
    page->layout_job =
        hg_layout_ask(hg_scene_dup_sizes(page->scene), HG_LAYOUT_PATIENCE, on_layout, page);
}

static void
stop(HgGraphPage *page)
{
    g_clear_pointer(&page->job, hg_job_cancel);
    g_clear_pointer(&page->layout_job, hg_layout_cancel);
    g_clear_pointer(&page->asked, hg_graph_answer_free);
    g_clear_pointer(&page->scene, hg_scene_free);
    set_busy(page, false);
}

static void
ask(HgGraphPage *page)
{
    const HgPlace *place = hg_page_get_place(HG_PAGE(page));
    HgWork *work = hg_session_get_work(hg_page_get_session(HG_PAGE(page)));
    stop(page);
    update_actions(page);
    set_options(page);
    set_busy(page, true);
    HgGraphQuestion *question =
        hg_graph_question_new(place->shot, hg_graph_state_copy(get_state(page)));
    page->job = hg_work_ask(work, hg_graph_answer_find, question, hg_graph_question_free,
                            hg_graph_answer_free, on_picture, page);
}

/* Goes on to [state], which it takes. */
static void
change(HgGraphPage *page, HgGraphState *state, uint32_t anchor)
{
    hg_graph_history_push(get_history(page), state);
    page->anchor = anchor;
    ask(page);
}

static void
on_again(HgGraphPage *page)
{
    ask(page);
}

/* ---- the list of those that are too many ----------------------------------------------------- */

static void
on_row(HgGraphPage *page, HgRow *row, gboolean in_new_tab, HgListView *list)
{
    GtkWidget *popover = gtk_widget_get_ancestor(GTK_WIDGET(list), GTK_TYPE_POPOVER);
    uint32_t beside = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(popover), "beside"));
    bool is_backward = g_object_get_data(G_OBJECT(popover), "is-backward") != NULL;
    HgGraphState *state = hg_graph_state_copy(get_state(page));
    hg_graph_state_pin(state, hg_row_get_object(row), beside, is_backward);
    change(page, state, beside);
    gtk_popover_popdown(GTK_POPOVER(popover));
}

static gboolean
on_unparent(void *popover)
{
    if (gtk_widget_get_parent(popover))
        gtk_widget_unparent(popover);
    return G_SOURCE_REMOVE;
}

/* Not at once: what was chosen in it is done after it has closed. */
static void
on_popover_closed(GtkWidget *popover)
{
    g_idle_add_full(G_PRIORITY_LOW, on_unparent, g_object_ref(popover), g_object_unref);
}

static void
open_popover(HgGraphPage *page, GtkWidget *popover, const GdkRectangle *area)
{
    gtk_widget_set_parent(popover, GTK_WIDGET(page->view));
    gtk_popover_set_pointing_to(GTK_POPOVER(popover), area);
    g_signal_connect(popover, "closed", G_CALLBACK(on_popover_closed), NULL);
    gtk_popover_popup(GTK_POPOVER(popover));
}

static void
open_list(HgGraphPage *page, uint32_t number, uint32_t object, bool is_backward)
{
    GtkWidget *popover = gtk_popover_new();
    HgListView *list =
        g_object_new(HG_TYPE_LIST_VIEW, "width-request", 520, "height-request", 340, NULL);
    HgGraphQuestion *question = hg_graph_question_new(hg_page_get_place(HG_PAGE(page))->shot, NULL);
    GdkRectangle area;
    question->object = object;
    question->is_backward = is_backward;
    g_object_set_data(G_OBJECT(popover), "beside", GUINT_TO_POINTER(object));
    g_object_set_data(G_OBJECT(popover), "is-backward", GINT_TO_POINTER(is_backward));
    hg_list_view_set_empty(list, "No Neighbour", "Nothing is there on this side of it.");
    g_signal_connect_object(list, "open", G_CALLBACK(on_row), page, G_CONNECT_SWAPPED);
    gtk_popover_set_child(GTK_POPOVER(popover), GTK_WIDGET(list));
    hg_graph_view_get_area(page->view, number, &area);
    open_popover(page, popover, &area);
    hg_list_view_ask(list, hg_page_get_session(HG_PAGE(page)), hg_graph_answer_list, question,
                     hg_graph_question_free);
}

/* ---- what one does with a node --------------------------------------------------------------- */

static void
toggle(HgGraphPage *page, const HgSceneNode *node, bool is_backward)
{
    HgGraphState *state = hg_graph_state_copy(get_state(page));
    if (node->is_expanded[is_backward])
        hg_graph_state_collapse(state, node->object, is_backward);
    else
        hg_graph_state_expand(state, node->object, is_backward, MAX(state->too_many, EXPAND_MOST));
    change(page, state, node->object);
}

static void
hide(HgGraphPage *page, const HgSceneNode *node)
{
    HgGraphState *state = hg_graph_state_copy(get_state(page));
    if (hg_graph_state_hide(state, node->object)) {
        change(page, state, HG_NONE);
        return;
    }
    hg_graph_state_free(state);
    say(page, "The object that was asked for stays");
}

static void
on_way(void *answer, const GError *error, void *user_data)
{
    HgGraphPage *page = user_data;
    GArray *way = answer;
    page->side_job = NULL;
    if (!way) {
        say(page, error->message);
        return;
    }
    HgGraphState *state = hg_graph_state_copy(get_state(page));
    hg_graph_state_add_way(state, way);
    change(page, state, page->way_of);
    g_array_unref(way);
}

static void
free_way(void *way)
{
    g_array_unref(way);
}

static void
show_way(HgGraphPage *page, uint32_t object, bool ends_at_holder)
{
    HgGraphQuestion *question = hg_graph_question_new(hg_page_get_place(HG_PAGE(page))->shot, NULL);
    HgWork *work = hg_session_get_work(hg_page_get_session(HG_PAGE(page)));
    question->object = object;
    question->ends_at_holder = ends_at_holder;
    page->way_of = object;
    g_clear_pointer(&page->side_job, hg_job_cancel);
    page->side_job = hg_work_ask(work, hg_graph_answer_find_way, question, hg_graph_question_free,
                                 free_way, on_way, page);
}

static void
copy(HgGraphPage *page, char *text)
{
    gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(page)), text);
    g_autofree char *message = g_strdup_printf("Copied %s", text);
    say(page, message);
    g_free(text);
}

/* The command line that asks the same about one node. */
static char *
dup_command_of(HgGraphPage *page, const HgSceneNode *node)
{
    const HgShot *shot = hg_page_get_place(HG_PAGE(page))->shot;
    g_autofree char *command = hg_graph_state_dup_command(get_state(page), node->address);
    g_autofree char *store = g_shell_quote(shot->path);
    g_autofree char *snapshot = g_shell_quote(shot->name);
    return g_strdup_printf("heapgraph %s -d %s -s %s", command, store, snapshot);
}

static void
go(HgGraphPage *page, const char *where, uint32_t object, bool in_new_tab)
{
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    bool is_graph = g_str_equal(where, "graph");
    g_autoptr(HgPlace) place =
        hg_place_new(where, here->shot, object, is_graph ? here->argument : NULL);
    hg_session_go(hg_page_get_session(HG_PAGE(page)), place, in_new_tab);
}

static void
act_on_object(HgGraphPage *page, const char *what, const HgSceneNode *node)
{
    bool is_backward = get_state(page)->is_backward;
    if (g_str_equal(what, "open") || g_str_equal(what, "open-in-tab"))
        go(page, "object", node->object, g_str_equal(what, "open-in-tab"));
    else if (g_str_equal(what, "toggle"))
        toggle(page, node, is_backward);
    else if (g_str_equal(what, "toggle-other"))
        toggle(page, node, !is_backward);
    else if (g_str_equal(what, "referrers") || g_str_equal(what, "referents"))
        toggle(page, node, g_str_equal(what, "referrers"));
    else if (g_str_equal(what, "hide"))
        hide(page, node);
    else if (g_str_equal(what, "way") || g_str_equal(what, "holder"))
        show_way(page, node->object, g_str_equal(what, "holder"));
    else if (g_str_equal(what, "center"))
        go(page, "graph", node->object, false);
    else if (g_str_equal(what, "copy-address"))
        copy(page, g_strdup_printf("0x%" PRIx64, node->address));
    else if (g_str_equal(what, "copy-command"))
        copy(page, dup_command_of(page, node));
}

static void
on_act(HgGraphPage *page, const char *what, unsigned number)
{
    const HgScene *scene = hg_graph_view_get_scene(page->view);
    if (!scene || number >= scene->nodes->len)
        return;
    HgSceneNode *node = hg_scene_get_node(scene, number);
    uint32_t object = node->object != HG_NONE ? node->object : node->beside;
    if (g_str_equal(what, "select") && object != HG_NONE)
        hg_session_select(hg_page_get_session(HG_PAGE(page)), page->shown_place->shot, object);
    else if (g_str_equal(what, "list") && object != HG_NONE)
        open_list(page, number, object,
                  node->object == HG_NONE ? node->is_backward : get_state(page)->is_backward);
    else if (node->object != HG_NONE)
        act_on_object(page, what, node);
}

/* ---- the menu of a node ---------------------------------------------------------------------- */

static void
on_menu(HgGraphPage *page, unsigned number, double x, double y)
{
    const HgScene *scene = hg_graph_view_get_scene(page->view);
    GdkRectangle area = {(int)x, (int)y, 1, 1};
    if (!scene || number >= scene->nodes->len ||
        hg_scene_get_node(scene, number)->object == HG_NONE)
        return;
    g_autoptr(GMenu) menu = hg_graph_menu_new(hg_scene_get_node(scene, number));
    GtkWidget *popover = gtk_popover_menu_new_from_model(G_MENU_MODEL(menu));
    gtk_popover_set_has_arrow(GTK_POPOVER(popover), FALSE);
    gtk_widget_set_halign(popover, GTK_ALIGN_START);
    open_popover(page, popover, &area);
}

/* ---- options --------------------------------------------------------------------------------- */

static void
on_option(HgGraphPage *page)
{
    g_autoptr(GError) error = NULL;
    if (page->is_setting || !get_history(page))
        return;
    HgGraphState *state = hg_graph_state_copy(get_state(page));
    state->depth = (unsigned)gtk_spin_button_get_value_as_int(page->depth);
    state->too_many = (unsigned)gtk_spin_button_get_value_as_int(page->too_many);
    if (hg_graph_state_set_filter(state, gtk_editable_get_text(page->filter),
                                  gtk_editable_get_text(page->ignore), &error)) {
        change(page, state, HG_NONE);
        return;
    }
    hg_graph_state_free(state);
    say(page, error->message);
}

static void
on_direction(HgGraphPage *page)
{
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    if (page->is_setting || !here)
        return;
    hg_page_go(HG_PAGE(page), "graph", here->object,
               hg_choice_get(page->choice) == 0 ? NULL : "refs");
}

static void
step_history(GtkWidget *widget, const char *action, GVariant *parameter)
{
    HgGraphPage *page = HG_GRAPH_PAGE(widget);
    if (!get_history(page) ||
        !hg_graph_history_step(get_history(page), g_str_has_suffix(action, "undo") ? -1 : 1))
        return;
    page->anchor = HG_NONE;
    ask(page);
}

static void
zoom(GtkWidget *widget, const char *action, GVariant *parameter)
{
    HgGraphView *view = HG_GRAPH_PAGE(widget)->view;
    if (g_str_has_suffix(action, "fit"))
        hg_graph_view_fit(view);
    else
        hg_graph_view_zoom(view, g_str_has_suffix(action, "in") ? 1.25 : 0.8);
}

/* ---- search ---------------------------------------------------------------------------------- */

static void
on_search(HgGraphPage *page)
{
    search_again(page);
    hg_graph_view_search_step(page->view, 0);
}

static void
step_search(HgGraphPage *page, int step)
{
    unsigned number = hg_graph_view_search_step(page->view, step);
    unsigned count = hg_graph_view_count_matches(page->view);
    show_matches(page, number, count);
}

static void
on_next(HgGraphPage *page)
{
    step_search(page, 1);
}

static void
on_previous(HgGraphPage *page)
{
    step_search(page, -1);
}

static void
search_action(GtkWidget *widget, const char *action, GVariant *parameter)
{
    step_search(HG_GRAPH_PAGE(widget), g_str_has_suffix(action, "next") ? 1 : -1);
}

static void
on_stop_search(HgGraphPage *page)
{
    gtk_editable_set_text(page->search, "");
    gtk_widget_grab_focus(GTK_WIDGET(page->view));
}

static void
begin_search(HgPage *page)
{
    gtk_widget_grab_focus(GTK_WIDGET(HG_GRAPH_PAGE(page)->search));
}

/* ---- export ---------------------------------------------------------------------------------- */

static void
export_action(GtkWidget *widget, const char *action, GVariant *parameter)
{
    HgGraphPage *page = HG_GRAPH_PAGE(widget);
    if (page->shown)
        hg_graph_export(widget, page->shown->picture, g_variant_get_string(parameter, NULL),
                        hg_page_get_session(HG_PAGE(page)));
}

/* ---- the page -------------------------------------------------------------------------------- */

static void
show(HgPage *page, const HgPlace *place)
{
    HgGraphPage *self = HG_GRAPH_PAGE(page);
    if (place->object == HG_NONE) {
        stop(self);
        gtk_stack_set_visible_child_name(self->stack, "empty");
        return;
    }
    hg_graph_visits_go(self->visits, place);
    self->anchor = HG_NONE;
    ask(self);
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    HgGraphPage *self = HG_GRAPH_PAGE(page);
    if (!self->shown || !get_history(self))
        return NULL;
    return hg_graph_state_dup_command(get_state(self),
                                      hg_picture_get_node(self->shown->picture, 0)->address);
}

static void
hg_graph_page_init(HgGraphPage *page)
{
    static const HgChoiceOption options[] = {{"Referrers", "What refers to the object"},
                                             {"Referents", "What the object refers to"},
                                             {0}};
    g_type_ensure(HG_TYPE_GRAPH_VIEW);
    g_type_ensure(HG_TYPE_GRAPH_LEGEND);
    gtk_widget_init_template(GTK_WIDGET(page));
    page->visits = hg_graph_visits_new();
    page->anchor = HG_NONE;
    page->choice = hg_choice_new(options, G_CALLBACK(on_direction), page);
    gtk_box_prepend(GTK_BOX(page->bar), page->choice);
    update_actions(page);
    show_matches(page, 0, 0);
}

static void
dispose(GObject *object)
{
    HgGraphPage *page = HG_GRAPH_PAGE(object);
    stop(page);
    g_clear_pointer(&page->side_job, hg_job_cancel);
    g_clear_pointer(&page->shown, hg_graph_answer_free);
    g_clear_pointer(&page->shown_place, hg_place_unref);
    gtk_widget_dispose_template(GTK_WIDGET(page), HG_TYPE_GRAPH_PAGE);
    G_OBJECT_CLASS(hg_graph_page_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
    hg_graph_visits_free(HG_GRAPH_PAGE(object)->visits);
    G_OBJECT_CLASS(hg_graph_page_parent_class)->finalize(object);
}

static void
bind_children(GtkWidgetClass *class)
{
    gtk_widget_class_set_template_from_resource(class, "/org/heapgraph/Viewer/pages/graph-page.ui");
    gtk_widget_class_bind_template_child(class, HgGraphPage, bar);
    gtk_widget_class_bind_template_child(class, HgGraphPage, view);
    gtk_widget_class_bind_template_child(class, HgGraphPage, legend);
    gtk_widget_class_bind_template_child(class, HgGraphPage, stack);
    gtk_widget_class_bind_template_child(class, HgGraphPage, spinner);
    gtk_widget_class_bind_template_child(class, HgGraphPage, busy);
    gtk_widget_class_bind_template_child(class, HgGraphPage, steps);
    gtk_widget_class_bind_template_child(class, HgGraphPage, status);
    gtk_widget_class_bind_template_child(class, HgGraphPage, matches);
    gtk_widget_class_bind_template_child(class, HgGraphPage, search);
    gtk_widget_class_bind_template_child(class, HgGraphPage, filter);
    gtk_widget_class_bind_template_child(class, HgGraphPage, ignore);
    gtk_widget_class_bind_template_child(class, HgGraphPage, depth);
    gtk_widget_class_bind_template_child(class, HgGraphPage, too_many);
    gtk_widget_class_bind_template_child(class, HgGraphPage, problem);
    gtk_widget_class_bind_template_callback(class, on_act);
    gtk_widget_class_bind_template_callback(class, on_menu);
    gtk_widget_class_bind_template_callback(class, on_option);
    gtk_widget_class_bind_template_callback(class, on_search);
    gtk_widget_class_bind_template_callback(class, on_next);
    gtk_widget_class_bind_template_callback(class, on_previous);
    gtk_widget_class_bind_template_callback(class, on_stop_search);
    gtk_widget_class_bind_template_callback(class, on_again);
}

static const struct {
    const char *action, *parameter;
    GtkWidgetActionActivateFunc activate;
    unsigned key;
    GdkModifierType state;
} actions[] = {
    {"graph-page.undo", NULL, step_history, GDK_KEY_z, GDK_CONTROL_MASK},
    {"graph-page.redo", NULL, step_history, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK},
    {"graph-page.zoom-in", NULL, zoom, GDK_KEY_plus, GDK_CONTROL_MASK},
    {"graph-page.zoom-out", NULL, zoom, GDK_KEY_minus, GDK_CONTROL_MASK},
    {"graph-page.fit", NULL, zoom, GDK_KEY_0, GDK_CONTROL_MASK},
    {"graph-page.next", NULL, search_action, GDK_KEY_F3, 0},
    {"graph-page.previous", NULL, search_action, GDK_KEY_F3, GDK_SHIFT_MASK},
    {"graph-page.export", "s", export_action, 0, 0},
};

static void
hg_graph_page_class_init(HgGraphPageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    G_OBJECT_CLASS(class)->finalize = finalize;
    HG_PAGE_CLASS(class)->show = show;
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    HG_PAGE_CLASS(class)->begin_search = begin_search;
    bind_children(widget_class);
    for (unsigned i = 0; i < G_N_ELEMENTS(actions); i++) {
        gtk_widget_class_install_action(widget_class, actions[i].action, actions[i].parameter,
                                        actions[i].activate);
        if (actions[i].key)
            gtk_widget_class_add_binding_action(widget_class, actions[i].key, actions[i].state,
                                                actions[i].action, NULL);
    }
}
