/* list-view.c - a list as every page shows it.
 * SPDX-License-Identifier: MIT */
#include "gui/list-view.h"

#include "core/numbers.h"
#include "gui/cell.h"
#include "gui/list-columns.h"
#include "gui/list-export.h"
#include "gui/models/order.h"

/* A question that can be asked again. Shared with the worker, which may still be at it when another
 * one is asked. */
typedef struct {
    HgAskFunc ask;
    void *argument;
    GDestroyNotify free_argument;
} Question;

struct _HgListView {
    AdwBin parent;
    GtkWidget *bar, *search, *spinner, *remark, *stack, *step;
    GtkColumnView *columns;
    AdwStatusPage *empty, *error;
    GMenuModel *row_menu;
    GMenu *sort_menu; /* an item for each column */
    GtkWidget *popover;

    HgSession *session;
    HgListModel *model;
    GtkSingleSelection *selection;
    HgJob *list_job, *order_job, *text_job;
    Question *question; /* the last one */
    GFile *target;      /* of the export that runs */

    char *sort_key;
    unsigned sort_column; /* of the model's list, or HG_ORDER_AS_IS */
    bool is_descending, is_setting_columns;
};

enum {
    OPEN,
    SELECTED,
    N_SIGNALS
};
static unsigned signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HgListView, hg_list_view, ADW_TYPE_BIN)

static HgWork *
get_work(HgListView *view)
{
    return hg_session_get_work(view->session);
}

static void
show(HgListView *view, const char *page)
{
    gtk_stack_set_visible_child_name(GTK_STACK(view->stack), page);
    gtk_widget_set_sensitive(view->bar, !g_str_equal(page, "error"));
}

static void
set_busy(HgListView *view, bool is_busy)
{
    gtk_spinner_set_spinning(GTK_SPINNER(view->spinner), is_busy);
}

static void
show_error(HgListView *view, const GError *error)
{
    g_autofree char *text = g_markup_escape_text(error->message, -1);
    adw_status_page_set_description(view->error, text);
    show(view, "error");
}

/* "1,204 of 81,204", and what the list says of itself */
static void
update_remark(HgListView *view)
{
    HgList *list = hg_list_model_get_list(view->model);
    unsigned seen = hg_list_model_count(view->model);
    unsigned all = list ? hg_list_count_rows(list) : 0;
    g_autofree char *seen_text = hg_number_dup_count(seen);
    g_autofree char *all_text = hg_number_dup_count(all);
    g_autofree char *count =
        seen == all ? g_strdup(all_text) : g_strdup_printf("%s of %s", seen_text, all_text);
    const char *remark = list ? hg_list_get_remark(list) : NULL;
    g_autofree char *text = remark ? g_strdup_printf("%s · %s", count, remark) : g_strdup(count);
    gtk_label_set_text(GTK_LABEL(view->remark), text);
    gtk_widget_set_tooltip_text(view->remark, text);
}

/* ---- order ----------------------------------------------------------------------------------- */

typedef struct {
    HgList *list;
    HgOrderOptions options;
    char *filter;
} OrderQuestion;

static void
free_order_question(void *data)
{
    OrderQuestion *question = data;
    hg_list_unref(question->list);
    g_free(question->filter);
    g_free(question);
}

static void *
make_order(HgAsk *ask, void *argument, GError **error)
{
    OrderQuestion *question = argument;
    return hg_order_make(question->list, &question->options, ask, error);
}

static void
free_order(void *order)
{
    g_array_unref(order);
}

/* Returns: the row of the list that is selected, UINT32_MAX for none. */
static uint32_t
get_selected_row(HgListView *view)
{
    HgRow *row = gtk_single_selection_get_selected_item(view->selection);
    uint32_t place;
    return row && hg_row_get_place(row, &place) ? place : UINT32_MAX;
}

static void
on_order(void *answer, const GError *error, void *user_data)
{
    HgListView *view = user_data;
    view->order_job = NULL;
    set_busy(view, false);
    if (!answer) {
        gtk_widget_add_css_class(view->search, "error");
        gtk_widget_set_tooltip_text(view->search, error->message);
        return;
    }
    uint32_t selected = get_selected_row(view);
    hg_list_model_reorder(view->model, answer);
    unsigned place = selected == UINT32_MAX ? UINT_MAX : hg_list_model_find(view->model, selected);
    gtk_single_selection_set_selected(view->selection, place);
    bool is_empty = hg_list_count_rows(hg_list_model_get_list(view->model)) == 0;
    show(view, hg_list_model_count(view->model) ? "rows" : is_empty ? "empty" : "unmatched");
    update_remark(view);
}

