/* test-answers.c - what the window asks in its workers, against the store read one by one.
 * SPDX-License-Identifier: MIT */
#include "gui/models/growth-list.h"
#include "gui/models/list-model.h"
#include "gui/models/object-facts.h"
#include "gui/models/object-list.h"
#include "gui/models/sql-list.h"
#include "gui/models/why.h"
#include "gui/session.h"

#include "core/load/load.h"
#include "core/questions/object.h"
#include "core/questions/objects.h"
#include "tests/synthetic/synthetic-heap.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *folder, *path;
    HgStore *store;
    HgSnapshot *snapshot; /* the second of two */
    GPtrArray *shots;     /* HgShot */
    HgWork *work;
} Fixture;

static void
load(Fixture *fixture, uint32_t objects, int64_t taken)
{
    g_autoptr(GError) error = NULL;
    SyntheticHeap heap = {.objects = objects, .references = 2, .seed = 3, .taken = taken};
    HgLoadOptions options = {0};
    HgLoadResult result;
    g_autoptr(HgLoader) loader = hg_loader_new(fixture->store, &options);
    g_assert_true(synthetic_heap_tell(&heap, hg_loader_get_sink(loader), &error));
    g_assert_true(hg_loader_finish(loader, &result, &error));
}

static void
set_up(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    fixture->folder = g_dir_make_tmp("hg-answers-XXXXXX", &error);
    fixture->path = g_build_filename(fixture->folder, "store.db", NULL);
    fixture->store = hg_store_open(fixture->path, HG_STORE_WRITE, &error);
    g_assert_no_error(error);
    load(fixture, 2000, 1000000);
    load(fixture, 40000, 2000000); /* more than one chunk */
    g_autoptr(GPtrArray) infos = hg_store_list_snapshots(fixture->store, &error);
    fixture->shots = g_ptr_array_new_with_free_func(hg_shot_unref);
    for (unsigned i = 0; i < infos->len; i++)
        g_ptr_array_add(fixture->shots, hg_shot_new(fixture->path, infos->pdata[i]));
    fixture->snapshot =
        hg_snapshot_open(fixture->store, ((HgShot *)fixture->shots->pdata[1])->id, &error);
    g_assert_no_error(error);
    fixture->work = hg_work_new();
}

static void
tear_down(Fixture *fixture, const void *unused)
{
    hg_work_free(fixture->work);
    hg_snapshot_close(fixture->snapshot);
    hg_store_close(fixture->store);
    g_ptr_array_unref(fixture->shots);
    g_unlink(fixture->path);
    g_rmdir(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->path);
}

/* ---- asking, and waiting for the answer --------------------------------------------------------
 */

typedef struct {
    void *answer;
    GError *error;
    bool is_there;
} Outcome;

static void
on_answer(void *answer, const GError *error, void *user_data)
{
    Outcome *outcome = user_data;
    outcome->answer = answer;
    outcome->error = error ? g_error_copy(error) : NULL;
    outcome->is_there = true;
}

static void *
ask(Fixture *fixture, HgAskFunc func, void *argument, GError **error)
{
    Outcome outcome = {0};
    hg_work_ask(fixture->work, func, argument, NULL, NULL, on_answer, &outcome);
    while (!outcome.is_there)
        g_main_context_iteration(NULL, TRUE);
    if (outcome.error)
        g_propagate_error(error, outcome.error);
    return outcome.answer;
}

static void *
fail(HgAsk *job, void *argument, GError **error)
{
    g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED, "as it should");
    return NULL;
}

