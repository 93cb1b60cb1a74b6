/* synthetic-heap.c - a source of records for benchmarks: a heap of any size.
 * SPDX-License-Identifier: MIT */
#include "tests/synthetic/synthetic-heap.h"

#include "core/error.h"

#include <string.h>

/* ---- what there is once ------------------------------------------------------------------ */

typedef enum {
    TYPE,
    MODULE,
    NONE_TYPE,
    CODE,
    FUNCTION,
    CELL_TYPE,
    DICT,
    LIST,
    TUPLE,
    STR,
    INT,
    FLOAT,
    EVENT_BUS,
    CUSTOMER_TYPE,
    ADDRESS_TYPE,
    ORDER_TYPE,
    SESSION_TYPE,
    N_TYPES
} Type;

static const struct {
    const char *module, *qualname;
    uint32_t basicsize, itemsize, flags;
} types[N_TYPES] = {
    [TYPE] = {"builtins", "type", 912, 40, HG_TYPE_GC},
    [MODULE] = {"builtins", "module", 56, 0, HG_TYPE_GC | HG_TYPE_HAS_DICT},
    [NONE_TYPE] = {"builtins", "NoneType", 16, 0, 0},
    [CODE] = {"builtins", "code", 176, 2, 0},
    [FUNCTION] = {"builtins", "function", 136, 0, HG_TYPE_GC | HG_TYPE_HAS_DICT},
    [CELL_TYPE] = {"builtins", "cell", 24, 0, HG_TYPE_GC},
    [DICT] = {"builtins", "dict", 48, 0, HG_TYPE_GC},
    [LIST] = {"builtins", "list", 40, 0, HG_TYPE_GC},
    [TUPLE] = {"builtins", "tuple", 24, 8, HG_TYPE_GC},
    [STR] = {"builtins", "str", 48, 0, 0},
    [INT] = {"builtins", "int", 24, 4, 0},
    [FLOAT] = {"builtins", "float", 24, 0, 0},
    [EVENT_BUS] = {"app", "EventBus", 16, 0, HG_TYPE_HEAP | HG_TYPE_GC | HG_TYPE_HAS_DICT},
    [CUSTOMER_TYPE] = {"app", "Customer", 16, 0, HG_TYPE_HEAP | HG_TYPE_GC | HG_TYPE_HAS_DICT},
    [ADDRESS_TYPE] = {"app", "Address", 16, 0, HG_TYPE_HEAP | HG_TYPE_GC | HG_TYPE_HAS_DICT},
    [ORDER_TYPE] = {"app", "Order", 16, 0, HG_TYPE_HEAP | HG_TYPE_GC | HG_TYPE_HAS_DICT},
    [SESSION_TYPE] = {"app", "Session", 16, 0, HG_TYPE_HEAP | HG_TYPE_GC | HG_TYPE_HAS_DICT},
};

#define N_CITIES 32
#define N_STATUSES 4
#define N_TAGS 16

/* Objects there is one of, at the lowest addresses; the types come first. */
enum {
    NONE = N_TYPES,
    APP,
    APP_DICT,
    CUSTOMERS,
    CACHE,
    HANDLERS,
    REST, /* floats that fill up to the number of objects wanted */
    BUS_DICT,
    HANDLER_CODE,
    KEY_CUSTOMERS,
    KEY_CACHE,
    KEY_BUS,
    KEY_REST,
    KEY_CUSTOMER,
    KEY_HANDLERS,
    KEY_USER,
    KEY_TOKEN,
    KEY_STARTED,
    HANDLER_NAME,
    CITY,
    STATUS = CITY + N_CITIES,
    TAG = STATUS + N_STATUSES,
    N_SINGLE = TAG + N_TAGS
};

