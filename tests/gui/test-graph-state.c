/* test-graph-state.c - what a graph page shows, and undoing it.
 * SPDX-License-Identifier: MIT */
#include "gui/models/graph-visits.h"

#include "core/load/load.h"
#include "core/questions/chain.h"
#include "tests/synthetic/synthetic-heap.h"

#include <glib/gstdio.h>

typedef struct {
    char *folder, *path;
    HgStore *store;
    HgSnapshot *snapshot;
} Fixture;

static void
set_up(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    SyntheticHeap heap = {.objects = 3000, .references = 2, .seed = 5};
    HgLoadOptions options = {0};
    HgLoadResult result;
    fixture->folder = g_dir_make_tmp("hg-graph-XXXXXX", &error);
    fixture->path = g_build_filename(fixture->folder, "store.db", NULL);
    fixture->store = hg_store_open(fixture->path, HG_STORE_WRITE, &error);
    g_assert_no_error(error);
    g_autoptr(HgLoader) loader = hg_loader_new(fixture->store, &options);
    g_assert_true(synthetic_heap_tell(&heap, hg_loader_get_sink(loader), &error));
    g_assert_true(hg_loader_finish(loader, &result, &error));
    fixture->snapshot = hg_snapshot_open(fixture->store, result.snapshot, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, const void *unused)
{
    hg_snapshot_close(fixture->snapshot);
    hg_store_close(fixture->store);
    g_unlink(fixture->path);
    g_rmdir(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->path);
}

/* Returns: an object of that type, the [nth] of those of its size. */
static uint32_t
find_object(const Fixture *fixture, const char *type, uint64_t nth)
{
    g_autoptr(GError) error = NULL;
    const GPtrArray *types = hg_snapshot_get_types(fixture->snapshot, &error);
    for (unsigned i = 0; i < types->len; i++) {
        const HgTypeRow *row = g_ptr_array_index(types, i);
        uint64_t object;
        if (!g_str_equal(row->name, type))
            continue;
        g_assert_true(hg_snapshot_get(fixture->snapshot, HG_COLUMN_BY_TYPE, row->first + nth,
                                      &object, &error));
        return (uint32_t)object;
    }
    g_assert_not_reached();
}

static HgNeighbours *
find(const Fixture *fixture, const HgGraphState *state)
{
    g_autoptr(GError) error = NULL;
    HgNeighbours *found = hg_graph_state_find(state, fixture->snapshot, &error);
    g_assert_no_error(error);
    return found;
}

static bool
has_node(const HgNeighbours *found, uint32_t object)
{
    for (unsigned i = 0; i < found->nodes->len; i++)
        if (((HgNeighbour *)found->nodes->pdata[i])->object == object)
            return true;
    return false;
}

/* Returns: the node of an object that must be shown. */
static const HgNeighbour *
get_node(const HgNeighbours *found, uint32_t object)
{
    for (unsigned i = 0; i < found->nodes->len; i++) {
        const HgNeighbour *node = g_ptr_array_index(found->nodes, i);
        if (node->object == object)
            return node;
    }
    g_assert_not_reached();
}

static void
assert_same(const HgNeighbours *one, const HgNeighbours *other)
{
    g_assert_cmpuint(one->nodes->len, ==, other->nodes->len);
    g_assert_cmpuint(one->links->len, ==, other->links->len);
    for (unsigned i = 0; i < one->nodes->len; i++)
        g_assert_cmpuint(((HgNeighbour *)one->nodes->pdata[i])->object, ==,
                         ((HgNeighbour *)other->nodes->pdata[i])->object);
}

/* What refers to a session, then what a session refers to: it grows, shrinks, and comes back. */
static void
test_expand_and_collapse(Fixture *fixture, const void *unused)
{
    uint32_t session = find_object(fixture, "app.Session", 3);
    g_autoptr(HgGraphState) state = hg_graph_state_new(session, true);
    g_autoptr(HgNeighbours) first = find(fixture, state);
    g_assert_cmpuint(first->nodes->len, >, 3);
    g_assert_false(get_node(first, session)->side[0].is_expanded);
    hg_graph_state_expand(state, session, false, 5);
    g_autoptr(HgNeighbours) grown = find(fixture, state);
    g_assert_true(get_node(grown, session)->side[0].is_expanded);
    g_assert_cmpuint(grown->nodes->len, >, first->nodes->len);
    hg_graph_state_collapse(state, session, false);
    g_autoptr(HgNeighbours) same = find(fixture, state);
    assert_same(first, same);
    hg_graph_state_collapse(state, session, true);
    g_autoptr(HgNeighbours) alone = find(fixture, state);
    g_assert_cmpuint(alone->nodes->len, ==, 1);
}

static uint32_t
find_not_shown(const Fixture *fixture, uint32_t source, const HgNeighbours *found)
{
    g_autoptr(GArray) references =
        hg_references_read_from(fixture->snapshot, source, UINT64_MAX, NULL);
    for (unsigned i = 0; i < references->len; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        if ((reference->how & HG_HOW_LABEL) == HG_LABEL_ITEM && !has_node(found, reference->target))
            return reference->target;
    }
    g_assert_not_reached();
}

/* One of a crowd is shown on demand, one that is shown can be hidden: the count tells. */
static void
test_pin_and_hide(Fixture *fixture, const void *unused)
{
    uint32_t handlers = HG_NONE;
    uint32_t function = find_object(fixture, "function", 0);
    g_autoptr(HgGraphState) from = hg_graph_state_new(function, true);
    g_autoptr(HgNeighbours) holders = find(fixture, from);
    for (unsigned i = 0; i < holders->nodes->len; i++) {
        HgObject object;
        const HgNeighbour *node = g_ptr_array_index(holders->nodes, i);
        g_assert_true(hg_object_read(fixture->snapshot, node->object, &object, NULL));
        if (g_str_equal(object.type->name, "list"))
            handlers = node->object;
    }
    g_assert_cmpuint(handlers, !=, HG_NONE);
    g_autoptr(HgGraphState) state = hg_graph_state_new(handlers, false);
    state->depth = 1;
    g_autoptr(HgNeighbours) first = find(fixture, state);
    uint64_t n_more = get_node(first, handlers)->side[0].n_more;
    uint32_t many = find_not_shown(fixture, handlers, first);
    g_assert_cmpuint(n_more, >, 5);
    g_assert_false(has_node(first, many));
    hg_graph_state_pin(state, many, handlers, false);
    g_autoptr(HgNeighbours) pinned = find(fixture, state);
    g_assert_true(has_node(pinned, many));
    g_assert_cmpuint(get_node(pinned, handlers)->side[0].n_more, ==, n_more - 1);
    g_assert_cmpuint(pinned->nodes->len, ==, first->nodes->len + 1);
    g_assert_true(hg_graph_state_hide(state, many));
    g_autoptr(HgNeighbours) hidden = find(fixture, state);
    g_assert_false(has_node(hidden, many));
    g_assert_cmpuint(get_node(hidden, handlers)->side[0].n_more, ==, n_more);
    g_assert_false(hg_graph_state_hide(state, handlers));
}

/* The way from a root is on the picture, whatever is too many beside it. */
static void
test_way(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    uint32_t session = find_object(fixture, "app.Session", 7);
    g_autoptr(GArray) way = hg_chain_find(fixture->snapshot, session, &error);
    g_assert_no_error(error);
    g_autoptr(HgGraphState) state = hg_graph_state_new(session, true);
    state->depth = 0;
    g_autoptr(HgNeighbours) alone = find(fixture, state);
    g_assert_cmpuint(alone->nodes->len, ==, 1);
    hg_graph_state_add_way(state, way);
    g_autoptr(HgNeighbours) found = find(fixture, state);
    for (unsigned i = 0; i < way->len; i++) {
        HgObject object;
        uint32_t step = g_array_index(way, uint32_t, i);
        g_assert_true(hg_object_read(fixture->snapshot, step, &object, NULL));
        if (!g_str_equal(object.type->name, "dict")) /* it may be part of its owner */
            g_assert_true(has_node(found, step));
    }
    g_assert_cmpuint(found->nodes->len, <=, way->len);
}

static void
test_filter(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgGraphState) state =
        hg_graph_state_new(find_object(fixture, "app.Session", 0), true);
    g_assert_false(hg_graph_state_set_filter(state, NULL, "(", &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_USAGE);
    g_assert_null(state->ignore);
    g_assert_true(hg_graph_state_set_filter(state, "", "^(cell|dict)$", NULL));
    g_assert_null(state->filter);
    g_autoptr(HgNeighbours) found = find(fixture, state);
    for (unsigned i = 0; i < found->nodes->len; i++) {
        HgObject object;
        const HgNeighbour *node = g_ptr_array_index(found->nodes, i);
        g_assert_true(hg_object_read(fixture->snapshot, node->object, &object, NULL));
        g_assert_cmpstr(object.type->name, !=, "cell");
    }
    g_autofree char *command = hg_graph_state_dup_command(state, 0x7f00);
    g_assert_cmpstr(command, ==, "backrefs 0x7f00 --depth 3 --too-many 8 --ignore '^(cell|dict)$'");
}

static void
test_history(void)
{
    g_autoptr(HgGraphHistory) history = hg_graph_history_new(hg_graph_state_new(7, true));
    g_assert_false(hg_graph_history_can_step(history, -1));
    hg_graph_history_push(history, hg_graph_state_copy(hg_graph_history_get(history)));
    g_assert_false(hg_graph_history_can_step(history, -1));
    for (uint32_t object = 0; object < 5; object++) {
        HgGraphState *next = hg_graph_state_copy(hg_graph_history_get(history));
        hg_graph_state_hide(next, object);
        hg_graph_history_push(history, next);
    }
    g_assert_cmpuint(hg_graph_history_get(history)->hidden->len, ==, 5);
    g_assert_true(hg_graph_history_step(history, -1));
    g_assert_true(hg_graph_history_step(history, -1));
    g_assert_cmpuint(hg_graph_history_get(history)->hidden->len, ==, 3);
    g_assert_true(hg_graph_history_step(history, 1));
    g_assert_cmpuint(hg_graph_history_get(history)->hidden->len, ==, 4);
    hg_graph_history_push(history, hg_graph_state_new(8, false));
    g_assert_false(hg_graph_history_can_step(history, 1));
    g_assert_true(hg_graph_history_step(history, -1));
    g_assert_cmpuint(hg_graph_history_get(history)->hidden->len, ==, 4);
    for (unsigned i = 0; i < 1000; i++)
        hg_graph_history_push(history, hg_graph_state_new(i, true));
    g_assert_cmpuint(history->states->len, <=, 200);
    g_assert_cmpuint(g_array_index(hg_graph_history_get(history)->asked, uint32_t, 0), ==, 999);
}

static HgGraphHistory *
visit(HgGraphVisits *visits, uint32_t object, const char *argument)
{
    g_autoptr(HgPlace) place = hg_place_new("graph", NULL, object, argument);
    hg_graph_visits_go(visits, place);
    return hg_graph_visits_get(visits);
}

static void
test_visits(void)
{
    HgGraphVisits *visits = hg_graph_visits_new();
    g_assert_null(hg_graph_visits_get(visits));
    HgGraphHistory *first = visit(visits, 7, NULL);
    g_assert_true(hg_graph_history_get(first)->is_backward);
    hg_graph_history_push(first, hg_graph_state_new(8, true));
    g_assert_false(hg_graph_history_get(visit(visits, 7, "refs"))->is_backward);
    g_assert_true(visit(visits, 7, NULL) == first);
    g_assert_true(hg_graph_history_can_step(first, -1));
    for (uint32_t object = 100; object < 131; object++) /* the first is the oldest but one */
        visit(visits, object, NULL);
    g_assert_true(visit(visits, 7, NULL) == first);
    for (uint32_t object = 200; object < 232; object++)
        visit(visits, object, NULL);
    g_assert_false(hg_graph_history_can_step(visit(visits, 7, NULL), -1)); /* forgotten */
    hg_graph_visits_free(visits);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/graph-state/expand-and-collapse", Fixture, NULL, set_up, test_expand_and_collapse,
               tear_down);
    g_test_add("/graph-state/pin-and-hide", Fixture, NULL, set_up, test_pin_and_hide, tear_down);
    g_test_add("/graph-state/way", Fixture, NULL, set_up, test_way, tear_down);
    g_test_add("/graph-state/filter", Fixture, NULL, set_up, test_filter, tear_down);
    g_test_add_func("/graph-state/history", test_history);
    g_test_add_func("/graph-state/visits", test_visits);
    return g_test_run();
}
