/* snapshot-writer.c - a snapshot on its way into the store.
 *
 *      append ──▶ a chunk's worth ──▶ queue ──▶ thread: pack ──▶ some MiB ──▶ transaction
 *
 * Packing holds no lock on the file; a transaction does, for the milliseconds it takes to write
 * what is packed. So other loads and readers get their turn. Rows of the small tables wait in
 * temporary tables and are written by the transaction that publishes.
 * SPDX-License-Identifier: MIT */
#include "core/store/chunk.h"
#include "core/store/loads.h"
#include "core/store/store-private.h"

#include <string.h>

#define QUEUE_MAX 48u               /* chunks waiting to be packed: 6 MiB */
#define TRANSACTION_SIZE (8u << 20) /* bytes of packed chunks */
#define TEXTS_AT_ONCE 10000u

typedef enum {
    TABLE_TYPE,
    TABLE_ROOT,
    TABLE_THREAD,
    TABLE_FRAME,
    TABLE_SITE,
    TABLE_FACT,
    N_TABLES
} Table;

static const struct {
    const char *name, *insert;
} tables[N_TABLES] = {
    [TABLE_TYPE] = {"type", "INSERT INTO new_type VALUES (0,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
    [TABLE_ROOT] = {"root", "INSERT INTO new_root VALUES (0,?,?,?,?,?,?)"},
    [TABLE_THREAD] = {"thread", "INSERT INTO new_thread VALUES (0,?,?,?,?)"},
    [TABLE_FRAME] = {"frame", "INSERT INTO new_frame VALUES (0,?,?,?,?,?,?,?)"},
    [TABLE_SITE] = {"site", "INSERT INTO new_site VALUES (0,?,?,?,?)"},
    [TABLE_FACT] = {"fact", "INSERT OR REPLACE INTO new_fact VALUES (0,?,?)"},
};

/* A chunk's worth of a column, not packed yet. */
typedef struct {
    HgColumn column;
    uint64_t chunk;
    uint32_t count;
    uint64_t *numbers; /* of a column of numbers */
    uint16_t *sizes;   /* of the column of values: size + 1 */
    GByteArray *bytes;
} Piece;

typedef struct {
    int64_t id;
    GBytes *data;
} Packed;

struct HgSnapshotWriter {
    HgStore *store;
    uint64_t load;
    Piece *piece[HG_N_COLUMNS]; /* being filled */
    uint64_t count[HG_N_COLUMNS];
    uint32_t n_roots;
    bool published;

    GMutex database_lock;
    sqlite3 *db; /* of this writer alone: both threads use it */
    sqlite3_stmt *insert[N_TABLES], *insert_chunk, *insert_text, *find_text;

    GThread *thread;
    GMutex queue_lock; /* the fields down to `failure` */
    GCond queue_changed;
    GQueue queue; /* of Piece; NULL stands for the end */
    bool ended;
    GError *failure; /* what the thread met */

    HgPacker *packer; /* the thread's, as what follows */
    GArray *packed;
    size_t packed_size;
    uint64_t stored;
};

/* ---- the thread ------------------------------------------------------------------------- */

static void
piece_free(Piece *piece)
{
    if (!piece)
        return;
    g_free(piece->numbers);
    g_free(piece->sizes);
    if (piece->bytes)
        g_byte_array_unref(piece->bytes);
    g_free(piece);
}

static void
packed_clear(Packed *packed)
{
    g_bytes_unref(packed->data);
}

static bool
insert_chunk(HgSnapshotWriter *writer, const Packed *packed, GError **error)
{
    gsize size;
    const void *data = g_bytes_get_data(packed->data, &size);
    sqlite3_bind_int64(writer->insert_chunk, 1, packed->id);
    sqlite3_bind_blob64(writer->insert_chunk, 2, data, size, SQLITE_STATIC);
    return hg_database_finish(writer->insert_chunk, error);
}

static bool
insert_packed(HgSnapshotWriter *writer, GError **error)
{
    for (guint index = 0; index < writer->packed->len; index++)
        if (!insert_chunk(writer, &g_array_index(writer->packed, Packed, index), error))
            return false;
    return true;
}

/* Writes what is packed, in one transaction. */
static bool
flush(HgSnapshotWriter *writer, GError **error)
{
    if (writer->packed->len == 0)
        return true;
    g_mutex_lock(&writer->database_lock);
    bool done = hg_database_begin(writer->db, error) &&
                hg_database_end(writer->db, insert_packed(writer, error), error);
    g_mutex_unlock(&writer->database_lock);
    writer->stored += writer->packed_size;
    writer->packed_size = 0;
    g_array_set_size(writer->packed, 0);
    return done;
}

static bool
pack(HgSnapshotWriter *writer, const Piece *piece, GError **error)
{
    Packed packed = {hg_chunk_id(writer->load, piece->column, piece->chunk), NULL};
    packed.data = piece->numbers ? hg_packer_pack(writer->packer, piece->numbers, piece->count)
                                 : hg_packer_pack_values(writer->packer, piece->sizes, piece->count,
                                                         piece->bytes->data, piece->bytes->len);
    writer->packed_size += g_bytes_get_size(packed.data);
    g_array_append_val(writer->packed, packed);
    return writer->packed_size < TRANSACTION_SIZE || flush(writer, error);
}

/* Returns: the next piece, NULL at the end. */
static Piece *
pop(HgSnapshotWriter *writer)
{
    g_mutex_lock(&writer->queue_lock);
    while (g_queue_is_empty(&writer->queue) && !writer->ended)
        g_cond_wait(&writer->queue_changed, &writer->queue_lock);
    Piece *piece = g_queue_pop_head(&writer->queue);
    g_cond_broadcast(&writer->queue_changed);
    g_mutex_unlock(&writer->queue_lock);
    return piece;
}

static void
keep_failure(HgSnapshotWriter *writer, GError *error)
{
    g_mutex_lock(&writer->queue_lock);
    writer->failure = error;
    g_mutex_unlock(&writer->queue_lock);
}

/* After a failure the rest is taken from the queue and dropped, so that nobody waits. */
static void *
run_thread(void *user_data)
{
    HgSnapshotWriter *writer = user_data;
    GError *error = NULL;
    Piece *piece;
    while ((piece = pop(writer)) != NULL) {
        if (!error && !pack(writer, piece, &error))
            keep_failure(writer, error);
        piece_free(piece);
    }
    if (!error && !flush(writer, &error))
        keep_failure(writer, error);
    return NULL;
}

/* ---- appending -------------------------------------------------------------------------- */

static bool
check_failure(HgSnapshotWriter *writer, GError **error)
{
    g_mutex_lock(&writer->queue_lock);
    if (writer->failure && error)
        *error = g_error_copy(writer->failure);
    bool fine = !writer->failure;
    g_mutex_unlock(&writer->queue_lock);
    return fine;
}

static bool
push(HgSnapshotWriter *writer, HgColumn column, GError **error)
{
    g_mutex_lock(&writer->queue_lock);
    while (g_queue_get_length(&writer->queue) >= QUEUE_MAX)
        g_cond_wait(&writer->queue_changed, &writer->queue_lock);
    g_queue_push_tail(&writer->queue, g_steal_pointer(&writer->piece[column]));
    g_cond_broadcast(&writer->queue_changed);
    g_mutex_unlock(&writer->queue_lock);
    return check_failure(writer, error);
}

static Piece *
get_piece(HgSnapshotWriter *writer, HgColumn column)
{
    Piece *piece = writer->piece[column];
    if (piece)
        return piece;
    writer->piece[column] = piece = g_new0(Piece, 1);
    piece->column = column;
    if (column == HG_COLUMN_VALUE) {
        piece->chunk = writer->count[column] / HG_VALUES_CHUNK;
        piece->sizes = g_new(uint16_t, HG_VALUES_CHUNK);
        piece->bytes = g_byte_array_new();
    } else {
        piece->chunk = writer->count[column] / HG_CHUNK;
        piece->numbers = g_new(uint64_t, HG_CHUNK);
    }
    return piece;
}

/* Makes room for numbers. Returns: where they go; *count becomes how many of them fit. */
static uint64_t *
reserve(HgSnapshotWriter *writer, HgColumn column, size_t *count)
{
    g_assert(writer->thread && column < HG_N_COLUMNS && column != HG_COLUMN_VALUE);
    Piece *piece = get_piece(writer, column);
    uint64_t *numbers = piece->numbers + piece->count;
    *count = MIN(*count, HG_CHUNK - piece->count);
    piece->count += (uint32_t)*count;
    writer->count[column] += *count;
    return numbers;
}

static bool
push_if_full(HgSnapshotWriter *writer, HgColumn column, uint32_t full, GError **error)
{
    return writer->piece[column]->count < full || push(writer, column, error);
}

bool
hg_snapshot_writer_append(HgSnapshotWriter *writer, HgColumn column, const uint64_t *numbers,
                          size_t count, GError **error)
{
    for (size_t done = 0, here; done < count; done += here) {
        here = count - done;
        uint64_t *room = reserve(writer, column, &here);
        memcpy(room, numbers + done, here * sizeof *room);
        if (!push_if_full(writer, column, HG_CHUNK, error))
            return false;
    }
    return true;
}

bool
hg_snapshot_writer_append_u32(HgSnapshotWriter *writer, HgColumn column, const uint32_t *numbers,
                              size_t count, GError **error)
{
    for (size_t done = 0, here; done < count; done += here) {
        here = count - done;
        uint64_t *room = reserve(writer, column, &here);
        for (size_t index = 0; index < here; index++)
            room[index] = numbers[done + index];
        if (!push_if_full(writer, column, HG_CHUNK, error))
            return false;
    }
    return true;
}

bool
hg_snapshot_writer_append_u8(HgSnapshotWriter *writer, HgColumn column, const uint8_t *numbers,
                             size_t count, GError **error)
{
    for (size_t done = 0, here; done < count; done += here) {
        here = count - done;
        uint64_t *room = reserve(writer, column, &here);
        for (size_t index = 0; index < here; index++)
            room[index] = numbers[done + index];
        if (!push_if_full(writer, column, HG_CHUNK, error))
            return false;
    }
    return true;
}

bool
hg_snapshot_writer_append_value(HgSnapshotWriter *writer, const char *value, size_t size,
                                GError **error)
{
    g_assert(writer->thread);
    if (size > HG_VALUE_MAX) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "a value of %zu bytes, at most %d fit", size,
                    HG_VALUE_MAX);
        return false;
    }
    Piece *piece = get_piece(writer, HG_COLUMN_VALUE);
    piece->sizes[piece->count++] = value ? (uint16_t)(size + 1) : 0;
    if (value)
        g_byte_array_append(piece->bytes, (const uint8_t *)value, (guint)size);
    writer->count[HG_COLUMN_VALUE]++;
    return push_if_full(writer, HG_COLUMN_VALUE, HG_VALUES_CHUNK, error);
}

