/* table-reference.c - the tables `reference`, referrers(nr) and referents(nr).
 *
 * Forward, a cursor runs over places in HG_COLUMN_TARGET; backward, over places in
 * HG_COLUMN_SOURCE, and looks for the place of the label only if that is asked for.
 * SPDX-License-Identifier: MIT */
#include "core/store/tables-private.h"

enum {
    COLUMN_SOURCE,
    COLUMN_TARGET,
    COLUMN_KIND,
    COLUMN_LABEL,
    COLUMN_HOW,
    COLUMN_RAW,
    COLUMN_PLACE
};

/* The columns of the two functions, as those of `reference`. */
enum {
    FUNCTION_NR,
    FUNCTION_KIND,
    FUNCTION_LABEL,
    FUNCTION_OBJECT,
    FUNCTION_HOW,
    FUNCTION_PLACE
};

/* Plans; the arguments of xFilter follow in this order. */
enum {
    PLAN_SOURCE = 0x01, /* source = ? */
    PLAN_TARGET = 0x02, /* target = ? */
    PLAN_LOW = 0x04,    /* source >= ? */
    PLAN_HIGH = 0x08    /* source <= ? */
};

typedef struct {
    sqlite3_vtab_cursor base;
    HgTablesView *view;
    bool is_backward;
    uint64_t at, end;        /* places */
    uint64_t source, target; /* of the current row */
    uint64_t row_end;        /* forward: where the references of `source` end */
    uint32_t nth;            /* backward: how many the same source has before this one */
} Cursor;

/* ---- plans ------------------------------------------------------------------------------ */

static double
references_each(HgTables *tables)
{
    HgTablesView *view = hg_tables_get_view(tables, NULL);
    double n_objects = view ? hg_snapshot_count_objects(view->snapshot) : 0;
    return n_objects > 0 ? 1 + (double)hg_snapshot_count_references(view->snapshot) / n_objects : 2;
}

static int
connect_reference(sqlite3 *db, void *tables, int argc, const char *const *argv,
                  sqlite3_vtab **table, char **message)
{
    return hg_table_connect(db, tables,
                            "CREATE TABLE reference (source INTEGER, target INTEGER, kind TEXT,"
                            " label TEXT, how INTEGER HIDDEN, raw INTEGER HIDDEN,"
                            " place INTEGER HIDDEN)",
                            table);
}

static int
connect_function(sqlite3 *db, void *tables, int argc, const char *const *argv, sqlite3_vtab **table,
                 char **message)
{
    return hg_table_connect(db, tables,
                            "CREATE TABLE function (nr INTEGER, kind TEXT, label TEXT,"
                            " object INTEGER HIDDEN, how INTEGER HIDDEN, place INTEGER HIDDEN)",
                            table);
}

static bool
plan_equal(sqlite3_index_info *index, int column, int number, double rows)
{
    int constraint = hg_index_find(index, column, SQLITE_INDEX_CONSTRAINT_EQ);
    if (constraint < 0)
        return false;
    hg_index_use(index, constraint, 1);
    index->idxNum = number;
    index->estimatedCost = rows + (number == PLAN_TARGET);
    index->estimatedRows = (sqlite3_int64)rows;
    return true;
}

static int
find_bound(const sqlite3_index_info *index, unsigned char strict, unsigned char loose)
{
    int constraint = hg_index_find(index, COLUMN_SOURCE, strict);
    return constraint >= 0 ? constraint : hg_index_find(index, COLUMN_SOURCE, loose);
}

static void
plan_range(sqlite3_index_info *index, double rows)
{
    int low = find_bound(index, SQLITE_INDEX_CONSTRAINT_GT, SQLITE_INDEX_CONSTRAINT_GE);
    int high = find_bound(index, SQLITE_INDEX_CONSTRAINT_LT, SQLITE_INDEX_CONSTRAINT_LE);
    int argument = 1;
    if (low >= 0)
        hg_index_use(index, low, argument++);
    if (high >= 0)
        hg_index_use(index, high, argument++);
    index->idxNum = (low >= 0 ? PLAN_LOW : 0) | (high >= 0 ? PLAN_HIGH : 0);
    rows /= (low >= 0 ? 4 : 1) * (high >= 0 ? 4 : 1);
    index->estimatedCost = rows;
    index->estimatedRows = (sqlite3_int64)rows;
}

