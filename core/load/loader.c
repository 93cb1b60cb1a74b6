/* loader.c - records become a snapshot.
 *
 *   main      sort ─ resolve references ─ number depth first ─ holders ─ retained sizes
 *   side                                └ sort by type ─ turn them round ─ distances
 *   columns     └ write what is there ....................................... write the rest
 *
 * Arrays are freed as soon as they are written and no longer needed: the peak is below 80 bytes
 * an object at 1.5 references each.
 * SPDX-License-Identifier: MIT */
#include "core/load/load.h"

#include "core/graph/by-type.h"
#include "core/graph/held.h"
#include "core/graph/reach.h"
#include "core/graph/retained.h"
#include "core/load/addresses.h"
#include "core/load/columns.h"
#include "core/load/records.h"
#include "core/load/references.h"
#include "core/load/tables.h"
#include "core/load/told-rows.h"

#define PART 16384u /* numbers computed and written at once */
#define KEPT 5u     /* bytes an object of arrays that are done with and may be used again */

struct HgLoader {
    HgRecords records;
    HgStore *store;
    const HgLoadOptions *options;
};

typedef struct {
    HgRecords *records;
    const HgProgress *progress;
    uint64_t n_types;
    HgAddresses addresses;
    HgPacked type, size; /* by object */
    HgTypeSums types;
    HgSiteSums sites;
    uint32_t *type_objects; /* [type]: its number as an object */
    uint32_t *roots;
    size_t n_roots;
    HgGraph graph;
    HgPacked label;
    uint64_t n_dropped;
    uint64_t n_dropped_roots;

    uint32_t *uncounted; /* of an object: references not part of its reference count; or NULL */
    uint64_t *backward_first;

    HgDominators dominators;
    HgHeldRows held;
    uint64_t *retained;

    HgSnapshotWriter *writer;
    HgColumns *columns;

    GThread *side;
    gint side_cancelled; /* atomic */
    GError *side_error;
    uint32_t n_live;
} Load;

HgLoader *
hg_loader_new(HgStore *store, const HgLoadOptions *options)
{
    HgLoader *loader = g_new0(HgLoader, 1);
    hg_records_init(&loader->records);
    loader->store = store;
    loader->options = options;
    return loader;
}

void
hg_loader_set_store(HgLoader *loader, HgStore *store)
{
    loader->store = store;
}

void
hg_loader_free(HgLoader *loader)
{
    if (!loader)
        return;
    hg_records_clear(&loader->records);
    g_free(loader);
}

HgSink *
hg_loader_get_sink(HgLoader *loader)
{
    return &loader->records.sink;
}

/* Waits for the threads first: they use what is freed here. */
static void
load_clear(Load *load)
{
    g_atomic_int_set(&load->side_cancelled, true);
    if (load->side)
        g_thread_join(load->side);
    hg_columns_free(load->columns);
    hg_snapshot_writer_free(load->writer);
    hg_addresses_clear(&load->addresses);
    hg_packed_clear(&load->type);
    hg_packed_clear(&load->size);
    hg_type_sums_clear(&load->types);
    hg_site_sums_clear(&load->sites);
    hg_array_free(load->type_objects);
    hg_array_free(load->roots);
    hg_graph_clear(&load->graph);
    hg_packed_clear(&load->label);
    g_free(load->uncounted);
    hg_array_free(load->backward_first);
    hg_dominators_clear(&load->dominators);
    hg_held_rows_clear(&load->held);
    hg_array_free(load->retained);
    g_clear_error(&load->side_error);
}

static HgPacked *
field_of(Load *load, HgField field)
{
    return &load->records->field[field];
}

static void
on_packed_done(void *packed)
{
    hg_packed_clear(packed);
}

/* ---- objects -------------------------------------------------------------------------- */

static bool
sort_objects(Load *load, GError **error)
{
    if (!hg_progress_report(load->progress, "sorting objects", 0, 0, error) ||
        !hg_addresses_sort(load->records, &load->addresses, error))
        return false;
    hg_packed_clear(field_of(load, HG_FIELD_IDENTITY));
    return true;
}

