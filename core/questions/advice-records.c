/* advice-records.c - dicts with the same keys, which could be instances of a class with slots.
 *
 * Dicts that are somebody's __dict__ are none. Keys are compared by their text, in any order.
 * SPDX-License-Identifier: MIT */
#include "core/questions/advice-private.h"
#include "core/questions/advice-words.h"

#define KEYS_MAX 64u

/* Dicts with the same keys. */
typedef struct {
    uint64_t keys; /* a sum over the texts of the keys */
    uint64_t n_keys;
    uint64_t count, bytes;
    GArray *examples; /* uint32_t */
} Shape;

typedef struct {
    HgAdviceHeap *heap;
    uint32_t dict_type, str_type;
    GHashTable *hash_of; /* key object + 1 -> hash of its text, never 0 */
    GHashTable *shapes;  /* set of Shape */
    GPtrArray *found;    /* Shape */
} Records;

static unsigned
hash_shape(const void *shape)
{
    return (unsigned)((const Shape *)shape)->keys;
}

static gboolean
equal_shapes(const void *a, const void *b)
{
    const Shape *one = a, *other = b;
    return one->keys == other->keys && one->n_keys == other->n_keys;
}

static void
free_shape(void *data)
{
    Shape *shape = data;
    g_array_unref(shape->examples);
    g_free(shape);
}

static uint64_t
hash_text(const char *text, size_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (uint8_t)text[i]) * UINT64_C(0x100000001b3);
    hash ^= hash >> 29;
    return (hash * UINT64_C(0xbf58476d1ce4e5b9)) | 1;
}

/* Sets *hash to that of a key, 0 if the dict has no text of it. */
static bool
hash_key(Records *records, uint32_t key, uint64_t *hash, GError **error)
{
    void *place = GSIZE_TO_POINTER((size_t)key + 1);
    const char *value;
    size_t size;
    *hash = GPOINTER_TO_SIZE(g_hash_table_lookup(records->hash_of, place));
    if (*hash)
        return true;
    if (records->heap->type[key] != records->str_type)
        return true;
    if (!hg_snapshot_peek_value(records->heap->snapshot, key, &value, &size, error))
        return false;
    if (!value)
        return true;
    *hash = hash_text(value, size);
    g_hash_table_insert(records->hash_of, place, GSIZE_TO_POINTER(*hash));
    return true;
}

/* Sets shape->keys and n_keys; n_keys is 0 if some key is no text. */
static bool
read_keys(Records *records, uint32_t dict, Shape *shape, GError **error)
{
    const HgAdviceHeap *heap = records->heap;
    const HgRows *rows = &heap->graph.forward;
    *shape = (Shape){0};
    for (uint64_t i = rows->first[dict]; i < rows->first[dict + 1]; i++) {
        uint64_t hash;
        if ((heap->graph.how[i] & HG_HOW_LABEL) != HG_LABEL_VALUE)
            continue;
        if (heap->label[i] == 0 || heap->label[i] > heap->n) {
            shape->n_keys = 0;
            return true;
        }
        if (!hash_key(records, heap->label[i] - 1, &hash, error))
            return false;
        if (!hash) {
            shape->n_keys = 0;
            return true;
        }
        shape->keys += hash;
        shape->n_keys++;
    }
    return true;
}

static bool
look_at(Records *records, uint32_t dict, GError **error)
{
    const HgAdviceHeap *heap = records->heap;
    uint32_t length = heap->length[dict];
    Shape wanted;
    if (length < 2 || length > KEYS_MAX + 1 || heap->owner[dict])
        return true;
    if (!read_keys(records, dict, &wanted, error))
        return false;
    if (wanted.n_keys != length - 1)
        return true;
    Shape *shape = g_hash_table_lookup(records->shapes, &wanted);
    if (!shape) {
        shape = g_memdup2(&wanted, sizeof wanted);
        shape->examples = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        g_ptr_array_add(records->found, shape);
        g_hash_table_add(records->shapes, shape);
    }
    shape->bytes += heap->size[dict];
    hg_advice_sample(shape->examples, ++shape->count, dict);
    return true;
}

/* Returns: the keys of one of the dicts: "city, zip"; g_free(). */
static char *
dup_keys(const Records *records, uint32_t dict, GError **error)
{
    const HgAdviceHeap *heap = records->heap;
    const HgRows *rows = &heap->graph.forward;
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    for (uint64_t i = rows->first[dict]; i < rows->first[dict + 1]; i++) {
        char *key;
        size_t size;
        if ((heap->graph.how[i] & HG_HOW_LABEL) != HG_LABEL_VALUE)
            continue;
        if (!hg_snapshot_read_value(heap->snapshot, heap->label[i] - 1, &key, &size, error))
            return NULL;
        g_ptr_array_add(keys, key);
    }
    return hg_advice_dup_list(keys, "");
}

static bool
add_advice(Records *records, const Shape *shape, GError **error)
{
    HgAdviceHeap *heap = records->heap;
    uint64_t then = shape->count * hg_python_sizes_get_slotted(&heap->sizes, shape->n_keys, false);
    uint32_t example = g_array_index(shape->examples, uint32_t, 0);
    if (shape->count < heap->options.min_count || then >= shape->bytes ||
        shape->bytes - then < heap->options.min_saving)
        return true;
    g_autofree char *keys = dup_keys(records, example, error);
    g_autofree char *command =
        keys ? hg_advice_dup_object_command(heap->snapshot, "show", example, error) : NULL;
    if (!command)
        return false;
    g_autofree char *count = hg_number_dup_count(shape->count);
    g_autofree char *change = hg_advice_dup_change(shape->bytes, then);
    HgAdvice advice = {
        .kind = HG_ADVICE_RECORDS,
        .count = shape->count,
        .bytes = shape->bytes,
        .saving = shape->bytes - then,
        .title = g_strdup_printf("%s dict with the keys %s", count, keys),
        .sentence = g_strdup_printf("%s dict with the same keys (%s) %s as instances of a class "
                                    "with slots",
                                    count, keys, change),
        .remedy = g_strdup_printf("a class with __slots__, %sor a NamedTuple",
                                  heap->sizes.minor >= 10 ? "@dataclass(slots=True) " : ""),
        .command = g_steal_pointer(&command)};
    return hg_advice_add(heap, advice, shape->examples, error);
}

bool
hg_advice_find_records(HgAdviceHeap *heap, GError **error)
{
    g_autoptr(GHashTable) hash_of = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) shapes = g_hash_table_new(hash_shape, equal_shapes);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(free_shape);
    Records records = {.heap = heap,
                       .dict_type = hg_advice_find_type(heap, "dict"),
                       .str_type = hg_advice_find_type(heap, "str"),
                       .hash_of = hash_of,
                       .shapes = shapes,
                       .found = found};
    if (!hg_advice_wants(heap, HG_ADVICE_RECORDS))
        return true;
    for (uint32_t object = 0; object < heap->n; object++)
        if (heap->type[object] == records.dict_type && hg_bit(heap->is_live, object) &&
            !look_at(&records, object, error))
            return false;
    for (unsigned i = 0; i < found->len; i++)
        if (!add_advice(&records, found->pdata[i], error))
            return false;
    return true;
}
