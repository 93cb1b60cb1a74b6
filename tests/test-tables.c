/* test-tables.c - answers in SQL against loops over arrays, on random heaps.
 * SPDX-License-Identifier: MIT */
#include "core/store/label.h"
#include "core/store/store-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_TYPES 5u

/* A heap in arrays; the graph is random, the rest follows from the numbers. */
typedef struct {
    uint32_t n_objects, n_references;
    uint32_t *source, *target; /* by source */
    uint8_t *how;
    uint64_t *label;
    uint64_t *forward_first, *backward_first;
    uint32_t *backward;
    uint32_t *type, *by_type, *holder, *distance, *step;
    uint32_t text; /* number of the text "name" */
    char *path;
    HgStore *store;
    HgSnapshot *snapshot;
} Heap;

/* ---- making a heap ---------------------------------------------------------------------- */

static uint64_t
address_of(uint32_t object)
{
    return 0x7f0000000000 + 48 * (uint64_t)object;
}

static void
make_references(Heap *heap)
{
    heap->source = g_new(uint32_t, heap->n_references);
    heap->target = g_new(uint32_t, heap->n_references);
    heap->how = g_new(uint8_t, heap->n_references);
    heap->label = g_new0(uint64_t, heap->n_references);
    heap->forward_first = g_new0(uint64_t, heap->n_objects + 1);
    uint32_t wide = (uint32_t)g_test_rand_int_range(0, (gint32)heap->n_objects);
    uint32_t place = 0;
    for (uint32_t object = 0; object < heap->n_objects; object++) {
        /* One object has very many references, some to the same target. */
        uint32_t left = heap->n_references - place;
        uint32_t count = object == wide ? 700 : (uint32_t)g_test_rand_int_range(0, 4);
        heap->forward_first[object] = place;
        for (count = MIN(count, left); count > 0; count--, place++) {
            heap->source[place] = object;
            heap->target[place] = (uint32_t)g_test_rand_int_range(0, (gint32)heap->n_objects / 3);
            heap->how[place] = g_test_rand_int_range(0, 8) ? HG_LABEL_ITEM | HG_HOW_VISITED
                                                           : HG_LABEL_WEAK | HG_HOW_WEAK;
            heap->label[place] = place;
        }
    }
    heap->forward_first[heap->n_objects] = place;
    heap->n_references = place;
}

static void
make_backward(Heap *heap)
{
    heap->backward_first = g_new0(uint64_t, heap->n_objects + 1);
    heap->backward = g_new(uint32_t, heap->n_references);
    uint64_t place = 0;
    for (uint32_t target = 0; target < heap->n_objects; target++) {
        heap->backward_first[target] = place;
        for (uint32_t index = 0; index < heap->n_references; index++)
            if (heap->target[index] == target)
                heap->backward[place++] = heap->source[index];
    }
    heap->backward_first[heap->n_objects] = place;
}

static void
make_types(Heap *heap)
{
    uint32_t place = 0;
    heap->type = g_new(uint32_t, heap->n_objects);
    heap->by_type = g_new(uint32_t, heap->n_objects);
    for (uint32_t object = 0; object < heap->n_objects; object++)
        heap->type[object] = (uint32_t)g_test_rand_int_range(0, N_TYPES);
    for (uint32_t type = 0; type < N_TYPES; type++)
        for (uint32_t object = 0; object < heap->n_objects; object++)
            if (heap->type[object] == type)
                heap->by_type[place++] = object;
}

/* A forest: holders come before what they hold. */
static void
make_holders(Heap *heap)
{
    heap->holder = g_new0(uint32_t, heap->n_objects);
    for (uint32_t object = 1; object < heap->n_objects; object++)
        heap->holder[object] = (uint32_t)g_test_rand_int_range(0, (gint32)object + 1);
}

/* Distances from object 0, the only root, by relaxing until nothing changes. */
static void
make_distances(Heap *heap)
{
    heap->distance = g_new0(uint32_t, heap->n_objects);
    heap->step = g_new0(uint32_t, heap->n_objects);
    heap->distance[0] = 1;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t index = 0; index < heap->n_references; index++) {
            uint32_t from = heap->distance[heap->source[index]];
            uint32_t *to = &heap->distance[heap->target[index]];
            if (from == 0 || !hg_how_keeps(heap->how[index]) || (*to != 0 && *to <= from + 1))
                continue;
            *to = from + 1;
            heap->step[heap->target[index]] = heap->source[index] + 1;
            changed = true;
        }
    }
}

