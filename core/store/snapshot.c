/* snapshot.c - reading a snapshot's columns.
 *
 * Chunks that single numbers are asked of stay unpacked in a small cache: WAYS places for each
 * set, the one used longest ago gives way. Long reads unpack straight into the caller's array.
 * SPDX-License-Identifier: MIT */
#include "core/store/snapshot-private.h"

#include <string.h>

#define SETS 128u
#define WAYS 4u
#define VALUE_PLACES 8u
#define PLACES_KEPT 64u /* when it rests: 8 MB */

typedef struct {
    uint64_t key; /* hg_chunk_id() + 1 of the chunk in this place, 0: none */
    uint64_t used;
    uint64_t *numbers; /* HG_CHUNK of them */
} Place;

typedef struct {
    uint64_t chunk; /* number + 1, 0: none */
    HgValues values;
} ValuePlace;

struct HgSnapshot {
    HgStore *store;
    HgSnapshotInfo *info;
    uint64_t load;
    uint64_t count[HG_N_COLUMNS];
    sqlite3_stmt *find_chunk;
    HgUnpacker *unpacker;
    Place place[SETS * WAYS];
    uint64_t clock;
    struct {
        uint64_t chunk; /* number + 1 */
        const uint64_t *numbers;
    } last[HG_N_COLUMNS]; /* where the last number of each column was */
    ValuePlace values[VALUE_PLACES];
    HgSnapshotRows rows;
};

/* ---- opening --------------------------------------------------------------------------- */

static bool
fail_damaged(const HgSnapshot *snapshot, GError **error, const char *what)
{
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "%s: snapshot %u is damaged: %s",
                hg_store_get_path(snapshot->store), snapshot->info->id, what);
    return false;
}

static bool
set_count(HgSnapshot *snapshot, uint64_t column, uint64_t count, GError **error)
{
    const HgSnapshotInfo *info = snapshot->info;
    if (column >= HG_N_COLUMNS)
        return fail_damaged(snapshot, error, "unknown column");
    if (count != 0 && count != hg_column_count(column, info->n_objects, info->n_references))
        return fail_damaged(snapshot, error, "a column has another length than the snapshot says");
    snapshot->count[column] = count;
    return true;
}

static bool
read_counts(HgSnapshot *snapshot, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        hg_database_prepare_numbers(hg_store_get_database(snapshot->store),
                                    "SELECT number, count FROM all_column WHERE snapshot = ?",
                                    error, 1, (const int64_t[]){snapshot->info->id});
    for (bool row = true; row;) {
        if (!statement || !hg_database_step(statement, &row, error))
            return false;
        if (row && !set_count(snapshot, (uint64_t)sqlite3_column_int64(statement, 0),
                              (uint64_t)sqlite3_column_int64(statement, 1), error))
            return false;
    }
    return true;
}

HgSnapshot *
hg_snapshot_open(HgStore *store, uint32_t id, GError **error)
{
    g_autoptr(HgSnapshot) snapshot = g_new0(HgSnapshot, 1);
    snapshot->store = store;
    snapshot->info = hg_store_get_info(store, id, &snapshot->load, error);
    if (!snapshot->info || !read_counts(snapshot, error))
        return NULL;
    snapshot->find_chunk = hg_database_prepare(hg_store_get_database(store),
                                               "SELECT data FROM chunk WHERE id = ?", error);
    snapshot->unpacker = hg_unpacker_new();
    return snapshot->find_chunk ? g_steal_pointer(&snapshot) : NULL;
}

void
hg_snapshot_close(HgSnapshot *snapshot)
{
    if (!snapshot)
        return;
    hg_snapshot_rows_clear(&snapshot->rows);
    for (size_t index = 0; index < G_N_ELEMENTS(snapshot->place); index++)
        g_free(snapshot->place[index].numbers);
    for (size_t index = 0; index < VALUE_PLACES; index++)
        hg_values_clear(&snapshot->values[index].values);
    sqlite3_finalize(snapshot->find_chunk);
    hg_unpacker_free(snapshot->unpacker);
    hg_snapshot_info_free(snapshot->info);
    g_free(snapshot);
}

HgStore *
hg_snapshot_get_store(const HgSnapshot *snapshot)
{
    return snapshot->store;
}

const HgSnapshotInfo *
hg_snapshot_get_info(const HgSnapshot *snapshot)
{
    return snapshot->info;
}

uint32_t
hg_snapshot_count_objects(const HgSnapshot *snapshot)
{
    return (uint32_t)snapshot->info->n_objects;
}

uint64_t
hg_snapshot_count_references(const HgSnapshot *snapshot)
{
    return snapshot->info->n_references;
}

