/* holders.c - the tree of holders: what would be freed with an object, level by level.
 * SPDX-License-Identifier: MIT */
#include "core/questions/holders.h"

#include "core/questions/best.h"
#include "core/questions/describe.h"

#define PART 2048u /* objects of a row read at once */
#define DENSE 256u /* objects to a chunk from which on all of it is read */

void
hg_held_clear(HgHeld *held)
{
    g_clear_pointer(&held->objects, g_array_unref);
}

/* ---- what one object holds ----------------------------------------------------------------------
 */

static bool
find_row(HgSnapshot *snapshot, uint32_t holder, uint64_t *start, uint64_t *end, GError **error)
{
    uint64_t row = holder == HG_NONE ? 0 : (uint64_t)holder + 1;
    *start = *end = 0;
    return hg_snapshot_count_objects(snapshot) == 0 ||
           hg_snapshot_get_row(snapshot, HG_COLUMN_HELD_FIRST, row, start, end, error);
}

/* What the objects of a row retain. Their numbers rise; where they are many to a chunk of the
 * column it is unpacked here, past the cache of chunks: a row may be as long as the heap. */
typedef struct {
    HgSnapshot *snapshot;
    bool is_dense;
    uint64_t first, count; /* the numbers in [part] */
    uint64_t *part;
} Retained;

static bool
is_dense(HgSnapshot *snapshot, uint64_t start, uint64_t end, bool *dense, GError **error)
{
    uint64_t first, last;
    *dense = false;
    if (end - start < DENSE)
        return true;
    if (!hg_snapshot_get(snapshot, HG_COLUMN_HELD, start, &first, error) ||
        !hg_snapshot_get(snapshot, HG_COLUMN_HELD, end - 1, &last, error))
        return false;
    *dense = last >= first && (last - first) / (end - start) < HG_CHUNK / DENSE;
    return true;
}

static bool
get_retained(Retained *retained, uint32_t object, uint64_t *number, GError **error)
{
    uint64_t all = hg_snapshot_count(retained->snapshot, HG_COLUMN_RETAINED);
    if (!retained->is_dense || object >= all)
        return hg_snapshot_get(retained->snapshot, HG_COLUMN_RETAINED, object, number, error);
    if (object < retained->first || object - retained->first >= retained->count) {
        retained->first = object - object % HG_CHUNK;
        retained->count = MIN(all - retained->first, HG_CHUNK);
        if (!hg_snapshot_read(retained->snapshot, HG_COLUMN_RETAINED, retained->first,
                              retained->count, retained->part, error))
            return false;
    }
    *number = retained->part[object - retained->first];
    return true;
}

static bool
offer_row(Retained *retained, uint64_t start, uint64_t end, HgBest *best, uint64_t *sum,
          GError **error)
{
    uint32_t part[PART];
    for (uint64_t from = start, count; from < end; from += count) {
        count = MIN(end - from, PART);
        if (!hg_snapshot_read_u32(retained->snapshot, HG_COLUMN_HELD, from, count, part, error))
            return false;
        for (uint64_t i = 0; i < count; i++) {
            uint64_t own;
            if (!get_retained(retained, part[i], &own, error))
                return false;
            hg_best_offer(best, part[i], own);
            *sum += own;
        }
    }
    return true;
}

bool
hg_holders_list(HgSnapshot *snapshot, uint32_t holder, uint64_t limit, HgHeld *held, GError **error)
{
    g_auto(HgBest) best = {0};
    Retained retained = {.snapshot = snapshot};
    uint64_t start, end, sum = 0;
    hg_best_init(&best, limit);
    if (!find_row(snapshot, holder, &start, &end, error) ||
        !is_dense(snapshot, start, end, &retained.is_dense, error))
        return false;
    g_autofree uint64_t *part = retained.is_dense ? g_new(uint64_t, HG_CHUNK) : NULL;
    retained.part = part;
    if (!offer_row(&retained, start, end, &best, &sum, error))
        return false;
    *held = (HgHeld){.count = end - start, .retained = sum};
    held->objects = hg_best_take(&best);
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
    HgSnapshot *snapshot;
    const HgHoldersOptions *options;
    uint64_t min_retained;
    GPtrArray *waiting; /* lines yet to come, the next one last */
    GPtrArray *lines;   /* those that are in their place */
} Tree;

