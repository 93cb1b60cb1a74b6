/* test-places.c - where one was and is: places, going back, what pages share.
 * SPDX-License-Identifier: MIT */
#include "gui/models/history.h"
#include "gui/session.h"

static HgShot *
make_shot(const char *path, uint32_t id, int64_t taken)
{
    char name[] = "before", python[] = "3.11.2", source[] = "process", process[] = "";
    HgSnapshotInfo info = {.id = id,
                           .name = name,
                           .taken = taken,
                           .python = python,
                           .source = source,
                           .process = process};
    return hg_shot_new(path, &info);
}

static void
visit(HgHistory *history, const char *page, uint32_t object)
{
    g_autoptr(HgPlace) place = hg_place_new(page, NULL, object, NULL);
    hg_history_visit(history, place);
}

static void
assert_at(const HgHistory *history, const char *page, uint32_t object)
{
    g_assert_cmpstr(hg_history_get(history)->page, ==, page);
    g_assert_cmpuint(hg_history_get(history)->object, ==, object);
}

static void
test_goes_back_and_forward(void)
{
    HgHistory history;
    hg_history_init(&history);
    g_assert_null(hg_history_get(&history));
    g_assert_false(hg_history_can_go(&history, 0));
    visit(&history, "types", HG_NONE);
    visit(&history, "object", 1);
    visit(&history, "object", 1); /* already there */
    visit(&history, "object", 2);
    g_assert_false(hg_history_can_go(&history, 1));
    g_assert_nonnull(hg_history_go(&history, -2));
    assert_at(&history, "types", HG_NONE);
    g_assert_null(hg_history_go(&history, -1));
    assert_at(&history, "types", HG_NONE);
    hg_history_go(&history, 1);
    assert_at(&history, "object", 1);
    visit(&history, "object", 9); /* forgets what lay ahead */
    g_assert_false(hg_history_can_go(&history, 1));
    hg_history_go(&history, -1);
    assert_at(&history, "object", 1);
    hg_history_clear(&history);
}

static void
test_forgets_the_oldest(void)
{
    HgHistory history;
    hg_history_init(&history);
    for (uint32_t i = 0; i < HG_HISTORY_MAX + 100; i++)
        visit(&history, "object", i);
    g_assert_false(hg_history_can_go(&history, -HG_HISTORY_MAX));
    g_assert_nonnull(hg_history_go(&history, -HG_HISTORY_MAX + 1));
    assert_at(&history, "object", 100);
    hg_history_clear(&history);
}

static void
test_knows_equal_places(void)
{
    g_autoptr(HgShot) one = make_shot("a.db", 1, 0), same = make_shot("a.db", 1, 0);
    g_autoptr(HgShot) other = make_shot("b.db", 1, 0);
    g_autoptr(HgPlace) place = hg_place_new("types", one, HG_NONE, "app");
    g_autoptr(HgPlace) equal = hg_place_new("types", same, HG_NONE, "app");
    g_autoptr(HgPlace) elsewhere = hg_place_new("types", other, HG_NONE, "app");
    g_autoptr(HgPlace) all = hg_place_new("types", one, HG_NONE, NULL);
    g_assert_true(hg_place_equal(place, equal));
    g_assert_false(hg_place_equal(place, elsewhere));
    g_assert_false(hg_place_equal(place, all));
    g_assert_false(hg_place_equal(place, NULL));
}

/* ---- the session --------------------------------------------------------------------------------
 */

static void
count_signal(unsigned *count)
{
    ++*count;
}

static GPtrArray *
make_shots(const char *path, unsigned count)
{
    GPtrArray *shots = g_ptr_array_new_with_free_func(hg_shot_unref);
    for (unsigned i = 0; i < count; i++)
        g_ptr_array_add(shots, make_shot(path, i + 1, (int64_t)(10 - i)));
    return shots;
}

static void
test_keeps_snapshots_in_order(void)
{
    g_autoptr(HgSession) session = hg_session_new();
    g_autoptr(GPtrArray) shots = make_shots("a.db", 3);
    unsigned n_changes = 0;
    g_signal_connect_swapped(session, "shot-changed", G_CALLBACK(count_signal), &n_changes);
    hg_session_add_shots(session, shots);
    hg_session_add_shots(session, shots); /* opened once more: nothing new */
    const GPtrArray *kept = hg_session_get_shots(session);
    g_assert_cmpuint(kept->len, ==, 3);
    g_assert_cmpuint(((HgShot *)kept->pdata[0])->id, ==, 3); /* the one taken first */
    g_assert_cmpuint(hg_session_get_shot(session)->id, ==, 3);
    g_assert_cmpuint(hg_session_get_earlier(session)->id, ==, 2);
    g_assert_cmpuint(n_changes, ==, 1);
    hg_session_set_shot(session, shots->pdata[0]);
    g_assert_cmpuint(hg_session_get_earlier(session)->id, ==, 2);
    hg_session_remove_shot(session, shots->pdata[0]);
    g_assert_cmpuint(hg_session_get_shots(session)->len, ==, 2);
    g_assert_cmpuint(hg_session_get_shot(session)->id, !=, 1);
}

static void
test_selects(void)
{
    g_autoptr(HgSession) session = hg_session_new();
    g_autoptr(HgShot) shot = make_shot("a.db", 1, 0);
    const HgShot *of;
    unsigned n_changes = 0;
    g_signal_connect_swapped(session, "selection-changed", G_CALLBACK(count_signal), &n_changes);
    g_assert_cmpuint(hg_session_get_selected(session, &of), ==, HG_NONE);
    hg_session_select(session, shot, 17);
    hg_session_select(session, shot, 17);
    g_assert_cmpuint(n_changes, ==, 1);
    g_assert_cmpuint(hg_session_get_selected(session, &of), ==, 17);
    g_assert_true(hg_shot_equal(of, shot));
}

static void
on_go(HgSession *session, HgPlace *place, gboolean in_new_tab, HgPlace **gone_to)
{
    g_assert_false(in_new_tab);
    *gone_to = hg_place_ref(place);
}

static void
test_places_mean_the_chosen_snapshot(void)
{
    g_autoptr(HgSession) session = hg_session_new();
    g_autoptr(GPtrArray) shots = make_shots("a.db", 1);
    g_autoptr(HgPlace) gone_to = NULL;
    hg_session_add_shots(session, shots);
    g_signal_connect(session, "go", G_CALLBACK(on_go), &gone_to);
    hg_session_go_to(session, "types", NULL, HG_NONE, "app");
    g_assert_cmpstr(gone_to->page, ==, "types");
    g_assert_true(hg_shot_equal(gone_to->shot, shots->pdata[0]));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/places/goes-back-and-forward", test_goes_back_and_forward);
    g_test_add_func("/places/forgets-the-oldest", test_forgets_the_oldest);
    g_test_add_func("/places/knows-equal-places", test_knows_equal_places);
    g_test_add_func("/places/keeps-snapshots-in-order", test_keeps_snapshots_in_order);
    g_test_add_func("/places/selects", test_selects);
    g_test_add_func("/places/mean-the-chosen-snapshot", test_places_mean_the_chosen_snapshot);
    return g_test_run();
}
