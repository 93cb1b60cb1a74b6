/* garbage-page.c - what no root reaches, and what nothing refers to.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/garbage-page.h"

#include "core/numbers.h"
#include "core/questions/sweep.h"
#include "gui/choice.h"
#include "gui/models/object-list.h"

#define ROWS_MAX 1000000

struct _HgGarbagePage {
    HgListPage parent;
    GtkWidget *choice; /* garbage or leaking */
};

G_DEFINE_FINAL_TYPE(HgGarbagePage, hg_garbage_page, HG_TYPE_LIST_PAGE)

typedef struct {
    HgPlace *place;
    bool is_leaking;
} Question;

static void
free_question(void *data)
{
    Question *question = data;
    hg_place_unref(question->place);
    g_free(question);
}

/* Says what cannot be told: a capture from inside knows no balance of references. */
static char *
dup_remark(const HgShot *shot, bool is_leaking, uint64_t size)
{
    g_autofree char *bytes = hg_number_dup_size(size);
    if (is_leaking)
        return NULL;
    return g_strconcat(bytes, shot->info.knows_garbage ? "" : "; some may be held from C", NULL);
}

static void *
list_garbage(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    const HgShot *shot = question->place->shot;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, shot, error);
    uint64_t count, size = 0;
    if (!snapshot)
        return NULL;
    GArray *objects = question->is_leaking
                          ? hg_sweep_leaking(snapshot, ROWS_MAX, &count, error)
                          : hg_sweep_garbage(snapshot, ROWS_MAX, &count, &size, error);
    HgList *list =
        objects ? hg_object_list_make(ask, shot, objects, HG_OBJECTS_WITH_TYPE, NULL, error) : NULL;
    g_autofree char *remark = dup_remark(shot, question->is_leaking, size);
    if (list)
        hg_list_set_remark(list, remark);
    return list;
}

static void *
dup_question(HgListPage *page, const HgPlace *place)
{
    Question *question = g_new(Question, 1);
    *question = (Question){hg_place_ref(place), hg_choice_get(HG_GARBAGE_PAGE(page)->choice) == 1};
    return question;
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    bool is_leaking = hg_choice_get(HG_GARBAGE_PAGE(page)->choice) == 1;
    return g_strconcat(is_leaking ? "leaking" : "garbage --objects", " -n 0", NULL);
}

static void
hg_garbage_page_init(HgGarbagePage *page)
{
    static const HgChoiceOption options[] = {
        {"Garbage", "What no root reaches: cycles that wait for the collector"},
        {"Nothing Refers to It", "Objects the collector tracks and no tracked object refers to"},
        {0}};
    HgListView *view = hg_list_page_get_view(HG_LIST_PAGE(page));
    page->choice = hg_choice_new(options, G_CALLBACK(hg_list_page_ask), page);
    hg_list_page_set_top(HG_LIST_PAGE(page), page->choice);
    hg_list_view_set_empty(view, "Nothing of This Kind",
                           "Every object of this snapshot is held by something that is in use.");
}

static void
hg_garbage_page_class_init(HgGarbagePageClass *class)
{
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    HG_LIST_PAGE_CLASS(class)->ask = list_garbage;
    HG_LIST_PAGE_CLASS(class)->dup_question = dup_question;
    HG_LIST_PAGE_CLASS(class)->free_question = free_question;
}