static const struct {
    Type type;
    const char *value;
} singles[N_SINGLE - N_TYPES] = {
    [NONE - N_TYPES] = {NONE_TYPE, NULL},
    [APP - N_TYPES] = {MODULE, "app"},
    [APP_DICT - N_TYPES] = {DICT, NULL},
    [CUSTOMERS - N_TYPES] = {LIST, NULL},
    [CACHE - N_TYPES] = {DICT, NULL},
    [HANDLERS - N_TYPES] = {LIST, NULL},
    [REST - N_TYPES] = {LIST, NULL},
    [BUS_DICT - N_TYPES] = {DICT, NULL},
    [HANDLER_CODE - N_TYPES] = {CODE, "handle (app.py:31)"},
    [KEY_CUSTOMERS - N_TYPES] = {STR, "customers"},
    [KEY_CACHE - N_TYPES] = {STR, "cache"},
    [KEY_BUS - N_TYPES] = {STR, "EventBus"},
    [KEY_REST - N_TYPES] = {STR, "rest"},
    [KEY_CUSTOMER - N_TYPES] = {STR, "Customer"},
    [KEY_HANDLERS - N_TYPES] = {STR, "handlers"},
    [KEY_USER - N_TYPES] = {STR, "user"},
    [KEY_TOKEN - N_TYPES] = {STR, "token"},
    [KEY_STARTED - N_TYPES] = {STR, "started"},
    [HANDLER_NAME - N_TYPES] = {STR, "handle"},
};

/* Texts: two for each type, then these. */
enum {
    TEXT_DICT = 2 * N_TYPES,
    TEXT_CODE,
    TEXT_GLOBALS,
    TEXT_CLOSURE,
    TEXT_NAME_OF,
    TEXT_NAME,
    TEXT_EMAIL,
    TEXT_ORDERS,
    TEXT_TAGS,
    TEXT_ADDRESS,
    TEXT_RELATED,
    TEXT_STREET,
    TEXT_CITY,
    TEXT_ZIP,
    TEXT_NUMBER,
    TEXT_LINES,
    TEXT_CUSTOMER,
    TEXT_STATUS,
    TEXT_APP,
    TEXT_MAIN,
    TEXT_FILE,
    TEXT_MAIN_THREAD,
};
static const char *const texts[] = {
    "__dict__", "__code__", "__globals__", "__closure__", "__name__", "name",
    "email",    "orders",   "tags",        "address",     "related",  "street",
    "city",     "zip",      "number",      "lines",       "customer", "status",
    "app",      "main",     "app.py",      "MainThread",
};

/* ---- what there is once for each customer ------------------------------------------------ */

#define N_ORDERS 5
#define N_LINES 4 /* of an order */

typedef enum {
    CUSTOMER,
    ADDRESS,
    SESSION,
    ORDER,
    ORDERS = ORDER + N_ORDERS,
    LINES,
    TAGS = LINES + N_ORDERS,
    RELATED,
    LINE,
    SKU = LINE + N_ORDERS * N_LINES,
    PRICE = SKU + N_ORDERS * N_LINES,
    ORDER_NUMBER = PRICE + N_ORDERS * N_LINES,
    NAME = ORDER_NUMBER + N_ORDERS,
    EMAIL,
    STREET,
    TOKEN,
    CACHE_KEY,
    ZIP,
    STARTED,
    HANDLER,
    CELL,
    CLOSURE,
    SESSION_DICT,
    N_SLOTS
} Slot;

static Type
slot_type(Slot slot)
{
    if (slot >= ORDER && slot < ORDERS)
        return ORDER_TYPE;
    if (slot >= ORDERS && slot < LINE)
        return LIST;
    if ((slot >= LINE && slot < SKU) || slot == CLOSURE)
        return TUPLE;
    if ((slot >= SKU && slot < PRICE) || (slot >= NAME && slot <= CACHE_KEY))
        return STR;
    if ((slot >= PRICE && slot < ORDER_NUMBER) || slot == STARTED)
        return FLOAT;
    return slot == CUSTOMER  ? CUSTOMER_TYPE
           : slot == ADDRESS ? ADDRESS_TYPE
           : slot == SESSION ? SESSION_TYPE
           : slot == HANDLER ? FUNCTION
           : slot == CELL    ? CELL_TYPE
           : slot == ZIP     ? INT
           : slot < NAME     ? INT
                             : DICT;
}

/* pymalloc's way: objects of a size lie side by side. */
static const uint32_t class_size[] = {32, 48, 64, 80, 160, 240};
#define N_CLASSES G_N_ELEMENTS(class_size)

