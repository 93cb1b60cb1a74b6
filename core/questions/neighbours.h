/* neighbours.h - the part of the graph around some objects: what they refer to, or what refers to
 * them, some steps far.
 *
 *      asked ◀── list ◀── Session ◀── ...        backwards; forwards it is the same turned round
 *            ◀── 1,204 more
 *
 * An instance and its __dict__ are one node. Of the neighbours of one object those are taken that
 * matter: the holder, then those that retain most, then the lowest address. The same question gives
 * the same answer.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/object.h"

typedef struct {
    bool is_backward;     /* what refers to it */
    unsigned depth;       /* steps */
    unsigned too_many;    /* so many neighbours of one object, and then the number of the others */
    unsigned nodes;       /* so many in all: objects beyond are not followed and count as others */
    bool shows_dicts;     /* an instance and its __dict__ are two nodes */
    const GRegex *filter; /* only objects whose type's full name matches, or NULL */
    const GRegex *ignore; /* and none of these, or NULL */
} HgNeighboursOptions;

typedef struct {
    uint32_t object;
    unsigned depth;
    bool is_asked;
    uint64_t n_hidden; /* neighbours of it that are not shown */
    char *hidden;      /* what these are: "1,200 Session, 4 dict"; NULL if there is none */
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
