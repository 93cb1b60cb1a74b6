/* test-questions.c - what is asked of a snapshot, against the slow way over its plain columns.
 * SPDX-License-Identifier: MIT */
#include "core/load/load.h"
#include "core/questions/chain.h"
#include "core/questions/describe.h"
#include "core/questions/neighbours.h"
#include "core/questions/objects.h"
#include "core/questions/resolve.h"
#include "core/questions/shares.h"
#include "core/questions/sweep.h"
#include "core/questions/types.h"
#include "core/questions/ways.h"
#include "tests/support/random-heap.h"
#include "tests/synthetic/synthetic-heap.h"

#include <glib/gstdio.h>

#define N_HEAPS 12

typedef struct {
    char *folder, *path;
    HgStore *store;
    HgSnapshot *snapshot;
    uint32_t n_objects;
    uint64_t n_references;
    uint64_t *first, *target, *how;
} Fixture;

/* Seeds from here on stand for a heap as a program has it. */
#define PROGRAM 1000

static bool
tell_heap(HgSink *sink, uint32_t seed, GError **error)
{
    SyntheticHeap program = {.objects = seed, .references = 2, .seed = seed};
    return seed >= PROGRAM ? synthetic_heap_tell(&program, sink, error)
                           : random_heap_tell(sink, seed, 10 + seed * 7, error);
}

static void
set_up(Fixture *fixture, uint32_t seed)
{
    g_autoptr(GError) error = NULL;
    fixture->folder = g_dir_make_tmp("hg-questions-XXXXXX", &error);
    fixture->path = g_build_filename(fixture->folder, "store.db", NULL);
    fixture->store = hg_store_open(fixture->path, HG_STORE_WRITE, &error);
    g_assert_no_error(error);
    HgLoadOptions options = {0};
    HgLoadResult result;
    g_autoptr(HgLoader) loader = hg_loader_new(fixture->store, &options);
    g_assert_true(tell_heap(hg_loader_get_sink(loader), seed, &error));
    g_assert_true(hg_loader_finish(loader, &result, &error));
    fixture->snapshot = hg_snapshot_open(fixture->store, result.snapshot, &error);
    g_assert_no_error(error);
    fixture->n_objects = hg_snapshot_count_objects(fixture->snapshot);
    fixture->n_references = hg_snapshot_count_references(fixture->snapshot);
    fixture->first = g_new0(uint64_t, (size_t)fixture->n_objects + 1);
    fixture->target = g_new0(uint64_t, fixture->n_references + 1);
    fixture->how = g_new0(uint64_t, fixture->n_references + 1);
    g_assert_true(hg_snapshot_read(fixture->snapshot, HG_COLUMN_FORWARD_FIRST, 0,
                                   (uint64_t)fixture->n_objects + 1, fixture->first, &error));
    if (fixture->n_references > 0) {
        g_assert_true(hg_snapshot_read(fixture->snapshot, HG_COLUMN_TARGET, 0,
                                       fixture->n_references, fixture->target, &error));
        g_assert_true(hg_snapshot_read(fixture->snapshot, HG_COLUMN_HOW, 0, fixture->n_references,
                                       fixture->how, &error));
    }
}

static void
tear_down(Fixture *fixture)
{
    hg_snapshot_close(fixture->snapshot);
    hg_store_close(fixture->store);
    g_unlink(fixture->path);
    g_rmdir(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->path);
    g_free(fixture->first);
    g_free(fixture->target);
    g_free(fixture->how);
}

static bool
keeps(const Fixture *fixture, uint64_t reference)
{
    return hg_how_keeps((uint8_t)fixture->how[reference]);
}

/* ---- references --------------------------------------------------------------------------- */

static void
check_references_of(const Fixture *fixture, uint32_t object)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) from = hg_references_read_from(fixture->snapshot, object, UINT64_MAX, &error);
    g_autoptr(GArray) to = hg_references_read_to(fixture->snapshot, object, UINT64_MAX, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(from->len, ==, fixture->first[object + 1] - fixture->first[object]);
    for (unsigned i = 0; i < from->len; i++) {
        const HgReference *reference = &g_array_index(from, HgReference, i);
        g_assert_cmpuint(reference->target, ==, fixture->target[fixture->first[object] + i]);
        g_assert_cmpuint(reference->how, ==, fixture->how[fixture->first[object] + i]);
    }
    unsigned at = 0;
    for (uint32_t source = 0; source < fixture->n_objects; source++)
        for (uint64_t i = fixture->first[source]; i < fixture->first[source + 1]; i++)
            if (fixture->target[i] == object) {
                g_assert_cmpuint(at, <, to->len);
                g_assert_cmpuint(g_array_index(to, HgReference, at).source, ==, source);
                g_assert_cmpuint(g_array_index(to, HgReference, at++).how, ==, fixture->how[i]);
            }
    g_assert_cmpuint(at, ==, to->len);
}

