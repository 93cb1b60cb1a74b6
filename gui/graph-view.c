/* graph-view.c - a graph drawn, looked at and touched.
 *
 * The plane of the scene is shown scaled and moved. What is drawn of the scene is kept as one
 * render node until the scene or the theme changes; what is hovered, selected or found is drawn
 * over it. Over each node lies an empty leaf, for the keyboard and for screen readers.
 * SPDX-License-Identifier: MIT */
#include "gui/graph-view.h"

#include <adwaita.h>
#include <math.h>

#define ZOOM_LEAST 0.08
#define ZOOM_MOST 4.0
#define ZOOM_READABLE 0.55 /* a graph that would be smaller at first shows a part */
#define ZOOM_PLAIN 0.8     /* from here on a node needs no tooltip to be read */
#define MOVE_TIME 280      /* milliseconds a node takes to its new place */
#define HANDLE_RADIUS 9.0

/* How the plane of the scene lies in the view: a point p of it is at zoom * p + (x, y). */
typedef struct {
    double zoom, x, y;
} Plane;

struct _HgGraphView {
    GtkWidget parent;
    HgScene *scene;
    GPtrArray *leaves; /* HgGraphLeaf of each node */
    GskRenderNode *drawn;
    HgGraphColours colours;
    Plane plane, plane_from, plane_to; /* now; before and after a move */
    bool must_fit;                     /* as soon as there is a size */
    uint32_t hovered, selected;
    int hovered_side; /* of the handle under the pointer; -1: none */
    GArray *matches;  /* uint32_t */
    unsigned match;   /* the current one */
    AdwAnimation *animation;
    double pinch_start, drag_x, drag_y, pointer_x, pointer_y;
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

static HgLayoutPoint
to_scene(HgGraphView *view, double x, double y)
{
    return (HgLayoutPoint){(x - view->plane.x) / view->plane.zoom,
                           (y - view->plane.y) / view->plane.zoom};
}

static void
zoom_at(HgGraphView *view, double zoom, double x, double y)
{
    HgLayoutPoint stays = to_scene(view, x, y);
    view->plane.zoom = CLAMP(zoom, ZOOM_LEAST, ZOOM_MOST);
    view->plane.x = x - view->plane.zoom * stays.x;
    view->plane.y = y - view->plane.zoom * stays.y;
    view->must_fit = false;
    change_plane(view);
}

void
hg_graph_view_set_zoom(HgGraphView *view, double zoom)
{
    GtkWidget *widget = GTK_WIDGET(view);
    zoom_at(view, zoom, gtk_widget_get_width(widget) / 2.0, gtk_widget_get_height(widget) / 2.0);
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

static void
center_on(HgGraphView *view, const HgLayoutPoint *point)
{
    view->plane.x = gtk_widget_get_width(GTK_WIDGET(view)) / 2.0 - view->plane.zoom * point->x;
    view->plane.y = gtk_widget_get_height(GTK_WIDGET(view)) / 2.0 - view->plane.zoom * point->y;
}

static double
get_fitting_zoom(HgGraphView *view, const graphene_rect_t *bounds)
{
    double wide = gtk_widget_get_width(GTK_WIDGET(view)) / (double)bounds->size.width;
    double high = gtk_widget_get_height(GTK_WIDGET(view)) / (double)bounds->size.height;
    return CLAMP(MIN(wide, high), ZOOM_LEAST, 1.25);
}

void
hg_graph_view_fit(HgGraphView *view)
{
    graphene_rect_t bounds;
    if (!view->scene)
        return;
    hg_scene_get_bounds(view->scene, &bounds);
    view->plane.zoom = get_fitting_zoom(view, &bounds);
    HgLayoutPoint middle = {(double)bounds.origin.x + (double)bounds.size.width / 2,
                            (double)bounds.origin.y + (double)bounds.size.height / 2};
    center_on(view, &middle);
    change_plane(view);
}

/* At first: all of it if that can be read, else what was asked for at the side where it stands, and
 * as much as there is room for. */
static void
fit_at_first(HgGraphView *view)
{
    graphene_rect_t bounds;
    view->must_fit = false;
    hg_graph_view_fit(view);
    if (view->plane.zoom >= ZOOM_READABLE || view->scene->nodes->len == 0)
        return;
    const HgSceneNode *asked = hg_scene_get_node(view->scene, 0);
    double width = gtk_widget_get_width(GTK_WIDGET(view));
    hg_scene_get_bounds(view->scene, &bounds);
    view->plane.zoom = ZOOM_READABLE;
    center_on(view, &(HgLayoutPoint){(double)bounds.origin.x + (double)bounds.size.width / 2,
                                     asked->place.y});
    if (view->plane.zoom * (double)bounds.size.width <= width)
        return;
    center_on(view, &asked->place);
    double room = width / 2 - view->plane.zoom * asked->width / 2 - 40;
    bool is_left = asked->place.x < (double)bounds.origin.x + (double)bounds.size.width / 2;
    view->plane.x += is_left ? -room : room;
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
    int width = gtk_widget_get_width(GTK_WIDGET(view));
    int height = gtk_widget_get_height(GTK_WIDGET(view));
    hg_graph_view_get_area(view, node, &area);
    if (area.x >= 0 && area.y >= 0 && area.x + area.width <= width &&
        area.y + area.height <= height)
        return;
    center_on(view, &hg_scene_get_node(view->scene, node)->place);
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
hg_graph_view_act(HgGraphView *view, const char *action, uint32_t node)
{
    for (const HgGraphAct *each = hg_graph_acts; each->action; each++)
        if (g_str_equal(each->action, action))
            g_signal_emit(view, signals[SIGNAL_ACT], 0, each->name, node);
}

static void
choose(HgGraphView *view, uint32_t node)
{
    hg_graph_view_select(view, node);
    g_signal_emit(view, signals[SIGNAL_ACT], 0, "select", node);
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
        if (!view->leaves->pdata[i]) {
            view->leaves->pdata[i] = hg_graph_leaf_new();
            gtk_widget_set_parent(view->leaves->pdata[i], GTK_WIDGET(view));
        }
        hg_graph_leaf_set(view->leaves->pdata[i], i, node->name);
    }
    for (uint32_t j = 0; j < old->len; j++)
        if (old->pdata[j])
            gtk_widget_unparent(old->pdata[j]);
    g_ptr_array_unref(old);
}

static double
get_between(double from, double to, double progress)
{
    return from + progress * (to - from);
}

static void
on_move(double progress, void *user_data)
{
    HgGraphView *view = user_data;
    const Plane *from = &view->plane_from, *to = &view->plane_to;
    hg_scene_move(view->scene, progress);
    view->plane =
        (Plane){get_between(from->zoom, to->zoom, progress), get_between(from->x, to->x, progress),
                get_between(from->y, to->y, progress)};
    forget_drawn(view);
    change_plane(view);
}

/* The part of the plane with what is new and what it hangs on; false if nothing is. */
static bool
find_new(const HgScene *scene, const HgScene *before, graphene_rect_t *bounds)
{
    bool has_new = false;
    for (uint32_t i = 0; i < scene->nodes->len; i++) {
        const HgSceneNode *node = hg_scene_get_node(scene, i);
        graphene_rect_t part = GRAPHENE_RECT_INIT((float)(node->place.x - node->width / 2),
                                                  (float)(node->place.y - node->height / 2),
                                                  (float)node->width, (float)node->height);
        bool is_new = true;
        for (uint32_t j = 0; is_new && j < before->nodes->len; j++)
            is_new = !hg_scene_is_same(node, hg_scene_get_node(before, j));
        if (!is_new)
            continue;
        if (has_new)
            graphene_rect_union(bounds, &part, bounds);
        else
            *bounds = part;
        has_new = true;
    }
    return has_new;
}

/* Returns: by how much to shift so that [from, from + size] is within [0, room], or its middle in
 * the middle. */
static double
get_shift(double from, double size, double room)
{
    double margin = 24;
    if (size + 2 * margin > room)
        return room / 2 - (from + size / 2);
    if (from < margin)
        return margin - from;
    return MIN(room - margin - from - size, 0);
}

/* The plane after a move: what is new is in sight, smaller only if it must. */
static Plane
find_plane(HgGraphView *view, const HgScene *before)
{
    Plane plane = view->plane;
    graphene_rect_t bounds;
    double width = gtk_widget_get_width(GTK_WIDGET(view));
    double height = gtk_widget_get_height(GTK_WIDGET(view));
    if (width < 1 || !find_new(view->scene, before, &bounds))
        return plane;
    const HgSceneNode *anchor = view->selected == HG_NONE
                                    ? hg_scene_get_node(view->scene, 0)
                                    : hg_scene_get_node(view->scene, view->selected);
    graphene_rect_t stays = GRAPHENE_RECT_INIT((float)(anchor->place.x - anchor->width / 2),
                                               (float)(anchor->place.y - anchor->height / 2),
                                               (float)anchor->width, (float)anchor->height);
    graphene_rect_union(&bounds, &stays, &bounds);
    double fitting =
        MIN((width - 48) / (double)bounds.size.width, (height - 48) / (double)bounds.size.height);
    double zoom = MIN(plane.zoom, MAX(fitting, ZOOM_READABLE));
    plane.x += (plane.zoom - zoom) * anchor->place.x;
    plane.y += (plane.zoom - zoom) * anchor->place.y;
    plane.zoom = zoom;
    plane.x += get_shift(zoom * (double)bounds.origin.x + plane.x, zoom * (double)bounds.size.width,
                         width);
    plane.y += get_shift(zoom * (double)bounds.origin.y + plane.y,
                         zoom * (double)bounds.size.height, height);
    return plane;
}

static void
move(HgGraphView *view, const HgScene *before)
{
    view->plane_from = view->plane;
    view->plane_to = find_plane(view, before);
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
hg_graph_view_set_scene(HgGraphView *view, HgScene *scene, bool follows)
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
        move(view, before);
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
    choose(view, node);
    return view->match + 1;
}

/* ---- handles: small buttons at the sides of a node ------------------------------------------- */

static HgLayoutPoint
get_handle(const HgSceneNode *node, int side)
{
    double aside = node->width / 2 + HANDLE_RADIUS + 2;
    return (HgLayoutPoint){node->at.x + (side == 1 ? -aside : aside), node->at.y};
}

static bool
has_handles(const HgSceneNode *node)
{
    return node->object != HG_NONE;
}

/* Returns: the side of the handle of a node at this point, -1 if there is none. */
static int
find_handle(const HgSceneNode *node, const HgLayoutPoint *point)
{
    for (int side = 0; has_handles(node) && side < 2; side++) {
        HgLayoutPoint handle = get_handle(node, side);
        if (hypot(point->x - handle.x, point->y - handle.y) <= HANDLE_RADIUS + 3)
            return side;
    }
    return -1;
}

static void
draw_handle(cairo_t *cairo, const HgSceneNode *node, int side, bool is_hovered,
            const HgGraphColours *colours)
{
    HgLayoutPoint at = get_handle(node, side);
    double size = 4;
    cairo_arc(cairo, at.x, at.y, HANDLE_RADIUS, 0, 2 * M_PI);
    gdk_cairo_set_source_rgba(cairo, is_hovered ? &colours->accent : &colours->background);
    cairo_fill_preserve(cairo);
    gdk_cairo_set_source_rgba(cairo, &colours->accent);
    cairo_set_line_width(cairo, 1.4);
    cairo_stroke(cairo);
    gdk_cairo_set_source_rgba(cairo, is_hovered ? &colours->background : &colours->accent);
    cairo_move_to(cairo, at.x - size, at.y);
    cairo_line_to(cairo, at.x + size, at.y);
    if (!node->is_expanded[side]) {
        cairo_move_to(cairo, at.x, at.y - size);
        cairo_line_to(cairo, at.x, at.y + size);
    }
    cairo_set_line_width(cairo, 1.8);
    cairo_stroke(cairo);
}

static void
draw_handles(HgGraphView *view, GtkSnapshot *snapshot, uint32_t number)
{
    const HgSceneNode *node = hg_scene_get_node(view->scene, number);
    if (!has_handles(node))
        return;
    float around = 2 * HANDLE_RADIUS + 6;
    cairo_t *cairo = gtk_snapshot_append_cairo(
        snapshot, &GRAPHENE_RECT_INIT((float)(node->at.x - node->width / 2) - around,
                                      (float)node->at.y - around, (float)node->width + 2 * around,
                                      2 * around));
    for (int side = 0; side < 2; side++)
        draw_handle(cairo, node, side, number == view->hovered && side == view->hovered_side,
                    &view->colours);
    cairo_destroy(cairo);
}

/* ---- drawing --------------------------------------------------------------------------------- */

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
    GtkWidget *focus = gtk_widget_get_focus_child(GTK_WIDGET(view));
    if (!focus || !HG_IS_GRAPH_LEAF(focus) || !gtk_widget_has_visible_focus(focus))
        return;
    uint32_t node = hg_graph_leaf_get_node(HG_GRAPH_LEAF(focus));
    if (node < view->scene->nodes->len)
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
    if (view->must_fit && view->scene && width > 1 && height > 1)
        fit_at_first(view);
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
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
         child = gtk_widget_get_next_sibling(child)) {
        int unused;
        gtk_widget_measure(child, orientation, -1, &unused, &unused, NULL, NULL);
    }
    *minimum = 120;
    *natural = 400;
}

