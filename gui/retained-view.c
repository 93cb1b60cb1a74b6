/* retained-view.c - a treemap of what is retained, by holder, type or module.
 * SPDX-License-Identifier: MIT */
#include "gui/retained-view.h"

#include "gui/choice.h"
#include "gui/treemap.h"

enum {
    LEVELS = 4,
    PARTS = 3000 /* what is less can hardly be seen */
};

struct _HgRetainedView {
    GtkBox parent;
    GtkWidget *choice;
    HgTreemap *treemap;
    GtkLabel *told;
    GtkStack *stack;
    GtkSpinner *spinner;
    HgSession *session;
    HgShot *shot;
    HgJob *job;
};

G_DEFINE_FINAL_TYPE(HgRetainedView, hg_retained_view, GTK_TYPE_BOX)

/* ---- asking ---------------------------------------------------------------------------------- */

typedef struct {
    HgShot *shot;
    HgSharesKind kind;
} Question;

static void
free_question(void *data)
{
    Question *question = data;
    hg_shot_unref(question->shot);
    g_free(question);
}

static void
free_shares(void *shares)
{
    hg_shares_free(shares);
}

static void *
find_shares(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    HgSharesOptions options = {
        .kind = question->kind, .holder = HG_NONE, .levels = LEVELS, .parts = PARTS};
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, question->shot, error);
    return snapshot ? hg_shares_find(snapshot, &options, error) : NULL;
}

static void
tell_nothing(HgRetainedView *view)
{
    static const char *const words[] = {
        "What only roots hold, and in it what that holds. Point at an area, click to go there.",
        "Containers and texts belong to the object that alone holds them.",
        "Packages, in them modules, in them types; whatever they alone hold belongs to them."};
    gtk_label_set_text(view->told, words[hg_choice_get(view->choice)]);
}

static void
on_shares(void *answer, const GError *error, void *user_data)
{
    HgRetainedView *view = user_data;
    view->job = NULL;
    gtk_spinner_stop(view->spinner);
    gtk_stack_set_visible_child(view->stack, GTK_WIDGET(view->treemap));
    hg_treemap_set_shares(view->treemap, answer);
    if (error)
        gtk_label_set_text(view->told, error->message);
    else
        tell_nothing(view);
}

static void
ask(HgRetainedView *view)
{
    if (!view->shot)
        return;
    Question *question = g_new(Question, 1);
    *question = (Question){hg_shot_ref(view->shot), (HgSharesKind)hg_choice_get(view->choice)};
    g_clear_pointer(&view->job, hg_job_cancel);
    gtk_spinner_start(view->spinner);
    view->job = hg_work_ask(hg_session_get_work(view->session), find_shares, question,
                            free_question, free_shares, on_shares, view);
}

void
hg_retained_view_show(HgRetainedView *view, HgSession *session, const HgShot *shot)
{
    if (view->shot && hg_shot_equal(view->shot, shot))
        return;
    g_set_object(&view->session, session);
    hg_shot_unref(view->shot);
    view->shot = hg_shot_ref(shot);
    gtk_stack_set_visible_child(view->stack, GTK_WIDGET(view->spinner));
    hg_treemap_set_shares(view->treemap, NULL);
    ask(view);
}

/* ---- hovering and going there ---------------------------------------------------------------- */

static void
on_hovered(HgRetainedView *view, unsigned cell)
{
    if (cell == HG_TREEMAP_NONE) {
        tell_nothing(view);
        return;
    }
    g_autofree char *text = hg_treemap_dup_text(view->treemap, cell);
    gtk_label_set_text(view->told, text);
}

/* Where the shares are listed one by one: those in the same parent. */
static HgPlace *
find_list(HgRetainedView *view, const HgShare *parent)
{
    switch (hg_choice_get(view->choice)) {
    case HG_SHARES_BY_HOLDER:
        return hg_place_new("holders", view->shot, parent ? parent->object : HG_NONE, NULL);
    case HG_SHARES_BY_MODULE:
        return hg_place_new("types", view->shot, HG_NONE, parent ? parent->label : NULL);
    default:
        return hg_place_new("types", view->shot, HG_NONE, NULL);
    }
}

