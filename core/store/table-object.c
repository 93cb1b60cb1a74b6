/* table-object.c - the table `object`.
 *
 * Three ways through it: numbers from .. to, the objects of some types (HG_COLUMN_BY_TYPE has
 * them together), the one at an address.
 * SPDX-License-Identifier: MIT */
#include "core/store/tables-private.h"

static const char declaration[] =
    "CREATE TABLE object (nr INTEGER PRIMARY KEY, address INTEGER, type TEXT, type_id INTEGER,"
    " size INTEGER, sizeof INTEGER, refcount INTEGER, surplus INTEGER, length INTEGER, value TEXT,"
    " live INTEGER, holder INTEGER, retained INTEGER, distance INTEGER, flags INTEGER,"
    " site INTEGER)";

enum {
    COLUMN_NR,
    COLUMN_ADDRESS,
    COLUMN_TYPE,
    COLUMN_TYPE_ID,
    COLUMN_SIZE,
    COLUMN_SIZEOF,
    COLUMN_REFCOUNT,
    COLUMN_SURPLUS,
    COLUMN_LENGTH,
    COLUMN_VALUE,
    COLUMN_LIVE,
    COLUMN_HOLDER,
    COLUMN_RETAINED,
    COLUMN_DISTANCE,
    COLUMN_FLAGS,
    COLUMN_SITE
};

/* Plans; the arguments of xFilter follow in this order. */
enum {
    PLAN_NUMBER = 0x01,  /* nr = ? */
    PLAN_LOW = 0x02,     /* nr >= ? */
    PLAN_HIGH = 0x04,    /* nr <= ? */
    PLAN_ADDRESS = 0x08, /* address = ? */
    PLAN_TYPE_ID = 0x10, /* type_id = ? */
    PLAN_TYPE = 0x20     /* type = ? */
};

/* Objects from .. to - 1, or places in HG_COLUMN_BY_TYPE. */
typedef struct {
    int64_t from, to;
} Range;

typedef struct {
    sqlite3_vtab_cursor base;
    HgTablesView *view;
    GArray *ranges; /* of Range; what is left to show */
    guint at;       /* the range of the current row */
    bool by_type;
    uint64_t object; /* the current row */
} Cursor;

static int
connect_object(sqlite3 *db, void *tables, int argc, const char *const *argv, sqlite3_vtab **table,
               char **message)
{
    return hg_table_connect(db, tables, declaration, table);
}

/* ---- plans ------------------------------------------------------------------------------ */

static void
plan(sqlite3_index_info *index, int number, double cost, double rows)
{
    index->idxNum = number;
    index->estimatedCost = cost;
    index->estimatedRows = (sqlite3_int64)MAX(rows, 1);
}

static bool
plan_equal(sqlite3_index_info *index, int column, int number, double cost, double rows)
{
    int constraint = hg_index_find(index, column, SQLITE_INDEX_CONSTRAINT_EQ);
    if (constraint < 0)
        return false;
    if (column == COLUMN_TYPE &&
        sqlite3_stricmp(sqlite3_vtab_collation(index, constraint), "BINARY") != 0)
        return false;
    hg_index_use(index, constraint, 1);
    plan(index, number, cost, rows);
    if (column == COLUMN_NR || column == COLUMN_ADDRESS)
        index->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
    return true;
}

static int
find_bound(const sqlite3_index_info *index, unsigned char strict, unsigned char loose)
{
    int constraint = hg_index_find(index, COLUMN_NR, strict);
    return constraint >= 0 ? constraint : hg_index_find(index, COLUMN_NR, loose);
}

static void
plan_range(sqlite3_index_info *index, double n_objects)
{
    int low = find_bound(index, SQLITE_INDEX_CONSTRAINT_GT, SQLITE_INDEX_CONSTRAINT_GE);
    int high = find_bound(index, SQLITE_INDEX_CONSTRAINT_LT, SQLITE_INDEX_CONSTRAINT_LE);
    int number = 0, argument = 1;
    if (low >= 0) {
        hg_index_use(index, low, argument++);
        number |= PLAN_LOW;
        n_objects /= 4;
    }
    if (high >= 0) {
        hg_index_use(index, high, argument++);
        number |= PLAN_HIGH;
        n_objects /= 4;
    }
    plan(index, number, n_objects, n_objects);
}

/* Rows come in ascending order of nr whichever way but by type. */
static void
consume_order(sqlite3_index_info *index)
{
    if (index->nOrderBy == 1 && index->aOrderBy[0].iColumn == COLUMN_NR &&
        !index->aOrderBy[0].desc && !(index->idxNum & (PLAN_TYPE_ID | PLAN_TYPE)))
        index->orderByConsumed = 1;
}

