/* holders.c - the tree of holders: what would be freed with an object, level by level.
 * SPDX-License-Identifier: MIT */
#include "core/questions/holders.h"

#include "core/graph/graph.h"
#include "core/questions/best.h"
#include "core/questions/describe.h"

struct HgHolders {
    HgSnapshot *snapshot;
    uint32_t n_objects;
    uint32_t *holder; /* + 1, 0: none */
};

HgHolders *
hg_holders_new(HgSnapshot *snapshot, GError **error)
{
    uint32_t n_objects = hg_snapshot_count_objects(snapshot);
    if (n_objects > 0 && hg_snapshot_count(snapshot, HG_COLUMN_HOLDER) == 0) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                            "this snapshot does not know who holds what");
        return NULL;
    }
    uint32_t *holder = hg_array_new(n_objects, sizeof(uint32_t), error);
    if (!holder)
        return NULL;
    if (n_objects > 0 &&
        !hg_snapshot_read_u32(snapshot, HG_COLUMN_HOLDER, 0, n_objects, holder, error)) {
        hg_array_free(holder);
        return NULL;
    }
    HgHolders *holders = g_new(HgHolders, 1);
    *holders = (HgHolders){snapshot, n_objects, holder};
    return holders;
}

void
hg_holders_free(HgHolders *holders)
{
    if (holders)
        hg_array_free(holders->holder);
    g_free(holders);
}

void
hg_held_clear(HgHeld *held)
{
    g_clear_pointer(&held->objects, g_array_unref);
}

/* ---- one sweep for any number of holders ------------------------------------------------------
 */

/* A holder that is asked for. */
typedef struct {
    HgBest best;
    uint64_t retained;
} Asked;

static void
free_asked(void *data)
{
    Asked *asked = data;
    hg_best_clear(&asked->best);
    g_free(asked);
}

static void *
make_key(uint32_t holder)
{
    return GSIZE_TO_POINTER(holder == HG_NONE ? 1 : (size_t)holder + 2);
}

static void
ask(GHashTable *asked, uint32_t holder, uint64_t limit)
{
    Asked *one = g_new0(Asked, 1);
    hg_best_init(&one->best, limit);
    g_hash_table_insert(asked, make_key(holder), one);
}

#define FILTER 16384u

/* What a sweep looks at: marks that spare most lookups, by the holder + 1; the objects of a chunk
 * whose holder is asked for, and columns of that chunk. */
typedef struct {
    HgHolders *holders;
    GHashTable *asked;  /* holder -> Asked */
    bool asks_to_sort;  /* not only to count */
    bool has_unreached; /* some object is not live */
    uint8_t *is_asked;
    bool may_be_asked[FILTER]; /* the same modulo FILTER: stays in the nearest cache */
    uint32_t hit[HG_CHUNK];
    uint32_t n_hits;
    uint64_t retained[HG_CHUNK], distance[HG_CHUNK];
} Sweep;

static bool
init_sweep(Sweep *sweep, HgHolders *holders, GHashTable *asked, GError **error)
{
    GHashTableIter iter;
    void *key, *value;
    sweep->holders = holders;
    sweep->asked = asked;
    const HgSnapshotInfo *info = hg_snapshot_get_info(holders->snapshot);
    sweep->has_unreached = info->n_live != info->n_objects;
    sweep->is_asked = hg_array_new((uint64_t)holders->n_objects / 8 + 1, 1, error);
    if (!sweep->is_asked)
        return false;
    for (g_hash_table_iter_init(&iter, asked); g_hash_table_iter_next(&iter, &key, &value);) {
        size_t number = key == make_key(HG_NONE) ? 0 : GPOINTER_TO_SIZE(key) - 1;
        sweep->is_asked[number / 8] |= (uint8_t)(1u << number % 8);
        sweep->may_be_asked[number % FILTER] = true;
        sweep->asks_to_sort |= ((Asked *)value)->best.limit > 0;
    }
    return true;
}

static void
collect_hits(Sweep *sweep, uint32_t first, uint32_t count)
{
    const uint32_t *holders = sweep->holders->holder + first;
    const bool *may_be_asked = sweep->may_be_asked;
    uint32_t most = sweep->holders->n_objects, n_hits = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t holder = holders[i];
        if (G_UNLIKELY(may_be_asked[holder % FILTER]) && holder <= most &&
            sweep->is_asked[holder / 8] >> holder % 8 & 1)
            sweep->hit[n_hits++] = i;
    }
    sweep->n_hits = n_hits;
}

