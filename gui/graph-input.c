/* graph-input.c - what pointer, fingers and keys do to a graph view.
 * SPDX-License-Identifier: MIT */
#include "gui/graph-input.h"

#include "gui/graph-handle.h"

#include <math.h>

#define ZOOM_PLAIN 0.8 /* from here on a node needs no tooltip to be read */
#define WHEEL_STEP 60  /* pixels */

/* What is under way. */
typedef struct {
    HgGraphView *view;
    double pinch_start, drag_x, drag_y, pointer_x, pointer_y;
} Input;

/* ---- the pointer ----------------------------------------------------------------------------- */

static void
on_motion(Input *input, double x, double y)
{
    int side;
    uint32_t node = hg_graph_view_find(input->view, x, y, &side);
    input->pointer_x = x;
    input->pointer_y = y;
    hg_graph_view_set_hovered(input->view, node, side);
}

static void
on_leave(Input *input)
{
    hg_graph_view_set_hovered(input->view, HG_NONE, -1);
}

static gboolean
on_query_tooltip(HgGraphView *view, int x, int y, gboolean is_keyboard, GtkTooltip *tooltip)
{
    int side;
    uint32_t number = is_keyboard ? HG_NONE : hg_graph_view_find(view, x, y, &side);
    if (number == HG_NONE)
        return FALSE;
    const HgSceneNode *node = hg_scene_get_node(hg_graph_view_get_scene(view), number);
    if (side >= 0)
        gtk_tooltip_set_text(tooltip, hg_graph_handle_get_text(node, side));
    else if (node->kind == HG_PICTURE_MORE)
        gtk_tooltip_set_text(tooltip, "Click for the list of them");
    else if (hg_graph_view_get_zoom(view) < ZOOM_PLAIN)
        gtk_tooltip_set_text(tooltip, node->name);
    else
        return FALSE;
    return TRUE;
}

static bool
is_more(HgGraphView *view, uint32_t node)
{
    return hg_scene_get_node(hg_graph_view_get_scene(view), node)->kind == HG_PICTURE_MORE;
}

static void
press(HgGraphView *view, uint32_t node, int side, int n_press, bool is_shift)
{
    if (side >= 0) {
        hg_graph_view_tell(view, side == 1 ? "referrers" : "referents", node);
    } else if (is_more(view, node)) {
        hg_graph_view_choose(view, node);
        hg_graph_view_tell(view, "list", node);
    } else if (n_press == 1) {
        hg_graph_view_choose(view, node);
    } else if (n_press == 2) {
        hg_graph_view_tell(view, is_shift ? "toggle-other" : "toggle", node);
    }
}

static void
on_pressed(Input *input, int n_press, double x, double y, GtkGestureClick *gesture)
{
    HgGraphView *view = input->view;
    int side;
    uint32_t node = hg_graph_view_find(view, x, y, &side);
    unsigned button = gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture));
    GdkModifierType state =
        gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
    if (node != HG_NONE)
        hg_graph_view_grab(view, node);
    if (button == GDK_BUTTON_SECONDARY) {
        if (node != HG_NONE)
            hg_graph_view_choose(view, node);
        hg_graph_view_open_menu(view, node, x, y);
    } else if (node == HG_NONE)
        return;
    else if (button == GDK_BUTTON_MIDDLE)
        hg_graph_view_tell(view, "open-in-tab", node);
    else
        press(view, node, side, n_press, state & GDK_SHIFT_MASK);
}

static void
on_drag_begin(Input *input, double x, double y)
{
    const HgPlane *plane = hg_graph_view_get_plane(input->view);
    input->drag_x = plane->x;
    input->drag_y = plane->y;
}

static void
on_drag(Input *input, double x, double y)
{
    hg_graph_view_move_to(input->view, input->drag_x + x, input->drag_y + y);
}