static void
test_references(void)
{
    for (uint32_t seed = 1; seed <= N_HEAPS; seed++) {
        Fixture fixture;
        set_up(&fixture, seed);
        for (uint32_t object = 0; object < fixture.n_objects; object++)
            check_references_of(&fixture, object);
        tear_down(&fixture);
    }
}

/* Every object can be described, and each is found under its address. */
static void
test_describe(void)
{
    for (uint32_t seed = 1; seed <= N_HEAPS; seed++) {
        Fixture fixture;
        set_up(&fixture, seed);
        for (uint32_t number = 0; number < fixture.n_objects; number++) {
            g_autoptr(GError) error = NULL;
            HgObject object;
            uint64_t count;
            uint32_t found;
            g_assert_true(hg_object_read(fixture.snapshot, number, &object, &error));
            g_autofree char *caption =
                hg_object_dup_caption(fixture.snapshot, number, false, &error);
            g_assert_no_error(error);
            g_assert_true(g_str_has_prefix(caption, object.type->name));
            g_assert_true(g_utf8_validate(caption, -1, NULL));
            g_autoptr(GPtrArray) fields =
                hg_describe_fields(fixture.snapshot, number, UINT64_MAX, &count, &error);
            g_assert_no_error(error);
            g_assert_cmpuint(fields->len, <=, count);
            g_autoptr(GPtrArray) referrers =
                hg_describe_referrers(fixture.snapshot, number, UINT64_MAX, &count, &error);
            g_assert_no_error(error);
            g_assert_cmpuint(referrers->len, ==, count);
            g_autofree char *name = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", object.address);
            g_assert_true(hg_resolve(fixture.snapshot, name, &found, &error));
            g_assert_cmpuint(found, ==, number);
        }
        tear_down(&fixture);
    }
}

/* ---- chains ------------------------------------------------------------------------------- */

/* Sets distance[object] to the number of references from the nearest root, by trying them all until
 * nothing gets nearer; UINT32_MAX where no root reaches. No way goes through [closed]. */
static void
find_distances(const Fixture *fixture, uint32_t closed, uint32_t *distance)
{
    g_autoptr(GError) error = NULL;
    const GPtrArray *roots = hg_snapshot_get_roots(fixture->snapshot, &error);
    g_assert_no_error(error);
    for (uint32_t i = 0; i < fixture->n_objects; i++)
        distance[i] = UINT32_MAX;
    for (unsigned i = 0; i < roots->len; i++)
        distance[((HgRootRow *)roots->pdata[i])->object] = 0;
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (uint32_t source = 0; source < fixture->n_objects; source++)
            for (uint64_t i = fixture->first[source]; i < fixture->first[source + 1]; i++) {
                uint32_t *to = &distance[fixture->target[i]];
                if (distance[source] == UINT32_MAX || source == closed || !keeps(fixture, i) ||
                    *to <= distance[source] + 1)
                    continue;
                *to = distance[source] + 1;
                is_changed = true;
            }
    }
}

static bool
is_kept_by(const Fixture *fixture, uint32_t source, uint32_t target)
{
    for (uint64_t i = fixture->first[source]; i < fixture->first[source + 1]; i++)
        if (fixture->target[i] == target && keeps(fixture, i))
            return true;
    return false;
}

static void
check_chain(const Fixture *fixture, uint32_t object, uint32_t distance)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) chain = hg_chain_find(fixture->snapshot, object, &error);
    if (distance == UINT32_MAX) {
        g_assert_error(error, HG_ERROR, HG_ERROR_NOT_FOUND);
        return;
    }
    g_assert_no_error(error);
    g_assert_cmpuint(chain->len, ==, distance + 1);
    g_assert_cmpuint(g_array_index(chain, uint32_t, chain->len - 1), ==, object);
    for (unsigned i = 1; i < chain->len; i++)
        g_assert_true(is_kept_by(fixture, g_array_index(chain, uint32_t, i - 1),
                                 g_array_index(chain, uint32_t, i)));
    g_autofree char *text = hg_chain_dup_text(fixture->snapshot, chain, 3, &error);
    g_assert_no_error(error);
    g_assert_nonnull(text);
}

static void
test_chain(void)
{
    for (uint32_t seed = 1; seed <= N_HEAPS; seed++) {
        Fixture fixture;
        set_up(&fixture, seed);
        g_autofree uint32_t *distance = g_new(uint32_t, fixture.n_objects + 1);
        find_distances(&fixture, HG_NONE, distance);
        for (uint32_t object = 0; object < fixture.n_objects; object++)
            check_chain(&fixture, object, distance[object]);
        tear_down(&fixture);
    }
}