static HgPlace *
find_target(HgRetainedView *view, const HgShare *share, const HgShare *parent)
{
    if (!share)
        return find_list(view, parent);
    switch (share->kind) {
    case HG_SHARE_OBJECT:
        return hg_place_new("object", view->shot, share->object, NULL);
    case HG_SHARE_TYPE:
        return hg_place_new("objects", view->shot, HG_NONE, share->label);
    case HG_SHARE_MODULE:
        return hg_place_new("types", view->shot, HG_NONE, share->label);
    case HG_SHARE_GARBAGE:
        return hg_place_new("garbage", view->shot, HG_NONE, NULL);
    default:
        return find_list(view, parent);
    }
}

static void
on_open(HgRetainedView *view, unsigned cell, gboolean in_new_tab)
{
    g_autoptr(HgPlace) place = find_target(view, hg_treemap_get_share(view->treemap, cell),
                                           hg_treemap_get_parent_share(view->treemap, cell));
    hg_session_go(view->session, place, in_new_tab);
}

/* ---- the widget ------------------------------------------------------------------------------ */

static void
add_heading(HgRetainedView *view)
{
    static const HgChoiceOption options[] = {
        {"Holders", "Who alone keeps how much"},
        {"Types", "Each type with all that its objects alone hold"},
        {"Modules", "Each package and module with all that is alone held there"},
        {0}};
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *title = gtk_label_new("What Is Retained");
    gtk_widget_add_css_class(title, "title-4");
    gtk_widget_set_hexpand(title, TRUE);
    gtk_label_set_xalign(GTK_LABEL(title), 0);
    view->choice = hg_choice_new(options, G_CALLBACK(ask), view);
    gtk_box_append(GTK_BOX(row), title);
    gtk_box_append(GTK_BOX(row), view->choice);
    gtk_box_append(GTK_BOX(view), row);
}

static void
hg_retained_view_init(HgRetainedView *view)
{
    gtk_orientable_set_orientation(GTK_ORIENTABLE(view), GTK_ORIENTATION_VERTICAL);
    gtk_box_set_spacing(GTK_BOX(view), 6);
    add_heading(view);
    view->treemap = g_object_new(HG_TYPE_TREEMAP, "height-request", 340, NULL);
    view->spinner = GTK_SPINNER(gtk_spinner_new());
    view->stack = GTK_STACK(gtk_stack_new());
    view->told = GTK_LABEL(gtk_label_new(NULL));
    gtk_accessible_update_property(GTK_ACCESSIBLE(view->treemap), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   "What is retained", -1);
    gtk_widget_set_halign(GTK_WIDGET(view->spinner), GTK_ALIGN_CENTER);
    gtk_widget_set_size_request(GTK_WIDGET(view->spinner), 32, 32);
    gtk_stack_add_child(view->stack, GTK_WIDGET(view->spinner));
    gtk_stack_add_child(view->stack, GTK_WIDGET(view->treemap));
    gtk_box_append(GTK_BOX(view), GTK_WIDGET(view->stack));
    gtk_label_set_xalign(view->told, 0);
    gtk_label_set_ellipsize(view->told, PANGO_ELLIPSIZE_MIDDLE);
    gtk_widget_add_css_class(GTK_WIDGET(view->told), "dim-label");
    gtk_box_append(GTK_BOX(view), GTK_WIDGET(view->told));
    g_signal_connect_swapped(view->treemap, "hovered", G_CALLBACK(on_hovered), view);
    g_signal_connect_swapped(view->treemap, "open", G_CALLBACK(on_open), view);
}

static void
dispose(GObject *object)
{
    HgRetainedView *view = HG_RETAINED_VIEW(object);
    g_clear_pointer(&view->job, hg_job_cancel);
    g_clear_pointer(&view->shot, hg_shot_unref);
    g_clear_object(&view->session);
    G_OBJECT_CLASS(hg_retained_view_parent_class)->dispose(object);
}

static void
hg_retained_view_class_init(HgRetainedViewClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
}
