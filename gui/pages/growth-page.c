/* growth-page.c - what there is more of than before, over all snapshots. Double click: the new
 * ones. SPDX-License-Identifier: MIT */
#include "gui/pages/growth-page.h"

#include "gui/choice.h"
#include "gui/models/growth-list.h"

struct _HgGrowthPage {
    HgListPage parent;
    GtkWidget *choice; /* HgGrowthKind, in the order of its options */
};

G_DEFINE_FINAL_TYPE(HgGrowthPage, hg_growth_page, HG_TYPE_LIST_PAGE)

typedef struct {
    GPtrArray *shots; /* HgShot, the first to the last that is looked at */
    HgGrowthKind kind;
} Question;

static void
free_question(void *data)
{
    Question *question = data;
    g_ptr_array_unref(question->shots);
    g_free(question);
}

static void *
list_growth(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    return hg_growth_list_make(ask, question->shots, question->kind, error);
}

/* ---- the page ----------------------------------------------------------------------------------
 */

/* From the earlier snapshot, or the first of all, to the one that is looked at. */
static GPtrArray *
list_shots(HgSession *session, const HgShot *last)
{
    GPtrArray *chosen = g_ptr_array_new_with_free_func(hg_shot_unref);
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
        (Question){list_shots(hg_page_get_session(HG_PAGE(page)), place->shot), kinds[choice]};
    return question;
}

static HgPlace *
dup_target(HgListPage *page, HgRow *row)
{
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    g_autoptr(GPtrArray) shots = list_shots(hg_page_get_session(HG_PAGE(page)), here->shot);
    return hg_place_new_since("new", here->shot, shots->pdata[0], hg_row_get_text(row, "type"));
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    static const char *const options[] = {"", " --monotonic", " --all"};
    HgSession *session = hg_page_get_session(page);
    g_autoptr(GPtrArray) shots = list_shots(session, place->shot);
    g_autofree char *names = hg_session_dup_names(session, shots);
    return names && shots->len > 1
               ? g_strconcat("show-growth ", names, " -n 0 --ids",
                             options[hg_choice_get(HG_GROWTH_PAGE(page)->choice)], NULL)
               : NULL;
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
    HG_PAGE_CLASS(class)->compares = true;
    HG_LIST_PAGE_CLASS(class)->ask = list_growth;
    HG_LIST_PAGE_CLASS(class)->dup_question = dup_question;
    HG_LIST_PAGE_CLASS(class)->free_question = free_question;
    HG_LIST_PAGE_CLASS(class)->dup_target = dup_target;
}
