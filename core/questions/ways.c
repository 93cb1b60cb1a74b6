/* ways.c - the other ways from a root to an object, ways from one object to another, and the ways
 * of a whole type merged. SPDX-License-Identifier: MIT */
#include "core/questions/ways.h"

#include "core/graph/graph.h"
#include "core/questions/chain.h"
#include "core/questions/describe.h"
#include "core/questions/objects.h"
#include "core/questions/sweep.h"

#include <string.h>

void
hg_ways_clear(HgWays *ways)
{
    g_clear_pointer(&ways->chains, g_ptr_array_unref);
}

#define PATH_MAX_BYTES 400 /* of a merged path; what is behind is left out */

/* ---- one walk over the heap ---------------------------------------------------------------- */

/* Breadth first from the roots, not going on from the object itself nor through what is to be
 * avoided: so every way found to something that refers to the object is a way to it, too. */
typedef struct {
    HgGraph graph;
    uint32_t *queue;
    uint32_t n_queued;
    uint32_t
        *step; /* [object]: the one before it + 1; its own number + 1 for a root; 0 unreached */
    uint8_t *is_shut;
} Walk;

static void
clear_walk(Walk *walk)
{
    hg_graph_clear(&walk->graph);
    g_free(walk->queue);
    g_free(walk->step);
    g_free(walk->is_shut);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, clear_walk)

static bool
init_walk(Walk *walk, HgSnapshot *snapshot, GError **error)
{
    if (!hg_sweep_read_graph(snapshot, &walk->graph, error))
        return false;
    walk->queue = hg_array_new(walk->graph.n_objects, sizeof(uint32_t), error);
    walk->step = walk->queue ? hg_array_new(walk->graph.n_objects, sizeof(uint32_t), error) : NULL;
    walk->is_shut = walk->step ? hg_array_new(walk->graph.n_objects, 1, error) : NULL;
    return walk->is_shut;
}

static void
reach(Walk *walk, uint32_t object, uint32_t from)
{
    if (walk->step[object])
        return;
    walk->step[object] = from + 1;
    walk->queue[walk->n_queued++] = object;
}

/* ---- the other end --------------------------------------------------------------------------- */

static void
add_end(GArray *ends, uint64_t n_objects, uint64_t number)
{
    uint32_t object = (uint32_t)number;
    if (number < n_objects)
        g_array_append_val(ends, object);
}

/* By kind, modules first: of ways of one length the one from a module has the better name. */
static bool
add_roots(HgSnapshot *snapshot, const HgWaysEnd *end, GArray *ends, GError **error)
{
    const GPtrArray *roots = hg_snapshot_get_roots(snapshot, error);
    for (unsigned kind = 0; roots && kind < HG_N_ROOTS; kind++) {
        if (end->root_kinds && !(end->root_kinds >> kind & 1))
            continue;
        for (unsigned i = 0; i < roots->len; i++) {
            const HgRootRow *root = g_ptr_array_index(roots, i);
            if (root->kind == kind)
                add_end(ends, hg_snapshot_count_objects(snapshot), root->object);
        }
    }
    return roots;
}

static bool
add_objects(HgSnapshot *snapshot, const HgTypeRow *type, GArray *ends, GError **error)
{
    for (uint64_t i = 0; i < type->n_objects; i++) {
        uint64_t number;
        if (!hg_snapshot_get(snapshot, HG_COLUMN_BY_TYPE, type->first + i, &number, error))
            return false;
        add_end(ends, hg_snapshot_count_objects(snapshot), number);
    }
    return true;
}

/* Returns: the objects (uint32_t) that are such an end; g_array_unref(). */
static GArray *
list_ends(HgSnapshot *snapshot, const HgWaysEnd *end, GError **error)
{
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    if (end->is_object)
        add_end(ends, hg_snapshot_count_objects(snapshot), end->object);
    else if (!end->types && !add_roots(snapshot, end, ends, error))
        return NULL;
    for (unsigned i = 0; end->types && i < end->types->len; i++)
        if (!add_objects(snapshot, end->types->pdata[i], ends, error))
            return NULL;
    return g_steal_pointer(&ends);
}

/* Only a root is a way to itself: it is alive of its own. */
static bool
start(Walk *walk, HgSnapshot *snapshot, uint32_t object, const HgWaysEnd *end, GError **error)
{
    bool is_of_roots = !end->is_object && !end->types;
    g_autoptr(GArray) ends = list_ends(snapshot, end, error);
    for (unsigned i = 0; ends && i < ends->len; i++) {
        uint32_t one = g_array_index(ends, uint32_t, i);
        if (walk->is_shut[one] != 1 && (one != object || is_of_roots))
            reach(walk, one, one);
    }
    return ends;
}

