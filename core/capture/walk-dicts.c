/* walk-dicts.c - dict in every layout: combined, split between instances, ordered.
 *
 * A dict's entries stand behind the index in its keys object. A split dict has only values of
 * its own; its keys belong to the class, and so do the references to them.
 *
 *      up to 3.10   refcnt size lookup usable nentries | index | hash key value ...
 *      later        refcnt sizes kind version usable nentries | index | (hash) key value ...
 * SPDX-License-Identifier: MIT */
#include "core/capture/walker.h"

#define LOG2_SIZE_MAX 40

enum {
    KEYS_GENERAL = 0,
    KEYS_UNICODE = 1,
    KEYS_SPLIT = 2
};

/* Returns: bytes of an index of [size] entries up to 3.10. */
static uint64_t
index_width(uint64_t size)
{
    return size <= 0xff ? 1 : size <= 0xffff ? 2 : size <= 0xffffffff ? 4 : 8;
}

/* Up to 3.10: the index follows the header, entries are hash, key, value. */
static bool
parse_old_keys(HgWalker *walker, const uint8_t *bytes, HgWalkEntries *entries)
{
    const HgLayout *layout = walker->layout;
    uint64_t size = hg_walk_read_word(bytes + layout->dict_keys.dk_size);
    if (size == 0 || size > 1ull << LOG2_SIZE_MAX)
        return false;
    uint64_t header = (uint64_t)layout->dict_keys.dk_indices + size * index_width(size);
    entries->usable = size * 2 / 3;
    entries->stride = 24;
    entries->key_offset = 8;
    entries->bytes = header + entries->usable * entries->stride;
    entries->entry =
        hg_image_find(walker->image, entries->keys + header, entries->n * entries->stride);
    /* the functions for str keys come first; a dict that ever saw another key has lookdict */
    entries->visits_keys = hg_walk_read_word(bytes + 16) == walker->lookdict && walker->lookdict;
    return true;
}

static bool
parse_keys(HgWalker *walker, const uint8_t *bytes, HgWalkEntries *entries)
{
    const HgLayout *layout = walker->layout;
    uint8_t log2_size = bytes[layout->dict_keys.dk_log2_size];
    uint8_t log2_index = bytes[layout->dict_keys.dk_log2_index_bytes];
    uint8_t kind = bytes[layout->dict_keys.dk_kind];
    if (log2_size > LOG2_SIZE_MAX || log2_index > LOG2_SIZE_MAX + 3 || kind > KEYS_SPLIT)
        return false;
    uint64_t header = (uint64_t)layout->dict_keys.dk_indices + (1ull << log2_index);
    entries->usable = (1ull << log2_size) * 2 / 3;
    entries->stride = kind == KEYS_GENERAL ? 24 : 16;
    entries->key_offset = kind == KEYS_GENERAL ? 8 : 0;
    entries->visits_keys = kind == KEYS_GENERAL;
    entries->is_shared = kind == KEYS_SPLIT;
    entries->bytes = header + entries->usable * entries->stride;
    entries->entry =
        hg_image_find(walker->image, entries->keys + header, entries->n * entries->stride);
    return true;
}

bool
hg_walker_read_keys(HgWalker *walker, uint64_t keys, HgWalkEntries *entries)
{
    const HgLayout *layout = walker->layout;
    const uint8_t *bytes =
        hg_image_find(walker->image, keys, (uint64_t)layout->dict_keys.dk_indices);
    *entries = (HgWalkEntries){.keys = keys};
    if (!bytes)
        return false;
    entries->refcount = hg_walk_read_word(bytes + layout->dict_keys.dk_refcnt);
    entries->n = hg_walk_read_word(bytes + layout->dict_keys.dk_nentries);
    if (entries->n > 1ull << LOG2_SIZE_MAX)
        return false;
    bool is_read = layout->dict_keys.dk_log2_size == HG_ABSENT
                       ? parse_old_keys(walker, bytes, entries)
                       : parse_keys(walker, bytes, entries);
    return is_read && entries->entry && entries->n <= MAX(entries->usable, 1);
}

bool
hg_walker_read_entries(HgWalker *walker, const HgWalkObject *dict, HgWalkEntries *entries)
{
    const HgLayout *layout = walker->layout;
    if (!hg_walker_read_keys(walker, hg_walk_word(dict, layout->dict.ma_keys), entries))
        return false;
    uint64_t values = hg_walk_word(dict, layout->dict.ma_values);
    if (!values)
        return true;
    entries->is_shared = true;
    /* up to 3.10 there is no header */
    values += (uint64_t)MAX(layout->dict_values.values, 0);
    entries->values = hg_image_find(walker->image, values, entries->n * 8);
    return entries->values != NULL;
}

