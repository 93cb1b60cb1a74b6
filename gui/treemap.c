/* treemap.c - what is retained, as areas.
 *
 * What is drawn is kept as one render node until size, shares or theme change; the cell under the
 * pointer is outlined over it. The cells that are large enough to be read have empty leaves over
 * them, for the keyboard and for screen readers.
 * SPDX-License-Identifier: MIT */
#include "gui/treemap.h"

#include "gui/leaf.h"
#include "gui/treemap-paint.h"

#include <adwaita.h>

#define LEAF_LEAST 1400.0 /* square pixels of a cell that a screen reader is told of */

struct _HgTreemap {
    GtkWidget parent;
    HgTreemapScene *scene;
    GPtrArray *leaves; /* HgTreemapLeaf */
    GskRenderNode *drawn;
    uint32_t hovered;
};

enum {
    SIGNAL_HOVERED,
    SIGNAL_OPEN,
    N_SIGNALS
};

static unsigned signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HgTreemap, hg_treemap, GTK_TYPE_WIDGET)

/* ---- leaves ---------------------------------------------------------------------------------- */

#define HG_TYPE_TREEMAP_LEAF (hg_treemap_leaf_get_type())
G_DECLARE_FINAL_TYPE(HgTreemapLeaf, hg_treemap_leaf, HG, TREEMAP_LEAF, HgLeaf)

struct _HgTreemapLeaf {
    HgLeaf parent;
};

G_DEFINE_FINAL_TYPE(HgTreemapLeaf, hg_treemap_leaf, HG_TYPE_LEAF)

static void
activate_leaf(GtkWidget *widget, const char *action, GVariant *parameter)
{
    g_signal_emit(gtk_widget_get_parent(widget), signals[SIGNAL_OPEN], 0,
                  hg_leaf_get_number(HG_LEAF(widget)), g_str_has_suffix(action, "tab"));
}

static void
hg_treemap_leaf_init(HgTreemapLeaf *leaf)
{
}

static void
hg_treemap_leaf_class_init(HgTreemapLeafClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    gtk_widget_class_set_css_name(widget_class, "hgtreemapleaf");
    gtk_widget_class_install_action(widget_class, "treemap.open", NULL, activate_leaf);
    gtk_widget_class_install_action(widget_class, "treemap.open-in-tab", NULL, activate_leaf);
    gtk_widget_class_add_binding_action(widget_class, GDK_KEY_Return, 0, "treemap.open", NULL);
    gtk_widget_class_add_binding_action(widget_class, GDK_KEY_space, 0, "treemap.open", NULL);
    gtk_widget_class_add_binding_action(widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                        "treemap.open-in-tab", NULL);
}

/* ---- cells ----------------------------------------------------------------------------------- */

const HgShare *
hg_treemap_get_share(HgTreemap *treemap, uint32_t cell)
{
    return hg_treemap_scene_get_share(treemap->scene, cell);
}

const HgShare *
hg_treemap_get_parent_share(HgTreemap *treemap, uint32_t cell)
{
    return hg_treemap_scene_get_parent_share(treemap->scene, cell);
}

char *
hg_treemap_dup_text(HgTreemap *treemap, uint32_t cell)
{
    return hg_treemap_scene_dup_text(treemap->scene, cell);
}

static void
set_leaves(HgTreemap *treemap)
{
    unsigned n_leaves = 0;
    for (uint32_t i = 0; i < treemap->scene->cells->len; i++) {
        const HgTreemapArea *area = &hg_treemap_scene_get_cell(treemap->scene, i)->area;
        if (area->width * area->height < LEAF_LEAST)
            continue;
        if (n_leaves == treemap->leaves->len)
            g_ptr_array_add(treemap->leaves,
                            hg_leaf_new(HG_TYPE_TREEMAP_LEAF, GTK_WIDGET(treemap)));
        g_autofree char *text = hg_treemap_dup_text(treemap, i);
        hg_leaf_set(treemap->leaves->pdata[n_leaves++], i, text);
    }
    while (treemap->leaves->len > n_leaves) {
        gtk_widget_unparent(treemap->leaves->pdata[treemap->leaves->len - 1]);
        g_ptr_array_set_size(treemap->leaves, (int)treemap->leaves->len - 1);
    }
}

static void
forget_drawn(HgTreemap *treemap)
{
    g_clear_pointer(&treemap->drawn, gsk_render_node_unref);
    gtk_widget_queue_draw(GTK_WIDGET(treemap));
}

