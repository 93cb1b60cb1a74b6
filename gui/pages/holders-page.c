/* holders-page.c - the tree of holders: what keeps what.
 *
 * A level is asked for when it is opened, the biggest first and PAGE of them at a time; the rest is
 * a row "1,204 more" that brings the next ones. The object of a place is where the tree begins;
 * none: what only roots hold.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/holders-page.h"

#include "core/numbers.h"
#include "core/questions/holders.h"
#include "core/questions/roots.h"
#include "gui/list-columns.h"
#include "gui/list-export.h"
#include "gui/models/list-model.h"
#include "gui/models/object-list.h"

#include <inttypes.h>

#define PAGE 100

struct _HgHoldersPage {
    HgPage parent;
    GtkWidget *bar, *about, *spinner;
    GtkStack *stack;
    AdwStatusPage *error;
    GtkColumnView *columns;
    GtkTreeListModel *tree;
    GtkSingleSelection *selection;
    GMenuModel *row_menu;
    GtkWidget *popover;
    HgJob *text_job;
    GFile *target;     /* of the export that runs */
    char *holder;      /* the address of the object that the tree begins with, or NULL */
    GPtrArray *levels; /* Level: those that are open */
    unsigned n_running;
};

/* The children of one holder. */
typedef struct {
    HgHoldersPage *page; /* borrowed, NULL once it is gone */
    HgListModel *model;  /* borrowed: the level lives as long as its model */
    HgPlace *place;      /* its object is the holder, or HG_NONE */
    uint64_t limit;
    HgJob *job;
} Level;

G_DEFINE_FINAL_TYPE(HgHoldersPage, hg_holders_page, HG_TYPE_PAGE)

/* ---- in the worker ----------------------------------------------------------------------------
 */

typedef struct {
    HgPlace *place;
    uint64_t limit;
} Question;

static void
free_question(void *data)
{
    Question *question = data;
    hg_place_unref(question->place);
    g_free(question);
}

/* Returns: ".cache dict", "module", "… 1,204 more"; g_free(). */
static char *
dup_label(HgSnapshot *snapshot, const HgHoldersLine *line, GError **error)
{
    HgRootRow *const *roots;
    HgObject object;
    unsigned n_roots;
    if (line->object == HG_NONE) {
        g_autofree char *count = hg_number_dup_count(line->count);
        return g_strdup_printf("… %s more", count);
    }
    if (!hg_object_read(snapshot, line->object, &object, error) ||
        !hg_roots_find(snapshot, line->object, &roots, &n_roots, error))
        return NULL;
    if (line->label)
        return g_strdup_printf("%s  %s", line->label, object.type->name);
    if (n_roots == 0 || roots[0]->kind == HG_ROOT_MODULE)
        return g_strdup(object.type->name);
    g_autofree char *root = hg_root_dup_text(snapshot, roots[0], error);
    return root ? g_strdup_printf("%s  %s", root, object.type->name) : NULL;
}

static void *
list_held(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    const HgPlace *place = question->place;
    const HgHoldersOptions options = {.depth = 1, .width = question->limit};
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, place->shot, error);
    g_autoptr(GPtrArray) lines =
        snapshot ? hg_holders_make_tree(snapshot, place->object, &options, error) : NULL;
    if (!lines)
        return NULL;
    uint64_t address;
    if (place->object != HG_NONE &&
        !hg_snapshot_get(snapshot, HG_COLUMN_ADDRESS, place->object, &address, error))
        return NULL;
    g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < lines->len; i++) {
        const HgHoldersLine *line = lines->pdata[i];
        char *label = dup_label(snapshot, line, error);
        if (!label)
            return NULL;
        g_ptr_array_add(labels, label);
        g_array_append_val(objects, line->object);
    }
    HgList *list = hg_object_list_make(ask, place->shot, g_steal_pointer(&objects),
                                       HG_OBJECTS_WITH_LABEL | HG_OBJECTS_FEW, labels, error);
    if (list && place->object != HG_NONE) { /* what the list says of itself is whose it is */
        g_autofree char *holder = g_strdup_printf("0x%" PRIx64, address);
        hg_list_set_remark(list, holder);
    }
    return list;
}

