/* graph-scene.h - a picture as the window draws it: texts that are measured, boxes that have a
 * place.
 *
 *      picture ──▶ scene (texts measured) ──▶ sizes ──▶ layout ──▶ scene (placed) ──▶ painted
 *
 * When the picture changes, a new scene follows the old one: what is on both stays about where it
 * was, and goes to its new place in steps.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/drawing/layout.h"
#include "core/drawing/picture.h"
#include "core/questions/neighbours.h"

#include <gtk/gtk.h>

typedef struct {
    HgPictureKind kind;
    uint32_t object;     /* HG_NONE for roots and "more" */
    uint32_t beside;     /* the object a root or "more" belongs to; else HG_NONE */
    bool is_backward;    /* "more": of what refers to it */
    bool is_expanded[2]; /* what it refers to; what refers to it */
    bool is_asked, is_highlighted;
    uint32_t depth;
    uint64_t address;
    char *name; /* all of its text in one line */
    PangoLayout *text;
    double width, height;
    HgLayoutPoint place; /* the centre, where it goes */
    HgLayoutPoint from;  /* where it comes from */
    HgLayoutPoint at;    /* where it is now */
} HgSceneNode;

typedef struct {
    uint32_t source, target;
    PangoLayout *text; /* NULL for none */
    double width, height;
    bool is_weak, is_guessed, is_to_more;
} HgSceneLink;

typedef struct {
    GArray *nodes;           /* HgSceneNode */
    GArray *links;           /* HgSceneLink */
    HgPictureLayout *layout; /* NULL until it is placed */
} HgScene;

/* Returns: a scene of [picture], whose first nodes are those of [neighbours]; hg_scene_free(). */
HgScene *hg_scene_new(const HgPicture *picture, const HgNeighbours *neighbours,
                      PangoContext *context);
void hg_scene_free(HgScene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgScene, hg_scene_free)

HgSceneNode *hg_scene_get_node(const HgScene *scene, uint32_t node);
HgSceneLink *hg_scene_get_link(const HgScene *scene, uint32_t link);

/* Returns: the question for a layout; hg_layout_graph_free(). */
HgLayoutGraph *hg_scene_dup_sizes(const HgScene *scene);

/* Puts everything in its place; [layout] is handed over. With a scene [before] (may be NULL), the
 * node with the same object as [anchor] (HG_NONE: the one asked for) stays where it was, and
 * everything starts from where it was. */
void hg_scene_place(HgScene *scene, HgPictureLayout *layout, const HgScene *before,
                    uint32_t anchor);

/* Moves everything: [progress] from 0, where it comes from, to 1, its place. */
void hg_scene_move(HgScene *scene, double progress);

/* The part of the plane the scene takes. */
void hg_scene_get_bounds(const HgScene *scene, graphene_rect_t *bounds);

/* Returns: the node at this point, HG_NONE if there is none. */
uint32_t hg_scene_find(const HgScene *scene, double x, double y);

/* Returns: the node of an object, HG_NONE if it is not shown, or for HG_NONE. */
uint32_t hg_scene_find_object(const HgScene *scene, uint32_t object);

/* Returns: the nearest node in that direction, HG_NONE if there is none. */
uint32_t hg_scene_find_beside(const HgScene *scene, uint32_t node, GtkDirectionType direction);

/* Returns: whether both stand for the same: the same object, or the same side of it. */
bool hg_scene_is_same(const HgSceneNode *node, const HgSceneNode *other);