static void
css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(hg_graph_view_parent_class)->css_changed(widget, change);
    forget_drawn(HG_GRAPH_VIEW(widget));
}

/* ---- the pointer ----------------------------------------------------------------------------- */

/* Also the handles of the node that is hovered or selected count as it. */
static uint32_t
find_at(HgGraphView *view, double x, double y, int *side)
{
    *side = -1;
    if (!view->scene)
        return HG_NONE;
    HgLayoutPoint point = to_scene(view, x, y);
    const uint32_t with_handles[] = {view->hovered, view->selected};
    for (int i = 0; i < 2; i++) {
        if (with_handles[i] == HG_NONE)
            continue;
        *side = find_handle(hg_scene_get_node(view->scene, with_handles[i]), &point);
        if (*side >= 0)
            return with_handles[i];
    }
    return hg_scene_find(view->scene, point.x, point.y);
}

static void
set_hovered(HgGraphView *view, uint32_t node, int side)
{
    if (node == view->hovered && side == view->hovered_side)
        return;
    view->hovered = node;
    view->hovered_side = side;
    gtk_widget_set_cursor_from_name(GTK_WIDGET(view), node == HG_NONE ? NULL : "pointer");
    gtk_widget_queue_draw(GTK_WIDGET(view));
}

static void
on_motion(HgGraphView *view, double x, double y)
{
    int side;
    uint32_t node = find_at(view, x, y, &side);
    view->pointer_x = x;
    view->pointer_y = y;
    set_hovered(view, node, side);
}

