/* graph-view.c - a graph drawn, looked at and touched.
 *
 * The plane of the scene is shown scaled and moved. What is drawn of the scene is kept as one
 * render node until the scene or the theme changes; what is hovered, selected or found is drawn
 * over it. Over each node lies an empty leaf, for the keyboard and for screen readers.
 * SPDX-License-Identifier: MIT */
#include "gui/graph-view.h"

#include "gui/graph-handle.h"
#include "gui/graph-input.h"

#include <adwaita.h>

#define MOVE_TIME 280 /* milliseconds a node takes to its new place */

struct _HgGraphView {
    GtkWidget parent;
    HgScene *scene;
    GPtrArray *leaves; /* HgGraphLeaf of each node */
    GskRenderNode *drawn;
    HgGraphColours colours;
    HgPlane plane, plane_from, plane_to; /* now; before and after a move */
    bool must_fit;                       /* as soon as there is a size */
    uint32_t hovered, selected;
    int hovered_side; /* of the handle under the pointer; -1: none */
    GArray *matches;  /* uint32_t */
    unsigned match;   /* the current one */
    AdwAnimation *animation;
};

enum {
    SIGNAL_ACT,
    SIGNAL_MENU,
    N_SIGNALS
};

static unsigned signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HgGraphView, hg_graph_view, GTK_TYPE_WIDGET)

/* ---- the plane ------------------------------------------------------------------------------- */

static void
change_plane(HgGraphView *view)
{
    gtk_widget_queue_allocate(GTK_WIDGET(view));
    gtk_widget_queue_draw(GTK_WIDGET(view));
}

static HgPlaneRoom
get_room(HgGraphView *view)
{
    return (HgPlaneRoom){gtk_widget_get_width(GTK_WIDGET(view)),
                         gtk_widget_get_height(GTK_WIDGET(view))};
}

const HgPlane *
hg_graph_view_get_plane(HgGraphView *view)
{
    return &view->plane;
}

void
hg_graph_view_move_to(HgGraphView *view, double x, double y)
{
    view->plane.x = x;
    view->plane.y = y;
    view->must_fit = false;
    change_plane(view);
}

void
hg_graph_view_zoom_at(HgGraphView *view, double zoom, double x, double y)
{
    hg_plane_zoom_at(&view->plane, zoom, x, y);
    view->must_fit = false;
    change_plane(view);
}

void
hg_graph_view_set_zoom(HgGraphView *view, double zoom)
{
    HgPlaneRoom room = get_room(view);
    hg_graph_view_zoom_at(view, zoom, room.width / 2, room.height / 2);
}

void
hg_graph_view_zoom(HgGraphView *view, double factor)
{
    hg_graph_view_set_zoom(view, view->plane.zoom * factor);
}

double
hg_graph_view_get_zoom(HgGraphView *view)
{
    return view->plane.zoom;
}

void
hg_graph_view_fit(HgGraphView *view)
{
    if (!view->scene)
        return;
    HgPlaneRoom room = get_room(view);
    hg_plane_fit(&view->plane, &room, view->scene);
    change_plane(view);
}

void
hg_graph_view_get_area(HgGraphView *view, uint32_t number, GdkRectangle *area)
{
    const HgSceneNode *node = hg_scene_get_node(view->scene, number);
    *area = (GdkRectangle){
        (int)(view->plane.zoom * (node->at.x - node->width / 2) + view->plane.x),
        (int)(view->plane.zoom * (node->at.y - node->height / 2) + view->plane.y),
        (int)MAX(view->plane.zoom * node->width, 1), (int)MAX(view->plane.zoom * node->height, 1)};
}

void
hg_graph_view_reveal(HgGraphView *view, uint32_t node)
{
    GdkRectangle area;
    HgPlaneRoom room = get_room(view);
    hg_graph_view_get_area(view, node, &area);
    if (area.x >= 0 && area.y >= 0 && area.x + area.width <= room.width &&
        area.y + area.height <= room.height)
        return;
    hg_plane_center(&view->plane, &room, &hg_scene_get_node(view->scene, node)->place);
    change_plane(view);
}

