/* walk-instances.c - what all instances of classes have: slots, attributes, their type.
 *
 * Attributes are in a dict, or, from 3.11 on, in an array of values beside the keys the class
 * shares with all its instances:
 *
 *      3.11   values at -32, dict at -24
 *      3.12   one word at -24: the dict, or the values with bit 0 set
 *      3.13   dict at -24; the values are inside the object, behind its basic size
 * SPDX-License-Identifier: MIT */
#include "core/capture/walker.h"

/* Returns: the entries of the class' shared keys, read once, or NULL. */
static const HgWalkEntries *
get_shared_keys(HgWalker *walker, HgWalkType *type)
{
    HgWalkEntries entries;
    if (!type->entries && type->keys && hg_walker_read_keys(walker, type->keys, &entries))
        type->entries = g_memdup2(&entries, sizeof entries);
    return type->entries;
}

/* Reads the names of the class' shared keys as texts, once for each of its keys objects. */
static void
learn_key_names(HgWalker *walker, HgWalkType *type, const HgWalkEntries *entries)
{
    if (type->known_keys == entries->keys && type->n_keys >= entries->n)
        return;
    type->key_name = g_renew(uint32_t, type->key_name, MAX(entries->n, 1));
    for (uint64_t i = 0; i < entries->n; i++)
        type->key_name[i] = hg_walker_intern_str(walker, hg_walk_entry_key(entries, i));
    type->known_keys = entries->keys;
    type->n_keys = (uint32_t)entries->n;
}

/* Adds the values of attributes, [n] of them at [values]; 3.13 has room for more than names. */
static void
add_values(HgWalker *walker, HgWalkType *type, const uint8_t *values, uint64_t n)
{
    const HgWalkEntries *entries = get_shared_keys(walker, type);
    if (!entries)
        return;
    if (walker->with_labels)
        learn_key_names(walker, type, entries);
    n = MIN(n, entries->n);
    if (!hg_walker_spend(walker, n))
        return;
    for (uint64_t i = 0; i < n; i++) {
        uint32_t name = walker->with_labels ? type->key_name[i] : 0;
        hg_walker_add(walker, hg_walk_read_word(values + 8 * i), name == HG_NONE ? 0 : name,
                      (name == HG_NONE ? HG_LABEL_UNNAMED : HG_LABEL_ATTRIBUTE) | HG_HOW_VISITED);
    }
}

/* The values of an instance, wherever they are. */
typedef struct {
    const uint8_t *bytes; /* n words, or NULL: its attributes are in `dict` */
    uint64_t n;
    uint64_t dict;
} Attributes;

static void
find_values(HgWalker *walker, HgWalkType *type, uint64_t values, Attributes *attributes)
{
    const HgWalkEntries *entries = get_shared_keys(walker, type);
    if (!entries)
        return;
    attributes->bytes = hg_image_find(walker->image, values, entries->n * 8);
    attributes->n = entries->n;
}

static void
find_inline_values(HgWalker *walker, const HgWalkObject *object, Attributes *attributes)
{
    const HgLayout *layout = walker->layout;
    uint64_t values = object->address + (uint64_t)object->type->basicsize;
    uint64_t header = (uint64_t)layout->dict_values.values;
    const uint8_t *bytes = hg_image_find(walker->image, values, header);
    if (!bytes || !bytes[layout->dict_values.valid])
        return;
    attributes->n = bytes[layout->dict_values.capacity];
    attributes->bytes = hg_image_find(walker->image, values + header, attributes->n * 8);
}

static Attributes
find_attributes(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    HgOffset dict_offset = layout->traits.managed_dict;
    Attributes attributes = {0};
    uint64_t word =
        hg_image_get_u64(walker->image, object->address + (uint64_t)(int64_t)dict_offset);
    bool has_both =
        layout->traits.managed_values != HG_ABSENT && layout->traits.managed_values != dict_offset;
    if (has_both) {
        uint64_t values = hg_image_get_u64(
            walker->image, object->address + (uint64_t)(int64_t)layout->traits.managed_values);
        attributes.dict = word;
        if (values)
            find_values(walker, object->type, values, &attributes);
    } else if (!layout->traits.inline_values && (word & 1)) {
        find_values(walker, object->type, word + 1, &attributes);
    } else {
        attributes.dict = word;
        if (object->type->has_inline_values)
            find_inline_values(walker, object, &attributes);
    }
    return attributes;
}

