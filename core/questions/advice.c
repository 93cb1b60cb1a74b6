/* advice.c - what is kept could be smaller: reads the heap, asks each finder, sorts.
 * SPDX-License-Identifier: MIT */
#include "core/questions/advice-private.h"

#include "core/questions/sweep.h"
#include "core/questions/ways.h"

#include <string.h>

const char *
hg_advice_kind_get_name(HgAdviceKind kind)
{
    static const char *const names[HG_N_ADVICE] = {
        [HG_ADVICE_SLOTS] = "slots",
        [HG_ADVICE_INHERITED_DICT] = "inherited-dict",
        [HG_ADVICE_EQUAL_TEXTS] = "equal-texts",
        [HG_ADVICE_EQUAL_VALUES] = "equal-values",
        [HG_ADVICE_ARRAY] = "array",
        [HG_ADVICE_EMPTY] = "empty",
        [HG_ADVICE_SPARSE] = "sparse",
        [HG_ADVICE_RECORDS] = "records",
        [HG_ADVICE_GENERATOR] = "generator",
        [HG_ADVICE_COPIES] = "copies",
    };
    return names[kind];
}

uint32_t
hg_advice_find_type(const HgAdviceHeap *heap, const char *name)
{
    for (unsigned i = 0; i < heap->types->len; i++) {
        const HgTypeRow *type = heap->types->pdata[i];
        if (g_str_equal(type->name, name))
            return i;
    }
    return HG_NONE;
}

/* ---- the heap in arrays -------------------------------------------------------------------- */

static void
clear_heap(HgAdviceHeap *heap)
{
    hg_graph_clear(&heap->graph);
    g_free(heap->label);
    g_free(heap->type);
    g_free(heap->size);
    g_free(heap->length);
    g_free(heap->holder);
    g_free(heap->owner);
    g_free(heap->referrer);
    g_free(heap->is_live);
    g_free(heap->is_weakly);
    g_free(heap->is_told);
    g_clear_pointer(&heap->advice, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgAdviceHeap, clear_heap)

static bool
read_cut(HgSnapshot *snapshot, HgColumn column, uint64_t count, uint32_t *numbers, GError **error)
{
    g_autofree uint64_t *chunk = g_new(uint64_t, HG_CHUNK);
    for (uint64_t first = 0, part; first < count; first += part) {
        part = MIN(count - first, HG_CHUNK);
        if (!hg_snapshot_read(snapshot, column, first, part, chunk, error))
            return false;
        for (uint64_t i = 0; i < part; i++)
            numbers[first + i] = (uint32_t)MIN(chunk[i], UINT32_MAX);
    }
    return true;
}

/* Returns: a column, numbers too large for 32 bits as UINT32_MAX; g_free(). */
static uint32_t *
read_clamped(HgSnapshot *snapshot, HgColumn column, uint64_t count, GError **error)
{
    g_autofree uint32_t *numbers = hg_array_new(count, sizeof(uint32_t), error);
    if (!numbers)
        return NULL;
    if (hg_snapshot_count(snapshot, column) == 0 || count == 0 ||
        hg_snapshot_read_u32(snapshot, column, 0, count, numbers, NULL) ||
        read_cut(snapshot, column, count, numbers, error))
        return g_steal_pointer(&numbers);
    return NULL;
}

/* Every number of types must be that of one. */
static bool
check_types(const HgAdviceHeap *heap, GError **error)
{
    for (uint32_t i = 0; i < heap->n; i++)
        if (heap->type[i] >= heap->types->len) {
            g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "object %u: no type %u", i,
                        heap->type[i]);
            return false;
        }
    return true;
}

/* Where nobody can tell garbage from what C holds, all objects are taken for live. */
static bool
read_live(HgAdviceHeap *heap, GError **error)
{
    size_t n_bytes = heap->n / 8 + 1;
    if (!(heap->is_live = hg_array_new(n_bytes, 1, error)) ||
        !(heap->is_weakly = hg_array_new(n_bytes, 1, error)) ||
        !(heap->is_told = hg_array_new(n_bytes, 1, error)))
        return false;
    const HgSnapshotInfo *info = hg_snapshot_get_info(heap->snapshot);
    if (!info->knows_garbage || info->n_live == info->n_objects) {
        memset(heap->is_live, 0xff, n_bytes);
        return true;
    }
    g_autofree uint32_t *distance =
        read_clamped(heap->snapshot, HG_COLUMN_DISTANCE, heap->n, error);
    for (uint32_t i = 0; distance && i < heap->n; i++)
        if (distance[i])
            hg_bit_set(heap->is_live, i);
    return distance;
}

/* What ints ask for is more than what they tell. */
static void
correct_ints(HgAdviceHeap *heap)
{
    uint32_t int_type = hg_advice_find_type(heap, "int");
    for (uint32_t i = 0; i < heap->n; i++)
        if (heap->type[i] == int_type)
            heap->size[i] = hg_python_sizes_get_int(&heap->sizes, heap->size[i]);
}

static bool
read_columns(HgAdviceHeap *heap, GError **error)
{
    HgSnapshot *snapshot = heap->snapshot;
    return hg_sweep_read_graph(snapshot, &heap->graph, error) &&
           (heap->label =
                read_clamped(snapshot, HG_COLUMN_LABEL, heap->graph.n_references, error)) &&
           (heap->type = read_clamped(snapshot, HG_COLUMN_TYPE, heap->n, error)) &&
           check_types(heap, error) &&
           (heap->size = hg_array_new(heap->n, sizeof(uint64_t), error)) &&
           hg_snapshot_read(snapshot, HG_COLUMN_SIZE, 0, heap->n, heap->size, error) &&
           (heap->length = read_clamped(snapshot, HG_COLUMN_LENGTH, heap->n, error)) &&
           (heap->holder = read_clamped(snapshot, HG_COLUMN_HOLDER, heap->n, error)) &&
           (heap->owner = hg_array_new(heap->n, sizeof(uint32_t), error)) &&
           (heap->referrer = hg_array_new(heap->n, sizeof(uint32_t), error)) &&
           read_live(heap, error);
}