/* ---- selection ------------------------------------------------------------------------------- */

void
hg_graph_view_select(HgGraphView *view, uint32_t node)
{
    view->selected = node;
    gtk_widget_queue_draw(GTK_WIDGET(view));
}

uint32_t
hg_graph_view_get_selected(HgGraphView *view)
{
    return view->selected;
}

void
hg_graph_view_tell(HgGraphView *view, const char *what, uint32_t node)
{
    g_signal_emit(view, signals[SIGNAL_ACT], 0, what, node);
}

void
hg_graph_view_open_menu(HgGraphView *view, uint32_t node, double x, double y)
{
    g_signal_emit(view, signals[SIGNAL_MENU], 0, node, x, y);
}

void
hg_graph_view_act(HgGraphView *view, const char *action, uint32_t node)
{
    for (const HgGraphAct *each = hg_graph_acts; each->action; each++)
        if (g_str_equal(each->action, action))
            hg_graph_view_tell(view, each->name, node);
}

void
hg_graph_view_choose(HgGraphView *view, uint32_t node)
{
    hg_graph_view_select(view, node);
    hg_graph_view_tell(view, "select", node);
}

void
hg_graph_view_grab(HgGraphView *view, uint32_t node)
{
    if (node < view->leaves->len)
        gtk_widget_grab_focus(view->leaves->pdata[node]);
}

static void
act_on_selected(GtkWidget *widget, const char *action, GVariant *parameter)
{
    HgGraphView *view = HG_GRAPH_VIEW(widget);
    if (view->selected != HG_NONE)
        hg_graph_view_act(view, action, view->selected);
}

/* ---- the scene ------------------------------------------------------------------------------- */

static void
forget_drawn(HgGraphView *view)
{
    g_clear_pointer(&view->drawn, gsk_render_node_unref);
    gtk_widget_queue_draw(GTK_WIDGET(view));
}

void
hg_graph_view_redraw(HgGraphView *view)
{
    forget_drawn(view);
}

const HgScene *
hg_graph_view_get_scene(HgGraphView *view)
{
    return view->scene;
}

/* Leaves follow what they stand for, so that the keyboard stays where it is. */
static void
set_leaves(HgGraphView *view, const HgScene *before)
{
    GPtrArray *old = view->leaves;
    view->leaves = g_ptr_array_new();
    g_ptr_array_set_size(view->leaves, (int)view->scene->nodes->len);
    for (uint32_t i = 0; i < view->leaves->len; i++) {
        const HgSceneNode *node = hg_scene_get_node(view->scene, i);
        for (uint32_t j = 0; before && j < old->len && !view->leaves->pdata[i]; j++)
            if (old->pdata[j] && hg_scene_is_same(node, hg_scene_get_node(before, j)))
                view->leaves->pdata[i] = g_steal_pointer(&old->pdata[j]);
        if (!view->leaves->pdata[i])
            view->leaves->pdata[i] = hg_leaf_new(HG_TYPE_GRAPH_LEAF, GTK_WIDGET(view));
        hg_leaf_set(view->leaves->pdata[i], i, node->name);
    }
    for (uint32_t j = 0; j < old->len; j++)
        if (old->pdata[j])
            gtk_widget_unparent(old->pdata[j]);
    g_ptr_array_unref(old);
}

static void
on_move(double progress, void *user_data)
{
    HgGraphView *view = user_data;
    hg_scene_move(view->scene, progress);
    view->plane = hg_plane_get_between(&view->plane_from, &view->plane_to, progress);
    forget_drawn(view);
    change_plane(view);
}

