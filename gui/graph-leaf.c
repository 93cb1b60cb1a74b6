/* graph-leaf.c - the leaf over a node of a graph, and what can be done with it.
 * SPDX-License-Identifier: MIT */
#include "gui/graph-leaf.h"

#include "gui/graph-view.h"

struct _HgGraphLeaf {
    HgLeaf parent;
};

G_DEFINE_FINAL_TYPE(HgGraphLeaf, hg_graph_leaf, HG_TYPE_LEAF)

const HgGraphAct hg_graph_acts[] = {
    {"graph.select", "select"},
    {"graph.open", "open"},
    {"graph.open-in-tab", "open-in-tab"},
    {"graph.referrers", "referrers"},
    {"graph.referents", "referents"},
    {"graph.hide", "hide"},
    {"graph.list", "list"},
    {"graph.way", "way"},
    {"graph.holder", "holder"},
    {"graph.center", "center"},
    {"graph.copy-address", "copy-address"},
    {"graph.copy-command", "copy-command"},
    {0},
};

static void
act(GtkWidget *widget, const char *action, GVariant *parameter)
{
    hg_graph_view_act(HG_GRAPH_VIEW(gtk_widget_get_parent(widget)), action,
                      hg_leaf_get_number(HG_LEAF(widget)));
}

static void
hg_graph_leaf_init(HgGraphLeaf *leaf)
{
}

static void
hg_graph_leaf_class_init(HgGraphLeafClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    gtk_widget_class_set_css_name(widget_class, "hggraphleaf");
    for (const HgGraphAct *each = hg_graph_acts; each->action; each++)
        gtk_widget_class_install_action(widget_class, each->action, NULL, act);
}
