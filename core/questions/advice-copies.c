/* advice-copies.c - bytes and texts that stand in memory twice: whole, or whole and in pieces.
 *
 * A dump has only the beginning of a long value. Two of the same length and beginning look alike;
 * of pieces in a container it is checked that together they are about as long as the whole, and
 * that as many as its beginning is long follow each other there, separators between them.
 * SPDX-License-Identifier: MIT */
#include "core/questions/advice-private.h"
#include "core/questions/advice-words.h"

#include <string.h>

#define WHOLE_MIN 1024u  /* length from which on a value is compared by its beginning */
#define PIECES_MIN 16u   /* pieces of a container */
#define SEPARATOR_MAX 2u /* characters between two pieces, as "\r\n" */

typedef struct {
    uint32_t object;
    uint32_t length;
    char *value; /* its beginning */
    size_t size;
} Whole;

typedef struct {
    HgAdviceHeap *heap;
    uint32_t bytes_type, str_type, list_type, tuple_type;
    GArray *wholes; /* Whole, by type, length and beginning */
} Copies;

static void
clear_whole(void *data)
{
    g_free(((Whole *)data)->value);
}

/* ---- long values --------------------------------------------------------------------------------
 */

static bool
add_whole(Copies *copies, uint32_t object, GError **error)
{
    Whole whole = {.object = object, .length = copies->heap->length[object] - 1};
    if (!hg_snapshot_read_value(copies->heap->snapshot, object, &whole.value, &whole.size, error))
        return false;
    if (whole.value)
        g_array_append_val(copies->wholes, whole);
    return true;
}

static bool
collect_wholes(Copies *copies, GError **error)
{
    const HgAdviceHeap *heap = copies->heap;
    for (uint32_t object = 0; object < heap->n; object++) {
        bool is_long = heap->length[object] > WHOLE_MIN && heap->length[object] != UINT32_MAX;
        bool is_kind =
            heap->type[object] == copies->bytes_type || heap->type[object] == copies->str_type;
        if (is_kind && is_long && hg_bit(heap->is_live, object) &&
            !add_whole(copies, object, error))
            return false;
    }
    return true;
}

static int
compare_wholes(const void *a, const void *b, void *user_data)
{
    const HgAdviceHeap *heap = user_data;
    const Whole *one = a, *other = b;
    if (heap->type[one->object] != heap->type[other->object])
        return heap->type[one->object] < heap->type[other->object] ? -1 : 1;
    if (one->length != other->length)
        return one->length < other->length ? -1 : 1;
    if (one->size != other->size)
        return one->size < other->size ? -1 : 1;
    return memcmp(one->value, other->value, one->size);
}

/* ---- whole copies
 * --------------------------------------------------------------------------------- */

static bool
add_whole_copies(Copies *copies, unsigned first, unsigned end, GError **error)
{
    HgAdviceHeap *heap = copies->heap;
    g_autoptr(GArray) examples = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint64_t bytes = 0, one = 0;
    for (unsigned i = first; i < end; i++) {
        uint32_t object = g_array_index(copies->wholes, Whole, i).object;
        hg_advice_sample(examples, i - first + 1, object);
        bytes += heap->size[object];
        one = MAX(one, heap->size[object]);
    }
    if (bytes - one < heap->options.min_saving)
        return true;
    uint32_t example = g_array_index(examples, uint32_t, 0);
    const char *type = hg_advice_type_of(heap, example)->name;
    g_autofree char *command =
        hg_advice_dup_object_command(heap->snapshot, "backrefs", example, error);
    if (!command)
        return false;
    g_autofree char *count = hg_number_dup_count(end - first);
    g_autofree char *size = hg_number_dup_size(one);
    g_autofree char *change = hg_advice_dup_change(bytes, one);
    HgAdvice advice = {
        .kind = HG_ADVICE_COPIES,
        .count = end - first,
        .bytes = bytes,
        .saving = bytes - one,
        .title = g_strdup_printf("%s %s of %s that look the same", count, type, size),
        .sentence = g_strdup_printf("%s %s have the same length and begin alike: they %s if they "
                                    "were one",
                                    count, type, change),
        .remedy = g_strdup("keep one of them, and let the others refer to it"),
        .command = g_steal_pointer(&command)};
    return hg_advice_add(heap, advice, examples, error);
}