static void
on_leave(HgGraphView *view)
{
    set_hovered(view, HG_NONE, -1);
}

static gboolean
on_query_tooltip(HgGraphView *view, int x, int y, gboolean is_keyboard, GtkTooltip *tooltip)
{
    int side;
    uint32_t number = is_keyboard ? HG_NONE : find_at(view, x, y, &side);
    if (number == HG_NONE)
        return FALSE;
    const HgSceneNode *node = hg_scene_get_node(view->scene, number);
    if (side >= 0)
        gtk_tooltip_set_text(tooltip, node->is_expanded[side] ? "Hide these again"
                                      : side == 1             ? "Show what refers to it"
                                                              : "Show what it refers to");
    else if (node->kind == HG_PICTURE_MORE)
        gtk_tooltip_set_text(tooltip, "Click for the list of them");
    else if (view->plane.zoom < ZOOM_PLAIN)
        gtk_tooltip_set_text(tooltip, node->name);
    else
        return FALSE;
    return TRUE;
}

static void
grab_leaf(HgGraphView *view, uint32_t node)
{
    if (node < view->leaves->len)
        gtk_widget_grab_focus(view->leaves->pdata[node]);
}

static void
on_pressed(HgGraphView *view, int n_press, double x, double y, GtkGestureClick *gesture)
{
    int side;
    uint32_t node = find_at(view, x, y, &side);
    unsigned button = gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture));
    if (node == HG_NONE) {
        if (button == GDK_BUTTON_SECONDARY)
            g_signal_emit(view, signals[SIGNAL_MENU], 0, node, x, y);
        return;
    }
    grab_leaf(view, node);
    if (button == GDK_BUTTON_SECONDARY) {
        choose(view, node);
        g_signal_emit(view, signals[SIGNAL_MENU], 0, node, x, y);
    } else if (button == GDK_BUTTON_MIDDLE) {
        g_signal_emit(view, signals[SIGNAL_ACT], 0, "open-in-tab", node);
    } else if (side >= 0) {
        g_signal_emit(view, signals[SIGNAL_ACT], 0, side == 1 ? "referrers" : "referents", node);
    } else if (hg_scene_get_node(view->scene, node)->kind == HG_PICTURE_MORE) {
        choose(view, node);
        g_signal_emit(view, signals[SIGNAL_ACT], 0, "list", node);
    } else if (n_press == 1) {
        choose(view, node);
    } else if (n_press == 2) {
        bool is_other =
            gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture)) &
            GDK_SHIFT_MASK;
        g_signal_emit(view, signals[SIGNAL_ACT], 0, is_other ? "toggle-other" : "toggle", node);
    }
}