/* ---- levels -------------------------------------------------------------------------------------
 */

static void
count_running(HgHoldersPage *page, int change)
{
    page->n_running += (unsigned)change;
    gtk_spinner_set_spinning(GTK_SPINNER(page->spinner), page->n_running > 0);
}

static void
set_columns(HgHoldersPage *page, const HgList *list)
{
    GListModel *columns = gtk_column_view_get_columns(page->columns);
    if (g_list_model_get_n_items(columns) > 0)
        return;
    for (unsigned i = 0; i < hg_list_count_columns(list); i++) {
        HgListColumn spec = *hg_list_get_column(list, i);
        if (!spec.title)
            continue;
        if (i == 0) {
            spec.title = "Object";
            spec.width = 36;
        }
        g_autoptr(GtkColumnViewColumn) column = hg_list_column_new(page->columns, &spec, i, i == 0);
        gtk_column_view_append_column(page->columns, column);
    }
    hg_list_columns_finish(page->columns, list);
}

/* The row "more" goes before the objects come: one that stood there would stay without children. */
static void
drop_more(HgListModel *model)
{
    unsigned count = g_list_model_get_n_items(G_LIST_MODEL(model));
    g_autoptr(HgRow) last = count ? g_list_model_get_item(G_LIST_MODEL(model), count - 1) : NULL;
    if (!last || hg_row_get_object(last) != HG_NONE)
        return;
    GArray *shorter = g_array_copy(hg_list_model_get_order(model));
    g_array_set_size(shorter, count - 1);
    hg_list_model_reorder(model, shorter);
}

/* [holder] is the address of the object that the tree begins with, or NULL. */
static void
show_holder(HgHoldersPage *page, const char *holder)
{
    g_autofree char *text =
        holder ? g_strdup_printf("What %s holds: what would go away with it", holder)
               : g_strdup("What only roots hold, and what that holds");
    gtk_label_set_text(GTK_LABEL(page->about), text);
    g_free(page->holder);
    page->holder = g_strdup(holder);
}

static void
on_held(void *answer, const GError *error, void *user_data)
{
    Level *level = user_data;
    HgHoldersPage *page = level->page;
    HgList *list = answer;
    level->job = NULL;
    count_running(page, -1);
    if (!list) {
        g_autofree char *text = g_markup_escape_text(error->message, -1);
        adw_status_page_set_description(page->error, text);
        gtk_stack_set_visible_child_name(page->stack, "error");
        return;
    }
    GArray *order = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t i = 0; i < hg_list_count_rows(list); i++)
        g_array_append_val(order, i);
    if (hg_place_equal(level->place, hg_page_get_place(HG_PAGE(page))))
        show_holder(page, hg_list_get_remark(list));
    set_columns(page, list);
    drop_more(level->model);
    hg_list_model_set(level->model, list, order);
}

static void
ask(Level *level)
{
    HgWork *work = hg_session_get_work(hg_page_get_session(HG_PAGE(level->page)));
    Question *question = g_new(Question, 1);
    *question = (Question){hg_place_ref(level->place), level->limit};
    count_running(level->page, 1);
    level->job =
        hg_work_ask(work, list_held, question, free_question, hg_list_unref, on_held, level);
}

static void
free_level(void *data)
{
    Level *level = data;
    if (level->page) {
        g_ptr_array_remove_fast(level->page->levels, level);
        if (level->job)
            count_running(level->page, -1);
    }
    hg_job_cancel(level->job);
    hg_place_unref(level->place);
    g_free(level);
}