static bool
find_whole_copies(Copies *copies, GError **error)
{
    GArray *wholes = copies->wholes;
    for (unsigned first = 0, end; first < wholes->len; first = end) {
        for (end = first + 1;
             end < wholes->len &&
             compare_wholes(&g_array_index(wholes, Whole, first),
                            &g_array_index(wholes, Whole, end), copies->heap) == 0;)
            end++;
        if (end - first > 1 && !add_whole_copies(copies, first, end, error))
            return false;
    }
    return true;
}

/* ---- pieces
 * ----------------------------------------------------------------------------------------- */

/* What a container of pieces has. */
typedef struct {
    uint32_t container;
    uint32_t type; /* of all pieces, HG_NONE: they differ */
    uint64_t count, length;
    uint64_t n_freed, freed; /* those that go with the container, and their bytes */
} Pieces;

static void
measure_pieces(const Copies *copies, uint32_t container, Pieces *pieces)
{
    const HgAdviceHeap *heap = copies->heap;
    const HgRows *rows = &heap->graph.forward;
    *pieces = (Pieces){.container = container, .type = HG_NONE};
    for (uint64_t i = rows->first[container]; i < rows->first[container + 1]; i++) {
        uint32_t item = rows->other[i];
        if ((heap->graph.how[i] & HG_HOW_LABEL) != HG_LABEL_ITEM)
            continue;
        bool is_kind =
            heap->type[item] == copies->bytes_type || heap->type[item] == copies->str_type;
        if (!is_kind || !heap->length[item] || heap->length[item] == UINT32_MAX ||
            (pieces->count > 0 && heap->type[item] != pieces->type)) {
            pieces->type = HG_NONE;
            return;
        }
        pieces->type = heap->type[item];
        pieces->count++;
        pieces->length += heap->length[item] - 1;
        if (heap->holder[item] == container + 1) {
            pieces->n_freed++;
            pieces->freed += heap->size[item];
        }
    }
}

/* Whether [piece] stands in [whole] at *at, or a separator further; moves *at behind it. */
static bool
match_piece(const Whole *whole, size_t *at, const char *piece, size_t size)
{
    for (unsigned skip = 0; skip <= SEPARATOR_MAX && *at + skip <= whole->size; skip++) {
        size_t common = MIN(size, whole->size - *at - skip);
        if (memcmp(whole->value + *at + skip, piece, common) != 0)
            continue;
        *at += skip + size;
        return true;
    }
    return false;
}

/* Sets *match to whether the first pieces follow each other at the beginning of [whole]. */
static bool
match_pieces(const Copies *copies, const Pieces *pieces, const Whole *whole, bool *match,
             GError **error)
{
    const HgAdviceHeap *heap = copies->heap;
    const HgRows *rows = &heap->graph.forward;
    uint64_t end = rows->first[pieces->container + 1];
    size_t at = 0;
    *match = true;
    for (uint64_t i = rows->first[pieces->container]; i < end && at < whole->size && *match; i++) {
        const char *value;
        size_t size;
        if ((heap->graph.how[i] & HG_HOW_LABEL) != HG_LABEL_ITEM)
            continue;
        if (!hg_snapshot_peek_value(heap->snapshot, rows->other[i], &value, &size, error))
            return false;
        *match = value && match_piece(whole, &at, value, size);
        if (size > 0 && size < heap->length[rows->other[i]] - 1)
            break; /* it is cut itself */
    }
    return true;
}

