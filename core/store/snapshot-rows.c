/* snapshot-rows.c - the small tables of a snapshot: types, roots, threads, facts, texts ...
 * SPDX-License-Identifier: MIT */
#include "core/store/snapshot-private.h"

#include <string.h>

static void
type_free(HgTypeRow *row)
{
    g_free(row->name);
    g_free(row->module);
    g_free(row->qualname);
    g_strfreev(row->slots);
    g_free(row->bases);
    g_free(row);
}

static void
root_free(HgRootRow *row)
{
    g_free(row->name);
    g_free(row);
}

static void
thread_free(HgThreadRow *row)
{
    g_free(row->name);
    g_free(row);
}

static void
frame_free(HgFrameRow *row)
{
    g_free(row->function);
    g_free(row->file);
    g_free(row);
}

static void
site_free(HgSiteRow *row)
{
    g_free(row->lines);
    g_free(row);
}

static void
fact_free(HgFact *fact)
{
    g_free(fact->key);
    g_free(fact->value);
    g_free(fact);
}

static void
clear_table(GPtrArray **table)
{
    g_clear_pointer(table, g_ptr_array_unref);
}

void
hg_snapshot_rows_clear(HgSnapshotRows *rows)
{
    clear_table(&rows->types);
    clear_table(&rows->roots);
    clear_table(&rows->threads);
    clear_table(&rows->frames);
    clear_table(&rows->sites);
    clear_table(&rows->facts);
    g_clear_pointer(&rows->texts, g_hash_table_unref);
    g_clear_pointer(&rows->find_text, sqlite3_finalize);
    g_clear_pointer(&rows->find_number, sqlite3_finalize);
    g_clear_pointer(&rows->wide.targets, g_free);
    g_clear_pointer(&rows->wide.order, g_free);
}

/* ---- reading a table ------------------------------------------------------------------- */

/* Makes a row of a statement's row that is number [index] of the table. Returns: NULL if it
 * cannot be so. */
typedef void *(*ReadRow)(const HgSnapshot *snapshot, sqlite3_stmt *row, guint index);

static bool
fail_row(const HgSnapshot *snapshot, const char *sql, guint index, GError **error)
{
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT,
                "%s: snapshot %u is damaged: row %u of \"%.60s...\"",
                hg_store_get_path(hg_snapshot_get_store(snapshot)),
                hg_snapshot_get_info(snapshot)->id, index, sql);
    return false;
}

static bool
read_rows(HgSnapshot *snapshot, const char *sql, ReadRow read_row, GPtrArray *table, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = hg_database_prepare_numbers(
        hg_store_get_database(hg_snapshot_get_store(snapshot)), sql, error, 1,
        (const int64_t[]){hg_snapshot_get_info(snapshot)->id});
    for (bool row = true; row;) {
        if (!statement || !hg_database_step(statement, &row, error))
            return false;
        void *item = row ? read_row(snapshot, statement, table->len) : NULL;
        if (row && !item)
            return fail_row(snapshot, sql, table->len, error);
        if (item)
            g_ptr_array_add(table, item);
    }
    return true;
}

static const GPtrArray *
get_table(HgSnapshot *snapshot, GPtrArray **table, const char *sql, ReadRow read_row,
          GDestroyNotify row_free, GError **error)
{
    if (*table)
        return *table;
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
    if (!read_rows(snapshot, sql, read_row, rows, error))
        return NULL;
    *table = g_steal_pointer(&rows);
    return *table;
}

static uint64_t
get_u64(sqlite3_stmt *row, int column)
{
    return (uint64_t)sqlite3_column_int64(row, column);
}

/* Returns: a number of 32 bits, HG_NONE for NULL and for what is none. */
static uint32_t
get_u32(sqlite3_stmt *row, int column)
{
    uint64_t number = get_u64(row, column);
    bool is_number = sqlite3_column_type(row, column) == SQLITE_INTEGER && number < HG_NONE;
    return is_number ? (uint32_t)number : HG_NONE;
}

/* Returns: the number of an object, HG_NONE for none and for what is no object. */
static uint32_t
get_object(const HgSnapshot *snapshot, sqlite3_stmt *row, int column)
{
    uint32_t object = get_u32(row, column);
    return object < hg_snapshot_count_objects(snapshot) ? object : HG_NONE;
}

/* ---- types ------------------------------------------------------------------------------ */

static void
read_bases(HgTypeRow *type, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text ? text : "", " ", -1);
    type->bases = g_new(uint64_t, g_strv_length(words) + 1);
    for (char **word = words; *word; word++)
        if (**word)
            type->bases[type->n_bases++] = g_ascii_strtoull(*word, NULL, 10);
}

