/* graph-scene.c - a picture as the window draws it.
 * SPDX-License-Identifier: MIT */
#include "gui/graph-scene.h"

#include <inttypes.h>
#include <math.h>

enum {
    PADDING_X = 11,
    PADDING_Y = 7
};

static void
clear_node(void *data)
{
    HgSceneNode *node = data;
    g_free(node->name);
    g_clear_object(&node->text);
}

static void
clear_link(void *data)
{
    g_clear_object(&((HgSceneLink *)data)->text);
}

void
hg_scene_free(HgScene *scene)
{
    if (!scene)
        return;
    g_array_unref(scene->nodes);
    g_array_unref(scene->links);
    hg_layout_free(scene->layout);
    g_free(scene);
}

HgSceneNode *
hg_scene_get_node(const HgScene *scene, uint32_t node)
{
    return &g_array_index(scene->nodes, HgSceneNode, node);
}

HgSceneLink *
hg_scene_get_link(const HgScene *scene, uint32_t link)
{
    return &g_array_index(scene->links, HgSceneLink, link);
}

/* ---- texts ----------------------------------------------------------------------------------- */

static void
append_line(GString *markup, const char *before, const char *text, const char *after)
{
    g_autofree char *escaped = text ? g_markup_escape_text(text, -1) : NULL;
    if (!escaped)
        return;
    if (markup->len)
        g_string_append_c(markup, '\n');
    g_string_append_printf(markup, "%s%s%s", before, escaped, after);
}

static PangoLayout *
measure(PangoContext *context, const char *markup, double *width, double *height)
{
    PangoLayout *text = pango_layout_new(context);
    PangoRectangle extents;
    pango_layout_set_markup(text, markup, -1);
    pango_layout_get_extents(text, NULL, &extents);
    *width = pango_units_to_double(extents.width);
    *height = pango_units_to_double(extents.height);
    return text;
}

static void
set_node_text(HgSceneNode *node, const HgPictureNode *told, PangoContext *context)
{
    g_autoptr(GString) markup = g_string_new(NULL);
    g_autofree char *address = told->address ? g_strdup_printf("0x%" PRIx64, told->address) : NULL;
    bool is_more = told->kind == HG_PICTURE_MORE;
    append_line(markup, is_more ? "" : "<b>", told->title, is_more ? "" : "</b>");
    append_line(markup, "<span size=\"85%\">", told->detail, "</span>");
    append_line(markup, "<span size=\"85%\">", told->facts, "</span>");
    append_line(markup, "<span size=\"72%\" alpha=\"75%\" face=\"monospace\">", address, "</span>");
    append_line(markup, "<span size=\"75%\" background=\"#b91c1c\" foreground=\"#ffffff\"> ",
                told->has_del ? "__del__" : NULL, " </span>");
    node->text = measure(context, markup->str, &node->width, &node->height);
    node->width = ceil(node->width) + 2 * PADDING_X;
    node->height = ceil(node->height) + 2 * PADDING_Y;
    if (told->kind == HG_PICTURE_ROOT)
        node->width += node->height / 2;
    node->name = g_strjoin(", ", told->title, told->detail ? told->detail : told->facts,
                           told->detail ? told->facts : address,
                           told->detail && told->facts ? address : NULL, NULL);
}