static void
append(HgSnapshotWriter *writer, HgColumn column, const uint32_t *numbers, uint32_t count)
{
    g_assert_true(hg_snapshot_writer_append_u32(writer, column, numbers, count, NULL));
}

/* A column with [times] * nr + [plus]. */
static void
append_line(HgSnapshotWriter *writer, HgColumn column, uint32_t count, uint64_t times,
            uint64_t plus)
{
    for (uint32_t object = 0; object < count; object++) {
        uint64_t number = times * object + plus;
        g_assert_true(hg_snapshot_writer_append(writer, column, &number, 1, NULL));
    }
}

/* The row in which an object stands: that of its holder, the first or the last. */
static uint32_t
find_row(const Heap *heap, uint32_t object)
{
    return heap->holder[object] || heap->distance[object] ? heap->holder[object]
                                                          : heap->n_objects + 1;
}

static void
append_held(const Heap *heap, HgSnapshotWriter *writer)
{
    uint64_t count = 0;
    append(writer, HG_COLUMN_HELD_FIRST, (const uint32_t[]){0}, 1);
    for (uint32_t row = 0; row <= heap->n_objects + 1; row++) {
        for (uint32_t object = 0; object < heap->n_objects; object++)
            if (find_row(heap, object) == row) {
                append(writer, HG_COLUMN_HELD, &object, 1);
                count++;
            }
        g_assert_true(hg_snapshot_writer_append(writer, HG_COLUMN_HELD_FIRST, &count, 1, NULL));
    }
}

static void
write_columns(Heap *heap, HgSnapshotWriter *writer)
{
    uint32_t n_objects = heap->n_objects, n_references = heap->n_references;
    append_line(writer, HG_COLUMN_ADDRESS, n_objects, 48, 0x7f0000000000);
    append_line(writer, HG_COLUMN_SIZE, n_objects, 8, 16);
    append_line(writer, HG_COLUMN_SIZEOF, n_objects, 8, 1);
    append_line(writer, HG_COLUMN_REFCOUNT, n_objects, 1, 0);
    append_line(writer, HG_COLUMN_SURPLUS, n_objects, 1, 0);
    append_line(writer, HG_COLUMN_FLAGS, n_objects, 0, 1);
    append_line(writer, HG_COLUMN_LENGTH, n_objects, 2, 0);
    append_line(writer, HG_COLUMN_RETAINED, n_objects, 100, 1);
    append(writer, HG_COLUMN_TYPE, heap->type, n_objects);
    append(writer, HG_COLUMN_BY_TYPE, heap->by_type, n_objects);
    append(writer, HG_COLUMN_HOLDER, heap->holder, n_objects);
    append_held(heap, writer);
    append(writer, HG_COLUMN_DISTANCE, heap->distance, n_objects);
    append(writer, HG_COLUMN_STEP, heap->step, n_objects);
    append(writer, HG_COLUMN_TARGET, heap->target, n_references);
    append(writer, HG_COLUMN_SOURCE, heap->backward, n_references);
    hg_snapshot_writer_append(writer, HG_COLUMN_FORWARD_FIRST, heap->forward_first, n_objects + 1,
                              NULL);
    hg_snapshot_writer_append(writer, HG_COLUMN_BACKWARD_FIRST, heap->backward_first, n_objects + 1,
                              NULL);
    hg_snapshot_writer_append_u8(writer, HG_COLUMN_HOW, heap->how, n_references, NULL);
    hg_snapshot_writer_append(writer, HG_COLUMN_LABEL, heap->label, n_references, NULL);
    for (uint32_t object = 0; object < n_objects; object++) {
        g_autofree char *value = object % 2 ? g_strdup_printf("value %u", object) : NULL;
        hg_snapshot_writer_append_value(writer, value, value ? strlen(value) : 0, NULL);
    }
}

static void
write_types(Heap *heap, HgSnapshotWriter *writer)
{
    uint32_t first = 0;
    for (uint32_t number = 0; number < N_TYPES; number++) {
        /* The last two types have the same name, as classes made twice have. */
        g_autofree char *name = g_strdup_printf("app.T%u", MIN(number, N_TYPES - 2));
        HgTypeRow row = {.number = number,
                         .name = name,
                         .module = name,
                         .qualname = name + 4,
                         .object = HG_NONE,
                         .first = first};
        for (uint32_t object = 0; object < heap->n_objects; object++)
            row.n_objects += heap->type[object] == number;
        first += (uint32_t)row.n_objects;
        g_assert_true(hg_snapshot_writer_add_type(writer, &row, NULL));
    }
}

