/* graph-answer.c - what the graph page asks in a worker.
 * SPDX-License-Identifier: MIT */
#include "gui/models/graph-answer.h"

#include "core/drawing/draw.h"
#include "core/questions/chain.h"
#include "core/questions/describe.h"
#include "gui/models/object-list.h"

#define ROWS_MAX 20000

HgGraphQuestion *
hg_graph_question_new(const HgShot *shot, HgGraphState *state)
{
    HgGraphQuestion *question = g_new0(HgGraphQuestion, 1);
    question->shot = hg_shot_ref(shot);
    question->state = state;
    question->object = HG_NONE;
    return question;
}

void
hg_graph_question_free(void *data)
{
    HgGraphQuestion *question = data;
    hg_shot_unref(question->shot);
    hg_graph_state_free(question->state);
    g_free(question);
}

void
hg_graph_answer_free(void *data)
{
    HgGraphAnswer *answer = data;
    hg_neighbours_free(answer->neighbours);
    hg_picture_free(answer->picture);
    g_free(answer);
}

void *
hg_graph_answer_find(HgAsk *ask, void *data, GError **error)
{
    const HgGraphQuestion *question = data;
    HgDrawOptions options = {.is_short = true};
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, question->shot, error);
    g_autoptr(HgNeighbours) neighbours =
        snapshot ? hg_graph_state_find(question->state, snapshot, error) : NULL;
    HgPicture *picture = neighbours
                             ? hg_draw_neighbours(snapshot, neighbours,
                                                  question->state->is_backward, &options, error)
                             : NULL;
    if (!picture)
        return NULL;
    HgGraphAnswer *answer = g_new(HgGraphAnswer, 1);
    *answer = (HgGraphAnswer){g_steal_pointer(&neighbours), picture};
    return answer;
}

void *
hg_graph_answer_list(HgAsk *ask, void *data, GError **error)
{
    const HgGraphQuestion *question = data;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, question->shot, error);
    uint64_t count;
    g_autoptr(GPtrArray) links =
        snapshot ? (question->is_backward ? hg_describe_referrers : hg_describe_fields)(
                       snapshot, question->object, ROWS_MAX, &count, error)
                 : NULL;
    if (!links)
        return NULL;
    GArray *objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GPtrArray) labels = g_ptr_array_new();
    for (unsigned i = 0; i < links->len; i++) {
        const HgLink *link = links->pdata[i];
        g_array_append_val(objects, *(question->is_backward ? &link->source : &link->target));
        g_ptr_array_add(labels, link->label);
    }
    return hg_object_list_make(ask, question->shot, objects,
                               HG_OBJECTS_WITH_LABEL | HG_OBJECTS_WITH_TYPE | HG_OBJECTS_FEW,
                               labels, error);
}

/* Leaves of a way only what comes after and with [holder]. */
static bool
cut_at_holder(HgSnapshot *snapshot, GArray *way, uint32_t object, GError **error)
{
    HgObject told;
    if (!hg_object_read(snapshot, object, &told, error))
        return false;
    for (unsigned i = 0; told.holder != HG_NONE && i < way->len; i++)
        if (g_array_index(way, uint32_t, i) == told.holder) {
            if (i > 0)
                g_array_remove_range(way, 0, i);
            return true;
        }
    g_set_error_literal(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                        "no single object holds it: several do, or a root");
    return false;
}

void *
hg_graph_answer_find_way(HgAsk *ask, void *data, GError **error)
{
    const HgGraphQuestion *question = data;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, question->shot, error);
    g_autoptr(GArray) way = snapshot ? hg_chain_find(snapshot, question->object, error) : NULL;
    if (!way ||
        (question->ends_at_holder && !cut_at_holder(snapshot, way, question->object, error)))
        return NULL;
    return g_steal_pointer(&way);
}
