/* graph-paint.c - draws a scene: shapes and colours of nodes and links.
 * SPDX-License-Identifier: MIT */
#include "gui/graph-paint.h"

#include <adwaita.h>
#include <math.h>

static const char *const names[HG_N_LOOKS] = {
    [HG_PICTURE_OBJECT] = "object", [HG_PICTURE_TYPE] = "type",
    [HG_PICTURE_MODULE] = "module", [HG_PICTURE_FRAME] = "frame",
    [HG_PICTURE_ROOT] = "root",     [HG_PICTURE_MORE] = "more",
    [HG_LOOK_ASKED] = "asked",      [HG_LOOK_HIGHLIGHTED] = "highlighted"};

const char *
hg_look_get_name(int look)
{
    return names[look];
}

int
hg_look_of(const HgSceneNode *node)
{
    if (node->is_asked)
        return HG_LOOK_ASKED;
    return node->is_highlighted ? HG_LOOK_HIGHLIGHTED : (int)node->kind;
}

/* ---- colours --------------------------------------------------------------------------------- */

static void
read_colour(GtkStyleContext *context, GdkRGBA *colour, const char *format, const char *name)
{
    g_autofree char *full = name ? g_strdup_printf("graph_%s_%s", name, format) : g_strdup(format);
    if (!gtk_style_context_lookup_color(context, full, colour))
        gdk_rgba_parse(colour, "#808080");
}

void
hg_graph_colours_read(GtkWidget *widget, HgGraphColours *colours)
{
    GtkStyleContext *context = gtk_widget_get_style_context(widget);
    for (int look = 0; look < HG_N_LOOKS; look++) {
        read_colour(context, &colours->look[look].fill, "bg", names[look]);
        read_colour(context, &colours->look[look].line, "border", names[look]);
        read_colour(context, &colours->look[look].text, "fg", names[look]);
    }
    read_colour(context, &colours->background, "view_bg_color", NULL);
    read_colour(context, &colours->link, "line", "link");
    read_colour(context, &colours->label, "fg", "link");
    read_colour(context, &colours->accent, "accent_color", NULL);
    read_colour(context, &colours->match, "match", "search");
    AdwStyleManager *manager = adw_style_manager_get_for_display(gtk_widget_get_display(widget));
    colours->line_width = adw_style_manager_get_high_contrast(manager) ? 2 : 1.2;
}

#define TAB 5  /* above the box of a module */
#define PLUG 4 /* beside the box of a class */

/* ---- shapes ---------------------------------------------------------------------------------- */

typedef struct {
    double x, y, width, height;
} Box;

static void
add_rounded(cairo_t *cairo, const Box *box, double radius)
{
    double right = box->x + box->width, bottom = box->y + box->height;
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, right - radius, box->y + radius, radius, -M_PI / 2, 0);
    cairo_arc(cairo, right - radius, bottom - radius, radius, 0, M_PI / 2);
    cairo_arc(cairo, box->x + radius, bottom - radius, radius, M_PI / 2, M_PI);
    cairo_arc(cairo, box->x + radius, box->y + radius, radius, M_PI, 3 * M_PI / 2);
    cairo_close_path(cairo);
}

/* A box with a tab on it, like a folder. */
static void
add_tabbed(cairo_t *cairo, const Box *box)
{
    double tab = MIN(box->width / 3, 34), right = box->x + box->width;
    double bottom = box->y + box->height;
    cairo_move_to(cairo, box->x, bottom);
    cairo_line_to(cairo, box->x, box->y - TAB);
    cairo_line_to(cairo, box->x + tab - 4, box->y - TAB);
    cairo_line_to(cairo, box->x + tab, box->y);
    cairo_line_to(cairo, right, box->y);
    cairo_line_to(cairo, right, bottom);
    cairo_close_path(cairo);
}

/* A sheet with a folded corner. */
static void
add_folded(cairo_t *cairo, const Box *box)
{
    double right = box->x + box->width, bottom = box->y + box->height;
    enum {
        FOLD = 9
    };
    cairo_move_to(cairo, box->x, box->y);
    cairo_line_to(cairo, right - FOLD, box->y);
    cairo_line_to(cairo, right, box->y + FOLD);
    cairo_line_to(cairo, right, bottom);
    cairo_line_to(cairo, box->x, bottom);
    cairo_close_path(cairo);
    cairo_move_to(cairo, right - FOLD, box->y);
    cairo_line_to(cairo, right - FOLD, box->y + FOLD);
    cairo_line_to(cairo, right, box->y + FOLD);
}

/* A box with two plugs at its side. */
static void
add_plugged(cairo_t *cairo, const Box *box)
{
    double middle = box->y + box->height / 2;
    cairo_rectangle(cairo, box->x, box->y, box->width, box->height);
    cairo_rectangle(cairo, box->x - PLUG, middle - 8, 2 * PLUG, 5);
    cairo_rectangle(cairo, box->x - PLUG, middle + 3, 2 * PLUG, 5);
}