/* Bytes with the collector's header; what a list or dict keeps elsewhere comes on top. */
static uint32_t
type_size(Type type)
{
    switch (type) {
    case INT:
    case FLOAT:
        return 24;
    case CELL_TYPE:
        return 40;
    case TUPLE:
        return 56;
    case STR:
    case LIST:
        return 72;
    case FUNCTION:
        return 152;
    case DICT:
        return 232;
    default:
        return 64;
    }
}

static uint32_t
size_class(Type type)
{
    uint32_t which = 0;
    while (class_size[which] < type_size(type))
        which++;
    return which;
}

/* ---- the heap ---------------------------------------------------------------------------- */

#define CHUNK 128 /* customers whose objects lie together */
#define FIRST_ADDRESS 0x7f3a00000000ull
#define SINGLE_SPAN 2048 /* room for each of the objects there is one of */
#define PART 4096        /* references told at once */

typedef struct {
    const SyntheticHeap *heap;
    HgSink *sink;
    uint64_t n_customers, n_rest;
    uint32_t n_extra; /* references of each list `related` */

    uint32_t slots[N_CLASSES][N_SLOTS]; /* by size class */
    uint32_t n_slots[N_CLASSES];
    uint32_t class_of[N_SLOTS], rank_of[N_SLOTS];
    uint64_t class_start[N_CLASSES], chunk_span;
    uint64_t degree[N_SLOTS];   /* references told to each slot of any customer */
    uint64_t refcount[N_SLOTS]; /* references there are to the slot of one */

    HgReferenceRecord reference[PART];
    size_t n_references;
    char value[64];
} Making;

static uint64_t
mix(uint64_t number)
{
    number += 0x9e3779b97f4a7c15ull;
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9ull;
    number = (number ^ number >> 27) * 0x94d049bb133111ebull;
    return number ^ number >> 31;
}

static uint64_t
random_of(const Making *making, uint64_t customer, Slot slot)
{
    return mix(making->heap->seed + customer * N_SLOTS + slot);
}

static void
lay_out(Making *making)
{
    for (uint32_t slot = 0; slot < N_SLOTS; slot++) {
        uint32_t which = size_class(slot_type((Slot)slot));
        making->class_of[slot] = which;
        making->rank_of[slot] = making->n_slots[which];
        making->slots[which][making->n_slots[which]++] = slot;
    }
    for (size_t which = 0; which < N_CLASSES; which++) {
        making->class_start[which] = making->chunk_span;
        making->chunk_span += (uint64_t)CHUNK * making->n_slots[which] * class_size[which];
    }
}

static uint64_t
single(int number)
{
    return FIRST_ADDRESS + (uint64_t)number * SINGLE_SPAN;
}

static uint64_t
address(const Making *making, uint64_t customer, Slot slot)
{
    uint32_t which = making->class_of[slot];
    uint64_t row = customer % CHUNK * making->n_slots[which] + making->rank_of[slot];
    return single(N_SINGLE) + customer / CHUNK * making->chunk_span + making->class_start[which] +
           row * class_size[which];
}

static uint64_t
rest_address(const Making *making, uint64_t number)
{
    uint64_t n_chunks = making->n_customers / CHUNK + 1;
    return single(N_SINGLE) + n_chunks * making->chunk_span + 32 * number;
}

/* ---- references -------------------------------------------------------------------------- */

static void
refer(Making *making, uint8_t how, uint64_t label, uint64_t target)
{
    making->reference[making->n_references++] = (HgReferenceRecord){target, label, how};
}

/* To an object of a customer. */
static void
refer_to(Making *making, uint8_t kind, uint64_t label, uint64_t customer, uint32_t slot)
{
    making->degree[slot]++;
    refer(making, kind | HG_HOW_VISITED, label, address(making, customer, (Slot)slot));
}

static void
refer_to_single(Making *making, uint8_t kind, uint64_t label, int target)
{
    refer(making, kind | HG_HOW_VISITED, label, single(target));
}

/* A key of a dict and its value; dicts with str keys do not tell the collector of them. */
static void
refer_to_item(Making *making, uint64_t key, uint64_t value)
{
    refer(making, HG_LABEL_KEY | HG_HOW_OWNED, 0, key);
    refer(making, HG_LABEL_VALUE | HG_HOW_VISITED, key, value);
}