static char *
make_path(void)
{
    g_autofree char *folder = g_dir_make_tmp("heapgraph-XXXXXX", NULL);
    return g_build_filename(folder, "test.db", NULL);
}

static void
write_heap(Heap *heap)
{
    static const char *const texts[] = {"name"};
    uint32_t id;
    heap->path = make_path();
    heap->store = hg_store_open(heap->path, HG_STORE_WRITE, NULL);
    g_autoptr(HgSnapshotWriter) writer = hg_snapshot_writer_new(heap->store, NULL);
    hg_snapshot_writer_add_texts(writer, texts, 1, &heap->text, NULL);
    write_columns(heap, writer);
    write_types(heap, writer);
    HgRootRow root = {.object = 0, .kind = HG_ROOT_MODULE, .name = (char *)"app", .frame = HG_NONE};
    hg_snapshot_writer_add_root(writer, &root, NULL);
    hg_snapshot_writer_add_fact(writer, "pid", "7", NULL);
    HgSnapshotInfo info = {
        .n_objects = heap->n_objects, .n_references = heap->n_references, .knows_garbage = true};
    g_assert_true(hg_snapshot_writer_publish(writer, &info, &id, NULL));
    heap->snapshot = hg_snapshot_open(heap->store, id, NULL);
}

static Heap *
heap_new(uint32_t n_objects, uint32_t n_references)
{
    Heap *heap = g_new0(Heap, 1);
    heap->n_objects = n_objects;
    heap->n_references = n_references;
    make_references(heap);
    make_backward(heap);
    make_types(heap);
    make_holders(heap);
    make_distances(heap);
    write_heap(heap);
    return heap;
}

static void
heap_free(Heap *heap)
{
    hg_snapshot_close(heap->snapshot);
    hg_store_close(heap->store);
    g_autofree char *folder = g_path_get_dirname(heap->path);
    g_unlink(heap->path);
    g_rmdir(folder);
    void *arrays[] = {heap->source,
                      heap->target,
                      heap->how,
                      heap->label,
                      heap->type,
                      heap->by_type,
                      heap->holder,
                      heap->distance,
                      heap->step,
                      heap->backward,
                      heap->path,
                      heap->forward_first,
                      heap->backward_first,
                      heap};
    for (unsigned index = 0; index < G_N_ELEMENTS(arrays); index++)
        g_free(arrays[index]);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Heap, heap_free)

/* ---- asking ----------------------------------------------------------------------------- */

static bool
on_row(const char *const *names, const HgSqlValue *values, size_t n_columns, void *user_data)
{
    GString *answer = user_data;
    for (size_t column = 0; values && column < n_columns; column++) {
        const HgSqlValue *value = &values[column];
        if (column)
            g_string_append_c(answer, '|');
        if (value->kind == HG_SQL_INTEGER)
            g_string_append_printf(answer, "%" G_GINT64_FORMAT, value->integer);
        else if (value->kind == HG_SQL_REAL)
            g_string_append_printf(answer, "%g", value->real);
        else if (value->kind != HG_SQL_NULL)
            g_string_append_len(answer, value->text, (gssize)value->size);
    }
    if (values)
        g_string_append_c(answer, '\n');
    return true;
}

G_GNUC_PRINTF(3, 4)
static void
check(const Heap *heap, const char *wanted, const char *format, ...)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) answer = g_string_new(NULL);
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    hg_snapshot_run_sql(heap->snapshot, sql, on_row, answer, &error);
    if (error)
        g_error("%s: %s", sql, error->message);
    if (!g_str_equal(answer->str, wanted))
        g_error("%s\nsays:\n%swanted:\n%s", sql, answer->str, wanted);
}

/* The same where the answer is one number. */
#define check_number(heap, number, ...)                                                            \
    do {                                                                                           \
        g_autofree char *wanted_ = g_strdup_printf("%" G_GUINT64_FORMAT "\n", (uint64_t)(number)); \
        check(heap, wanted_, __VA_ARGS__);                                                         \
    } while (0)

/* ---- the tables ------------------------------------------------------------------------- */