/* ---- texts ------------------------------------------------------------------------------ */

static bool
insert_text(HgSnapshotWriter *writer, const char *text, GError **error)
{
    sqlite3_bind_text(writer->insert_text, 1, text, -1, SQLITE_STATIC);
    return hg_database_finish(writer->insert_text, error);
}

static bool
intern(HgSnapshotWriter *writer, const char *text, uint32_t *number, GError **error)
{
    bool row;
    sqlite3_bind_text(writer->find_text, 1, text, -1, SQLITE_STATIC);
    bool fine = hg_database_step(writer->find_text, &row, error);
    int64_t found = fine && row ? sqlite3_column_int64(writer->find_text, 0) : 0;
    sqlite3_reset(writer->find_text);
    if (!fine || (!row && !insert_text(writer, text, error)))
        return false;
    found = row ? found : sqlite3_last_insert_rowid(writer->db);
    if (found < 0 || found >= HG_NONE) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "the store holds too many texts");
        return false;
    }
    *number = (uint32_t)found;
    return true;
}

static bool
intern_all(HgSnapshotWriter *writer, const char *const *texts, size_t n_texts, uint32_t *numbers,
           GError **error)
{
    for (size_t index = 0; index < n_texts; index++)
        if (!intern(writer, texts[index], &numbers[index], error))
            return false;
    return true;
}