static bool
sum_types(Load *load, GError **error)
{
    const HgRecords *records = load->records;
    load->n_types = hg_records_count(records, HG_FIELD_TYPE_IDENTITY);
    if (!hg_type_sums_init(&load->types, load->n_types, error))
        return false;
    for (uint32_t place = 0; place < load->addresses.n; place++) {
        uint64_t type = hg_records_get(records, HG_FIELD_TYPE, place);
        uint64_t sizeof_ = hg_records_get(records, HG_FIELD_SIZEOF, place);
        load->types.size[type] += hg_records_get(records, HG_FIELD_SIZE, place);
        load->types.sizeof_[type] += sizeof_ ? sizeof_ - 1 : 0;
    }
    return true;
}

static bool
sum_sites(Load *load, GError **error)
{
    const HgRecords *records = load->records;
    uint64_t n_sites = hg_records_count(records, HG_FIELD_SITE_END);
    if (!hg_site_sums_init(&load->sites, n_sites, error))
        return false;
    for (uint32_t place = 0; n_sites && place < load->addresses.n; place++) {
        uint64_t site = hg_records_get(records, HG_FIELD_SITE, place);
        if (!site)
            continue;
        load->sites.n_objects[site - 1]++;
        load->sites.size[site - 1] += hg_records_get(records, HG_FIELD_SIZE, place);
    }
    return true;
}

/* Moves what was told into the order of addresses. */
static bool
take_in_order(Load *load, HgField field, HgPacked *ordered, GError **error)
{
    HgPacked *told = field_of(load, field);
    if (!load->addresses.telling) {
        *ordered = *told;
        memset(told, 0, sizeof *told);
        return true;
    }
    for (uint32_t object = 0; object < load->addresses.n; object++)
        if (!hg_packed_append(ordered, hg_packed_get(told, load->addresses.telling[object]), error))
            return false;
    hg_packed_clear(told);
    return hg_packed_finish(ordered, error);
}

static bool
find_roots(Load *load, GError **error)
{
    uint64_t n_told = hg_records_count(load->records, HG_FIELD_ROOT_IDENTITY);
    load->roots = hg_array_new(n_told, sizeof(uint32_t), error);
    if (!load->roots)
        return false;
    for (uint64_t root = 0; root < n_told; root++) {
        uint64_t address = hg_records_get(load->records, HG_FIELD_ROOT_IDENTITY, root);
        uint32_t object = hg_addresses_find(&load->addresses, address);
        if (object != HG_NONE)
            load->roots[load->n_roots++] = object;
    }
    return true;
}

static bool
find_type_objects(Load *load, GError **error)
{
    load->type_objects = hg_array_new(load->n_types, sizeof(uint32_t), error);
    if (!load->type_objects)
        return false;
    for (uint32_t type = 0; type < load->n_types; type++)
        load->type_objects[type] = hg_addresses_find(
            &load->addresses, hg_records_get(load->records, HG_FIELD_TYPE_IDENTITY, type));
    return true;
}

/* ---- columns that only wait to be written --------------------------------------------- */

#define ROWS 1024u
#define AHEAD 8u

static bool
write_some_values(HgSnapshotWriter *writer, const HgBytes *values, const HgToldRow *row,
                  uint32_t count, const uint64_t *has_value, GError **error)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i + AHEAD < count && has_value[i + AHEAD])
            __builtin_prefetch(values->bytes + row[i + AHEAD].start);
        /* without a byte in any value there are no bytes at all */
        const char *value = has_value[i] ? values->n ? values->bytes + row[i].start : "" : NULL;
        if (!hg_snapshot_writer_append_value(writer, value, row[i].length, error))
            return false;
    }
    return true;
}

static void
read_sizes(const Load *load, uint32_t first, uint32_t count, uint64_t *sizes)
{
    const HgPacked *told = &load->records->field[HG_FIELD_VALUE_SIZE];
    for (uint32_t i = 0; i < count; i++)
        sizes[i] = hg_packed_get(told, hg_addresses_get_telling(&load->addresses, first + i));
}

