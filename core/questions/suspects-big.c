/* suspects-big.c - the single objects that retain a large part of the heap.
 *
 * Of the tree of holders only what is big is looked at. Memory accumulates where a big object
 * holds no big one, or holds much besides those:
 *
 *      module 63 % ── dict 63 % ── cache 61 % ── Result 0.1 %        cache
 *                                             ── Result 0.1 % ...
 * SPDX-License-Identifier: MIT */
#include "core/questions/hunt.h"
#include "core/questions/named.h"

#define GAP_MAX 4  /* holders of other types between two of them: a __dict__, a list */
#define RUN_MIN 16 /* holders of one type, one above the other, are a linked structure */

typedef struct {
    uint32_t object;
    uint32_t holder; /* HG_NONE: none */
    uint64_t retained;
    uint64_t in_big; /* of that, what its big children retain */
} Big;

static int
compare_objects(const void *a, const void *b)
{
    const Big *one = a, *other = b;
    return one->object < other->object ? -1 : one->object > other->object;
}

static Big *
find(const GArray *bigs, uint32_t object)
{
    Big wanted = {.object = object};
    return object == HG_NONE
               ? NULL
               : bsearch(&wanted, bigs->data, bigs->len, sizeof(Big), compare_objects);
}

/* Returns: Big of all live objects that retain at least hunt->big, by number. */
static GArray *
list_big(HgHunt *hunt, GError **error)
{
    uint32_t n_objects = hg_snapshot_count_objects(hunt->snapshot);
    g_autofree uint64_t *retained = g_new(uint64_t, HG_CHUNK);
    g_autoptr(GArray) bigs = g_array_new(FALSE, TRUE, sizeof(Big));
    for (uint32_t first = 0, part; first < n_objects; first += part) {
        part = MIN(n_objects - first, HG_CHUNK);
        if (!hg_progress_report(hunt->progress, "looking for suspects", first, n_objects, error) ||
            !hg_snapshot_read(hunt->snapshot, HG_COLUMN_RETAINED, first, part, retained, error))
            return NULL;
        for (uint32_t i = 0; i < part; i++) {
            if (retained[i] < hunt->big)
                continue;
            Big big = {.object = first + i, .retained = retained[i]};
            g_array_append_val(bigs, big);
        }
    }
    return g_steal_pointer(&bigs);
}

static bool
read_holders(HgHunt *hunt, GArray *bigs, GError **error)
{
    for (unsigned i = 0; i < bigs->len; i++) {
        Big *big = &g_array_index(bigs, Big, i);
        uint64_t holder;
        if (!hg_snapshot_get(hunt->snapshot, HG_COLUMN_HOLDER, big->object, &holder, error))
            return false;
        big->holder = holder ? (uint32_t)(holder - 1) : HG_NONE;
        Big *above = find(bigs, big->holder);
        if (above)
            above->in_big += big->retained;
    }
    return true;
}

/* Sets *top to the highest holder of a chain or tree of objects of one type, [object] itself if it
 * is in none. */
static bool
find_top(HgHunt *hunt, const GArray *bigs, uint32_t object, uint32_t *top, bool *is_linked,
         GError **error)
{
    const HgTypeRow *type = hg_hunt_get_type(hunt, object, error);
    unsigned run = 0, length = 0;
    uint32_t highest = object;
    const Big *big = find(bigs, object);
    for (unsigned gap = 0; type && big && gap < GAP_MAX && length++ < bigs->len; gap++) {
        if (!(big = find(bigs, big->holder)))
            break;
        const HgTypeRow *above = hg_hunt_get_type(hunt, big->object, error);
        if (!above)
            return false;
        if (above == type) {
            highest = big->object;
            run++;
            gap = 0;
        }
    }
    *is_linked = run >= RUN_MIN;
    *top = *is_linked ? highest : object;
    return type;
}

/* An instance is told of rather than its __dict__. */
static bool
find_owner(HgHunt *hunt, const GArray *bigs, uint32_t *object, GError **error)
{
    const Big *big = find(bigs, *object);
    const HgTypeRow *type = hg_hunt_get_type(hunt, *object, error);
    uint32_t dict;
    if (!type || big->holder == HG_NONE || !g_str_equal(type->name, "dict"))
        return type;
    const HgTypeRow *above = hg_hunt_get_type(hunt, big->holder, error);
    if (!above || !hg_named_find(hunt->snapshot, big->holder, "__dict__", &dict, error))
        return false;
    if (dict == *object && find(bigs, big->holder))
        *object = big->holder;
    return true;
}

static bool
tell(HgHunt *hunt, const GArray *bigs, uint32_t object, GError **error)
{
    g_auto(HgPlace) place = {0};
    uint32_t top;
    bool is_linked;
    if (!find_owner(hunt, bigs, &object, error) ||
        !find_top(hunt, bigs, object, &top, &is_linked, error))
        return false;
    if (hg_hunt_is_told(hunt, top))
        return true;
    if (!hg_place_find(hunt, top, &place, error))
        return false;
    if (place.is_program || (!place.path && hg_snapshot_get_info(hunt->snapshot)->knows_garbage))
        return true;
    if (is_linked && place.kind == HG_SUSPECT_COLLECTION)
        place.kind = HG_SUSPECT_LINKED;
    return hg_hunt_tell(hunt, top, &place, error);
}

bool
hg_suspects_find_big(HgHunt *hunt, GError **error)
{
    if (hg_snapshot_count(hunt->snapshot, HG_COLUMN_RETAINED) == 0)
        return true;
    g_autoptr(GArray) bigs = list_big(hunt, error);
    if (!bigs || !read_holders(hunt, bigs, error))
        return false;
    for (unsigned i = 0; i < bigs->len; i++) {
        const Big *big = &g_array_index(bigs, Big, i);
        bool accumulates = big->in_big == 0 || big->retained - big->in_big >= hunt->big;
        if (accumulates && !tell(hunt, bigs, big->object, error))
            return false;
    }
    return true;
}
