/* new-page.c - the objects of a type that were not there before.
 *
 * The argument of a place is the type. A place that does not say since when means the earlier
 * snapshot of the session.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/new-page.h"

#include "core/numbers.h"
#include "core/questions/new-objects.h"
#include "core/questions/resolve.h"
#include "gui/models/object-list.h"

#define ROWS_MAX 1000000

struct _HgNewPage {
    HgListPage parent;
};

G_DEFINE_FINAL_TYPE(HgNewPage, hg_new_page, HG_TYPE_LIST_PAGE)

typedef struct {
    HgPlace *place;
    HgShot *earlier;
} Question;

static void
free_question(void *data)
{
    Question *question = data;
    hg_place_unref(question->place);
    hg_shot_unref(question->earlier);
    g_free(question);
}

static void
set_remark(HgList *list, const HgNewObjects *found, const HgShot *earlier)
{
    g_autofree char *gone = hg_number_dup_count(found->n_gone);
    g_autofree char *doubtful = hg_number_dup_count(found->n_doubtful);
    g_autofree char *remark =
        g_strdup_printf("new since %s, %s gone%s%s%s", earlier->name, gone,
                        found->n_doubtful ? ", " : "", found->n_doubtful ? doubtful : "",
                        found->n_doubtful ? " perhaps in the place of an old one" : "");
    hg_list_set_remark(list, remark);
}

static void *
list_new(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    const HgPlace *place = question->place;
    g_auto(HgNewObjects) found = {0};
    const HgTypeRow *type;
    if (!question->earlier || hg_shot_equal(question->earlier, place->shot)) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "there is no earlier snapshot: open one more");
        return NULL;
    }
    HgSnapshot *after = hg_ask_get_snapshot(ask, place->shot, error);
    HgSnapshot *before = after ? hg_ask_get_snapshot(ask, question->earlier, error) : NULL;
    if (!before || !hg_resolve_type(after, place->argument, &type, error) ||
        !hg_new_objects_find(before, after, type, ROWS_MAX, &found, error))
        return NULL;
    HgList *list =
        hg_object_list_make(ask, place->shot, g_steal_pointer(&found.objects), 0, NULL, error);
    if (list)
        set_remark(list, &found, question->earlier);
    return list;
}

static const HgShot *
get_earlier(HgPage *page, const HgPlace *place)
{
    return place->since ? place->since : hg_session_get_earlier(hg_page_get_session(page));
}

static void *
dup_question(HgListPage *page, const HgPlace *place)
{
    Question *question = g_new(Question, 1);
    *question = (Question){hg_place_ref(place), hg_shot_ref(get_earlier(HG_PAGE(page), place))};
    return question;
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    const HgShot *earlier = get_earlier(page, place);
    g_autoptr(GPtrArray) shots = g_ptr_array_new();
    if (!earlier)
        return NULL;
    g_ptr_array_add(shots, (void *)earlier);
    g_ptr_array_add(shots, place->shot);
    g_autofree char *names = hg_session_dup_names(hg_page_get_session(page), shots);
    g_autofree char *type = g_shell_quote(place->argument);
    return names ? g_strconcat("show-growth ", names, " -n 0 --new ", type, NULL) : NULL;
}

static void
hg_new_page_init(HgNewPage *page)
{
    HgListView *view = hg_list_page_get_view(HG_LIST_PAGE(page));
    hg_list_view_sort_by(view, "retained", true);
    hg_list_view_set_empty(view, "Nothing New", "All objects of this type were there before.");
}

static void
hg_new_page_class_init(HgNewPageClass *class)
{
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    HG_PAGE_CLASS(class)->compares = true;
    HG_LIST_PAGE_CLASS(class)->ask = list_new;
    HG_LIST_PAGE_CLASS(class)->dup_question = dup_question;
    HG_LIST_PAGE_CLASS(class)->free_question = free_question;
}