static void
test_objects(void)
{
    g_autoptr(Heap) heap = heap_new(300, 1500);
    for (uint32_t object = 0; object < heap->n_objects; object++) {
        g_autoptr(GString) row = g_string_new(NULL);
        g_string_printf(row, "%u|%" G_GUINT64_FORMAT "|app.T%u|%u|%u|%u", object,
                        address_of(object), MIN(heap->type[object], N_TYPES - 2),
                        heap->type[object], 8 * object + 16, 8 * object);
        if (object > 0)
            g_string_append_printf(row, "|%u|%d|%u", object - 1,
                                   object % 2 ? -(int)(object + 1) / 2 : (int)object / 2,
                                   2 * object - 1);
        else
            g_string_append(row, "||0|");
        g_string_append(row, object % 2 ? "|value " : "|");
        if (object % 2)
            g_string_append_printf(row, "%u", object);
        g_string_append_printf(row, "|%d|", heap->distance[object] > 0);
        if (heap->holder[object])
            g_string_append_printf(row, "%u", heap->holder[object] - 1);
        g_string_append_printf(row, "|%u|", 100 * object + 1);
        if (heap->distance[object])
            g_string_append_printf(row, "%u", heap->distance[object] - 1);
        g_string_append(row, "\n");
        check(heap, row->str,
              "SELECT nr, address, type, type_id, size, sizeof, refcount, surplus, length, value, "
              "live, holder, retained, distance FROM object WHERE nr = %u",
              object);
        check_number(heap, object, "SELECT nr FROM object WHERE address = %" G_GUINT64_FORMAT,
                     address_of(object));
    }
}

/* What is equal to a whole number, and what is not. */
static void
test_numbers(void)
{
    g_autoptr(Heap) heap = heap_new(300, 1500);
    check(heap, "5\n", "SELECT nr FROM object WHERE nr = 5.0");
    check(heap, "5\n", "SELECT nr FROM object WHERE nr = '5'");
    check(heap, "", "SELECT nr FROM object WHERE nr = 5.5");
    check(heap, "", "SELECT nr FROM object WHERE nr = NULL");
    check(heap, "", "SELECT nr FROM object WHERE nr = 'five'");
    check(heap, "", "SELECT nr FROM object WHERE nr = -1");
    check(heap, "", "SELECT nr FROM object WHERE nr = 300");
    check(heap, "", "SELECT nr FROM object WHERE nr = 1e300");
    check(heap, "", "SELECT nr FROM object WHERE nr = 4294967296 + 5");
    check(heap, "5\n6\n", "SELECT nr FROM object WHERE nr IN (6, 5.0, 5, NULL, 5.5)");
    check(heap, "5\n7\n",
          "SELECT nr FROM object WHERE nr = 7 OR address = %" G_GUINT64_FORMAT " ORDER BY 1",
          address_of(5));
    check(heap, "294\n", "SELECT count(*) FROM object WHERE nr > 5");
    check(heap, "294\n", "SELECT count(*) FROM object WHERE nr > 5.5");
    check(heap, "295\n", "SELECT count(*) FROM object WHERE nr >= 5");
    check(heap, "300\n", "SELECT count(*) FROM object WHERE nr > -1e300");
    check(heap, "0\n", "SELECT count(*) FROM object WHERE nr > 1e300");
    check(heap, "300\n", "SELECT count(*) FROM object WHERE nr < 'x'");
    check(heap, "0\n", "SELECT count(*) FROM object WHERE nr > 'x'");
    check(heap, "0\n", "SELECT count(*) FROM object WHERE nr < NULL");
    check(heap, "4\n", "SELECT count(*) FROM object WHERE nr > 5 AND nr <= 9.9");
    check(heap, "5\n", "SELECT count(*) FROM object WHERE nr BETWEEN 5 AND 9");
    check(heap, "0\n", "SELECT count(*) FROM object WHERE nr > 9 AND nr < 5");
    check(heap, "299\n", "SELECT nr FROM object ORDER BY nr DESC LIMIT 1");
    check(heap, "0\n", "SELECT nr FROM object ORDER BY nr LIMIT 1");
    check(heap, "8\n", "SELECT count(*) FROM reference WHERE place < 8");
    check(heap, "44850\n", "SELECT sum(nr) FROM object");
    check(heap, "integer\n", "SELECT DISTINCT typeof(nr) FROM object");
}