static bool
write_values(HgSnapshotWriter *writer, void *data, GError **error)
{
    Load *load = data;
    HgToldRow row[ROWS];
    uint64_t has_value[ROWS];
    g_auto(HgToldRows) rows = {0};
    if (!hg_told_rows_init(&rows, field_of(load, HG_FIELD_VALUE_SIZE), 1, load->addresses.telling,
                           error))
        return false;
    for (uint32_t done = 0, count; done < load->addresses.n; done += count) {
        count = MIN(load->addresses.n - done, ROWS);
        hg_told_rows_read(&rows, done, count, row);
        read_sizes(load, done, count, has_value);
        if (!write_some_values(writer, &load->records->values, row, count, has_value, error))
            return false;
    }
    return true;
}

static void
on_values_written(void *data)
{
    Load *load = data;
    hg_bytes_clear(&load->records->values);
    hg_packed_clear(field_of(load, HG_FIELD_VALUE_SIZE));
}

static bool
put_field(Load *load, HgField field, HgColumn column, bool keep, GError **error)
{
    return hg_columns_put_packed(load->columns, column, field_of(load, field),
                                 load->addresses.telling, keep ? NULL : on_packed_done, error);
}

static bool
knows_garbage(const Load *load)
{
    return g_str_equal(hg_records_get_fact(load->records, HG_FACT_EXTERNAL), "yes");
}

/* The surplus says something only where all that could hold an object was looked for. */
static bool
has_surplus(const Load *load)
{
    return load->records->knows_refcounts && knows_garbage(load);
}

static bool
put_objects(Load *load, GError **error)
{
    bool keep = has_surplus(load);
    bool has_sites = hg_records_count(load->records, HG_FIELD_SITE_END) > 0;
    return hg_columns_put_array(load->columns, HG_COLUMN_ADDRESS, 8, load->addresses.address,
                                load->addresses.n, NULL, error) &&
           hg_columns_put_packed(load->columns, HG_COLUMN_TYPE, &load->type, NULL, NULL, error) &&
           hg_columns_put_packed(load->columns, HG_COLUMN_SIZE, &load->size, NULL, NULL, error) &&
           put_field(load, HG_FIELD_SIZEOF, HG_COLUMN_SIZEOF, false, error) &&
           put_field(load, HG_FIELD_REFCOUNT, HG_COLUMN_REFCOUNT, keep, error) &&
           put_field(load, HG_FIELD_FLAGS, HG_COLUMN_FLAGS, keep, error) &&
           put_field(load, HG_FIELD_LENGTH, HG_COLUMN_LENGTH, false, error) &&
           (!has_sites || put_field(load, HG_FIELD_SITE, HG_COLUMN_SITE, false, error)) &&
           hg_columns_put(load->columns, write_values, load, on_values_written, error);
}

static bool
begin_writing(Load *load, HgStore *store, GError **error)
{
    load->writer = hg_snapshot_writer_new(store, error);
    return load->writer != NULL;
}

/* ---- references ----------------------------------------------------------------------- */

/* Sets *number to the number in the store of each text that is a label. */
static bool
intern_labels(Load *load, uint32_t **number, GError **error)
{
    const HgRecords *records = load->records;
    uint64_t n_texts = hg_records_count(records, HG_FIELD_TEXT_END), n_labels = 0;
    HG_AUTO_ARRAY const char **label = hg_array_new(n_texts, sizeof(*label), error);
    HG_AUTO_ARRAY uint32_t *found = label ? hg_array_new(n_texts, sizeof(*found), error) : NULL;
    HG_AUTO_ARRAY uint32_t *all = found ? hg_array_new(n_texts, sizeof(*all), error) : NULL;
    if (!all)
        return false;
    for (uint32_t text = 0; text < n_texts; text++)
        if (records->is_label.bytes[text])
            label[n_labels++] = hg_records_get_text(records, text);
    if (!hg_snapshot_writer_add_texts(load->writer, label, n_labels, found, error))
        return false;
    n_labels = 0;
    for (uint32_t text = 0; text < n_texts; text++)
        if (records->is_label.bytes[text])
            all[text] = found[n_labels++];
    *number = g_steal_pointer(&all);
    return true;
}

