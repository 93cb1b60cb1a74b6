/* table-walk.c - the table functions reachable(nr), dominated(nr) and path_to_root(nr).
 *
 * The first two go breadth-first, one object a row: the queue is what they show. They start on
 * the chunks, and take the whole columns into memory when the walk gets long.
 * SPDX-License-Identifier: MIT */
#include "core/store/tables-private.h"

#define LONG_WALK 2000u /* objects from which on whole columns are faster than chunks */

enum {
    WALK_NR,
    WALK_DEPTH,
    WALK_OBJECT
};

enum {
    PATH_STEP,
    PATH_NR,
    PATH_KIND,
    PATH_LABEL,
    PATH_OBJECT
};

typedef struct {
    uint32_t object, depth;
} Visit;

typedef struct Cursor Cursor;
typedef bool (*Expand)(Cursor *cursor, Visit visit, GError **error);

struct Cursor {
    sqlite3_vtab_cursor base;
    HgTablesView *view;
    GArray *queue; /* of Visit */
    guint at;      /* the current row */
    uint8_t *seen; /* a bit for each object */
    Expand expand; /* appends to the queue what follows an object */
};

/* ---- what follows an object ---------------------------------------------------------------- */

static void
visit(Cursor *cursor, uint32_t object, uint32_t depth)
{
    Visit next = {object, depth};
    if (object >= hg_snapshot_count_objects(cursor->view->snapshot) ||
        cursor->seen[object / 8] & 1 << object % 8)
        return;
    cursor->seen[object / 8] |= (uint8_t)(1 << object % 8);
    g_array_append_val(cursor->queue, next);
}

static bool
expand_reachable_from_chunks(Cursor *cursor, Visit from, GError **error)
{
    HgSnapshot *snapshot = cursor->view->snapshot;
    uint64_t start, end, target, how;
    if (!hg_snapshot_get_row(snapshot, HG_COLUMN_FORWARD_FIRST, from.object, &start, &end, error))
        return false;
    for (uint64_t place = start; place < end; place++) {
        if (!hg_snapshot_get(snapshot, HG_COLUMN_HOW, place, &how, error) ||
            !hg_snapshot_get(snapshot, HG_COLUMN_TARGET, place, &target, error))
            return false;
        if (hg_how_keeps((uint8_t)how) && target < HG_NONE)
            visit(cursor, (uint32_t)target, from.depth + 1);
    }
    return true;
}

static bool
expand_reachable(Cursor *cursor, Visit from, GError **error)
{
    HgTablesView *view = cursor->view;
    if (!view->first && cursor->queue->len < LONG_WALK)
        return expand_reachable_from_chunks(cursor, from, error);
    if (!hg_tables_view_need_references(view, error))
        return false;
    for (uint64_t place = view->first[from.object]; place < view->first[from.object + 1]; place++)
        if (hg_how_keeps(view->how[place]))
            visit(cursor, view->target[place], from.depth + 1);
    return true;
}

static bool
expand_dominated_from_chunks(Cursor *cursor, Visit from, GError **error)
{
    HgSnapshot *snapshot = cursor->view->snapshot;
    uint64_t row = (uint64_t)from.object + 1, start, end, held;
    if (!hg_snapshot_get_row(snapshot, HG_COLUMN_HELD_FIRST, row, &start, &end, error))
        return false;
    for (uint64_t place = start; place < end; place++) {
        if (!hg_snapshot_get(snapshot, HG_COLUMN_HELD, place, &held, error))
            return false;
        if (held < HG_NONE)
            visit(cursor, (uint32_t)held, from.depth + 1);
    }
    return true;
}

static bool
expand_dominated(Cursor *cursor, Visit from, GError **error)
{
    HgTablesView *view = cursor->view;
    uint64_t row = (uint64_t)from.object + 1;
    if (!view->first_child && cursor->queue->len < LONG_WALK)
        return expand_dominated_from_chunks(cursor, from, error);
    if (!hg_tables_view_need_children(view, error))
        return false;
    for (uint64_t place = view->first_child[row]; place < view->first_child[row + 1]; place++)
        visit(cursor, view->child[place], from.depth + 1);
    return true;
}

/* The next object on the way to a root; each must be one reference nearer. */
static bool
expand_path(Cursor *cursor, Visit from, GError **error)
{
    uint64_t step;
    if (!hg_snapshot_get(cursor->view->snapshot, HG_COLUMN_STEP, from.object, &step, error))
        return false;
    if (step > 0 && step < HG_NONE)
        visit(cursor, (uint32_t)(step - 1), from.depth + 1);
    return true;
}

/* ---- the cursor ------------------------------------------------------------------------- */

static int
connect_walk(sqlite3 *db, void *tables, int argc, const char *const *argv, sqlite3_vtab **table,
             char **message)
{
    return hg_table_connect(
        db, tables, "CREATE TABLE walk (nr INTEGER, depth INTEGER, object INTEGER HIDDEN)", table);
}

static int
connect_path(sqlite3 *db, void *tables, int argc, const char *const *argv, sqlite3_vtab **table,
             char **message)
{
    return hg_table_connect(db, tables,
                            "CREATE TABLE path (step INTEGER, nr INTEGER, kind TEXT, label TEXT,"
                            " object INTEGER HIDDEN)",
                            table);
}

static int
plan_reachable(sqlite3_vtab *table, sqlite3_index_info *index)
{
    return hg_index_plan_function(table, index, WALK_OBJECT, "reachable", 10000);
}

static int
plan_dominated(sqlite3_vtab *table, sqlite3_index_info *index)
{
    return hg_index_plan_function(table, index, WALK_OBJECT, "dominated", 1000);
}