uint64_t
hg_snapshot_count(const HgSnapshot *snapshot, HgColumn column)
{
    return snapshot->count[column];
}

HgSnapshotRows *
hg_snapshot_get_rows(HgSnapshot *snapshot)
{
    return &snapshot->rows;
}

/* ---- chunks ---------------------------------------------------------------------------- */

/* Makes *data the packed chunk; it is valid until release(). */
static bool
fetch(HgSnapshot *snapshot, HgColumn column, uint64_t chunk, const void **data, size_t *size,
      GError **error)
{
    bool row;
    sqlite3_bind_int64(snapshot->find_chunk, 1, hg_chunk_id(snapshot->load, column, chunk));
    if (!hg_database_step(snapshot->find_chunk, &row, error))
        return false;
    if (!row)
        return fail_damaged(snapshot, error, "a chunk is missing, or it was removed meanwhile");
    *data = sqlite3_column_blob(snapshot->find_chunk, 0);
    *size = (size_t)sqlite3_column_bytes(snapshot->find_chunk, 0);
    return *data || fail_damaged(snapshot, error, "a chunk is empty");
}

static void
release(HgSnapshot *snapshot)
{
    sqlite3_reset(snapshot->find_chunk);
}

/* Prefixes what is wrong with a chunk by where it is. Returns: [fine]. */
static bool
locate(HgSnapshot *snapshot, HgColumn column, uint64_t chunk, bool fine, GError **error)
{
    if (!fine)
        g_prefix_error(error, "%s: snapshot %u: column %s, chunk %" G_GUINT64_FORMAT ": ",
                       hg_store_get_path(snapshot->store), snapshot->info->id,
                       hg_column_get_name(column), chunk);
    return fine;
}

static uint32_t
count_in_chunk(const HgSnapshot *snapshot, HgColumn column, uint64_t chunk, uint32_t whole)
{
    return (uint32_t)MIN(snapshot->count[column] - chunk * whole, whole);
}

/* Hands the chunk to the unpacker. */
static bool
open_chunk(HgSnapshot *snapshot, HgColumn column, uint64_t chunk, GError **error)
{
    const void *data;
    size_t size;
    uint32_t count = count_in_chunk(snapshot, column, chunk, HG_CHUNK);
    bool fetched = fetch(snapshot, column, chunk, &data, &size, error);
    bool fine =
        fetched && locate(snapshot, column, chunk,
                          hg_unpacker_open(snapshot->unpacker, data, size, count, error), error);
    release(snapshot);
    return fine;
}

static Place *
find_place(HgSnapshot *snapshot, uint64_t key)
{
    Place *set = &snapshot->place[(key * 0x9e3779b97f4a7c15u >> 57) % SETS * WAYS];
    Place *oldest = set;
    for (unsigned way = 0; way < WAYS; way++) {
        if (set[way].key == key)
            return &set[way];
        if (set[way].used < oldest->used)
            oldest = &set[way];
    }
    return oldest;
}

/* A place is about to get other numbers: nobody may take them for the old ones. */
static void
forget(HgSnapshot *snapshot, const Place *place)
{
    for (unsigned column = 0; column < HG_N_COLUMNS; column++)
        if (snapshot->last[column].numbers == place->numbers)
            snapshot->last[column].chunk = 0;
}

void
hg_snapshot_trim(HgSnapshot *snapshot)
{
    for (size_t index = 0; index < G_N_ELEMENTS(snapshot->place); index++) {
        Place *place = &snapshot->place[index];
        if (!place->numbers || place->used + PLACES_KEPT > snapshot->clock)
            continue;
        forget(snapshot, place);
        g_free(place->numbers);
        *place = (Place){0};
    }
}

/* Returns: the numbers of a chunk, borrowed until the next call; NULL with [error] set. */
static const uint64_t *
get_chunk(HgSnapshot *snapshot, HgColumn column, uint64_t chunk, GError **error)
{
    uint64_t key = (uint64_t)hg_chunk_id(0, column, chunk) + 1;
    Place *place = find_place(snapshot, key);
    if (place->key != key) {
        if (!open_chunk(snapshot, column, chunk, error))
            return NULL;
        if (!place->numbers)
            place->numbers = g_new(uint64_t, HG_CHUNK);
        forget(snapshot, place);
        hg_unpacker_read(snapshot->unpacker, place->numbers);
        place->key = key;
    }
    place->used = ++snapshot->clock;
    snapshot->last[column].chunk = chunk + 1;
    snapshot->last[column].numbers = place->numbers;
    return place->numbers;
}

