/* walk-extras.c - types of the standard library's C modules, and numpy's arrays.
 *
 * functools, contextvars, asyncio, array, memoryview, io, ndarray. Their structures are in no
 * header (but those of contexts); the offsets here are those of all versions unless said.
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
#define CACHE_MAX (1u << 30)
#define BYTES_MAX (1ull << 46)

/* ---- functools.lru_cache: the links of its list are objects only the cache visits ---- */

enum {
    LINK_TYPE = 8,
    LINK_NEXT = 24,
    LINK_KEY = 40,
    LINK_RESULT = 48,
    LINK_SIZE = 56
};
enum {
    CACHE_DICT = 72,
    CACHE_FUNCTION = 88
};

static void
read_links(HgWalker *walker, const HgWalkObject *object, bool visits_types)
{
    uint64_t link = hg_walk_word(object, LINK_NEXT);
    for (uint64_t i = 0; link && link != object->address && i < CACHE_MAX && !walker->error; i++) {
        const uint8_t *bytes = hg_image_find(walker->image, link, LINK_SIZE);
        if (!bytes || !hg_walker_spend(walker, 4))
            return;
        uint64_t key = hg_walk_read_word(bytes + LINK_KEY);
        hg_walker_add(walker, key, HG_NAME(key), HG_LABEL_INTERNAL | HG_HOW_VISITED);
        hg_walker_add(walker, hg_walk_read_word(bytes + LINK_RESULT), key,
                      HG_LABEL_VALUE | HG_HOW_VISITED);
        if (visits_types)
            hg_walker_add(walker, hg_walk_read_word(bytes + LINK_TYPE), HG_NAME(__class__),
                          HG_LABEL_INTERNAL | HG_HOW_VISITED);
        link = hg_walk_read_word(bytes + LINK_NEXT);
    }
}

static void
read_lru_cache(HgWalker *walker, const HgWalkObject *object)
{
    bool is_heap = object->type->is_heap && hg_walker_since(walker, 3, 10);
    hg_walker_add_field(walker, object, CACHE_DICT, HG_NAME(cache), HG_HOW_VISITED);
    hg_walker_add_field(walker, object, CACHE_FUNCTION, HG_NAME(func), HG_HOW_VISITED);
    HgOffset offset = 112;
    if (is_heap) {
        hg_walker_add_field(walker, object, 112, HG_NAME(kwd_mark), HG_HOW_VISITED);
        hg_walker_add_field(walker, object, 120, HG_NAME(link_type), HG_HOW_VISITED);
        offset = 128;
    }
    hg_walker_add_field(walker, object, offset, HG_NAME(cache_info_type), HG_HOW_VISITED);
    hg_walker_add_field(walker, object, offset + 8, HG_NAME(__dict__), HG_HOW_VISITED);
    read_links(walker, object, is_heap);
}

/* ---- contextvars: the map behind a context is a tree of nodes ---- */

#define ARRAY_NODE_SIZE 32
enum {
    ARRAY_NODE_ITEMS = 16,
    BITMAP_NODE_ITEMS = 32
};

static void
read_array_node(HgWalker *walker, const HgWalkObject *object)
{
    hg_walker_add_items(walker, object->address + ARRAY_NODE_ITEMS, ARRAY_NODE_SIZE,
                        HG_LABEL_ITEM | HG_HOW_VISITED);
}

/* Bitmap and collision nodes: keys and values by turns; a value without key is another node. */
static void
read_node(HgWalker *walker, const HgWalkObject *object)
{
    int64_t n = hg_walk_size(object);
    uint64_t size = n > 0 && n <= 2 * ARRAY_NODE_SIZE ? (uint64_t)n : 0;
    const uint8_t *bytes =
        hg_image_find(walker->image, object->address + BITMAP_NODE_ITEMS, 8 * size);
    for (uint64_t i = 0; bytes && i + 1 < size; i += 2) {
        uint64_t key = hg_walk_read_word(bytes + 8 * i);
        uint64_t value = hg_walk_read_word(bytes + 8 * i + 8);
        hg_walker_add(walker, key, 0, HG_LABEL_KEY | HG_HOW_VISITED);
        hg_walker_add(walker, value, key ? key : i,
                      (key ? HG_LABEL_VALUE : HG_LABEL_ITEM) | HG_HOW_VISITED);
    }
}

static void
read_context(HgWalker *walker, const HgWalkObject *object)
{
    hg_walker_add_field(walker, object, walker->layout->context.ctx_prev, HG_NAME(previous),
                        HG_HOW_VISITED);
    hg_walker_add_field(walker, object, walker->layout->context.ctx_vars, HG_NAME(variables),
                        HG_HOW_VISITED);
}