static void
refer_from_customer(Making *making, uint64_t customer)
{
    refer_to_single(making, HG_LABEL_TYPE, 0, CUSTOMER_TYPE);
    refer_to(making, HG_LABEL_ATTRIBUTE, TEXT_NAME, customer, NAME);
    refer_to(making, HG_LABEL_ATTRIBUTE, TEXT_EMAIL, customer, EMAIL);
    refer_to(making, HG_LABEL_ATTRIBUTE, TEXT_ORDERS, customer, ORDERS);
    refer_to(making, HG_LABEL_ATTRIBUTE, TEXT_TAGS, customer, TAGS);
    refer_to(making, HG_LABEL_ATTRIBUTE, TEXT_ADDRESS, customer, ADDRESS);
    refer_to(making, HG_LABEL_ATTRIBUTE, TEXT_RELATED, customer, RELATED);
}

static void
refer_from_address(Making *making, uint64_t customer)
{
    int city = CITY + (int)(random_of(making, customer, ADDRESS) % N_CITIES);
    refer_to_single(making, HG_LABEL_TYPE, 0, ADDRESS_TYPE);
    refer_to(making, HG_LABEL_ATTRIBUTE, TEXT_STREET, customer, STREET);
    refer_to_single(making, HG_LABEL_ATTRIBUTE, TEXT_CITY, city);
    refer_to(making, HG_LABEL_ATTRIBUTE, TEXT_ZIP, customer, ZIP);
}

static void
refer_from_order(Making *making, uint64_t customer, uint32_t order)
{
    int status = STATUS + (int)(random_of(making, customer, ORDER + order) % N_STATUSES);
    refer_to_single(making, HG_LABEL_TYPE, 0, ORDER_TYPE);
    refer_to(making, HG_LABEL_ATTRIBUTE, TEXT_NUMBER, customer, ORDER_NUMBER + order);
    refer_to(making, HG_LABEL_ATTRIBUTE, TEXT_LINES, customer, LINES + order);
    refer_to(making, HG_LABEL_ATTRIBUTE, TEXT_CUSTOMER, customer, CUSTOMER);
    refer_to_single(making, HG_LABEL_ATTRIBUTE, TEXT_STATUS, status);
}

/* One item for each of [n] slots from [first] on. */
static void
refer_from_list(Making *making, uint64_t customer, uint32_t first, uint32_t n)
{
    for (uint32_t item = 0; item < n; item++)
        refer_to(making, HG_LABEL_ITEM, item, customer, first + item);
}

static void
refer_from_tags(Making *making, uint64_t customer)
{
    for (uint32_t item = 0; item < 3; item++) {
        uint64_t tag = random_of(making, customer, TAGS) >> (8 * item);
        refer_to_single(making, HG_LABEL_ITEM, item, TAG + (int)(tag % N_TAGS));
    }
}

/* Item [item] of all lists `related` goes to each customer once: half of the items close by,
 * half anywhere. So reference counts are known without counting. */
static uint64_t
related_customer(const Making *making, uint64_t customer, uint32_t item)
{
    static const uint64_t prime = 4294967311u; /* more than there can be customers */
    uint64_t odd = random_of(making, item, RELATED) | 1;
    if (item % 2)
        return (customer * prime + odd % making->n_customers) % making->n_customers;
    uint64_t block = customer & ~(uint64_t)63;
    if (block + 64 > making->n_customers)
        return customer;
    return block + ((customer * (odd % 64) + (odd >> 7)) & 63);
}

static void
refer_from_related(Making *making, uint64_t customer)
{
    for (uint32_t item = 0; item < making->n_extra; item++)
        refer_to(making, HG_LABEL_ITEM, item, related_customer(making, customer, item),
                 (uint32_t)(random_of(making, item, SESSION) % N_SLOTS));
}

static void
refer_from_handler(Making *making, uint64_t customer)
{
    refer_to_single(making, HG_LABEL_INTERNAL, TEXT_CODE, HANDLER_CODE);
    refer_to_single(making, HG_LABEL_INTERNAL, TEXT_GLOBALS, APP_DICT);
    refer_to_single(making, HG_LABEL_INTERNAL, TEXT_NAME_OF, HANDLER_NAME);
    refer_to(making, HG_LABEL_INTERNAL, TEXT_CLOSURE, customer, CLOSURE);
}