static void *
read_type(const HgSnapshot *snapshot, sqlite3_stmt *row, guint index)
{
    uint64_t n_objects = hg_snapshot_count_objects(snapshot);
    uint64_t first = get_u64(row, 12), count = get_u64(row, 4);
    if (get_u64(row, 0) != index || first > n_objects || count > n_objects - first)
        return NULL;
    HgTypeRow *type = g_new0(HgTypeRow, 1);
    const char *slots = (const char *)sqlite3_column_text(row, 13);
    type->number = index;
    type->name = hg_database_dup_string(row, 1);
    type->module = hg_database_dup_string(row, 2);
    type->qualname = hg_database_dup_string(row, 3);
    type->n_objects = count;
    type->n_garbage = get_u64(row, 5);
    type->size = get_u64(row, 6);
    type->retained = get_u64(row, 7);
    type->address = get_u64(row, 8);
    type->object = get_object(snapshot, row, 9);
    type->basicsize = get_u64(row, 10);
    type->itemsize = get_u64(row, 11);
    type->first = first;
    type->slots = slots ? g_strsplit(slots, "\n", -1) : NULL;
    type->flags = (uint32_t)get_u64(row, 15);
    type->sizeof_ = get_u64(row, 16);
    read_bases(type, (const char *)sqlite3_column_text(row, 14));
    return type;
}

const GPtrArray *
hg_snapshot_get_types(HgSnapshot *snapshot, GError **error)
{
    return get_table(snapshot, &hg_snapshot_get_rows(snapshot)->types,
                     "SELECT type_id, name, module, qualname, count, garbage, size, retained, "
                     "address, nr, basicsize, itemsize, first, slots, bases, flags, sizeof "
                     "FROM all_type WHERE snapshot = ? ORDER BY type_id",
                     read_type, (GDestroyNotify)type_free, error);
}

/* ---- roots ------------------------------------------------------------------------------ */

static HgRootKind
find_root_kind(const char *name)
{
    for (unsigned kind = 0; name && kind < HG_N_ROOTS; kind++)
        if (g_str_equal(name, hg_root_kind_get_name(kind)))
            return kind;
    return HG_N_ROOTS;
}

static void *
read_root(const HgSnapshot *snapshot, sqlite3_stmt *row, guint index)
{
    HgRootKind kind = find_root_kind((const char *)sqlite3_column_text(row, 1));
    uint32_t object = get_object(snapshot, row, 0);
    if (kind == HG_N_ROOTS || object == HG_NONE)
        return NULL;
    HgRootRow *root = g_new0(HgRootRow, 1);
    root->object = object;
    root->kind = kind;
    root->name = hg_database_dup_text(row, 2);
    root->frame = get_u32(row, 3);
    root->interpreter = get_u32(row, 4);
    return root;
}

const GPtrArray *
hg_snapshot_get_roots(HgSnapshot *snapshot, GError **error)
{
    return get_table(snapshot, &hg_snapshot_get_rows(snapshot)->roots,
                     "SELECT nr, kind, name, frame, interpreter FROM all_root "
                     "WHERE snapshot = ? ORDER BY nr, position",
                     read_root, (GDestroyNotify)root_free, error);
}

/* ---- threads, frames, sites, facts ------------------------------------------------------- */

static void *
read_thread(const HgSnapshot *snapshot, sqlite3_stmt *row, guint index)
{
    if (get_u64(row, 0) != index)
        return NULL;
    HgThreadRow *thread = g_new0(HgThreadRow, 1);
    thread->number = index;
    thread->id = get_u64(row, 1);
    thread->name = hg_database_dup_text(row, 2);
    thread->interpreter = get_u32(row, 3);
    return thread;
}

const GPtrArray *
hg_snapshot_get_threads(HgSnapshot *snapshot, GError **error)
{
    return get_table(snapshot, &hg_snapshot_get_rows(snapshot)->threads,
                     "SELECT number, id, name, interpreter FROM all_thread "
                     "WHERE snapshot = ? ORDER BY number",
                     read_thread, (GDestroyNotify)thread_free, error);
}

static void *
read_frame(const HgSnapshot *snapshot, sqlite3_stmt *row, guint index)
{
    if (get_u64(row, 0) != index)
        return NULL;
    HgFrameRow *frame = g_new0(HgFrameRow, 1);
    frame->number = index;
    frame->thread = get_u32(row, 1);
    frame->depth = get_u32(row, 2);
    frame->function = hg_database_dup_string(row, 3);
    frame->file = hg_database_dup_string(row, 4);
    frame->line = (uint32_t)get_u64(row, 5);
    frame->object = get_object(snapshot, row, 6);
    return frame;
}