static GListModel *
open_level(HgHoldersPage *page, uint32_t holder)
{
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    Level *level = g_new0(Level, 1);
    level->page = page;
    level->model = hg_list_model_new();
    level->place = hg_place_new("holders", here->shot, holder, NULL);
    level->limit = PAGE;
    hg_list_model_set_work(level->model, hg_session_get_work(hg_page_get_session(HG_PAGE(page))));
    g_object_set_data_full(G_OBJECT(level->model), "level", level, free_level);
    g_ptr_array_add(page->levels, level);
    ask(level);
    return G_LIST_MODEL(level->model);
}

/* An object that retains more than its own size is the holder of something. */
static GListModel *
on_expand(void *item, void *user_data)
{
    HgHoldersPage *page = user_data;
    uint32_t place;
    HgList *list = hg_row_get_place(item, &place);
    uint32_t object = list ? hg_list_get_object(list, place) : HG_NONE;
    if (object == HG_NONE)
        return NULL;
    uint64_t size = hg_list_get_number(list, hg_list_find_column(list, "size"), place);
    uint64_t retained = hg_list_get_number(list, hg_list_find_column(list, "retained"), place);
    return retained > size ? open_level(page, object) : NULL;
}

static void
set_root(HgHoldersPage *page, GListModel *root)
{
    page->tree = gtk_tree_list_model_new(root, FALSE, FALSE, on_expand, page, NULL);
    g_clear_object(&page->selection);
    page->selection = gtk_single_selection_new(G_LIST_MODEL(page->tree)); /* which owns it */
    gtk_single_selection_set_autoselect(page->selection, FALSE);
    gtk_single_selection_set_can_unselect(page->selection, TRUE);
    gtk_column_view_set_model(page->columns, GTK_SELECTION_MODEL(page->selection));
}

/* ---- what one does
 * ------------------------------------------------------------------------------- */

static HgRow *
get_row(HgHoldersPage *page, unsigned position)
{
    g_autoptr(GtkTreeListRow) row = gtk_tree_list_model_get_row(page->tree, position);
    return row ? gtk_tree_list_row_get_item(row) : NULL;
}

static Level *
get_level(GListModel *model)
{
    return g_object_get_data(G_OBJECT(model), "level");
}

static void
load_more(HgHoldersPage *page, unsigned position)
{
    g_autoptr(GtkTreeListRow) row = gtk_tree_list_model_get_row(page->tree, position);
    g_autoptr(GtkTreeListRow) parent = gtk_tree_list_row_get_parent(row);
    GListModel *model =
        parent ? gtk_tree_list_row_get_children(parent) : gtk_tree_list_model_get_model(page->tree);
    Level *level = get_level(model);
    if (level->job)
        return;
    level->limit *= 10;
    ask(level);
}

static void
on_activate(HgHoldersPage *page, unsigned position)
{
    g_autoptr(HgRow) row = get_row(page, position);
    uint32_t object = row ? hg_row_get_object(row) : HG_NONE;
    if (object != HG_NONE)
        hg_page_go(HG_PAGE(page), "object", object, NULL);
    else if (row)
        load_more(page, position);
}

static void
on_selected(HgHoldersPage *page)
{
    unsigned position = gtk_single_selection_get_selected(page->selection);
    g_autoptr(HgRow) row = position == GTK_INVALID_LIST_POSITION ? NULL : get_row(page, position);
    uint32_t object = row ? hg_row_get_object(row) : HG_NONE;
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    if (object != HG_NONE)
        hg_session_select(hg_page_get_session(HG_PAGE(page)), here->shot, object);
}

static void
on_whole(HgHoldersPage *page)
{
    hg_page_go(HG_PAGE(page), "holders", HG_NONE, NULL);
}

/* ---- what one does with a row ------------------------------------------------------------------
 */

/* Returns: the row that is selected, g_object_unref(); NULL if there is none. */
static HgRow *
dup_selected(HgHoldersPage *page)
{
    unsigned position =
        page->selection ? gtk_single_selection_get_selected(page->selection) : UINT_MAX;
    return position == GTK_INVALID_LIST_POSITION ? NULL : get_row(page, position);
}