/* One way for each object that refers to it and is reached without it, and one for a root. */
static void
check_ways(const Fixture *fixture, uint32_t object)
{
    g_autoptr(GError) error = NULL;
    g_auto(HgWays) ways = {0};
    HgWaysOptions options = {.limit = UINT_MAX};
    g_autofree uint32_t *distance = g_new(uint32_t, fixture->n_objects + 1);
    find_distances(fixture, object, distance);
    uint64_t expected = distance[object] == 0;
    for (uint32_t source = 0; source < fixture->n_objects; source++)
        expected += source != object && distance[source] != UINT32_MAX &&
                    is_kept_by(fixture, source, object);
    if (!hg_ways_find(fixture->snapshot, object, &options, &ways, &error)) {
        g_assert_error(error, HG_ERROR, HG_ERROR_NOT_FOUND);
        g_assert_cmpuint(expected, ==, 0);
        return;
    }
    g_assert_cmpuint(ways.count, ==, expected);
    g_assert_cmpuint(ways.chains->len, ==, expected);
    for (unsigned i = 0; i < ways.chains->len; i++) {
        const GArray *chain = ways.chains->pdata[i];
        for (unsigned j = 1; j < chain->len; j++)
            g_assert_true(is_kept_by(fixture, g_array_index(chain, uint32_t, j - 1),
                                     g_array_index(chain, uint32_t, j)));
        if (chain->len > 1) {
            uint32_t last = g_array_index(chain, uint32_t, chain->len - 2);
            g_assert_cmpuint(chain->len - 2, ==, distance[last]);
        }
    }
}

/* Sets [distance] to the steps from [start], UINT32_MAX where none leads: breadth first, plainly.
 */
static void
find_distances_from(const Fixture *fixture, uint32_t start, uint32_t *distance)
{
    g_autofree uint32_t *queue = g_new(uint32_t, fixture->n_objects + 1);
    uint32_t n_queued = 0;
    memset(distance, 0xff, fixture->n_objects * sizeof *distance);
    distance[start] = 0;
    queue[n_queued++] = start;
    for (uint32_t at = 0; at < n_queued; at++)
        for (uint64_t i = fixture->first[queue[at]]; i < fixture->first[queue[at] + 1]; i++)
            if (keeps(fixture, i) && distance[fixture->target[i]] == UINT32_MAX) {
                distance[fixture->target[i]] = distance[queue[at]] + 1;
                queue[n_queued++] = (uint32_t)fixture->target[i];
            }
}

static void
check_way(const Fixture *fixture, const GArray *chain, uint32_t first, uint32_t last)
{
    g_assert_cmpuint(g_array_index(chain, uint32_t, 0), ==, first);
    g_assert_cmpuint(g_array_index(chain, uint32_t, chain->len - 1), ==, last);
    for (unsigned i = 1; i < chain->len; i++)
        g_assert_true(is_kept_by(fixture, g_array_index(chain, uint32_t, i - 1),
                                 g_array_index(chain, uint32_t, i)));
}

/* From one object to all others, asked from either end. */
static void
check_ways_from(const Fixture *fixture, uint32_t start)
{
    g_autofree uint32_t *distance = g_new(uint32_t, fixture->n_objects + 1);
    find_distances_from(fixture, start, distance);
    for (uint32_t object = 0; object < fixture->n_objects; object++) {
        bool is_way = object != start && distance[object] != UINT32_MAX;
        HgWaysOptions to_start = {.limit = 1, .end = {.is_object = true, .object = start}};
        HgWaysOptions to_object = {.limit = 1, .end = {.is_object = true, .object = object}};
        g_auto(HgWays) backward = {0}, forward = {0};
        g_autoptr(GError) error = NULL, forward_error = NULL;
        g_assert_true(hg_ways_find(fixture->snapshot, object, &to_start, &backward, &error) ==
                      is_way);
        g_assert_true(hg_ways_find_forward(fixture->snapshot, start, &to_object, &forward,
                                           &forward_error) == is_way);
        if (!is_way) {
            g_assert_error(error, HG_ERROR, HG_ERROR_NOT_FOUND);
            g_assert_error(forward_error, HG_ERROR, HG_ERROR_NOT_FOUND);
            continue;
        }
        check_way(fixture, backward.chains->pdata[0], start, object);
        check_way(fixture, forward.chains->pdata[0], start, object);
        g_assert_cmpuint(((GArray *)backward.chains->pdata[0])->len, ==, distance[object] + 1);
        g_assert_cmpuint(((GArray *)forward.chains->pdata[0])->len, ==, distance[object] + 1);
        g_assert_cmpuint(forward.count, ==, 1);
    }
}

