/* graph-plane.c - how the plane of a scene lies in a view.
 * SPDX-License-Identifier: MIT */
#include "gui/graph-plane.h"

#define ZOOM_LEAST 0.08
#define ZOOM_MOST 4.0
#define ZOOM_FITTING 1.25  /* a small graph is not made bigger than this */
#define ZOOM_LEGIBLE 0.7   /* a graph that would be smaller at first shows a part */
#define ZOOM_READABLE 0.85 /* like this */
#define MARGIN 24.0        /* around what is new */

HgLayoutPoint
hg_plane_to_scene(const HgPlane *plane, double x, double y)
{
    return (HgLayoutPoint){(x - plane->x) / plane->zoom, (y - plane->y) / plane->zoom};
}

void
hg_plane_zoom_at(HgPlane *plane, double zoom, double x, double y)
{
    HgLayoutPoint stays = hg_plane_to_scene(plane, x, y);
    plane->zoom = CLAMP(zoom, ZOOM_LEAST, ZOOM_MOST);
    plane->x = x - plane->zoom * stays.x;
    plane->y = y - plane->zoom * stays.y;
}

void
hg_plane_center(HgPlane *plane, const HgPlaneRoom *room, const HgLayoutPoint *point)
{
    plane->x = room->width / 2 - plane->zoom * point->x;
    plane->y = room->height / 2 - plane->zoom * point->y;
}

static HgLayoutPoint
get_middle(const graphene_rect_t *bounds)
{
    return (HgLayoutPoint){(double)bounds->origin.x + (double)bounds->size.width / 2,
                           (double)bounds->origin.y + (double)bounds->size.height / 2};
}

static double
get_fitting_zoom(const HgPlaneRoom *room, const graphene_rect_t *bounds)
{
    return MIN(room->width / (double)bounds->size.width,
               room->height / (double)bounds->size.height);
}

void
hg_plane_fit(HgPlane *plane, const HgPlaneRoom *room, const HgScene *scene)
{
    graphene_rect_t bounds;
    hg_scene_get_bounds(scene, &bounds);
    plane->zoom = CLAMP(get_fitting_zoom(room, &bounds), ZOOM_LEAST, ZOOM_FITTING);
    HgLayoutPoint middle = get_middle(&bounds);
    hg_plane_center(plane, room, &middle);
}

/* Returns: where [from, from + size] of the plane lies on one axis: all of it in the middle; if it
 * is too long, [point] in the middle, unless there would be nothing at one side. */
static double
get_offset(double zoom, double room, double from, double size, double point)
{
    double to_start = -zoom * from, to_end = room - zoom * (from + size);
    return zoom * size <= room ? (to_start + to_end) / 2
                               : CLAMP(room / 2 - zoom * point, to_end, to_start);
}

void
hg_plane_fit_at_first(HgPlane *plane, const HgPlaneRoom *room, const HgScene *scene)
{
    graphene_rect_t bounds;
    hg_plane_fit(plane, room, scene);
    if (plane->zoom >= ZOOM_LEGIBLE || scene->nodes->len == 0)
        return;
    const HgSceneNode *asked = hg_scene_get_node(scene, 0);
    hg_scene_get_bounds(scene, &bounds);
    plane->zoom = ZOOM_READABLE;
    plane->x = get_offset(plane->zoom, room->width, (double)bounds.origin.x,
                          (double)bounds.size.width, asked->place.x);
    plane->y = get_offset(plane->zoom, room->height, (double)bounds.origin.y,
                          (double)bounds.size.height, asked->place.y);
}

/* ---- following ------------------------------------------------------------------------------- */

static graphene_rect_t
get_area(const HgSceneNode *node)
{
    return GRAPHENE_RECT_INIT((float)(node->place.x - node->width / 2),
                              (float)(node->place.y - node->height / 2), (float)node->width,
                              (float)node->height);
}

static bool
is_on(const HgScene *scene, const HgSceneNode *node)
{
    for (uint32_t i = 0; i < scene->nodes->len; i++)
        if (hg_scene_is_same(node, hg_scene_get_node(scene, i)))
            return true;
    return false;
}

/* The part of the plane with what is new; false if nothing is. */
static bool
find_new(const HgScene *scene, const HgScene *before, graphene_rect_t *bounds)
{
    bool has_new = false;
    for (uint32_t i = 0; i < scene->nodes->len; i++) {
        const HgSceneNode *node = hg_scene_get_node(scene, i);
        if (is_on(before, node))
            continue;
        graphene_rect_t part = get_area(node);
        if (has_new)
            graphene_rect_union(bounds, &part, bounds);
        else
            *bounds = part;
        has_new = true;
    }
    return has_new;
}

typedef struct {
    double from, size;
} Span;

static Span
get_span(const HgPlane *plane, double offset, double from, double size)
{
    return (Span){plane->zoom * from + offset, plane->zoom * size};
}

/* Returns: by how much to shift so that [all] is within the room; if it is too long its middle is
 * in the middle, as far as what [stays] stays in sight. */
static double
get_shift(Span all, Span stays, double room)
{
    if (all.size + 2 * MARGIN > room)
        return CLAMP(room / 2 - (all.from + all.size / 2), MARGIN - stays.from,
                     room - MARGIN - stays.from - stays.size);
    if (all.from < MARGIN)
        return MARGIN - all.from;
    return MIN(room - MARGIN - all.from - all.size, 0);
}

/* Shifts so that as much as can be of [all] is in sight, and [stays] whatever. */
static void
bring_into_sight(HgPlane *plane, const HgPlaneRoom *room, const graphene_rect_t *all,
                 const graphene_rect_t *stays)
{
    plane->x += get_shift(
        get_span(plane, plane->x, (double)all->origin.x, (double)all->size.width),
        get_span(plane, plane->x, (double)stays->origin.x, (double)stays->size.width), room->width);
    plane->y +=
        get_shift(get_span(plane, plane->y, (double)all->origin.y, (double)all->size.height),
                  get_span(plane, plane->y, (double)stays->origin.y, (double)stays->size.height),
                  room->height);
}

HgPlane
hg_plane_follow(const HgPlane *plane, const HgPlaneRoom *room, const HgScene *scene,
                const HgScene *before, uint32_t anchor)
{
    HgPlane to = *plane;
    graphene_rect_t bounds;
    if (room->width < 1 || !find_new(scene, before, &bounds))
        return to;
    const HgSceneNode *node = hg_scene_get_node(scene, anchor);
    graphene_rect_t stays = get_area(node);
    graphene_rect_union(&bounds, &stays, &bounds);
    HgPlaneRoom within = {room->width - 2 * MARGIN, room->height - 2 * MARGIN};
    double zoom = MIN(plane->zoom, MAX(get_fitting_zoom(&within, &bounds), ZOOM_LEGIBLE));
    to.x += (plane->zoom - zoom) * node->place.x;
    to.y += (plane->zoom - zoom) * node->place.y;
    to.zoom = zoom;
    bring_into_sight(&to, room, &bounds, &stays);
    return to;
}

static double
get_between(double from, double to, double progress)
{
    return from + progress * (to - from);
}

HgPlane
hg_plane_get_between(const HgPlane *from, const HgPlane *to, double progress)
{
    return (HgPlane){get_between(from->zoom, to->zoom, progress),
                     get_between(from->x, to->x, progress), get_between(from->y, to->y, progress)};
}