static void
read_attributes(HgWalker *walker, const HgWalkObject *object)
{
    Attributes attributes = find_attributes(walker, object);
    uint8_t flag = HG_HOW_VISITED;
    bool dict_has_them = attributes.dict && walker->layout->traits.inline_values &&
                         hg_walker_dict_visits_embedded(walker);
    if (attributes.bytes && !dict_has_them) {
        add_values(walker, object->type, attributes.bytes, attributes.n);
        /* a dict over inline values is held, but tp_traverse visits only the values */
        flag = walker->layout->traits.inline_values ? HG_HOW_OWNED : HG_HOW_VISITED;
    }
    hg_walker_add(walker, attributes.dict, HG_NAME(__dict__), HG_LABEL_INTERNAL | flag);
}

/* Returns: where the dict's pointer stands; a negative offset counts from the end. */
static int64_t
locate_dict(const HgWalkObject *object)
{
    const HgWalkType *type = object->type;
    if (type->dictoffset >= 0)
        return type->dictoffset;
    int64_t n = hg_walk_size(object);
    uint64_t count = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    if (type->itemsize < 0 || count > 1u << 30)
        return 0;
    return type->dictoffset +
           ((type->basicsize + (int64_t)count * type->itemsize + 7) & ~(int64_t)7);
}

static bool
has_own_dict(const HgWalkType *type)
{
    return type->is_python && !type->has_managed_dict && type->dictoffset &&
           type->dictoffset != type->base_dictoffset;
}

void
hg_walker_read_instance(HgWalker *walker, const HgWalkObject *object)
{
    const HgWalkType *type = object->type;
    for (uint32_t i = 0; i < type->n_slots; i++)
        hg_walker_add(walker, hg_walk_word(object, type->slot[i]), type->slot_name[i],
                      HG_LABEL_SLOT | HG_HOW_VISITED);
    if (type->has_managed_dict) {
        read_attributes(walker, object);
    } else if (has_own_dict(type)) {
        int64_t offset = locate_dict(object);
        if (offset > 0)
            hg_walker_add(walker,
                          hg_image_get_u64(walker->image, object->address + (uint64_t)offset),
                          HG_NAME(__dict__), HG_LABEL_INTERNAL | HG_HOW_VISITED);
    }
    bool is_told_elsewhere = type->reader && type->reader->type_rule == HG_TYPE_RULE_ELSEWHERE;
    if (type->is_heap && !is_told_elsewhere)
        hg_walker_add(walker, type->address, 0,
                      HG_LABEL_TYPE | (type->visits_type ? HG_HOW_VISITED : HG_HOW_OWNED));
}

void
hg_walker_measure_instance(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    HgWalkType *type = object->type;
    bool is_inside = type->has_inline_values;
    if (!is_inside &&
        (walker->layout->traits.inline_values || !find_attributes(walker, object).bytes))
        return;
    const HgWalkEntries *entries = get_shared_keys(walker, type);
    if (entries)
        record->size += hg_walker_get_values_size(walker, entries);
}

uint64_t
hg_walker_find_attribute(HgWalker *walker, uint64_t address, const char *name)
{
    HgWalkObject object;
    HgWalkEntries entries;
    if (!hg_walker_look(walker, address, &object))
        return 0;
    Attributes attributes = {0};
    if (object.type->has_managed_dict)
        attributes = find_attributes(walker, &object);
    else if (locate_dict(&object) > 0)
        attributes.dict = hg_image_get_u64(walker->image, address + (uint64_t)locate_dict(&object));
    if (!attributes.bytes)
        return hg_walker_find_item(walker, attributes.dict, name);
    if (!hg_walker_read_keys(walker, object.type->keys, &entries))
        return 0;
    entries.values = attributes.bytes;
    entries.n = MIN(entries.n, attributes.n);
    return hg_walker_find_entry(walker, &entries, name);
}