/* ---- who refers to what -------------------------------------------------------------------- */

/* What a program can do nothing about: names and constants that the compiler made. */
static bool
is_machinery(const HgTypeRow *type)
{
    static const char *const names[] = {"code", "function", "type", "property",
                                        "builtin_function_or_method"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(type->name, names[i]))
            return true;
    return false;
}

static void
note_references(HgAdviceHeap *heap, uint32_t source, uint32_t dict_text, bool is_shown)
{
    const HgRows *rows = &heap->graph.forward;
    for (uint64_t i = rows->first[source]; i < rows->first[source + 1]; i++) {
        uint32_t target = rows->other[i];
        HgLabelKind kind = heap->graph.how[i] & HG_HOW_LABEL;
        if (!hg_how_keeps(heap->graph.how[i])) {
            hg_bit_set(heap->is_weakly, target);
            continue;
        }
        if (kind == HG_LABEL_INTERNAL && heap->label[i] == dict_text)
            heap->owner[target] = source + 1;
        if (is_shown && !heap->referrer[target] && target != source)
            heap->referrer[target] = source + 1;
    }
}

static bool
note_all_references(HgAdviceHeap *heap, GError **error)
{
    uint32_t dict_text;
    if (!hg_snapshot_find_text(heap->snapshot, "__dict__", &dict_text, error))
        return false;
    g_autofree bool *is_shown = g_new(bool, heap->types->len + 1);
    for (unsigned i = 0; i < heap->types->len; i++)
        is_shown[i] = !is_machinery(heap->types->pdata[i]);
    for (uint32_t source = 0; source < heap->n; source++) {
        if (source % HG_PROGRESS_STEPS == 0 &&
            !hg_progress_report(heap->progress, "looking for waste", source, heap->n, error))
            return false;
        if (hg_bit(heap->is_live, source))
            note_references(heap, source, dict_text, is_shown[heap->type[source]]);
    }
    return true;
}

/* ---- what the finders need ------------------------------------------------------------------ */

bool
hg_advice_wants(const HgAdviceHeap *heap, HgAdviceKind kind)
{
    return !heap->options.kinds || heap->options.kinds >> kind & 1;
}

static void
free_advice(void *data)
{
    HgAdvice *advice = data;
    g_free(advice->title);
    g_free(advice->sentence);
    g_free(advice->remedy);
    g_free(advice->command);
    g_free(advice->path);
    g_free(advice);
}

/* Sets *path to the most common of the ways to the examples, NULL if there is none. */
static bool
find_path(HgSnapshot *snapshot, const GArray *examples, char **path, GError **error)
{
    uint64_t n_unreached;
    g_autoptr(GPtrArray) ways = hg_ways_merge_objects(snapshot, examples, &n_unreached, error);
    *path = NULL;
    if (ways && ways->len > 0)
        *path = g_strdup(((HgMergedWay *)ways->pdata[0])->path);
    return ways;
}

bool
hg_advice_add(HgAdviceHeap *heap, HgAdvice advice, const GArray *examples, GError **error)
{
    HgAdvice *added = g_memdup2(&advice, sizeof advice);
    added->example = g_array_index(examples, uint32_t, 0);
    if (added->saving < heap->options.min_saving || !hg_advice_wants(heap, added->kind)) {
        free_advice(added);
        return true;
    }
    g_ptr_array_add(heap->advice, added);
    return find_path(heap->snapshot, examples, &added->path, error);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int
compare_advice(const void *a, const void *b)
{
    const HgAdvice *one = *(HgAdvice *const *)a, *other = *(HgAdvice *const *)b;
    if (one->saving != other->saving)
        return one->saving > other->saving ? -1 : 1;
    return strcmp(one->title, other->title);
}

static bool
find_all(HgAdviceHeap *heap, GError **error)
{
    return hg_advice_find_slots(heap, error) && hg_advice_find_arrays(heap, error) &&
           hg_advice_find_equal(heap, error) && hg_advice_find_containers(heap, error) &&
           hg_advice_find_records(heap, error) && hg_advice_find_frames(heap, error) &&
           hg_advice_find_copies(heap, error);
}

GPtrArray *
hg_advice_find(HgSnapshot *snapshot, const HgAdviceOptions *options, const HgProgress *progress,
               GError **error)
{
    g_auto(HgAdviceHeap) heap = {.snapshot = snapshot,
                                 .progress = progress,
                                 .options = *options,
                                 .n = hg_snapshot_count_objects(snapshot),
                                 .advice = g_ptr_array_new_with_free_func(free_advice)};
    if (!heap.options.min_saving)
        heap.options.min_saving = HG_ADVICE_MIN_SAVING;
    if (!heap.options.min_count)
        heap.options.min_count = HG_ADVICE_MIN_COUNT;
    if (!hg_python_sizes_init(&heap.sizes, snapshot, error) ||
        !(heap.types = hg_snapshot_get_types(snapshot, error)) || !read_columns(&heap, error) ||
        !note_all_references(&heap, error))
        return NULL;
    correct_ints(&heap);
    if (!find_all(&heap, error))
        return NULL;
    g_ptr_array_sort(heap.advice, compare_advice);
    return g_steal_pointer(&heap.advice);
}