bool
hg_snapshot_writer_add_texts(HgSnapshotWriter *writer, const char *const *texts, size_t n_texts,
                             uint32_t *numbers, GError **error)
{
    bool done = true;
    for (size_t first = 0; done && first < n_texts; first += TEXTS_AT_ONCE) {
        size_t count = MIN(n_texts - first, TEXTS_AT_ONCE);
        g_mutex_lock(&writer->database_lock);
        done = hg_database_begin(writer->db, error) &&
               hg_database_end(writer->db,
                               intern_all(writer, texts + first, count, numbers + first, error),
                               error);
        g_mutex_unlock(&writer->database_lock);
    }
    return done;
}

/* ---- small tables ------------------------------------------------------------------------ */

static void
bind_number(sqlite3_stmt *statement, int parameter, uint64_t number)
{
    sqlite3_bind_int64(statement, parameter, (int64_t)number);
}

/* Binds a number of 32 bits, NULL for HG_NONE. */
static void
bind_optional(sqlite3_stmt *statement, int parameter, uint32_t number)
{
    if (number != HG_NONE)
        sqlite3_bind_int64(statement, parameter, number);
    else
        sqlite3_bind_null(statement, parameter);
}

/* Binding needs no lock: only the caller's thread uses these statements. */
static bool
insert_row(HgSnapshotWriter *writer, Table table, GError **error)
{
    g_mutex_lock(&writer->database_lock);
    bool done = hg_database_finish(writer->insert[table], error);
    g_mutex_unlock(&writer->database_lock);
    return done;
}

