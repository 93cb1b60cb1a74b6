/* advice-values.c - which objects that cannot change are equal.
 *
 * One table for all, open addressing; a place holds 32 bits of the hash and the object, and size
 * and type of the two objects must agree, too. Tuples come after what they hold, in rounds: one
 * round for each level of tuples in tuples. SPDX-License-Identifier: MIT */
#include "core/questions/advice-values.h"

#include <string.h>

#define ROUNDS 4u /* levels of tuples in tuples that are compared by their items */

/* Twice as many places as objects at least. */
typedef struct {
    uint64_t *place; /* hash >> 32 << 32 | object + 1; 0: empty */
    uint64_t mask;

} Table;

void
hg_advice_values_clear(HgAdviceValues *values)
{
    hg_array_clear(&values->same);
    hg_array_clear(&values->n_same);
    g_clear_pointer(&values->kind, g_free);
}

static uint64_t
mix(uint64_t hash, uint64_t word)
{
    unsigned __int128 product = (unsigned __int128)(hash ^ word) * UINT64_C(0x9fb21c651e98df25);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
hash_bytes(uint64_t seed, const char *bytes, size_t size)
{
    uint64_t hash = mix(seed, size + UINT64_C(0xe7037ed1a0b428db)), word;
    for (; size >= sizeof word; bytes += sizeof word, size -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = mix(hash, word ^ UINT64_C(0x8ebc6af09c88c6e3)) + 1;
    }
    word = 0;
    memcpy(&word, bytes, size);
    return mix(hash, word ^ UINT64_C(0x589965cc75374cc3));
}

static bool
init_table(Table *table, uint64_t n_objects, GError **error)
{
    uint64_t size = 1024;
    while (size < n_objects * 2)
        size *= 2;
    *table = (Table){.place = hg_array_new(size, sizeof(uint64_t), error), .mask = size - 1};
    return table->place;
}

/* Returns: the first object equal to [object], which is put in if it is that itself. */
static uint32_t
require_first(const HgAdviceHeap *heap, Table *table, uint64_t hash, uint32_t object)
{
    for (uint64_t at = hash & table->mask;; at = (at + 1) & table->mask) {
        uint64_t place = table->place[at];
        if (!place) {
            table->place[at] = (hash >> 32 << 32) | (object + 1);
            return object;
        }
        uint32_t other = (uint32_t)place - 1;
        if (place >> 32 == hash >> 32 && heap->type[other] == heap->type[object] &&
            heap->size[other] == heap->size[object] && heap->length[other] == heap->length[object])
            return other;
    }
}

/* ---- atoms ------------------------------------------------------------------------------------
 */

static uint8_t *
find_kinds(const HgAdviceHeap *heap)
{
    static const char *const names[HG_N_VALUES] = {
        [HG_VALUE_STR] = "str",     [HG_VALUE_BYTES] = "bytes",     [HG_VALUE_INT] = "int",
        [HG_VALUE_FLOAT] = "float", [HG_VALUE_COMPLEX] = "complex", [HG_VALUE_TUPLE] = "tuple"};
    uint8_t *kinds = g_new0(uint8_t, heap->types->len + 1);
    for (unsigned i = 0; i < heap->types->len; i++)
        for (unsigned kind = 1; kind < HG_N_VALUES; kind++)
            if (g_str_equal(((HgTypeRow *)heap->types->pdata[i])->name, names[kind]))
                kinds[i] = (uint8_t)kind;
    return kinds;
}

static uint64_t
count_compared(const HgAdviceHeap *heap, const uint8_t *kinds)
{
    uint64_t count = 0;
    for (uint32_t object = 0; object < heap->n; object++)
        count += kinds[heap->type[object]] != HG_VALUE_OTHER;
    return count;
}

#define AHEAD 12 /* values between asking for a place of the table and looking at it */

/* The values of a chunk of objects, hashed. */
typedef struct {
    uint64_t hash[HG_CHUNK];
    uint32_t object[HG_CHUNK];
    unsigned n;
} Batch;

static bool
hash_atom(const HgAdviceHeap *heap, const HgAdviceValues *values, uint32_t object, Batch *batch,
          GError **error)
{
    const char *value;
    size_t size;
    if (!hg_snapshot_peek_value(heap->snapshot, object, &value, &size, error))
        return false;
    if (value) {
        batch->hash[batch->n] = hash_bytes(values->kind[heap->type[object]], value, size);
        batch->object[batch->n++] = object;
    }
    return true;
}

static bool
hash_chunk(const HgAdviceHeap *heap, const HgAdviceValues *values, uint32_t first, uint32_t count,
           Batch *batch, GError **error)
{
    g_autofree uint8_t *flags = g_new(uint8_t, HG_CHUNK);
    batch->n = 0;
    if (!hg_snapshot_read_u8(heap->snapshot, HG_COLUMN_FLAGS, first, count, flags, error))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        HgValueKind kind = values->kind[heap->type[first + i]];
        if (kind != HG_VALUE_OTHER && kind != HG_VALUE_TUPLE && !(flags[i] & HG_OBJECT_VALUE_CUT) &&
            hg_bit(heap->is_live, first + i) && !hash_atom(heap, values, first + i, batch, error))
            return false;
    }
    return true;
}

