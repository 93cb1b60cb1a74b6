/* walk-iterators.c - iterators, itertools, views and other objects of a few fixed fields.
 *
 * Where their fields are has not changed from 3.8 on; most of their structures are in no header.
 * SPDX-License-Identifier: MIT */
#include "core/capture/walker.h"

#define VISITED(offset, name)                                                                      \
    {                                                                                              \
        offset, HG_NAME(name), HG_HOW_VISITED                                                      \
    }
#define OWNED(offset, name)                                                                        \
    {                                                                                              \
        offset, HG_NAME(name), HG_HOW_OWNED                                                        \
    }
#define COUNT_MAX (1ull << 40)

/* Arrays of positions beside the combining iterators: [count] words. */
static void
add_positions(HgObjectRecord *record, uint64_t count)
{
    if (count > COUNT_MAX)
        return;
    record->size += 8 * count;
    record->sizeof_ += 8 * count;
}

/* Returns: the number of items of the tuple at [address]. */
static uint64_t
count_tuple(HgWalker *walker, uint64_t address)
{
    return hg_image_get_u64(walker->image, address + 16);
}

static void
measure_product(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    add_positions(record, count_tuple(walker, hg_walk_word(object, 16)));
}

static void
measure_combinations(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    add_positions(record, hg_walk_word(object, 40));
}

static void
measure_permutations(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    add_positions(record, count_tuple(walker, hg_walk_word(object, 16)));
    add_positions(record, hg_walk_word(object, 48));
}

/* tee's shared data: the iterator, how many values were read, the next link, the values. */
#define TEE_VALUES 57
static void
read_tee_data(HgWalker *walker, const HgWalkObject *object)
{
    uint64_t n = (uint32_t)hg_walk_int(object, 24);
    hg_walker_add_field(walker, object, 16, HG_NAME(it), HG_HOW_VISITED);
    for (uint64_t i = 0; i < MIN(n, TEE_VALUES); i++)
        hg_walker_add(walker, hg_walk_word(object, (HgOffset)(40 + 8 * i)), i,
                      HG_LABEL_ITEM | HG_HOW_VISITED);
    hg_walker_add_field(walker, object, 32, HG_NAME(next), HG_HOW_VISITED);
}

