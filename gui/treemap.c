/* treemap.c - what is retained, as areas.
 *
 * What is drawn is kept as one render node until size, shares or theme change; the cell under the
 * pointer is outlined over it. The cells that are large enough to be read have empty leaves over
 * them, for the keyboard and for screen readers.
 * SPDX-License-Identifier: MIT */
#include "gui/treemap.h"

#include "core/numbers.h"
#include "core/text.h"

#include <adwaita.h>
#include <math.h>

#define CELL_LEAST 260.0  /* square pixels */
#define LEAF_LEAST 1400.0 /* of one that a screen reader is told of */
#define HEADER 18.0
#define PADDING 2.0
#define DEPTH_MOST 4
#define N_HUES 8

/* ---- leaves ---------------------------------------------------------------------------------- */

#define HG_TYPE_TREEMAP_LEAF (hg_treemap_leaf_get_type())
G_DECLARE_FINAL_TYPE(HgTreemapLeaf, hg_treemap_leaf, HG, TREEMAP_LEAF, GtkWidget)

struct _HgTreemapLeaf {
    GtkWidget parent;
    uint32_t cell;
};

G_DEFINE_FINAL_TYPE(HgTreemapLeaf, hg_treemap_leaf, GTK_TYPE_WIDGET)

struct _HgTreemap {
    GtkWidget parent;
    HgShares *shares;
    GArray *items;     /* HgTreemapItem of each share */
    GArray *cells;     /* HgTreemapCell, for the size it has */
    GPtrArray *leaves; /* HgTreemapLeaf */
    GskRenderNode *drawn;
    int width, height; /* cells are for */
    uint32_t hovered;
};

enum {
    SIGNAL_HOVERED,
    SIGNAL_OPEN,
    N_SIGNALS
};

static unsigned signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(HgTreemap, hg_treemap, GTK_TYPE_WIDGET)

static void
activate_leaf(GtkWidget *widget, const char *action, GVariant *parameter)
{
    g_signal_emit(gtk_widget_get_parent(widget), signals[SIGNAL_OPEN], 0,
                  HG_TREEMAP_LEAF(widget)->cell, g_str_has_suffix(action, "tab"));
}

