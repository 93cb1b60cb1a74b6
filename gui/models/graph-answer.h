/* graph-answer.h - what the graph page asks in a worker: the picture of a state, the list of those
 * that are too many, a way from a root.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/drawing/picture.h"
#include "gui/models/graph-state.h"
#include "gui/models/job.h"
#include "gui/models/list.h"

typedef struct {
    HgShot *shot;
    HgGraphState *state; /* what the picture is of; NULL for the others */
    uint32_t object;     /* what the list or the way is of */
    bool is_backward;    /* of the list: what refers to it */
    bool ends_at_holder; /* of the way: it begins at the holder, not at a root */
} HgGraphQuestion;

/* [state] is taken. */
HgGraphQuestion *hg_graph_question_new(const HgShot *shot, HgGraphState *state);
void hg_graph_question_free(void *question);

typedef struct {
    HgNeighbours *neighbours;
    HgPicture *picture;
} HgGraphAnswer;

void hg_graph_answer_free(void *answer);

/* Returns: HgGraphAnswer. */
void *hg_graph_answer_find(HgAsk *ask, void *question, GError **error);

/* Returns: HgList of the objects that refer to one, or that it refers to, labels first. */
void *hg_graph_answer_list(HgAsk *ask, void *question, GError **error);

/* Returns: GArray of uint32_t, the root or holder first, the object last. HG_ERROR_NOT_FOUND if
 * there is none. */
void *hg_graph_answer_find_way(HgAsk *ask, void *question, GError **error);
