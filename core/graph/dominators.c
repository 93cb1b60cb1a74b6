/* dominators.c - which object keeps which alive.
 *
 * SEMI-NCA (Georgiadis and Tarjan, "Finding dominators in practice", 2006):
 *
 *   1. number the objects depth first;
 *   2. from the last number to the first: the semidominator, the smallest number from which
 *      a way leads here whose inner objects all have larger ones, by paths that are compressed;
 *   3. from the first to the last: the holder is the nearest dominator of the parent whose
 *      number is not larger than the semidominator.
 *
 * Step 2 costs O(m log n). Step 3 is a walk up the finished part of the tree, in heaps two
 * steps long, but a list whose last element refers to everything makes it quadratic. So steps
 * are counted, and when there are too many it goes on with jumps: every object also knows one far
 * dominator (Myers, "An applicative random-access stack", 1983), which makes any walk
 * O(log n).
 * SPDX-License-Identifier: MIT */
#include "core/graph/dominators.h"

#include "core/graph/depth-first.h"
#include "core/graph/radix.h"

#define AHEAD 16 /* crossings between asking for memory and using it */

/* Where the path above a number leads, and the smallest semidominator met on the way. */
typedef struct {
    uint32_t ancestor;
    uint32_t smallest;
} Path;

typedef struct {
    const HgDepthFirst *walk;
    const HgProgress *progress;
    uint64_t left; /* crossings, sorted by target, to numbers not done with */
    Path *path;
    uint32_t *semi;
    GArray *stack; /* of uint32_t, for compress() */
} Search;

void
hg_dominators_clear(HgDominators *dominators)
{
    hg_array_clear(&dominators->number);
    hg_array_clear(&dominators->object);
    hg_array_clear(&dominators->holder);
    dominators->n = dominators->n_live = 0;
}

static bool
report(const Search *search, uint32_t number, uint32_t done, GError **error)
{
    return number % HG_PROGRESS_STEPS != 0 ||
           hg_progress_report(search->progress, "finding holders", done, search->walk->n, error);
}

/* ---- semidominators ------------------------------------------------------------------- */

/* Makes the path above [number] end right below [limit]: numbers from there on are on paths. */
static void
compress(Search *search, uint32_t number, uint32_t limit)
{
    Path *path = search->path;
    g_array_set_size(search->stack, 0);
    while (path[path[number].ancestor].ancestor >= limit) {
        g_array_append_val(search->stack, number);
        number = path[number].ancestor;
    }
    /* number's ancestor is the last one on the path */
    g_array_append_val(search->stack, number);
    for (guint i = search->stack->len; i-- > 0;) {
        Path *at = &path[g_array_index(search->stack, uint32_t, i)];
        Path above = path[at->ancestor];
        at->smallest = MIN(at->smallest, above.smallest);
        at->ancestor = above.ancestor;
    }
}

/* Returns: the smallest semidominator from [number] up to, but without, [limit]. */
static uint32_t
find_smallest(Search *search, uint32_t number, uint32_t limit)
{
    if (search->path[number].ancestor >= limit)
        compress(search, number, limit);
    return search->path[number].smallest;
}

/* Numbers come from the last to the first, and so do the crossings to them. */
static void
find_semidominator(Search *search, uint32_t number)
{
    const uint64_t *crossing = search->walk->crossing;
    uint32_t semi = search->path[number].ancestor; /* still the parent */
    for (; search->left && crossing[search->left - 1] >> 32 == number; search->left--) {
        uint32_t source = (uint32_t)crossing[search->left - 1];
        if (!semi)
            continue; /* there is none smaller */
        if (search->left > AHEAD)
            __builtin_prefetch(&search->path[(uint32_t)crossing[search->left - 1 - AHEAD]]);
        uint32_t candidate = source < number ? source : find_smallest(search, source, number + 1);
        semi = MIN(semi, candidate);
    }
    search->semi[number] = semi;
    search->path[number].smallest = semi;
}