static void
hg_treemap_leaf_init(HgTreemapLeaf *leaf)
{
    gtk_widget_set_focusable(GTK_WIDGET(leaf), TRUE);
    gtk_widget_set_can_target(GTK_WIDGET(leaf), FALSE);
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

static const HgTreemapCell *
get_cell(HgTreemap *treemap, uint32_t cell)
{
    return &g_array_index(treemap->cells, HgTreemapCell, cell);
}

const HgShare *
hg_treemap_get_share(HgTreemap *treemap, uint32_t cell)
{
    uint32_t item = get_cell(treemap, cell)->item;
    return item == HG_TREEMAP_NONE ? NULL : g_ptr_array_index(treemap->shares->rows, item);
}

const HgShare *
hg_treemap_get_parent_share(HgTreemap *treemap, uint32_t cell)
{
    uint32_t parent = get_cell(treemap, cell)->parent;
    return parent == HG_TREEMAP_NONE ? NULL : hg_treemap_get_share(treemap, parent);
}

static char *
dup_name(HgTreemap *treemap, uint32_t cell)
{
    const HgShare *share = hg_treemap_get_share(treemap, cell);
    if (!share) {
        g_autofree char *count = hg_number_dup_count(get_cell(treemap, cell)->n_folded);
        return g_strconcat(count, " more", NULL);
    }
    g_autofree char *label = hg_text_dup_escaped(share->label);
    if (share->kind != HG_SHARE_TYPE && share->kind != HG_SHARE_GARBAGE)
        return g_steal_pointer(&label);
    g_autofree char *count = hg_number_dup_count(share->count);
    return g_strdup_printf("%s \u00d7 %s", label, count);
}

char *
hg_treemap_dup_text(HgTreemap *treemap, uint32_t cell)
{
    g_autofree char *name = dup_name(treemap, cell);
    g_autofree char *size = hg_number_dup_size(get_cell(treemap, cell)->weight);
    double share = (double)get_cell(treemap, cell)->weight / (double)MAX(treemap->shares->size, 1);
    return g_strdup_printf("%s: %s, %.1f %% of the heap", name, size, 100 * share);
}

static void
set_leaves(HgTreemap *treemap)
{
    unsigned n_leaves = 0;
    for (uint32_t i = 0; i < treemap->cells->len; i++) {
        const HgTreemapArea *area = &get_cell(treemap, i)->area;
        if (area->width * area->height < LEAF_LEAST)
            continue;
        if (n_leaves == treemap->leaves->len) {
            GtkWidget *leaf = g_object_new(HG_TYPE_TREEMAP_LEAF, "accessible-role",
                                           GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
            gtk_widget_set_parent(leaf, GTK_WIDGET(treemap));
            g_ptr_array_add(treemap->leaves, leaf);
        }
        HgTreemapLeaf *leaf = treemap->leaves->pdata[n_leaves++];
        g_autofree char *text = hg_treemap_dup_text(treemap, i);
        leaf->cell = i;
        gtk_accessible_update_property(GTK_ACCESSIBLE(leaf), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                       -1);
    }
    while (treemap->leaves->len > n_leaves) {
        gtk_widget_unparent(treemap->leaves->pdata[treemap->leaves->len - 1]);
        g_ptr_array_set_size(treemap->leaves, (int)treemap->leaves->len - 1);
    }
}

static void
lay_out(HgTreemap *treemap, int width, int height)
{
    HgTreemapOptions options = {.area = {0, 0, width, height},
                                .least_area = CELL_LEAST,
                                .padding = PADDING,
                                .header = HEADER,
                                .depth = DEPTH_MOST};
    GArray *cells = hg_treemap_lay_out((HgTreemapItem *)(void *)treemap->items->data,
                                       treemap->items->len, &options);
    g_array_unref(treemap->cells);
    treemap->cells = cells;
    treemap->width = width;
    treemap->height = height;
    treemap->hovered = HG_TREEMAP_NONE;
    g_clear_pointer(&treemap->drawn, gsk_render_node_unref);
    set_leaves(treemap);
}

void
hg_treemap_set_shares(HgTreemap *treemap, HgShares *shares)
{
    hg_shares_free(treemap->shares);
    treemap->shares = shares;
    g_array_set_size(treemap->items, 0);
    for (uint32_t i = 0; shares && i < shares->rows->len; i++) {
        const HgShare *share = shares->rows->pdata[i];
        HgTreemapItem item = {share->size, share->parent,
                              share->kind == HG_SHARE_MORE ? MAX(share->count, 1) : 0};
        g_array_append_val(treemap->items, item);
    }
    lay_out(treemap, treemap->width, treemap->height);
    gtk_widget_queue_resize(GTK_WIDGET(treemap));
}

/* ---- drawing --------------------------------------------------------------------------------- */

typedef struct {
    GdkRGBA hue[N_HUES], text, background, garbage, more;
    bool is_dark;
    double line_width;
} Colours;

static void
look_up(GtkWidget *widget, const char *name, const char *otherwise, GdkRGBA *colour)
{
    if (!gtk_style_context_lookup_color(gtk_widget_get_style_context(widget), name, colour))
        gdk_rgba_parse(colour, otherwise);
}

static void
read_colours(GtkWidget *widget, Colours *colours)
{
    AdwStyleManager *manager = adw_style_manager_get_for_display(gtk_widget_get_display(widget));
    colours->is_dark = adw_style_manager_get_dark(manager);
    colours->line_width = adw_style_manager_get_high_contrast(manager) ? 2 : 1;
    for (int i = 0; i < N_HUES; i++) {
        g_autofree char *name = g_strdup_printf("treemap_%d", i + 1);
        look_up(widget, name, "#d0d0d0", &colours->hue[i]);
    }
    look_up(widget, "view_fg_color", "#000000", &colours->text);
    look_up(widget, "view_bg_color", "#ffffff", &colours->background);
    look_up(widget, "treemap_garbage", "#e0b0b0", &colours->garbage);
    look_up(widget, "treemap_more", "#e0e0e0", &colours->more);
}

/* Deeper cells are nearer to the background, so that they lie on their parent. */
static GdkRGBA
mix(const GdkRGBA *colour, const GdkRGBA *other, float part)
{
    return (GdkRGBA){colour->red + part * (other->red - colour->red),
                     colour->green + part * (other->green - colour->green),
                     colour->blue + part * (other->blue - colour->blue), 1};
}

/* The same type has the same hue wherever it is. */
static unsigned
get_hue(HgTreemap *treemap, const HgShare *share)
{
    if (share->type != HG_NONE)
        return share->type * 2654435761u >> 16;
    return g_str_hash(share->label);
}

static GdkRGBA
get_fill(HgTreemap *treemap, uint32_t cell, const Colours *colours)
{
    const HgShare *share = hg_treemap_get_share(treemap, cell);
    unsigned depth = get_cell(treemap, cell)->depth;
    const GdkRGBA *base = !share ? &colours->more
                          : share->kind == HG_SHARE_GARBAGE
                              ? &colours->garbage
                              : &colours->hue[get_hue(treemap, share) % N_HUES];
    return mix(base, &colours->background, depth == 0 ? 0 : 0.14f * (float)MIN(depth, 4));
}

static void
draw_words(HgTreemap *treemap, GtkSnapshot *snapshot, PangoLayout *layout, const char *text,
           const HgTreemapArea *area, double y, const GdkRGBA *colour)
{
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_width(layout, (int)(MAX(area->width - 8, 1) * PANGO_SCALE));
    gtk_snapshot_save(snapshot);
    gtk_snapshot_translate(snapshot,
                           &GRAPHENE_POINT_INIT((float)area->x + 4, (float)(area->y + y)));
    gtk_snapshot_append_layout(snapshot, layout, colour);
    gtk_snapshot_restore(snapshot);
}

/* Its name, and under it how much that is, where there is room. */
static void
draw_text(HgTreemap *treemap, GtkSnapshot *snapshot, PangoLayout *layout, uint32_t cell,
          const Colours *colours)
{
    const HgTreemapCell *it = get_cell(treemap, cell);
    if (it->area.width < 34 || it->area.height < 15)
        return;
    g_autofree char *name = dup_name(treemap, cell);
    g_autofree char *size = hg_number_dup_size(it->weight);
    g_autofree char *both = g_strdup_printf("%s  %s", name, size);
    graphene_rect_t room = GRAPHENE_RECT_INIT((float)it->area.x, (float)it->area.y,
                                              (float)it->area.width, (float)it->area.height);
    gtk_snapshot_push_clip(snapshot, &room);
    if (it->has_children || it->area.height < 34) {
        draw_words(treemap, snapshot, layout, it->has_children ? both : name, &it->area, 1,
                   &colours->text);
    } else {
        GdkRGBA faint = colours->text;
        faint.alpha *= 0.72f;
        draw_words(treemap, snapshot, layout, name, &it->area, 2, &colours->text);
        draw_words(treemap, snapshot, layout, size, &it->area, 17, &faint);
    }
    gtk_snapshot_pop(snapshot);
}

static void
draw_cell(HgTreemap *treemap, GtkSnapshot *snapshot, uint32_t cell, const Colours *colours)
{
    const HgTreemapArea *area = &get_cell(treemap, cell)->area;
    GdkRGBA fill = get_fill(treemap, cell, colours);
    GdkRGBA line = mix(&fill, &colours->text, colours->line_width > 1 ? 1 : 0.28f);
    float width = (float)colours->line_width;
    GskRoundedRect outline;
    gsk_rounded_rect_init_from_rect(
        &outline,
        &GRAPHENE_RECT_INIT((float)area->x + 0.5f, (float)area->y + 0.5f,
                            (float)MAX(area->width - 1, 1), (float)MAX(area->height - 1, 1)),
        (float)MIN(4, area->width / 4));
    gtk_snapshot_push_rounded_clip(snapshot, &outline);
    gtk_snapshot_append_color(snapshot, &fill, &outline.bounds);
    gtk_snapshot_pop(snapshot);
    gtk_snapshot_append_border(snapshot, &outline, (float[4]){width, width, width, width},
                               (GdkRGBA[4]){line, line, line, line});
}

static void
draw(HgTreemap *treemap)
{
    GtkSnapshot *snapshot = gtk_snapshot_new();
    Colours colours;
    read_colours(GTK_WIDGET(treemap), &colours);
    g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(GTK_WIDGET(treemap), NULL);
    g_autoptr(PangoAttrList) attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_scale_new(0.82));
    pango_layout_set_attributes(layout, attributes);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    for (uint32_t i = 0; i < treemap->cells->len; i++) {
        draw_cell(treemap, snapshot, i, &colours);
        draw_text(treemap, snapshot, layout, i, &colours);
    }
    treemap->drawn = gtk_snapshot_free_to_node(snapshot);
}

static void
draw_outline(HgTreemap *treemap, GtkSnapshot *snapshot, uint32_t cell)
{
    const HgTreemapArea *area = &get_cell(treemap, cell)->area;
    GdkRGBA accent;
    GskRoundedRect outline;
    look_up(GTK_WIDGET(treemap), "accent_color", "#1c71d8", &accent);
    gsk_rounded_rect_init_from_rect(&outline,
                                    &GRAPHENE_RECT_INIT((float)area->x, (float)area->y,
                                                        (float)area->width, (float)area->height),
                                    4);
    gtk_snapshot_append_border(snapshot, &outline, (float[4]){2.5f, 2.5f, 2.5f, 2.5f},
                               (GdkRGBA[4]){accent, accent, accent, accent});
}

static void
take_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    HgTreemap *treemap = HG_TREEMAP(widget);
    GtkWidget *focus = gtk_widget_get_focus_child(widget);
    if (!treemap->shares || treemap->cells->len == 0)
        return;
    if (!treemap->drawn)
        draw(treemap);
    if (treemap->drawn)
        gtk_snapshot_append_node(snapshot, treemap->drawn);
    if (treemap->hovered < treemap->cells->len)
        draw_outline(treemap, snapshot, treemap->hovered);
    if (focus && HG_IS_TREEMAP_LEAF(focus) && gtk_widget_has_visible_focus(focus))
        draw_outline(treemap, snapshot, HG_TREEMAP_LEAF(focus)->cell);
}

