/* advice-page.c - what is kept could be smaller: where, by how much, and what to do.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/advice-page.h"

#include "core/numbers.h"
#include "core/questions/advice.h"
#include "gui/finding-list.h"

struct _HgAdvicePage {
    HgPage parent;
    HgFindingList *advice;
};

G_DEFINE_FINAL_TYPE(HgAdvicePage, hg_advice_page, HG_TYPE_PAGE)

static HgFinding *
make_finding(const HgAdvice *advice, uint64_t heap)
{
    HgFinding *finding = g_new(HgFinding, 1);
    g_autofree char *saving = hg_number_dup_size(advice->saving);
    *finding = (HgFinding){
        .sentence = g_strdup_printf("%s: %s. Saves %s.", advice->title, advice->sentence, saving),
        .path = g_strdup(advice->path),
        .remedy = g_strdup(advice->remedy),
        .command = g_strdup(advice->command),
        .share = heap ? (double)advice->saving / (double)heap : 0,
        .object = advice->example};
    return finding;
}

static void *
find_advice(HgAsk *ask, void *argument, GError **error)
{
    const HgShot *shot = argument;
    const HgAdviceOptions options = {0};
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, shot, error);
    g_autoptr(GPtrArray) all =
        snapshot ? hg_advice_find(snapshot, &options, hg_ask_get_progress(ask), error) : NULL;
    if (!all)
        return NULL;
    GPtrArray *findings = g_ptr_array_new_with_free_func(hg_finding_free);
    for (unsigned i = 0; i < all->len; i++)
        g_ptr_array_add(findings, make_finding(all->pdata[i], shot->info.size));
    return findings;
}

static void
show(HgPage *page, const HgPlace *place)
{
    hg_finding_list_ask(HG_ADVICE_PAGE(page)->advice, hg_page_get_session(page), place->shot,
                        find_advice, hg_shot_ref(place->shot), hg_shot_unref);
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    return g_strdup("advise");
}

static void
hg_advice_page_init(HgAdvicePage *page)
{
    g_type_ensure(HG_TYPE_FINDING_LIST);
    gtk_widget_init_template(GTK_WIDGET(page));
    hg_finding_list_set_title(page->advice, "What Could Be Smaller");
    hg_finding_list_set_empty(page->advice, "Nothing to Say",
                              "No change that is easily made would save much memory here.");
}

static void
dispose(GObject *object)
{
    gtk_widget_dispose_template(GTK_WIDGET(object), HG_TYPE_ADVICE_PAGE);
    G_OBJECT_CLASS(hg_advice_page_parent_class)->dispose(object);
}

static void
hg_advice_page_class_init(HgAdvicePageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    HG_PAGE_CLASS(class)->show = show;
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/heapgraph/Viewer/pages/advice-page.ui");
    gtk_widget_class_bind_template_child(widget_class, HgAdvicePage, advice);
}