static void
go_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    static const char *const pages[][2] = {{"holders.open", "object"},
                                           {"holders.open-tab", "object"},
                                           {"holders.picture", "graph"},
                                           {"holders.below", "holders"}};
    HgPage *page = HG_PAGE(widget);
    g_autoptr(HgRow) row = dup_selected(HG_HOLDERS_PAGE(widget));
    for (unsigned i = 0; row && i < G_N_ELEMENTS(pages); i++) {
        if (!g_str_equal(name, pages[i][0]))
            continue;
        g_autoptr(HgPlace) place =
            hg_place_new(pages[i][1], hg_page_get_place(page)->shot, hg_row_get_object(row), NULL);
        hg_session_go(hg_page_get_session(page), place, g_str_equal(name, "holders.open-tab"));
    }
}

static void
select_row(HgHoldersPage *page, HgRow *row)
{
    unsigned count = g_list_model_get_n_items(G_LIST_MODEL(page->tree));
    for (unsigned i = 0; i < count; i++) {
        g_autoptr(HgRow) other = get_row(page, i);
        if (other == row) {
            gtk_single_selection_set_selected(page->selection, i);
            return;
        }
    }
}

static void
on_pressed(GtkGestureClick *gesture, int n_press, double x, double y, HgHoldersPage *page)
{
    unsigned button = gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture));
    HgRow *row = hg_list_columns_pick(page->columns, x, y);
    if (!row || (button != GDK_BUTTON_MIDDLE && button != GDK_BUTTON_SECONDARY))
        return;
    select_row(page, row);
    if (hg_row_get_object(row) != HG_NONE && button == GDK_BUTTON_SECONDARY)
        hg_list_columns_show_menu(page->columns, GTK_WIDGET(page), &page->popover, page->row_menu,
                                  x, y);
    gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

/* A tab opens when the button is up again: GTK loses count of a row that is hidden while pressed.
 */
static void
on_released(GtkGestureClick *gesture, int n_press, double x, double y, HgHoldersPage *page)
{
    HgRow *row = hg_list_columns_pick(page->columns, x, y);
    if (row && hg_row_get_object(row) != HG_NONE &&
        gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture)) == GDK_BUTTON_MIDDLE)
        go_action(GTK_WIDGET(page), "holders.open-tab", NULL);
}

static void
menu_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgHoldersPage *page = HG_HOLDERS_PAGE(widget);
    g_autoptr(HgRow) row = dup_selected(page);
    if (row && hg_row_get_object(row) != HG_NONE)
        hg_list_columns_show_menu(page->columns, widget, &page->popover, page->row_menu, 60, 60);
}

/* ---- copy and export
 * ----------------------------------------------------------------------------- */

/* Returns: the rows of the tree that are open, from the [first] on and so many, as a list with a
 * column "depth" before the others; NULL if there is none. */
static HgList *
flatten(HgHoldersPage *page, unsigned first, unsigned count)
{
    static const HgListColumn depth = {"depth", "Depth", HG_FIELD_NUMBER, 6, NULL};
    HgList *flat = NULL;
    unsigned end = MIN((uint64_t)first + count, g_list_model_get_n_items(G_LIST_MODEL(page->tree)));
    for (unsigned i = first; i < end; i++) {
        g_autoptr(GtkTreeListRow) tree_row = gtk_tree_list_model_get_row(page->tree, i);
        g_autoptr(HgRow) row = gtk_tree_list_row_get_item(tree_row);
        uint32_t place;
        HgList *list = hg_row_get_place(row, &place);
        if (!list)
            continue;
        if (!flat) {
            unsigned n_columns = hg_list_count_columns(list);
            g_autofree HgListColumn *columns = g_new(HgListColumn, n_columns + 1);
            columns[0] = depth;
            for (unsigned j = 0; j < n_columns; j++)
                columns[j + 1] = *hg_list_get_column(list, j);
            flat = hg_list_new(columns, n_columns + 1, hg_list_get_shot(list));
        }
        hg_list_begin_row(flat, hg_list_get_object(list, place));
        hg_list_add_signed(flat, gtk_tree_list_row_get_depth(tree_row) + 1);
        hg_list_add_cells(flat, list, place);
    }
    return flat;
}

