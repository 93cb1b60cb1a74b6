/* object-list.c - lists of objects with their columns.
 * SPDX-License-Identifier: MIT */
#include "gui/models/object-list.h"

#include "core/graph/radix.h"
#include "core/questions/object.h"

#include <string.h>

#define LONG 28 /* characters of a long label */

/* How a column of the store becomes one of the list. */
typedef struct {
    HgListColumn shown;
    HgColumn stored;
    unsigned less; /* the stored number is greater by this, and 0 is unknown */
    bool is_minor; /* left out with HG_OBJECTS_FEW */
} Source;

static const Source sources[] = {
    {{"size", "Size", HG_FIELD_SIZE, 9, "of the object alone"}, HG_COLUMN_SIZE, 0, false},
    {{"retained", "Retained", HG_FIELD_SIZE, 9, "what would go away with it"},
     HG_COLUMN_RETAINED,
     0,
     false},
    {{"share", "Share", HG_FIELD_SHARE, 7, "what it retains of the heap"},
     HG_COLUMN_RETAINED,
     0,
     false},
    {{"length", "Length", HG_FIELD_COUNT, 7, "items"}, HG_COLUMN_LENGTH, 1, true},
    {{"address", "Address", HG_FIELD_ADDRESS, 14, "its id()"}, HG_COLUMN_ADDRESS, 0, false},
    {{"refcount", "Refs", HG_FIELD_COUNT, 6, "its reference count"}, HG_COLUMN_REFCOUNT, 1, true},
};

/* ---- dealing out ---------------------------------------------------------------------------- */

/* The rows by the number of their object; those without one are left out. */
typedef struct {
    uint64_t *object;
    uint32_t *row;
    uint32_t count, n_rows;
} ByNumber;

static void
clear_by_number(ByNumber *by)
{
    g_free(by->object);
    g_free(by->row);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ByNumber, clear_by_number)

static bool
sort_by_number(const GArray *objects, ByNumber *by, GError **error)
{
    by->n_rows = objects->len;
    by->object = g_new(uint64_t, MAX(by->n_rows, 1));
    by->row = g_new(uint32_t, MAX(by->n_rows, 1));
    for (uint32_t i = 0; i < by->n_rows; i++)
        if (g_array_index(objects, uint32_t, i) != HG_NONE) {
            by->object[by->count] = g_array_index(objects, uint32_t, i);
            by->row[by->count++] = i;
        }
    return hg_radix_sort(by->object, by->row, by->count, error);
}

/* The wanted objects of one chunk: [first] to [end] of those by number. */
static bool
deal_chunk(HgSnapshot *snapshot, HgColumn column, const ByNumber *by, uint32_t first, uint32_t end,
           uint64_t *buffer, uint64_t *numbers, GError **error)
{
    uint64_t low = by->object[first], count = by->object[end - 1] - low + 1;
    if (!hg_snapshot_read(snapshot, column, low, count, buffer, error))
        return false;
    for (uint32_t i = first; i < end; i++)
        numbers[by->row[i]] = buffer[by->object[i] - low];
    return true;
}

/* Returns: a column of the store, one number (uint64_t) a row; g_array_unref(). */
static GArray *
read_column(HgAsk *ask, HgSnapshot *snapshot, HgColumn column, const ByNumber *by, GError **error)
{
    g_autoptr(GArray) numbers = g_array_sized_new(FALSE, FALSE, sizeof(uint64_t), by->n_rows);
    g_autofree uint64_t *buffer = g_new(uint64_t, HG_CHUNK);
    g_array_set_size(numbers, by->n_rows);
    for (uint32_t row = 0; row < by->n_rows; row++)
        g_array_index(numbers, uint64_t, row) = HG_LIST_UNKNOWN;
    for (uint32_t first = 0, end; first < by->count; first = end) {
        uint64_t chunk = by->object[first] / HG_CHUNK;
        for (end = first; end < by->count && by->object[end] / HG_CHUNK == chunk;)
            end++;
        if (!hg_ask_check(ask, error) || !deal_chunk(snapshot, column, by, first, end, buffer,
                                                     (uint64_t *)(void *)numbers->data, error))
            return NULL;
    }
    return g_steal_pointer(&numbers);
}

static void
decode(const Source *source, GArray *numbers)
{
    for (unsigned i = 0; source->less && i < numbers->len; i++) {
        uint64_t *number = &g_array_index(numbers, uint64_t, i);
        if (*number != HG_LIST_UNKNOWN)
            *number = *number ? *number - source->less : HG_LIST_UNKNOWN;
    }
}

/* ---- the list ----------------------------------------------------------------------------------
 */