static int
plan_path(sqlite3_vtab *table, sqlite3_index_info *index)
{
    return hg_index_plan_function(table, index, PATH_OBJECT, "path_to_root", 10);
}

static int
open_cursor(sqlite3_vtab_cursor **cursor, Expand expand)
{
    Cursor *made = g_new0(Cursor, 1);
    made->queue = g_array_new(FALSE, FALSE, sizeof(Visit));
    made->expand = expand;
    *cursor = &made->base;
    return SQLITE_OK;
}

static int
open_reachable(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    return open_cursor(cursor, expand_reachable);
}

static int
open_dominated(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    return open_cursor(cursor, expand_dominated);
}

static int
open_path(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    return open_cursor(cursor, expand_path);
}

static int
close_cursor(sqlite3_vtab_cursor *base)
{
    Cursor *cursor = (Cursor *)base;
    g_array_unref(cursor->queue);
    g_free(cursor->seen);
    g_free(cursor);
    return SQLITE_OK;
}

/* Forgets the walk before this one. */
static bool
start(Cursor *cursor, GError **error)
{
    g_array_set_size(cursor->queue, 0);
    cursor->at = 0;
    g_clear_pointer(&cursor->seen, g_free);
    cursor->view = hg_tables_get_view(((HgTable *)cursor->base.pVtab)->tables, error);
    if (!cursor->view)
        return false;
    cursor->seen = g_try_malloc0(hg_snapshot_count_objects(cursor->view->snapshot) / 8 + 1);
    if (!cursor->seen)
        g_set_error(error, HG_ERROR, HG_ERROR_MEMORY, "no memory for a bit for each object");
    return cursor->seen != NULL;
}

static int
filter(sqlite3_vtab_cursor *base, int number, const char *text, int n_arguments,
       sqlite3_value **arguments)
{
    Cursor *cursor = (Cursor *)base;
    GError *error = NULL;
    int64_t object;
    if (!start(cursor, &error))
        return hg_table_fail(base->pVtab, error);
    if (hg_value_get_number(arguments[0], &object) && object >= 0 && object < HG_NONE)
        visit(cursor, (uint32_t)object, 0);
    return SQLITE_OK;
}

static int
next(sqlite3_vtab_cursor *base)
{
    Cursor *cursor = (Cursor *)base;
    GError *error = NULL;
    Visit from = g_array_index(cursor->queue, Visit, cursor->at);
    if (!cursor->expand(cursor, from, &error))
        return hg_table_fail(base->pVtab, error);
    cursor->at++;
    return SQLITE_OK;
}

static int
is_at_end(sqlite3_vtab_cursor *base)
{
    Cursor *cursor = (Cursor *)base;
    return cursor->at >= cursor->queue->len;
}

static int
get_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid)
{
    *rowid = ((Cursor *)base)->at;
    return SQLITE_OK;
}

/* ---- columns ---------------------------------------------------------------------------- */

static int
get_walk_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    const Cursor *cursor = (Cursor *)base;
    guint place = column == WALK_OBJECT ? 0 : cursor->at;
    const Visit *row = &g_array_index(cursor->queue, Visit, place);
    sqlite3_result_int64(context, column == WALK_DEPTH ? row->depth : row->object);
    return SQLITE_OK;
}

/* The first reference from [holder] to [object] that keeps it. */
static bool
find_keeping(HgSnapshot *snapshot, uint32_t holder, uint32_t object, uint64_t *reference,
             GError **error)
{
    for (uint32_t nth = 0;; nth++) {
        uint64_t how;
        if (!hg_snapshot_find_reference(snapshot, holder, object, nth, reference, error) ||
            !hg_snapshot_get(snapshot, HG_COLUMN_HOW, *reference, &how, error))
            return false;
        if (hg_how_keeps((uint8_t)how))
            return true;
    }
}

/* How the next object on the way holds the current one; nothing for the last. */
static void
result_of_step(sqlite3_context *context, const Cursor *cursor, int column)
{
    GError *error = NULL;
    uint64_t reference, step;
    uint32_t object = g_array_index(cursor->queue, Visit, cursor->at).object;
    HgSnapshot *snapshot = cursor->view->snapshot;
    bool fine = hg_snapshot_get(snapshot, HG_COLUMN_STEP, object, &step, &error);
    if (fine && (step == 0 || step > hg_snapshot_count_objects(snapshot)))
        return;
    if (!fine || !find_keeping(snapshot, (uint32_t)(step - 1), object, &reference, &error))
        hg_result_fail(context, error);
    else if (column == PATH_KIND)
        hg_result_kind(context, snapshot, reference);
    else
        hg_result_label(context, snapshot, reference);
}

static int
get_path_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    switch (column) {
    case PATH_STEP:
        return get_walk_column(base, context, WALK_DEPTH);
    case PATH_NR:
        return get_walk_column(base, context, WALK_NR);
    case PATH_OBJECT:
        return get_walk_column(base, context, WALK_OBJECT);
    default:
        result_of_step(context, (Cursor *)base, column);
        return SQLITE_OK;
    }
}

#define MODULE(connect, plan, open, column)                                                        \
    {                                                                                              \
        .xConnect = connect, .xDisconnect = hg_table_disconnect, .xBestIndex = plan,               \
        .xOpen = open, .xClose = close_cursor, .xFilter = filter, .xNext = next,                   \
        .xEof = is_at_end, .xColumn = column, .xRowid = get_rowid                                  \
    }

const sqlite3_module hg_reachable_module =
    MODULE(connect_walk, plan_reachable, open_reachable, get_walk_column);
const sqlite3_module hg_dominated_module =
    MODULE(connect_walk, plan_dominated, open_dominated, get_walk_column);
const sqlite3_module hg_path_to_root_module =
    MODULE(connect_path, plan_path, open_path, get_path_column);