static void
on_drag_begin(HgGraphView *view, double x, double y)
{
    view->drag_x = view->plane.x;
    view->drag_y = view->plane.y;
}

static void
on_drag(HgGraphView *view, double x, double y)
{
    view->plane.x = view->drag_x + x;
    view->plane.y = view->drag_y + y;
    view->must_fit = false;
    change_plane(view);
}

static gboolean
on_scroll(HgGraphView *view, double x, double y, GtkEventControllerScroll *scroll)
{
    GdkModifierType state =
        gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(scroll));
    bool is_wheel = gtk_event_controller_scroll_get_unit(scroll) == GDK_SCROLL_UNIT_WHEEL;
    if ((state & GDK_CONTROL_MASK) || (is_wheel && !(state & GDK_SHIFT_MASK) && x == 0)) {
        zoom_at(view, view->plane.zoom * pow(is_wheel ? 1.2 : 1.01, -y), view->pointer_x,
                view->pointer_y);
        return TRUE;
    }
    double step = is_wheel ? 60 : 1;
    view->plane.x -= step * (state & GDK_SHIFT_MASK && x == 0 ? y : x);
    view->plane.y -= step * (state & GDK_SHIFT_MASK ? 0 : y);
    change_plane(view);
    return TRUE;
}

static void
on_pinch_begin(HgGraphView *view)
{
    view->pinch_start = view->plane.zoom;
}