static void
set_link_text(HgSceneLink *link, const char *label, PangoContext *context)
{
    g_autoptr(GString) markup = g_string_new(NULL);
    if (!label || !*label)
        return;
    append_line(markup, "<span size=\"85%\" face=\"monospace\">", label, "</span>");
    link->text = measure(context, markup->str, &link->width, &link->height);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static void
add_node(HgScene *scene, const HgPictureNode *told, const HgNeighbour *neighbour,
         PangoContext *context)
{
    HgSceneNode node = {.kind = told->kind,
                        .object = neighbour ? neighbour->object : HG_NONE,
                        .beside = HG_NONE,
                        .is_asked = told->is_asked,
                        .is_highlighted = told->is_highlighted,
                        .depth = told->depth,
                        .address = told->address};
    for (int side = 0; neighbour && side < 2; side++)
        node.is_expanded[side] = neighbour->side[side].is_expanded;
    set_node_text(&node, told, context);
    g_array_append_val(scene->nodes, node);
}

static bool
is_of_object(const HgScene *scene, uint32_t node)
{
    return hg_scene_get_node(scene, node)->object != HG_NONE;
}

/* What is no object is linked to the one it belongs to. */
static void
set_beside(HgScene *scene, uint32_t node, uint32_t other, bool is_backward)
{
    HgSceneNode *odd = hg_scene_get_node(scene, node);
    if (odd->object != HG_NONE || !is_of_object(scene, other))
        return;
    odd->beside = hg_scene_get_node(scene, other)->object;
    odd->is_backward = is_backward;
}

static void
add_link(HgScene *scene, const HgPictureReference *told, PangoContext *context)
{
    HgSceneLink link = {.source = told->source,
                        .target = told->target,
                        .is_weak = told->is_weak,
                        .is_guessed = told->is_guessed};
    set_beside(scene, told->source, told->target, true);
    set_beside(scene, told->target, told->source, false);
    link.is_to_more = hg_scene_get_node(scene, told->source)->kind == HG_PICTURE_MORE ||
                      hg_scene_get_node(scene, told->target)->kind == HG_PICTURE_MORE;
    set_link_text(&link, told->label, context);
    g_array_append_val(scene->links, link);
}

HgScene *
hg_scene_new(const HgPicture *picture, const HgNeighbours *neighbours, PangoContext *context)
{
    HgScene *scene = g_new0(HgScene, 1);
    scene->nodes = g_array_new(FALSE, FALSE, sizeof(HgSceneNode));
    scene->links = g_array_new(FALSE, FALSE, sizeof(HgSceneLink));
    g_array_set_clear_func(scene->nodes, clear_node);
    g_array_set_clear_func(scene->links, clear_link);
    for (uint32_t i = 0; i < picture->nodes->len; i++)
        add_node(scene, hg_picture_get_node(picture, i),
                 i < neighbours->nodes->len ? neighbours->nodes->pdata[i] : NULL, context);
    for (uint32_t i = 0; i < picture->references->len; i++)
        add_link(scene, hg_picture_get_reference(picture, i), context);
    return scene;
}

/* ---- places ---------------------------------------------------------------------------------- */

HgLayoutGraph *
hg_scene_dup_sizes(const HgScene *scene)
{
    HgLayoutGraph *graph = hg_layout_graph_new();
    for (uint32_t i = 0; i < scene->nodes->len; i++) {
        const HgSceneNode *node = hg_scene_get_node(scene, i);
        HgLayoutBox box = {node->width, node->height};
        g_array_append_val(graph->boxes, box);
    }
    for (uint32_t i = 0; i < scene->links->len; i++) {
        const HgSceneLink *link = hg_scene_get_link(scene, i);
        HgLayoutArrow arrow = {link->source, link->target, link->width ? link->width + 8 : 0,
                               link->height};
        g_array_append_val(graph->arrows, arrow);
    }
    return graph;
}

bool
hg_scene_is_same(const HgSceneNode *node, const HgSceneNode *other)
{
    return node->object == other->object && node->beside == other->beside &&
           node->kind == other->kind && node->is_backward == other->is_backward &&
           (node->kind != HG_PICTURE_ROOT || g_str_equal(node->name, other->name));
}

static const HgSceneNode *
find_same(const HgScene *scene, const HgSceneNode *node)
{
    for (uint32_t i = 0; scene && i < scene->nodes->len; i++) {
        const HgSceneNode *other = hg_scene_get_node(scene, i);
        if (hg_scene_is_same(node, other))
            return other;
    }
    return NULL;
}

/* How far everything goes from where it was, if [anchor] stays and the rest is turned upside down
 * or not. */
static double
sum_moves(const HgScene *scene, const HgScene *before, const HgSceneNode *anchor,
          const HgSceneNode *old_anchor, double flip)
{
    double sum = 0;
    for (uint32_t i = 0; i < scene->nodes->len; i++) {
        const HgSceneNode *node = hg_scene_get_node(scene, i), *old = find_same(before, node);
        if (old)
            sum += fabs(flip * (node->place.y - anchor->place.y) -
                        (old->place.y - old_anchor->place.y));
    }
    return sum;
}

static void
shift(HgLayoutPoint *point, const HgLayoutPoint *centre, double flip, const HgLayoutPoint *to)
{
    point->x += to->x - centre->x;
    point->y = to->y + flip * (point->y - centre->y);
}

/* Lays the scene so that [anchor] is at [to]. */
static void
shift_all(HgScene *scene, const HgLayoutPoint centre, double flip, const HgLayoutPoint to)
{
    for (uint32_t i = 0; i < scene->nodes->len; i++)
        shift(&hg_scene_get_node(scene, i)->place, &centre, flip, &to);
    for (uint32_t i = 0; i < scene->layout->corners->len; i++)
        shift(&g_array_index(scene->layout->corners, HgLayoutPoint, i), &centre, flip, &to);
    for (uint32_t i = 0; i < scene->layout->curves->len; i++)
        shift(&g_array_index(scene->layout->curves, HgLayoutCurve, i).text, &centre, flip, &to);
}

static const HgSceneNode *
find_anchor(const HgScene *scene, const HgScene *before, uint32_t anchor)
{
    for (uint32_t i = 0; i < scene->nodes->len; i++) {
        const HgSceneNode *node = hg_scene_get_node(scene, i);
        bool is_it = anchor == HG_NONE ? node->is_asked : node->object == anchor;
        if (is_it && find_same(before, node))
            return node;
    }
    return anchor == HG_NONE ? NULL : find_anchor(scene, before, HG_NONE);
}

/* What is new comes out of a neighbour that was there. */
static HgLayoutPoint
find_origin(const HgScene *scene, const HgScene *before, uint32_t number)
{
    const HgSceneNode *node = hg_scene_get_node(scene, number), *old = find_same(before, node);
    if (old)
        return old->at;
    for (uint32_t i = 0; before && i < scene->links->len; i++) {
        const HgSceneLink *link = hg_scene_get_link(scene, i);
        uint32_t other = link->source == number ? link->target : link->source;
        if (link->source != number && link->target != number)
            continue;
        old = find_same(before, hg_scene_get_node(scene, other));
        if (old)
            return old->at;
    }
    return node->place;
}

void
hg_scene_place(HgScene *scene, HgPictureLayout *layout, const HgScene *before, uint32_t anchor)
{
    scene->layout = layout;
    for (uint32_t i = 0; i < scene->nodes->len; i++)
        hg_scene_get_node(scene, i)->place = g_array_index(layout->centres, HgLayoutPoint, i);
    const HgSceneNode *stays = before ? find_anchor(scene, before, anchor) : NULL;
    if (stays) {
        const HgSceneNode *old = find_same(before, stays);
        double plain = sum_moves(scene, before, stays, old, 1);
        double flipped = sum_moves(scene, before, stays, old, -1);
        shift_all(scene, stays->place, flipped < plain ? -1 : 1, old->place);
    }
    for (uint32_t i = 0; i < scene->nodes->len; i++)
        hg_scene_get_node(scene, i)->from = find_origin(scene, before, i);
    hg_scene_move(scene, before ? 0 : 1);
}

void
hg_scene_move(HgScene *scene, double progress)
{
    for (uint32_t i = 0; i < scene->nodes->len; i++) {
        HgSceneNode *node = hg_scene_get_node(scene, i);
        node->at.x = node->from.x + progress * (node->place.x - node->from.x);
        node->at.y = node->from.y + progress * (node->place.y - node->from.y);
    }
}

static void
grow(graphene_rect_t *bounds, double x, double y, double width, double height)
{
    graphene_rect_t part = GRAPHENE_RECT_INIT((float)x, (float)y, (float)width, (float)height);
    graphene_rect_union(bounds, &part, bounds);
}

void
hg_scene_get_bounds(const HgScene *scene, graphene_rect_t *bounds)
{
    *bounds = GRAPHENE_RECT_INIT(0, 0, 1, 1);
    for (uint32_t i = 0; i < scene->nodes->len; i++) {
        const HgSceneNode *node = hg_scene_get_node(scene, i);
        double x = node->at.x - node->width / 2, y = node->at.y - node->height / 2;
        if (i == 0)
            graphene_rect_init(bounds, (float)x, (float)y, (float)node->width, (float)node->height);
        grow(bounds, x, y, node->width, node->height);
    }
    for (uint32_t i = 0; scene->layout && i < scene->layout->corners->len; i++) {
        const HgLayoutPoint *corner = &g_array_index(scene->layout->corners, HgLayoutPoint, i);
        grow(bounds, corner->x, corner->y, 1, 1);
    }
    graphene_rect_inset(bounds, -24, -24);
}

/* ---- finding --------------------------------------------------------------------------------- */

uint32_t
hg_scene_find(const HgScene *scene, double x, double y)
{
    for (uint32_t i = 0; i < scene->nodes->len; i++) {
        const HgSceneNode *node = hg_scene_get_node(scene, i);
        if (fabs(x - node->at.x) <= node->width / 2 && fabs(y - node->at.y) <= node->height / 2)
            return i;
    }
    return HG_NONE;
}

uint32_t
hg_scene_find_object(const HgScene *scene, uint32_t object)
{
    for (uint32_t i = 0; object != HG_NONE && i < scene->nodes->len; i++)
        if (hg_scene_get_node(scene, i)->object == object)
            return i;
    return HG_NONE;
}

/* How far [other] is in that direction; infinite if it is not there. What lies aside counts more.
 */
static double
get_distance(const HgSceneNode *node, const HgSceneNode *other, GtkDirectionType direction)
{
    double x = other->place.x - node->place.x, y = other->place.y - node->place.y;
    double along = direction == GTK_DIR_LEFT    ? -x
                   : direction == GTK_DIR_RIGHT ? x
                   : direction == GTK_DIR_UP    ? -y
                                                : y;
    double aside = direction == GTK_DIR_LEFT || direction == GTK_DIR_RIGHT ? fabs(y) : fabs(x);
    return along < 1 ? INFINITY : along + 2 * aside;
}

uint32_t
hg_scene_find_beside(const HgScene *scene, uint32_t number, GtkDirectionType direction)
{
    const HgSceneNode *node = hg_scene_get_node(scene, number);
    double best = INFINITY;
    uint32_t found = HG_NONE;
    for (uint32_t i = 0; i < scene->nodes->len; i++) {
        double distance = get_distance(node, hg_scene_get_node(scene, i), direction);
        if (distance < best) {
            best = distance;
            found = i;
        }
    }
    return found;
}