static void
move(HgGraphView *view, const HgScene *before, uint32_t anchor)
{
    HgPlaneRoom room = get_room(view);
    if (anchor == HG_NONE)
        anchor = view->selected == HG_NONE ? 0 : view->selected;
    view->plane_from = view->plane;
    view->plane_to = hg_plane_follow(&view->plane, &room, view->scene, before, anchor);
    AdwAnimationTarget *target = adw_callback_animation_target_new(on_move, view, NULL);
    if (view->animation)
        adw_animation_skip(view->animation);
    g_clear_object(&view->animation);
    view->animation = adw_timed_animation_new(GTK_WIDGET(view), 0, 1, MOVE_TIME, target);
    adw_timed_animation_set_easing(ADW_TIMED_ANIMATION(view->animation), ADW_EASE_OUT_CUBIC);
    adw_animation_play(view->animation);
}

/* The node of the new scene that stands for the selected one. */
static uint32_t
find_selected(HgGraphView *view, const HgScene *scene)
{
    if (!view->scene || view->selected == HG_NONE)
        return HG_NONE;
    const HgSceneNode *old = hg_scene_get_node(view->scene, view->selected);
    for (uint32_t i = 0; i < scene->nodes->len; i++)
        if (hg_scene_is_same(old, hg_scene_get_node(scene, i)))
            return i;
    return HG_NONE;
}

void
hg_graph_view_set_scene(HgGraphView *view, HgScene *scene, bool follows, uint32_t anchor)
{
    if (view->animation)
        adw_animation_skip(view->animation);
    g_autoptr(HgScene) before = view->scene;
    view->selected = find_selected(view, scene);
    view->hovered = HG_NONE;
    view->hovered_side = -1;
    view->scene = scene;
    g_array_set_size(view->matches, 0);
    set_leaves(view, before);
    forget_drawn(view);
    if (follows && before) {
        move(view, before, anchor);
        return;
    }
    hg_scene_move(scene, 1);
    view->must_fit = true;
    change_plane(view);
}

/* ---- search ---------------------------------------------------------------------------------- */

unsigned
hg_graph_view_search(HgGraphView *view, const char *text)
{
    g_autofree char *wanted = g_utf8_casefold(text, -1);
    g_array_set_size(view->matches, 0);
    view->match = 0;
    for (uint32_t i = 0; *wanted && view->scene && i < view->scene->nodes->len; i++) {
        const HgSceneNode *node = hg_scene_get_node(view->scene, i);
        g_autofree char *told = g_utf8_casefold(node->name, -1);
        if (strstr(told, wanted))
            g_array_append_val(view->matches, i);
    }
    gtk_widget_queue_draw(GTK_WIDGET(view));
    return view->matches->len;
}

unsigned
hg_graph_view_count_matches(HgGraphView *view)
{
    return view->matches->len;
}

