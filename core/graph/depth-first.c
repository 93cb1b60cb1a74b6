/* depth-first.c - the objects numbered in the order of a walk.
 *
 * A stack of references that wait to be followed. One whose target is met before its turn is a
 * crossing, the others make the tree. Whether an object is met is a bit, so that references to
 * what is met, which are most, cost no memory access of their own; crossings get their numbers at
 * the end. For the others memory is asked for some places before their turn. Of a long row only a
 * portion is on the stack at a time, above a note where to go on; so it stays small though a list
 * has a million items.
 *
 * Where to start among the garbage: first walk it from its lowest address on, then start
 * again, anew, from what that walk had finished last. Whatever is not reached by then lies in
 * a cycle or chain nothing outside refers to (Kosaraju 1978).
 * SPDX-License-Identifier: MIT */
#include "core/graph/depth-first.h"

#include <string.h>

#define PORTION 64u /* references of a row on the stack at once */
#define FAR 8u      /* places of the stack between asking where a row is, */
#define NEAR 3u     /* for the row, and using it */

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
    uint8_t *met;  /* a bit an object */
    bool crossing; /* whether crossings are noted */
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

static bool
is_met(const Walk *walk, uint32_t object)
{
    return walk->met[object / 8] >> (object % 8) & 1;
}

static void
meet(Walk *walk, uint32_t object)
{
    walk->met[object / 8] |= (uint8_t)(1u << (object % 8));
}

/* A reference to what is met already; its target is an object still, not a number. */
static void
cross(Walk *walk, uint32_t source, uint32_t object)
{
    if (walk->crossing)
        walk->result->crossing[walk->result->n_crossings++] = (uint64_t)object << 32 | source;
}

static void
put(Walk *walk, uint32_t object, uint32_t parent)
{
    if (is_met(walk, object)) {
        cross(walk, parent, object);
        return;
    }
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

/* Returns: what is so deep in the stack, HG_NONE if there is nothing. */
static uint32_t
look_down(const Walk *walk, unsigned depth)
{
    return walk->n_waiting < depth ? HG_NONE : walk->waiting[walk->n_waiting - depth].object;
}

static void
fetch_ahead(const Walk *walk)
{
    const HgRows *forward = &walk->graph->forward;
    uint32_t far = look_down(walk, FAR), near = look_down(walk, NEAR);
    if (far != HG_NONE)
        __builtin_prefetch(&forward->first[far]);
    if (near != HG_NONE)
        __builtin_prefetch(&forward->other[forward->first[near]]);
}

static void
take(Walk *walk)
{
    if (follow_note(walk))
        return;
    Waiting next = walk->waiting[--walk->n_waiting];
    HgDepthFirst *result = walk->result;
    if (is_met(walk, next.object)) {
        cross(walk, next.parent, next.object);
        return;
    }
    uint32_t number = ++result->n;
    meet(walk, next.object);
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
    Walk walk;
    uint32_t *finished; /* in this order */
    uint64_t n_finished;
} Finish;

#define LEAVING 1u /* Waiting.parent of what is put back to be noted */

static void
finish_next(Finish *finish)
{
    Walk *walk = &finish->walk;
    if (follow_note(walk))
        return;
    Waiting next = walk->waiting[--walk->n_waiting];
    if (next.parent == LEAVING) {
        finish->finished[finish->n_finished++] = next.object;
        return;
    }
    if (is_met(walk, next.object))
        return;
    walk->waiting[walk->n_waiting++] = (Waiting){next.object, LEAVING};
    meet(walk, next.object);
    put_references(walk, next.object, 0, 0);
}

static void
finish_all(Finish *finish)
{
    for (uint32_t object = 0; object < finish->walk.graph->n_objects; object++)
        for (put(&finish->walk, object, 0); finish->walk.n_waiting;)
            finish_next(finish);
}

/* Sets [finished] to the objects not met so far. */
static bool
find_finished(const Walk *walk, uint32_t *finished, uint64_t *n_finished, GError **error)
{
    uint64_t n_bytes = (uint64_t)walk->graph->n_objects / 8 + 1;
    HG_AUTO_ARRAY uint8_t *met = hg_array_new(n_bytes, 1, error);
    if (!met)
        return false;
    memcpy(met, walk->met, n_bytes);
    Finish finish = {.walk = *walk, .finished = finished};
    finish.walk.met = met;
    finish.walk.crossing = false;
    finish_all(&finish);
    *n_finished = finish.n_finished;
    return true;
}

static bool
walk_garbage(Walk *walk, GError **error)
{
    uint64_t n_finished = 0;
    HG_AUTO_ARRAY uint32_t *finished =
        hg_array_new(walk->graph->n_objects - walk->result->n, sizeof(*finished), error);
    if (!finished || !find_finished(walk, finished, &n_finished, error))
        return false;
    while (n_finished--)
        if (!is_met(walk, finished[n_finished])) {
            put(walk, finished[n_finished], 0);
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

/* Gives the crossings numbers. Those that can change no holder are left out: of an object to
 * itself, of garbage to what is alive. */
static void
number_crossings(HgDepthFirst *result)
{
    uint64_t n_kept = 0;
    for (uint64_t i = 0; i < result->n_crossings; i++) {
        uint32_t source = (uint32_t)result->crossing[i];
        uint32_t target = result->number[result->crossing[i] >> 32];
        bool holds = source <= result->n_live || target > result->n_live;
        if (holds && source != target)
            result->crossing[n_kept++] = (uint64_t)target << 32 | source;
    }
    result->n_crossings = n_kept;
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
    if (result->n < walk->graph->n_objects && !walk_garbage(walk, error))
        return false;
    number_crossings(result);
    return true;
}

bool
hg_depth_first_walk(const HgGraph *graph, const uint32_t *roots, size_t n_roots,
                    const HgProgress *progress, HgDepthFirst *result, GError **error)
{
    g_auto(HgDepthFirst) found = {0};
    HG_AUTO_ARRAY uint8_t *weak = NULL;
    if (!hg_graph_mark_weak(graph, &weak, error))
        return false;

    HG_AUTO_ARRAY uint8_t *met = hg_array_new((uint64_t)graph->n_objects / 8 + 1, 1, error);
    if (!met)
        return false;
    Walk walk = {.graph = graph,
                 .weak = weak,
                 .progress = progress,
                 .result = &found,
                 .met = met,
                 .crossing = true};
    bool walked = prepare(&walk, n_roots, error) && walk_all(&walk, roots, n_roots, error);
    g_free(walk.waiting);
    if (!walked)
        return false;
    *result = found;
    found = (HgDepthFirst){0};
    return true;
}