static void
go(Walk *walk)
{
    const HgRows *rows = &walk->graph.forward;
    for (uint32_t at = 0; at < walk->n_queued; at++) {
        uint32_t source = walk->queue[at];
        if (walk->is_shut[source])
            continue;
        for (uint64_t i = rows->first[source]; i < rows->first[source + 1]; i++)
            if (hg_how_keeps(walk->graph.how[i]) && walk->is_shut[rows->other[i]] != 1)
                reach(walk, rows->other[i], source);
    }
}

/* ---- ways ---------------------------------------------------------------------------------- */

static GArray *
make_chain(const Walk *walk, uint32_t referrer, uint32_t object)
{
    GArray *chain = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(chain, object);
    for (uint32_t at = referrer;; at = walk->step[at] - 1) {
        g_array_append_val(chain, at);
        if (walk->step[at] == at + 1)
            break;
    }
    for (unsigned i = 0; i < chain->len / 2; i++) {
        uint32_t kept = g_array_index(chain, uint32_t, i);
        g_array_index(chain, uint32_t, i) = g_array_index(chain, uint32_t, chain->len - 1 - i);
        g_array_index(chain, uint32_t, chain->len - 1 - i) = kept;
    }
    return chain;
}

static bool
refers(const Walk *walk, uint32_t source, uint32_t object)
{
    const HgRows *rows = &walk->graph.forward;
    for (uint64_t i = rows->first[source]; i < rows->first[source + 1]; i++)
        if (rows->other[i] == object && hg_how_keeps(walk->graph.how[i]))
            return true;
    return false;
}

/* In the order of the walk, which is that of their length. */
static void
collect(const Walk *walk, uint32_t object, unsigned limit, HgWays *ways)
{
    bool is_root = walk->step[object] == object + 1;
    if (is_root) {
        GArray *alone = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        g_array_append_val(alone, object);
        g_ptr_array_add(ways->chains, alone);
        ways->count++;
    }
    for (uint32_t at = 0; at < walk->n_queued; at++) {
        uint32_t source = walk->queue[at];
        if (source == object || !refers(walk, source, object))
            continue;
        ways->count++;
        if (ways->chains->len < limit)
            g_ptr_array_add(ways->chains, make_chain(walk, source, object));
    }
}

static bool
fail_none(HgSnapshot *snapshot, uint32_t object, const char *how, GError **error)
{
    g_autofree char *caption = hg_object_dup_caption(snapshot, object, false, error);
    if (caption)
        g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "no such way %s the %s", how, caption);
    return false;
}

bool
hg_ways_find(HgSnapshot *snapshot, uint32_t object, const HgWaysOptions *options, HgWays *ways,
             GError **error)
{
    g_auto(Walk) walk = {0};
    g_auto(HgWays) found = {0};
    if (!init_walk(&walk, snapshot, error))
        return false;
    walk.is_shut[object] = 2; /* reached, but not left again */
    for (unsigned i = 0; i < options->n_avoid; i++)
        walk.is_shut[options->avoid[i]] = 1; /* not even reached */
    if (!start(&walk, snapshot, object, &options->end, error))
        return false;
    go(&walk);
    found.chains = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    collect(&walk, object, options->limit, &found);
    if (found.count == 0)
        return fail_none(snapshot, object, "leads to", error);
    *ways = found;
    found = (HgWays){0};
    return true;
}

/* Takes the ends in the order of the walk. */
static bool
collect_ends(const Walk *walk, HgSnapshot *snapshot, uint32_t object, const HgWaysOptions *options,
             HgWays *ways, GError **error)
{
    g_autoptr(GArray) ends = list_ends(snapshot, &options->end, error);
    g_autofree uint8_t *is_end = ends ? hg_array_new(walk->graph.n_objects, 1, error) : NULL;
    if (!is_end)
        return false;
    for (unsigned i = 0; i < ends->len; i++)
        is_end[g_array_index(ends, uint32_t, i)] = 1;
    for (uint32_t at = 0; at < walk->n_queued; at++) {
        uint32_t reached = walk->queue[at];
        if (!is_end[reached] || reached == object)
            continue;
        ways->count++;
        if (ways->chains->len < options->limit)
            g_ptr_array_add(ways->chains, make_chain(walk, walk->step[reached] - 1, reached));
    }
    return true;
}