static void
test_types(void)
{
    g_autoptr(Heap) heap = heap_new(300, 1500);
    uint64_t counts[N_TYPES + 1] = {0}, sums[N_TYPES + 1] = {0};
    for (uint32_t object = 0; object < heap->n_objects; object++) {
        counts[heap->type[object]]++;
        sums[heap->type[object]] += object;
    }
    for (uint32_t type = 0; type < N_TYPES; type++) {
        bool is_double = type == N_TYPES - 2;
        check_number(heap, sums[type], "SELECT sum(nr) FROM object WHERE type_id = %u", type);
        check_number(heap, sums[type], "SELECT sum(nr) FROM object WHERE type_id + 0 = %u", type);
        check_number(heap, counts[type], "SELECT count FROM type WHERE type_id = %u", type);
        if (type < N_TYPES - 1)
            check_number(heap, sums[type] + (is_double ? sums[type + 1] : 0),
                         "SELECT sum(nr) FROM object WHERE type = 'app.T%u'", type);
    }
    check_number(heap, sums[0], "SELECT sum(nr) FROM object WHERE type = 'APP.t0' COLLATE NOCASE");
    check(heap, "0\n", "SELECT count(*) FROM object WHERE type = 'APP.t0'");
    check(heap, "0\n", "SELECT count(*) FROM object WHERE type = NULL OR type_id = 99");
    check_number(heap, counts[1],
                 "SELECT count(*) FROM object JOIN type USING (type_id) "
                 "WHERE qualname = 'T1'");
    check(heap, "0\n",
          "SELECT count(*) FROM (SELECT type_id, count(*) AS n FROM object GROUP BY 1)"
          " JOIN type USING (type_id) WHERE n <> count");
}

/* The references of a source or target, as "source|target|kind|label" each. */
static char *
list_references(const Heap *heap, uint32_t source, uint32_t target)
{
    GString *rows = g_string_new(NULL);
    for (uint32_t index = 0; index < heap->n_references; index++) {
        if (source != HG_NONE && heap->source[index] != source)
            continue;
        if (target != HG_NONE && heap->target[index] != target)
            continue;
        bool is_weak = heap->how[index] & HG_HOW_WEAK;
        g_autofree char *label = is_weak ? g_strdup("()") : g_strdup_printf("[%u]", index);
        g_string_append_printf(rows, "%u|%u|%s|%s|%u\n", heap->source[index], heap->target[index],
                               is_weak ? "weak" : "item", label, index);
    }
    return g_string_free(rows, FALSE);
}

#define REFERENCE_COLUMNS "SELECT source, target, kind, label, place FROM reference "

static void
test_references(void)
{
    g_autoptr(Heap) heap = heap_new(200, 1500);
    g_autofree char *all = list_references(heap, HG_NONE, HG_NONE);
    check(heap, all, REFERENCE_COLUMNS);
    for (uint32_t object = 0; object < heap->n_objects; object++) {
        uint32_t other = (object * 7) % heap->n_objects;
        g_autofree char *out = list_references(heap, object, HG_NONE);
        g_autofree char *in = list_references(heap, HG_NONE, object);
        g_autofree char *both = list_references(heap, object, other);
        check(heap, out, REFERENCE_COLUMNS "WHERE source = %u", object);
        check(heap, out, REFERENCE_COLUMNS "WHERE source = %u.0", object);
        check(heap, in, REFERENCE_COLUMNS "WHERE target = %u", object);
        check(heap, in, REFERENCE_COLUMNS "WHERE target = %u ORDER BY source", object);
        check(heap, both, REFERENCE_COLUMNS "WHERE target = %u AND source = %u", other, object);
        check(heap, out, "SELECT %u, nr, kind, label, place FROM referents(%u)", object, object);
        check(heap, in, "SELECT nr, %u, kind, label, place FROM referrers(%u)", object, object);
    }
    check_number(heap, heap->forward_first[150] - heap->forward_first[21],
                 "SELECT count(*) FROM reference WHERE source > 20 AND source < 150");
    check(heap, "0\n", "SELECT count(*) FROM reference WHERE source > 3 AND source < 4");
    check(heap, "0\n", "SELECT count(*) FROM reference WHERE target = 1000 OR source = 2000");
    check(heap, "", "SELECT nr FROM referrers(200)");
    check(heap, "", "SELECT nr FROM referrers('x')");
}

static void
test_joins(void)
{
    g_autoptr(Heap) heap = heap_new(200, 1500);
    uint64_t n_of_type = 0, n_into = 0;
    for (uint32_t index = 0; index < heap->n_references; index++) {
        n_of_type += heap->type[heap->source[index]] == 1;
        n_into += heap->type[heap->target[index]] == 1;
    }
    check_number(heap, n_of_type,
                 "SELECT count(*) FROM object JOIN reference ON source = nr "
                 "WHERE type_id = 1");
    check_number(heap, n_into,
                 "SELECT count(*) FROM object JOIN reference ON target = nr "
                 "WHERE type_id = 1");
    check_number(heap, n_into, "SELECT count(*) FROM object o, referrers(o.nr) WHERE type_id = 1");
    check_number(heap, heap->n_references,
                 "SELECT count(*) FROM reference r JOIN object s ON s.nr = r.source "
                 "JOIN object t ON t.nr = r.target");
    check_number(heap, n_of_type,
                 "SELECT count(*) FROM reference WHERE source IN "
                 "(SELECT nr FROM object WHERE type = 'app.T1')");
}