/* Puts a line among those that wait. */
static HgHoldersLine *
add_line(Tree *tree, uint32_t object, unsigned depth)
{
    HgHoldersLine *line = g_new0(HgHoldersLine, 1);
    line->object = object;
    line->depth = depth;
    g_ptr_array_add(tree->waiting, line);
    return line;
}

static bool
add_object(Tree *tree, uint32_t holder, uint32_t object, unsigned depth, GError **error)
{
    HgHoldersLine *line = add_line(tree, object, depth);
    uint64_t start, end;
    if (!hg_snapshot_get(tree->snapshot, HG_COLUMN_RETAINED, object, &line->retained, error) ||
        !find_row(tree->snapshot, object, &start, &end, error))
        return false;
    line->count = end - start;
    return find_label(tree->snapshot, holder, object, &line->label, error);
}

/* Returns: how many objects of [held] get a line of their own. At the top the first does however
 * small it is, so that there is something to see. */
static bool
count_shown(Tree *tree, const HgHeld *held, unsigned depth, unsigned *n_shown, uint64_t *shown,
            GError **error)
{
    *shown = 0;
    for (*n_shown = 0; *n_shown < held->objects->len; ++*n_shown) {
        uint32_t object = g_array_index(held->objects, uint32_t, *n_shown);
        uint64_t retained;
        if (!hg_snapshot_get(tree->snapshot, HG_COLUMN_RETAINED, object, &retained, error))
            return false;
        if (retained < tree->min_retained && (*n_shown > 0 || depth > 1))
            break;
        *shown += retained;
    }
    return true;
}

/* An object has one holder, and folds what it holds once: more is a tree that goes round. */
static bool
check_lines(const Tree *tree, GError **error)
{
    uint64_t most = 2 * (uint64_t)hg_snapshot_count_objects(tree->snapshot) + 1;
    if ((uint64_t)tree->lines->len + tree->waiting->len <= most)
        return true;
    g_set_error_literal(error, HG_ERROR, HG_ERROR_FORMAT,
                        "damaged column: the tree of holders goes round");
    return false;
}

/* Has the lines of what [holder] holds wait; the last one is put in first. */
static bool
expand(Tree *tree, uint32_t holder, unsigned depth, GError **error)
{
    g_auto(HgHeld) held = {0};
    unsigned n_shown;
    uint64_t shown;
    if (!check_lines(tree, error) ||
        !hg_holders_list(tree->snapshot, holder, tree->options->width, &held, error) ||
        !count_shown(tree, &held, depth, &n_shown, &shown, error))
        return false;
    if (n_shown < held.count) {
        HgHoldersLine *folded = add_line(tree, HG_NONE, depth);
        folded->retained = held.retained - shown;
        folded->count = held.count - n_shown;
    }
    for (unsigned i = n_shown; i-- > 0;)
        if (!add_object(tree, holder, g_array_index(held.objects, uint32_t, i), depth, error))
            return false;
    return true;
}

/* Sets *retained to what is to be shared out. */
static bool
read_whole(HgSnapshot *snapshot, uint32_t holder, uint64_t *retained, GError **error)
{
    *retained = hg_snapshot_get_info(snapshot)->size;
    return holder == HG_NONE ||
           hg_snapshot_get(snapshot, HG_COLUMN_RETAINED, holder, retained, error);
}

GPtrArray *
hg_holders_make_tree(HgSnapshot *snapshot, uint32_t holder, const HgHoldersOptions *options,
                     GError **error)
{
    uint64_t whole;
    if (!read_whole(snapshot, holder, &whole, error))
        return NULL;
    g_autoptr(GPtrArray) waiting = g_ptr_array_new_with_free_func(free_line);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(free_line);
    Tree tree = {snapshot, options, (uint64_t)((double)whole * options->min_share), waiting, lines};
    bool fine = expand(&tree, holder, 1, error);
    while (fine && waiting->len > 0) {
        HgHoldersLine *line = g_ptr_array_steal_index(waiting, waiting->len - 1);
        g_ptr_array_add(lines, line);
        if (line->object != HG_NONE && line->count > 0 && line->depth < options->depth)
            fine = expand(&tree, line->object, line->depth + 1, error);
    }
    return fine ? g_steal_pointer(&lines) : NULL;
}
