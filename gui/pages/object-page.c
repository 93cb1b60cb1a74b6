/* object-page.c - one object: what it refers to, what refers to it, what it holds.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/object-page.h"

#include "core/numbers.h"
#include "core/questions/describe.h"
#include "core/questions/holders.h"
#include "core/text.h"
#include "gui/choice.h"
#include "gui/list-view.h"
#include "gui/models/object-facts.h"
#include "gui/models/object-list.h"

#include <inttypes.h>

#define ROWS_MAX HG_OBJECT_FACTS_MOST

typedef enum {
    FIELDS,
    REFERRERS,
    HELD
} Which;

struct _HgObjectPage {
    HgPage parent;
    GtkWidget *type, *value, *choice, *lists;
    GtkFlowBox *facts;
    HgListView *view;
    HgJob *job;
    HgObjectFacts *shown;
};

G_DEFINE_FINAL_TYPE(HgObjectPage, hg_object_page, HG_TYPE_PAGE)

/* ---- the lists ------------------------------------------------------------------------------ */

typedef struct {
    HgPlace *place;
    Which which;
} Question;

static void
free_question(void *data)
{
    Question *question = data;
    hg_place_unref(question->place);
    g_free(question);
}

static void
set_remark(HgList *list, uint64_t count)
{
    g_autofree char *all = hg_number_dup_count(count);
    g_autofree char *remark = g_strdup_printf("of %s", all);
    if (hg_list_count_rows(list) == ROWS_MAX && count > ROWS_MAX)
        hg_list_set_remark(list, remark);
}

/* "weak" and "guessed" belong to the name: such a reference is not like the others. */
static char *
dup_label(const HgLink *link)
{
    return g_strconcat(link->label, link->how & HG_HOW_WEAK ? " (weak)" : "",
                       link->how & HG_HOW_GUESSED ? " (guessed)" : "", NULL);
}

static HgList *
list_links(HgAsk *ask, const HgShot *shot, const GPtrArray *links, bool is_forward, GError **error)
{
    GArray *objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < links->len; i++) {
        const HgLink *link = links->pdata[i];
        g_array_append_val(objects, *(is_forward ? &link->target : &link->source));
        g_ptr_array_add(labels, dup_label(link));
    }
    return hg_object_list_make(ask, shot, objects,
                               HG_OBJECTS_WITH_LABEL | HG_OBJECTS_WITH_TYPE | HG_OBJECTS_FEW,
                               labels, error);
}

static HgList *
list_held(HgAsk *ask, const HgPlace *place, HgSnapshot *snapshot, GError **error)
{
    g_auto(HgHeld) held = {0};
    if (!hg_holders_list(snapshot, place->object, ROWS_MAX, &held, error))
        return NULL;
    HgList *list = hg_object_list_make(ask, place->shot, g_steal_pointer(&held.objects),
                                       HG_OBJECTS_WITH_TYPE | HG_OBJECTS_FEW, NULL, error);
    if (list)
        set_remark(list, held.count);
    return list;
}

static void *
list_around(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    const HgPlace *place = question->place;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, place->shot, error);
    uint64_t count;
    if (!snapshot)
        return NULL;
    if (question->which == HELD)
        return list_held(ask, place, snapshot, error);
    bool is_forward = question->which == FIELDS;
    g_autoptr(GPtrArray) links = (is_forward ? hg_describe_fields : hg_describe_referrers)(
        snapshot, place->object, ROWS_MAX, &count, error);
    HgList *list = links ? list_links(ask, place->shot, links, is_forward, error) : NULL;
    if (list)
        set_remark(list, count);
    return list;
}