/* ---- walks ------------------------------------------------------------------------------ */

static uint32_t
count_reachable(const Heap *heap, uint32_t start, uint64_t *sum)
{
    g_autofree bool *met = g_new0(bool, heap->n_objects);
    uint32_t count = 0;
    met[start] = true;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t index = 0; index < heap->n_references; index++)
            if (met[heap->source[index]] && !met[heap->target[index]] &&
                hg_how_keeps(heap->how[index]))
                changed = met[heap->target[index]] = true;
    }
    *sum = 0;
    for (uint32_t object = 0; object < heap->n_objects; object++) {
        count += met[object];
        *sum += met[object] ? object : 0;
    }
    return count;
}

static bool
is_held(const Heap *heap, uint32_t object, uint32_t by)
{
    while (object != by && heap->holder[object])
        object = heap->holder[object] - 1;
    return object == by;
}

static void
test_walks(void)
{
    g_autoptr(Heap) heap = heap_new(200, 1500);
    for (uint32_t start = 0; start < heap->n_objects; start += 3) {
        uint64_t sum, held = 0;
        uint32_t count = count_reachable(heap, start, &sum);
        for (uint32_t object = 0; object < heap->n_objects; object++)
            held += is_held(heap, object, start) ? object : 0;
        check_number(heap, count, "SELECT count(*) FROM reachable(%u)", start);
        check_number(heap, sum, "SELECT sum(nr) FROM reachable(%u)", start);
        check_number(heap, held, "SELECT sum(nr) FROM dominated(%u)", start);
    }
    check(heap, "0|0\n", "SELECT nr, depth FROM reachable(0) LIMIT 1");
    check(heap, "0\n", "SELECT count(*) FROM reachable(-1)");
    check(heap, "0\n", "SELECT count(*) FROM dominated(NULL)");
}

/* Beyond some thousand objects the walk goes on over whole columns. */
static void
test_long_walk(void)
{
    g_autoptr(Heap) heap = heap_new(9000, 20000);
    uint64_t sum;
    for (uint32_t start = 0; start < 9000; start += 1000) {
        uint32_t count = count_reachable(heap, start, &sum);
        check_number(heap, count, "SELECT count(*) FROM reachable(%u)", start);
        check_number(heap, sum, "SELECT sum(nr) FROM reachable(%u)", start);
    }
}

static void
test_paths(void)
{
    g_autoptr(Heap) heap = heap_new(200, 1500);
    for (uint32_t start = 0; start < heap->n_objects; start++) {
        g_autoptr(GString) rows = g_string_new(NULL);
        uint32_t object = start;
        for (uint32_t step = 0;; step++) {
            g_string_append_printf(rows, "%u|%u|%s\n", step, object,
                                   heap->step[object] ? "item" : "");
            if (!heap->step[object])
                break;
            object = heap->step[object] - 1;
        }
        check(heap, rows->str, "SELECT step, nr, kind FROM path_to_root(%u)", start);
        if (heap->distance[start])
            g_assert_cmpuint(object, ==, 0);
    }
    /* Each label must be one of a reference from the next object on the way. */
    check(heap, "0\n",
          "SELECT count(*) FROM object o, path_to_root(o.nr) a JOIN path_to_root(o.nr) b "
          "ON b.step = a.step + 1 WHERE NOT EXISTS (SELECT 1 FROM reference r "
          "WHERE r.source = b.nr AND r.target = a.nr AND r.label = a.label)");
}

/* ---- columns that lie ---------------------------------------------------------------------- */

/* A number as hostile as can be: small, just beyond the end, or enormous. */
static uint64_t
make_lie(uint32_t n_objects)
{
    static const uint64_t enormous[] = {UINT32_MAX - 1, UINT32_MAX, 1ull << 32,
                                        1ull << 40,     INT64_MAX,  UINT64_MAX};
    int which = g_test_rand_int_range(0, 12);
    if (which < (int)G_N_ELEMENTS(enormous) && g_test_rand_int_range(0, 4) == 0)
        return enormous[which];
    return (uint64_t)g_test_rand_int_range(0, (gint32)n_objects + 2);
}