uint64_t
hg_walk_entry_key(const HgWalkEntries *entries, uint64_t i)
{
    return hg_walk_read_word(entries->entry + i * entries->stride + entries->key_offset);
}

uint64_t
hg_walk_entry_value(const HgWalkEntries *entries, uint64_t i)
{
    if (entries->values)
        return hg_walk_read_word(entries->values + i * 8);
    return hg_walk_read_word(entries->entry + i * entries->stride + entries->key_offset + 8);
}

/* Returns: whether the str at [address] reads [text]. */
static bool
is_text(HgWalker *walker, uint64_t address, const char *text)
{
    char read[6 * 64];
    bool is_cut;
    int64_t size = hg_walker_read_str(walker, address, 64, read, &is_cut);
    return size >= 0 && !is_cut && strlen(text) == (size_t)size &&
           memcmp(read, text, (size_t)size) == 0;
}

uint64_t
hg_walker_find_entry(HgWalker *walker, const HgWalkEntries *entries, const char *key)
{
    for (uint64_t i = 0; i < entries->n; i++) {
        uint64_t value = hg_walk_entry_value(entries, i);
        if (value && is_text(walker, hg_walk_entry_key(entries, i), key))
            return value;
    }
    return 0;
}

uint64_t
hg_walker_find_item(HgWalker *walker, uint64_t dict, const char *key)
{
    HgWalkObject object;
    HgWalkEntries entries;
    if (!hg_walker_look_for(walker, dict, "dict", &object) ||
        !hg_walker_read_entries(walker, &object, &entries))
        return 0;
    return hg_walker_find_entry(walker, &entries, key);
}

/* Adds the keys as owned by the object at [owner], who is asked first wins. */
static void
add_keys(HgWalker *walker, const HgWalkEntries *entries, uint64_t owner)
{
    gpointer keys = GSIZE_TO_POINTER(entries->keys);
    gpointer known = g_hash_table_lookup(walker->owner_by_keys, keys);
    if ((known && known != GSIZE_TO_POINTER(owner)) || !hg_walker_spend(walker, entries->n))
        return;
    if (!known)
        g_hash_table_insert(walker->owner_by_keys, keys, GSIZE_TO_POINTER(owner));
    for (uint64_t i = 0; i < entries->n; i++)
        hg_walker_add(walker, hg_walk_entry_key(entries, i), 0, HG_LABEL_KEY | HG_HOW_OWNED);
}

void
hg_walker_add_shared_keys(HgWalker *walker, uint64_t keys, uint64_t owner)
{
    HgWalkEntries entries;
    if (keys && hg_walker_read_keys(walker, keys, &entries))
        add_keys(walker, &entries, owner);
}

/* In 3.13 and later the values of an instance's dict may be the instance's own, inline. */
static bool
has_embedded_values(HgWalker *walker, const HgWalkObject *object)
{
    uint8_t embedded = 0;
    uint64_t values = hg_walk_word(object, walker->layout->dict.ma_values);
    HgOffset offset = walker->layout->dict_values.embedded;
    return values && offset != HG_ABSENT &&
           hg_image_read(walker->image, values + (uint64_t)offset, &embedded, 1) && embedded;
}

static void
read_split(HgWalker *walker, const HgWalkObject *object, const HgWalkEntries *entries)
{
    /* embedded values are part of an instance: one of the two visits them */
    if (!has_embedded_values(walker, object) || hg_walker_dict_visits_embedded(walker))
        for (uint64_t i = 0; i < entries->n; i++)
            hg_walker_add(walker, hg_walk_entry_value(entries, i), hg_walk_entry_key(entries, i),
                          HG_LABEL_VALUE | HG_HOW_VISITED);
    add_keys(walker, entries, object->address);
}

/* The interpreter's own table of interned str: a str leaves it when nobody else has it. Where the
 * collector knows of it, it visits the values, which are the keys. */
static void
read_interned(HgWalker *walker, const HgWalkEntries *entries)
{
    for (uint64_t i = 0; i < entries->n; i++) {
        uint64_t key = hg_walk_entry_key(entries, i);
        hg_walker_add(walker, hg_walk_entry_value(entries, i), key,
                      HG_LABEL_VALUE | HG_HOW_VISITED | HG_HOW_WEAK);
    }
}

static void
read_dict(HgWalker *walker, const HgWalkObject *object)
{
    HgWalkEntries entries;
    if (!hg_walker_read_entries(walker, object, &entries) || !hg_walker_spend(walker, entries.n))
        return;
    if (entries.values) {
        read_split(walker, object, &entries);
        return;
    }
    uint8_t key_how = HG_LABEL_KEY | (entries.visits_keys ? HG_HOW_VISITED : HG_HOW_OWNED);
    if (object->address == walker->interned) {
        read_interned(walker, &entries);
        return;
    }
    const uint8_t *entry = entries.entry + entries.key_offset;
    for (uint64_t i = 0; i < entries.n; i++, entry += entries.stride) {
        uint64_t key = hg_walk_read_word(entry);
        uint64_t value = hg_walk_read_word(entry + 8);
        hg_walker_add(walker, value, key, HG_LABEL_VALUE | HG_HOW_VISITED);
        hg_walker_add(walker, key, 0, value ? key_how : HG_LABEL_KEY | HG_HOW_OWNED);
    }
}