/* The nearest of a type is the nearest of all of it. */
static void
check_ways_to_types(const Fixture *fixture, uint32_t start)
{
    g_autoptr(GError) error = NULL;
    g_autofree uint32_t *distance = g_new(uint32_t, fixture->n_objects + 1);
    const GPtrArray *types = hg_snapshot_get_types(fixture->snapshot, &error);
    find_distances_from(fixture, start, distance);
    for (unsigned i = 0; i < types->len; i++) {
        const HgTypeRow *type = g_ptr_array_index(types, i);
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_ptr_array_add(one, types->pdata[i]);
        HgWaysOptions options = {.limit = 1, .end = {.types = one}};
        g_auto(HgWays) ways = {0};
        g_autoptr(GError) problem = NULL;
        uint32_t nearest = UINT32_MAX;
        uint64_t count = 0, number;
        for (uint64_t at = 0; at < type->n_objects; at++) {
            g_assert_true(hg_snapshot_get(fixture->snapshot, HG_COLUMN_BY_TYPE, type->first + at,
                                          &number, &error));
            if (number != start && distance[number] != UINT32_MAX) {
                nearest = MIN(nearest, distance[number]);
                count++;
            }
        }
        g_assert_true(hg_ways_find_forward(fixture->snapshot, start, &options, &ways, &problem) ==
                      (count > 0));
        if (count == 0)
            continue;
        g_assert_cmpuint(ways.count, ==, count);
        g_assert_cmpuint(((GArray *)ways.chains->pdata[0])->len, ==, nearest + 1);
    }
}

/* The merged ways of a type count each of its objects once. */
static void
check_merged(const Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    const GPtrArray *types = hg_snapshot_get_types(fixture->snapshot, &error);
    for (unsigned i = 0; i < types->len; i++) {
        const HgTypeRow *type = g_ptr_array_index(types, i);
        uint64_t n_unreached, sum = 0;
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_ptr_array_add(one, types->pdata[i]);
        g_autoptr(GPtrArray) ways = hg_ways_merge(fixture->snapshot, one, &n_unreached, &error);
        g_assert_no_error(error);
        for (unsigned j = 0; j < ways->len; j++)
            sum += ((HgMergedWay *)ways->pdata[j])->objects;
        g_assert_cmpuint(sum + n_unreached, ==, type->n_objects);
    }
}

static void
test_ways(void)
{
    for (uint32_t seed = 1; seed <= 6; seed++) {
        Fixture fixture;
        set_up(&fixture, seed);
        for (uint32_t object = 0; object < fixture.n_objects; object++)
            check_ways(&fixture, object);
        for (uint32_t object = 0; object < fixture.n_objects; object += 5) {
            check_ways_from(&fixture, object);
            check_ways_to_types(&fixture, object);
        }
        check_merged(&fixture);
        tear_down(&fixture);
    }
}

/* ---- neighbours --------------------------------------------------------------------------- */

/* Whether the neighbours of an object in that direction have the other end of this reference: types
 * and the keys of dicts are not what an object refers to, but it refers to them. */
static bool
is_neighbour(const Fixture *fixture, uint64_t reference, bool is_backward)
{
    uint64_t kind = fixture->how[reference] & HG_HOW_LABEL;
    return is_backward || (kind != HG_LABEL_TYPE && kind != HG_LABEL_KEY);
}

/* Sets is_one[other] for the neighbours of [object]. Returns: how many there are. */
static uint32_t
mark_neighbours(const Fixture *fixture, uint32_t object, bool is_backward, bool *is_one)
{
    uint32_t count = 0;
    for (uint32_t source = 0; source < fixture->n_objects; source++)
        for (uint64_t i = fixture->first[source]; i < fixture->first[source + 1]; i++) {
            uint32_t here = is_backward ? (uint32_t)fixture->target[i] : source;
            uint32_t other = is_backward ? source : (uint32_t)fixture->target[i];
            if (here == object && is_neighbour(fixture, i, is_backward))
                is_one[other] = true;
        }
    for (uint32_t i = 0; i < fixture->n_objects; i++)
        count += is_one[i];
    return count;
}

static uint32_t
count_neighbours(const Fixture *fixture, uint32_t object, bool is_backward)
{
    g_autofree bool *is_one = g_new0(bool, fixture->n_objects);
    return mark_neighbours(fixture, object, is_backward, is_one);
}

/* Every neighbour is shown or counted; links are references of the heap. */
static void
check_neighbours(const Fixture *fixture, uint32_t object, bool is_backward, unsigned too_many)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    HgNeighboursOptions options = {.is_backward = is_backward,
                                   .depth = 2,
                                   .too_many = too_many,
                                   .nodes = 50,
                                   .shows_dicts = true};
    g_array_append_val(objects, object);
    g_autoptr(HgNeighbours) found =
        hg_neighbours_find(fixture->snapshot, objects, &options, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(found->nodes->len, <=, 50);
    uint64_t n_shown = 0;
    for (unsigned i = 0; i < found->links->len; i++) {
        const HgNeighbourLink *link = g_ptr_array_index(found->links, i);
        const HgNeighbour *source = g_ptr_array_index(found->nodes, link->source);
        const HgNeighbour *target = g_ptr_array_index(found->nodes, link->target);
        bool refers = false;
        for (uint64_t j = fixture->first[source->object]; j < fixture->first[source->object + 1];
             j++)
            refers |= fixture->target[j] == target->object;
        g_assert_true(refers);
        n_shown += (is_backward ? target : source)->object == object;
    }
    const HgNeighbour *asked = g_ptr_array_index(found->nodes, 0);
    g_assert_cmpuint(asked->object, ==, object);
    g_assert_cmpuint(n_shown, <=, too_many);
    g_assert_cmpuint(n_shown + asked->side[is_backward].n_more, ==,
                     count_neighbours(fixture, object, is_backward));
}