static void
refer_from_session_dict(Making *making, uint64_t customer)
{
    static const struct {
        int key;
        Slot value;
    } item[] = {{KEY_USER, CUSTOMER}, {KEY_TOKEN, TOKEN}, {KEY_STARTED, STARTED}};
    for (size_t at = 0; at < G_N_ELEMENTS(item); at++) {
        making->degree[item[at].value]++;
        refer_to_item(making, single(item[at].key), address(making, customer, item[at].value));
    }
}

static void
refer_from_slot(Making *making, uint64_t customer, Slot slot)
{
    if (slot >= ORDER && slot < ORDERS)
        refer_from_order(making, customer, slot - ORDER);
    else if (slot >= LINES && slot < TAGS)
        refer_from_list(making, customer, LINE + (slot - LINES) * N_LINES, N_LINES);
    else if (slot >= LINE && slot < SKU) {
        refer_to(making, HG_LABEL_ITEM, 0, customer, SKU + slot - LINE);
        refer_to(making, HG_LABEL_ITEM, 1, customer, PRICE + slot - LINE);
    } else if (slot == CUSTOMER)
        refer_from_customer(making, customer);
    else if (slot == ADDRESS)
        refer_from_address(making, customer);
    else if (slot == SESSION) {
        refer_to_single(making, HG_LABEL_TYPE, 0, SESSION_TYPE);
        refer_to(making, HG_LABEL_INTERNAL, TEXT_DICT, customer, SESSION_DICT);
    } else if (slot == ORDERS)
        refer_from_list(making, customer, ORDER, N_ORDERS);
    else if (slot == TAGS)
        refer_from_tags(making, customer);
    else if (slot == RELATED)
        refer_from_related(making, customer);
    else if (slot == HANDLER)
        refer_from_handler(making, customer);
    else if (slot == CLOSURE)
        refer_to(making, HG_LABEL_ITEM, 0, customer, CELL);
    else if (slot == CELL)
        refer_to(making, HG_LABEL_CELL, 0, customer, SESSION);
    else if (slot == SESSION_DICT)
        refer_from_session_dict(making, customer);
}

/* Returns: references of one customer and to it from what there is once. Counts the
 * references to each slot on the way, which is the same for all customers. */
static uint32_t
count_degrees(Making *making)
{
    uint32_t n_references = 4;
    memset(making->degree, 0, sizeof making->degree);
    for (uint32_t slot = 0; slot < N_SLOTS; slot++) {
        making->n_references = 0;
        refer_from_slot(making, 0, (Slot)slot);
        n_references += (uint32_t)making->n_references;
    }
    memcpy(making->refcount, making->degree, sizeof making->degree);
    making->refcount[CUSTOMER] += 2; /* customers, cache */
    making->refcount[CACHE_KEY]++;
    making->refcount[HANDLER]++;
    return n_references;
}

/* ---- values ------------------------------------------------------------------------------ */

static char *
put(char *out, const char *text)
{
    return g_stpcpy(out, text);
}

static char *
put_decimal(char *out, uint64_t number)
{
    char digits[20], *digit = digits + sizeof digits;
    do
        *--digit = (char)('0' + number % 10);
    while (number /= 10);
    size_t size = (size_t)(digits + sizeof digits - digit);
    memcpy(out, digit, size);
    return out + size;
}

static char *
put_hexadecimal(char *out, uint64_t number, int digits)
{
    while (digits--)
        *out++ = "0123456789abcdef"[number >> (4 * digits) & 15];
    return out;
}

/* Writes the value of a slot. Returns: its end. */
static char *
put_value(Making *making, char *out, uint64_t customer, Slot slot)
{
    uint64_t random = random_of(making, customer, slot);
    switch (slot) {
    case NAME:
        return put_decimal(put(out, "Customer "), customer);
    case EMAIL:
        return put(put_decimal(put(out, "customer."), customer), "@example.org");
    case STREET:
        return put(put_decimal(out, random % 200), " Garden Street");
    case TOKEN:
        return put_hexadecimal(out, random, 16);
    case CACHE_KEY:
        return put_decimal(put(out, "key-"), customer);
    case ZIP:
        return put_decimal(out, 10000 + random % 90000);
    case STARTED:
        return put(put_decimal(out, 1700000000 + customer / 4), ".5");
    default:
        break;
    }
    if (slot >= SKU && slot < PRICE)
        return put_hexadecimal(put(out, "sku-"), random, 6);
    if (slot >= PRICE && slot < ORDER_NUMBER)
        return put(put_decimal(out, random % 500), random & 1024 ? ".25" : ".99");
    if (slot >= ORDER_NUMBER && slot < NAME)
        return put_decimal(out, 100000 + customer * N_ORDERS + (slot - ORDER_NUMBER));
    if (slot == HANDLER)
        return put(out, "subscribe.<locals>.handle");
    return out;
}