static HgSnapshot *
publish_lies(HgStore *store, uint32_t n_objects, bool *lies)
{
    uint32_t id;
    g_autoptr(HgSnapshotWriter) writer = hg_snapshot_writer_new(store, NULL);
    for (unsigned column = 0; column < HG_N_COLUMNS; column++) {
        uint64_t count = hg_column_count(column, n_objects, n_objects);
        bool is_first = count > n_objects;
        for (uint32_t index = 0; index < count; index++) {
            uint64_t number = lies[column] ? make_lie(n_objects) : is_first ? index : index % 7;
            if (column == HG_COLUMN_VALUE)
                hg_snapshot_writer_append_value(writer, "x", 1, NULL);
            else
                hg_snapshot_writer_append(writer, column, &number, 1, NULL);
        }
    }
    HgTypeRow type = {.name = (char *)"str",
                      .module = (char *)"builtins",
                      .qualname = (char *)"str",
                      .object = HG_NONE,
                      .n_objects = n_objects};
    hg_snapshot_writer_add_type(writer, &type, NULL);
    HgSnapshotInfo info = {.n_objects = n_objects, .n_references = n_objects};
    g_assert_true(hg_snapshot_writer_publish(writer, &info, &id, NULL));
    return hg_snapshot_open(store, id, NULL);
}

/* Whole chunks with a right checksum and wrong numbers: answers or errors, but an end. */
static void
ask_everything(HgSnapshot *snapshot)
{
    static const char *const questions[] = {
        "SELECT * FROM object",
        "SELECT * FROM object WHERE type = 'str'",
        "SELECT * FROM object WHERE type_id = 0",
        "SELECT * FROM object WHERE address = 5",
        "SELECT *, how, raw, place FROM reference",
        "SELECT r.* FROM object o JOIN reference r ON r.source = o.nr",
        "SELECT r.*, place FROM object o JOIN reference r ON r.target = o.nr",
        "SELECT count(*) FROM object o, reachable(o.nr)",
        "SELECT count(*) FROM object o, dominated(o.nr)",
        "SELECT p.* FROM object o, path_to_root(o.nr) p",
    };
    for (size_t index = 0; index < G_N_ELEMENTS(questions); index++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) answer = g_string_new(NULL);
        bool fine = hg_snapshot_run_sql(snapshot, questions[index], on_row, answer, &error);
        g_assert_true(fine == (error == NULL));
    }
}

static void
test_lies(void)
{
    g_autofree char *path = make_path(), *folder = g_path_get_dirname(path);
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, NULL);
    for (unsigned round = 0; round < 25; round++) {
        bool lies[HG_N_COLUMNS];
        for (unsigned column = 0; column < HG_N_COLUMNS; column++)
            lies[column] = round == column || (round > 21 && g_test_rand_bit());
        g_autoptr(HgSnapshot) snapshot = publish_lies(store, 60, lies);
        ask_everything(snapshot);
    }
    g_unlink(path);
    g_rmdir(folder);
}

/* ---- what else -------------------------------------------------------------------------- */

static void
test_small_tables(void)
{
    g_autoptr(Heap) heap = heap_new(50, 100);
    check(heap, "0|module|app\n", "SELECT nr, kind, name FROM root");
    check(heap, "pid|7\n", "SELECT key, value FROM fact");
    check(heap, "0\n",
          "SELECT (SELECT count(*) FROM thread) + (SELECT count(*) FROM frame) + "
          "(SELECT count(*) FROM site)");
    check(heap, "1|snapshot 1\n", "SELECT id, name FROM snapshot");
    check(heap, "1\n", "SELECT heapgraph_snapshot()");
    check(heap, "1\n2\n", "SELECT 1; -- and\n SELECT 2;\n");
}

static void
expect_refusal(const Heap *heap, const char *sql, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) answer = g_string_new(NULL);
    g_assert_false(hg_snapshot_run_sql(heap->snapshot, sql, on_row, answer, &error));
    if (!strstr(error->message, message))
        g_error("%s: %s", sql, error->message);
}