static bool
resolve_references(Load *load, const uint32_t *text, GError **error)
{
    if (has_surplus(load) &&
        !(load->uncounted = hg_array_reserve(load->addresses.n, sizeof(uint32_t), error)))
        return false;
    if (!hg_references_resolve(load->records, &load->addresses, text, load->progress, &load->graph,
                               &load->label, load->uncounted, &load->n_dropped, error))
        return false;
    hg_packed_clear(field_of(load, HG_FIELD_N_REFERENCES));
    hg_packed_clear(field_of(load, HG_FIELD_HOW));
    hg_packed_clear(field_of(load, HG_FIELD_TARGET));
    hg_packed_clear(field_of(load, HG_FIELD_LABEL));
    return true;
}

static bool
write_tables(HgSnapshotWriter *writer, void *data, GError **error)
{
    Load *load = data;
    return hg_tables_write(load->records, &load->addresses, &load->sites, writer,
                           &load->n_dropped_roots, error);
}

static void
on_tables_written(void *data)
{
    hg_addresses_forget(&((Load *)data)->addresses);
}

static bool
put_tables(Load *load, GError **error)
{
    return hg_columns_put(load->columns, write_tables, load, on_tables_written, error) &&
           hg_columns_put_packed(load->columns, HG_COLUMN_LABEL, &load->label, NULL, on_packed_done,
                                 error);
}

/* Last of all: these stay in memory to the end, and what is freed by being written goes first. */
static bool
put_forward(Load *load, GError **error)
{
    const HgGraph *graph = &load->graph;
    return hg_columns_put_array(load->columns, HG_COLUMN_FORWARD_FIRST, 8, graph->forward.first,
                                (uint64_t)graph->n_objects + 1, NULL, error) &&
           hg_columns_put_array(load->columns, HG_COLUMN_TARGET, 4, graph->forward.other,
                                graph->n_references, NULL, error) &&
           hg_columns_put_array(load->columns, HG_COLUMN_HOW, 1, graph->how, graph->n_references,
                                NULL, error);
}

/* ---- the side thread: types, backward rows, distances ---------------------------------------- */