static bool
check_range(const HgSnapshot *snapshot, HgColumn column, uint64_t first, uint64_t count,
            GError **error)
{
    if (first <= snapshot->count[column] && count <= snapshot->count[column] - first)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED,
                "%s: snapshot %u: column %s has %" G_GUINT64_FORMAT
                " numbers, asked for %" G_GUINT64_FORMAT " from %" G_GUINT64_FORMAT,
                hg_store_get_path(snapshot->store), snapshot->info->id, hg_column_get_name(column),
                snapshot->count[column], count, first);
    return false;
}

bool
hg_snapshot_get(HgSnapshot *snapshot, HgColumn column, uint64_t index, uint64_t *number,
                GError **error)
{
    if (index >= snapshot->count[column])
        return check_range(snapshot, column, index, 1, error);
    const uint64_t *numbers = snapshot->last[column].numbers;
    if (snapshot->last[column].chunk != index / HG_CHUNK + 1)
        numbers = get_chunk(snapshot, column, index / HG_CHUNK, error);
    if (!numbers)
        return false;
    *number = numbers[index % HG_CHUNK];
    return true;
}

static HgColumn
find_rows(HgColumn starts)
{
    switch (starts) {
    case HG_COLUMN_FORWARD_FIRST:
        return HG_COLUMN_TARGET;
    case HG_COLUMN_BACKWARD_FIRST:
        return HG_COLUMN_SOURCE;
    case HG_COLUMN_HELD_FIRST:
        return HG_COLUMN_HELD;
    default:
        g_assert_not_reached();
    }
}

bool
hg_snapshot_get_row(HgSnapshot *snapshot, HgColumn starts, uint64_t row, uint64_t *start,
                    uint64_t *end, GError **error)
{
    if (snapshot->count[starts] == 0) {
        g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                    "%s: snapshot %u was loaded without its column %s: load its dump again",
                    hg_store_get_path(snapshot->store), snapshot->info->id,
                    hg_column_get_name(starts));
        return false;
    }
    if (!hg_snapshot_get(snapshot, starts, row, start, error) ||
        !hg_snapshot_get(snapshot, starts, row + 1, end, error))
        return false;
    if (*start <= *end && *end <= snapshot->count[find_rows(starts)])
        return true;
    g_autofree char *what =
        g_strdup_printf("column %s, row %" G_GUINT64_FORMAT, hg_column_get_name(starts), row);
    return fail_damaged(snapshot, error, what);
}

/* ---- long reads ------------------------------------------------------------------------ */

/* Numbers of one chunk, of any width: part of the chunk goes through the cache, all of it
 * straight to the caller. */
typedef bool (*ReadWhole)(HgUnpacker *unpacker, void *numbers);
typedef bool (*ReadPart)(const uint64_t *part, uint64_t count, void *numbers);

typedef struct {
    size_t width;
    ReadWhole read_whole;
    ReadPart read_part;
} Width;

static bool
whole_u64(HgUnpacker *unpacker, void *numbers)
{
    hg_unpacker_read(unpacker, numbers);
    return true;
}

static bool
part_u64(const uint64_t *part, uint64_t count, void *numbers)
{
    memcpy(numbers, part, count * sizeof *part);
    return true;
}

static bool
whole_u32(HgUnpacker *unpacker, void *numbers)
{
    return hg_unpacker_read_u32(unpacker, numbers);
}

static bool
part_u32(const uint64_t *part, uint64_t count, void *numbers)
{
    uint32_t *narrow = numbers;
    uint64_t all = 0;
    for (uint64_t index = 0; index < count; index++) {
        all |= part[index];
        narrow[index] = (uint32_t)part[index];
    }
    return all <= UINT32_MAX;
}

static bool
whole_u8(HgUnpacker *unpacker, void *numbers)
{
    return hg_unpacker_read_u8(unpacker, numbers);
}

static bool
part_u8(const uint64_t *part, uint64_t count, void *numbers)
{
    uint8_t *narrow = numbers;
    uint64_t all = 0;
    for (uint64_t index = 0; index < count; index++) {
        all |= part[index];
        narrow[index] = (uint8_t)part[index];
    }
    return all <= UINT8_MAX;
}

static bool
read_from_chunk(HgSnapshot *snapshot, HgColumn column, uint64_t first, uint64_t count,
                const Width *width, void *numbers, GError **error)
{
    uint64_t chunk = first / HG_CHUNK;
    bool whole = count == count_in_chunk(snapshot, column, chunk, HG_CHUNK);
    const uint64_t *cached = NULL;
    if (whole ? !open_chunk(snapshot, column, chunk, error)
              : !(cached = get_chunk(snapshot, column, chunk, error)))
        return false;
    if (whole ? width->read_whole(snapshot->unpacker, numbers)
              : width->read_part(cached + first % HG_CHUNK, count, numbers))
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "a number is too large");
    return locate(snapshot, column, chunk, false, error);
}

