/* graph-plane.h - how the plane of a scene lies in a view: zoom, pan, and what is in sight.
 *
 * A point p of the plane is at zoom * p + (x, y) of the view. No widget: numbers in, numbers out.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/graph-scene.h"

typedef struct {
    double zoom, x, y;
} HgPlane;

typedef struct {
    double width, height;
} HgPlaneRoom; /* the size of the view */

HgLayoutPoint hg_plane_to_scene(const HgPlane *plane, double x, double y);

/* Zooms within limits, so that what is at (x, y) of the view stays there. */
void hg_plane_zoom_at(HgPlane *plane, double zoom, double x, double y);

/* Shows a point of the scene in the middle. */
void hg_plane_center(HgPlane *plane, const HgPlaneRoom *room, const HgLayoutPoint *point);

/* Shows all of the scene. */
void hg_plane_fit(HgPlane *plane, const HgPlaneRoom *room, const HgScene *scene);

/* At first: all of it if that can be read, else what was asked for and as much beside it as there
 * is room for. */
void hg_plane_fit_at_first(HgPlane *plane, const HgPlaneRoom *room, const HgScene *scene);

/* Returns: the plane for a scene that follows [before]: [anchor], a node that what is new hangs on,
 * is in sight, and what is new as far as there is room; smaller only if it must. */
HgPlane hg_plane_follow(const HgPlane *plane, const HgPlaneRoom *room, const HgScene *scene,
                        const HgScene *before, uint32_t anchor);

/* Returns: one on the way from one plane to the other. */
HgPlane hg_plane_get_between(const HgPlane *from, const HgPlane *to, double progress);