static void
test_neighbours(void)
{
    for (uint32_t seed = 1; seed <= 12; seed++) {
        Fixture fixture;
        set_up(&fixture, seed);
        for (uint32_t object = 0; object < fixture.n_objects; object += 2) {
            check_neighbours(&fixture, object, true, 3);
            check_neighbours(&fixture, object, false, 3);
            check_neighbours(&fixture, object, true, 40);
        }
        tear_down(&fixture);
    }
}

static uint32_t
count_links(const HgNeighbours *found, uint32_t place, bool is_backward, const bool *is_one)
{
    uint32_t count = 0;
    for (unsigned i = 0; i < found->links->len; i++) {
        const HgNeighbourLink *link = g_ptr_array_index(found->links, i);
        uint32_t here = is_backward ? link->target : link->source;
        uint32_t other = is_backward ? link->source : link->target;
        const HgNeighbour *node = g_ptr_array_index(found->nodes, other);
        count += here == place && is_one[node->object];
    }
    return count;
}

static void
check_pairs(const HgNeighbours *found)
{
    g_autoptr(GHashTable) pairs = g_hash_table_new(NULL, NULL);
    for (unsigned i = 0; i < found->links->len; i++) {
        const HgNeighbourLink *link = g_ptr_array_index(found->links, i);
        size_t pair = (size_t)link->source * found->nodes->len + link->target + 1;
        g_assert_true(g_hash_table_add(pairs, GSIZE_TO_POINTER(pair)));
    }
}

/* Every side that is expanded shows each neighbour or counts it; no two nodes have two links. */
static void
check_sides(const Fixture *fixture, const HgNeighbours *found)
{
    check_pairs(found);
    for (unsigned place = 0; place < found->nodes->len; place++) {
        const HgNeighbour *node = g_ptr_array_index(found->nodes, place);
        for (int is_backward = 0; is_backward < 2; is_backward++) {
            const HgNeighbourSide *side = &node->side[is_backward];
            g_autofree bool *is_one = g_new0(bool, fixture->n_objects);
            uint32_t count = mark_neighbours(fixture, node->object, is_backward, is_one);
            uint32_t n_shown = count_links(found, place, is_backward, is_one);
            g_assert_cmpuint(side->n_more, ==, side->is_expanded ? count - n_shown : 0);
        }
    }
}

static uint32_t
find_place(const HgNeighbours *found, uint32_t object)
{
    for (unsigned i = 0; i < found->nodes->len; i++)
        if (((HgNeighbour *)found->nodes->pdata[i])->object == object)
            return i;
    return HG_NONE;
}

/* Goes on from a neighbour in the other direction, hides one, pins one, closes one. */
static void
check_expansions(const Fixture *fixture, uint32_t object, GRand *random)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) pinned = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) hidden = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) expansions = g_array_new(FALSE, FALSE, sizeof(HgExpansion));
    uint32_t n_objects = fixture->n_objects;
    uint32_t pin = (uint32_t)g_rand_int_range(random, 0, (int)n_objects);
    uint32_t hide = (uint32_t)g_rand_int_range(random, 0, (int)n_objects);
    uint32_t close = (uint32_t)g_rand_int_range(random, 0, (int)n_objects);
    for (unsigned i = 0; i < 4; i++) {
        HgExpansion expansion = {(uint32_t)g_rand_int_range(random, 0, (int)n_objects),
                                 g_rand_boolean(random), 1 + i % 2, 2 * i};
        g_array_append_val(expansions, expansion);
    }
    HgExpansion closed = {close, true, 0, 0};
    g_array_append_val(expansions, closed);
    g_array_append_val(objects, object);
    g_array_append_val(pinned, pin);
    g_array_append_val(hidden, hide);
    HgNeighboursOptions options = {.is_backward = true,
                                   .depth = 2,
                                   .too_many = 3,
                                   .nodes = 80,
                                   .shows_dicts = true,
                                   .expansions = expansions,
                                   .pinned = pinned,
                                   .hidden = hidden};
    g_autoptr(HgNeighbours) found =
        hg_neighbours_find(fixture->snapshot, objects, &options, &error);
    g_assert_no_error(error);
    check_sides(fixture, found);
    g_assert_true(hide == object || find_place(found, hide) == HG_NONE);
    uint32_t place = find_place(found, close);
    if (place != HG_NONE)
        g_assert_false(((HgNeighbour *)found->nodes->pdata[place])->side[1].is_expanded);
    const HgNeighbour *asked = found->nodes->pdata[0];
    if (pin != hide && asked->side[1].is_expanded && is_kept_by(fixture, pin, object))
        g_assert_cmpuint(find_place(found, pin), !=, HG_NONE);
    for (unsigned i = 0; i < 4; i++) {
        const HgExpansion *expansion = &g_array_index(expansions, HgExpansion, i);
        place = find_place(found, expansion->object);
        if (place != HG_NONE && !(expansion->object == close && expansion->is_backward) && i == 3)
            g_assert_true(((HgNeighbour *)found->nodes->pdata[place])
                              ->side[expansion->is_backward]
                              .is_expanded);
    }
}