static void
test_tells_failures(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(ask(fixture, fail, NULL, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_FAILED);
}

/* A file that is not there fails the question, not the window. */
static void *
open_absent(HgAsk *job, void *argument, GError **error)
{
    return hg_ask_get_store(job, "/nowhere/at/all.db", error);
}

static void
test_tells_absent_files(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(ask(fixture, open_absent, NULL, &error));
    g_assert_nonnull(error);
}

/* ---- cancelling
 * ---------------------------------------------------------------------------------- */

typedef struct {
    GMutex lock;
    GCond changed;
    bool has_begun, may_end;
} Gate;

static void *
wait_at_gate(HgAsk *job, void *argument, GError **error)
{
    Gate *gate = argument;
    g_mutex_lock(&gate->lock);
    gate->has_begun = true;
    g_cond_broadcast(&gate->changed);
    while (!gate->may_end)
        g_cond_wait(&gate->changed, &gate->lock);
    g_mutex_unlock(&gate->lock);
    return hg_ask_check(job, error) ? g_strdup("an answer") : NULL;
}

static void
count_answer(void *answer, const GError *error, void *user_data)
{
    ++*(unsigned *)user_data;
    g_free(answer);
}

static void
let_through(Gate *gate)
{
    g_mutex_lock(&gate->lock);
    gate->may_end = true;
    g_cond_broadcast(&gate->changed);
    g_mutex_unlock(&gate->lock);
}

static void
wait_for_begin(Gate *gate)
{
    g_mutex_lock(&gate->lock);
    while (!gate->has_begun)
        g_cond_wait(&gate->changed, &gate->lock);
    g_mutex_unlock(&gate->lock);
}

static void
test_cancelled_jobs_are_silent(Fixture *fixture, const void *unused)
{
    static Gate gate;
    unsigned n_answers = 0, n_others = 0;
    HgJob *job =
        hg_work_ask(fixture->work, wait_at_gate, &gate, NULL, g_free, count_answer, &n_answers);
    wait_for_begin(&gate);
    hg_job_cancel(job);
    let_through(&gate);
    hg_work_ask(fixture->work, wait_at_gate, &gate, NULL, g_free, count_answer, &n_others);
    while (n_others == 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(n_answers, ==, 0);
    g_assert_cmpuint(n_others, ==, 1);
}

static void
test_closing_cancels_all(Fixture *fixture, const void *unused)
{
    static Gate gate;
    unsigned n_answers = 0;
    HgJob *running =
        hg_work_ask(fixture->work, wait_at_gate, &gate, NULL, g_free, count_answer, &n_answers);
    wait_for_begin(&gate);
    hg_work_close(fixture->work);
    HgJob *late =
        hg_work_ask(fixture->work, wait_at_gate, &gate, NULL, g_free, count_answer, &n_answers);
    let_through(&gate);
    hg_job_cancel(running);
    hg_job_cancel(late);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    g_assert_cmpuint(n_answers, ==, 0);
}

/* ---- lists of objects
 * ------------------------------------------------------------------------------ */

static const HgShot *
get_last(const Fixture *fixture)
{
    return fixture->shots->pdata[1];
}

static void *
list_biggest(HgAsk *job, void *argument, GError **error)
{
    const Fixture *fixture = argument;
    HgSnapshot *snapshot = hg_ask_get_snapshot(job, get_last(fixture), error);
    GArray *objects = snapshot ? hg_objects_by_retained(snapshot, 5000, error) : NULL;
    uint32_t none = HG_NONE;
    g_array_append_val(objects, none);
    return hg_object_list_make(job, get_last(fixture), objects, HG_OBJECTS_WITH_TYPE, NULL, error);
}

static void
assert_number(const HgList *list, const char *key, uint32_t row, uint64_t number)
{
    unsigned column = hg_list_find_column(list, key);
    g_assert_cmpuint(column, !=, UINT_MAX);
    g_assert_cmpuint(hg_list_get_number(list, column, row), ==,
                     number == HG_UNKNOWN ? HG_LIST_UNKNOWN : number);
}

static void
test_deals_out_columns(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgList) list = ask(fixture, list_biggest, fixture, &error);
    g_assert_no_error(error);
    uint32_t n_rows = hg_list_count_rows(list);
    g_assert_cmpuint(n_rows, ==, 5001);
    for (uint32_t row = 0; row + 1 < n_rows; row++) {
        HgObject object;
        uint32_t number = hg_list_get_object(list, row);
        g_assert_true(hg_object_read(fixture->snapshot, number, &object, &error));
        assert_number(list, "size", row, object.size);
        assert_number(list, "retained", row, object.retained);
        assert_number(list, "length", row, object.length);
        assert_number(list, "address", row, object.address);
        g_assert_cmpstr(hg_list_get_text(list, 0, row), ==, object.type->name);
    }
    assert_number(list, "size", n_rows - 1, HG_UNKNOWN); /* the row without an object */
    g_assert_null(hg_list_get_text(list, 0, n_rows - 1));
}

static void *
list_none(HgAsk *job, void *argument, GError **error)
{
    return hg_object_list_make(job, get_last(argument), g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                               HG_OBJECTS_WITH_TYPE, NULL, error);
}

static void
test_lists_nothing(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgList) list = ask(fixture, list_none, fixture, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(hg_list_count_rows(list), ==, 0);
}

static void
test_reads_values_when_seen(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgListModel) model = hg_list_model_new();
    HgList *list = ask(fixture, list_biggest, fixture, &error);
    unsigned column = hg_list_find_column(list, "value");
    GArray *order = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t i = 0; i < hg_list_count_rows(list); i++)
        g_array_append_val(order, i);
    hg_list_model_set_work(model, fixture->work);
    hg_list_model_set(model, list, order);
    for (unsigned row = 0; row < 50; row++) {
        HgObject object;
        g_autoptr(HgRow) seen = g_list_model_get_item(G_LIST_MODEL(model), row);
        g_assert_true(hg_object_read(fixture->snapshot, hg_row_get_object(seen), &object, &error));
        g_autofree char *expected = hg_object_dup_value(fixture->snapshot, &object, &error);
        g_autofree char *cell = hg_row_dup_cell(seen, column);
        g_assert_cmpstr(cell, ==, ""); /* nothing waits for the store */
        while (*expected && !*cell) {
            g_main_context_iteration(NULL, TRUE);
            g_free(cell);
            cell = hg_row_dup_cell(seen, column);
        }
        g_assert_cmpstr(cell, ==, expected);
    }
}