/* ---- objects ----------------------------------------------------------------------------- */

static HgObjectRecord
object_of(Type type)
{
    bool tracked = types[type].flags & HG_TYPE_GC;
    return (HgObjectRecord){.type = type,
                            .flags = tracked ? HG_OBJECT_TRACKED | 2 << HG_GENERATION_SHIFT : 0,
                            .size = type_size(type),
                            .sizeof_ = type_size(type),
                            .refcount = HG_UNKNOWN,
                            .length = HG_UNKNOWN,
                            .site = HG_NONE};
}

/* Tells [object] with the references and the value put together in [making]. */
static bool
tell(Making *making, HgObjectRecord *object, const char *value_end, GError **error)
{
    if (value_end > making->value) {
        object->value = making->value;
        object->value_size = (uint32_t)(value_end - making->value);
    }
    if (object->type == LIST || object->type == TUPLE)
        object->length = making->n_references;
    if (object->type == DICT)
        object->length = making->n_references / 2;
    if (object->type == LIST)
        object->size = object->sizeof_ = 72 + 8 * object->length;
    size_t n = making->n_references;
    making->n_references = 0;
    return making->sink->object(making->sink, object, error) &&
           (!n || making->sink->references(making->sink, making->reference, n, error));
}

static bool
tell_slot(Making *making, uint64_t customer, Slot slot, GError **error)
{
    HgObjectRecord object = object_of(slot_type(slot));
    object.identity = address(making, customer, slot);
    object.refcount = making->refcount[slot];
    refer_from_slot(making, customer, slot);
    char *end = put_value(making, making->value, customer, slot);
    if (object.type == STR)
        object.length = (uint64_t)(end - making->value);
    return tell(making, &object, end, error);
}

static bool
tell_rest(Making *making, uint64_t number, GError **error)
{
    HgObjectRecord object = object_of(FLOAT);
    object.identity = rest_address(making, number);
    object.refcount = 1;
    return tell(making, &object, put(put_decimal(making->value, number), ".0"), error);
}

/* The references of a long list or dict, [count] times what [refer_next] says. */
static bool
tell_many(Making *making, HgObjectRecord *object, uint64_t count, uint32_t per_item,
          void (*refer_next)(Making *making, uint64_t item), GError **error)
{
    object->length = count;
    object->size = object->sizeof_ = 72 + 8 * per_item * count;
    if (!making->sink->object(making->sink, object, error))
        return false;
    for (uint64_t item = 0; item < count; item++) {
        refer_next(making, item);
        if (making->n_references < PART - 2 && item + 1 < count)
            continue;
        size_t n = making->n_references;
        making->n_references = 0;
        if (!making->sink->references(making->sink, making->reference, n, error))
            return false;
    }
    return true;
}

static void
refer_next_customer(Making *making, uint64_t item)
{
    refer(making, HG_LABEL_ITEM | HG_HOW_VISITED, item, address(making, item, CUSTOMER));
}

static void
refer_next_handler(Making *making, uint64_t item)
{
    refer(making, HG_LABEL_ITEM | HG_HOW_VISITED, item, address(making, item, HANDLER));
}

static void
refer_next_cached(Making *making, uint64_t item)
{
    refer_to_item(making, address(making, item, CACHE_KEY), address(making, item, CUSTOMER));
}

static void
refer_next_rest(Making *making, uint64_t item)
{
    refer(making, HG_LABEL_ITEM | HG_HOW_VISITED, item, rest_address(making, item));
}