static void
test_expansions(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(11);
    for (uint32_t seed = 1; seed <= 10; seed++) {
        Fixture fixture;
        set_up(&fixture, seed);
        for (uint32_t object = 0; object < fixture.n_objects; object++)
            check_expansions(&fixture, object, random);
        tear_down(&fixture);
    }
}

/* ---- the whole heap ------------------------------------------------------------------------ */

static uint64_t
get_number(const Fixture *fixture, HgColumn column, uint32_t object)
{
    g_autoptr(GError) error = NULL;
    uint64_t number;
    g_assert_true(hg_snapshot_get(fixture->snapshot, column, object, &number, &error));
    return number;
}

static void
test_garbage(void)
{
    for (uint32_t seed = 1; seed <= N_HEAPS; seed++) {
        Fixture fixture;
        g_autoptr(GError) error = NULL;
        uint64_t count, size, expected_count = 0, expected_size = 0;
        set_up(&fixture, seed);
        g_autofree uint32_t *distance = g_new(uint32_t, fixture.n_objects + 1);
        find_distances(&fixture, HG_NONE, distance);
        for (uint32_t i = 0; i < fixture.n_objects; i++)
            if (distance[i] == UINT32_MAX) {
                expected_count++;
                expected_size += get_number(&fixture, HG_COLUMN_SIZE, i);
            }
        g_autoptr(GArray) garbage =
            hg_sweep_garbage(fixture.snapshot, UINT64_MAX, &count, &size, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(count, ==, expected_count);
        g_assert_cmpuint(size, ==, expected_size);
        g_assert_cmpuint(garbage->len, ==, expected_count);
        for (unsigned i = 0; i < garbage->len; i++)
            g_assert_cmpuint(distance[g_array_index(garbage, uint32_t, i)], ==, UINT32_MAX);
        tear_down(&fixture);
    }
}

static bool
is_known_root(const Fixture *fixture, uint32_t object)
{
    g_autoptr(GError) error = NULL;
    HgRootRow *const *roots;
    unsigned n_roots;
    g_assert_true(hg_roots_find(fixture->snapshot, object, &roots, &n_roots, &error));
    for (unsigned i = 0; i < n_roots; i++)
        if (roots[i]->kind != HG_ROOT_EXTERNAL)
            return true;
    return false;
}

static bool
is_lost(const Fixture *fixture, uint32_t object)
{
    if (!(get_number(fixture, HG_COLUMN_FLAGS, object) & HG_OBJECT_TRACKED) ||
        is_known_root(fixture, object))
        return false;
    for (uint32_t source = 0; source < fixture->n_objects; source++) {
        bool counts = get_number(fixture, HG_COLUMN_FLAGS, source) & HG_OBJECT_TRACKED ||
                      is_known_root(fixture, source);
        if (counts && is_kept_by(fixture, source, object))
            return false;
    }
    return true;
}

static void
test_leaking(void)
{
    for (uint32_t seed = 1; seed <= 8; seed++) {
        Fixture fixture;
        g_autoptr(GError) error = NULL;
        uint64_t count, expected = 0;
        set_up(&fixture, seed);
        for (uint32_t i = 0; i < fixture.n_objects; i++)
            expected += is_lost(&fixture, i);
        g_autoptr(GArray) leaking = hg_sweep_leaking(fixture.snapshot, UINT64_MAX, &count, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(count, ==, expected);
        for (unsigned i = 0; i < leaking->len; i++)
            g_assert_true(is_lost(&fixture, g_array_index(leaking, uint32_t, i)));
        tear_down(&fixture);
    }
}

/* ---- shares ------------------------------------------------------------------------------- */

static uint64_t
sum_shares(const HgShares *shares, uint32_t parent)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < shares->rows->len; i++) {
        const HgShare *share = g_ptr_array_index(shares->rows, i);
        sum += share->parent == parent ? share->size : 0;
    }
    return sum;
}

static const HgTypeRow *
get_type(const Fixture *fixture, uint32_t object)
{
    g_autoptr(GError) error = NULL;
    const GPtrArray *types = hg_snapshot_get_types(fixture->snapshot, &error);
    return g_ptr_array_index(types, get_number(fixture, HG_COLUMN_TYPE, object));
}