static uint64_t
zigzag(int64_t number)
{
    return (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
}

static uint64_t
get_surplus(Load *load, uint32_t object)
{
    uint32_t place = hg_addresses_get_telling(&load->addresses, object);
    uint64_t refcount = hg_packed_get(field_of(load, HG_FIELD_REFCOUNT), place);
    uint64_t flags = hg_packed_get(field_of(load, HG_FIELD_FLAGS), place);
    if (!refcount || (flags & HG_OBJECT_IMMORTAL))
        return 0;
    uint64_t n_found = load->backward_first[(uint64_t)object + 1] - load->backward_first[object] -
                       load->uncounted[object];
    return zigzag((int64_t)(refcount - 1 - n_found));
}

static bool
write_surplus(HgSnapshotWriter *writer, void *data, GError **error)
{
    Load *load = data;
    g_autofree uint64_t *part = g_new(uint64_t, PART);
    for (uint32_t done = 0, count; done < load->addresses.n; done += count) {
        count = MIN(load->addresses.n - done, PART);
        for (uint32_t i = 0; i < count; i++)
            part[i] = get_surplus(load, done + i);
        if (!hg_snapshot_writer_append(writer, HG_COLUMN_SURPLUS, part, count, error))
            return false;
    }
    return true;
}

static void
on_surplus_written(void *data)
{
    Load *load = data;
    hg_array_clear(&load->uncounted);
    hg_array_clear(&load->backward_first);
    hg_packed_clear(field_of(load, HG_FIELD_REFCOUNT));
    hg_packed_clear(field_of(load, HG_FIELD_FLAGS));
}

static bool
put_backward(Load *load, HgRows *backward, GError **error)
{
    bool keep = has_surplus(load);
    uint64_t *first = g_steal_pointer(&backward->first);
    if (keep)
        load->backward_first = first;
    return hg_columns_put_array(load->columns, HG_COLUMN_BACKWARD_FIRST, 8, first,
                                (uint64_t)load->graph.n_objects + 1, keep ? NULL : hg_array_free,
                                error) &&
           hg_columns_put_array(load->columns, HG_COLUMN_SOURCE, 4,
                                g_steal_pointer(&backward->other), load->graph.n_references,
                                hg_array_free, error) &&
           (!keep || hg_columns_put(load->columns, write_surplus, load, on_surplus_written, error));
}

static void
count_garbage(Load *load, const uint32_t *distance)
{
    for (uint32_t object = 0; object < load->addresses.n; object++)
        if (!distance[object])
            load->types.n_garbage[hg_packed_get(&load->type, object)]++;
}

static bool
put_reach(Load *load, HgReach *reach, GError **error)
{
    load->n_live = reach->n_live;
    if (knows_garbage(load))
        count_garbage(load, reach->distance);
    return hg_columns_put_array(load->columns, HG_COLUMN_DISTANCE, 4,
                                g_steal_pointer(&reach->distance), load->graph.n_objects,
                                hg_array_free, error) &&
           hg_columns_put_array(load->columns, HG_COLUMN_STEP, 4, g_steal_pointer(&reach->step),
                                load->graph.n_objects, hg_array_free, error);
}

static bool
sort_by_type(Load *load, GError **error)
{
    uint32_t *objects = NULL;
    return hg_by_type_sort(&load->type, &load->size, (uint32_t)load->n_types, load->types.first,
                           &objects, error) &&
           hg_columns_put_array(load->columns, HG_COLUMN_BY_TYPE, 4, objects, load->addresses.n,
                                hg_array_free, error);
}

static bool
on_side_progress(const char *step, uint64_t done, uint64_t total, void *user_data)
{
    return !g_atomic_int_get(&((Load *)user_data)->side_cancelled);
}

static bool
work_aside(Load *load, GError **error)
{
    HgProgress progress = {on_side_progress, load};
    HgGraph graph = load->graph; /* only to be given its backward rows */
    g_auto(HgReach) reach = {0};
    bool done = sort_by_type(load, error) && hg_graph_reverse(&graph, error) &&
                put_backward(load, &graph.backward, error) &&
                hg_reach_find(&load->graph, load->roots, load->n_roots, &progress, &reach, error) &&
                put_reach(load, &reach, error);
    hg_rows_clear(&graph.backward);
    return done;
}

static void *
run_side(void *user_data)
{
    Load *load = user_data;
    GError *error = NULL;
    if (!work_aside(load, &error))
        load->side_error = error;
    return NULL;
}

static bool
join_side(Load *load, GError **error)
{
    g_thread_join(g_steal_pointer(&load->side));
    if (!load->side_error)
        return true;
    g_propagate_error(error, g_steal_pointer(&load->side_error));
    return false;
}

/* ---- holders -------------------------------------------------------------------------- */

static bool
write_holders(HgSnapshotWriter *writer, void *data, GError **error)
{
    const Load *load = data;
    uint32_t n = load->addresses.n;
    g_autofree uint64_t *part = g_new(uint64_t, PART);
    for (uint32_t done = 0, count; done < n; done += count) {
        count = MIN(n - done, PART);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t row = load->held.row[done + i];
            part[i] = row <= n ? row : 0;
        }
        if (!hg_snapshot_writer_append(writer, HG_COLUMN_HOLDER, part, count, error))
            return false;
    }
    return true;
}

static void
on_holders_written(void *data)
{
    hg_array_clear(&((Load *)data)->held.row);
}

static bool
put_held(Load *load, GError **error)
{
    uint64_t n = load->addresses.n;
    return hg_held_rows_find(&load->dominators, &load->held, error) &&
           hg_columns_put(load->columns, write_holders, load, on_holders_written, error) &&
           hg_columns_put_array(load->columns, HG_COLUMN_HELD_FIRST, 4,
                                g_steal_pointer(&load->held.first), n + 3, hg_array_free, error) &&
           hg_columns_put_array(load->columns, HG_COLUMN_HELD, 4, g_steal_pointer(&load->held.held),
                                n, hg_array_free, error);
}

static bool
write_retained(HgSnapshotWriter *writer, void *data, GError **error)
{
    const Load *load = data;
    g_autofree uint64_t *part = g_new(uint64_t, PART);
    for (uint32_t done = 0, count; done < load->addresses.n; done += count) {
        count = MIN(load->addresses.n - done, PART);
        for (uint32_t i = 0; i < count; i++)
            part[i] = load->retained[load->dominators.number[done + i]];
        if (!hg_snapshot_writer_append(writer, HG_COLUMN_RETAINED, part, count, error))
            return false;
    }
    return true;
}

