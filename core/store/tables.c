/* tables.c - columns as SQL tables: what the tables share.
 * SPDX-License-Identifier: MIT */
#include "core/store/tables-private.h"

#include <math.h>

struct HgTables {
    HgStore *store;
    GPtrArray *views; /* the chosen one is the last; earlier ones may still be in use */
    HgTablesView *chosen;
};

/* ---- the snapshot ----------------------------------------------------------------------- */

static void
view_free(HgTablesView *view)
{
    g_free(view->first);
    g_free(view->target);
    g_free(view->how);
    g_free(view->first_child);
    g_free(view->child);
    if (view->is_owned)
        hg_snapshot_close(view->snapshot);
    g_free(view);
}

static HgTablesView *
add_view(HgTables *tables, HgSnapshot *snapshot, bool is_owned)
{
    HgTablesView *view = g_new0(HgTablesView, 1);
    view->snapshot = snapshot;
    view->is_owned = is_owned;
    g_ptr_array_add(tables->views, view);
    tables->chosen = view;
    return view;
}

HgTables *
hg_tables_new(HgSnapshot *snapshot, HgStore *store)
{
    HgTables *tables = g_new0(HgTables, 1);
    tables->views = g_ptr_array_new_with_free_func((GDestroyNotify)view_free);
    if (snapshot)
        add_view(tables, snapshot, false);
    tables->store = store;
    return tables;
}

void
hg_tables_free(HgTables *tables)
{
    if (!tables)
        return;
    g_ptr_array_unref(tables->views);
    hg_store_close(tables->store);
    g_free(tables);
}

static HgTablesView *
find_view(const HgTables *tables, uint32_t id)
{
    for (guint index = 0; index < tables->views->len; index++) {
        HgTablesView *view = g_ptr_array_index(tables->views, index);
        if (hg_snapshot_get_info(view->snapshot)->id == id)
            return view;
    }
    return NULL;
}

bool
hg_tables_choose(HgTables *tables, const char *which, uint32_t *id, GError **error)
{
    uint32_t found;
    if (!hg_store_find_snapshot(tables->store, which, &found, error))
        return false;
    HgTablesView *view = find_view(tables, found);
    HgSnapshot *snapshot = view ? NULL : hg_snapshot_open(tables->store, found, error);
    if (!view && !snapshot)
        return false;
    tables->chosen = view ? view : add_view(tables, snapshot, true);
    *id = found;
    return true;
}

HgTablesView *
hg_tables_get_view(HgTables *tables, GError **error)
{
    uint32_t id;
    if (!tables->chosen && !hg_tables_choose(tables, NULL, &id, error))
        return NULL;
    return tables->chosen;
}

static void *
new_array(uint64_t count, size_t size, GError **error)
{
    void *array = g_try_malloc0_n(MAX(count, 1), size);
    if (!array)
        g_set_error(error, HG_ERROR, HG_ERROR_MEMORY,
                    "no memory for %" G_GUINT64_FORMAT " numbers of %zu bytes", count, size);
    return array;
}

/* The starts of rows must rise and end within what they are rows of. */
static bool
check_rows(const uint64_t *first, uint64_t n_rows, uint64_t n_numbers, GError **error)
{
    bool fine = first[n_rows] <= n_numbers;
    for (uint64_t row = 0; fine && row < n_rows; row++)
        fine = first[row] <= first[row + 1];
    if (!fine)
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "damaged column: the starts of rows");
    return fine;
}

bool
hg_tables_view_need_references(HgTablesView *view, GError **error)
{
    HgSnapshot *snapshot = view->snapshot;
    uint64_t n_objects = hg_snapshot_count_objects(snapshot);
    uint64_t n_references = hg_snapshot_count_references(snapshot);
    if (view->first)
        return true;
    g_autofree uint64_t *first = new_array(n_objects + 1, sizeof *first, error);
    g_autofree uint32_t *target = first ? new_array(n_references, sizeof *target, error) : NULL;
    g_autofree uint8_t *how = target ? new_array(n_references, sizeof *how, error) : NULL;
    if (!how ||
        !hg_snapshot_read(snapshot, HG_COLUMN_FORWARD_FIRST, 0, n_objects + 1, first, error) ||
        !hg_snapshot_read_u32(snapshot, HG_COLUMN_TARGET, 0, n_references, target, error) ||
        !hg_snapshot_read_u8(snapshot, HG_COLUMN_HOW, 0, n_references, how, error) ||
        !check_rows(first, n_objects, n_references, error))
        return false;
    view->first = g_steal_pointer(&first);
    view->target = g_steal_pointer(&target);
    view->how = g_steal_pointer(&how);
    return true;
}