static int
best_index(sqlite3_vtab *table, sqlite3_index_info *index)
{
    GError *error = NULL;
    HgTablesView *view = hg_tables_get_view(((HgTable *)table)->tables, &error);
    if (!view)
        return hg_table_fail(table, error);
    double n_objects = hg_snapshot_count_objects(view->snapshot), of_type = n_objects / 100;
    bool has_types = hg_snapshot_count(view->snapshot, HG_COLUMN_BY_TYPE) > 0;
    if (!plan_equal(index, COLUMN_NR, PLAN_NUMBER, 1, 1) &&
        !plan_equal(index, COLUMN_ADDRESS, PLAN_ADDRESS, 20, 1) &&
        !(has_types && plan_equal(index, COLUMN_TYPE_ID, PLAN_TYPE_ID, 2 * of_type, of_type)) &&
        !(has_types && plan_equal(index, COLUMN_TYPE, PLAN_TYPE, 2 * of_type + 10, of_type)))
        plan_range(index, n_objects);
    consume_order(index);
    return SQLITE_OK;
}

/* ---- the cursor ------------------------------------------------------------------------- */

static int
open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    Cursor *made = g_new0(Cursor, 1);
    made->ranges = g_array_new(FALSE, FALSE, sizeof(Range));
    *cursor = &made->base;
    return SQLITE_OK;
}

static int
close_cursor(sqlite3_vtab_cursor *base)
{
    Cursor *cursor = (Cursor *)base;
    g_array_unref(cursor->ranges);
    g_free(cursor);
    return SQLITE_OK;
}

static void
add_range(Cursor *cursor, int64_t from, int64_t to)
{
    Range range = {from, to};
    if (from < to)
        g_array_append_val(cursor->ranges, range);
}

static void
add_type(Cursor *cursor, const HgTypeRow *type)
{
    add_range(cursor, (int64_t)type->first, (int64_t)(type->first + type->n_objects));
}

static bool
add_types(Cursor *cursor, int plan_number, sqlite3_value *value, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(cursor->view->snapshot, error);
    int64_t number;
    cursor->by_type = true;
    if (types && plan_number == PLAN_TYPE_ID && hg_value_get_number(value, &number) &&
        number >= 0 && number < types->len)
        add_type(cursor, g_ptr_array_index(types, number));
    const char *name = plan_number == PLAN_TYPE ? (const char *)sqlite3_value_text(value) : NULL;
    for (guint index = 0; types && name && index < types->len; index++) {
        const HgTypeRow *type = g_ptr_array_index(types, index);
        if (g_str_equal(type->name, name))
            add_type(cursor, type);
    }
    return types != NULL;
}

static bool
add_address(Cursor *cursor, sqlite3_value *value, GError **error)
{
    int64_t address;
    uint32_t object;
    GError *trouble = NULL;
    if (!hg_value_get_number(value, &address))
        return true;
    if (hg_snapshot_find_address(cursor->view->snapshot, (uint64_t)address, &object, &trouble)) {
        add_range(cursor, object, (int64_t)object + 1);
        return true;
    }
    if (!g_error_matches(trouble, HG_ERROR, HG_ERROR_NOT_FOUND)) {
        g_propagate_error(error, trouble);
        return false;
    }
    g_error_free(trouble);
    return true;
}

static void
add_numbers(Cursor *cursor, int plan_number, sqlite3_value **arguments)
{
    int64_t low = 0, high = (int64_t)hg_snapshot_count_objects(cursor->view->snapshot) - 1;
    if (plan_number & PLAN_NUMBER) {
        int64_t number;
        if (!hg_value_get_number(arguments[0], &number))
            return;
        low = MAX(low, number);
        high = MIN(high, number);
    }
    if (plan_number & PLAN_LOW)
        hg_value_raise(*arguments++, &low);
    if (plan_number & PLAN_HIGH)
        hg_value_lower(*arguments, &high);
    if (low <= high)
        add_range(cursor, low, high + 1);
}

/* Makes the first of what is left the current row. */
static int
settle(Cursor *cursor)
{
    GError *error = NULL;
    while (cursor->at < cursor->ranges->len) {
        Range *range = &g_array_index(cursor->ranges, Range, cursor->at);
        if (range->from == range->to) {
            cursor->at++;
            continue;
        }
        cursor->object = (uint64_t)range->from;
        if (cursor->by_type && !hg_snapshot_get(cursor->view->snapshot, HG_COLUMN_BY_TYPE,
                                                (uint64_t)range->from, &cursor->object, &error))
            return hg_table_fail(cursor->base.pVtab, error);
        return SQLITE_OK;
    }
    return SQLITE_OK;
}

static int
filter(sqlite3_vtab_cursor *base, int number, const char *text, int n_arguments,
       sqlite3_value **arguments)
{
    Cursor *cursor = (Cursor *)base;
    GError *error = NULL;
    bool fine = true;
    g_array_set_size(cursor->ranges, 0);
    cursor->at = 0;
    cursor->by_type = false;
    cursor->view = hg_tables_get_view(((HgTable *)base->pVtab)->tables, &error);
    if (!cursor->view)
        return hg_table_fail(base->pVtab, error);
    if (number & (PLAN_TYPE_ID | PLAN_TYPE))
        fine = add_types(cursor, number, arguments[0], &error);
    else if (number & PLAN_ADDRESS)
        fine = add_address(cursor, arguments[0], &error);
    else
        add_numbers(cursor, number, arguments);
    return fine ? settle(cursor) : hg_table_fail(base->pVtab, error);
}