/* What has no holder is held by the roots, if any of them reaches it. */
static bool
read_hits(Sweep *sweep, uint32_t first, uint32_t count, GError **error)
{
    HgSnapshot *snapshot = sweep->holders->snapshot;
    if (sweep->asks_to_sort &&
        !hg_snapshot_read(snapshot, HG_COLUMN_RETAINED, first, count, sweep->retained, error))
        return false;
    return !(sweep->is_asked[0] & 1) || !sweep->has_unreached ||
           hg_snapshot_read(snapshot, HG_COLUMN_DISTANCE, first, count, sweep->distance, error);
}

static void
offer_hits(Sweep *sweep, uint32_t first)
{
    uint32_t before = HG_NONE;
    Asked *asked = NULL;
    for (uint32_t i = 0; i < sweep->n_hits; i++) {
        uint32_t at = sweep->hit[i], holder = sweep->holders->holder[first + at];
        if (holder == 0 && sweep->has_unreached && sweep->distance[at] == 0)
            continue;
        if (holder != before) /* many in a row have the same */
            asked = g_hash_table_lookup(sweep->asked, make_key(holder - 1));
        before = holder;
        hg_best_offer(&asked->best, first + at, sweep->retained[at]);
        asked->retained += sweep->retained[at];
    }
}

/* Answers for all that are asked. */
static bool
sweep_all(HgHolders *holders, GHashTable *asked, GError **error)
{
    g_autofree Sweep *sweep = g_new0(Sweep, 1);
    bool fine = init_sweep(sweep, holders, asked, error);
    for (uint32_t first = 0, count; fine && first < holders->n_objects; first += count) {
        count = MIN(holders->n_objects - first, HG_CHUNK);
        collect_hits(sweep, first, count);
        if (sweep->n_hits > 0 && (fine = read_hits(sweep, first, count, error)))
            offer_hits(sweep, first);
    }
    hg_array_free(sweep->is_asked);
    return fine;
}

static GHashTable *
new_asked(void)
{
    return g_hash_table_new_full(NULL, NULL, NULL, free_asked);
}

static void
take_held(Asked *asked, HgHeld *held)
{
    *held = (HgHeld){.count = asked->best.count, .retained = asked->retained};
    held->objects = hg_best_take(&asked->best);
}

bool
hg_holders_list(HgHolders *holders, uint32_t holder, uint64_t limit, HgHeld *held, GError **error)
{
    g_autoptr(GHashTable) asked = new_asked();
    ask(asked, holder, limit);
    if (!sweep_all(holders, asked, error))
        return false;
    take_held(g_hash_table_lookup(asked, make_key(holder)), held);
    return true;
}

/* ---- the tree ---------------------------------------------------------------------------------
 */

static void
free_line(void *data)
{
    HgHoldersLine *line = data;
    if (line)
        g_free(line->label);
    g_free(line);
}

/* Sets *label to how [holder] refers to [object], NULL where it does not do so itself. */
static bool
find_label(HgSnapshot *snapshot, uint32_t holder, uint32_t object, char **label, GError **error)
{
    HgReference reference;
    bool found = false;
    *label = NULL;
    if (holder == HG_NONE)
        return true;
    if (!hg_references_find(snapshot, holder, object, 0, &reference, &found, error))
        return false;
    if (found)
        *label = hg_describe_dup_link(snapshot, holder, object, error);
    return !found || *label;
}

typedef struct {
    HgHolders *holders;
    const HgHoldersOptions *options;
    uint64_t min_retained;
    GHashTable *below;  /* holder -> GPtrArray of HgHoldersLine */
    GHashTable *counts; /* holder -> how many objects it holds */
} Tree;

static bool
add_line(Tree *tree, GPtrArray *lines, uint32_t holder, uint32_t object, unsigned depth,
         GError **error)
{
    HgHoldersLine *line = g_new0(HgHoldersLine, 1);
    *line = (HgHoldersLine){.object = object, .depth = depth};
    g_ptr_array_add(lines, line);
    return hg_snapshot_get(tree->holders->snapshot, HG_COLUMN_RETAINED, object, &line->retained,
                           error) &&
           find_label(tree->holders->snapshot, holder, object, &line->label, error);
}

/* Makes the lines of what [holder] holds. At the top the first is shown however small it is, so
 * that there is something to see. */
