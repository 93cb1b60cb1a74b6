/* growth-page.c - what there is more of than before, over all snapshots. Double click: the new
 * ones.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/growth-page.h"

#include "gui/choice.h"
#include "gui/models/growth-list.h"

struct _HgGrowthPage {
    HgListPage parent;
    GtkWidget *choice; /* HgGrowthKind, in the order of its options */
    bool is_listening; /* for snapshots that come and go */
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

/* ---- what is said where nothing can be compared, or is there --------------------------------- */

static GtkWidget *
make_button(const char *label, const char *action, const char *tooltip)
{
    GtkWidget *button = gtk_button_new_with_label(label);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(button), action);
    gtk_widget_set_tooltip_text(button, tooltip);
    gtk_widget_add_css_class(button, "pill");
    return button;
}

static GtkWidget *
make_buttons(GtkWidget *first, GtkWidget *second)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    gtk_widget_set_halign(box, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(first, "suggested-action");
    gtk_box_append(GTK_BOX(box), first);
    if (second)
        gtk_box_append(GTK_BOX(box), second);
    return box;
}

static void
say_one(HgListView *view)
{
    hg_list_view_set_empty(view, "Nothing to Compare With Yet",
                           "Growth is told from one snapshot to a later one. Capture the process "
                           "once more, or open another dump of it.\n\n<tt>heapgraph capture PID -o "
                           "later.hgd</tt> writes one.");
    hg_list_view_set_way_out(
        view, make_buttons(make_button("Capture…", "win.capture",
                                       "Capture a Python process that runs (Ctrl+R)"),
                           make_button("Open…", "win.open", "Open stores and dumps (Ctrl+O)")));
}

static void
say_first(HgListView *view)
{
    hg_list_view_set_empty(view, "Nothing Before It",
                           "This is the first snapshot. What grew since is told by a later one.");
    hg_list_view_set_way_out(view,
                             make_buttons(make_button("Look at the Last", "growth.last",
                                                      "Choose the last snapshot, as at the side"),
                                          NULL));
}

static void
say_nothing_grew(HgListView *view)
{
    hg_list_view_set_empty(view, "Nothing Grew",
                           "There is no more of any type than before. Choose another snapshot.");
    hg_list_view_set_way_out(view, NULL);
}

static void
last_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgSession *session = hg_page_get_session(HG_PAGE(widget));
    const GPtrArray *all = hg_session_get_shots(session);
    if (all->len > 0)
        hg_session_set_shot(session, all->pdata[all->len - 1]);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void *
dup_question(HgListPage *page, const HgPlace *place)
{
    static const HgGrowthKind kinds[] = {HG_GROWTH_GREW, HG_GROWTH_MONOTONIC, HG_GROWTH_CHANGED};
    GtkWidget *choice = HG_GROWTH_PAGE(page)->choice;
    HgSession *session = hg_page_get_session(HG_PAGE(page));
    HgListView *view = hg_list_page_get_view(page);
    g_autoptr(GPtrArray) shots = list_shots(session, place->shot);
    bool can_compare = shots->len > 1;
    gtk_widget_set_sensitive(choice, can_compare);
    if (!can_compare) {
        (hg_session_get_shots(session)->len > 1 ? say_first : say_one)(view);
        return NULL;
    }
    say_nothing_grew(view);
    Question *question = g_new(Question, 1);
    *question = (Question){g_steal_pointer(&shots), kinds[hg_choice_get(choice)]};
    return question;
}

static void
show(HgPage *page, const HgPlace *place)
{
    HgGrowthPage *self = HG_GROWTH_PAGE(page);
    if (!self->is_listening)
        g_signal_connect_object(hg_page_get_session(page), "shots-changed",
                                G_CALLBACK(hg_list_page_ask), page, G_CONNECT_SWAPPED);
    self->is_listening = true;
    HG_PAGE_CLASS(hg_growth_page_parent_class)->show(page, place);
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
}

static void
hg_growth_page_class_init(HgGrowthPageClass *class)
{
    HG_PAGE_CLASS(class)->show = show;
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    HG_PAGE_CLASS(class)->compares = true;
    HG_LIST_PAGE_CLASS(class)->ask = list_growth;
    HG_LIST_PAGE_CLASS(class)->dup_question = dup_question;
    HG_LIST_PAGE_CLASS(class)->free_question = free_question;
    HG_LIST_PAGE_CLASS(class)->dup_target = dup_target;
    gtk_widget_class_install_action(GTK_WIDGET_CLASS(class), "growth.last", NULL, last_action);
}