/* ---- why
 * ------------------------------------------------------------------------------------------- */

static void
test_tells_why(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) ignored = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    unsigned n_reached = 0;
    for (uint32_t number = 0; number < 40000; number += 997) {
        HgObject object;
        g_autoptr(HgWhy) why = hg_why_find_shortest(fixture->snapshot, number, &error);
        g_assert_no_error(error);
        g_assert_true(hg_object_read(fixture->snapshot, number, &object, &error));
        g_assert_cmpint(why->nothing != NULL, ==, object.distance == HG_UNKNOWN);
        if (why->nothing)
            continue;
        n_reached++;
        const HgWhyWay *way = why->ways->pdata[0];
        const HgWhyStep *last = way->steps->pdata[way->steps->len - 1];
        g_assert_cmpuint(last->object, ==, number);
        g_autoptr(HgWhy) all = hg_why_find_ways(fixture->snapshot, number, ignored, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(all->ways->len, >=, 1);
        g_autofree char *text = hg_why_way_dup_text(all->ways->pdata[0]);
        g_assert_true(g_str_has_prefix(text, ((HgWhyWay *)all->ways->pdata[0])->line));
    }
    g_assert_cmpuint(n_reached, >, 10);
}

/* Without its holder no way is left; that is an answer and no failure. */
static void
test_ignores_holders(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    for (uint32_t number = 1; number < 40000; number += 313) {
        HgObject object;
        g_autoptr(GArray) ignored = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        g_assert_true(hg_object_read(fixture->snapshot, number, &object, &error));
        if (object.holder == HG_NONE)
            continue;
        g_array_append_val(ignored, object.holder);
        g_autoptr(HgWhy) why = hg_why_find_ways(fixture->snapshot, number, ignored, &error);
        g_assert_no_error(error);
        g_assert_nonnull(why->nothing);
        g_assert_cmpuint(why->ways->len, ==, 0);
    }
}