/* Whether [holder] is the holder of [object], or of its __dict__ that holds it. */
static bool
is_held_by(const Fixture *fixture, uint32_t object, uint32_t holder)
{
    uint64_t nearest = get_number(fixture, HG_COLUMN_HOLDER, object);
    return nearest == (uint64_t)holder + 1 ||
           (nearest && g_str_equal(get_type(fixture, (uint32_t)nearest - 1)->name, "dict") &&
            get_number(fixture, HG_COLUMN_HOLDER, (uint32_t)nearest - 1) == (uint64_t)holder + 1);
}

static void
check_share(const Fixture *fixture, const HgShares *shares, uint32_t place)
{
    const HgShare *share = g_ptr_array_index(shares->rows, place);
    uint64_t inside = sum_shares(shares, place);
    g_assert_cmpuint(inside, <=, share->size);
    if (share->parent != HG_NONE)
        g_assert_cmpuint(share->parent, <, place);
    if (share->kind != HG_SHARE_OBJECT)
        return;
    uint64_t own = get_number(fixture, HG_COLUMN_SIZE, share->object);
    g_assert_cmpuint(share->size, ==, get_number(fixture, HG_COLUMN_RETAINED, share->object));
    g_assert_cmpuint(share->size - inside, >=, own);
    if (share->parent == HG_NONE)
        return;
    const HgShare *parent = g_ptr_array_index(shares->rows, share->parent);
    g_assert_true(is_held_by(fixture, share->object, parent->object));
}

static void
check_shares_by_holder(const Fixture *fixture, unsigned parts)
{
    g_autoptr(GError) error = NULL;
    HgSharesOptions options = {.holder = HG_NONE, .levels = 3, .parts = parts};
    g_autoptr(HgShares) shares = hg_shares_find(fixture->snapshot, &options, &error);
    g_assert_no_error(error);
    uint64_t whole = hg_snapshot_get_info(fixture->snapshot)->size;
    g_assert_cmpuint(shares->size, ==, whole);
    g_assert_cmpuint(sum_shares(shares, HG_NONE), ==, whole);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    for (uint32_t place = 0; place < shares->rows->len; place++) {
        const HgShare *share = g_ptr_array_index(shares->rows, place);
        check_share(fixture, shares, place);
        if (share->object != HG_NONE)
            g_assert_true(g_hash_table_add(seen, GUINT_TO_POINTER(share->object + 1)));
        if (share->kind != HG_SHARE_MORE)
            g_assert_cmpuint(
                share->size, >=,
                share->parent == HG_NONE && share->kind == HG_SHARE_GARBAGE ? 1 : whole / parts);
    }
}

