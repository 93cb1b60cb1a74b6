/* graph-state.c - what a graph page shows.
 * SPDX-License-Identifier: MIT */
#include "gui/models/graph-state.h"

#include <inttypes.h>
#include <string.h>

enum {
    UNDO_MOST = 200
};

/* ---- objects --------------------------------------------------------------------------------- */

static GArray *
new_objects(void)
{
    return g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

static int
find_object(const GArray *objects, uint32_t object)
{
    for (unsigned i = 0; i < objects->len; i++)
        if (g_array_index(objects, uint32_t, i) == object)
            return (int)i;
    return -1;
}

static void
add_object(GArray *objects, uint32_t object)
{
    if (find_object(objects, object) < 0)
        g_array_append_val(objects, object);
}

static void
remove_object(GArray *objects, uint32_t object)
{
    int at = find_object(objects, object);
    if (at >= 0)
        g_array_remove_index(objects, (unsigned)at);
}

static bool
same_arrays(const GArray *one, const GArray *other, size_t size)
{
    return one->len == other->len &&
           (one->len == 0 || memcmp(one->data, other->data, one->len * size) == 0);
}

/* ---- a state --------------------------------------------------------------------------------- */

HgGraphState *
hg_graph_state_new(uint32_t object, bool is_backward)
{
    HgGraphState *state = g_new0(HgGraphState, 1);
    state->asked = new_objects();
    add_object(state->asked, object);
    state->is_backward = is_backward;
    state->depth = is_backward ? HG_GRAPH_DEPTH : HG_GRAPH_DEPTH_FORWARD;
    state->too_many = HG_GRAPH_TOO_MANY;
    state->expansions = g_array_new(FALSE, TRUE, sizeof(HgExpansion));
    state->pinned = new_objects();
    state->hidden = new_objects();
    return state;
}

HgGraphState *
hg_graph_state_copy(const HgGraphState *state)
{
    HgGraphState *copy = g_memdup2(state, sizeof *state);
    copy->asked = g_array_copy(state->asked);
    copy->expansions = g_array_copy(state->expansions);
    copy->pinned = g_array_copy(state->pinned);
    copy->hidden = g_array_copy(state->hidden);
    copy->filter = g_strdup(state->filter);
    copy->ignore = g_strdup(state->ignore);
    return copy;
}

void
hg_graph_state_free(HgGraphState *state)
{
    if (!state)
        return;
    g_array_unref(state->asked);
    g_array_unref(state->expansions);
    g_array_unref(state->pinned);
    g_array_unref(state->hidden);
    g_free(state->filter);
    g_free(state->ignore);
    g_free(state);
}

static bool
same_expansions(const GArray *one, const GArray *other)
{
    bool is_same = one->len == other->len;
    for (unsigned i = 0; is_same && i < one->len; i++) {
        const HgExpansion *a = &g_array_index(one, HgExpansion, i);
        const HgExpansion *b = &g_array_index(other, HgExpansion, i);
        is_same = a->object == b->object && a->is_backward == b->is_backward &&
                  a->depth == b->depth && a->too_many == b->too_many;
    }
    return is_same;
}

bool
hg_graph_state_equal(const HgGraphState *state, const HgGraphState *other)
{
    return state->is_backward == other->is_backward && state->depth == other->depth &&
           state->too_many == other->too_many && g_strcmp0(state->filter, other->filter) == 0 &&
           g_strcmp0(state->ignore, other->ignore) == 0 &&
           same_arrays(state->asked, other->asked, sizeof(uint32_t)) &&
           same_arrays(state->pinned, other->pinned, sizeof(uint32_t)) &&
           same_arrays(state->hidden, other->hidden, sizeof(uint32_t)) &&
           same_expansions(state->expansions, other->expansions);
}

/* ---- wishes ---------------------------------------------------------------------------------- */

static HgExpansion *
find_expansion(HgGraphState *state, uint32_t object, bool is_backward)
{
    for (unsigned i = 0; i < state->expansions->len; i++) {
        HgExpansion *expansion = &g_array_index(state->expansions, HgExpansion, i);
        if (expansion->object == object && expansion->is_backward == is_backward)
            return expansion;
    }
    return NULL;
}

/* The last wish counts, and comes last: what it starts from may have come by an earlier one. */
static void
wish(HgGraphState *state, uint32_t object, bool is_backward, unsigned depth, unsigned too_many)
{
    HgExpansion *old = find_expansion(state, object, is_backward);
    HgExpansion expansion = {object, is_backward, depth, too_many};
    if (old)
        g_array_remove_index(state->expansions,
                             (unsigned)(old - (HgExpansion *)(void *)state->expansions->data));
    g_array_append_val(state->expansions, expansion);
}

void
hg_graph_state_expand(HgGraphState *state, uint32_t object, bool is_backward, unsigned too_many)
{
    wish(state, object, is_backward, 1, too_many);
}

void
hg_graph_state_collapse(HgGraphState *state, uint32_t object, bool is_backward)
{
    wish(state, object, is_backward, 0, 0);
}

void
hg_graph_state_pin(HgGraphState *state, uint32_t object, uint32_t beside, bool is_backward)
{
    const HgExpansion *expansion = find_expansion(state, beside, is_backward);
    remove_object(state->hidden, object);
    add_object(state->pinned, object);
    if (!expansion || expansion->depth == 0)
        wish(state, beside, is_backward, 1, 0);
}

void
hg_graph_state_add_way(HgGraphState *state, const GArray *way)
{
    for (unsigned i = way->len; i-- > 1;)
        hg_graph_state_pin(state, g_array_index(way, uint32_t, i - 1),
                           g_array_index(way, uint32_t, i), true);
}

bool
hg_graph_state_hide(HgGraphState *state, uint32_t object)
{
    if (find_object(state->asked, object) >= 0)
        return false;
    remove_object(state->pinned, object);
    add_object(state->hidden, object);
    return true;
}

static bool
check_pattern(const char *pattern, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GRegex) regex = pattern ? g_regex_new(pattern, 0, 0, &problem) : NULL;
    if (regex || !pattern)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "“%s”: %s", pattern, problem->message);
    return false;
}