static void
read_variable(HgWalker *walker, const HgWalkObject *object)
{
    hg_walker_add_field(walker, object, walker->layout->context.var_name, HG_NAME(name),
                        HG_HOW_VISITED);
    hg_walker_add_field(walker, object, walker->layout->context.var_default, HG_NAME(default),
                        HG_HOW_VISITED);
}

static void
read_token(HgWalker *walker, const HgWalkObject *object)
{
    hg_walker_add_field(walker, object, walker->layout->context.tok_ctx, HG_NAME(context),
                        HG_HOW_VISITED);
    hg_walker_add_field(walker, object, walker->layout->context.tok_var, HG_NAME(variable),
                        HG_HOW_VISITED);
    hg_walker_add_field(walker, object, walker->layout->context.tok_oldval, HG_NAME(old_value),
                        HG_HOW_VISITED);
}

static void
read_map(HgWalker *walker, const HgWalkObject *object)
{
    hg_walker_add_field(walker, object, walker->layout->context.h_root, HG_NAME(root),
                        HG_HOW_VISITED);
}

/* ---- asyncio ---- */

/* Where a Future's own fields end, and a Task's begin. */
enum {
    FUTURE_FIELDS = 16,
    FUTURE_STATE_SIZE = 16
};

/* The fields up to 3.12; how many there are before the state and the dict says which. */
static void
read_old_future_fields(HgWalker *walker, const HgWalkObject *object, HgOffset dict)
{
    HgOffset offset = FUTURE_FIELDS;
    int n = (dict - FUTURE_STATE_SIZE - FUTURE_FIELDS) / 8;
    const struct {
        HgWalkName name;
        int at_least;
    } field[] = {
        {HG_NAME(_loop), 7},     {HG_NAME(callback), 7},          {HG_NAME(context), 7},
        {HG_NAME(callbacks), 7}, {HG_NAME(_exception), 7},        {HG_NAME(exception_traceback), 9},
        {HG_NAME(_result), 7},   {HG_NAME(_source_traceback), 7}, {HG_NAME(_cancel_message), 8},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(field); i++) {
        if (n < field[i].at_least)
            continue;
        hg_walker_add_field(walker, object, offset, field[i].name, HG_HOW_VISITED);
        offset += 8;
    }
    hg_walker_add_field(walker, object, dict, HG_NAME(__dict__), HG_HOW_VISITED);
}

/* Behind dict and weak references. Returns: the offset behind all fields. */
static HgOffset
read_old_future_end(HgWalker *walker, const HgWalkObject *object, HgOffset offset)
{
    if (hg_walker_since(walker, 3, 11)) {
        hg_walker_add_field(walker, object, offset, HG_NAME(cancelled_exception), HG_HOW_VISITED);
        return offset + 8;
    }
    if (!hg_walker_since(walker, 3, 9))
        return offset;
    hg_walker_add_field(walker, object, offset, HG_NAME(exc_type), HG_HOW_VISITED);
    hg_walker_add_field(walker, object, offset + 8, HG_NAME(exc_value), HG_HOW_VISITED);
    hg_walker_add_field(walker, object, offset + 16, HG_NAME(exc_traceback), HG_HOW_VISITED);
    return offset + 32;
}

/* Adds the fields a Future and a Task have in common. Returns: the offset behind them. */
static HgOffset
read_future_fields(HgWalker *walker, const HgWalkObject *object)
{
    static const HgWalkName names[] = {
        HG_NAME(_loop),           HG_NAME(callback),
        HG_NAME(context),         HG_NAME(callbacks),
        HG_NAME(_exception),      HG_NAME(exception_traceback),
        HG_NAME(_result),         HG_NAME(_source_traceback),
        HG_NAME(_cancel_message), HG_NAME(cancelled_exception),
        HG_NAME(awaited_by), /* 3.14 */
    };
    HgOffset n = hg_walker_since(walker, 3, 14) ? 11 : 10;
    int64_t dict = object->type->base_dictoffset;
    if (dict > 0 && dict < (int64_t)object->n_bytes) {
        read_old_future_fields(walker, object, (HgOffset)dict);
        return read_old_future_end(walker, object, (HgOffset)dict + 16);
    }
    for (HgOffset i = 0; i < n; i++)
        hg_walker_add_field(walker, object, FUTURE_FIELDS + 8 * i, names[i], HG_HOW_VISITED);
    return FUTURE_FIELDS + 8 * n + 8; /* behind the state and a few bits */
}

