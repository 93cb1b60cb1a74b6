/* depth-first.c - the objects numbered in the order of a walk.
 *
 * A stack of references that wait to be followed. One whose target has no number yet when
 * it is taken off becomes part of the tree, every other one is a crossing: so each object's
 * memory is asked for when a reference to it is put on the stack, and is there when it is
 * taken off. Of a long row only a portion is put there at a time, above a note where to go on; so
 * the stack stays small though a list has a million items.
 *
 * Where to start among the garbage: first walk it from its lowest address on, then start
 * again, anew, from what that walk had finished last. Whatever is not reached by then lies in
 * a cycle or chain nothing outside refers to (Kosaraju 1978).
 * SPDX-License-Identifier: MIT */
#include "core/graph/depth-first.h"

#define PORTION 64u /* references of a row on the stack at once */

/* A note is two of them: the row, and above it HG_NONE with the number of its next portion. */
typedef struct {
    uint32_t object;
    uint32_t parent; /* number of the source */
} Waiting;

typedef struct {
    const HgGraph *graph;
    const uint8_t *weak; /* hg_graph_mark_weak() */
    const HgProgress *progress;
    HgDepthFirst *result;
    Waiting *waiting;
    uint64_t n_waiting;
    uint32_t pile; /* numbers up to this one belong to an earlier pile */
} Walk;

void
hg_depth_first_clear(HgDepthFirst *walk)
{
    hg_array_clear(&walk->number);
    hg_array_clear(&walk->object);
    hg_array_clear(&walk->parent);
    g_clear_pointer(&walk->crossing, g_free);
    walk->n = walk->n_live = 0;
    walk->n_crossings = 0;
}

static bool
keeps(const Walk *walk, bool some_weak, uint64_t reference)
{
    return !some_weak || hg_how_keeps(walk->graph->how[reference]);
}

static void
put(Walk *walk, uint32_t object, uint32_t parent)
{
    __builtin_prefetch(&walk->result->number[object], 1);
    __builtin_prefetch(&walk->graph->forward.first[object]);
    walk->waiting[walk->n_waiting++] = (Waiting){object, parent};
}

/* The note takes the place of what is not put: there are at least two. */
static void
put_note(Walk *walk, uint32_t source, uint32_t number, uint32_t portion)
{
    walk->waiting[walk->n_waiting++] = (Waiting){source, number};
    walk->waiting[walk->n_waiting++] = (Waiting){HG_NONE, portion};
}

static void
put_references(Walk *walk, uint32_t source, uint32_t number, uint32_t portion)
{
    const HgRows *forward = &walk->graph->forward;
    uint64_t reference = forward->first[source] + (uint64_t)portion * PORTION;
    uint64_t end = forward->first[(uint64_t)source + 1];
    bool some_weak = hg_weak_mark(walk->weak, source);
    if (end - reference >= PORTION + 2) {
        end = reference + PORTION;
        put_note(walk, source, number, portion + 1);
    }
    for (; reference < end; reference++)
        if (keeps(walk, some_weak, reference))
            put(walk, forward->other[reference], number);
}

/* Returns: whether the top of the stack was a note, which has been followed then. */
static bool
follow_note(Walk *walk)
{
    Waiting top = walk->waiting[walk->n_waiting - 1];
    if (top.object != HG_NONE)
        return false;
    Waiting row = walk->waiting[walk->n_waiting - 2];
    walk->n_waiting -= 2;
    put_references(walk, row.object, row.parent, top.parent);
    return true;
}

static void
fetch_ahead(const Walk *walk)
{
    const HgRows *forward = &walk->graph->forward;
    uint32_t object = walk->n_waiting < 3 ? HG_NONE : walk->waiting[walk->n_waiting - 3].object;
    if (object != HG_NONE)
        __builtin_prefetch(&forward->other[forward->first[object]]);
}

/* A reference to an object that has its number: kept unless it can change no holder. */
static void
cross(Walk *walk, uint32_t source, uint32_t target)
{
    HgDepthFirst *result = walk->result;
    if (target > walk->pile && source != target && result->parent[target] != source)
        result->crossing[result->n_crossings++] = (uint64_t)target << 32 | source;
}

static void
take(Walk *walk)
{
    if (follow_note(walk))
        return;
    Waiting next = walk->waiting[--walk->n_waiting];
    HgDepthFirst *result = walk->result;
    uint32_t number = result->number[next.object];
    if (number) {
        cross(walk, next.parent, number);
        return;
    }
    number = ++result->n;
    result->number[next.object] = number;
    result->object[number] = next.object;
    result->parent[number] = next.parent;
    put_references(walk, next.object, number, 0);
    fetch_ahead(walk);
}