static void
add_shape(cairo_t *cairo, int look, const Box *box)
{
    switch (look) {
    case HG_PICTURE_TYPE:
        add_plugged(cairo, box);
        break;
    case HG_PICTURE_MODULE:
        add_tabbed(cairo, box);
        break;
    case HG_PICTURE_FRAME:
        add_folded(cairo, box);
        break;
    case HG_PICTURE_ROOT:
        add_rounded(cairo, box, MIN(box->height, box->width) / 2);
        break;
    default:
        add_rounded(cairo, box, MIN(8, box->height / 2));
        break;
    }
}

static void
paint_shape(cairo_t *cairo, HgPictureKind kind, const HgLookColours *colours, const Box *box,
            double line_width)
{
    static const double dots[] = {2, 3};
    add_shape(cairo, kind, box);
    gdk_cairo_set_source_rgba(cairo, &colours->fill);
    cairo_fill_preserve(cairo);
    gdk_cairo_set_source_rgba(cairo, &colours->line);
    cairo_set_line_width(cairo, line_width);
    cairo_set_dash(cairo, dots, kind == HG_PICTURE_MORE ? 2 : 0, 0);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
}

static Box
get_box(const HgSceneNode *node)
{
    return (Box){node->at.x - node->width / 2, node->at.y - node->height / 2, node->width,
                 node->height};
}

/* ---- links ----------------------------------------------------------------------------------- */

/* Where a corner is while the ends of its curve move: near an end it moves as that does. */
static HgLayoutPoint
get_corner(const HgScene *scene, const HgSceneLink *link, const HgLayoutPoint *corner, double share)
{
    const HgSceneNode *source = hg_scene_get_node(scene, link->source);
    const HgSceneNode *target = hg_scene_get_node(scene, link->target);
    double x =
        (1 - share) * (source->at.x - source->place.x) + share * (target->at.x - target->place.x);
    double y =
        (1 - share) * (source->at.y - source->place.y) + share * (target->at.y - target->place.y);
    return (HgLayoutPoint){corner->x + x, corner->y + y};
}

static HgLayoutPoint
get_nth(const HgScene *scene, const HgSceneLink *link, const HgLayoutCurve *curve, uint32_t nth)
{
    const HgLayoutPoint *corner =
        &g_array_index(scene->layout->corners, HgLayoutPoint, curve->first + nth);
    return get_corner(scene, link, corner, (double)nth / MAX(curve->n_corners - 1, 1));
}

static void
paint_head(cairo_t *cairo, const HgLayoutPoint *before, const HgLayoutPoint *end, double size)
{
    double x = end->x - before->x, y = end->y - before->y, length = hypot(x, y);
    if (length < 0.01)
        return;
    x *= size / length;
    y *= size / length;
    cairo_move_to(cairo, end->x, end->y);
    cairo_line_to(cairo, end->x - x - 0.42 * y, end->y - y + 0.42 * x);
    cairo_line_to(cairo, end->x - x + 0.42 * y, end->y - y - 0.42 * x);
    cairo_close_path(cairo);
    cairo_fill(cairo);
}

static void
set_dash(cairo_t *cairo, const HgSceneLink *link)
{
    static const double dashes[] = {6, 4}, dots[] = {1.5, 3.5};
    if (link->is_to_more)
        cairo_set_dash(cairo, dots, 2, 0);
    else
        cairo_set_dash(cairo, dashes, link->is_weak ? 2 : 0, 0);
}

static void
paint_link(cairo_t *cairo, const HgScene *scene, uint32_t number, const GdkRGBA *colour,
           double width)
{
    const HgSceneLink *link = hg_scene_get_link(scene, number);
    const HgLayoutCurve *curve = &g_array_index(scene->layout->curves, HgLayoutCurve, number);
    if (curve->n_corners < 4)
        return;
    HgLayoutPoint at = get_nth(scene, link, curve, 0), one, two = at;
    gdk_cairo_set_source_rgba(cairo, colour);
    cairo_set_line_width(cairo, link->is_guessed ? width / 2 : width);
    set_dash(cairo, link);
    cairo_move_to(cairo, at.x, at.y);
    for (uint32_t i = 1; i + 2 < curve->n_corners; i += 3) {
        one = get_nth(scene, link, curve, i);
        two = get_nth(scene, link, curve, i + 1);
        at = get_nth(scene, link, curve, i + 2);
        cairo_curve_to(cairo, one.x, one.y, two.x, two.y, at.x, at.y);
    }
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
    paint_head(cairo, &two, &at, width > 2 ? 10 : 8);
}

/* ---- texts ----------------------------------------------------------------------------------- */

static void
paint_text(GtkSnapshot *snapshot, PangoLayout *text, double x, double y, const GdkRGBA *colour)
{
    gtk_snapshot_save(snapshot);
    gtk_snapshot_translate(snapshot, &GRAPHENE_POINT_INIT((float)x, (float)y));
    gtk_snapshot_append_layout(snapshot, text, colour);
    gtk_snapshot_restore(snapshot);
}