static void
ask_list(HgObjectPage *page)
{
    static const char *const empty[][2] = {
        {"It Refers to Nothing", "Numbers and texts have no fields."},
        {"Nothing Refers to It", "The runtime itself or C code holds it, or it is garbage."},
        {"It Holds Nothing", "Whatever it refers to is also held by something else."}};
    const HgPlace *place = hg_page_get_place(HG_PAGE(page));
    if (!place)
        return;
    Question *question = g_new(Question, 1);
    *question = (Question){hg_place_ref(place), (Which)hg_choice_get(page->choice)};
    hg_list_view_set_empty(page->view, empty[question->which][0], empty[question->which][1]);
    hg_list_view_ask(page->view, hg_page_get_session(HG_PAGE(page)), list_around, question,
                     free_question);
}

/* ---- the facts ------------------------------------------------------------------------------ */

static void *
find_facts(HgAsk *ask, void *argument, GError **error)
{
    const HgPlace *place = argument;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, place->shot, error);
    return snapshot ? hg_object_facts_find(snapshot, place->object, error) : NULL;
}

static void
on_link(HgObjectPage *page, GtkWidget *button)
{
    hg_page_go(HG_PAGE(page), "object",
               GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(button), "object")), NULL);
}

static GtkWidget *
make_fact(HgObjectPage *page, const HgObjectFact *fact)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *name = gtk_label_new(fact->name), *value;
    g_autofree char *text = hg_text_dup_escaped(fact->value);
    gtk_label_set_xalign(GTK_LABEL(name), 0);
    gtk_widget_add_css_class(name, "caption");
    gtk_widget_add_css_class(name, "dim-label");
    GtkWidget *label = value = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_MIDDLE);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 40);
    gtk_widget_add_css_class(label, "numeric");
    if (fact->object != HG_NONE) {
        value = gtk_button_new();
        gtk_button_set_child(GTK_BUTTON(value), label);
        gtk_accessible_update_property(GTK_ACCESSIBLE(value), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                       -1);
        gtk_widget_add_css_class(value, "link-button");
        gtk_widget_add_css_class(value, "flat");
        g_object_set_data(G_OBJECT(value), "object", GUINT_TO_POINTER(fact->object));
        g_signal_connect_object(value, "clicked", G_CALLBACK(on_link), page, G_CONNECT_SWAPPED);
    }
    gtk_box_append(GTK_BOX(box), name);
    gtk_box_append(GTK_BOX(box), value);
    gtk_widget_set_tooltip_text(box, fact->tooltip);
    return box;
}

static void
clear_facts(HgObjectPage *page)
{
    GtkFlowBoxChild *child;
    while ((child = gtk_flow_box_get_child_at_index(page->facts, 0)))
        gtk_flow_box_remove(page->facts, GTK_WIDGET(child));
}