static OrderQuestion *
make_order_question(HgListView *view, HgList *list)
{
    OrderQuestion *question = g_new0(OrderQuestion, 1);
    question->list = hg_list_ref(list);
    question->filter = g_strdup(gtk_editable_get_text(GTK_EDITABLE(view->search)));
    question->options = (HgOrderOptions){.column = view->sort_column,
                                         .is_descending = view->is_descending,
                                         .filter = question->filter};
    return question;
}

static void
start_order(HgListView *view)
{
    HgList *list = hg_list_model_get_list(view->model);
    g_clear_pointer(&view->order_job, hg_job_cancel);
    if (!list || !view->session)
        return;
    gtk_widget_remove_css_class(view->search, "error");
    gtk_widget_set_tooltip_text(
        view->search, "text, !text, >=5%, 1000..10000, size:>1MiB; several must all hold");
    set_busy(view, true);
    view->order_job = hg_work_ask(get_work(view), make_order, make_order_question(view, list),
                                  free_order_question, free_order, on_order, view);
}

static void
on_search_changed(HgListView *view)
{
    start_order(view);
}

static void
on_stop_search(HgListView *view)
{
    gtk_editable_set_text(GTK_EDITABLE(view->search), "");
    gtk_widget_grab_focus(GTK_WIDGET(view->columns));
}

static void
clear_filter_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgListView *view = HG_LIST_VIEW(widget);
    gtk_editable_set_text(GTK_EDITABLE(view->search), "");
    gtk_widget_grab_focus(view->search);
}

/* ---- columns -------------------------------------------------------------------------------- */

static GtkColumnViewColumn *
make_column(HgListView *view, const HgList *list, unsigned number)
{
    const HgListColumn *spec = hg_list_get_column(list, number);
    GtkColumnViewColumn *column = hg_list_column_new(view->columns, spec, number, false);
    if (hg_field_is_sortable(spec->kind))
        hg_list_column_make_sortable(column, number);
    return column;
}

static bool
has_same_columns(const HgList *one, const HgList *other)
{
    unsigned count = hg_list_count_columns(one);
    if (count != hg_list_count_columns(other))
        return false;
    for (unsigned i = 0; i < count; i++) {
        const HgListColumn *a = hg_list_get_column(one, i), *b = hg_list_get_column(other, i);
        if (g_strcmp0(a->key, b->key) != 0 || g_strcmp0(a->title, b->title) != 0 ||
            a->kind != b->kind)
            return false;
    }
    return true;
}

/* Headings take no keyboard focus in GTK 4.8: the menu sorts, too. It is no menu in the menu, which
 * would keep the focus when it closes. */
static void
fill_sort_menu(HgListView *view, const HgList *list)
{
    g_menu_remove_all(view->sort_menu);
    for (unsigned i = 0; i < hg_list_count_columns(list); i++) {
        const HgListColumn *column = hg_list_get_column(list, i);
        if (!column->title || !hg_field_is_sortable(column->kind))
            continue;
        g_autoptr(GMenuItem) item = g_menu_item_new(column->title, NULL);
        g_menu_item_set_action_and_target(item, "list.sort", "s", column->key);
        g_menu_append_item(view->sort_menu, item);
    }
}