unsigned
hg_graph_view_search_step(HgGraphView *view, int step)
{
    unsigned count = view->matches->len;
    if (count == 0)
        return 0;
    if (step)
        view->match = (view->match + count + (unsigned)step) % count;
    uint32_t node = g_array_index(view->matches, uint32_t, view->match);
    hg_graph_view_reveal(view, node);
    hg_graph_view_choose(view, node);
    return view->match + 1;
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void
draw_handles(HgGraphView *view, GtkSnapshot *snapshot, uint32_t number)
{
    hg_graph_handles_paint(snapshot, hg_scene_get_node(view->scene, number),
                           number == view->hovered ? view->hovered_side : -1, &view->colours);
}

static void
draw_matches(HgGraphView *view, GtkSnapshot *snapshot)
{
    for (unsigned i = 0; i < view->matches->len; i++) {
        uint32_t node = g_array_index(view->matches, uint32_t, i);
        hg_graph_paint_outline(snapshot, hg_scene_get_node(view->scene, node), &view->colours.match,
                               3, 3);
    }
}

static void
draw_over(HgGraphView *view, GtkSnapshot *snapshot)
{
    draw_matches(view, snapshot);
    if (view->hovered != HG_NONE)
        hg_graph_paint_links(snapshot, view->scene, view->hovered, &view->colours);
    if (view->selected != HG_NONE) {
        if (view->hovered == HG_NONE)
            hg_graph_paint_links(snapshot, view->scene, view->selected, &view->colours);
        hg_graph_paint_outline(snapshot, hg_scene_get_node(view->scene, view->selected),
                               &view->colours.accent, 3, 3);
        draw_handles(view, snapshot, view->selected);
    }
    if (view->hovered != HG_NONE && view->hovered != view->selected)
        draw_handles(view, snapshot, view->hovered);
}

static void
require_drawn(HgGraphView *view)
{
    if (view->drawn)
        return;
    GtkSnapshot *snapshot = gtk_snapshot_new();
    hg_graph_colours_read(GTK_WIDGET(view), &view->colours);
    hg_graph_paint(snapshot, view->scene, &view->colours);
    view->drawn = gtk_snapshot_free_to_node(snapshot);
}

/* The keyboard's place, where it is not the selected node. */
static void
draw_focus(HgGraphView *view, GtkSnapshot *snapshot)
{
    uint32_t node = hg_leaves_get_focused(GTK_WIDGET(view));
    if (node < view->scene->nodes->len && hg_leaves_has_visible_focus(GTK_WIDGET(view)))
        hg_graph_paint_outline(snapshot, hg_scene_get_node(view->scene, node),
                               &view->colours.accent, 2, 6);
}

static void
take_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    HgGraphView *view = HG_GRAPH_VIEW(widget);
    if (!view->scene || !view->scene->layout)
        return;
    require_drawn(view);
    graphene_rect_t room = GRAPHENE_RECT_INIT(0, 0, (float)gtk_widget_get_width(widget),
                                              (float)gtk_widget_get_height(widget));
    gtk_snapshot_push_clip(snapshot, &room);
    gtk_snapshot_save(snapshot);
    gtk_snapshot_translate(snapshot,
                           &GRAPHENE_POINT_INIT((float)view->plane.x, (float)view->plane.y));
    gtk_snapshot_scale(snapshot, (float)view->plane.zoom, (float)view->plane.zoom);
    if (view->drawn)
        gtk_snapshot_append_node(snapshot, view->drawn);
    draw_over(view, snapshot);
    draw_focus(view, snapshot);
    gtk_snapshot_restore(snapshot);
    gtk_snapshot_pop(snapshot);
}

static void
allocate(GtkWidget *widget, int width, int height, int baseline)
{
    HgGraphView *view = HG_GRAPH_VIEW(widget);
    if (view->must_fit && view->scene && width > 1 && height > 1) {
        HgPlaneRoom room = {width, height};
        view->must_fit = false;
        hg_plane_fit_at_first(&view->plane, &room, view->scene);
        gtk_widget_queue_draw(widget);
    }
    for (unsigned i = 0; view->scene && i < view->leaves->len; i++) {
        GdkRectangle area;
        hg_graph_view_get_area(view, i, &area);
        gtk_widget_size_allocate(view->leaves->pdata[i], &area, -1);
    }
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
         child = gtk_widget_get_next_sibling(child))
        if (GTK_IS_POPOVER(child))
            gtk_popover_present(GTK_POPOVER(child));
}

static void
measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
        int *minimum_baseline, int *natural_baseline)
{
    hg_leaves_measure(widget, orientation);
    *minimum = 120;
    *natural = 400;
}

static void
css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(hg_graph_view_parent_class)->css_changed(widget, change);
    forget_drawn(HG_GRAPH_VIEW(widget));
}

/* ---- what is pointed at ---------------------------------------------------------------------- */

uint32_t
hg_graph_view_find(HgGraphView *view, double x, double y, int *side)
{
    *side = -1;
    if (!view->scene)
        return HG_NONE;
    HgLayoutPoint point = hg_plane_to_scene(&view->plane, x, y);
    const uint32_t with_handles[] = {view->hovered, view->selected};
    for (int i = 0; i < 2; i++) {
        if (with_handles[i] == HG_NONE)
            continue;
        *side = hg_graph_handle_find(hg_scene_get_node(view->scene, with_handles[i]), &point);
        if (*side >= 0)
            return with_handles[i];
    }
    return hg_scene_find(view->scene, point.x, point.y);
}