bool
hg_tables_view_need_children(HgTablesView *view, GError **error)
{
    HgSnapshot *snapshot = view->snapshot;
    uint64_t n_objects = hg_snapshot_count_objects(snapshot), n_starts = n_objects + 3;
    if (view->first_child)
        return true;
    g_autofree uint64_t *first = new_array(n_starts, sizeof *first, error);
    g_autofree uint32_t *child = first ? new_array(n_objects, sizeof *child, error) : NULL;
    if (!child || !hg_snapshot_read(snapshot, HG_COLUMN_HELD_FIRST, 0, n_starts, first, error) ||
        !hg_snapshot_read_u32(snapshot, HG_COLUMN_HELD, 0, n_objects, child, error) ||
        !check_rows(first, n_starts - 1, n_objects, error))
        return false;
    view->first_child = g_steal_pointer(&first);
    view->child = g_steal_pointer(&child);
    return true;
}

/* ---- tables ----------------------------------------------------------------------------- */

int
hg_table_connect(sqlite3 *db, void *tables, const char *declaration, sqlite3_vtab **table)
{
    int result = sqlite3_declare_vtab(db, declaration);
    if (result != SQLITE_OK)
        return result;
    sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
    HgTable *made = g_new0(HgTable, 1);
    made->tables = tables;
    *table = &made->base;
    return SQLITE_OK;
}

int
hg_table_disconnect(sqlite3_vtab *table)
{
    g_free(table);
    return SQLITE_OK;
}

int
hg_table_fail(sqlite3_vtab *table, GError *error)
{
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("%s", error->message);
    g_error_free(error);
    return SQLITE_ERROR;
}

void
hg_result_fail(sqlite3_context *context, GError *error)
{
    sqlite3_result_error(context, error->message, -1);
    g_error_free(error);
}

int
hg_index_find(const sqlite3_index_info *index, int column, unsigned char operator)
{
    for (int constraint = 0; constraint < index->nConstraint; constraint++)
        if (index->aConstraint[constraint].iColumn == column &&
            index->aConstraint[constraint].op == operator&& index->aConstraint[constraint].usable)
            return constraint;
    return -1;
}

void
hg_index_use(sqlite3_index_info *index, int constraint, int argument)
{
    index->aConstraintUsage[constraint].argvIndex = argument;
}

/* Returns: whether the argument is there but its value is not known in this plan. */
static bool
is_waiting(const sqlite3_index_info *index, int column)
{
    for (int constraint = 0; constraint < index->nConstraint; constraint++)
        if (index->aConstraint[constraint].iColumn == column &&
            index->aConstraint[constraint].op == SQLITE_INDEX_CONSTRAINT_EQ)
            return true;
    return false;
}

int
hg_index_plan_function(sqlite3_vtab *table, sqlite3_index_info *index, int column, const char *name,
                       double rows)
{
    int constraint = hg_index_find(index, column, SQLITE_INDEX_CONSTRAINT_EQ);
    if (constraint < 0 && is_waiting(index, column))
        return SQLITE_CONSTRAINT;
    if (constraint < 0)
        return hg_table_fail(table,
                             g_error_new(HG_ERROR, HG_ERROR_USAGE,
                                         "%s needs the number of an object: %s(nr)", name, name));
    hg_index_use(index, constraint, 1);
    index->aConstraintUsage[constraint].omit = 1;
    index->estimatedCost = rows;
    index->estimatedRows = (sqlite3_int64)rows;
    return SQLITE_OK;
}

/* ---- values ----------------------------------------------------------------------------- */

#define REAL_LIMIT 9.2e18 /* reals beyond it are no 64-bit numbers */