static bool
find_semidominators(Search *search, GError **error)
{
    const HgDepthFirst *walk = search->walk;
    for (uint32_t number = 1; number <= walk->n; number++)
        search->path[number].ancestor = walk->parent[number];
    for (uint32_t number = walk->n; number > 0; number--) {
        if (!report(search, number, walk->n - number, error))
            return false;
        find_semidominator(search, number);
    }
    return true;
}

/* ---- holders -------------------------------------------------------------------------- */

/* [holder] starts as the parents and ends as the holders. Stops when the walks get long, or at
 * the end; numbers up to *done have their holders. */
static bool
find_holders(const Search *search, uint32_t *holder, uint32_t *done, GError **error)
{
    uint32_t n = search->walk->n;
    uint64_t steps_left = 16 * (uint64_t)n + 1000;
    for (uint32_t number = 1; number <= n; number++) {
        uint32_t above = holder[number], semi = search->semi[number];
        if (!report(search, number, number, error))
            return false;
        for (; above > semi && steps_left; steps_left--)
            above = holder[above];
        if (!steps_left)
            return true;
        holder[number] = above;
        *done = number;
    }
    return true;
}

typedef struct {
    uint32_t to;
    uint32_t depth;
} Jump;

static Jump
jump_from(const Jump *jump, uint32_t holder)
{
    uint32_t near = jump[holder].to, far = jump[near].to;
    bool same_length = jump[holder].depth - jump[near].depth == jump[near].depth - jump[far].depth;
    return (Jump){same_length ? far : holder, jump[holder].depth + 1};
}

/* The same from [done] on to the end. */
static bool
find_holders_by_jumps(const Search *search, uint32_t *holder, uint32_t done, GError **error)
{
    uint32_t n = search->walk->n;
    HG_AUTO_ARRAY Jump *jump = hg_array_new((uint64_t)n + 1, sizeof(*jump), error);
    if (!jump)
        return false;
    for (uint32_t number = 1; number <= n; number++) {
        uint32_t above = holder[number], semi = search->semi[number];
        if (!report(search, number, number, error))
            return false;
        while (number > done && above > semi)
            above = jump[above].to > semi ? jump[above].to : holder[above];
        holder[number] = above;
        jump[number] = jump_from(jump, above);
    }
    return true;
}

/* ---- all ------------------------------------------------------------------------------ */

/* Takes [walk]'s arrays as they are done with. */
static bool
search_holders(Search *search, HgDepthFirst *walk, uint32_t **holders, GError **error)
{
    uint64_t n_numbers = (uint64_t)walk->n + 1;
    search->left = walk->n_crossings;
    if (!hg_radix_sort_high(walk->crossing, walk->n_crossings, error) ||
        !(search->path = hg_array_new(n_numbers, sizeof(Path), error)) ||
        !(search->semi = hg_array_new(n_numbers, sizeof(uint32_t), error)) ||
        !find_semidominators(search, error))
        return false;
    g_clear_pointer(&walk->crossing, g_free);
    hg_array_clear(&search->path);
    uint32_t *holder = walk->parent, done = 0;
    if (!find_holders(search, holder, &done, error) ||
        (done < walk->n && !find_holders_by_jumps(search, holder, done, error)))
        return false;
    *holders = g_steal_pointer(&walk->parent);
    return true;
}

bool
hg_dominators_find(const HgGraph *graph, const uint32_t *roots, size_t n_roots,
                   const HgProgress *progress, HgDominators *dominators, GError **error)
{
    g_auto(HgDepthFirst) walk = {0};
    if (!hg_depth_first_walk(graph, roots, n_roots, progress, &walk, error))
        return false;
    g_autoptr(GArray) stack = g_array_new(false, false, sizeof(uint32_t));
    Search search = {.walk = &walk, .progress = progress, .stack = stack};
    uint32_t *holder = NULL;
    bool found = search_holders(&search, &walk, &holder, error);
    hg_array_free(search.path);
    hg_array_free(search.semi);
    if (!found)
        return false;
    *dominators = (HgDominators){walk.n, walk.n_live, g_steal_pointer(&walk.number),
                                 g_steal_pointer(&walk.object), holder};
    return true;
}