static void
test_tells_facts(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    for (uint32_t number = 0; number < 40000; number += 1999) {
        HgObject object;
        g_autoptr(HgObjectFacts) facts = hg_object_facts_find(fixture->snapshot, number, &error);
        g_assert_no_error(error);
        g_assert_true(hg_object_read(fixture->snapshot, number, &object, &error));
        g_assert_cmpstr(facts->type, ==, object.type->name);
        g_assert_cmpint(facts->holds, ==,
                        object.retained != HG_UNKNOWN && object.retained > object.size);
    }
}

/* ---- SQL and growth
 * ---------------------------------------------------------------------------------- */

typedef struct {
    const Fixture *fixture;
    const char *sql;
} Statement;

static void *
run_sql(HgAsk *job, void *argument, GError **error)
{
    const Statement *statement = argument;
    return hg_sql_list_make(job, get_last(statement->fixture), statement->sql, error);
}

static void
test_answers_sql(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    Statement statement = {fixture,
                           "select nr, size, size * 0.5 as half, 'x' || nr as t, null as n "
                           "from object where nr in (5, 7) order by nr"};
    g_autoptr(HgList) list = ask(fixture, run_sql, &statement, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(hg_list_count_rows(list), ==, 2);
    g_assert_cmpuint(hg_list_get_object(list, 1), ==, 7); /* a link */
    g_assert_cmpuint(hg_list_get_column(list, 1)->kind, ==, HG_FIELD_SIZE);
    g_assert_cmpuint(hg_list_get_column(list, 2)->kind, ==, HG_FIELD_REAL);
    g_assert_cmpstr(hg_list_get_text(list, 3, 0), ==, "x5");
    g_assert_true(hg_list_is_unknown(list, 4, 0));
    statement.sql = "delete from object";
    g_assert_null(ask(fixture, run_sql, &statement, &error));
    g_assert_nonnull(error);
}

static void *
list_growth(HgAsk *job, void *argument, GError **error)
{
    return hg_growth_list_make(job, argument, HG_GROWTH_GREW, error);
}

static void
test_tells_growth(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgList) list = ask(fixture, list_growth, fixture->shots, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(hg_list_count_rows(list), >, 3);
    for (uint32_t row = 0; row < hg_list_count_rows(list); row++) {
        unsigned n_points;
        const double *points = hg_list_get_series(list, row, &n_points);
        unsigned growth = hg_list_find_column(list, "growth");
        g_assert_cmpuint(n_points, ==, 2);
        g_assert_cmpfloat(points[1] - points[0], ==,
                          (double)(int64_t)hg_list_get_number(list, growth, row));
        g_assert_cmpfloat(points[1], >, points[0]);
    }
    g_ptr_array_set_size(fixture->shots, 1);
    g_assert_null(ask(fixture, list_growth, fixture->shots, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_USAGE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) g_test_add("/answers/" path, Fixture, NULL, set_up, func, tear_down)
    ADD("tells-failures", test_tells_failures);
    ADD("tells-absent-files", test_tells_absent_files);
    ADD("cancelled-jobs-are-silent", test_cancelled_jobs_are_silent);
    ADD("closing-cancels-all", test_closing_cancels_all);
    ADD("deals-out-columns", test_deals_out_columns);
    ADD("lists-nothing", test_lists_nothing);
    ADD("reads-values-when-seen", test_reads_values_when_seen);
    ADD("tells-why", test_tells_why);
    ADD("ignores-holders", test_ignores_holders);
    ADD("tells-facts", test_tells_facts);
    ADD("answers-sql", test_answers_sql);
    ADD("tells-growth", test_tells_growth);
    return g_test_run();
}