static bool
fill_types(HgAsk *ask, HgSnapshot *snapshot, const ByNumber *by, HgList *list, unsigned column,
           GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    g_autoptr(GArray) numbers =
        types ? read_column(ask, snapshot, HG_COLUMN_TYPE, by, error) : NULL;
    if (!numbers)
        return false;
    g_autofree uint64_t *texts = g_new0(uint64_t, types->len + 1);
    g_autofree bool *is_known = g_new0(bool, types->len + 1);
    for (unsigned i = 0; i < numbers->len; i++) {
        uint64_t *number = &g_array_index(numbers, uint64_t, i), type = *number;
        if (type == HG_LIST_UNKNOWN)
            continue;
        if (type >= types->len) {
            g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "an object of type %u of %u",
                        (unsigned)type, types->len);
            return false;
        }
        if (!is_known[type])
            texts[type] = hg_list_intern(list, ((HgTypeRow *)types->pdata[type])->name);
        is_known[type] = true;
        *number = texts[type];
    }
    hg_list_take_numbers(list, column, g_steal_pointer(&numbers));
    return true;
}

static void
fill_labels(const GPtrArray *labels, HgList *list)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (unsigned i = 0; i < labels->len; i++) {
        uint64_t text = hg_list_intern(list, labels->pdata[i]);
        g_array_append_val(numbers, text);
    }
    hg_list_take_numbers(list, 0, numbers);
}

static bool
is_unknown_everywhere(const GArray *numbers)
{
    for (unsigned i = 0; i < numbers->len; i++)
        if (g_array_index(numbers, uint64_t, i) != HG_LIST_UNKNOWN)
            return false;
    return true;
}

static bool
fill_column(HgAsk *ask, HgSnapshot *snapshot, const ByNumber *by, const Source *source,
            HgList *list, GError **error)
{
    unsigned column = hg_list_find_column(list, source->shown.key);
    GArray *numbers =
        column == UINT_MAX ? NULL : read_column(ask, snapshot, source->stored, by, error);
    if (column == UINT_MAX)
        return true;
    if (!numbers)
        return false;
    decode(source, numbers);
    hg_list_take_numbers(list, column, numbers);
    if (source->is_minor && is_unknown_everywhere(numbers))
        hg_list_hide_column(list, column);
    if (source->shown.kind == HG_FIELD_SHARE || source->shown.kind == HG_FIELD_SIZE)
        hg_list_set_total(list, column, hg_snapshot_get_info(snapshot)->size);
    return true;
}

static HgList *
make_empty(HgSnapshot *snapshot, const HgShot *shot, unsigned columns)
{
    HgListColumn chosen[3 + G_N_ELEMENTS(sources)];
    unsigned count = 0;
    if (columns & HG_OBJECTS_WITH_LABEL)
        chosen[count++] = (HgListColumn){"label", "Name", HG_FIELD_TEXT,
                                         columns & HG_OBJECTS_LONG_LABEL ? LONG : 0, NULL};
    if (columns & HG_OBJECTS_WITH_TYPE)
        chosen[count++] = (HgListColumn){"type", "Type", HG_FIELD_TEXT, 16, NULL};
    chosen[count++] = (HgListColumn){"value", "Value", HG_FIELD_VALUE, 0, NULL};
    for (unsigned i = 0; i < G_N_ELEMENTS(sources); i++) {
        bool is_there = hg_snapshot_count(snapshot, sources[i].stored) > 0;
        bool is_few = columns & HG_OBJECTS_FEW;
        if (!is_there || (sources[i].is_minor && is_few))
            continue;
        chosen[count] = sources[i].shown;
        if (is_few && sources[i].stored == HG_COLUMN_ADDRESS)
            chosen[count].title = NULL; /* to be copied only */
        count++;
    }
    return hg_list_new(chosen, count, shot);
}

HgList *
hg_object_list_make(HgAsk *ask, const HgShot *shot, GArray *objects, unsigned columns,
                    const GPtrArray *labels, GError **error)
{
    g_auto(ByNumber) by = {0};
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, shot, error);
    if (!snapshot || !sort_by_number(objects, &by, error)) {
        g_array_unref(objects);
        return NULL;
    }
    g_autoptr(HgList) list = make_empty(snapshot, shot, columns);
    hg_list_take_objects(list, objects);
    if (columns & HG_OBJECTS_WITH_LABEL)
        fill_labels(labels, list);
    if (columns & HG_OBJECTS_WITH_TYPE &&
        !fill_types(ask, snapshot, &by, list, hg_list_find_column(list, "type"), error))
        return NULL;
    for (unsigned i = 0; i < G_N_ELEMENTS(sources); i++)
        if (!fill_column(ask, snapshot, &by, &sources[i], list, error))
            return NULL;
    return g_steal_pointer(&list);
}
