/* types-page.c - how many objects of which type. Double click: its objects.
 *
 * The argument of a place is a module, whose types are shown alone; none: all of them.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/types-page.h"

#include "core/questions/types.h"
#include "gui/choice.h"

struct _HgTypesPage {
    HgListPage parent;
    GtkWidget *choice; /* types or modules */
};

G_DEFINE_FINAL_TYPE(HgTypesPage, hg_types_page, HG_TYPE_LIST_PAGE)

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

/* ---- the page ------------------------------------------------------------------------------- */

static bool
is_by_module(HgTypesPage *page)
{
    return hg_choice_get(page->choice) == 1;
}

static void *
dup_question(HgListPage *page, const HgPlace *place)
{
    Question *question = g_new(Question, 1);
    *question = (Question){hg_place_ref(place), is_by_module(HG_TYPES_PAGE(page))};
    return question;
}

static void
show(HgPage *page, const HgPlace *place)
{
    if (place->argument)
        hg_choice_set(HG_TYPES_PAGE(page)->choice, 0);
    HG_PAGE_CLASS(hg_types_page_parent_class)->show(page, place);
}

static HgPlace *
dup_target(HgListPage *page, HgRow *row)
{
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    return hg_place_new(is_by_module(HG_TYPES_PAGE(page)) ? "types" : "objects", here->shot,
                        HG_NONE, hg_row_get_text(row, "type"));
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    g_autofree char *module = place->argument ? g_shell_quote(place->argument) : NULL;
    return g_strconcat("most-common-types --by size -n 0",
                       is_by_module(HG_TYPES_PAGE(page)) ? " --by-module" : "",
                       module ? " --module " : "", module, NULL);
}

static void
hg_types_page_init(HgTypesPage *page)
{
    static const HgChoiceOption options[] = {
        {"Types", "A row for every type"}, {"Modules", "A row for all types of a module"}, {0}};
    HgListView *view = hg_list_page_get_view(HG_LIST_PAGE(page));
    page->choice = hg_choice_new(options, G_CALLBACK(hg_list_page_ask), page);
    hg_list_page_set_top(HG_LIST_PAGE(page), page->choice);
    hg_list_view_sort_by(view, "size", true);
    hg_list_view_set_empty(view, "No Type", "There is no object in this heap.");
}

static void
hg_types_page_class_init(HgTypesPageClass *class)
{
    HG_PAGE_CLASS(class)->show = show;
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    HG_LIST_PAGE_CLASS(class)->ask = list_types;
    HG_LIST_PAGE_CLASS(class)->dup_question = dup_question;
    HG_LIST_PAGE_CLASS(class)->free_question = free_question;
    HG_LIST_PAGE_CLASS(class)->dup_target = dup_target;
}