static void
set_columns(HgListView *view, const HgList *list)
{
    GListModel *columns = gtk_column_view_get_columns(view->columns);
    view->is_setting_columns = true;
    while (g_list_model_get_n_items(columns) > 0) {
        g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item(columns, 0);
        gtk_column_view_remove_column(view->columns, column);
    }
    for (unsigned i = 0; i < hg_list_count_columns(list); i++)
        if (hg_list_get_column(list, i)->title) {
            g_autoptr(GtkColumnViewColumn) column = make_column(view, list, i);
            gtk_column_view_append_column(view->columns, column);
        }
    hg_list_columns_finish(view->columns, list);
    fill_sort_menu(view, list);
    view->sort_column = view->sort_key ? hg_list_find_column(list, view->sort_key) : HG_ORDER_AS_IS;
    if (view->sort_column != HG_ORDER_AS_IS)
        gtk_column_view_sort_by_column(
            view->columns, hg_list_columns_find(view->columns, view->sort_column),
            view->is_descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
    view->is_setting_columns = false;
}

/* Columns are as wide as the font wants them, and so high are rows. */
static void
on_font(HgListView *view)
{
    const HgList *list = hg_list_model_get_list(view->model);
    if (list)
        set_columns(view, list);
}

/* A column of numbers that was not sorted by begins with the biggest. */
static void
on_sorter_changed(HgListView *view)
{
    unsigned column;
    bool is_descending;
    HgList *list = hg_list_model_get_list(view->model);
    if (view->is_setting_columns || !list || !view->columns) /* NULL: the view goes */
        return;
    if (!hg_list_columns_find_sort(view->columns, &column, &is_descending))
        column = HG_ORDER_AS_IS;
    bool is_new = column != view->sort_column && column != HG_ORDER_AS_IS;
    view->sort_column = column;
    if (is_new && !is_descending && hg_field_is_number(hg_list_get_column(list, column)->kind)) {
        view->is_setting_columns = true;
        gtk_column_view_sort_by_column(view->columns, hg_list_columns_find(view->columns, column),
                                       GTK_SORT_DESCENDING);
        view->is_setting_columns = false;
        is_descending = true;
    }
    view->is_descending = is_descending;
    g_free(view->sort_key);
    view->sort_key =
        column == HG_ORDER_AS_IS ? NULL : g_strdup(hg_list_get_column(list, column)->key);
    start_order(view);
}

/* ---- the list -------------------------------------------------------------------------------- */

static void
on_list(void *answer, const GError *error, void *user_data)
{
    HgListView *view = user_data;
    HgList *list = answer, *old = hg_list_model_get_list(view->model);
    view->list_job = NULL;
    set_busy(view, false);
    if (!list) {
        show_error(view, error);
        return;
    }
    bool is_other = !old || !has_same_columns(old, list);
    hg_list_model_set(view->model, list, g_array_new(FALSE, FALSE, sizeof(uint32_t)));
    if (is_other)
        set_columns(view, list);
    start_order(view);
}

static void
clear_question(void *data)
{
    Question *question = data;
    if (question->free_argument)
        question->free_argument(question->argument);
}

static void
unref_question(void *question)
{
    g_atomic_rc_box_release_full(question, clear_question);
}

static void *
make_list(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    return question->ask(ask, question->argument, error);
}

static void
start_list(HgListView *view)
{
    g_clear_pointer(&view->list_job, hg_job_cancel);
    g_clear_pointer(&view->order_job, hg_job_cancel);
    if (!hg_list_model_get_list(view->model))
        show(view, "waiting");
    set_busy(view, true);
    view->list_job = hg_work_ask(get_work(view), make_list, g_atomic_rc_box_acquire(view->question),
                                 unref_question, hg_list_unref, on_list, view);
}

static void
forget_question(HgListView *view)
{
    g_clear_pointer(&view->list_job, hg_job_cancel);
    g_clear_pointer(&view->question, unref_question);
}

void
hg_list_view_ask(HgListView *view, HgSession *session, HgAskFunc ask, void *argument,
                 GDestroyNotify free_argument)
{
    forget_question(view);
    g_set_object(&view->session, session);
    hg_list_model_set_work(view->model, get_work(view));
    view->question = g_atomic_rc_box_new(Question);
    *view->question = (Question){ask, argument, free_argument};
    start_list(view);
}

void
hg_list_view_sort_by(HgListView *view, const char *key, bool is_descending)
{
    g_free(view->sort_key);
    view->sort_key = g_strdup(key);
    view->is_descending = is_descending;
}

void
hg_list_view_set_empty(HgListView *view, const char *title, const char *description)
{
    adw_status_page_set_title(view->empty, title);
    adw_status_page_set_description(view->empty, description);
}

void
hg_list_view_set_way_out(HgListView *view, GtkWidget *buttons)
{
    adw_status_page_set_child(view->empty, buttons);
}

void
hg_list_view_clear(HgListView *view)
{
    forget_question(view);
    g_clear_pointer(&view->order_job, hg_job_cancel);
    hg_list_model_set(view->model, NULL, NULL);
    set_busy(view, false);
    show(view, "empty");
    gtk_widget_set_sensitive(view->bar, FALSE);
    gtk_label_set_text(GTK_LABEL(view->remark), "");
}

void
hg_list_view_set_filter(HgListView *view, const char *filter)
{
    gtk_editable_set_text(GTK_EDITABLE(view->search), filter);
}

void
hg_list_view_begin_search(HgListView *view)
{
    gtk_widget_grab_focus(view->search);
}

HgListModel *
hg_list_view_get_model(HgListView *view)
{
    return view->model;
}

HgRow *
hg_list_view_get_selected(HgListView *view)
{
    return gtk_single_selection_get_selected_item(view->selection);
}

/* ---- what one does with a row ---------------------------------------------------------------- */

static void
open_row(HgListView *view, HgRow *row, bool in_new_tab)
{
    if (row)
        g_signal_emit(view, signals[OPEN], 0, row, in_new_tab);
}

static void
on_activate(HgListView *view, unsigned position)
{
    g_autoptr(HgRow) row = g_list_model_get_item(G_LIST_MODEL(view->selection), position);
    open_row(view, row, false);
}

static void
on_selected(HgListView *view)
{
    HgRow *row = hg_list_view_get_selected(view);
    HgList *list = hg_list_model_get_list(view->model);
    uint32_t object = row ? hg_row_get_object(row) : HG_NONE;
    const char *actions[] = {"list.open", "list.open-tab", "list.copy"};
    for (unsigned i = 0; i < G_N_ELEMENTS(actions); i++)
        gtk_widget_action_set_enabled(GTK_WIDGET(view), actions[i], row != NULL);
    const char *of_objects[] = {"list.copy-address", "list.picture", "list.holders"};
    for (unsigned i = 0; i < G_N_ELEMENTS(of_objects); i++)
        gtk_widget_action_set_enabled(GTK_WIDGET(view), of_objects[i], object != HG_NONE);
    if (view->session && object != HG_NONE)
        hg_session_select(view->session, hg_list_get_shot(list), object);
    g_signal_emit(view, signals[SELECTED], 0);
}

static void
open_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgListView *view = HG_LIST_VIEW(widget);
    open_row(view, hg_list_view_get_selected(view), g_str_equal(name, "list.open-tab"));
}