static void
refer_from_app_dict(Making *making)
{
    refer_to_item(making, single(KEY_CUSTOMERS), single(CUSTOMERS));
    refer_to_item(making, single(KEY_CACHE), single(CACHE));
    refer_to_item(making, single(KEY_BUS), single(EVENT_BUS));
    refer_to_item(making, single(KEY_REST), single(REST));
    refer_to_item(making, single(KEY_CUSTOMER), single(CUSTOMER_TYPE));
}

static bool
tell_single(Making *making, int number, GError **error)
{
    HgObjectRecord object = object_of(number < N_TYPES ? TYPE : STR);
    char *end = making->value;
    if (number < N_TYPES) {
        object.size = object.sizeof_ = 1064;
        end = put(put(put(end, types[number].module), "."), types[number].qualname);
        if (number == EVENT_BUS)
            refer_to_single(making, HG_LABEL_INTERNAL, TEXT_DICT, BUS_DICT);
    } else if (number < CITY) {
        object = object_of(singles[number - N_TYPES].type);
        end = put(end, singles[number - N_TYPES].value ? singles[number - N_TYPES].value : "");
    } else
        end = put_decimal(put(end, number < STATUS ? "City " : "tag "), (uint64_t)number);
    object.identity = single(number);
    switch (number) {
    case APP:
        refer_to_single(making, HG_LABEL_INTERNAL, TEXT_DICT, APP_DICT);
        break;
    case APP_DICT:
        refer_from_app_dict(making);
        break;
    case BUS_DICT:
        refer_to_item(making, single(KEY_HANDLERS), single(HANDLERS));
        break;
    case CUSTOMERS:
        return tell_many(making, &object, making->n_customers, 1, refer_next_customer, error);
    case CACHE:
        return tell_many(making, &object, making->n_customers, 2, refer_next_cached, error);
    case HANDLERS:
        return tell_many(making, &object, making->n_customers, 1, refer_next_handler, error);
    case REST:
        return tell_many(making, &object, making->n_rest, 1, refer_next_rest, error);
    default:
        break;
    }
    return tell(making, &object, end, error);
}

/* The object that is number [number] in the order of addresses. */
static bool
tell_object(Making *making, uint64_t number, GError **error)
{
    if (number < N_SINGLE)
        return tell_single(making, (int)number, error);
    number -= N_SINGLE;
    if (number >= making->n_customers * N_SLOTS)
        return tell_rest(making, number - making->n_customers * N_SLOTS, error);
    uint64_t first = number / (CHUNK * N_SLOTS) * CHUNK;
    uint64_t n_customers = MIN(CHUNK, making->n_customers - first);
    uint32_t which = 0;
    for (number %= CHUNK * N_SLOTS; number >= n_customers * making->n_slots[which]; which++)
        number -= n_customers * making->n_slots[which];
    return tell_slot(making, first + number / making->n_slots[which],
                     (Slot)making->slots[which][number % making->n_slots[which]], error);
}

/* A random order without a table: a generator that comes to each number below a power of
 * two once (Hull and Dobell, 1962), the numbers that are too large left out. */
static bool
tell_shuffled(Making *making, GError **error)
{
    uint64_t mask = 1;
    while (mask < making->heap->objects)
        mask <<= 1;
    mask--;
    uint64_t number = mix(making->heap->seed) & mask;
    for (uint64_t told = 0; told < making->heap->objects;) {
        number = (number * 6364136223846793005ull + 1442695040888963407ull) & mask;
        if (number >= making->heap->objects)
            continue;
        if (!tell_object(making, number, error))
            return false;
        told++;
    }
    return true;
}

static bool
tell_objects(Making *making, GError **error)
{
    if (making->heap->shuffled)
        return tell_shuffled(making, error);
    for (uint64_t number = 0; number < making->heap->objects; number++)
        if (!tell_object(making, number, error))
            return false;
    return true;
}

/* ---- everything else --------------------------------------------------------------------- */