static bool
compare_atoms(HgAdviceHeap *heap, HgAdviceValues *values, Table *table, GError **error)
{
    g_autofree Batch *batch = g_new(Batch, 1);
    for (uint32_t first = 0, part; first < heap->n; first += part) {
        part = MIN(heap->n - first, HG_CHUNK);
        if (!hg_progress_report(heap->progress, "comparing values", first, heap->n, error) ||
            !hash_chunk(heap, values, first, part, batch, error))
            return false;
        for (unsigned i = 0; i < batch->n; i++) {
            if (i + AHEAD < batch->n)
                __builtin_prefetch(&table->place[batch->hash[i + AHEAD] & table->mask], 1);
            values->same[batch->object[i]] =
                require_first(heap, table, batch->hash[i], batch->object[i]);
        }
    }
    return true;
}

/* ---- tuples -----------------------------------------------------------------------------------
 */

/* Of a tuple the hash of its items, HG_UNKNOWN if one of them is a tuple that this round has not
 * come to yet. */
static uint64_t
hash_items(const HgAdviceHeap *heap, const HgAdviceValues *values, const uint8_t *is_open,
           uint32_t tuple)
{
    const HgRows *rows = &heap->graph.forward;
    uint64_t hash = HG_VALUE_TUPLE;
    for (uint64_t i = rows->first[tuple]; i < rows->first[tuple + 1]; i++) {
        uint32_t item = rows->other[i];
        if ((heap->graph.how[i] & HG_HOW_LABEL) != HG_LABEL_ITEM)
            continue;
        if (hg_bit(is_open, item))
            return HG_UNKNOWN;
        hash = mix(hash + 1, values->same[item]);
    }
    return hash;
}

/* Compares the tuples whose items are all compared, those that are open. Returns: how many. A tuple
 * is closed at the end of its round, so that the order of the objects does not matter. */
static uint32_t
compare_round(HgAdviceHeap *heap, HgAdviceValues *values, Table *table, uint8_t *is_open,
              GArray *open)
{
    g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) closed = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (unsigned i = 0; i < open->len; i++) {
        uint32_t tuple = g_array_index(open, uint32_t, i);
        uint64_t hash = hash_items(heap, values, is_open, tuple);
        g_array_append_val(hash == HG_UNKNOWN ? left : closed, tuple);
        if (hash != HG_UNKNOWN)
            values->same[tuple] = require_first(heap, table, hash, tuple);
    }
    for (unsigned i = 0; i < closed->len; i++) {
        uint32_t tuple = g_array_index(closed, uint32_t, i);
        is_open[tuple / 8] &= (uint8_t) ~(1u << tuple % 8);
    }
    g_array_set_size(open, 0);
    g_array_append_vals(open, left->data, left->len);
    return closed->len;
}

static bool
compare_tuples(HgAdviceHeap *heap, HgAdviceValues *values, Table *table, GError **error)
{
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autofree uint8_t *is_open = hg_array_new((uint64_t)heap->n / 8 + 1, 1, error);
    if (!is_open)
        return false;
    for (uint32_t object = 0; object < heap->n; object++)
        if (values->kind[heap->type[object]] == HG_VALUE_TUPLE && hg_bit(heap->is_live, object)) {
            g_array_append_val(open, object);
            hg_bit_set(is_open, object);
        }
    for (unsigned round = 0; round < ROUNDS; round++)
        if (!compare_round(heap, values, table, is_open, open))
            break;
    return true;
}

bool
hg_advice_values_find(HgAdviceHeap *heap, HgAdviceValues *values, GError **error)
{
    g_auto(HgAdviceValues) found = {.kind = find_kinds(heap)};
    Table table = {0};
    if (!(found.same = hg_array_new(heap->n, sizeof(uint32_t), error)) ||
        !(found.n_same = hg_array_new(heap->n, sizeof(uint32_t), error)) ||
        !init_table(&table, count_compared(heap, found.kind), error))
        return false;
    for (uint32_t object = 0; object < heap->n; object++)
        found.same[object] = object;
    bool fine =
        compare_atoms(heap, &found, &table, error) && compare_tuples(heap, &found, &table, error);
    hg_array_free(table.place);
    if (!fine)
        return false;
    for (uint32_t object = 0; object < heap->n; object++)
        found.n_same[found.same[object]]++;
    *values = found;
    found = (HgAdviceValues){0};
    return true;
}
