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

#define PAGE 100

struct _HgHoldersPage {
    HgPage parent;
    GtkWidget *bar, *about, *spinner;
    GtkStack *stack;
    AdwStatusPage *error;
    GtkColumnView *columns;
    GtkTreeListModel *tree;
    GtkSingleSelection *selection;
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
    return hg_object_list_make(ask, place->shot, g_steal_pointer(&objects),
                               HG_OBJECTS_WITH_LABEL | HG_OBJECTS_FEW, labels, error);
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

static void
load_more(HgHoldersPage *page, unsigned position)
{
    g_autoptr(GtkTreeListRow) row = gtk_tree_list_model_get_row(page->tree, position);
    g_autoptr(GtkTreeListRow) parent = gtk_tree_list_row_get_parent(row);
    GListModel *model =
        parent ? gtk_tree_list_row_get_children(parent) : gtk_tree_list_model_get_model(page->tree);
    Level *level = g_object_get_data(G_OBJECT(model), "level");
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

/* Returns: the rows that are seen, tabs between the cells; g_free(). */
static char *
dup_text(HgHoldersPage *page)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(page->tree)); i++) {
        g_autoptr(GtkTreeListRow) tree_row = gtk_tree_list_model_get_row(page->tree, i);
        g_autoptr(HgRow) row = gtk_tree_list_row_get_item(tree_row);
        uint32_t place;
        HgList *list = hg_row_get_place(row, &place);
        g_string_append_printf(text, "%*s", (int)gtk_tree_list_row_get_depth(tree_row) * 2, "");
        for (unsigned column = 0; list && column < hg_list_count_columns(list); column++) {
            g_autofree char *cell = hg_row_dup_cell(row, column);
            g_string_append_printf(text, "%s%s", column ? "\t" : "", cell);
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
copy_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgHoldersPage *page = HG_HOLDERS_PAGE(widget);
    if (!page->tree)
        return;
    g_autofree char *text = dup_text(page);
    gdk_clipboard_set_text(gtk_widget_get_clipboard(widget), text);
    hg_session_say(hg_page_get_session(HG_PAGE(page)), "Copied");
}

static void
on_export(GFile *file, bool is_json, void *user_data)
{
    HgHoldersPage *page = user_data;
    if (file && page->tree)
        hg_list_export_save(file, dup_text(page), hg_page_get_session(HG_PAGE(page)));
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
    bool is_whole = place->object == HG_NONE;
    gtk_label_set_text(GTK_LABEL(self->about),
                       is_whole ? "What only roots hold, and what that holds"
                                : "What the object holds: what would go away with it");
    gtk_stack_set_visible_child_name(self->stack, "tree");
    set_root(self, open_level(self, place->object));
    g_signal_connect_object(self->selection, "notify::selected", G_CALLBACK(on_selected), self,
                            G_CONNECT_SWAPPED);
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    return place->object == HG_NONE ? g_strdup("dominators --depth 1 --fold 0 -n 100") : NULL;
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
    gtk_widget_dispose_template(GTK_WIDGET(page), HG_TYPE_HOLDERS_PAGE);
    g_clear_object(&page->selection);
    G_OBJECT_CLASS(hg_holders_page_parent_class)->dispose(object);
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
    gtk_widget_class_bind_template_callback(widget_class, on_activate);
    gtk_widget_class_bind_template_callback(widget_class, on_whole);
    gtk_widget_class_install_action(widget_class, "holders.copy", NULL, copy_action);
    gtk_widget_class_install_action(widget_class, "holders.export", NULL, export_action);
}