static char *
join_bases(const HgTypeRow *row)
{
    GString *text = g_string_new(NULL);
    for (uint32_t index = 0; index < row->n_bases; index++)
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, index ? " " : "", row->bases[index]);
    return g_string_free(text, FALSE);
}

bool
hg_snapshot_writer_add_type(HgSnapshotWriter *writer, const HgTypeRow *row, GError **error)
{
    sqlite3_stmt *insert = writer->insert[TABLE_TYPE];
    g_autofree char *slots = row->slots ? g_strjoinv("\n", row->slots) : NULL;
    g_autofree char *bases = join_bases(row);
    bind_number(insert, 1, row->number);
    hg_database_bind_text(insert, 2, row->name);
    hg_database_bind_text(insert, 3, row->module);
    hg_database_bind_text(insert, 4, row->qualname);
    bind_number(insert, 5, row->n_objects);
    bind_number(insert, 6, row->n_garbage);
    bind_number(insert, 7, row->size);
    bind_number(insert, 8, row->retained);
    bind_number(insert, 9, row->sizeof_);
    bind_number(insert, 10, row->address);
    bind_optional(insert, 11, row->object);
    bind_number(insert, 12, row->basicsize);
    bind_number(insert, 13, row->itemsize);
    bind_number(insert, 14, row->flags);
    bind_number(insert, 15, row->first);
    hg_database_bind_text(insert, 16, slots);
    hg_database_bind_text(insert, 17, bases);
    return insert_row(writer, TABLE_TYPE, error);
}

bool
hg_snapshot_writer_add_root(HgSnapshotWriter *writer, const HgRootRow *row, GError **error)
{
    sqlite3_stmt *insert = writer->insert[TABLE_ROOT];
    g_assert(row->kind < HG_N_ROOTS);
    bind_number(insert, 1, row->object);
    bind_number(insert, 2, writer->n_roots++);
    hg_database_bind_text(insert, 3, hg_root_kind_get_name(row->kind));
    hg_database_bind_text(insert, 4, row->name);
    bind_optional(insert, 5, row->frame);
    bind_number(insert, 6, row->interpreter);
    return insert_row(writer, TABLE_ROOT, error);
}