static void
read_future(HgWalker *walker, const HgWalkObject *object)
{
    read_future_fields(walker, object);
}

static void
read_task(HgWalker *walker, const HgWalkObject *object)
{
    HgOffset offset = read_future_fields(walker, object);
    if (object->type->base_dictoffset <= 0)
        offset += 8; /* the number of requests to cancel it */
    hg_walker_add_field(walker, object, offset, HG_NAME(_fut_waiter), HG_HOW_VISITED);
    hg_walker_add_field(walker, object, offset + 8, HG_NAME(_coro), HG_HOW_VISITED);
    hg_walker_add_field(walker, object, offset + 16, HG_NAME(name), HG_HOW_VISITED);
    hg_walker_add_field(walker, object, offset + 24, HG_NAME(context), HG_HOW_VISITED);
}

/* ---- buffers ---- */

/* array.array: items, allocated, descriptor (type code, item size), weak references. */
static void
measure_array(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    uint64_t allocated = hg_walk_word(object, 32);
    uint32_t item_size = hg_image_get_u32(walker->image, hg_walk_word(object, 40) + 4);
    record->length = (uint64_t)MAX(hg_walk_size(object), 0);
    if (allocated > BYTES_MAX || item_size > 64)
        return;
    record->size += allocated * item_size;
    record->sizeof_ += allocated * item_size;
}

/* The buffer of a memoryview's managed buffer starts with its address and its object. */
static void
read_managed_buffer(HgWalker *walker, const HgWalkObject *object)
{
    HgOffset offset = walker->layout->memoryview.mbuf_master_obj;
    hg_walker_add_field(walker, object, offset, HG_NAME(object), HG_HOW_VISITED);
}

static void
read_memoryview(HgWalker *walker, const HgWalkObject *object)
{
    hg_walker_add_field(walker, object, walker->layout->memoryview.mbuf, HG_NAME(buffer),
                        HG_HOW_VISITED);
}

/* io.BytesIO: the buffer is a bytes object of its own unless it is shared with a reader. */
static void
read_bytes_io(HgWalker *walker, const HgWalkObject *object)
{
    hg_walker_add_field(walker, object, 16, HG_NAME(buffer), HG_HOW_OWNED);
    hg_walker_add_field(walker, object, 40, HG_NAME(__dict__), HG_HOW_VISITED);
}

static void
measure_bytes_io(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    uint64_t buffer = hg_walk_word(object, 16);
    uint64_t length = hg_image_get_u64(walker->image, buffer + 16);
    bool is_shared = hg_image_get_u32(walker->image, buffer) > 1;
    if (buffer && !is_shared && length < BYTES_MAX)
        record->sizeof_ += (uint64_t)walker->layout->bytes.ob_sval + 1 + length;
}

/* ---- numpy.ndarray: data, nd, dimensions, strides, base, descr, flags ---- */

enum {
    ARRAY_DATA = 16,
    ARRAY_ND = 24,
    ARRAY_DIMENSIONS = 32,
    ARRAY_STRIDES = 40,
    ARRAY_BASE = 48,
    ARRAY_DESCR = 56,
    ARRAY_FLAGS = 64,
    ARRAY_MEM_HANDLER = 88,
};
enum {
    DESCR_TYPE_NUM = 28,
    DESCR_SIZE_OLD = 32,
    DESCR_SIZE = 40
};
#define NUMPY_MAX_DIMENSIONS 64
#define NUMPY_OWNS_DATA 0x4
#define NUMPY_OBJECT 17
#define DESCR_SIZE_NUMPY_2 112 /* numpy 2 has a longer descr, with a longer item size */

/* Returns: bytes of all items together; `item_size` tells one's. */
static uint64_t
array_bytes(HgWalker *walker, const HgWalkObject *object, uint64_t *item_size)
{
    HgWalkObject descr;
    uint64_t n_dimensions = (uint32_t)hg_walk_int(object, ARRAY_ND);
    if (!hg_walker_look(walker, hg_walk_word(object, ARRAY_DESCR), &descr) ||
        n_dimensions > NUMPY_MAX_DIMENSIONS)
        return 0;
    *item_size = descr.n_bytes >= DESCR_SIZE_NUMPY_2
                     ? hg_walk_word(&descr, DESCR_SIZE)
                     : (uint32_t)hg_walk_int(&descr, DESCR_SIZE_OLD);
    uint64_t bytes = *item_size;
    for (uint64_t i = 0; i < n_dimensions; i++) {
        uint64_t length =
            hg_image_get_u64(walker->image, hg_walk_word(object, ARRAY_DIMENSIONS) + 8 * i);
        if (length > BYTES_MAX || (bytes && length > BYTES_MAX / bytes))
            return 0;
        bytes *= length;
    }
    return bytes;
}