static void
on_text(void *answer, const GError *error, void *user_data)
{
    HgHoldersPage *page = user_data;
    g_autoptr(GFile) target = g_steal_pointer(&page->target);
    page->text_job = NULL;
    hg_list_export_finish(answer, error, target, GTK_WIDGET(page),
                          hg_page_get_session(HG_PAGE(page)));
}

/* [target] NULL: to the clipboard */
static void
start_text(HgHoldersPage *page, unsigned first, unsigned count, HgTextFormat format, GFile *target)
{
    HgList *list = page->tree ? flatten(page, first, count) : NULL;
    if (!list)
        return;
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t i = 0; i < hg_list_count_rows(list); i++)
        g_array_append_val(rows, i);
    g_clear_pointer(&page->text_job, hg_job_cancel);
    g_set_object(&page->target, target);
    page->text_job =
        hg_list_export_ask(hg_page_get_session(HG_PAGE(page)), list, rows, format, on_text, page);
}

static void
copy_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgHoldersPage *page = HG_HOLDERS_PAGE(widget);
    unsigned selected =
        page->selection ? gtk_single_selection_get_selected(page->selection) : UINT_MAX;
    if (g_str_equal(name, "holders.copy"))
        start_text(page, 0, UINT_MAX, HG_TEXT_TABS, NULL);
    else if (selected != GTK_INVALID_LIST_POSITION)
        start_text(page, selected, 1, HG_TEXT_TABS, NULL);
}

static void
copy_address_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    g_autoptr(HgRow) row = dup_selected(HG_HOLDERS_PAGE(widget));
    uint32_t place;
    HgList *list = row ? hg_row_get_place(row, &place) : NULL;
    unsigned column = list ? hg_list_find_column(list, "address") : UINT_MAX;
    if (column == UINT_MAX)
        return;
    g_autofree char *address = hg_list_dup_cell(list, column, place, true);
    g_autofree char *message = g_strdup_printf("Copied %s", address);
    gdk_clipboard_set_text(gtk_widget_get_clipboard(widget), address);
    hg_session_say(hg_page_get_session(HG_PAGE(widget)), message);
}

static void
on_export(GFile *file, bool is_json, void *user_data)
{
    HgHoldersPage *page = user_data;
    if (file && hg_page_get_session(HG_PAGE(page)))
        start_text(page, 0, UINT_MAX, is_json ? HG_TEXT_JSON : HG_TEXT_CSV, file);
    g_object_unref(page);
}

static void
export_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    hg_list_export_choose(widget, on_export, g_object_ref(widget));
}

/* ---- the page
 * -------------------------------------------------------------------------------------- */

static void
show(HgPage *page, const HgPlace *place)
{
    HgHoldersPage *self = HG_HOLDERS_PAGE(page);
    gtk_label_set_text(GTK_LABEL(self->about), "");
    g_clear_pointer(&self->holder, g_free);
    gtk_stack_set_visible_child_name(self->stack, "tree");
    set_root(self, open_level(self, place->object));
    g_signal_connect_object(self->selection, "notify::selected", G_CALLBACK(on_selected), self,
                            G_CONNECT_SWAPPED);
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    HgHoldersPage *self = HG_HOLDERS_PAGE(page);
    const char *holder = self->holder;
    if (!self->tree || (place->object != HG_NONE && !holder))
        return NULL;
    const Level *first = get_level(gtk_tree_list_model_get_model(self->tree));
    return g_strdup_printf("dominators --depth 1 --fold 0 -n %" PRIu64 "%s%s", first->limit,
                           holder ? " " : "", holder ? holder : "");
}