static int
plan_reference(sqlite3_vtab *table, sqlite3_index_info *index)
{
    GError *error = NULL;
    HgTables *tables = ((HgTable *)table)->tables;
    HgTablesView *view = hg_tables_get_view(tables, &error);
    if (!view)
        return hg_table_fail(table, error);
    double each = references_each(tables);
    if (!plan_equal(index, COLUMN_SOURCE, PLAN_SOURCE, each) &&
        !plan_equal(index, COLUMN_TARGET, PLAN_TARGET, each))
        plan_range(index, (double)hg_snapshot_count_references(view->snapshot) + 1);
    if (index->nOrderBy == 1 && index->aOrderBy[0].iColumn == COLUMN_SOURCE &&
        !index->aOrderBy[0].desc)
        index->orderByConsumed = 1;
    return SQLITE_OK;
}

static int
plan_referrers(sqlite3_vtab *table, sqlite3_index_info *index)
{
    index->idxNum = PLAN_TARGET;
    return hg_index_plan_function(table, index, FUNCTION_OBJECT, "referrers",
                                  1 + references_each(((HgTable *)table)->tables));
}

static int
plan_referents(sqlite3_vtab *table, sqlite3_index_info *index)
{
    index->idxNum = PLAN_SOURCE;
    return hg_index_plan_function(table, index, FUNCTION_OBJECT, "referents",
                                  references_each(((HgTable *)table)->tables));
}

/* ---- the cursor ------------------------------------------------------------------------- */

static int
open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    Cursor *made = g_new0(Cursor, 1);
    *cursor = &made->base;
    return SQLITE_OK;
}

static int
close_cursor(sqlite3_vtab_cursor *cursor)
{
    g_free(cursor);
    return SQLITE_OK;
}

/* Passes sources without references. Their row starts were not checked, so that a damaged
 * column may not run beyond the last object. */
static bool
settle_forward(Cursor *cursor, GError **error)
{
    HgSnapshot *snapshot = cursor->view->snapshot;
    while (cursor->at >= cursor->row_end) {
        cursor->source++;
        if (!hg_snapshot_get(snapshot, HG_COLUMN_FORWARD_FIRST, cursor->source + 1,
                             &cursor->row_end, error))
            return false;
    }
    return hg_snapshot_get(snapshot, HG_COLUMN_TARGET, cursor->at, &cursor->target, error);
}

/* Counts on while the source stays the same. */
static bool
settle_backward(Cursor *cursor, GError **error)
{
    uint64_t source;
    if (!hg_snapshot_get(cursor->view->snapshot, HG_COLUMN_SOURCE, cursor->at, &source, error))
        return false;
    cursor->nth = source == cursor->source ? cursor->nth + 1 : 0;
    cursor->source = source;
    return true;
}

static int
settle(Cursor *cursor)
{
    GError *error = NULL;
    if (cursor->at >= cursor->end)
        return SQLITE_OK;
    bool fine =
        cursor->is_backward ? settle_backward(cursor, &error) : settle_forward(cursor, &error);
    return fine ? SQLITE_OK : hg_table_fail(cursor->base.pVtab, error);
}

static bool
start_backward(Cursor *cursor, uint32_t target, GError **error)
{
    cursor->is_backward = true;
    cursor->target = target;
    cursor->source = HG_UNKNOWN;
    return hg_snapshot_get_row(cursor->view->snapshot, HG_COLUMN_BACKWARD_FIRST, target,
                               &cursor->at, &cursor->end, error);
}

/* Starts at the references of source [low], to end with those of [high]. */
static bool
start_forward(Cursor *cursor, uint32_t low, uint32_t high, GError **error)
{
    uint64_t unused;
    cursor->is_backward = false;
    cursor->source = low;
    return hg_snapshot_get_row(cursor->view->snapshot, HG_COLUMN_FORWARD_FIRST, low, &cursor->at,
                               &cursor->row_end, error) &&
           hg_snapshot_get_row(cursor->view->snapshot, HG_COLUMN_FORWARD_FIRST, high, &unused,
                               &cursor->end, error);
}

/* Sets the range of sources (or the one target) that the arguments leave.
 * Returns: whether there is any. */
static bool
get_range(int number, sqlite3_value **arguments, int64_t *low, int64_t *high)
{
    int64_t wanted;
    if (number & (PLAN_SOURCE | PLAN_TARGET)) {
        if (!hg_value_get_number(arguments[0], &wanted))
            return false;
        *low = MAX(*low, wanted);
        *high = MIN(*high, wanted);
    }
    if (number & PLAN_LOW)
        hg_value_raise(*arguments++, low);
    if (number & PLAN_HIGH)
        hg_value_lower(*arguments, high);
    return *low <= *high;
}