static GPtrArray *
make_lines(Tree *tree, uint32_t holder, const HgHeld *held, unsigned depth, GError **error)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(free_line);
    uint64_t shown = 0;
    for (unsigned i = 0; i < held->objects->len; i++) {
        if (!add_line(tree, lines, holder, g_array_index(held->objects, uint32_t, i), depth, error))
            return NULL;
        HgHoldersLine *line = lines->pdata[i];
        if (line->retained < tree->min_retained && (i > 0 || depth > 1)) {
            g_ptr_array_remove_index(lines, i);
            break;
        }
        shown += line->retained;
    }
    if (lines->len < held->count) {
        HgHoldersLine *rest = g_new0(HgHoldersLine, 1);
        *rest = (HgHoldersLine){.object = HG_NONE,
                                .depth = depth,
                                .retained = held->retained - shown,
                                .count = held->count - lines->len};
        g_ptr_array_add(lines, rest);
    }
    return g_steal_pointer(&lines);
}

static void
set_count(Tree *tree, void *key, const Asked *asked)
{
    g_hash_table_insert(tree->counts, key, GSIZE_TO_POINTER(asked->best.count));
}

/* Asks what the objects of these lines hold; of the last level only how many. */
static void
ask_next(const Tree *tree, const GPtrArray *lines, unsigned depth, GHashTable *next)
{
    for (unsigned i = 0; i < lines->len; i++) {
        const HgHoldersLine *line = lines->pdata[i];
        if (line->object != HG_NONE)
            ask(next, line->object, depth < tree->options->depth ? tree->options->width : 0);
    }
}

/* Answers for all holders in [asked]; asks in [next] for what they hold. */
static bool
make_level(Tree *tree, GHashTable *asked, GHashTable *next, unsigned depth, GError **error)
{
    GHashTableIter iter;
    void *key, *value;
    if (!sweep_all(tree->holders, asked, error))
        return false;
    for (g_hash_table_iter_init(&iter, asked); g_hash_table_iter_next(&iter, &key, &value);) {
        g_auto(HgHeld) held = {0};
        uint32_t holder = (uint32_t)(GPOINTER_TO_SIZE(key) - 2);
        set_count(tree, key, value);
        if (depth > tree->options->depth)
            continue;
        take_held(value, &held);
        GPtrArray *lines = make_lines(tree, holder, &held, depth, error);
        if (!lines)
            return false;
        g_hash_table_insert(tree->below, key, lines);
        ask_next(tree, lines, depth, next);
    }
    return true;
}

/* Moves the lines below [holder] to the end of [lines], each followed by those below it. As deep as
 * the levels that were asked for. */
static void
gather(Tree *tree, uint32_t holder, GPtrArray *lines)
{
    GPtrArray *own = g_hash_table_lookup(tree->below, make_key(holder));
    for (unsigned i = 0; own && i < own->len; i++) {
        HgHoldersLine *line = own->pdata[i];
        own->pdata[i] = NULL;
        g_ptr_array_add(lines, line);
        if (line->object != HG_NONE)
            gather(tree, line->object, lines);
    }
}

/* Tells each line how many objects it directly holds. */
static void
set_counts(const Tree *tree, GPtrArray *lines)
{
    for (unsigned i = 0; i < lines->len; i++) {
        HgHoldersLine *line = lines->pdata[i];
        if (line->object != HG_NONE)
            line->count =
                GPOINTER_TO_SIZE(g_hash_table_lookup(tree->counts, make_key(line->object)));
    }
}

/* Sets *retained to what is to be shared out. */
static bool
read_whole(HgHolders *holders, uint32_t holder, uint64_t *retained, GError **error)
{
    *retained = hg_snapshot_get_info(holders->snapshot)->size;
    return holder == HG_NONE ||
           hg_snapshot_get(holders->snapshot, HG_COLUMN_RETAINED, holder, retained, error);
}

static bool
make_levels(Tree *tree, uint32_t holder, GError **error)
{
    g_autoptr(GHashTable) asked = new_asked();
    ask(asked, holder, tree->options->width);
    for (unsigned depth = 1; depth <= tree->options->depth + 1 && g_hash_table_size(asked);
         depth++) {
        GHashTable *next = new_asked();
        bool is_made = make_level(tree, asked, next, depth, error);
        g_hash_table_unref(asked);
        asked = next;
        if (!is_made)
            return false;
    }
    return true;
}

GPtrArray *
hg_holders_make_tree(HgHolders *holders, uint32_t holder, const HgHoldersOptions *options,
                     GError **error)
{
    uint64_t whole;
    if (!read_whole(holders, holder, &whole, error))
        return NULL;
    g_autoptr(GHashTable) below =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);
    Tree tree = {.holders = holders,
                 .options = options,
                 .min_retained = (uint64_t)((double)whole * options->min_share),
                 .below = below,
                 .counts = counts};
    if (!make_levels(&tree, holder, error))
        return NULL;
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(free_line);
    gather(&tree, holder, lines);
    set_counts(&tree, lines);
    return g_steal_pointer(&lines);
}