const GPtrArray *
hg_snapshot_get_frames(HgSnapshot *snapshot, GError **error)
{
    return get_table(snapshot, &hg_snapshot_get_rows(snapshot)->frames,
                     "SELECT number, thread, depth, function, file, line, nr FROM all_frame "
                     "WHERE snapshot = ? ORDER BY number",
                     read_frame, (GDestroyNotify)frame_free, error);
}

static void *
read_site(const HgSnapshot *snapshot, sqlite3_stmt *row, guint index)
{
    if (get_u64(row, 0) != index)
        return NULL;
    HgSiteRow *site = g_new0(HgSiteRow, 1);
    site->number = index;
    site->lines = hg_database_dup_string(row, 1);
    site->n_objects = get_u64(row, 2);
    site->size = get_u64(row, 3);
    return site;
}

const GPtrArray *
hg_snapshot_get_sites(HgSnapshot *snapshot, GError **error)
{
    return get_table(snapshot, &hg_snapshot_get_rows(snapshot)->sites,
                     "SELECT number, lines, objects, size FROM all_site "
                     "WHERE snapshot = ? ORDER BY number",
                     read_site, (GDestroyNotify)site_free, error);
}

static void *
read_fact(const HgSnapshot *snapshot, sqlite3_stmt *row, guint index)
{
    HgFact *fact = g_new0(HgFact, 1);
    fact->key = hg_database_dup_string(row, 0);
    fact->value = hg_database_dup_string(row, 1);
    return fact;
}

const GPtrArray *
hg_snapshot_get_facts(HgSnapshot *snapshot, GError **error)
{
    return get_table(snapshot, &hg_snapshot_get_rows(snapshot)->facts,
                     "SELECT key, value FROM all_fact WHERE snapshot = ? ORDER BY key", read_fact,
                     (GDestroyNotify)fact_free, error);
}

const char *
hg_snapshot_get_fact(HgSnapshot *snapshot, const char *key)
{
    const GPtrArray *facts = hg_snapshot_get_facts(snapshot, NULL);
    for (guint index = 0; facts && index < facts->len; index++) {
        const HgFact *fact = g_ptr_array_index(facts, index);
        if (g_str_equal(fact->key, key))
            return fact->value;
    }
    return NULL;
}

/* ---- texts ------------------------------------------------------------------------------- */

/* Prepares [*statement] at its first use. */
static bool
prepare_once(HgSnapshot *snapshot, sqlite3_stmt **statement, const char *sql, GError **error)
{
    if (!*statement)
        *statement =
            hg_database_prepare(hg_store_get_database(hg_snapshot_get_store(snapshot)), sql, error);
    return *statement != NULL;
}

static char *
read_text(HgSnapshot *snapshot, uint64_t text, GError **error)
{
    HgSnapshotRows *rows = hg_snapshot_get_rows(snapshot);
    bool row;
    if (!prepare_once(snapshot, &rows->find_text, "SELECT content FROM text WHERE number = ?",
                      error))
        return NULL;
    sqlite3_bind_int64(rows->find_text, 1, (int64_t)text);
    bool fine = hg_database_step(rows->find_text, &row, error);
    char *content = fine && row ? hg_database_dup_string(rows->find_text, 0) : NULL;
    sqlite3_reset(rows->find_text);
    if (fine && !row)
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "%s: there is no text %" G_GUINT64_FORMAT,
                    hg_store_get_path(hg_snapshot_get_store(snapshot)), text);
    return content;
}

const char *
hg_snapshot_get_text(HgSnapshot *snapshot, uint64_t text, GError **error)
{
    HgSnapshotRows *rows = hg_snapshot_get_rows(snapshot);
    if (!rows->texts)
        rows->texts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    char *content = g_hash_table_lookup(rows->texts, &text);
    if (!content && (content = read_text(snapshot, text, error)))
        g_hash_table_insert(rows->texts, g_memdup2(&text, sizeof text), content);
    return content;
}

bool
hg_snapshot_find_text(HgSnapshot *snapshot, const char *content, uint32_t *text, GError **error)
{
    HgSnapshotRows *rows = hg_snapshot_get_rows(snapshot);
    bool row;
    if (!prepare_once(snapshot, &rows->find_number, "SELECT number FROM text WHERE content = ?",
                      error))
        return false;
    hg_database_bind_text(rows->find_number, 1, content);
    bool fine = hg_database_step(rows->find_number, &row, error);
    if (fine)
        *text = row ? get_u32(rows->find_number, 0) : HG_NONE;
    sqlite3_reset(rows->find_number);
    return fine;
}
