/* ghost-visit.c - the walk asks a ghost what objects refer to.
 * SPDX-License-Identifier: MIT */
#include "core/capture/ghost-visit.h"
#include "core/capture/ghost-size.h"

#define BATCH 16384
#define SAMPLE_TARGETS (1u << 16) /* an object with more says no more of its reader */
#define TARGETS_MAX (1u << 28)    /* in all answers together: 2 GB */
#define LATE_MAX 100000           /* objects asked about one by one */

/* Targets of one object, each with how often it is left to be told. */
typedef struct {
    uint64_t target;
    uint32_t count;
} Visits;

struct HgWalkGhost {
    HgGhost *ghost;
    GArray *request;  /* HgGhostRequest, not yet asked */
    GArray *object;   /* of addresses, in order: those asked about beforehand */
    GArray *answer;   /* HgGhostAnswer, of each */
    GHashTable *late; /* address -> number in `answer` + 1, of those asked about while walking */
    GArray *target;   /* of uint64_t */
    GArray *gathered; /* HgReferenceRecord: what the reader says of an object */
    GArray *visits;   /* Visits, by target: what the ghost says of it */
    HgGhostSizes sizes;
};

HgWalkGhost *
hg_walk_ghost_new(HgGhost *ghost)
{
    HgWalkGhost *self = g_new0(HgWalkGhost, 1);
    self->ghost = ghost;
    self->request = g_array_new(FALSE, FALSE, sizeof(HgGhostRequest));
    self->object = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    self->answer = g_array_new(FALSE, FALSE, sizeof(HgGhostAnswer));
    self->late = g_hash_table_new(NULL, NULL);
    self->target = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    self->gathered = g_array_new(FALSE, FALSE, sizeof(HgReferenceRecord));
    self->visits = g_array_new(FALSE, FALSE, sizeof(Visits));
    hg_ghost_sizes_init(&self->sizes);
    return self;
}

void
hg_walk_ghost_free(HgWalkGhost *self)
{
    if (!self)
        return;
    g_array_unref(self->request);
    g_array_unref(self->object);
    g_array_unref(self->answer);
    g_hash_table_unref(self->late);
    g_array_unref(self->target);
    g_array_unref(self->gathered);
    g_array_unref(self->visits);
    hg_ghost_sizes_clear(&self->sizes);
    g_free(self);
}

static void
add_request(GArray *requests, const HgWalkObject *object)
{
    HgGhostRequest request = {
        .object = object->address,
        .function = object->type->traverse,
        .is_gc = object->type->is_gc_function,
        .type = object->type->address,
    };
    g_array_append_val(requests, request);
}

/* Asks what has been gathered, appending answers. */
static void
ask(HgWalker *walker, GArray *answers)
{
    HgWalkGhost *self = walker->ghost;
    guint n = self->request->len, first = answers->len;
    g_array_set_size(answers, first + n);
    HgGhostAnswer *answer = &g_array_index(answers, HgGhostAnswer, first);
    if (self->target->len < TARGETS_MAX)
        hg_ghost_ask(self->ghost, (const HgGhostRequest *)(const void *)self->request->data, n,
                     answer, self->target);
    else
        for (guint i = 0; i < n; i++)
            answer[i] = (HgGhostAnswer){.outcome = HG_GHOST_TOO_MANY};
    for (guint i = 0; i < n; i++)
        walker->result->ghost.n_objects[answer[i].outcome]++;
    g_array_set_size(self->request, 0);
}

static bool
is_exact(const HgGhostAnswer *answer)
{
    return answer->outcome == HG_GHOST_ANSWERED || answer->outcome == HG_GHOST_UNCOLLECTED;
}

/* ---- what the reader says, what the ghost says ---------------------------------------------- */

/* Gathers the references the reader finds. */
static void
gather(HgWalker *walker, const HgWalkObject *object)
{
    HgWalkGhost *self = walker->ghost;
    g_array_set_size(self->gathered, 0);
    hg_walker_flush(walker);
    walker->gathered = self->gathered;
    hg_walker_read_fields(walker, object);
    hg_walker_flush(walker);
    walker->gathered = NULL;
}

/* Sorts the targets of an answer and counts them. */
static void
count_visits(HgWalkGhost *self, const HgGhostAnswer *answer)
{
    uint64_t *target =
        answer->n_targets > 0 ? &g_array_index(self->target, uint64_t, answer->first) : NULL;
    g_array_set_size(self->visits, 0);
    if (answer->n_targets > 1)
        qsort(target, answer->n_targets, sizeof *target, hg_walker_compare_addresses);
    for (uint64_t i = 0; i < answer->n_targets; i++) {
        Visits *last = self->visits->len > 0
                           ? &g_array_index(self->visits, Visits, self->visits->len - 1)
                           : NULL;
        Visits visits = {target[i], 1};
        if (last && last->target == target[i])
            last->count++;
        else
            g_array_append_val(self->visits, visits);
    }
}