static int
next(sqlite3_vtab_cursor *base)
{
    Cursor *cursor = (Cursor *)base;
    g_array_index(cursor->ranges, Range, cursor->at).from++;
    return settle(cursor);
}

static int
is_at_end(sqlite3_vtab_cursor *base)
{
    Cursor *cursor = (Cursor *)base;
    return cursor->at >= cursor->ranges->len;
}

static int
get_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid)
{
    *rowid = (sqlite3_int64)((Cursor *)base)->object;
    return SQLITE_OK;
}

/* ---- columns ---------------------------------------------------------------------------- */

static void
result_type(sqlite3_context *context, const Cursor *cursor)
{
    GError *error = NULL;
    uint64_t number;
    const GPtrArray *types = hg_snapshot_get_types(cursor->view->snapshot, &error);
    if (!types ||
        !hg_snapshot_get(cursor->view->snapshot, HG_COLUMN_TYPE, cursor->object, &number, &error)) {
        hg_result_fail(context, error);
        return;
    }
    const HgTypeRow *type = number < types->len ? g_ptr_array_index(types, number) : NULL;
    if (type)
        sqlite3_result_text(context, type->name, -1, SQLITE_STATIC);
}

static void
result_value(sqlite3_context *context, const Cursor *cursor)
{
    GError *error = NULL;
    char *value;
    size_t size;
    if (!hg_snapshot_read_value(cursor->view->snapshot, (uint32_t)cursor->object, &value, &size,
                                &error))
        hg_result_fail(context, error);
    else if (value)
        sqlite3_result_text64(context, value, size, g_free, SQLITE_UTF8);
}

static void
result_surplus(sqlite3_context *context, const Cursor *cursor)
{
    GError *error = NULL;
    uint64_t folded;
    if (hg_snapshot_count(cursor->view->snapshot, HG_COLUMN_SURPLUS) == 0)
        return;
    if (hg_snapshot_get(cursor->view->snapshot, HG_COLUMN_SURPLUS, cursor->object, &folded, &error))
        sqlite3_result_int64(context, (sqlite3_int64)((folded >> 1) ^ (0 - (folded & 1))));
    else
        hg_result_fail(context, error);
}

/* 1, 0, or NULL where nobody knows whether what no root reaches is garbage. */
static void
result_live(sqlite3_context *context, const Cursor *cursor)
{
    HgSnapshot *snapshot = cursor->view->snapshot;
    GError *error = NULL;
    uint64_t distance;
    if (hg_snapshot_count(snapshot, HG_COLUMN_DISTANCE) == 0)
        return;
    if (!hg_snapshot_get(snapshot, HG_COLUMN_DISTANCE, cursor->object, &distance, &error))
        hg_result_fail(context, error);
    else if (distance > 0 || hg_snapshot_get_info(snapshot)->knows_garbage)
        sqlite3_result_int(context, distance > 0);
}

static int
get_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    /* Columns that are the number in the store less what it was raised by. */
    static const struct {
        HgColumn column;
        uint64_t less;
    } plain[] = {
        [COLUMN_ADDRESS] = {HG_COLUMN_ADDRESS, 0},   [COLUMN_TYPE_ID] = {HG_COLUMN_TYPE, 0},
        [COLUMN_SIZE] = {HG_COLUMN_SIZE, 0},         [COLUMN_SIZEOF] = {HG_COLUMN_SIZEOF, 1},
        [COLUMN_REFCOUNT] = {HG_COLUMN_REFCOUNT, 1}, [COLUMN_LENGTH] = {HG_COLUMN_LENGTH, 1},
        [COLUMN_HOLDER] = {HG_COLUMN_HOLDER, 1},     [COLUMN_RETAINED] = {HG_COLUMN_RETAINED, 0},
        [COLUMN_DISTANCE] = {HG_COLUMN_DISTANCE, 1}, [COLUMN_FLAGS] = {HG_COLUMN_FLAGS, 0},
        [COLUMN_SITE] = {HG_COLUMN_SITE, 1},
    };
    const Cursor *cursor = (Cursor *)base;
    switch (column) {
    case COLUMN_NR:
        sqlite3_result_int64(context, (sqlite3_int64)cursor->object);
        break;
    case COLUMN_TYPE:
        result_type(context, cursor);
        break;
    case COLUMN_VALUE:
        result_value(context, cursor);
        break;
    case COLUMN_SURPLUS:
        result_surplus(context, cursor);
        break;
    case COLUMN_LIVE:
        result_live(context, cursor);
        break;
    default:
        hg_result_number(context, cursor->view->snapshot, plain[column].column, cursor->object,
                         plain[column].less);
        break;
    }
    return SQLITE_OK;
}

const sqlite3_module hg_object_module = {
    .xConnect = connect_object,
    .xDisconnect = hg_table_disconnect,
    .xBestIndex = best_index,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = is_at_end,
    .xColumn = get_column,
    .xRowid = get_rowid,
};