bool
hg_snapshot_writer_add_thread(HgSnapshotWriter *writer, const HgThreadRow *row, GError **error)
{
    sqlite3_stmt *insert = writer->insert[TABLE_THREAD];
    bind_number(insert, 1, row->number);
    bind_number(insert, 2, row->id);
    hg_database_bind_text(insert, 3, row->name);
    bind_number(insert, 4, row->interpreter);
    return insert_row(writer, TABLE_THREAD, error);
}

bool
hg_snapshot_writer_add_frame(HgSnapshotWriter *writer, const HgFrameRow *row, GError **error)
{
    sqlite3_stmt *insert = writer->insert[TABLE_FRAME];
    bind_number(insert, 1, row->number);
    bind_number(insert, 2, row->thread);
    bind_number(insert, 3, row->depth);
    hg_database_bind_text(insert, 4, row->function);
    hg_database_bind_text(insert, 5, row->file);
    bind_optional(insert, 6, row->line ? row->line : HG_NONE);
    bind_optional(insert, 7, row->object);
    return insert_row(writer, TABLE_FRAME, error);
}

bool
hg_snapshot_writer_add_site(HgSnapshotWriter *writer, const HgSiteRow *row, GError **error)
{
    sqlite3_stmt *insert = writer->insert[TABLE_SITE];
    bind_number(insert, 1, row->number);
    hg_database_bind_text(insert, 2, row->lines);
    bind_number(insert, 3, row->n_objects);
    bind_number(insert, 4, row->size);
    return insert_row(writer, TABLE_SITE, error);
}

bool
hg_snapshot_writer_add_fact(HgSnapshotWriter *writer, const char *key, const char *value,
                            GError **error)
{
    sqlite3_stmt *insert = writer->insert[TABLE_FACT];
    hg_database_bind_text(insert, 1, key);
    hg_database_bind_text(insert, 2, value);
    return insert_row(writer, TABLE_FACT, error);
}

/* ---- beginning -------------------------------------------------------------------------- */

static bool
create_temporary_tables(HgSnapshotWriter *writer, GError **error)
{
    for (unsigned table = 0; table < N_TABLES; table++) {
        g_autofree char *sql =
            g_strdup_printf("CREATE TEMP TABLE new_%s AS SELECT * FROM all_%s WHERE 0",
                            tables[table].name, tables[table].name);
        if (!hg_database_run(writer->db, sql, error))
            return false;
    }
    return hg_database_run(writer->db, "CREATE UNIQUE INDEX temp.new_key ON new_fact (key)", error);
}

static bool
prepare(HgSnapshotWriter *writer, sqlite3_stmt **statement, const char *sql, GError **error)
{
    *statement = hg_database_prepare(writer->db, sql, error);
    return *statement != NULL;
}

static bool
prepare_all(HgSnapshotWriter *writer, GError **error)
{
    for (unsigned table = 0; table < N_TABLES; table++)
        if (!prepare(writer, &writer->insert[table], tables[table].insert, error))
            return false;
    return prepare(writer, &writer->insert_chunk, "INSERT INTO chunk (id, data) VALUES (?,?)",
                   error) &&
           prepare(writer, &writer->insert_text, "INSERT INTO text (content) VALUES (?)", error) &&
           prepare(writer, &writer->find_text, "SELECT number FROM text WHERE content = ?", error);
}

static bool
begin_load(HgSnapshotWriter *writer, GError **error)
{
    uint64_t load = 0;
    if (!hg_loads_sweep(writer->db, error) || !hg_database_begin(writer->db, error))
        return false;
    if (!hg_database_end(writer->db, hg_loads_insert(writer->db, &load, error), error))
        return false;
    writer->load = load;
    return true;
}