/* The cells are others. */
static void
follow_scene(HgTreemap *treemap)
{
    treemap->hovered = HG_TREEMAP_NONE;
    forget_drawn(treemap);
    set_leaves(treemap);
}

void
hg_treemap_set_shares(HgTreemap *treemap, HgShares *shares)
{
    hg_treemap_scene_set_shares(treemap->scene, shares);
    follow_scene(treemap);
    gtk_widget_queue_resize(GTK_WIDGET(treemap));
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void
require_drawn(HgTreemap *treemap)
{
    if (treemap->drawn)
        return;
    GtkSnapshot *snapshot = gtk_snapshot_new();
    hg_treemap_paint(snapshot, treemap->scene, GTK_WIDGET(treemap));
    treemap->drawn = gtk_snapshot_free_to_node(snapshot);
}

static void
take_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    HgTreemap *treemap = HG_TREEMAP(widget);
    uint32_t n_cells = treemap->scene->cells->len, focused = hg_leaves_get_focused(widget);
    if (n_cells == 0)
        return;
    require_drawn(treemap);
    if (treemap->drawn)
        gtk_snapshot_append_node(snapshot, treemap->drawn);
    if (treemap->hovered < n_cells)
        hg_treemap_paint_outline(snapshot, treemap->scene, treemap->hovered, widget);
    if (focused < n_cells && hg_leaves_has_visible_focus(widget))
        hg_treemap_paint_outline(snapshot, treemap->scene, focused, widget);
}

static void
allocate(GtkWidget *widget, int width, int height, int baseline)
{
    HgTreemap *treemap = HG_TREEMAP(widget);
    HgTreemapScene *scene = treemap->scene;
    int line = hg_treemap_measure_line(widget);
    if (width != scene->width || height != scene->height || line != scene->line) {
        hg_treemap_scene_set_size(scene, width, height, line);
        follow_scene(treemap);
    }
    for (unsigned i = 0; i < treemap->leaves->len; i++) {
        HgLeaf *leaf = treemap->leaves->pdata[i];
        const HgTreemapArea *area =
            &hg_treemap_scene_get_cell(treemap->scene, hg_leaf_get_number(leaf))->area;
        GdkRectangle room = {(int)area->x, (int)area->y, (int)area->width, (int)area->height};
        gtk_widget_size_allocate(GTK_WIDGET(leaf), &room, -1);
    }
}

static void
measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
        int *minimum_baseline, int *natural_baseline)
{
    hg_leaves_measure(widget, orientation);
    *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : 160;
    *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 800 : 320;
}

static void
css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(hg_treemap_parent_class)->css_changed(widget, change);
    forget_drawn(HG_TREEMAP(widget));
}

/* ---- pointer and keyboard -------------------------------------------------------------------- */

static void
set_hovered(HgTreemap *treemap, uint32_t cell)
{
    if (cell == treemap->hovered)
        return;
    treemap->hovered = cell;
    gtk_widget_set_cursor_from_name(GTK_WIDGET(treemap),
                                    cell == HG_TREEMAP_NONE ? NULL : "pointer");
    gtk_widget_queue_draw(GTK_WIDGET(treemap));
    g_signal_emit(treemap, signals[SIGNAL_HOVERED], 0, cell);
}

static void
on_motion(HgTreemap *treemap, double x, double y)
{
    set_hovered(treemap, hg_treemap_find(treemap->scene->cells, x, y));
}

static void
on_leave(HgTreemap *treemap)
{
    set_hovered(treemap, HG_TREEMAP_NONE);
}

static void
on_released(HgTreemap *treemap, int n_press, double x, double y, GtkGestureSingle *click)
{
    uint32_t cell = hg_treemap_find(treemap->scene->cells, x, y);
    unsigned button = gtk_gesture_single_get_current_button(click);
    if (cell != HG_TREEMAP_NONE && button != GDK_BUTTON_SECONDARY)
        g_signal_emit(treemap, signals[SIGNAL_OPEN], 0, cell, button == GDK_BUTTON_MIDDLE);
}

static gboolean
on_query_tooltip(HgTreemap *treemap, int x, int y, gboolean is_keyboard, GtkTooltip *tooltip)
{
    uint32_t cell = is_keyboard ? HG_TREEMAP_NONE : hg_treemap_find(treemap->scene->cells, x, y);
    if (cell == HG_TREEMAP_NONE)
        return FALSE;
    g_autofree char *text = hg_treemap_dup_text(treemap, cell);
    gtk_tooltip_set_text(tooltip, text);
    return TRUE;
}

