/* leaf.h - what the keyboard and a screen reader find where a view has drawn something: an empty
 * widget with a role and a label.
 *
 * A view that draws itself has no widgets for what it draws. It lays leaves over it: children that
 * take the keyboard, not the pointer, and show nothing. A number says what each stands for; what
 * can be done with it are the actions of the leaf's class.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#define HG_TYPE_LEAF (hg_leaf_get_type())
G_DECLARE_DERIVABLE_TYPE(HgLeaf, hg_leaf, HG, LEAF, GtkWidget)

struct _HgLeafClass {
    GtkWidgetClass parent_class;
};

#define HG_LEAF_NONE UINT32_MAX

/* Returns: a leaf of this type over [view], which owns it until it is unparented. */
HgLeaf *hg_leaf_new(GType type, GtkWidget *view);
void hg_leaf_set(HgLeaf *leaf, uint32_t number, const char *label);
uint32_t hg_leaf_get_number(HgLeaf *leaf);

/* What a view does with all of them. */

/* Returns: the number of the leaf of [view] that has the keyboard, HG_LEAF_NONE if none has. */
uint32_t hg_leaves_get_focused(GtkWidget *view);
/* Returns: whether that is to be seen, as when it came there by keys. */
bool hg_leaves_has_visible_focus(GtkWidget *view);
/* GTK wants to have asked each child for its size before it gets one. */
void hg_leaves_measure(GtkWidget *view, GtkOrientation orientation);
/* Takes all children from a view that goes. */
void hg_leaves_remove(GtkWidget *view);