static gboolean
focus(GtkWidget *widget, GtkDirectionType direction)
{
    HgHoldersPage *page = HG_HOLDERS_PAGE(widget);
    gboolean moved;
    return hg_list_columns_leave(page->columns, page->bar, direction, &moved)
               ? moved
               : GTK_WIDGET_CLASS(hg_holders_page_parent_class)->focus(widget, direction);
}

static void
hg_holders_page_init(HgHoldersPage *page)
{
    page->levels = g_ptr_array_new();
    gtk_widget_init_template(GTK_WIDGET(page));
    GtkGesture *click = gtk_gesture_click_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), 0);
    gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(click), GTK_PHASE_CAPTURE);
    g_signal_connect(click, "pressed", G_CALLBACK(on_pressed), page);
    g_signal_connect(click, "released", G_CALLBACK(on_released), page);
    gtk_widget_add_controller(GTK_WIDGET(page->columns), GTK_EVENT_CONTROLLER(click));
}

static void
dispose(GObject *object)
{
    HgHoldersPage *page = HG_HOLDERS_PAGE(object);
    for (unsigned i = 0; page->levels && i < page->levels->len; i++) {
        Level *level = page->levels->pdata[i];
        g_clear_pointer(&level->job, hg_job_cancel);
        level->page = NULL;
    }
    g_clear_pointer(&page->levels, g_ptr_array_unref);
    g_clear_pointer(&page->text_job, hg_job_cancel);
    g_clear_pointer(&page->popover, gtk_widget_unparent);
    g_clear_object(&page->target);
    g_clear_pointer(&page->holder, g_free);
    gtk_widget_dispose_template(GTK_WIDGET(page), HG_TYPE_HOLDERS_PAGE);
    g_clear_object(&page->selection);
    G_OBJECT_CLASS(hg_holders_page_parent_class)->dispose(object);
}

static void
install_actions(GtkWidgetClass *class)
{
    static const struct {
        const char *action;
        GtkWidgetActionActivateFunc activate;
        unsigned key;
        GdkModifierType state;
    } actions[] = {
        {"holders.open", go_action, 0, 0},
        {"holders.open-tab", go_action, GDK_KEY_Return, GDK_CONTROL_MASK},
        {"holders.picture", go_action, 0, 0},
        {"holders.below", go_action, 0, 0},
        {"holders.copy-row", copy_action, GDK_KEY_c, GDK_CONTROL_MASK},
        {"holders.copy-address", copy_address_action, 0, 0},
        {"holders.copy", copy_action, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK},
        {"holders.export", export_action, GDK_KEY_e, GDK_CONTROL_MASK},
        {"holders.menu", menu_action, GDK_KEY_Menu, 0},
        {"holders.menu", menu_action, GDK_KEY_F10, GDK_SHIFT_MASK},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(actions); i++) {
        gtk_widget_class_install_action(class, actions[i].action, NULL, actions[i].activate);
        if (actions[i].key)
            gtk_widget_class_add_binding_action(class, actions[i].key, actions[i].state,
                                                actions[i].action, NULL);
    }
}

static void
hg_holders_page_class_init(HgHoldersPageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    widget_class->focus = focus;
    HG_PAGE_CLASS(class)->show = show;
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/heapgraph/Viewer/pages/holders-page.ui");
    gtk_widget_class_bind_template_child(widget_class, HgHoldersPage, bar);
    gtk_widget_class_bind_template_child(widget_class, HgHoldersPage, about);
    gtk_widget_class_bind_template_child(widget_class, HgHoldersPage, spinner);
    gtk_widget_class_bind_template_child(widget_class, HgHoldersPage, stack);
    gtk_widget_class_bind_template_child(widget_class, HgHoldersPage, error);
    gtk_widget_class_bind_template_child(widget_class, HgHoldersPage, columns);
    gtk_widget_class_bind_template_child(widget_class, HgHoldersPage, row_menu);
    gtk_widget_class_bind_template_callback(widget_class, on_activate);
    gtk_widget_class_bind_template_callback(widget_class, on_whole);
    install_actions(widget_class);
}