/* Returns: whether the ghost visited [target] once more than has been told; it has now. */
static bool
tell_visit(HgWalkGhost *self, uint64_t target)
{
    guint low = 0, high = self->visits->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(self->visits, Visits, middle).target < target)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == self->visits->len)
        return false;
    Visits *visits = &g_array_index(self->visits, Visits, low);
    if (visits->target != target || visits->count == 0)
        return false;
    visits->count--;
    return true;
}

/* ---- before the walk ------------------------------------------------------------------------ */

/* Whether the reader's visited references are what the ghost visited. */
static bool
agrees(HgWalkGhost *self)
{
    uint64_t left = 0;
    for (guint i = 0; i < self->visits->len; i++)
        left += g_array_index(self->visits, Visits, i).count;
    for (guint i = 0; i < self->gathered->len; i++) {
        const HgReferenceRecord *reference = &g_array_index(self->gathered, HgReferenceRecord, i);
        if (!(reference->how & HG_HOW_VISITED))
            continue;
        if (!tell_visit(self, reference->target))
            return false;
        left--;
    }
    return left == 0;
}

/* Asks about the sample gathered, and judges the readers by it. */
static void
check_readers(HgWalker *walker)
{
    HgWalkGhost *self = walker->ghost;
    g_autoptr(GArray) request = g_array_copy(self->request);
    g_autoptr(GArray) answers = g_array_new(FALSE, FALSE, sizeof(HgGhostAnswer));
    ask(walker, answers);
    for (guint i = 0; i < request->len && !walker->error; i++) {
        const HgGhostAnswer *answer = &g_array_index(answers, HgGhostAnswer, i);
        HgWalkObject object;
        if (!is_exact(answer) || answer->n_targets > SAMPLE_TARGETS ||
            !hg_walker_look(walker, g_array_index(request, HgGhostRequest, i).object, &object))
            continue;
        count_visits(self, answer);
        gather(walker, &object);
        if (agrees(self))
            walker->result->ghost.n_confirmed++;
        else if (!object.type->asks_ghost) {
            object.type->asks_ghost = true;
            walker->result->ghost.n_corrected_types++;
        }
    }
    g_array_set_size(self->target, 0);
}

static bool
is_worth_a_sample(const HgWalkType *type)
{
    return type->is_gc && type->traverse && !type->asks_ghost;
}

static bool
asks_ghost(const HgWalkType *type)
{
    return type->asks_ghost;
}

/* Appends what has been sampled of the types that [is_meant] says true for, in the order of
 * addresses. Returns: whether these are all of their objects. */
static bool
collect(HgWalker *walker, bool (*is_meant)(const HgWalkType *type), GArray *objects)
{
    GHashTableIter types;
    gpointer value;
    bool are_all = true;
    g_hash_table_iter_init(&types, walker->tracked_types);
    while (g_hash_table_iter_next(&types, NULL, &value)) {
        const HgTrackedType *tracked = value;
        const HgWalkType *type = hg_walker_get_type(walker, tracked->type);
        if (!type || !is_meant(type))
            continue;
        g_array_append_vals(objects, tracked->sample->data, tracked->sample->len);
        are_all &= tracked->sample->len == tracked->n_objects;
    }
    g_array_sort(objects, hg_walker_compare_addresses);
    return are_all;
}

static void
ask_sample(HgWalker *walker)
{
    g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    collect(walker, is_worth_a_sample, objects);
    for (guint i = 0; i < objects->len; i++) {
        HgWalkObject object;
        if (!hg_walker_look(walker, g_array_index(objects, uint64_t, i), &object) ||
            !is_worth_a_sample(object.type))
            continue;
        add_request(walker->ghost->request, &object);
        if (walker->ghost->request->len == BATCH)
            check_readers(walker);
    }
    check_readers(walker);
    /* reading has said whose keys are whose; the walk says it again, in its own order */
    g_hash_table_remove_all(walker->owner_by_keys);
}

static bool
add_object(HgWalker *walker, uint64_t address, HgMark *mark, void *user_data)
{
    HgWalkGhost *self = walker->ghost;
    HgWalkObject object;
    if (!hg_walker_look(walker, address, &object) || !object.type->asks_ghost)
        return true;
    add_request(self->request, &object);
    g_array_append_val(self->object, address);
    if (self->request->len == BATCH)
        ask(walker, self->answer);
    return true;
}

void
hg_walk_ghost_ask(HgWalker *walker)
{
    if (!walker->ghost)
        return;
    ask_sample(walker);
    g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (!collect(walker, asks_ghost, objects))
        hg_walker_each(walker, HG_MARK_TRACKED, 0, add_object, NULL);
    else
        for (guint i = 0; i < objects->len && !walker->error; i++)
            add_object(walker, g_array_index(objects, uint64_t, i), NULL, NULL);
    ask(walker, walker->ghost->answer);
}