static void
on_pinch(HgGraphView *view, double scale, GtkGestureZoom *gesture)
{
    double x, y;
    if (gtk_gesture_get_bounding_box_center(GTK_GESTURE(gesture), &x, &y))
        zoom_at(view, view->pinch_start * scale, x, y);
}

/* ---- the keyboard ---------------------------------------------------------------------------- */

static uint32_t
get_focused(HgGraphView *view)
{
    GtkWidget *focus = gtk_widget_get_focus_child(GTK_WIDGET(view));
    return focus && HG_IS_GRAPH_LEAF(focus) ? hg_graph_leaf_get_node(HG_GRAPH_LEAF(focus))
                                            : HG_NONE;
}

static bool
go_beside(HgGraphView *view, GtkDirectionType direction)
{
    uint32_t node = get_focused(view);
    if (node == HG_NONE)
        return false;
    node = hg_scene_find_beside(view->scene, node, direction);
    if (node == HG_NONE)
        return true;
    grab_leaf(view, node);
    hg_graph_view_reveal(view, node);
    choose(view, node);
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
    uint32_t node = view->selected == HG_NONE ? 0 : view->selected;
    grab_leaf(view, node);
    return TRUE;
}

static const struct {
    unsigned key;
    GdkModifierType state;
    const char *what;
} keys[] = {
    {GDK_KEY_Return, 0, "open"},
    {GDK_KEY_KP_Enter, 0, "open"},
    {GDK_KEY_Return, GDK_CONTROL_MASK, "open-in-tab"},
    {GDK_KEY_space, 0, "toggle"},
    {GDK_KEY_space, GDK_SHIFT_MASK, "toggle-other"},
    {GDK_KEY_r, 0, "referrers"},
    {GDK_KEY_e, 0, "referents"},
    {GDK_KEY_Delete, 0, "hide"},
    {GDK_KEY_l, 0, "list"},
    {GDK_KEY_w, 0, "way"},
    {GDK_KEY_h, 0, "holder"},
    {GDK_KEY_c, GDK_CONTROL_MASK, "copy-address"},
};