/* Returns: the place of the first whole of [type] with [length] or more. */
static unsigned
find_length(const Copies *copies, uint32_t type, uint64_t length)
{
    unsigned low = 0, high = copies->wholes->len;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        const Whole *whole = &g_array_index(copies->wholes, Whole, middle);
        uint32_t own = copies->heap->type[whole->object];
        if (own < type || (own == type && whole->length < length))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
add_pieces(Copies *copies, const Pieces *pieces, const Whole *whole, GError **error)
{
    HgAdviceHeap *heap = copies->heap;
    const char *type = ((HgTypeRow *)heap->types->pdata[pieces->type])->name;
    uint64_t views = pieces->n_freed * heap->sizes.memoryview, size = heap->size[whole->object];
    /* views keep the whole, which may well be wanted */
    bool by_views = pieces->type == copies->bytes_type && views < pieces->freed / 2;
    uint64_t bytes = pieces->freed + size;
    uint64_t saving = by_views ? pieces->freed - views : size;
    g_autoptr(GArray) examples = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(examples, whole->object);
    g_autofree char *command =
        hg_advice_dup_object_command(heap->snapshot, "show", pieces->container, error);
    if (!command)
        return false;
    g_autofree char *count = hg_number_dup_count(pieces->count);
    g_autofree char *big = hg_number_dup_size(size);
    g_autofree char *change = hg_advice_dup_change(bytes, bytes - saving);
    HgAdvice advice = {
        .kind = HG_ADVICE_COPIES,
        .count = pieces->count,
        .bytes = bytes,
        .saving = saving,
        .title = g_strdup_printf("%s of %s, and in %s pieces", type, big, count),
        .sentence = g_strdup_printf("%s pieces look as if cut out of a %s of %s that is still "
                                    "there: together they %s",
                                    count, type, big, change),
        .remedy = g_strdup(by_views ? "slices of memoryview(whole) copy nothing"
                                    : "drop the whole once it is cut up"),
        .command = g_steal_pointer(&command)};
    return hg_advice_add(heap, advice, examples, error);
}

/* A whole is as long as its pieces and separators, or up to twice that if not all of it was cut. */
static bool
look_at_pieces(Copies *copies, uint32_t container, GError **error)
{
    Pieces pieces;
    measure_pieces(copies, container, &pieces);
    if (pieces.type == HG_NONE || pieces.count < PIECES_MIN || pieces.length < WHOLE_MIN)
        return true;
    for (unsigned i = find_length(copies, pieces.type, pieces.length); i < copies->wholes->len;
         i++) {
        const Whole *whole = &g_array_index(copies->wholes, Whole, i);
        bool match;
        if (copies->heap->type[whole->object] != pieces.type || whole->length > 2 * pieces.length)
            break;
        if (!match_pieces(copies, &pieces, whole, &match, error))
            return false;
        if (match)
            return add_pieces(copies, &pieces, whole, error);
    }
    return true;
}

bool
hg_advice_find_copies(HgAdviceHeap *heap, GError **error)
{
    g_autoptr(GArray) wholes = g_array_new(FALSE, FALSE, sizeof(Whole));
    g_array_set_clear_func(wholes, clear_whole);
    Copies copies = {.heap = heap,
                     .bytes_type = hg_advice_find_type(heap, "bytes"),
                     .str_type = hg_advice_find_type(heap, "str"),
                     .list_type = hg_advice_find_type(heap, "list"),
                     .tuple_type = hg_advice_find_type(heap, "tuple"),
                     .wholes = wholes};
    if (!hg_advice_wants(heap, HG_ADVICE_COPIES))
        return true;
    if (!collect_wholes(&copies, error))
        return false;
    g_array_sort_with_data(wholes, compare_wholes, heap);
    if (!find_whole_copies(&copies, error))
        return false;
    for (uint32_t object = 0; wholes->len > 0 && object < heap->n; object++)
        if ((heap->type[object] == copies.list_type || heap->type[object] == copies.tuple_type) &&
            heap->length[object] > PIECES_MIN && hg_bit(heap->is_live, object) &&
            !look_at_pieces(&copies, object, error))
            return false;
    return true;
}