static bool
find_holders(Load *load, GError **error)
{
    return hg_dominators_find(&load->graph, load->roots, load->n_roots, load->progress,
                              &load->dominators, error) &&
           put_held(load, error) &&
           hg_retained_find(&load->dominators, &load->size, &load->retained, error) &&
           hg_columns_put(load->columns, write_retained, load, NULL, error) &&
           hg_retained_sum_types(&load->dominators, load->retained, &load->type,
                                 (uint32_t)load->n_types, load->types.retained, error);
}

/* ---- all ------------------------------------------------------------------------------ */

/* Returns: boot id, pid and start as one text, "" if they are not all known; g_free(). */
static char *
dup_process(const HgRecords *records)
{
    const char *boot = hg_records_get_fact(records, HG_FACT_BOOT_ID);
    const char *pid = hg_records_get_fact(records, HG_FACT_PID);
    const char *start = hg_records_get_fact(records, HG_FACT_PROCESS_START);
    return *boot && *pid && *start ? g_strjoin(" ", boot, pid, start, NULL) : g_strdup("");
}

static bool
publish(Load *load, const char *name, HgLoadResult *result, GError **error)
{
    const HgRecords *records = load->records;
    g_autofree char *process = dup_process(records);
    HgSnapshotInfo info = {
        .name = (char *)name,
        .taken = g_ascii_strtoll(hg_records_get_fact(records, HG_FACT_TAKEN), NULL, 10),
        .source = (char *)hg_records_get_fact(records, HG_FACT_SOURCE),
        .python = (char *)hg_records_get_fact(records, HG_FACT_PYTHON),
        .process = process,
        .n_objects = load->graph.n_objects,
        .n_references = load->graph.n_references,
        .size = records->size,
        .instant = !g_str_equal(hg_records_get_fact(records, HG_FACT_INSTANT), "no"),
        .knows_garbage = knows_garbage(load),
        .n_live = load->n_live,
        .n_dropped = load->n_dropped + load->n_dropped_roots,
    };
    uint32_t id;
    if (!hg_snapshot_writer_publish(load->writer, &info, &id, error))
        return false;
    *result = (HgLoadResult){id, info.n_objects, info.n_references, info.n_dropped, info.n_live};
    return true;
}

static bool
load_objects(Load *load, HgStore *store, GError **error)
{
    return sort_objects(load, error) && sum_types(load, error) && sum_sites(load, error) &&
           take_in_order(load, HG_FIELD_TYPE, &load->type, error) &&
           take_in_order(load, HG_FIELD_SIZE, &load->size, error) && find_roots(load, error) &&
           find_type_objects(load, error) && begin_writing(load, store, error);
}

static bool
load_references(Load *load, GError **error)
{
    g_autofree uint32_t *text = NULL;
    if (!intern_labels(load, &text, error))
        return false;
    load->columns = hg_columns_new(load->writer);
    return put_objects(load, error) && resolve_references(load, text, error) &&
           put_tables(load, error);
}

static bool
load_holders(Load *load, GError **error)
{
    load->side = g_thread_new("load-aside", run_side, load);
    return find_holders(load, error) && join_side(load, error);
}

static bool
finish_writing(Load *load, GError **error)
{
    return hg_progress_report(load->progress, "writing the store", 0, 0, error) &&
           put_forward(load, error) && hg_columns_finish(load->columns, error) &&
           hg_tables_write_types(load->records, load->type_objects, &load->types, load->writer,
                                 error);
}

bool
hg_loader_finish(HgLoader *loader, HgLoadResult *result, GError **error)
{
    if (!loader->records.ended) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_TRUNCATED,
                            "the heap was not told to its end");
        return false;
    }
    hg_arrays_begin_reuse(KEPT * hg_records_count(&loader->records, HG_FIELD_IDENTITY));
    Load load = {.records = &loader->records, .progress = &loader->options->progress};
    bool loaded = load_objects(&load, loader->store, error) && load_references(&load, error) &&
                  load_holders(&load, error) && finish_writing(&load, error) &&
                  publish(&load, loader->options->name, result, error);
    load_clear(&load);
    hg_arrays_end_reuse();
    return loaded;
}
