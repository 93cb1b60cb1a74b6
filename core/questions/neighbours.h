/* neighbours.h - the part of the graph around some objects: what they refer to, or what refers to
 * them, some steps far.
 *
 *      asked ◀── list ◀── Session ◀── ...        backwards; forwards it is the same turned round
 *            ◀── 1,204 more
 *
 * An instance and its __dict__ are one node. Of the neighbours of one object those are taken that
 * matter: the holder, the next on the way from a root, then those that retain most, then the lowest
 * address. The same question gives the same answer.
 *
 * From there somebody may go on, node by node and in both directions: expansions.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/object.h"

/* Further steps from a node; depth 0 takes none there, whatever else is asked. */
typedef struct {
    uint32_t object;
    bool is_backward;
    unsigned depth, too_many;
} HgExpansion;

typedef struct {
    bool is_backward;     /* what refers to it */
    unsigned depth;       /* steps */
    unsigned too_many;    /* so many neighbours of one object, and then the number of the others */
    unsigned nodes;       /* so many in all: objects beyond are not followed and count as others */
    bool shows_dicts;     /* an instance and its __dict__ are two nodes */
    const GRegex *filter; /* only objects whose type's full name matches, or "module app" of a
                           * module; or NULL */
    const GRegex *ignore; /* and none of these, or NULL */
    const GArray *expansions; /* HgExpansion in their order, or NULL */
    const GArray *pinned;     /* uint32_t: shown wherever they are neighbours, or NULL */
    const GArray *hidden;     /* uint32_t: never shown, so they count as others; or NULL */
} HgNeighboursOptions;

/* What a node has in one direction. */
typedef struct {
    bool is_expanded;
    uint64_t n_more; /* neighbours to which no link is shown; 0 until it is expanded */
    char *more;      /* what these are: "1,200 Session, 4 dict"; NULL if there is none */
} HgNeighbourSide;

typedef struct {
    uint32_t object;
    unsigned depth;
    bool is_asked;
    bool is_met_backward;    /* on the way to roots */
    HgNeighbourSide side[2]; /* what it refers to; what refers to it */
} HgNeighbour;

/* All references from one node to another. */
typedef struct {
    uint32_t source, target; /* places in nodes */
    char *label;             /* ".user", "[3], [17], ..." */
    bool is_weak, is_guessed;
} HgNeighbourLink;

typedef struct {
    GPtrArray *nodes; /* HgNeighbour; those asked for come first */
    GPtrArray *links; /* HgNeighbourLink */
} HgNeighbours;

void hg_neighbours_free(HgNeighbours *neighbours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgNeighbours, hg_neighbours_free)

/* Returns: the neighbours of [objects] (uint32_t numbers). */
HgNeighbours *hg_neighbours_find(HgSnapshot *snapshot, const GArray *objects,
                                 const HgNeighboursOptions *options, GError **error);