HgSnapshotWriter *
hg_snapshot_writer_new(HgStore *store, GError **error)
{
    g_autoptr(HgSnapshotWriter) writer = g_new0(HgSnapshotWriter, 1);
    writer->store = store;
    g_mutex_init(&writer->database_lock);
    g_mutex_init(&writer->queue_lock);
    g_cond_init(&writer->queue_changed);
    writer->packer = hg_packer_new();
    writer->packed = g_array_new(FALSE, FALSE, sizeof(Packed));
    g_array_set_clear_func(writer->packed, (GDestroyNotify)packed_clear);
    writer->db = hg_database_open(hg_store_get_path(store), true, error);
    if (!writer->db || !create_temporary_tables(writer, error) || !prepare_all(writer, error) ||
        !begin_load(writer, error))
        return NULL;
    writer->thread = g_thread_new("snapshot-writer", run_thread, writer);
    return g_steal_pointer(&writer);
}

/* ---- ending ----------------------------------------------------------------------------- */

/* Lets the thread finish what is in the queue. */
static void
join_thread(HgSnapshotWriter *writer)
{
    if (!writer->thread)
        return;
    g_mutex_lock(&writer->queue_lock);
    writer->ended = true;
    g_cond_broadcast(&writer->queue_changed);
    g_mutex_unlock(&writer->queue_lock);
    g_thread_join(g_steal_pointer(&writer->thread));
}

static void
drop_queue(HgSnapshotWriter *writer)
{
    g_mutex_lock(&writer->queue_lock);
    g_queue_clear_full(&writer->queue, (GDestroyNotify)piece_free);
    g_mutex_unlock(&writer->queue_lock);
}

void
hg_snapshot_writer_free(HgSnapshotWriter *writer)
{
    if (!writer)
        return;
    drop_queue(writer);
    join_thread(writer);
    /* Where this fails (a full disk), the next load sweeps. */
    if (writer->load && !writer->published)
        hg_loads_delete(writer->db, writer->load, NULL);
    for (unsigned column = 0; column < HG_N_COLUMNS; column++)
        piece_free(writer->piece[column]);
    for (unsigned table = 0; table < N_TABLES; table++)
        sqlite3_finalize(writer->insert[table]);
    sqlite3_finalize(writer->insert_chunk);
    sqlite3_finalize(writer->insert_text);
    sqlite3_finalize(writer->find_text);
    sqlite3_close(writer->db);
    g_array_unref(writer->packed);
    hg_packer_free(writer->packer);
    g_clear_error(&writer->failure);
    g_mutex_clear(&writer->database_lock);
    g_mutex_clear(&writer->queue_lock);
    g_cond_clear(&writer->queue_changed);
    g_free(writer);
}

/* Every column must be whole or absent. */
static bool
check_counts(const HgSnapshotWriter *writer, const HgSnapshotInfo *info, GError **error)
{
    for (unsigned column = 0; column < HG_N_COLUMNS; column++) {
        uint64_t expected = hg_column_count(column, info->n_objects, info->n_references);
        if (writer->count[column] == 0 || writer->count[column] == expected)
            continue;
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED,
                    "column %s: %" G_GUINT64_FORMAT " numbers, expected %" G_GUINT64_FORMAT,
                    hg_column_get_name(column), writer->count[column], expected);
        return false;
    }
    return true;
}

static bool
finish_columns(HgSnapshotWriter *writer, GError **error)
{
    for (unsigned column = 0; column < HG_N_COLUMNS; column++)
        if (writer->piece[column] && !push(writer, column, error))
            return false;
    join_thread(writer);
    return check_failure(writer, error);
}

static bool
insert_columns(HgSnapshotWriter *writer, uint32_t id, GError **error)
{
    g_autoptr(sqlite3_stmt) insert =
        hg_database_prepare(writer->db, "INSERT INTO all_column VALUES (?,?,?,?)", error);
    for (unsigned column = 0; column < HG_N_COLUMNS; column++) {
        if (!insert)
            return false;
        sqlite3_bind_int64(insert, 1, id);
        sqlite3_bind_int64(insert, 2, column);
        hg_database_bind_text(insert, 3, hg_column_get_name(column));
        bind_number(insert, 4, writer->count[column]);
        if (!hg_database_finish(insert, error))
            return false;
    }
    return true;
}