static int
filter(sqlite3_vtab_cursor *base, int number, const char *text, int n_arguments,
       sqlite3_value **arguments)
{
    Cursor *cursor = (Cursor *)base;
    GError *error = NULL;
    cursor->at = cursor->end = 0;
    cursor->view = hg_tables_get_view(((HgTable *)base->pVtab)->tables, &error);
    if (!cursor->view)
        return hg_table_fail(base->pVtab, error);
    int64_t low = 0, high = (int64_t)hg_snapshot_count_objects(cursor->view->snapshot) - 1;
    if (!get_range(number, arguments, &low, &high))
        return SQLITE_OK;
    bool fine = number & PLAN_TARGET ? start_backward(cursor, (uint32_t)low, &error)
                                     : start_forward(cursor, (uint32_t)low, (uint32_t)high, &error);
    return fine ? settle(cursor) : hg_table_fail(base->pVtab, error);
}

static int
next(sqlite3_vtab_cursor *base)
{
    Cursor *cursor = (Cursor *)base;
    cursor->at++;
    return settle(cursor);
}

static int
is_at_end(sqlite3_vtab_cursor *base)
{
    Cursor *cursor = (Cursor *)base;
    return cursor->at >= cursor->end;
}

/* ---- columns ---------------------------------------------------------------------------- */

/* Sets the place of the current row in HG_COLUMN_TARGET. */
static bool
find_place(const Cursor *cursor, uint64_t *place, GError **error)
{
    *place = cursor->at;
    if (!cursor->is_backward)
        return true;
    if (cursor->source >= hg_snapshot_count_objects(cursor->view->snapshot)) {
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "damaged column: a source is no object");
        return false;
    }
    return hg_snapshot_find_reference(cursor->view->snapshot, (uint32_t)cursor->source,
                                      (uint32_t)cursor->target, cursor->nth, place, error);
}

static void
result_of_place(sqlite3_context *context, const Cursor *cursor, int column)
{
    HgSnapshot *snapshot = cursor->view->snapshot;
    GError *error = NULL;
    uint64_t place;
    if (!find_place(cursor, &place, &error)) {
        hg_result_fail(context, error);
        return;
    }
    if (column == COLUMN_KIND)
        hg_result_kind(context, snapshot, place);
    else if (column == COLUMN_LABEL)
        hg_result_label(context, snapshot, place);
    else if (column == COLUMN_PLACE)
        sqlite3_result_int64(context, (sqlite3_int64)place);
    else
        hg_result_number(context, snapshot, column == COLUMN_HOW ? HG_COLUMN_HOW : HG_COLUMN_LABEL,
                         place, 0);
}

static int
get_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    const Cursor *cursor = (Cursor *)base;
    if (column == COLUMN_SOURCE)
        sqlite3_result_int64(context, (sqlite3_int64)cursor->source);
    else if (column == COLUMN_TARGET)
        sqlite3_result_int64(context, (sqlite3_int64)cursor->target);
    else
        result_of_place(context, cursor, column);
    return SQLITE_OK;
}

/* The functions show the other end of the reference; their hidden argument is this end. */
static int
get_function_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    static const int columns[] = {
        [FUNCTION_KIND] = COLUMN_KIND,
        [FUNCTION_LABEL] = COLUMN_LABEL,
        [FUNCTION_HOW] = COLUMN_HOW,
        [FUNCTION_PLACE] = COLUMN_PLACE,
    };
    bool is_backward = ((Cursor *)base)->is_backward;
    if (column == FUNCTION_NR)
        return get_column(base, context, is_backward ? COLUMN_SOURCE : COLUMN_TARGET);
    if (column == FUNCTION_OBJECT)
        return get_column(base, context, is_backward ? COLUMN_TARGET : COLUMN_SOURCE);
    return get_column(base, context, columns[column]);
}

static int
get_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid)
{
    GError *error = NULL;
    uint64_t place;
    if (!find_place((Cursor *)base, &place, &error))
        return hg_table_fail(base->pVtab, error);
    *rowid = (sqlite3_int64)place;
    return SQLITE_OK;
}

#define MODULE(connect, plan, column)                                                              \
    {                                                                                              \
        .xConnect = connect, .xDisconnect = hg_table_disconnect, .xBestIndex = plan,               \
        .xOpen = open_cursor, .xClose = close_cursor, .xFilter = filter, .xNext = next,            \
        .xEof = is_at_end, .xColumn = column, .xRowid = get_rowid                                  \
    }

const sqlite3_module hg_reference_module = MODULE(connect_reference, plan_reference, get_column);
const sqlite3_module hg_referrers_module =
    MODULE(connect_function, plan_referrers, get_function_column);
const sqlite3_module hg_referents_module =
    MODULE(connect_function, plan_referents, get_function_column);