void
hg_graph_view_set_hovered(HgGraphView *view, uint32_t node, int side)
{
    if (node == view->hovered && side == view->hovered_side)
        return;
    view->hovered = node;
    view->hovered_side = side;
    gtk_widget_set_cursor_from_name(GTK_WIDGET(view), node == HG_NONE ? NULL : "pointer");
    gtk_widget_queue_draw(GTK_WIDGET(view));
}

/* ---- the keyboard's place -------------------------------------------------------------------- */

static bool
go_beside(HgGraphView *view, GtkDirectionType direction)
{
    uint32_t node = hg_leaves_get_focused(GTK_WIDGET(view));
    if (node == HG_LEAF_NONE)
        return false;
    node = hg_scene_find_beside(view->scene, node, direction);
    if (node == HG_NONE)
        return true;
    hg_graph_view_grab(view, node);
    hg_graph_view_reveal(view, node);
    hg_graph_view_choose(view, node);
    return true;
}

/* Tab comes to one node and leaves from it; arrows go from node to node. */
static gboolean
focus(GtkWidget *widget, GtkDirectionType direction)
{
    HgGraphView *view = HG_GRAPH_VIEW(widget);
    GtkWidget *now = gtk_widget_get_focus_child(widget);
    if (now && GTK_IS_POPOVER(now)) /* it keeps the keyboard until it closes */
        return gtk_widget_child_focus(now, direction);
    if (!view->scene || view->leaves->len == 0)
        return FALSE;
    if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
        return go_beside(view, direction);
    if (now)
        return FALSE;
    hg_graph_view_grab(view, view->selected == HG_NONE ? 0 : view->selected);
    return TRUE;
}

/* ---- the widget ------------------------------------------------------------------------------ */

static void
hg_graph_view_init(HgGraphView *view)
{
    view->plane.zoom = 1;
    view->hovered = view->selected = HG_NONE;
    view->hovered_side = -1;
    view->leaves = g_ptr_array_new();
    view->matches = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    gtk_widget_set_overflow(GTK_WIDGET(view), GTK_OVERFLOW_HIDDEN);
    hg_graph_input_add(view);
    AdwStyleManager *manager =
        adw_style_manager_get_for_display(gtk_widget_get_display(GTK_WIDGET(view)));
    g_signal_connect_object(manager, "notify::dark", G_CALLBACK(forget_drawn), view,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(manager, "notify::high-contrast", G_CALLBACK(forget_drawn), view,
                            G_CONNECT_SWAPPED);
}

static void
dispose(GObject *object)
{
    HgGraphView *view = HG_GRAPH_VIEW(object);
    if (view->animation)
        adw_animation_skip(view->animation);
    g_clear_object(&view->animation);
    hg_leaves_remove(GTK_WIDGET(view));
    g_ptr_array_set_size(view->leaves, 0);
    g_clear_pointer(&view->scene, hg_scene_free);
    g_clear_pointer(&view->drawn, gsk_render_node_unref);
    G_OBJECT_CLASS(hg_graph_view_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
    HgGraphView *view = HG_GRAPH_VIEW(object);
    g_ptr_array_unref(view->leaves);
    g_array_unref(view->matches);
    G_OBJECT_CLASS(hg_graph_view_parent_class)->finalize(object);
}

static void
hg_graph_view_class_init(HgGraphViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    G_OBJECT_CLASS(class)->finalize = finalize;
    widget_class->snapshot = take_snapshot;
    widget_class->size_allocate = allocate;
    widget_class->measure = measure;
    widget_class->css_changed = css_changed;
    widget_class->focus = focus;
    gtk_widget_class_set_css_name(widget_class, "hggraph");
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_LIST);
    for (const HgGraphAct *each = hg_graph_acts; each->action; each++)
        gtk_widget_class_install_action(widget_class, each->action, NULL, act_on_selected);
    signals[SIGNAL_ACT] = g_signal_new("act", HG_TYPE_GRAPH_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
    signals[SIGNAL_MENU] =
        g_signal_new("menu", HG_TYPE_GRAPH_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                     G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}