static bool
read_column(HgSnapshot *snapshot, HgColumn column, uint64_t first, uint64_t count,
            const Width *width, uint8_t *numbers, GError **error)
{
    if (!check_range(snapshot, column, first, count, error))
        return false;
    while (count > 0) {
        uint64_t here = MIN(count, HG_CHUNK - first % HG_CHUNK);
        if (!read_from_chunk(snapshot, column, first, here, width, numbers, error))
            return false;
        numbers += here * width->width;
        first += here;
        count -= here;
    }
    return true;
}

bool
hg_snapshot_read(HgSnapshot *snapshot, HgColumn column, uint64_t first, uint64_t count,
                 uint64_t *numbers, GError **error)
{
    static const Width width = {sizeof *numbers, whole_u64, part_u64};
    return read_column(snapshot, column, first, count, &width, (uint8_t *)numbers, error);
}

bool
hg_snapshot_read_u32(HgSnapshot *snapshot, HgColumn column, uint64_t first, uint64_t count,
                     uint32_t *numbers, GError **error)
{
    static const Width width = {sizeof *numbers, whole_u32, part_u32};
    return read_column(snapshot, column, first, count, &width, (uint8_t *)numbers, error);
}

bool
hg_snapshot_read_u8(HgSnapshot *snapshot, HgColumn column, uint64_t first, uint64_t count,
                    uint8_t *numbers, GError **error)
{
    static const Width width = {sizeof *numbers, whole_u8, part_u8};
    return read_column(snapshot, column, first, count, &width, numbers, error);
}

/* ---- values ---------------------------------------------------------------------------- */

static const HgValues *
get_values(HgSnapshot *snapshot, uint64_t chunk, GError **error)
{
    ValuePlace *place = &snapshot->values[chunk % VALUE_PLACES];
    if (place->chunk == chunk + 1)
        return &place->values;
    const void *data;
    size_t size;
    HgValues values;
    uint32_t count = count_in_chunk(snapshot, HG_COLUMN_VALUE, chunk, HG_VALUES_CHUNK);
    bool fetched = fetch(snapshot, HG_COLUMN_VALUE, chunk, &data, &size, error);
    bool fine = fetched && locate(snapshot, HG_COLUMN_VALUE, chunk,
                                  hg_unpacker_read_values(snapshot->unpacker, data, size, count,
                                                          &values, error),
                                  error);
    release(snapshot);
    if (!fine)
        return NULL;
    hg_values_clear(&place->values);
    *place = (ValuePlace){chunk + 1, values};
    return &place->values;
}

bool
hg_snapshot_peek_value(HgSnapshot *snapshot, uint32_t object, const char **value, size_t *size,
                       GError **error)
{
    *value = NULL;
    *size = 0;
    if (snapshot->count[HG_COLUMN_VALUE] == 0 && object < snapshot->info->n_objects)
        return true;
    if (!check_range(snapshot, HG_COLUMN_VALUE, object, 1, error))
        return false;
    const HgValues *values = get_values(snapshot, object / HG_VALUES_CHUNK, error);
    if (!values)
        return false;
    uint32_t index = object % HG_VALUES_CHUNK;
    if (!values->present[index])
        return true;
    *value = values->bytes + values->first[index];
    *size = values->first[index + 1] - values->first[index];
    return true;
}

bool
hg_snapshot_read_value(HgSnapshot *snapshot, uint32_t object, char **value, size_t *size,
                       GError **error)
{
    const char *peeked;
    size_t length;
    if (!hg_snapshot_peek_value(snapshot, object, &peeked, &length, error))
        return false;
    char *copy = NULL;
    if (peeked) {
        copy = g_malloc(length + 1);
        memcpy(copy, peeked, length);
        copy[length] = '\0';
    }
    *value = copy;
    *size = length;
    return true;
}

/* ---- addresses ------------------------------------------------------------------------- */

bool
hg_snapshot_find_address(HgSnapshot *snapshot, uint64_t address, uint32_t *object, GError **error)
{
    uint64_t low = 0, high = snapshot->count[HG_COLUMN_ADDRESS];
    while (low < high) {
        uint64_t middle = low + (high - low) / 2, found = 0;
        if (!hg_snapshot_get(snapshot, HG_COLUMN_ADDRESS, middle, &found, error))
            return false;
        if (found == address) {
            *object = (uint32_t)middle;
            return true;
        }
        if (found < address)
            low = middle + 1;
        else
            high = middle;
    }
    g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                "there is no object at 0x%" G_GINT64_MODIFIER "x in snapshot %u", address,
                snapshot->info->id);
    return false;
}
