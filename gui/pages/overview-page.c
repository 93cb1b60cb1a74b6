/* overview-page.c - the first page: suspects in sentences, what is retained, the facts.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/overview-page.h"

#include "core/numbers.h"
#include "core/questions/suspects.h"
#include "core/text.h"
#include "gui/finding-list.h"
#include "gui/retained-view.h"

struct _HgOverviewPage {
    HgPage parent;
    HgFindingList *suspects;
    HgRetainedView *retained;
    GtkFlowBox *facts;
    HgJob *job; /* for the facts */
};

G_DEFINE_FINAL_TYPE(HgOverviewPage, hg_overview_page, HG_TYPE_PAGE)

/* ---- suspects ---------------------------------------------------------------------------------
 */

/* Which snapshot, and from which one growth is told. */
typedef struct {
    HgShot *shot, *earlier;
} Question;

static void
free_question(void *data)
{
    Question *question = data;
    hg_shot_unref(question->shot);
    hg_shot_unref(question->earlier);
    g_free(question);
}

static HgFinding *
make_finding(const HgSuspect *suspect)
{
    HgFinding *finding = g_new(HgFinding, 1);
    *finding = (HgFinding){.is_grave = suspect->is_leak,
                           .sentence = g_strdup(suspect->sentence),
                           .path = g_strdup(suspect->path),
                           .remedy = g_strdup(suspect->remedy),
                           .command = g_strdup(suspect->command),
                           .share = suspect->share,
                           .object = suspect->object,
                           .type = suspect->type ? g_strdup(suspect->type->name) : NULL};
    return finding;
}

static void *
find_suspects(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    const HgSuspectOptions options = HG_SUSPECT_OPTIONS_INIT;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, question->shot, error), *earlier = NULL;
    if (!snapshot ||
        (question->earlier && !(earlier = hg_ask_get_snapshot(ask, question->earlier, error))))
        return NULL;
    g_autoptr(GPtrArray) suspects =
        hg_suspects_find(snapshot, earlier, &options, hg_ask_get_progress(ask), error);
    if (!suspects)
        return NULL;
    GPtrArray *findings = g_ptr_array_new_with_free_func(hg_finding_free);
    for (unsigned i = 0; i < suspects->len; i++)
        g_ptr_array_add(findings, make_finding(suspects->pdata[i]));
    return findings;
}

/* ---- facts ------------------------------------------------------------------------------------
 */

/* Returns: key, value, key, value ... */
static GPtrArray *
list_own_facts(const HgShot *shot)
{
    const HgSnapshotInfo *info = &shot->info;
    g_autoptr(GDateTime) taken = g_date_time_new_from_unix_local(info->taken / G_USEC_PER_SEC);
    GPtrArray *facts = g_ptr_array_new_with_free_func(g_free);
    char *const texts[] = {g_strdup("objects"),
                           hg_number_dup_count(info->n_objects),
                           g_strdup("references"),
                           hg_number_dup_count(info->n_references),
                           g_strdup("size of all objects"),
                           hg_number_dup_size(info->size),
                           g_strdup(info->knows_garbage ? "garbage" : "not reached by a root"),
                           hg_number_dup_count(info->n_objects - info->n_live),
                           g_strdup("Python"),
                           g_strdup(info->python),
                           g_strdup("taken"),
                           taken ? g_date_time_format(taken, "%e %B %Y, %H:%M:%S") : g_strdup("?"),
                           g_strdup("taken from"),
                           g_strdup(info->source),
                           g_strdup("file"),
                           g_strdup(shot->path)};
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        g_ptr_array_add(facts, texts[i]);
    return facts;
}

static void *
list_facts(HgAsk *ask, void *argument, GError **error)
{
    const HgShot *shot = argument;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, shot, error);
    const GPtrArray *told = snapshot ? hg_snapshot_get_facts(snapshot, error) : NULL;
    if (!told)
        return NULL;
    GPtrArray *facts = list_own_facts(shot);
    for (unsigned i = 0; i < told->len; i++) {
        const HgFact *fact = told->pdata[i];
        g_ptr_array_add(facts, g_strdup(fact->key));
        g_ptr_array_add(facts, g_strdup(fact->value));
    }
    return facts;
}