/* Returns: how many values there is room for beside shared keys. */
static uint64_t
count_values(HgWalker *walker, const HgWalkEntries *entries)
{
    uint64_t usable = 0;
    if (!hg_walker_since(walker, 3, 11))
        return entries->usable;
    hg_image_read(walker->image, entries->keys + (uint64_t)walker->layout->dict_keys.dk_usable,
                  &usable, sizeof usable);
    return usable < 256 ? entries->n + usable : entries->n;
}

uint64_t
hg_walker_get_values_size(HgWalker *walker, const HgWalkEntries *entries)
{
    uint64_t n = count_values(walker, entries);
    if (hg_walker_since(walker, 3, 13)) /* a header, values, their order as bytes */
        return 8 * (n + 1) + ((n + 7) & ~7ull);
    if (hg_walker_since(walker, 3, 11)) /* their order as bytes, the values */
        return ((n + 2 + 7) & ~7ull) + 8 * n;
    return 8 * n;
}

static void
measure_dict(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    HgWalkEntries entries;
    record->length = hg_walk_word(object, walker->layout->dict.ma_used);
    if (!hg_walker_read_entries(walker, object, &entries))
        return;
    if (entries.values) {
        record->sizeof_ += 8 * count_values(walker, &entries);
        if (!has_embedded_values(walker, object))
            record->size += hg_walker_get_values_size(walker, &entries);
    }
    /* shared keys are accounted for in the class */
    if (entries.refcount == 1) {
        record->sizeof_ += entries.bytes;
        if (!entries.is_shared)
            record->size += entries.bytes;
    }
}

/* OrderedDict: behind the dict stand first, last, fast_nodes, n_fast_nodes, sentinel, state,
 * inst_dict, weakreflist; a node is key, hash, next, prev. */
enum {
    OD_FIRST = 0,
    OD_N_FAST_NODES = 24,
    OD_INST_DICT = 48
};
enum {
    NODE_KEY = 0,
    NODE_NEXT = 16,
    NODE_SIZE = 32
};

static void
read_ordered_dict(HgWalker *walker, const HgWalkObject *object)
{
    HgOffset end = walker->layout->dict.size;
    uint64_t node = hg_walk_word(object, end + OD_FIRST);
    uint64_t limit = hg_walk_word(object, walker->layout->dict.ma_used);
    read_dict(walker, object);
    hg_walker_add_field(walker, object, end + OD_INST_DICT, HG_NAME(__dict__), HG_HOW_VISITED);
    for (uint64_t i = 0; i < limit && node && !walker->error; i++) {
        const uint8_t *bytes = hg_image_find(walker->image, node, NODE_SIZE);
        if (!bytes || !hg_walker_spend(walker, 1))
            break;
        hg_walker_add(walker, hg_walk_read_word(bytes + NODE_KEY), 0,
                      HG_LABEL_KEY | HG_HOW_VISITED);
        node = hg_walk_read_word(bytes + NODE_NEXT);
    }
}

static void
measure_ordered_dict(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    HgOffset end = walker->layout->dict.size;
    measure_dict(walker, object, record);
    uint64_t n_fast_nodes = hg_walk_word(object, end + OD_N_FAST_NODES);
    bool has_nodes = hg_walk_word(object, end + OD_FIRST) != 0;
    if (n_fast_nodes > 1ull << LOG2_SIZE_MAX || record->length > 1ull << LOG2_SIZE_MAX)
        return;
    uint64_t more = 8 * n_fast_nodes + (has_nodes ? NODE_SIZE * record->length : 0);
    record->size += more;
    record->sizeof_ += more;
}

/* The default factory stands right behind the dict. */
static void
read_default_dict(HgWalker *walker, const HgWalkObject *object)
{
    read_dict(walker, object);
    hg_walker_add_field(walker, object, walker->layout->dict.size, HG_NAME(default_factory),
                        HG_HOW_VISITED);
}

const HgTypeReader hg_readers_dicts[] = {
    {.type_name = "dict", .read = read_dict, .measure = measure_dict},
    {.type_name = "frozendict", .read = read_dict, .measure = measure_dict}, /* 3.15 */
    {.type_name = "collections.defaultdict", .read = read_default_dict, .measure = measure_dict},
    {.type_name = "collections.OrderedDict",
     .read = read_ordered_dict,
     .measure = measure_ordered_dict},
    {.type_name = NULL},
};
