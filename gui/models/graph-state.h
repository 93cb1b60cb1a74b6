/* graph-state.h - what a graph page shows: which objects were asked for, where somebody went on,
 * what was hidden. No widget.
 *
 * A state is a list of wishes, not of nodes: what is shown follows from it and the snapshot (core,
 * neighbours.h). So undo is the state before, and the command line can be told.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/neighbours.h"

typedef struct {
    GArray *asked; /* uint32_t */
    bool is_backward;
    unsigned depth, too_many;
    char *filter, *ignore;   /* patterns of types' names; NULL: none */
    GArray *expansions;      /* HgExpansion */
    GArray *pinned, *hidden; /* uint32_t */
} HgGraphState;

/* As readable as can be: nodes beyond are "more". */
enum {
    HG_GRAPH_NODES = 150,
    HG_GRAPH_DEPTH = 3,         /* backwards */
    HG_GRAPH_DEPTH_FORWARD = 2, /* things refer to more than refers to them */
    HG_GRAPH_TOO_MANY = 8
};

/* Returns: what refers to an object, or what it refers to; hg_graph_state_free(). */
HgGraphState *hg_graph_state_new(uint32_t object, bool is_backward);
HgGraphState *hg_graph_state_copy(const HgGraphState *state);
void hg_graph_state_free(HgGraphState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgGraphState, hg_graph_state_free)
bool hg_graph_state_equal(const HgGraphState *state, const HgGraphState *other);

/* Shows neighbours of a node, [too_many] of them at most; or none any more. */
void hg_graph_state_expand(HgGraphState *state, uint32_t object, bool is_backward,
                           unsigned too_many);
void hg_graph_state_collapse(HgGraphState *state, uint32_t object, bool is_backward);

/* Shows one neighbour of [beside] that is among the many. */
void hg_graph_state_pin(HgGraphState *state, uint32_t object, uint32_t beside, bool is_backward);

/* Shows a way, from what holds first to the last, which is on the picture. */
void hg_graph_state_add_way(HgGraphState *state, const GArray *way);

/* Hides an object; one that was asked for stays. Returns: whether it is hidden. */
bool hg_graph_state_hide(HgGraphState *state, uint32_t object);

/* Sets what is looked for: a wrong pattern is HG_ERROR_USAGE and changes nothing. */
bool hg_graph_state_set_filter(HgGraphState *state, const char *filter, const char *ignore,
                               GError **error);

/* Returns: what it shows; hg_neighbours_free(). */
HgNeighbours *hg_graph_state_find(const HgGraphState *state, HgSnapshot *snapshot, GError **error);

/* Returns: the arguments of `heapgraph` that ask the same, as far as they can; g_free(). */
char *hg_graph_state_dup_command(const HgGraphState *state, uint64_t address);

/* ---- undo ------------------------------------------------------------------------------------ */

/* States somebody went through; the current one may be followed by some that were undone. */
typedef struct {
    GPtrArray *states; /* HgGraphState */
    unsigned at;
} HgGraphHistory;

/* Returns: a history that begins with [state], which it takes; hg_graph_history_free(). */
HgGraphHistory *hg_graph_history_new(HgGraphState *state);
void hg_graph_history_free(HgGraphHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgGraphHistory, hg_graph_history_free)

/* Returns: the current state, borrowed. */
const HgGraphState *hg_graph_history_get(const HgGraphHistory *history);

/* Goes on to [state], which it takes; what was undone is forgotten. One that equals the current
 * state is no step. */
void hg_graph_history_push(HgGraphHistory *history, HgGraphState *state);

/* One step: -1 undoes, 1 does it again. Returns: whether there was one. */
bool hg_graph_history_step(HgGraphHistory *history, int step);
bool hg_graph_history_can_step(const HgGraphHistory *history, int step);