const HgTypeReader hg_readers_iterators[] = {
    {.type_name = "iterator", .field = {VISITED(24, it_seq)}},
    {.type_name = "callable_iterator", .field = {VISITED(16, it_callable), VISITED(24, sentinel)}},
    {.type_name = "list_iterator", .field = {VISITED(24, it_seq)}},
    {.type_name = "list_reverseiterator", .field = {VISITED(24, it_seq)}},
    {.type_name = "tuple_iterator", .field = {VISITED(24, it_seq)}},
    {.type_name = "str_iterator", .field = {VISITED(24, it_seq)}},
    {.type_name = "str_ascii_iterator", .field = {VISITED(24, it_seq)}},
    {.type_name = "bytes_iterator", .field = {VISITED(24, it_seq)}},
    {.type_name = "bytearray_iterator", .field = {VISITED(24, it_seq)}},
    {.type_name = "memory_iterator", .field = {VISITED(24, it_seq)}},
    {.type_name = "range_iterator"},
    {.type_name = "longrange_iterator",
     .field = {OWNED(16, index), OWNED(24, start), OWNED(32, step), OWNED(40, len)}},
    {.type_name = "set_iterator", .field = {VISITED(16, set)}},
    {.type_name = "dict_keyiterator", .field = {VISITED(16, dict), VISITED(40, result)}},
    {.type_name = "dict_valueiterator", .field = {VISITED(16, dict), VISITED(40, result)}},
    {.type_name = "dict_itemiterator", .field = {VISITED(16, dict), VISITED(40, result)}},
    {.type_name = "dict_reversekeyiterator", .field = {VISITED(16, dict), VISITED(40, result)}},
    {.type_name = "dict_reversevalueiterator", .field = {VISITED(16, dict), VISITED(40, result)}},
    {.type_name = "dict_reverseitemiterator", .field = {VISITED(16, dict), VISITED(40, result)}},
    {.type_name = "dict_keys", .field = {VISITED(16, mapping)}},
    {.type_name = "dict_values", .field = {VISITED(16, mapping)}},
    {.type_name = "dict_items", .field = {VISITED(16, mapping)}},
    {.type_name = "odict_keys", .field = {VISITED(16, mapping)}},
    {.type_name = "odict_values", .field = {VISITED(16, mapping)}},
    {.type_name = "odict_items", .field = {VISITED(16, mapping)}},
    {.type_name = "odict_iterator",
     .field = {VISITED(24, mapping), VISITED(48, current), VISITED(56, result)}},
    {.type_name = "_collections._deque_iterator", .field = {VISITED(32, deque)}},
    {.type_name = "_collections._deque_reverse_iterator", .field = {VISITED(32, deque)}},
    {.type_name = "collections._deque_iterator", .field = {VISITED(32, deque)}}, /* 3.13 */
    {.type_name = "collections._deque_reverse_iterator", .field = {VISITED(32, deque)}},
    {.type_name = "array.arrayiterator", .field = {VISITED(24, array)}},
    {.type_name = "enumerate", .field = {VISITED(24, it), VISITED(32, result), VISITED(40, index)}},
    {.type_name = "reversed", .field = {VISITED(24, it_seq)}},
    {.type_name = "zip", .field = {VISITED(24, iters), VISITED(32, result)}},
    {.type_name = "map", .field = {VISITED(16, iters), VISITED(24, func)}},
    {.type_name = "filter", .field = {VISITED(16, func), VISITED(24, it)}},
    {.type_name = "slice", .field = {VISITED(16, start), VISITED(24, stop), VISITED(32, step)}},
    {.type_name = "range",
     .field = {OWNED(16, start), OWNED(24, stop), OWNED(32, step), OWNED(40, length)}},
    {.type_name = "super",
     .field = {VISITED(24, __self__), VISITED(16, __thisclass__), VISITED(32, __self_class__)}},
    {.type_name = "mappingproxy", .field = {VISITED(16, mapping)}},
    {.type_name = "types.SimpleNamespace", .field = {VISITED(16, __dict__)}},
    {.type_name = "types.GenericAlias",
     .field = {VISITED(16, __origin__), VISITED(24, __args__), VISITED(32, __parameters__)}},
    {.type_name = "generic_alias_iterator", .field = {VISITED(16, it_seq)}},
    {.type_name = "typing.Union", /* 3.14 */
     .field = {VISITED(16, __args__), VISITED(24, hashable_args), VISITED(32, unhashable_args),
               VISITED(40, __parameters__)}},
    {.type_name = "types.UnionType", .field = {VISITED(16, __args__), VISITED(24, __parameters__)}},
    {.type_name = "coroutine_wrapper", .field = {VISITED(16, coroutine)}},
    {.type_name = "async_generator_asend", .field = {VISITED(16, generator), VISITED(24, value)}},
    {.type_name = "async_generator_athrow", .field = {VISITED(16, generator), VISITED(24, args)}},
    {.type_name = "async_generator_wrapped_value", .field = {VISITED(16, value)}},
    {.type_name = "anext_awaitable", .field = {VISITED(16, wrapped), VISITED(24, value)}},
    {.type_name = "collections._tuplegetter", .field = {VISITED(24, __doc__)}},
    {.type_name = "_collections._tuplegetter", .field = {VISITED(24, __doc__)}},

    {.type_name = "itertools.accumulate",
     .field = {VISITED(32, func), VISITED(24, it), VISITED(16, total), VISITED(40, initial)}},
    {.type_name = "itertools.batched", .field = {VISITED(16, it)}},
    {.type_name = "itertools.chain", .field = {VISITED(24, active), VISITED(16, source)}},
    {.type_name = "itertools.combinations",
     .field = {VISITED(16, pool), VISITED(32, result)},
     .measure = measure_combinations},
    {.type_name = "itertools.combinations_with_replacement",
     .field = {VISITED(16, pool), VISITED(32, result)},
     .measure = measure_combinations},
    {.type_name = "itertools.compress", .field = {VISITED(16, data), VISITED(24, selectors)}},
    {.type_name = "itertools.count", .field = {VISITED(24, count), VISITED(32, step)}},
    {.type_name = "itertools.cycle", .field = {VISITED(16, it), VISITED(24, saved)}},
    {.type_name = "itertools.dropwhile", .field = {VISITED(24, it), VISITED(16, func)}},
    {.type_name = "itertools.filterfalse", .field = {VISITED(24, it), VISITED(16, func)}},
    {.type_name = "itertools.groupby",
     .field = {VISITED(16, it), VISITED(24, keyfunc), VISITED(32, target_key),
               VISITED(40, current_key), VISITED(48, current_value)}},
    {.type_name = "itertools._grouper", .field = {VISITED(16, parent), VISITED(24, target_key)}},
    {.type_name = "itertools.islice", .field = {VISITED(16, it)}},
    {.type_name = "itertools.pairwise",
     .field = {VISITED(16, it), VISITED(24, old), VISITED(32, result)}},
    {.type_name = "itertools.permutations",
     .field = {VISITED(16, pool), VISITED(40, result)},
     .measure = measure_permutations},
    {.type_name = "itertools.product",
     .field = {VISITED(16, pools), VISITED(32, result)},
     .measure = measure_product},
    {.type_name = "itertools.repeat", .field = {VISITED(16, element)}},
    {.type_name = "itertools.starmap", .field = {VISITED(24, it), VISITED(16, func)}},
    {.type_name = "itertools.takewhile", .field = {VISITED(24, it), VISITED(16, func)}},
    {.type_name = "itertools._tee", .field = {VISITED(16, data)}},
    {.type_name = "itertools._tee_dataobject", .read = read_tee_data},
    {.type_name = "itertools.zip_longest",
     .field = {VISITED(32, iters), VISITED(40, result), VISITED(48, fillvalue)}},

    {.type_name = "operator.itemgetter", .field = {VISITED(24, item)}},
    {.type_name = "operator.attrgetter", .field = {VISITED(24, attr)}},
    {.type_name = NULL},
};