/* ---- while walking -------------------------------------------------------------------------- */

/* Asks about an object that is on no list. */
static guint
ask_late(HgWalker *walker, const HgWalkObject *object)
{
    HgWalkGhost *self = walker->ghost;
    guint number = self->answer->len;
    if (g_hash_table_size(self->late) >= LATE_MAX)
        return G_MAXUINT;
    add_request(self->request, object);
    ask(walker, self->answer);
    g_hash_table_insert(self->late, GSIZE_TO_POINTER(object->address),
                        GUINT_TO_POINTER(number + 1));
    return number;
}

static const HgGhostAnswer *
find_answer(HgWalker *walker, const HgWalkObject *object)
{
    HgWalkGhost *self = walker->ghost;
    guint number;
    if (!g_array_binary_search(self->object, &object->address, hg_walker_compare_addresses,
                               &number)) {
        number =
            GPOINTER_TO_UINT(g_hash_table_lookup(self->late, GSIZE_TO_POINTER(object->address)));
        number = number > 0 ? number - 1 : ask_late(walker, object);
    }
    return number < self->answer->len ? &g_array_index(self->answer, HgGhostAnswer, number) : NULL;
}

/* A word that looks like a reference and is not visited may still be one, if the collector has no
 * interest in its target; and if it has none in the object, nothing is known. */
static bool
may_be_held(HgWalker *walker, const HgGhostAnswer *answer, uint64_t target)
{
    HgWalkObject object;
    return answer->outcome == HG_GHOST_UNCOLLECTED ||
           (hg_walker_look(walker, target, &object) && !object.type->is_gc);
}

/* What the reader says, put right: a reference the ghost visited is visited and no guess; one it
 * did not visit is at most held. */
static void
add_corrected(HgWalker *walker, const HgGhostAnswer *answer, HgReferenceRecord reference)
{
    uint8_t label = reference.how & HG_HOW_LABEL;
    bool is_guessed = reference.how & HG_HOW_GUESSED;
    if (tell_visit(walker->ghost, reference.target))
        reference.how = label | HG_HOW_VISITED;
    else if (is_guessed && !may_be_held(walker, answer, reference.target))
        return;
    else
        reference.how = label | HG_HOW_OWNED | (is_guessed ? HG_HOW_GUESSED : 0);
    hg_walker_add(walker, reference.target, reference.label, reference.how);
}

/* Names come first, so that no guess takes their place. */
static void
add_read(HgWalker *walker, const HgGhostAnswer *answer, bool guesses)
{
    const GArray *gathered = walker->ghost->gathered;
    for (guint i = 0; i < gathered->len; i++) {
        const HgReferenceRecord *reference = &g_array_index(gathered, HgReferenceRecord, i);
        if (!!(reference->how & HG_HOW_GUESSED) != guesses)
            continue;
        if (reference->how & HG_HOW_WEAK)
            hg_walker_add(walker, reference->target, reference->label, reference->how);
        else
            add_corrected(walker, answer, *reference);
    }
}

static void
add_unnamed(HgWalker *walker)
{
    const GArray *visits = walker->ghost->visits;
    for (guint i = 0; i < visits->len; i++) {
        const Visits *one = &g_array_index(visits, Visits, i);
        for (uint32_t k = 0; k < one->count; k++)
            hg_walker_add(walker, one->target, 0, HG_LABEL_UNNAMED | HG_HOW_VISITED);
    }
}

void
hg_walk_ghost_read(HgWalker *walker, const HgWalkObject *object)
{
    const HgGhostAnswer *answer = find_answer(walker, object);
    if (!answer || !is_exact(answer) || walker->gathered) {
        hg_walker_read_fields(walker, object);
        return;
    }
    gather(walker, object);
    count_visits(walker->ghost, answer);
    add_read(walker, answer, false);
    add_read(walker, answer, true);
    add_unnamed(walker);
}

void
hg_walk_ghost_note(HgWalker *walker, HgWalkType *type, uint64_t address)
{
    type->may_ask_size = hg_ghost_sizes_note(&walker->ghost->sizes, walker, type, address);
}

void
hg_walk_ghost_measure(HgWalker *walker)
{
    if (walker->ghost)
        hg_ghost_sizes_ask(&walker->ghost->sizes, walker, walker->ghost->ghost);
}

void
hg_walk_ghost_apply_size(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    uint64_t size = hg_ghost_sizes_find(&walker->ghost->sizes, object->address);
    if (size == HG_UNKNOWN)
        return;
    record->sizeof_ = size + object->type->prefix;
    record->size = MAX(record->size, record->sizeof_);
}
