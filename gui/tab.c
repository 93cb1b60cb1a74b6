/* tab.c - one tab: where one was, where one is, and the pages that were made for that.
 * SPDX-License-Identifier: MIT */
#include "gui/tab.h"

#include "gui/models/history.h"
#include "gui/pages.h"

struct _HgTab {
    AdwBin parent;
    GtkStack *stack; /* pages by name, made on the first visit */
    HgSession *session;
    HgHistory history;
};

static unsigned moved_signal;

G_DEFINE_FINAL_TYPE(HgTab, hg_tab, ADW_TYPE_BIN)

static void
on_title_changed(HgTab *tab)
{
    g_signal_emit(tab, moved_signal, 0);
}

static HgPage *
require_page(HgTab *tab, const HgPageKind *kind)
{
    GtkWidget *page = gtk_stack_get_child_by_name(tab->stack, kind->name);
    if (page)
        return HG_PAGE(page);
    page = g_object_new(kind->get_type(), NULL);
    hg_page_set_session(HG_PAGE(page), tab->session);
    g_signal_connect_object(page, "title-changed", G_CALLBACK(on_title_changed), tab,
                            G_CONNECT_SWAPPED);
    gtk_stack_add_named(tab->stack, page, kind->name);
    return HG_PAGE(page);
}

static void
show_current(HgTab *tab)
{
    const HgPlace *place = hg_history_get(&tab->history);
    const HgPageKind *kind = hg_pages_find(place->page);
    HgPage *page = require_page(tab, kind), *before = hg_tab_get_page(tab);
    gtk_widget_set_visible(GTK_WIDGET(page), TRUE);
    gtk_stack_set_visible_child(tab->stack, GTK_WIDGET(page));
    if (before && before != page) /* else a screen reader finds pages that nobody sees */
        gtk_widget_set_visible(GTK_WIDGET(before), FALSE);
    hg_page_show(page, place);
    if (kind->use == HG_PAGE_OF_OBJECT && place->object != HG_NONE)
        hg_session_select(tab->session, place->shot, place->object);
    g_signal_emit(tab, moved_signal, 0);
}

void
hg_tab_go(HgTab *tab, const HgPlace *place)
{
    const HgPageKind *kind = hg_pages_find(place->page);
    if (!kind)
        return;
    if (!place->shot && kind->use != HG_PAGE_ALONE) {
        hg_session_say(tab->session, "Open a store or a dump first, or capture a process");
        return;
    }
    hg_history_visit(&tab->history, place);
    show_current(tab);
}

void
hg_tab_step(HgTab *tab, int steps)
{
    if (hg_history_go(&tab->history, steps))
        show_current(tab);
}

bool
hg_tab_can_step(HgTab *tab, int steps)
{
    return hg_history_can_go(&tab->history, steps);
}

const HgPlace *
hg_tab_get_place(HgTab *tab)
{
    return hg_history_get(&tab->history);
}

HgPage *
hg_tab_get_page(HgTab *tab)
{
    GtkWidget *page = gtk_stack_get_visible_child(tab->stack);
    return page ? HG_PAGE(page) : NULL;
}

char *
hg_tab_dup_title(HgTab *tab)
{
    const HgPlace *place = hg_tab_get_place(tab);
    if (!place)
        return g_strdup("Heapgraph");
    const char *title = hg_pages_find(place->page)->title;
    const char *of_page = hg_page_get_title(hg_tab_get_page(tab));
    if (of_page)
        return g_strdup(of_page);
    return place->argument ? g_strdup_printf("%s: %s", title, place->argument) : g_strdup(title);
}

GtkWidget *
hg_tab_new(HgSession *session)
{
    HgTab *tab = g_object_new(HG_TYPE_TAB, NULL);
    tab->session = g_object_ref(session);
    return GTK_WIDGET(tab);
}

static void
hg_tab_init(HgTab *tab)
{
    hg_history_init(&tab->history);
    tab->stack = GTK_STACK(gtk_stack_new());
    gtk_stack_set_hhomogeneous(tab->stack, FALSE);
    gtk_stack_set_vhomogeneous(tab->stack, FALSE);
    adw_bin_set_child(ADW_BIN(tab), GTK_WIDGET(tab->stack));
}

static void
finalize(GObject *object)
{
    HgTab *tab = HG_TAB(object);
    hg_history_clear(&tab->history);
    g_clear_object(&tab->session);
    G_OBJECT_CLASS(hg_tab_parent_class)->finalize(object);
}

static void
hg_tab_class_init(HgTabClass *class)
{
    G_OBJECT_CLASS(class)->finalize = finalize;
    moved_signal =
        g_signal_new("moved", HG_TYPE_TAB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}