/* GTK's flow box keeps the focus for ever if its children cannot have it. */
static void
name_fact(HgObjectPage *page, unsigned number, const HgObjectFact *fact)
{
    GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index(page->facts, (int)number);
    g_autofree char *value = hg_text_dup_escaped(fact->value);
    g_autofree char *text = g_strdup_printf("%s: %s", fact->name, value);
    gtk_accessible_update_property(GTK_ACCESSIBLE(child), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
set_title(HgObjectPage *page, Which which, const char *name, uint64_t count)
{
    g_autofree char *number = hg_number_dup_count(count);
    g_autofree char *title = g_strdup_printf("%s (%s)", name, number);
    hg_choice_set_title(page->choice, which, title);
}

static void
show_facts(HgObjectPage *page, const HgObjectFacts *facts)
{
    g_autofree char *type = hg_text_dup_escaped(facts->type);
    g_autofree char *value = hg_text_dup_escaped(facts->value);
    gtk_label_set_text(GTK_LABEL(page->type), type);
    gtk_label_set_text(GTK_LABEL(page->value), value);
    gtk_widget_set_visible(page->value, *value != 0);
    hg_page_set_title(HG_PAGE(page), type);
    clear_facts(page);
    for (unsigned i = 0; i < facts->facts->len; i++) {
        gtk_flow_box_append(page->facts, make_fact(page, facts->facts->pdata[i]));
        name_fact(page, i, facts->facts->pdata[i]);
    }
    set_title(page, FIELDS, "Refers To", facts->n_fields);
    set_title(page, REFERRERS, "Referred To By", facts->n_referrers);
}

static void
on_facts(void *answer, const GError *error, void *user_data)
{
    HgObjectPage *page = user_data;
    page->job = NULL;
    if (!answer) {
        hg_session_say(hg_page_get_session(HG_PAGE(page)), error->message);
        return;
    }
    hg_object_facts_free(page->shown);
    page->shown = answer;
    show_facts(page, page->shown);
}

/* ---- the page ---------------------------------------------------------------------------------
 */

static void
show(HgPage *page, const HgPlace *place)
{
    HgObjectPage *self = HG_OBJECT_PAGE(page);
    HgWork *work = hg_session_get_work(hg_page_get_session(page));
    g_clear_pointer(&self->job, hg_job_cancel);
    self->job = hg_work_ask(work, find_facts, hg_place_ref(place), hg_place_unref,
                            hg_object_facts_free, on_facts, self);
    hg_list_view_set_filter(self->view, "");
    ask_list(self);
}

static void
on_open(HgObjectPage *page, HgRow *row, gboolean in_new_tab)
{
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    g_autoptr(HgPlace) place = hg_place_new("object", here->shot, hg_row_get_object(row), NULL);
    hg_session_go(hg_page_get_session(HG_PAGE(page)), place, in_new_tab);
}

static void
on_picture(HgObjectPage *page)
{
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    hg_page_go(HG_PAGE(page), "graph", here->object, NULL);
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    HgObjectPage *self = HG_OBJECT_PAGE(page);
    if (!self->shown)
        return NULL;
    bool is_held = hg_choice_get(self->choice) == HELD;
    return g_strconcat(is_held ? "dominators --depth 1 --fold 0 " : "show ", self->shown->address,
                       " -n 0", NULL);
}

static void
begin_search(HgPage *page)
{
    hg_list_view_begin_search(HG_OBJECT_PAGE(page)->view);
}

static void
hg_object_page_init(HgObjectPage *page)
{
    static const HgChoiceOption options[] = {
        {"Refers To", "Its fields and items"},
        {"Referred To By", "Its holder first, then those that retain most"},
        {"Holds", "What would go away with it: those of which it is the holder"},
        {0}};
    gtk_widget_init_template(GTK_WIDGET(page));
    page->choice = hg_choice_new(options, G_CALLBACK(ask_list), page);
    gtk_widget_add_css_class(page->choice, "page-bar");
    page->view = g_object_new(HG_TYPE_LIST_VIEW, "vexpand", TRUE, NULL);
    gtk_box_append(GTK_BOX(page->lists), page->choice);
    gtk_box_append(GTK_BOX(page->lists), GTK_WIDGET(page->view));
    g_signal_connect_object(page->view, "open", G_CALLBACK(on_open), page, G_CONNECT_SWAPPED);
}

static void
dispose(GObject *object)
{
    HgObjectPage *page = HG_OBJECT_PAGE(object);
    g_clear_pointer(&page->job, hg_job_cancel);
    g_clear_pointer(&page->shown, hg_object_facts_free);
    gtk_widget_dispose_template(GTK_WIDGET(page), HG_TYPE_OBJECT_PAGE);
    G_OBJECT_CLASS(hg_object_page_parent_class)->dispose(object);
}

static void
hg_object_page_class_init(HgObjectPageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    HG_PAGE_CLASS(class)->show = show;
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    HG_PAGE_CLASS(class)->begin_search = begin_search;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/heapgraph/Viewer/pages/object-page.ui");
    gtk_widget_class_bind_template_child(widget_class, HgObjectPage, type);
    gtk_widget_class_bind_template_child(widget_class, HgObjectPage, value);
    gtk_widget_class_bind_template_child(widget_class, HgObjectPage, facts);
    gtk_widget_class_bind_template_child(widget_class, HgObjectPage, lists);
    gtk_widget_class_bind_template_callback(widget_class, on_picture);
}
