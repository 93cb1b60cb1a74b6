/* types-page.c - how many objects of which type. Double click: its objects.
 *
 * The argument of a place is a module, whose types are shown alone; none: all of them.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/types-page.h"

#include "core/questions/types.h"
#include "gui/list-view.h"

struct _HgTypesPage {
    HgPage parent;
    HgListView *list;
    GtkToggleButton *by_type, *by_module;
};

G_DEFINE_FINAL_TYPE(HgTypesPage, hg_types_page, HG_TYPE_PAGE)

static const HgListColumn columns[] = {
    {"type", "Type", HG_FIELD_TEXT, 0, NULL},
    {"count", "Count", HG_FIELD_COUNT, 10, "objects of this type"},
    {"garbage", "Garbage", HG_FIELD_COUNT, 9, "of these, no root reaches so many"},
    {"size", "Size", HG_FIELD_SIZE, 10, "of the objects alone"},
    {"size-share", "Of Heap", HG_FIELD_SHARE, 9, "of the size of the heap"},
    {"retained", "Retained", HG_FIELD_SIZE, 10, "what would go away with all of them"},
    {"retained-share", "Share", HG_FIELD_SHARE, 9, "of the size of the heap"},
};

typedef struct {
    HgPlace *place;
    bool by_module;
} Question;

static void
free_question(void *data)
{
    Question *question = data;
    hg_place_unref(question->place);
    g_free(question);
}

static uint64_t
get_known(uint64_t number)
{
    return number == HG_UNKNOWN ? HG_LIST_UNKNOWN : number;
}

static void
add_row(HgList *list, const HgTypesRow *row)
{
    const HgTypeCount *count = &row->in[0];
    hg_list_begin_row(list, HG_NONE);
    hg_list_add_text(list, row->name);
    hg_list_add_number(list, count->count);
    hg_list_add_number(list, count->garbage);
    hg_list_add_number(list, count->size);
    hg_list_add_number(list, count->size);
    hg_list_add_number(list, get_known(count->retained));
    hg_list_add_number(list, get_known(count->retained));
}

static void *
list_types(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    const HgShot *shot = question->place->shot;
    HgTypesOptions options = {.order = HG_BY_SIZE, .module = question->place->argument};
    options.names = question->by_module ? HG_NAMES_MODULE : HG_NAMES_FULL;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, shot, error);
    g_autoptr(HgTypes) types = snapshot ? hg_types_list(snapshot, &options, error) : NULL;
    if (!types)
        return NULL;
    HgList *list = hg_list_new(columns, G_N_ELEMENTS(columns), shot);
    for (unsigned i = 0; i < types->rows->len; i++)
        add_row(list, types->rows->pdata[i]);
    for (unsigned i = 3; i < G_N_ELEMENTS(columns); i++)
        hg_list_set_total(list, i, shot->info.size);
    if (question->place->argument) {
        g_autofree char *remark = g_strdup_printf("in %s", question->place->argument);
        hg_list_set_remark(list, remark);
    }
    return list;
}

static void
ask(HgTypesPage *page)
{
    const HgPlace *place = hg_page_get_place(HG_PAGE(page));
    if (!place)
        return;
    Question *question = g_new(Question, 1);
    *question = (Question){hg_place_ref(place), gtk_toggle_button_get_active(page->by_module)};
    hg_list_view_ask(page->list, hg_page_get_session(HG_PAGE(page)), list_types, question,
                     free_question);
}

static void
show(HgPage *page, const HgPlace *place)
{
    HgTypesPage *self = HG_TYPES_PAGE(page);
    if (place->argument)
        gtk_toggle_button_set_active(self->by_type, TRUE);
    ask(self);
}

static void
on_toggled(HgTypesPage *page)
{
    ask(page);
}

static void
on_open(HgTypesPage *page, HgRow *row, gboolean in_new_tab)
{
    bool is_module = gtk_toggle_button_get_active(page->by_module);
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    g_autoptr(HgPlace) place = hg_place_new(is_module ? "types" : "objects", here->shot, HG_NONE,
                                            hg_row_get_text(row, "type"));
    hg_session_go(hg_page_get_session(HG_PAGE(page)), place, in_new_tab);
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    HgTypesPage *self = HG_TYPES_PAGE(page);
    g_autofree char *module = place->argument ? g_shell_quote(place->argument) : NULL;
    return g_strconcat("most-common-types --by size -n 0",
                       gtk_toggle_button_get_active(self->by_module) ? " --by-module" : "",
                       module ? " --module " : "", module, NULL);
}

static void
begin_search(HgPage *page)
{
    hg_list_view_begin_search(HG_TYPES_PAGE(page)->list);
}

static void
hg_types_page_init(HgTypesPage *page)
{
    g_type_ensure(HG_TYPE_LIST_VIEW);
    gtk_widget_init_template(GTK_WIDGET(page));
    hg_list_view_sort_by(page->list, "size", true);
    hg_list_view_set_empty(page->list, "No Type Matches", "Change or clear the filter.");
}

static void
dispose(GObject *object)
{
    gtk_widget_dispose_template(GTK_WIDGET(object), HG_TYPE_TYPES_PAGE);
    G_OBJECT_CLASS(hg_types_page_parent_class)->dispose(object);
}

static void
hg_types_page_class_init(HgTypesPageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    HG_PAGE_CLASS(class)->show = show;
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    HG_PAGE_CLASS(class)->begin_search = begin_search;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/heapgraph/Viewer/pages/types-page.ui");
    gtk_widget_class_bind_template_child(widget_class, HgTypesPage, list);
    gtk_widget_class_bind_template_child(widget_class, HgTypesPage, by_type);
    gtk_widget_class_bind_template_child(widget_class, HgTypesPage, by_module);
    gtk_widget_class_bind_template_callback(widget_class, on_toggled);
    gtk_widget_class_bind_template_callback(widget_class, on_open);
}