/* What one object holds: itself at the top. */
static void
check_shares_of_one(const Fixture *fixture, uint32_t object)
{
    g_autoptr(GError) error = NULL;
    HgSharesOptions options = {.holder = object, .levels = 4, .parts = UINT_MAX};
    g_autoptr(HgShares) shares = hg_shares_find(fixture->snapshot, &options, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(shares->size, ==, get_number(fixture, HG_COLUMN_RETAINED, object));
    for (uint32_t place = 0; place < shares->rows->len; place++)
        check_share(fixture, shares, place);
}

static void
test_shares_by_holder(void)
{
    for (uint32_t seed = 1; seed <= N_HEAPS + 1; seed++) {
        Fixture fixture;
        set_up(&fixture, seed <= N_HEAPS ? seed : PROGRAM + seed);
        check_shares_by_holder(&fixture, 1000000);
        check_shares_by_holder(&fixture, 20);
        for (uint32_t object = 0; object < fixture.n_objects; object += 97)
            if (get_number(&fixture, HG_COLUMN_DISTANCE, object) > 0)
                check_shares_of_one(&fixture, object);
        tear_down(&fixture);
    }
}

/* The plain way: up from holder to holder, for each object again. */
static uint32_t
find_owner(const Fixture *fixture, uint32_t object, bool (*owns)(const HgTypeRow *type))
{
    for (;;) {
        uint64_t holder = get_number(fixture, HG_COLUMN_HOLDER, object);
        if (holder == 0 || owns(get_type(fixture, object)))
            return object;
        object = (uint32_t)(holder - 1);
    }
}

static bool
owns_by_type(const HgTypeRow *type)
{
    static const char *const plain[] = {"dict", "list",  "tuple", "str",      "int", "float",
                                        "set",  "bytes", "cell",  "NoneType", "bool"};
    for (unsigned i = 0; i < G_N_ELEMENTS(plain); i++)
        if (g_str_equal(type->name, plain[i]))
            return false;
    return true;
}

static const HgShare *
find_share(const HgShares *shares, HgShareKind kind, uint32_t type)
{
    for (uint32_t i = 0; i < shares->rows->len; i++) {
        const HgShare *share = g_ptr_array_index(shares->rows, i);
        if (share->kind == kind && (kind != HG_SHARE_TYPE || share->type == type))
            return share;
    }
    return NULL;
}

/* Every type weighs what its objects and those they hold weigh, what no root reaches apart. */
static void
check_shares_by_type(const Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    HgSharesOptions options = {
        .kind = HG_SHARES_BY_TYPE, .holder = HG_NONE, .levels = 1, .parts = UINT_MAX};
    g_autoptr(HgShares) shares = hg_shares_find(fixture->snapshot, &options, &error);
    g_assert_no_error(error);
    const GPtrArray *types = hg_snapshot_get_types(fixture->snapshot, &error);
    g_autofree uint64_t *size = g_new0(uint64_t, types->len + 1);
    for (uint32_t object = 0; object < fixture->n_objects; object++) {
        uint32_t owner = find_owner(fixture, object, owns_by_type);
        bool is_live = get_number(fixture, HG_COLUMN_DISTANCE, object) > 0;
        size[is_live ? get_type(fixture, owner)->number : types->len] +=
            get_number(fixture, HG_COLUMN_SIZE, object);
    }
    for (uint32_t type = 0; type <= types->len; type++) {
        const HgShare *share =
            find_share(shares, type < types->len ? HG_SHARE_TYPE : HG_SHARE_GARBAGE, type);
        g_assert_cmpuint(share ? share->size : 0, ==, size[type]);
    }
}

static void
check_shares_by_module(const Fixture *fixture, unsigned parts)
{
    g_autoptr(GError) error = NULL;
    HgSharesOptions options = {
        .kind = HG_SHARES_BY_MODULE, .holder = HG_NONE, .levels = 3, .parts = parts};
    g_autoptr(HgShares) shares = hg_shares_find(fixture->snapshot, &options, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(shares->size, ==, hg_snapshot_get_info(fixture->snapshot)->size);
    for (uint32_t place = 0; place < shares->rows->len; place++) {
        const HgShare *share = g_ptr_array_index(shares->rows, place);
        if (share->kind == HG_SHARE_MODULE)
            g_assert_cmpuint(sum_shares(shares, place), ==, share->size);
    }
}

static void
test_shares_by_owner(void)
{
    for (uint32_t seed = 1; seed <= N_HEAPS + 1; seed++) {
        Fixture fixture;
        set_up(&fixture, seed <= N_HEAPS ? seed : PROGRAM + seed);
        if (seed > N_HEAPS)
            check_shares_by_type(&fixture);
        check_shares_by_module(&fixture, UINT_MAX);
        check_shares_by_module(&fixture, 10);
        tear_down(&fixture);
    }
}

/* ---- types -------------------------------------------------------------------------------- */

static void
test_types(void)
{
    for (uint32_t seed = 1; seed <= N_HEAPS; seed++) {
        Fixture fixture;
        g_autoptr(GError) error = NULL;
        HgTypesOptions options = {.order = HG_BY_COUNT};
        set_up(&fixture, seed);
        g_autoptr(HgTypes) types = hg_types_list(fixture.snapshot, &options, &error);
        g_assert_no_error(error);
        HgTypeCount sum = hg_types_sum(types, 0);
        uint64_t size = 0;
        for (uint32_t i = 0; i < fixture.n_objects; i++)
            size += get_number(&fixture, HG_COLUMN_SIZE, i);
        g_assert_cmpuint(sum.count, ==, fixture.n_objects);
        g_assert_cmpuint(sum.size, ==, size);
        for (unsigned i = 1; i < types->rows->len; i++)
            g_assert_cmpuint(((HgTypesRow *)types->rows->pdata[i - 1])->in->count, >=,
                             ((HgTypesRow *)types->rows->pdata[i])->in->count);
        HgSnapshot *same[] = {fixture.snapshot, fixture.snapshot};
        g_autoptr(HgTypes) growth = hg_growth_list(same, 2, HG_GROWTH_CHANGED, &options, &error);
        g_assert_cmpuint(growth->rows->len, ==, 0);
        tear_down(&fixture);
    }
}

static void
test_steps(void)
{
    static const char *const steps[][2] = {{".user", ".user"},
                                           {"[3]", "[3]"},
                                           {"['a']", "['a']"},
                                           {"key", ".<key>"},
                                           {"<at 24>", ".<at 24>"}};
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autofree char *step = hg_describe_dup_step(steps[i][0]);
        g_assert_cmpstr(step, ==, steps[i][1]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/questions/references", test_references);
    g_test_add_func("/questions/describe", test_describe);
    g_test_add_func("/questions/chain-is-shortest", test_chain);
    g_test_add_func("/questions/ways", test_ways);
    g_test_add_func("/questions/neighbours", test_neighbours);
    g_test_add_func("/questions/expansions", test_expansions);
    g_test_add_func("/questions/garbage", test_garbage);
    g_test_add_func("/questions/leaking", test_leaking);
    g_test_add_func("/questions/shares-by-holder", test_shares_by_holder);
    g_test_add_func("/questions/shares-by-owner", test_shares_by_owner);
    g_test_add_func("/questions/types", test_types);
    g_test_add_func("/questions/steps-of-a-path", test_steps);
    return g_test_run();
}
