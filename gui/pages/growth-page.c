/* growth-page.c - what there is more of than before, over all snapshots. Double click: the new
 * ones. SPDX-License-Identifier: MIT */
#include "gui/pages/growth-page.h"

#include "core/questions/new-objects.h"
#include "core/questions/types.h"
#include "gui/choice.h"

struct _HgGrowthPage {
    HgListPage parent;
    GtkWidget *choice; /* HgGrowthKind, in the order of its options */
};

G_DEFINE_FINAL_TYPE(HgGrowthPage, hg_growth_page, HG_TYPE_LIST_PAGE)

static const HgListColumn columns[] = {
    {"type", "Type", HG_FIELD_TEXT, 0, NULL},
    {"series", "Objects", HG_FIELD_SERIES, 12, "how many objects, from snapshot to snapshot"},
    {"before", "Before", HG_FIELD_COUNT, 9, "objects in the first snapshot"},
    {"after", "After", HG_FIELD_COUNT, 9, "objects in the last snapshot"},
    {"growth", "Growth", HG_FIELD_COUNT_GROWTH, 9, "how many more objects"},
    {"size-growth", "Size", HG_FIELD_SIZE_GROWTH, 11, "how many more bytes, of the objects alone"},
    {"new", "New", HG_FIELD_COUNT, 8, "objects that were not there before"},
    {"gone", "Gone", HG_FIELD_COUNT, 8, "objects that are not there any more"},
};

typedef struct {
    HgPlace *place;
    GPtrArray *shots; /* HgShot, the first to the last that is looked at */
    HgGrowthKind kind;
} Question;

static void
free_question(void *data)
{
    Question *question = data;
    hg_place_unref(question->place);
    g_ptr_array_unref(question->shots);
    g_free(question);
}

static void
add_row(HgList *list, const HgTypes *types, const HgTypesRow *row, bool counts_new)
{
    g_autofree double *points = g_new(double, types->n_snapshots);
    for (unsigned i = 0; i < types->n_snapshots; i++)
        points[i] = (double)hg_growth_get_live(&row->in[i], HG_BY_COUNT);
    hg_list_begin_row(list, HG_NONE);
    hg_list_add_text(list, row->name);
    hg_list_add_series(list, points, types->n_snapshots);
    hg_list_add_number(list, hg_growth_get_before(types, row, HG_BY_COUNT));
    hg_list_add_number(list, hg_growth_get_live(&row->in[types->n_snapshots - 1], HG_BY_COUNT));
    hg_list_add_signed(list, hg_growth_get(types, row, HG_BY_COUNT));
    hg_list_add_signed(list, hg_growth_get(types, row, HG_BY_SIZE));
    hg_list_add_number(list, counts_new ? row->n_new : HG_LIST_UNKNOWN);
    hg_list_add_number(list, counts_new ? row->n_gone : HG_LIST_UNKNOWN);
}

static void
set_remark(HgList *list, const Question *question, bool counts_new)
{
    const HgShot *first = question->shots->pdata[0];
    const HgShot *last = question->shots->pdata[question->shots->len - 1];
    g_autofree char *remark =
        g_strdup_printf("%u snapshots, %s to %s%s", question->shots->len, first->name, last->name,
                        counts_new ? "" : "; not of one process: no object is known again");
    hg_list_set_remark(list, remark);
}

static void *
list_growth(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    unsigned count = question->shots->len;
    g_autofree HgSnapshot **snapshots = g_new0(HgSnapshot *, count + 1);
    if (count < 2) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "growth takes two snapshots: open or capture one more, and look at the "
                            "later one");
        return NULL;
    }
    for (unsigned i = 0; i < count; i++)
        if (!(snapshots[i] = hg_ask_get_snapshot(ask, question->shots->pdata[i], error)))
            return NULL;
    HgTypesOptions options = {.counts_new =
                                  hg_new_objects_can_tell(snapshots[0], snapshots[count - 1])};
    g_autoptr(HgTypes) types = hg_growth_list(snapshots, count, question->kind, &options, error);
    if (!types)
        return NULL;
    HgList *list = hg_list_new(columns, G_N_ELEMENTS(columns), question->place->shot);
    for (unsigned i = 0; i < types->rows->len; i++)
        add_row(list, types, types->rows->pdata[i], options.counts_new);
    set_remark(list, question, options.counts_new);
    return list;
}

/* ---- the page ----------------------------------------------------------------------------------
 */

static void
unref_shot(void *shot)
{
    hg_shot_unref(shot);
}

/* From the earlier snapshot, or the first of all, to the one that is looked at. */
static GPtrArray *
list_shots(HgSession *session, const HgShot *last)
{
    GPtrArray *chosen = g_ptr_array_new_with_free_func(unref_shot);
    const GPtrArray *all = hg_session_get_shots(session);
    for (unsigned i = 0; i < all->len; i++) {
        g_ptr_array_add(chosen, hg_shot_ref(all->pdata[i]));
        if (hg_shot_equal(all->pdata[i], last))
            break;
    }
    return chosen;
}

static void *
dup_question(HgListPage *page, const HgPlace *place)
{
    static const HgGrowthKind kinds[] = {HG_GROWTH_GREW, HG_GROWTH_MONOTONIC, HG_GROWTH_CHANGED};
    unsigned choice = hg_choice_get(HG_GROWTH_PAGE(page)->choice);
    Question *question = g_new(Question, 1);
    *question =
        (Question){hg_place_ref(place), list_shots(hg_page_get_session(HG_PAGE(page)), place->shot),
                   kinds[choice]};
    return question;
}

static HgPlace *
dup_target(HgListPage *page, HgRow *row)
{
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    return hg_place_new("new", here->shot, HG_NONE, hg_row_get_text(row, "type"));
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    static const char *const options[] = {"", " --monotonic", " --all"};
    return g_strconcat("show-growth --ids -n 0 --since first",
                       options[hg_choice_get(HG_GROWTH_PAGE(page)->choice)], NULL);
}

static void
hg_growth_page_init(HgGrowthPage *page)
{
    static const HgChoiceOption options[] = {
        {"Grew", "There is more of it in the last snapshot than in the first"},
        {"Grew Every Time", "There is more of it in each snapshot than in the one before"},
        {"All Changes", "Also what there is less of, and what came and went"},
        {0}};
    HgListView *view = hg_list_page_get_view(HG_LIST_PAGE(page));
    page->choice = hg_choice_new(options, G_CALLBACK(hg_list_page_ask), page);
    hg_list_page_set_top(HG_LIST_PAGE(page), page->choice);
    hg_list_view_sort_by(view, "growth", true);
    hg_list_view_set_empty(view, "Nothing Grew",
                           "There is no more of any type than before. Choose another snapshot.");
}

static void
hg_growth_page_class_init(HgGrowthPageClass *class)
{
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    HG_LIST_PAGE_CLASS(class)->ask = list_growth;
    HG_LIST_PAGE_CLASS(class)->dup_question = dup_question;
    HG_LIST_PAGE_CLASS(class)->free_question = free_question;
    HG_LIST_PAGE_CLASS(class)->dup_target = dup_target;
}
