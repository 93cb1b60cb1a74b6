/* leaf.c - what the keyboard and a screen reader find where a view has drawn something.
 * SPDX-License-Identifier: MIT */
#include "gui/leaf.h"

typedef struct {
    uint32_t number;
} HgLeafPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE(HgLeaf, hg_leaf, GTK_TYPE_WIDGET)

static HgLeafPrivate *
get_private(HgLeaf *leaf)
{
    return hg_leaf_get_instance_private(leaf);
}

HgLeaf *
hg_leaf_new(GType type, GtkWidget *view)
{
    HgLeaf *leaf = g_object_new(type, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
    gtk_widget_set_parent(GTK_WIDGET(leaf), view);
    return leaf;
}

void
hg_leaf_set(HgLeaf *leaf, uint32_t number, const char *label)
{
    get_private(leaf)->number = number;
    gtk_accessible_update_property(GTK_ACCESSIBLE(leaf), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

uint32_t
hg_leaf_get_number(HgLeaf *leaf)
{
    return get_private(leaf)->number;
}

static void
hg_leaf_init(HgLeaf *leaf)
{
    gtk_widget_set_focusable(GTK_WIDGET(leaf), TRUE);
    gtk_widget_set_can_target(GTK_WIDGET(leaf), FALSE);
}

static void
hg_leaf_class_init(HgLeafClass *class)
{
}

/* ---- all of a view --------------------------------------------------------------------------- */

uint32_t
hg_leaves_get_focused(GtkWidget *view)
{
    GtkWidget *focus = gtk_widget_get_focus_child(view);
    return focus && HG_IS_LEAF(focus) ? hg_leaf_get_number(HG_LEAF(focus)) : HG_LEAF_NONE;
}

bool
hg_leaves_has_visible_focus(GtkWidget *view)
{
    GtkWidget *focus = gtk_widget_get_focus_child(view);
    return focus && HG_IS_LEAF(focus) && gtk_widget_has_visible_focus(focus);
}

void
hg_leaves_measure(GtkWidget *view, GtkOrientation orientation)
{
    for (GtkWidget *child = gtk_widget_get_first_child(view); child;
         child = gtk_widget_get_next_sibling(child)) {
        int unused;
        gtk_widget_measure(child, orientation, -1, &unused, &unused, NULL, NULL);
    }
}

void
hg_leaves_remove(GtkWidget *view)
{
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(view)))
        gtk_widget_unparent(child);
}
