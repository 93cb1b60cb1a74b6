/* graph-leaf.c - what a screen reader and the keyboard find where a node is drawn.
 * SPDX-License-Identifier: MIT */
#include "gui/graph-leaf.h"

#include "gui/graph-view.h"

struct _HgGraphLeaf {
    GtkWidget parent;
    uint32_t node;
};

G_DEFINE_FINAL_TYPE(HgGraphLeaf, hg_graph_leaf, GTK_TYPE_WIDGET)

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

GtkWidget *
hg_graph_leaf_new(void)
{
    return g_object_new(HG_TYPE_GRAPH_LEAF, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
}

void
hg_graph_leaf_set(HgGraphLeaf *leaf, uint32_t node, const char *name)
{
    leaf->node = node;
    gtk_accessible_update_property(GTK_ACCESSIBLE(leaf), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

uint32_t
hg_graph_leaf_get_node(HgGraphLeaf *leaf)
{
    return leaf->node;
}

static void
act(GtkWidget *widget, const char *action, GVariant *parameter)
{
    HgGraphLeaf *leaf = HG_GRAPH_LEAF(widget);
    hg_graph_view_act(HG_GRAPH_VIEW(gtk_widget_get_parent(widget)), action, leaf->node);
}

static void
hg_graph_leaf_init(HgGraphLeaf *leaf)
{
    gtk_widget_set_focusable(GTK_WIDGET(leaf), TRUE);
    gtk_widget_set_can_target(GTK_WIDGET(leaf), FALSE);
}

static void
hg_graph_leaf_class_init(HgGraphLeafClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    gtk_widget_class_set_css_name(widget_class, "hggraphleaf");
    for (const HgGraphAct *each = hg_graph_acts; each->action; each++)
        gtk_widget_class_install_action(widget_class, each->action, NULL, act);
}