static bool
zoom_by_key(HgGraphView *view, unsigned key)
{
    switch (key) {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
        hg_graph_view_zoom(view, 1.25);
        return true;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
        hg_graph_view_zoom(view, 0.8);
        return true;
    case GDK_KEY_1:
        hg_graph_view_set_zoom(view, 1);
        return true;
    case GDK_KEY_0:
    case GDK_KEY_f:
        hg_graph_view_fit(view);
        return true;
    default:
        return false;
    }
}

static void
open_menu_at(HgGraphView *view, uint32_t node)
{
    GdkRectangle area;
    hg_graph_view_get_area(view, node, &area);
    choose(view, node);
    g_signal_emit(view, signals[SIGNAL_MENU], 0, node, (double)area.x + area.width / 2.0,
                  (double)area.y + area.height / 2.0);
}

static gboolean
on_key(HgGraphView *view, unsigned key, unsigned code, GdkModifierType state)
{
    GdkModifierType modifiers = state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK);
    uint32_t node = get_focused(view);
    if (!(modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) && zoom_by_key(view, key))
        return TRUE;
    if (node == HG_NONE)
        return FALSE;
    if (key == GDK_KEY_Menu || (key == GDK_KEY_F10 && modifiers == GDK_SHIFT_MASK)) {
        open_menu_at(view, node);
        return TRUE;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i].key != key || keys[i].state != modifiers)
            continue;
        choose(view, node);
        bool is_more = hg_scene_get_node(view->scene, node)->kind == HG_PICTURE_MORE;
        g_signal_emit(view, signals[SIGNAL_ACT], 0, is_more ? "list" : keys[i].what, node);
        return TRUE;
    }
    return FALSE;
}

/* ---- the widget ------------------------------------------------------------------------------ */

static void
add_controller(HgGraphView *view, GtkEventController *controller)
{
    gtk_widget_add_controller(GTK_WIDGET(view), controller);
}

static void
add_pointer(HgGraphView *view)
{
    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect_swapped(motion, "motion", G_CALLBACK(on_motion), view);
    g_signal_connect_swapped(motion, "enter", G_CALLBACK(on_motion), view);
    g_signal_connect_swapped(motion, "leave", G_CALLBACK(on_leave), view);
    add_controller(view, motion);
    GtkGesture *click = gtk_gesture_click_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), 0);
    g_signal_connect_swapped(click, "pressed", G_CALLBACK(on_pressed), view);
    add_controller(view, GTK_EVENT_CONTROLLER(click));
    GtkGesture *drag = gtk_gesture_drag_new();
    g_signal_connect_swapped(drag, "drag-begin", G_CALLBACK(on_drag_begin), view);
    g_signal_connect_swapped(drag, "drag-update", G_CALLBACK(on_drag), view);
    add_controller(view, GTK_EVENT_CONTROLLER(drag));
    GtkGesture *pinch = gtk_gesture_zoom_new();
    g_signal_connect_swapped(pinch, "begin", G_CALLBACK(on_pinch_begin), view);
    g_signal_connect_swapped(pinch, "scale-changed", G_CALLBACK(on_pinch), view);
    add_controller(view, GTK_EVENT_CONTROLLER(pinch));
    GtkEventController *scroll =
        gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
    g_signal_connect_swapped(scroll, "scroll", G_CALLBACK(on_scroll), view);
    add_controller(view, scroll);
}

static void
hg_graph_view_init(HgGraphView *view)
{
    view->plane.zoom = 1;
    view->hovered = view->selected = HG_NONE;
    view->hovered_side = -1;
    view->leaves = g_ptr_array_new();
    view->matches = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    gtk_widget_set_overflow(GTK_WIDGET(view), GTK_OVERFLOW_HIDDEN);
    gtk_widget_set_has_tooltip(GTK_WIDGET(view), TRUE);
    g_signal_connect(view, "query-tooltip", G_CALLBACK(on_query_tooltip), NULL);
    add_pointer(view);
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect_swapped(key, "key-pressed", G_CALLBACK(on_key), view);
    add_controller(view, key);
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
    GtkWidget *child;
    if (view->animation)
        adw_animation_skip(view->animation);
    g_clear_object(&view->animation);
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(view))))
        gtk_widget_unparent(child);
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