static void
paint_node_text(GtkSnapshot *snapshot, const HgSceneNode *node, const HgGraphColours *colours)
{
    PangoRectangle extents;
    pango_layout_get_extents(node->text, NULL, &extents);
    double width = pango_units_to_double(extents.width);
    double height = pango_units_to_double(extents.height);
    paint_text(snapshot, node->text, node->at.x - width / 2, node->at.y - height / 2,
               &colours->look[hg_look_of(node)].text);
}

/* The text of a link lies on its background, so that no line goes through it. */
static void
paint_link_text(GtkSnapshot *snapshot, const HgScene *scene, uint32_t number,
                const HgGraphColours *colours)
{
    const HgSceneLink *link = hg_scene_get_link(scene, number);
    const HgLayoutCurve *curve = &g_array_index(scene->layout->curves, HgLayoutCurve, number);
    if (!link->text)
        return;
    HgLayoutPoint at = get_corner(scene, link, &curve->text, 0.5);
    double x = at.x - link->width / 2, y = at.y - link->height / 2;
    GdkRGBA behind = colours->background;
    behind.alpha = 0.8f;
    gtk_snapshot_append_color(snapshot, &behind,
                              &GRAPHENE_RECT_INIT((float)x - 2, (float)y, (float)link->width + 4,
                                                  (float)link->height - 2));
    paint_text(snapshot, link->text, x, y, &colours->label);
}

/* ---- all of it ------------------------------------------------------------------------------- */

void
hg_graph_paint(GtkSnapshot *snapshot, const HgScene *scene, const HgGraphColours *colours)
{
    graphene_rect_t bounds;
    hg_scene_get_bounds(scene, &bounds);
    cairo_t *lines = gtk_snapshot_append_cairo(snapshot, &bounds);
    for (uint32_t i = 0; i < scene->links->len; i++)
        paint_link(lines, scene, i, &colours->link, colours->line_width);
    cairo_destroy(lines);
    for (uint32_t i = 0; i < scene->links->len; i++)
        paint_link_text(snapshot, scene, i, colours);
    cairo_t *shapes = gtk_snapshot_append_cairo(snapshot, &bounds);
    for (uint32_t i = 0; i < scene->nodes->len; i++) {
        const HgSceneNode *node = hg_scene_get_node(scene, i);
        Box box = get_box(node);
        paint_shape(shapes, node->kind, &colours->look[hg_look_of(node)], &box,
                    node->is_asked ? 2 * colours->line_width : colours->line_width);
    }
    cairo_destroy(shapes);
    for (uint32_t i = 0; i < scene->nodes->len; i++)
        paint_node_text(snapshot, hg_scene_get_node(scene, i), colours);
}

void
hg_graph_paint_outline(GtkSnapshot *snapshot, const HgSceneNode *node, const GdkRGBA *colour,
                       double width, double distance)
{
    Box box = get_box(node), around = box;
    double above = node->kind == HG_PICTURE_MODULE ? TAB : 0;
    around.x -= distance;
    around.y -= distance + above;
    around.width += 2 * distance;
    around.height += 2 * distance + above;
    graphene_rect_t bounds = GRAPHENE_RECT_INIT(
        (float)(around.x - PLUG - width), (float)(around.y - width),
        (float)(around.width + PLUG + 2 * width), (float)(around.height + 2 * width));
    cairo_t *cairo = gtk_snapshot_append_cairo(snapshot, &bounds);
    if (distance > 0)
        add_rounded(cairo, &around, MIN(8 + distance, around.height / 2));
    else
        add_shape(cairo, (int)node->kind, &box);
    gdk_cairo_set_source_rgba(cairo, colour);
    cairo_set_line_width(cairo, width);
    cairo_stroke(cairo);
    cairo_destroy(cairo);
}

void
hg_graph_paint_links(GtkSnapshot *snapshot, const HgScene *scene, uint32_t node,
                     const HgGraphColours *colours)
{
    graphene_rect_t bounds;
    hg_scene_get_bounds(scene, &bounds);
    cairo_t *cairo = gtk_snapshot_append_cairo(snapshot, &bounds);
    for (uint32_t i = 0; i < scene->links->len; i++) {
        const HgSceneLink *link = hg_scene_get_link(scene, i);
        if (link->source == node || link->target == node)
            paint_link(cairo, scene, i, &colours->accent, 2.4);
    }
    cairo_destroy(cairo);
    for (uint32_t i = 0; i < scene->links->len; i++) {
        const HgSceneLink *link = hg_scene_get_link(scene, i);
        if (link->source != node && link->target != node)
            continue;
        paint_link_text(snapshot, scene, i, colours);
        uint32_t other = link->source == node ? link->target : link->source;
        hg_graph_paint_outline(snapshot, hg_scene_get_node(scene, other), &colours->accent, 1.6, 0);
    }
}

void
hg_graph_paint_sample(cairo_t *cairo, int look, double width, double height,
                      const HgGraphColours *colours)
{
    double above = look == HG_PICTURE_MODULE ? TAB : 0;
    Box box = {5, 1 + above, width - 6, height - 2 - above};
    HgPictureKind shape = look < HG_N_PICTURE_KINDS ? (HgPictureKind)look : HG_PICTURE_OBJECT;
    paint_shape(cairo, shape, &colours->look[look], &box, colours->line_width);
}