bool
hg_value_get_number(sqlite3_value *value, int64_t *number)
{
    int type = sqlite3_value_numeric_type(value);
    double real = sqlite3_value_double(value);
    if (type == SQLITE_FLOAT && (fabs(real) > REAL_LIMIT || real != floor(real)))
        return false;
    *number = type == SQLITE_FLOAT ? (int64_t)real : sqlite3_value_int64(value);
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

void
hg_value_raise(sqlite3_value *value, int64_t *low)
{
    int type = sqlite3_value_numeric_type(value);
    double real = sqlite3_value_double(value);
    if (type == SQLITE_NULL || (type == SQLITE_FLOAT && real > REAL_LIMIT))
        *low = INT64_MAX;
    else if (type == SQLITE_INTEGER)
        *low = MAX(*low, sqlite3_value_int64(value));
    else if (type == SQLITE_FLOAT && real > -REAL_LIMIT)
        *low = MAX(*low, (int64_t)ceil(real));
}

void
hg_value_lower(sqlite3_value *value, int64_t *high)
{
    int type = sqlite3_value_numeric_type(value);
    double real = sqlite3_value_double(value);
    if (type == SQLITE_NULL || (type == SQLITE_FLOAT && real < -REAL_LIMIT))
        *high = INT64_MIN;
    else if (type == SQLITE_INTEGER)
        *high = MIN(*high, sqlite3_value_int64(value));
    else if (type == SQLITE_FLOAT && real < REAL_LIMIT)
        *high = MIN(*high, (int64_t)floor(real));
}

/* ---- results ---------------------------------------------------------------------------- */

void
hg_result_number(sqlite3_context *context, HgSnapshot *snapshot, HgColumn column, uint64_t index,
                 uint64_t less)
{
    GError *error = NULL;
    uint64_t number;
    if (hg_snapshot_count(snapshot, column) == 0)
        return;
    if (!hg_snapshot_get(snapshot, column, index, &number, &error))
        hg_result_fail(context, error);
    else if (number >= less)
        sqlite3_result_int64(context, (sqlite3_int64)(number - less));
}

void
hg_result_kind(sqlite3_context *context, HgSnapshot *snapshot, uint64_t reference)
{
    GError *error = NULL;
    uint64_t how;
    if (hg_snapshot_get(snapshot, HG_COLUMN_HOW, reference, &how, &error))
        sqlite3_result_text(context, hg_label_kind_get_name(how & HG_HOW_LABEL), -1, SQLITE_STATIC);
    else
        hg_result_fail(context, error);
}

void
hg_result_label(sqlite3_context *context, HgSnapshot *snapshot, uint64_t reference)
{
    GError *error = NULL;
    char *label = hg_snapshot_dup_label(snapshot, reference, &error);
    if (label)
        sqlite3_result_text(context, label, -1, g_free);
    else
        hg_result_fail(context, error);
}

/* ---- registration ----------------------------------------------------------------------- */

static void
on_snapshot(sqlite3_context *context, int n_arguments, sqlite3_value **arguments)
{
    GError *error = NULL;
    HgTablesView *view = hg_tables_get_view(sqlite3_user_data(context), &error);
    if (view)
        sqlite3_result_int64(context, hg_snapshot_get_info(view->snapshot)->id);
    else
        hg_result_fail(context, error);
}

static const char views[] =
    "CREATE TEMP VIEW IF NOT EXISTS type AS SELECT type_id, name, module, qualname, count, "
    "garbage, size,"
    " retained, sizeof, address, nr, basicsize, itemsize, flags, slots, bases"
    " FROM all_type WHERE snapshot = heapgraph_snapshot();"
    "CREATE TEMP VIEW IF NOT EXISTS root AS SELECT nr, kind, name, frame, interpreter"
    " FROM all_root WHERE snapshot = heapgraph_snapshot();"
    "CREATE TEMP VIEW IF NOT EXISTS thread AS SELECT number, id, name, interpreter"
    " FROM all_thread WHERE snapshot = heapgraph_snapshot();"
    "CREATE TEMP VIEW IF NOT EXISTS frame AS SELECT number, thread, depth, function, file, line, nr"
    " FROM all_frame WHERE snapshot = heapgraph_snapshot();"
    "CREATE TEMP VIEW IF NOT EXISTS site AS SELECT number, lines, objects, size"
    " FROM all_site WHERE snapshot = heapgraph_snapshot();"
    "CREATE TEMP VIEW IF NOT EXISTS fact AS SELECT key, value"
    " FROM all_fact WHERE snapshot = heapgraph_snapshot();";

bool
hg_tables_register(HgTables *tables, sqlite3 *db, GError **error)
{
    static const struct {
        const char *name;
        const sqlite3_module *module;
    } modules[] = {
        {"object", &hg_object_module},
        {"reference", &hg_reference_module},
        {"referrers", &hg_referrers_module},
        {"referents", &hg_referents_module},
        {"reachable", &hg_reachable_module},
        {"dominated", &hg_dominated_module},
        {"path_to_root", &hg_path_to_root_module},
    };
    int result =
        sqlite3_create_function_v2(db, "heapgraph_snapshot", 0, SQLITE_UTF8 | SQLITE_INNOCUOUS,
                                   tables, on_snapshot, NULL, NULL, NULL);
    for (size_t index = 0; result == SQLITE_OK && index < G_N_ELEMENTS(modules); index++)
        result =
            sqlite3_create_module_v2(db, modules[index].name, modules[index].module, tables, NULL);
    if (result != SQLITE_OK)
        return hg_database_fail(db, error);
    return hg_database_run(db, views, error);
}