static void
allocate(GtkWidget *widget, int width, int height, int baseline)
{
    HgTreemap *treemap = HG_TREEMAP(widget);
    if (width != treemap->width || height != treemap->height)
        lay_out(treemap, width, height);
    for (unsigned i = 0; i < treemap->leaves->len; i++) {
        HgTreemapLeaf *leaf = treemap->leaves->pdata[i];
        const HgTreemapArea *area = &get_cell(treemap, leaf->cell)->area;
        GdkRectangle room = {(int)area->x, (int)area->y, (int)area->width, (int)area->height};
        gtk_widget_size_allocate(GTK_WIDGET(leaf), &room, -1);
    }
}

static void
measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
        int *minimum_baseline, int *natural_baseline)
{
    HgTreemap *treemap = HG_TREEMAP(widget);
    for (unsigned i = 0; i < treemap->leaves->len; i++) {
        int unused;
        gtk_widget_measure(treemap->leaves->pdata[i], orientation, -1, &unused, &unused, NULL,
                           NULL);
    }
    *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : 160;
    *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 800 : 320;
}

static void
forget_drawn(HgTreemap *treemap)
{
    g_clear_pointer(&treemap->drawn, gsk_render_node_unref);
    gtk_widget_queue_draw(GTK_WIDGET(treemap));
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
    set_hovered(treemap, hg_treemap_find(treemap->cells, x, y));
}