static bool
walk_on(Walk *walk, GError **error)
{
    for (uint64_t step = 1; walk->n_waiting; step++) {
        if (step % HG_PROGRESS_STEPS == 0 &&
            !hg_progress_report(walk->progress, "walking the references", walk->result->n,
                                walk->graph->n_objects, error))
            return false;
        take(walk);
    }
    return true;
}

/* ---- garbage -------------------------------------------------------------------------- */

/* A depth first walk over the garbage that notes each object when all it refers to is done.
 * Here an object is put on the stack again behind what it refers to. */
typedef struct {
    Walk *walk;
    uint8_t *met;       /* a bit an object */
    uint32_t *finished; /* in this order */
    uint64_t n_finished;
} Finish;

static bool
is_met(const Finish *finish, uint32_t object)
{
    return finish->walk->result->number[object] || hg_weak_mark(finish->met, object);
}

#define LEAVING 1u /* Waiting.parent of what is put back to be noted */

static void
finish_next(Finish *finish)
{
    Walk *walk = finish->walk;
    if (follow_note(walk))
        return;
    Waiting next = walk->waiting[--walk->n_waiting];
    if (next.parent == LEAVING) {
        finish->finished[finish->n_finished++] = next.object;
        return;
    }
    if (is_met(finish, next.object))
        return;
    finish->met[next.object / 8] |= (uint8_t)(1u << (next.object % 8));
    put(walk, next.object, LEAVING);
    put_references(walk, next.object, 0, 0);
}

static void
finish_all(Finish *finish)
{
    for (uint32_t object = 0; object < finish->walk->graph->n_objects; object++)
        if (!is_met(finish, object)) {
            put(finish->walk, object, 0);
            while (finish->walk->n_waiting)
                finish_next(finish);
        }
}

static bool
walk_garbage(Walk *walk, GError **error)
{
    const HgGraph *graph = walk->graph;
    HgDepthFirst *result = walk->result;
    HG_AUTO_ARRAY uint8_t *met = hg_array_new((uint64_t)graph->n_objects / 8 + 1, 1, error);
    if (!met)
        return false;
    HG_AUTO_ARRAY uint32_t *finished =
        hg_array_new(graph->n_objects - result->n, sizeof(*finished), error);
    if (!finished)
        return false;

    Finish finish = {walk, met, finished, 0};
    finish_all(&finish);
    walk->pile = result->n;
    for (uint64_t i = finish.n_finished; i-- > 0;)
        if (!result->number[finished[i]]) {
            put(walk, finished[i], 0);
            if (!walk_on(walk, error))
                return false;
        }
    return true;
}

/* ---- all ------------------------------------------------------------------------------ */

static bool
prepare(Walk *walk, size_t n_roots, GError **error)
{
    uint64_t n_objects = walk->graph->n_objects, n_references = walk->graph->n_references;
    HgDepthFirst *result = walk->result;
    return (result->number = hg_array_new(n_objects, sizeof(uint32_t), error)) &&
           (result->object = hg_array_new(n_objects + 1, sizeof(uint32_t), error)) &&
           (result->parent = hg_array_new(n_objects + 1, sizeof(uint32_t), error)) &&
           (result->crossing = hg_array_reserve(n_references + n_roots, sizeof(uint64_t), error)) &&
           (walk->waiting =
                hg_array_reserve(n_references + n_objects + n_roots, sizeof(Waiting), error));
}

static bool
walk_all(Walk *walk, const uint32_t *roots, size_t n_roots, GError **error)
{
    HgDepthFirst *result = walk->result;
    result->object[0] = HG_NONE;
    for (size_t i = n_roots; i-- > 0;)
        put(walk, roots[i], 0);
    if (!walk_on(walk, error))
        return false;
    result->n_live = result->n;
    return result->n == walk->graph->n_objects || walk_garbage(walk, error);
}

bool
hg_depth_first_walk(const HgGraph *graph, const uint32_t *roots, size_t n_roots,
                    const HgProgress *progress, HgDepthFirst *result, GError **error)
{
    g_auto(HgDepthFirst) found = {0};
    HG_AUTO_ARRAY uint8_t *weak = NULL;
    if (!hg_graph_mark_weak(graph, &weak, error))
        return false;

    Walk walk = {.graph = graph, .weak = weak, .progress = progress, .result = &found};
    bool walked = prepare(&walk, n_roots, error) && walk_all(&walk, roots, n_roots, error);
    g_free(walk.waiting);
    if (!walked)
        return false;
    *result = found;
    found = (HgDepthFirst){0};
    return true;
}