static void
go_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgListView *view = HG_LIST_VIEW(widget);
    HgRow *row = hg_list_view_get_selected(view);
    const HgShot *shot = hg_list_get_shot(hg_list_model_get_list(view->model));
    if (row && view->session)
        hg_session_go_to(view->session, g_str_equal(name, "list.picture") ? "graph" : "holders",
                         shot, hg_row_get_object(row), NULL);
}

/* The same column once more turns the order round, as a click on its heading does. */
static void
sort_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgListView *view = HG_LIST_VIEW(widget);
    HgList *list = hg_list_model_get_list(view->model);
    unsigned number =
        list ? hg_list_find_column(list, g_variant_get_string(parameter, NULL)) : UINT_MAX;
    if (number == UINT_MAX)
        return;
    bool is_same = number == view->sort_column;
    bool is_descending =
        is_same ? !view->is_descending : hg_field_is_number(hg_list_get_column(list, number)->kind);
    view->is_setting_columns = true; /* else the old column keeps its arrow */
    gtk_column_view_sort_by_column(view->columns, NULL, GTK_SORT_ASCENDING);
    view->is_setting_columns = false;
    gtk_column_view_sort_by_column(view->columns, hg_list_columns_find(view->columns, number),
                                   is_descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
}

static void
again_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgListView *view = HG_LIST_VIEW(widget);
    if (!view->question)
        return;
    hg_work_close_files(get_work(view));
    start_list(view);
}

static void
select_row(HgListView *view, HgRow *row)
{
    uint32_t place;
    if (hg_row_get_place(row, &place))
        gtk_single_selection_set_selected(view->selection, hg_list_model_find(view->model, place));
}

static void
show_menu(HgListView *view, double x, double y)
{
    hg_list_columns_show_menu(view->columns, GTK_WIDGET(view), &view->popover, view->row_menu, x,
                              y);
}

static void
on_pressed(GtkGestureClick *gesture, int n_press, double x, double y, HgListView *view)
{
    unsigned button = gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture));
    HgRow *row = hg_list_columns_pick(view->columns, x, y);
    if (!row || (button != GDK_BUTTON_MIDDLE && button != GDK_BUTTON_SECONDARY))
        return;
    select_row(view, row);
    if (button == GDK_BUTTON_SECONDARY)
        show_menu(view, x, y);
    gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

/* A tab opens when the button is up again: GTK loses count of a row that is hidden while pressed.
 */
static void
on_released(GtkGestureClick *gesture, int n_press, double x, double y, HgListView *view)
{
    HgRow *row = hg_list_columns_pick(view->columns, x, y);
    if (row &&
        gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture)) == GDK_BUTTON_MIDDLE)
        open_row(view, row, true);
}