static void
read_ndarray(HgWalker *walker, const HgWalkObject *object)
{
    HgWalkObject descr;
    uint64_t item_size = 0;
    uint64_t bytes = array_bytes(walker, object, &item_size);
    bool owns = hg_walk_int(object, ARRAY_FLAGS) & NUMPY_OWNS_DATA;
    if (owns && item_size == 8 &&
        hg_walker_look(walker, hg_walk_word(object, ARRAY_DESCR), &descr) &&
        hg_walk_int(&descr, DESCR_TYPE_NUM) == NUMPY_OBJECT)
        hg_walker_add_items(walker, hg_walk_word(object, ARRAY_DATA), bytes / 8,
                            HG_LABEL_ITEM | HG_HOW_OWNED);
}

static void
measure_ndarray(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    uint64_t item_size = 0;
    uint64_t bytes = array_bytes(walker, object, &item_size);
    uint64_t n_dimensions = (uint32_t)hg_walk_int(object, ARRAY_ND);
    uint64_t more = n_dimensions <= NUMPY_MAX_DIMENSIONS ? 16 * n_dimensions : 0;
    if (hg_walk_int(object, ARRAY_FLAGS) & NUMPY_OWNS_DATA)
        more += bytes;
    record->size += more;
    record->sizeof_ += more;
    if (n_dimensions > 0 && n_dimensions <= NUMPY_MAX_DIMENSIONS)
        record->length = hg_image_get_u64(walker->image, hg_walk_word(object, ARRAY_DIMENSIONS));
}

const HgTypeReader hg_readers_extras[] = {
    {.type_name = "functools.partial",
     .field = {VISITED(16, func), VISITED(24, args), VISITED(32, keywords), VISITED(40, __dict__)}},
    {.type_name = "functools.KeyWrapper", .field = {VISITED(16, cmp), VISITED(24, obj)}},
    {.type_name = "functools._lru_cache_wrapper", .read = read_lru_cache},
    {.type_name = "functools._lru_list_elem", .type_rule = HG_TYPE_RULE_ELSEWHERE},

    {.type_name = "Context", .read = read_context},
    {.type_name = "_contextvars.Context", .read = read_context},
    {.type_name = "ContextVar", .read = read_variable},
    {.type_name = "_contextvars.ContextVar", .read = read_variable},
    {.type_name = "Token", .read = read_token},
    {.type_name = "_contextvars.Token", .read = read_token},
    {.type_name = "hamt", .read = read_map},
    {.type_name = "hamt_bitmap_node", .read = read_node},
    {.type_name = "hamt_collision_node", .read = read_node},
    {.type_name = "hamt_array_node", .read = read_array_node},
    {.type_name = "keys", .field = {VISITED(16, object)}},
    {.type_name = "values", .field = {VISITED(16, object)}},
    {.type_name = "items", .field = {VISITED(16, object)}},

    {.type_name = "_asyncio.Future", .read = read_future},
    {.type_name = "_asyncio.Task", .read = read_task},
    {.type_name = "_asyncio.FutureIter", .field = {VISITED(16, future)}},
    {.type_name = "TaskStepMethWrapper", .field = {VISITED(16, task), VISITED(24, args)}},
    {.type_name = "_asyncio.TaskStepMethWrapper", .field = {VISITED(16, task), VISITED(24, args)}},
    {.type_name = "TaskWakeupMethWrapper", .field = {VISITED(16, task)}},

    {.type_name = "array.array", .measure = measure_array},
    {.type_name = "arrayiterator", .field = {VISITED(24, array)}},
    {.type_name = "managedbuffer", .read = read_managed_buffer},
    {.type_name = "memoryview", .read = read_memoryview},
    {.type_name = "_io.BytesIO", .read = read_bytes_io, .measure = measure_bytes_io},

    {.type_name = "numpy.ndarray",
     .field = {OWNED(ARRAY_BASE, base), OWNED(ARRAY_DESCR, dtype),
               OWNED(ARRAY_MEM_HANDLER, mem_handler)},
     .read = read_ndarray,
     .measure = measure_ndarray},
    {.type_name = NULL},
};