static void
on_leave(HgTreemap *treemap)
{
    set_hovered(treemap, HG_TREEMAP_NONE);
}

static void
on_released(HgTreemap *treemap, int n_press, double x, double y, GtkGestureSingle *click)
{
    uint32_t cell = hg_treemap_find(treemap->cells, x, y);
    unsigned button = gtk_gesture_single_get_current_button(click);
    if (cell != HG_TREEMAP_NONE && button != GDK_BUTTON_SECONDARY)
        g_signal_emit(treemap, signals[SIGNAL_OPEN], 0, cell, button == GDK_BUTTON_MIDDLE);
}

static gboolean
on_query_tooltip(HgTreemap *treemap, int x, int y, gboolean is_keyboard, GtkTooltip *tooltip)
{
    uint32_t cell = is_keyboard ? HG_TREEMAP_NONE : hg_treemap_find(treemap->cells, x, y);
    if (cell == HG_TREEMAP_NONE)
        return FALSE;
    g_autofree char *text = hg_treemap_dup_text(treemap, cell);
    gtk_tooltip_set_text(tooltip, text);
    return TRUE;
}

static void
on_focus(HgTreemap *treemap)
{
    GtkWidget *focus = gtk_widget_get_focus_child(GTK_WIDGET(treemap));
    if (focus && HG_IS_TREEMAP_LEAF(focus))
        g_signal_emit(treemap, signals[SIGNAL_HOVERED], 0, HG_TREEMAP_LEAF(focus)->cell);
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
    treemap->items = g_array_new(FALSE, FALSE, sizeof(HgTreemapItem));
    treemap->cells = g_array_new(FALSE, FALSE, sizeof(HgTreemapCell));
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
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(treemap))))
        gtk_widget_unparent(child);
    g_ptr_array_set_size(treemap->leaves, 0);
    g_clear_pointer(&treemap->shares, hg_shares_free);
    g_clear_pointer(&treemap->drawn, gsk_render_node_unref);
    G_OBJECT_CLASS(hg_treemap_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
    HgTreemap *treemap = HG_TREEMAP(object);
    g_ptr_array_unref(treemap->leaves);
    g_array_unref(treemap->items);
    g_array_unref(treemap->cells);
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