static void
on_focus(HgTreemap *treemap)
{
    uint32_t focused = hg_leaves_get_focused(GTK_WIDGET(treemap));
    if (focused != HG_LEAF_NONE)
        g_signal_emit(treemap, signals[SIGNAL_HOVERED], 0, focused);
    gtk_widget_queue_draw(GTK_WIDGET(treemap));
}

/* Tab comes to the biggest cell and leaves; arrows go from cell to cell in the order of the tree.
 */
static gboolean
focus(GtkWidget *widget, GtkDirectionType direction)
{
    HgTreemap *treemap = HG_TREEMAP(widget);
    GtkWidget *now = gtk_widget_get_focus_child(widget);
    unsigned at = 0, count = treemap->leaves->len;
    bool is_tab = direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD;
    if (count == 0 || (now && is_tab))
        return FALSE;
    if (now && g_ptr_array_find(treemap->leaves, now, &at)) {
        bool is_back = direction == GTK_DIR_LEFT || direction == GTK_DIR_UP;
        if ((is_back && at == 0) || (!is_back && at + 1 == count))
            return TRUE;
        at += is_back ? -1u : 1u;
    }
    return gtk_widget_grab_focus(treemap->leaves->pdata[at]);
}

/* ---- the widget ------------------------------------------------------------------------------ */

static void
hg_treemap_init(HgTreemap *treemap)
{
    GtkWidget *widget = GTK_WIDGET(treemap);
    treemap->scene = hg_treemap_scene_new();
    treemap->leaves = g_ptr_array_new();
    treemap->hovered = HG_TREEMAP_NONE;
    gtk_widget_set_overflow(widget, GTK_OVERFLOW_HIDDEN);
    gtk_widget_set_has_tooltip(widget, TRUE);
    g_signal_connect(treemap, "query-tooltip", G_CALLBACK(on_query_tooltip), NULL);
    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect_swapped(motion, "motion", G_CALLBACK(on_motion), treemap);
    g_signal_connect_swapped(motion, "leave", G_CALLBACK(on_leave), treemap);
    gtk_widget_add_controller(widget, motion);
    GtkGesture *click = gtk_gesture_click_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), 0);
    g_signal_connect_swapped(click, "released", G_CALLBACK(on_released), treemap);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
    AdwStyleManager *manager = adw_style_manager_get_for_display(gtk_widget_get_display(widget));
    g_signal_connect_object(manager, "notify::dark", G_CALLBACK(forget_drawn), treemap,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(manager, "notify::high-contrast", G_CALLBACK(forget_drawn), treemap,
                            G_CONNECT_SWAPPED);
}

static void
set_focus_child(GtkWidget *widget, GtkWidget *child)
{
    GTK_WIDGET_CLASS(hg_treemap_parent_class)->set_focus_child(widget, child);
    on_focus(HG_TREEMAP(widget));
}

static void
dispose(GObject *object)
{
    HgTreemap *treemap = HG_TREEMAP(object);
    hg_leaves_remove(GTK_WIDGET(treemap));
    g_ptr_array_set_size(treemap->leaves, 0);
    g_clear_pointer(&treemap->drawn, gsk_render_node_unref);
    G_OBJECT_CLASS(hg_treemap_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
    HgTreemap *treemap = HG_TREEMAP(object);
    g_ptr_array_unref(treemap->leaves);
    hg_treemap_scene_free(treemap->scene);
    G_OBJECT_CLASS(hg_treemap_parent_class)->finalize(object);
}

static void
hg_treemap_class_init(HgTreemapClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    G_OBJECT_CLASS(class)->finalize = finalize;
    widget_class->snapshot = take_snapshot;
    widget_class->size_allocate = allocate;
    widget_class->measure = measure;
    widget_class->css_changed = css_changed;
    widget_class->focus = focus;
    widget_class->set_focus_child = set_focus_child;
    gtk_widget_class_set_css_name(widget_class, "hgtreemap");
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_LIST);
    signals[SIGNAL_HOVERED] = g_signal_new("hovered", HG_TYPE_TREEMAP, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
    signals[SIGNAL_OPEN] = g_signal_new("open", HG_TYPE_TREEMAP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_BOOLEAN);
}