static void
menu_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgListView *view = HG_LIST_VIEW(widget);
    if (hg_list_view_get_selected(view))
        show_menu(view, 60, 60);
}

/* ---- copy and export ------------------------------------------------------------------------- */

static void
on_text(void *answer, const GError *error, void *user_data)
{
    HgListView *view = user_data;
    g_autoptr(GFile) target = g_steal_pointer(&view->target);
    view->text_job = NULL;
    set_busy(view, false);
    hg_list_export_finish(answer, error, target, GTK_WIDGET(view), view->session);
}

/* [target] NULL: to the clipboard */
static void
start_text(HgListView *view, GArray *rows, HgTextFormat format, GFile *target)
{
    HgList *list = hg_list_ref(hg_list_model_get_list(view->model));
    g_clear_pointer(&view->text_job, hg_job_cancel);
    g_set_object(&view->target, target);
    set_busy(view, true);
    view->text_job = hg_list_export_ask(view->session, list, rows, format, on_text, view);
}

static GArray *
dup_seen_rows(HgListView *view)
{
    GArray *order = hg_list_model_get_order(view->model);
    return order ? g_array_copy(order) : NULL;
}

static void
copy_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgListView *view = HG_LIST_VIEW(widget);
    uint32_t row = get_selected_row(view);
    if (row == UINT32_MAX || !view->session)
        return;
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(rows, row);
    start_text(view, rows, HG_TEXT_TABS, NULL);
}

static void
copy_all_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgListView *view = HG_LIST_VIEW(widget);
    GArray *rows = view->session ? dup_seen_rows(view) : NULL;
    if (rows)
        start_text(view, rows, HG_TEXT_TABS, NULL);
}

static void
copy_address_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgListView *view = HG_LIST_VIEW(widget);
    HgRow *row = hg_list_view_get_selected(view);
    HgList *list = hg_list_model_get_list(view->model);
    unsigned column = list ? hg_list_find_column(list, "address") : UINT_MAX;
    uint32_t place;
    if (!row || column == UINT_MAX || !hg_row_get_place(row, &place))
        return;
    g_autofree char *address = hg_list_dup_cell(list, column, place, true);
    gdk_clipboard_set_text(gtk_widget_get_clipboard(widget), address);
    g_autofree char *message = g_strdup_printf("Copied %s", address);
    hg_session_say(view->session, message);
}

static void
on_export(GFile *file, bool is_json, void *user_data)
{
    HgListView *view = user_data;
    GArray *rows = file && view->session ? dup_seen_rows(view) : NULL;
    if (rows)
        start_text(view, rows, is_json ? HG_TEXT_JSON : HG_TEXT_CSV, file);
    g_object_unref(view);
}

static void
export_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    hg_list_export_choose(widget, on_export, g_object_ref(widget));
}

/* ---- the widget ------------------------------------------------------------------------------ */

static void
hg_list_view_init(HgListView *view)
{
    view->sort_column = HG_ORDER_AS_IS;
    gtk_widget_init_template(GTK_WIDGET(view));
    view->model = hg_list_model_new();
    view->selection = gtk_single_selection_new(g_object_ref(G_LIST_MODEL(view->model)));
    gtk_single_selection_set_autoselect(view->selection, FALSE);
    gtk_single_selection_set_can_unselect(view->selection, TRUE);
    g_signal_connect_object(view->selection, "notify::selected-item", G_CALLBACK(on_selected), view,
                            G_CONNECT_SWAPPED);
    gtk_column_view_set_model(view->columns, GTK_SELECTION_MODEL(view->selection));
    g_signal_connect_object(gtk_column_view_get_sorter(view->columns), "changed",
                            G_CALLBACK(on_sorter_changed), view, G_CONNECT_SWAPPED);
    GtkSettings *settings = gtk_widget_get_settings(GTK_WIDGET(view));
    g_signal_connect_object(settings, "notify::gtk-font-name", G_CALLBACK(on_font), view,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(settings, "notify::gtk-xft-dpi", G_CALLBACK(on_font), view,
                            G_CONNECT_SWAPPED);
    GtkGesture *click = gtk_gesture_click_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), 0);
    gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(click), GTK_PHASE_CAPTURE);
    g_signal_connect(click, "pressed", G_CALLBACK(on_pressed), view);
    g_signal_connect(click, "released", G_CALLBACK(on_released), view);
    gtk_widget_add_controller(GTK_WIDGET(view->columns), GTK_EVENT_CONTROLLER(click));
    on_selected(view);
}