static gboolean
on_scroll(Input *input, double x, double y, GtkEventControllerScroll *scroll)
{
    const HgPlane *plane = hg_graph_view_get_plane(input->view);
    GdkModifierType state =
        gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(scroll));
    bool is_shift = state & GDK_SHIFT_MASK;
    bool is_wheel = gtk_event_controller_scroll_get_unit(scroll) == GDK_SCROLL_UNIT_WHEEL;
    if ((state & GDK_CONTROL_MASK) || (is_wheel && !is_shift && x == 0)) {
        hg_graph_view_zoom_at(input->view, plane->zoom * pow(is_wheel ? 1.2 : 1.01, -y),
                              input->pointer_x, input->pointer_y);
        return TRUE;
    }
    double step = is_wheel ? WHEEL_STEP : 1;
    hg_graph_view_move_to(input->view, plane->x - step * (is_shift && x == 0 ? y : x),
                          plane->y - step * (is_shift ? 0 : y));
    return TRUE;
}

static void
on_pinch_begin(Input *input)
{
    input->pinch_start = hg_graph_view_get_zoom(input->view);
}

static void
on_pinch(Input *input, double scale, GtkGestureZoom *gesture)
{
    double x, y;
    if (gtk_gesture_get_bounding_box_center(GTK_GESTURE(gesture), &x, &y))
        hg_graph_view_zoom_at(input->view, input->pinch_start * scale, x, y);
}

/* ---- the keyboard ---------------------------------------------------------------------------- */

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
    hg_graph_view_choose(view, node);
    hg_graph_view_open_menu(view, node, area.x + area.width / 2.0, area.y + area.height / 2.0);
}

static gboolean
on_key(Input *input, unsigned key, unsigned code, GdkModifierType state)
{
    HgGraphView *view = input->view;
    GdkModifierType modifiers = state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK);
    uint32_t node = hg_leaves_get_focused(GTK_WIDGET(view));
    if (!(modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) && zoom_by_key(view, key))
        return TRUE;
    if (node == HG_LEAF_NONE)
        return FALSE;
    if (key == GDK_KEY_Menu || (key == GDK_KEY_F10 && modifiers == GDK_SHIFT_MASK)) {
        open_menu_at(view, node);
        return TRUE;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i].key != key || keys[i].state != modifiers)
            continue;
        hg_graph_view_choose(view, node);
        hg_graph_view_tell(view, is_more(view, node) ? "list" : keys[i].what, node);
        return TRUE;
    }
    return FALSE;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void
add_pointer(GtkWidget *widget, Input *input)
{
    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect_swapped(motion, "motion", G_CALLBACK(on_motion), input);
    g_signal_connect_swapped(motion, "enter", G_CALLBACK(on_motion), input);
    g_signal_connect_swapped(motion, "leave", G_CALLBACK(on_leave), input);
    gtk_widget_add_controller(widget, motion);
    GtkGesture *click = gtk_gesture_click_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), 0);
    g_signal_connect_swapped(click, "pressed", G_CALLBACK(on_pressed), input);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
    GtkGesture *drag = gtk_gesture_drag_new();
    g_signal_connect_swapped(drag, "drag-begin", G_CALLBACK(on_drag_begin), input);
    g_signal_connect_swapped(drag, "drag-update", G_CALLBACK(on_drag), input);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
    GtkGesture *pinch = gtk_gesture_zoom_new();
    g_signal_connect_swapped(pinch, "begin", G_CALLBACK(on_pinch_begin), input);
    g_signal_connect_swapped(pinch, "scale-changed", G_CALLBACK(on_pinch), input);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(pinch));
    GtkEventController *scroll =
        gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
    g_signal_connect_swapped(scroll, "scroll", G_CALLBACK(on_scroll), input);
    gtk_widget_add_controller(widget, scroll);
}

void
hg_graph_input_add(HgGraphView *view)
{
    Input *input = g_new0(Input, 1);
    input->view = view;
    g_object_set_data_full(G_OBJECT(view), "input", input, g_free);
    add_pointer(GTK_WIDGET(view), input);
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect_swapped(key, "key-pressed", G_CALLBACK(on_key), input);
    gtk_widget_add_controller(GTK_WIDGET(view), key);
    gtk_widget_set_has_tooltip(GTK_WIDGET(view), TRUE);
    g_signal_connect(view, "query-tooltip", G_CALLBACK(on_query_tooltip), NULL);
}