static bool
tell_facts(const SyntheticHeap *heap, HgSink *sink, GError **error)
{
    static const char *const facts[][2] = {
        {HG_FACT_RUNTIME, "CPython"},
        {HG_FACT_PYTHON, "3.11.2"},
        {HG_FACT_SOURCE, "synthetic"},
        {HG_FACT_PID, "4242"},
        {HG_FACT_PROCESS_START, "1234567"},
        {HG_FACT_BOOT_ID, "5a8a5ee1-0000-4000-8000-000000000000"},
        {HG_FACT_ARGV, "['app.py']"},
        {HG_FACT_WORD_SIZE, "8"},
        {HG_FACT_INSTANT, "yes"},
        {HG_FACT_EXTERNAL, "yes"},
        {HG_FACT_VALUES, "short"}};
    for (size_t fact = 0; fact < G_N_ELEMENTS(facts); fact++)
        if (!sink->fact(sink, facts[fact][0], facts[fact][1], error))
            return false;
    g_autofree char *taken = g_strdup_printf("%" G_GUINT64_FORMAT, heap->taken);
    return sink->fact(sink, HG_FACT_TAKEN, taken, error);
}

static bool
tell_text(HgSink *sink, const char *text, GError **error)
{
    return sink->text(sink, text, strlen(text), error);
}

static bool
tell_names(HgSink *sink, GError **error)
{
    for (size_t type = 0; type < N_TYPES; type++)
        if (!tell_text(sink, types[type].module, error) ||
            !tell_text(sink, types[type].qualname, error))
            return false;
    for (size_t text = 0; text < G_N_ELEMENTS(texts); text++)
        if (!tell_text(sink, texts[text], error))
            return false;
    return true;
}

static bool
tell_types(HgSink *sink, GError **error)
{
    for (uint32_t type = 0; type < N_TYPES; type++) {
        HgTypeRecord record = {.identity = single((int)type),
                               .module = 2 * type,
                               .qualname = 2 * type + 1,
                               .basicsize = types[type].basicsize,
                               .itemsize = types[type].itemsize,
                               .flags = types[type].flags};
        if (!sink->type(sink, &record, error))
            return false;
    }
    return true;
}

static bool
tell_roots(const Making *making, GError **error)
{
    HgSink *sink = making->sink;
    uint64_t held = making->n_customers ? address(making, 0, CUSTOMER) : single(CUSTOMERS);
    HgRootRecord root = {HG_ROOT_MODULE, single(APP), TEXT_APP, HG_NONE, 0};
    HgRootRecord local = {HG_ROOT_FRAME, held, TEXT_CUSTOMER, 0, 0};
    HgThreadRecord thread = {1, TEXT_MAIN_THREAD, 0};
    HgFrameRecord frame = {0, TEXT_MAIN, TEXT_FILE, 42, 0};
    if (!sink->thread(sink, &thread, error) || !sink->frame(sink, &frame, error) ||
        !sink->root(sink, &root, error) || !sink->root(sink, &local, error))
        return false;
    root = (HgRootRecord){HG_ROOT_STATIC, 0, HG_NONE, HG_NONE, 0};
    for (int number = 0; number <= NONE; number++) {
        root.identity = single(number);
        if (number != EVENT_BUS && (number < CUSTOMER_TYPE || number == NONE) &&
            !sink->root(sink, &root, error))
            return false;
    }
    return true;
}

static bool
prepare(Making *making, GError **error)
{
    const SyntheticHeap *heap = making->heap;
    lay_out(making);
    making->n_customers = heap->objects < N_SINGLE ? 0 : (heap->objects - N_SINGLE) / N_SLOTS;
    making->n_rest = heap->objects - N_SINGLE - making->n_customers * N_SLOTS;
    double extra = heap->references * N_SLOTS - count_degrees(making);
    if (heap->objects < N_SINGLE || extra < 0 || extra > PART - 1) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED,
                    "at least %d objects and between 1.4 and 40 references each are possible",
                    N_SINGLE);
        return false;
    }
    making->n_extra = (uint32_t)(extra + 0.5);
    if (making->n_customers)
        count_degrees(making);
    making->n_references = 0;
    return true;
}

bool
synthetic_heap_tell(const SyntheticHeap *heap, HgSink *sink, GError **error)
{
    g_autofree Making *making = g_new0(Making, 1);
    making->heap = heap;
    making->sink = sink;
    return prepare(making, error) && tell_facts(heap, sink, error) && tell_names(sink, error) &&
           tell_types(sink, error) && tell_objects(making, error) && tell_roots(making, error) &&
           sink->end(sink, error);
}