static void
test_refusals(void)
{
    g_autoptr(Heap) heap = heap_new(50, 100);
    expect_refusal(heap, "DELETE FROM snapshot", "only statements that read");
    expect_refusal(heap, "CREATE TABLE x (y)", "only statements that read");
    expect_refusal(heap, "CREATE TEMP TABLE x (y)", "only statements that read");
    expect_refusal(heap, "ATTACH '/tmp/other.db' AS other", "only statements that read");
    expect_refusal(heap, "PRAGMA user_version = 3", "only statements that read");
    expect_refusal(heap, "VACUUM INTO '/tmp/other.db'", "only statements that read");
    expect_refusal(heap, "UPDATE object SET size = 0", "");
    expect_refusal(heap, "SELEC 1", "syntax error");
    expect_refusal(heap, "SELECT nr FROM referrers", "referrers needs the number of an object");
    expect_refusal(heap, "SELECT * FROM nowhere", "no such table: nowhere");
    check(heap, "50\n", "SELECT objects FROM snapshot");
}

static bool
on_first_row(const char *const *names, const HgSqlValue *values, size_t n_columns, void *user_data)
{
    return !values || ++*(int *)user_data < 3;
}

/* Where nobody knows what is garbage, nothing is called so. */
static void
test_unknown_garbage(void)
{
    g_autofree char *path = make_path(), *folder = g_path_get_dirname(path);
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, NULL);
    g_autoptr(HgSnapshotWriter) writer = hg_snapshot_writer_new(store, NULL);
    uint32_t distances[] = {1, 0, 2}, id;
    append(writer, HG_COLUMN_DISTANCE, distances, 3);
    HgSnapshotInfo info = {.n_objects = 3};
    g_assert_true(hg_snapshot_writer_publish(writer, &info, &id, NULL));
    g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, id, NULL);
    Heap heap = {.snapshot = snapshot};
    check(&heap, "1\n\n1\n", "SELECT live FROM object");
    g_unlink(path);
    g_rmdir(folder);
}

static void
test_stop(void)
{
    g_autoptr(Heap) heap = heap_new(50, 100);
    int n_rows = 0;
    g_assert_true(
        hg_snapshot_run_sql(heap->snapshot, "SELECT * FROM object", on_first_row, &n_rows, NULL));
    g_assert_cmpint(n_rows, ==, 3);
}

static void
check_label(const Heap *heap, uint8_t how, uint64_t label, const char *wanted)
{
    g_autofree char *found = hg_snapshot_dup_label_of(heap->snapshot, how, label, NULL);
    g_assert_cmpstr(found, ==, wanted);
}

static void
test_labels(void)
{
    g_autoptr(Heap) heap = heap_new(50, 100);
    check_label(heap, HG_LABEL_UNNAMED, 24, "<at 24>");
    check_label(heap, HG_LABEL_UNNAMED, 0, "<unnamed>");
    check_label(heap, HG_LABEL_ATTRIBUTE | HG_HOW_VISITED, heap->text, ".name");
    check_label(heap, HG_LABEL_ITEM, 3, "[3]");
    check_label(heap, HG_LABEL_VALUE, 0, "[?]");
    check_label(heap, HG_LABEL_VALUE, 51, "[?]");
    check_label(heap, HG_LABEL_KEY, 0, "key");
    check_label(heap, HG_LABEL_ELEMENT, 0, "element");
    check_label(heap, HG_LABEL_LOCAL, heap->text, "local name");
    check_label(heap, HG_LABEL_CELL, 0, ".cell_contents");
    check_label(heap, HG_LABEL_SLOT, heap->text, ".name");
    check_label(heap, HG_LABEL_TYPE, 0, ".__class__");
    check_label(heap, HG_LABEL_INTERNAL, heap->text, ".name");
    check_label(heap, HG_LABEL_WEAK | HG_HOW_WEAK, 0, "()");
    g_autofree char *key =
        g_strdup_printf("[<app.T%u 0x7f0000000030>]", MIN(heap->type[1], N_TYPES - 2));
    check_label(heap, HG_LABEL_VALUE, 2, key);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tables/objects", test_objects);
    g_test_add_func("/tables/numbers", test_numbers);
    g_test_add_func("/tables/types", test_types);
    g_test_add_func("/tables/references", test_references);
    g_test_add_func("/tables/joins", test_joins);
    g_test_add_func("/tables/walks", test_walks);
    g_test_add_func("/tables/long-walk", test_long_walk);
    g_test_add_func("/tables/paths", test_paths);
    g_test_add_func("/tables/lies", test_lies);
    g_test_add_func("/tables/small-tables", test_small_tables);
    g_test_add_func("/tables/refusals", test_refusals);
    g_test_add_func("/tables/unknown-garbage", test_unknown_garbage);
    g_test_add_func("/tables/stop", test_stop);
    g_test_add_func("/tables/labels", test_labels);
    return g_test_run();
}