static GtkWidget *
make_fact_label(const char *text, const char *css_class)
{
    g_autofree char *shown = hg_text_dup_escaped(text);
    GtkWidget *label = gtk_label_new(shown);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_MIDDLE);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 30);
    gtk_widget_set_tooltip_text(label, shown);
    if (css_class) {
        gtk_widget_add_css_class(label, "caption");
        gtk_widget_add_css_class(label, css_class);
    }
    return label;
}

static void
show_facts(HgOverviewPage *page, const GPtrArray *facts)
{
    GtkFlowBoxChild *child;
    while ((child = gtk_flow_box_get_child_at_index(page->facts, 0)))
        gtk_flow_box_remove(page->facts, GTK_WIDGET(child));
    for (unsigned i = 0; i + 1 < facts->len; i += 2) {
        GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
        gtk_box_append(GTK_BOX(box), make_fact_label(facts->pdata[i], "dim-label"));
        gtk_box_append(GTK_BOX(box), make_fact_label(facts->pdata[i + 1], NULL));
        gtk_flow_box_append(page->facts, box);
    }
}

static void
on_facts(void *answer, const GError *error, void *user_data)
{
    HgOverviewPage *page = user_data;
    g_autoptr(GPtrArray) facts = answer;
    page->job = NULL;
    if (facts)
        show_facts(page, facts);
    else
        hg_session_say(hg_page_get_session(HG_PAGE(page)), error->message);
}

static void
free_facts(void *facts)
{
    g_ptr_array_unref(facts);
}

/* ---- the page -----------------------------------------------------------------------------------
 */

static void
show(HgPage *page, const HgPlace *place)
{
    HgOverviewPage *self = HG_OVERVIEW_PAGE(page);
    HgSession *session = hg_page_get_session(page);
    bool is_chosen = hg_shot_equal(hg_session_get_shot(session), place->shot);
    Question *question = g_new(Question, 1);
    *question = (Question){hg_shot_ref(place->shot),
                           hg_shot_ref(is_chosen ? hg_session_get_earlier(session) : NULL)};
    g_clear_pointer(&self->job, hg_job_cancel);
    self->job = hg_work_ask(hg_session_get_work(session), list_facts, hg_shot_ref(place->shot),
                            hg_shot_unref, free_facts, on_facts, self);
    hg_finding_list_ask(self->suspects, session, place->shot, find_suspects, question,
                        free_question);
    hg_retained_view_show(self->retained, session, place->shot);
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    return g_strdup("suspects");
}

static void
hg_overview_page_init(HgOverviewPage *page)
{
    g_type_ensure(HG_TYPE_FINDING_LIST);
    g_type_ensure(HG_TYPE_RETAINED_VIEW);
    gtk_widget_init_template(GTK_WIDGET(page));
    hg_finding_list_set_title(page->suspects, "Suspects");
    hg_finding_list_set_empty(page->suspects, "No Suspect",
                              "Nothing big is kept in one of the ways that usually are a leak. "
                              "Take another snapshot later: Growth tells what there is more of.");
}

static void
dispose(GObject *object)
{
    HgOverviewPage *page = HG_OVERVIEW_PAGE(object);
    g_clear_pointer(&page->job, hg_job_cancel);
    gtk_widget_dispose_template(GTK_WIDGET(page), HG_TYPE_OVERVIEW_PAGE);
    G_OBJECT_CLASS(hg_overview_page_parent_class)->dispose(object);
}

static void
hg_overview_page_class_init(HgOverviewPageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    HG_PAGE_CLASS(class)->show = show;
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/heapgraph/Viewer/pages/overview-page.ui");
    gtk_widget_class_bind_template_child(widget_class, HgOverviewPage, suspects);
    gtk_widget_class_bind_template_child(widget_class, HgOverviewPage, retained);
    gtk_widget_class_bind_template_child(widget_class, HgOverviewPage, facts);
}