bool
hg_graph_state_set_filter(HgGraphState *state, const char *filter, const char *ignore,
                          GError **error)
{
    if (!check_pattern(filter, error) || !check_pattern(ignore, error))
        return false;
    g_free(state->filter);
    g_free(state->ignore);
    state->filter = g_strdup(filter && *filter ? filter : NULL);
    state->ignore = g_strdup(ignore && *ignore ? ignore : NULL);
    return true;
}

HgNeighbours *
hg_graph_state_find(const HgGraphState *state, HgSnapshot *snapshot, GError **error)
{
    g_autoptr(GRegex) filter =
        state->filter ? g_regex_new(state->filter, G_REGEX_OPTIMIZE, 0, error) : NULL;
    g_autoptr(GRegex) ignore =
        state->ignore ? g_regex_new(state->ignore, G_REGEX_OPTIMIZE, 0, error) : NULL;
    HgNeighboursOptions options = {.is_backward = state->is_backward,
                                   .depth = state->depth,
                                   .too_many = state->too_many,
                                   .nodes = HG_GRAPH_NODES,
                                   .filter = filter,
                                   .ignore = ignore,
                                   .expansions = state->expansions,
                                   .pinned = state->pinned,
                                   .hidden = state->hidden};
    return hg_neighbours_find(snapshot, state->asked, &options, error);
}

char *
hg_graph_state_dup_command(const HgGraphState *state, uint64_t address)
{
    GString *command = g_string_new(NULL);
    g_string_append_printf(command, "%s 0x%" PRIx64 " --depth %u --too-many %u",
                           state->is_backward ? "backrefs" : "refs", address, state->depth,
                           state->too_many);
    if (state->filter) {
        g_autofree char *quoted = g_shell_quote(state->filter);
        g_string_append_printf(command, " --filter %s", quoted);
    }
    if (state->ignore) {
        g_autofree char *quoted = g_shell_quote(state->ignore);
        g_string_append_printf(command, " --ignore %s", quoted);
    }
    return g_string_free(command, FALSE);
}

/* ---- undo ------------------------------------------------------------------------------------ */

static void
free_state(void *state)
{
    hg_graph_state_free(state);
}

HgGraphHistory *
hg_graph_history_new(HgGraphState *state)
{
    HgGraphHistory *history = g_new0(HgGraphHistory, 1);
    history->states = g_ptr_array_new_with_free_func(free_state);
    g_ptr_array_add(history->states, state);
    return history;
}

void
hg_graph_history_free(HgGraphHistory *history)
{
    if (!history)
        return;
    g_ptr_array_unref(history->states);
    g_free(history);
}

const HgGraphState *
hg_graph_history_get(const HgGraphHistory *history)
{
    return g_ptr_array_index(history->states, history->at);
}

void
hg_graph_history_push(HgGraphHistory *history, HgGraphState *state)
{
    if (hg_graph_state_equal(state, hg_graph_history_get(history))) {
        hg_graph_state_free(state);
        return;
    }
    g_ptr_array_set_size(history->states, (int)history->at + 1);
    g_ptr_array_add(history->states, state);
    if (history->states->len > UNDO_MOST)
        g_ptr_array_remove_index(history->states, 0);
    history->at = history->states->len - 1;
}

bool
hg_graph_history_can_step(const HgGraphHistory *history, int step)
{
    return step < 0 ? history->at > 0 : history->at + 1 < history->states->len;
}

bool
hg_graph_history_step(HgGraphHistory *history, int step)
{
    if (!hg_graph_history_can_step(history, step))
        return false;
    history->at += step < 0 ? -1u : 1u;
    return true;
}