static bool
insert_tables(HgSnapshotWriter *writer, uint32_t id, GError **error)
{
    for (unsigned table = 0; table < N_TABLES; table++) {
        const char *name = tables[table].name;
        g_autofree char *sql = g_strdup_printf("UPDATE new_%s SET snapshot = %u;"
                                               "INSERT INTO all_%s SELECT * FROM new_%s",
                                               name, id, name, name);
        if (!hg_database_run(writer->db, sql, error))
            return false;
    }
    return true;
}

/* Returns: "snapshot N", or another name if somebody has called another one so; g_free(). */
static char *
make_name(HgSnapshotWriter *writer, int64_t id)
{
    g_autoptr(sqlite3_stmt) find =
        hg_database_prepare(writer->db, "SELECT 1 FROM snapshot WHERE name = ?", NULL);
    char *name = g_strdup_printf("snapshot %" G_GINT64_FORMAT, id);
    for (unsigned again = 2; find; again++) {
        hg_database_bind_text(find, 1, name);
        bool taken = sqlite3_step(find) == SQLITE_ROW;
        sqlite3_reset(find);
        if (!taken)
            break;
        g_free(name);
        name = g_strdup_printf("snapshot %" G_GINT64_FORMAT " (%u)", id, again);
    }
    return name;
}

static bool
insert_snapshot(HgSnapshotWriter *writer, const HgSnapshotInfo *info, int64_t id, GError **error)
{
    g_autofree char *name = info->name ? g_strdup(info->name) : make_name(writer, id);
    g_autoptr(sqlite3_stmt) insert = hg_database_prepare(
        writer->db, "INSERT INTO snapshot VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", error);
    if (!insert)
        return false;
    sqlite3_bind_int64(insert, 1, id);
    hg_database_bind_text(insert, 2, name);
    sqlite3_bind_int64(insert, 3, info->taken);
    hg_database_bind_text(insert, 4, info->source ? info->source : "");
    hg_database_bind_text(insert, 5, info->python ? info->python : "");
    bind_number(insert, 6, info->n_objects);
    bind_number(insert, 7, info->n_references);
    bind_number(insert, 8, info->size);
    hg_database_bind_text(insert, 9, info->process ? info->process : "");
    bind_number(insert, 10, writer->stored);
    bind_number(insert, 11, info->instant);
    bind_number(insert, 12, info->knows_garbage);
    bind_number(insert, 13, info->n_live);
    bind_number(insert, 14, info->n_dropped);
    bind_number(insert, 15, writer->load);
    if (hg_database_finish(insert, error))
        return true;
    if (sqlite3_extended_errcode(writer->db) == SQLITE_CONSTRAINT_UNIQUE) {
        g_clear_error(error);
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "another snapshot is called '%s'", name);
    }
    return false;
}

static bool
insert_everything(HgSnapshotWriter *writer, const HgSnapshotInfo *info, int64_t *id, GError **error)
{
    if (!hg_database_get_number(writer->db,
                                "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence "
                                "WHERE name = 'snapshot'",
                                id, error))
        return false;
    if (*id <= 0 || *id >= HG_NONE) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "too many snapshots for one store");
        return false;
    }
    g_autoptr(sqlite3_stmt) done =
        hg_database_prepare_numbers(writer->db, "DELETE FROM load WHERE number = ?", error, 1,
                                    (const int64_t[]){(int64_t)writer->load});
    return done && insert_snapshot(writer, info, *id, error) &&
           insert_columns(writer, (uint32_t)*id, error) &&
           insert_tables(writer, (uint32_t)*id, error) && hg_database_finish(done, error);
}

bool
hg_snapshot_writer_publish(HgSnapshotWriter *writer, const HgSnapshotInfo *info, uint32_t *id,
                           GError **error)
{
    int64_t number = 0;
    if ((info->name && !hg_store_check_name(info->name, error)) ||
        !check_counts(writer, info, error) || !finish_columns(writer, error) ||
        !hg_database_begin(writer->db, error))
        return false;
    bool done = insert_everything(writer, info, &number, error);
    if (!hg_database_end(writer->db, done, error))
        return false;
    writer->published = true;
    *id = (uint32_t)number;
    return true;
}