static gboolean
focus(GtkWidget *widget, GtkDirectionType direction)
{
    HgListView *view = HG_LIST_VIEW(widget);
    gboolean moved;
    return hg_list_columns_leave(view->columns, view->bar, direction, &moved)
               ? moved
               : GTK_WIDGET_CLASS(hg_list_view_parent_class)->focus(widget, direction);
}

static void
dispose(GObject *object)
{
    HgListView *view = HG_LIST_VIEW(object);
    forget_question(view);
    g_clear_pointer(&view->order_job, hg_job_cancel);
    g_clear_pointer(&view->text_job, hg_job_cancel);
    g_clear_pointer(&view->popover, gtk_widget_unparent);
    g_clear_object(&view->session);
    g_clear_object(&view->target);
    gtk_widget_dispose_template(GTK_WIDGET(view), HG_TYPE_LIST_VIEW);
    G_OBJECT_CLASS(hg_list_view_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
    HgListView *view = HG_LIST_VIEW(object);
    g_clear_object(&view->selection);
    g_clear_object(&view->model);
    g_free(view->sort_key);
    G_OBJECT_CLASS(hg_list_view_parent_class)->finalize(object);
}

static void
install_actions(GtkWidgetClass *class)
{
    gtk_widget_class_install_action(class, "list.open", NULL, open_action);
    gtk_widget_class_install_action(class, "list.open-tab", NULL, open_action);
    gtk_widget_class_install_action(class, "list.picture", NULL, go_action);
    gtk_widget_class_install_action(class, "list.holders", NULL, go_action);
    gtk_widget_class_install_action(class, "list.copy", NULL, copy_action);
    gtk_widget_class_install_action(class, "list.copy-address", NULL, copy_address_action);
    gtk_widget_class_install_action(class, "list.copy-all", NULL, copy_all_action);
    gtk_widget_class_install_action(class, "list.export", NULL, export_action);
    gtk_widget_class_install_action(class, "list.again", NULL, again_action);
    gtk_widget_class_install_action(class, "list.sort", "s", sort_action);
    gtk_widget_class_install_action(class, "list.clear-filter", NULL, clear_filter_action);
    gtk_widget_class_install_action(class, "list.menu", NULL, menu_action);
    gtk_widget_class_add_binding_action(class, GDK_KEY_c, GDK_CONTROL_MASK, "list.copy", NULL);
    gtk_widget_class_add_binding_action(class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                        "list.copy-all", NULL);
    gtk_widget_class_add_binding_action(class, GDK_KEY_e, GDK_CONTROL_MASK, "list.export", NULL);
    gtk_widget_class_add_binding_action(class, GDK_KEY_Return, GDK_CONTROL_MASK, "list.open-tab",
                                        NULL);
    gtk_widget_class_add_binding_action(class, GDK_KEY_Menu, 0, "list.menu", NULL);
    gtk_widget_class_add_binding_action(class, GDK_KEY_F10, GDK_SHIFT_MASK, "list.menu", NULL);
}

static void
hg_list_view_class_init(HgListViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    G_OBJECT_CLASS(class)->finalize = finalize;
    widget_class->focus = focus;
    signals[OPEN] = g_signal_new("open", HG_TYPE_LIST_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, HG_TYPE_ROW, G_TYPE_BOOLEAN);
    signals[SELECTED] = g_signal_new("selected", HG_TYPE_LIST_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/heapgraph/Viewer/list-view.ui");
    gtk_widget_class_bind_template_child(widget_class, HgListView, bar);
    gtk_widget_class_bind_template_child(widget_class, HgListView, search);
    gtk_widget_class_bind_template_child(widget_class, HgListView, spinner);
    gtk_widget_class_bind_template_child(widget_class, HgListView, remark);
    gtk_widget_class_bind_template_child(widget_class, HgListView, stack);
    gtk_widget_class_bind_template_child(widget_class, HgListView, step);
    gtk_widget_class_bind_template_child(widget_class, HgListView, columns);
    gtk_widget_class_bind_template_child(widget_class, HgListView, empty);
    gtk_widget_class_bind_template_child(widget_class, HgListView, error);
    gtk_widget_class_bind_template_child(widget_class, HgListView, row_menu);
    gtk_widget_class_bind_template_child(widget_class, HgListView, sort_menu);
    gtk_widget_class_bind_template_callback(widget_class, on_search_changed);
    gtk_widget_class_bind_template_callback(widget_class, on_stop_search);
    gtk_widget_class_bind_template_callback(widget_class, on_activate);
    install_actions(widget_class);
}