bool
hg_ways_find_forward(HgSnapshot *snapshot, uint32_t object, const HgWaysOptions *options,
                     HgWays *ways, GError **error)
{
    g_auto(Walk) walk = {0};
    g_auto(HgWays) found = {0};
    if (!init_walk(&walk, snapshot, error))
        return false;
    for (unsigned i = 0; i < options->n_avoid; i++)
        walk.is_shut[options->avoid[i]] = 1;
    if (walk.is_shut[object] != 1)
        reach(&walk, object, object);
    go(&walk);
    found.chains = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    if (!collect_ends(&walk, snapshot, object, options, &found, error))
        return false;
    if (found.count == 0)
        return fail_none(snapshot, object, "leads from", error);
    *ways = found;
    found = (HgWays){0};
    return true;
}

/* ---- the ways of a type, merged ------------------------------------------------------------- */

/* The path of an object without its items and keys; those of a million objects share most of their
 * steps, so each object's is made once. */
typedef struct {
    HgSnapshot *snapshot;
    GHashTable *path_of; /* object + 1 -> path, borrowed from paths */
    GHashTable *paths;   /* interned */
} Merging;

static void
clear_merging(Merging *merging)
{
    g_clear_pointer(&merging->path_of, g_hash_table_unref);
    g_clear_pointer(&merging->paths, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Merging, clear_merging)

static void *
make_key(uint32_t object)
{
    return GSIZE_TO_POINTER((size_t)object + 1);
}

static const char *
intern(Merging *merging, char *path)
{
    const char *known = g_hash_table_lookup(merging->paths, path);
    if (known) {
        g_free(path);
        return known;
    }
    g_hash_table_add(merging->paths, path);
    return path;
}

/* ".__dict__" and a key after it are an attribute; other items and keys are "[]"; the same step
 * again and again, as along a linked list, is "…". */
static char *
dup_step(const char *before, const char *label)
{
    g_autofree char *attribute = hg_describe_dup_attribute(label);
    if (g_str_has_suffix(before, ".__dict__") && *attribute == '.') {
        g_autofree char *owner = g_strndup(before, strlen(before) - strlen(".__dict__"));
        return dup_step(owner, attribute);
    }
    g_autofree char *step = *label == '[' ? g_strdup("[]") : hg_describe_dup_step(label);
    g_autofree char *repeated = g_strconcat(step, "…", NULL);
    if (g_str_has_suffix(before, repeated) || strlen(before) > PATH_MAX_BYTES)
        return g_strdup(before);
    return g_strconcat(before, g_str_has_suffix(before, step) ? "…" : step, NULL);
}

static const char *
get_path(const Merging *merging, uint32_t object)
{
    return g_hash_table_lookup(merging->path_of, make_key(object));
}

static void
set_path(Merging *merging, uint32_t object, char *path)
{
    g_hash_table_insert(merging->path_of, make_key(object), (void *)intern(merging, path));
}

/* Sets *step to the object before [object] on its way, HG_NONE for a root. */
static bool
read_step(Merging *merging, uint32_t object, uint32_t *step, GError **error)
{
    uint64_t stored;
    if (!hg_snapshot_get(merging->snapshot, HG_COLUMN_STEP, object, &stored, error))
        return false;
    *step = stored && stored <= hg_snapshot_count_objects(merging->snapshot)
                ? (uint32_t)(stored - 1)
                : HG_NONE;
    return true;
}

static bool
extend_path(Merging *merging, uint32_t object, uint32_t before, GError **error)
{
    g_autofree char *label = hg_describe_dup_link(merging->snapshot, before, object, error);
    if (label)
        set_path(merging, object, dup_step(get_path(merging, before), label));
    return label;
}

/* Makes the path of [object], and of all on its way that have none yet. */
static bool
make_path(Merging *merging, uint32_t object, GError **error)
{
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t at = object, step = HG_NONE;
    while (!get_path(merging, at) && open->len < hg_snapshot_count_objects(merging->snapshot)) {
        g_array_append_val(open, at);
        if (!read_step(merging, at, &step, error))
            return false;
        if (step == HG_NONE)
            break;
        at = step;
    }
    if (step == HG_NONE && open->len > 0) {
        char *start = hg_chain_dup_start(merging->snapshot, at, error);
        if (!start)
            return false;
        set_path(merging, at, start);
        g_array_set_size(open, open->len - 1);
    }
    for (unsigned i = open->len; i > 0; i--) {
        uint32_t next = g_array_index(open, uint32_t, i - 1);
        if (!extend_path(merging, next, at, error))
            return false;
        at = next;
    }
    return true;
}

static void
free_way(void *data)
{
    HgMergedWay *way = data;
    g_free(way->path);
    g_free(way);
}

static int
compare_ways(const void *a, const void *b)
{
    const HgMergedWay *one = *(HgMergedWay *const *)a, *other = *(HgMergedWay *const *)b;
    if (one->objects != other->objects)
        return one->objects > other->objects ? -1 : 1;
    return strcmp(one->path, other->path);
}

/* [way_of]: path -> HgMergedWay. */
static void
count_way(GPtrArray *ways, GHashTable *way_of, const char *path, uint32_t object)
{
    HgMergedWay *way = g_hash_table_lookup(way_of, path);
    if (!way) {
        way = g_new0(HgMergedWay, 1);
        *way = (HgMergedWay){.path = g_strdup(path), .example = object};
        g_ptr_array_add(ways, way);
        g_hash_table_insert(way_of, (char *)path, way);
    }
    way->objects++;
}

static bool
merge_object(Merging *merging, uint32_t object, GPtrArray *ways, GHashTable *way_of,
             uint64_t *n_unreached, GError **error)
{
    uint64_t distance;
    if (!hg_snapshot_get(merging->snapshot, HG_COLUMN_DISTANCE, object, &distance, error))
        return false;
    if (distance == 0) {
        ++*n_unreached;
        return true;
    }
    if (!make_path(merging, object, error))
        return false;
    count_way(ways, way_of, get_path(merging, object), object);
    return true;
}

/* An object and the one before it on its way, + 1 */
typedef struct {
    uint64_t step;
    uint32_t object;
} Followed;

static int
compare_followed(const void *a, const void *b)
{
    const Followed *one = a, *other = b;
    if (one->step != other->step)
        return one->step < other->step ? -1 : 1;
    return one->object < other->object ? -1 : one->object > other->object;
}

static bool
append_followed(HgSnapshot *snapshot, uint32_t object, GArray *followed, GError **error)
{
    Followed one = {.object = object};
    if (!hg_snapshot_get(snapshot, HG_COLUMN_STEP, object, &one.step, error))
        return false;
    g_array_append_val(followed, one);
    return true;
}

/* Those with the same step come side by side, so that the labels of a long row are looked up
 * together. */
static GPtrArray *
merge_followed(HgSnapshot *snapshot, GArray *followed, uint64_t *n_unreached, GError **error)
{
    g_auto(Merging)
        merging = {.snapshot = snapshot,
                   .path_of = g_hash_table_new(NULL, NULL),
                   .paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    g_autoptr(GHashTable) way_of = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) ways = g_ptr_array_new_with_free_func(free_way);
    *n_unreached = 0;
    g_array_sort(followed, compare_followed);
    for (unsigned i = 0; i < followed->len; i++)
        if (!merge_object(&merging, g_array_index(followed, Followed, i).object, ways, way_of,
                          n_unreached, error))
            return NULL;
    g_ptr_array_sort(ways, compare_ways);
    return g_steal_pointer(&ways);
}

/* Every [stride]th object of a type. */
static bool
follow_type(HgSnapshot *snapshot, const HgTypeRow *type, uint64_t stride, GArray *followed,
            GError **error)
{
    for (uint64_t i = 0, number; i < type->n_objects; i += stride)
        if (!hg_snapshot_get(snapshot, HG_COLUMN_BY_TYPE, type->first + i, &number, error) ||
            !append_followed(snapshot, (uint32_t)number, followed, error))
            return false;
    return true;
}

GPtrArray *
hg_ways_merge(HgSnapshot *snapshot, const GPtrArray *types, uint64_t *n_unreached, GError **error)
{
    g_autoptr(GArray) followed = g_array_new(FALSE, FALSE, sizeof(Followed));
    uint64_t count = hg_objects_count(types), stride = 1 + (count - MIN(count, 1)) / HG_WAYS_MERGED;
    for (unsigned i = 0; i < types->len; i++)
        if (!follow_type(snapshot, types->pdata[i], stride, followed, error))
            return NULL;
    return merge_followed(snapshot, followed, n_unreached, error);
}

GPtrArray *
hg_ways_merge_objects(HgSnapshot *snapshot, const GArray *objects, uint64_t *n_unreached,
                      GError **error)
{
    g_autoptr(GArray) followed = g_array_new(FALSE, FALSE, sizeof(Followed));
    for (unsigned i = 0; i < objects->len; i++)
        if (!append_followed(snapshot, g_array_index(objects, uint32_t, i), followed, error))
            return NULL;
    return merge_followed(snapshot, followed, n_unreached, error);
}
