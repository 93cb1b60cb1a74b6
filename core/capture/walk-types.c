/* walk-types.c - types: what the walk has to know of each, and what type objects refer to.
 *
 * An object is read by the reader of the C type below its class: the first type going up the
 * bases that is no Python class. Python classes are told by their deallocator, which all of
 * them and nobody else has; it is learned from the classes of the heap itself.
 * SPDX-License-Identifier: MIT */
#include "core/capture/image-private.h"
#include "core/capture/walker.h"

#define TYPE_NAME_MAX 1024
/* Bytes of an instance, or of one of its items. More is an address taken for a size: those of a
 * program at a fixed place begin at four million. */
#define BASICSIZE_MAX (1 << 20)
#define BASES_MAX 4096
#define DEPTH_MAX 1000
#define SLOTS_MAX 4096
#define MEMBER_SIZE 40 /* PyMemberDef: name, type, offset, flags, doc */
#define MEMBER_OBJECT_EX 16
#define MEMBER_OBJECT 6

enum {
    FLAG_INLINE_VALUES = 1 << 2,   /* 3.13 */
    FLAG_MANAGED_WEAKREF = 1 << 3, /* 3.12 */
    FLAG_MANAGED_DICT = 1 << 4,    /* 3.11 */
    FLAG_READY = 1 << 12,
    FLAG_GC = 1 << 14,
};
#define FLAG_TYPE_SUBCLASS (1ull << 31)

static uint64_t
type_word(HgWalker *walker, uint64_t type, HgOffset offset)
{
    return offset == HG_ABSENT ? 0 : hg_image_get_u64(walker->image, type + (uint64_t)offset);
}

static uint64_t
type_flags(HgWalker *walker, uint64_t type)
{
    return type_word(walker, type, walker->layout->type.tp_flags);
}

/* Returns: "MODULE.?" for a name in the read-only data of a file that a core leaves out and that is
 * not at hand, else NULL. */
static const char *
make_up_name(HgWalker *walker, uint64_t address)
{
    const HgRegion *region = hg_image_find_region(walker->image, address);
    if (!region || region->bytes || !region->file || region->flags & HG_REGION_WRITABLE)
        return NULL;
    g_autofree char *base = g_path_get_basename(region->file);
    base[strcspn(base, ".")] = 0;
    g_autofree char *valid = g_utf8_make_valid(base, -1);
    g_autofree char *name = g_strconcat(valid, ".?", NULL);
    return hg_image_keep_text(walker->image, name);
}

static const char *
type_name(HgWalker *walker, uint64_t type)
{
    uint64_t address = type_word(walker, type, walker->layout->type.tp_name);
    const char *name = hg_image_find_text(walker->image, address, TYPE_NAME_MAX);
    if (!name)
        return make_up_name(walker, address);
    return g_utf8_validate(name, -1, NULL) ? name : NULL;
}

/* Whether what stands at [address] can be an object whose type makes types. */
static bool
has_metatype(HgWalker *walker, uint64_t address)
{
    uint64_t type_type = walker->runtime->type_type;
    uint64_t meta = hg_image_get_u64(walker->image, address + 8);
    if (meta == type_type)
        return true;
    if (meta & 7 || !hg_image_find(walker->image, meta, (uint64_t)walker->layout->type.size))
        return false;
    uint64_t above = hg_image_get_u64(walker->image, meta + 8);
    return (type_flags(walker, meta) & FLAG_TYPE_SUBCLASS) && type_name(walker, meta) &&
           (above == type_type || (type_flags(walker, above) & FLAG_TYPE_SUBCLASS));
}

static bool
is_type(HgWalker *walker, uint64_t address)
{
    const HgLayout *layout = walker->layout;
    if (address & 7 || !hg_image_find(walker->image, address, (uint64_t)layout->type.size) ||
        !has_metatype(walker, address) || !type_name(walker, address))
        return false;
    int64_t basicsize = (int64_t)type_word(walker, address, layout->type.tp_basicsize);
    int64_t itemsize = (int64_t)type_word(walker, address, layout->type.tp_itemsize);
    uint64_t flags = type_flags(walker, address);
    if (basicsize < 16 || basicsize > BASICSIZE_MAX || itemsize < 0 || itemsize > BASICSIZE_MAX ||
        flags >> 32) /* where no flag is, but most of an address */
        return false;
    /* a few static types are used without ever being readied */
    return (flags & FLAG_READY) ||
           hg_image_get_u64(walker->image, address + 8) == walker->runtime->type_type;
}

/* A class made by a class statement, rather than by C code. */
static bool
is_python_class(HgWalker *walker, uint64_t type)
{
    const HgLayout *layout = walker->layout;
    uint64_t flags = type_flags(walker, type);
    if (!(flags & HG_TYPE_FLAG_HEAP) || !walker->subtype_dealloc)
        return false;
    return type_word(walker, type, layout->type.tp_dealloc) == walker->subtype_dealloc &&
           (!(flags & FLAG_GC) ||
            type_word(walker, type, layout->type.tp_traverse) == walker->subtype_traverse);
}

static void
add_slot(HgWalkType *type, HgOffset offset, uint32_t name)
{
    type->slot = g_renew(HgOffset, type->slot, type->n_slots + 1);
    type->slot_name = g_renew(uint32_t, type->slot_name, type->n_slots + 1);
    type->slot[type->n_slots] = offset;
    type->slot_name[type->n_slots++] = name;
}

/* Adds the slots a class itself declares: its members stand behind the type object. */
static void
read_slots(HgWalker *walker, HgWalkType *type, uint64_t class)
{
    int64_t n = (int64_t)hg_image_get_u64(walker->image, class + 16);
    uint64_t meta = hg_image_get_u64(walker->image, class + 8);
    uint64_t members = class + type_word(walker, meta, walker->layout->type.tp_basicsize);
    if (n <= 0 || n > SLOTS_MAX)
        return;
    for (int64_t i = 0; i < n && type->n_slots < SLOTS_MAX; i++) {
        const uint8_t *member =
            hg_image_find(walker->image, members + (uint64_t)i * MEMBER_SIZE, MEMBER_SIZE);
        int32_t kind = 0;
        int64_t offset = 0;
        if (!member)
            return;
        memcpy(&kind, member + 8, sizeof kind);
        memcpy(&offset, member + 16, sizeof offset);
        const char *name =
            hg_image_find_text(walker->image, hg_walk_read_word(member), TYPE_NAME_MAX);
        if ((kind != MEMBER_OBJECT_EX && kind != MEMBER_OBJECT) || offset < 16 ||
            offset > type->basicsize - 8 || !name || !g_utf8_validate(name, -1, NULL))
            continue;
        add_slot(type, (HgOffset)offset, hg_walker_intern(walker, name, strlen(name)));
    }
}

/* Goes up the bases to the first type that is no Python class. */
static void
find_base(HgWalker *walker, HgWalkType *type)
{
    uint64_t base = type->address;
    for (int depth = 0; depth < DEPTH_MAX && is_python_class(walker, base); depth++) {
        read_slots(walker, type, base);
        uint64_t next = type_word(walker, base, walker->layout->type.tp_base);
        if (!next || !is_type(walker, next))
            break;
        base = next;
    }
    type->base = base;
    type->base_dictoffset = (int64_t)type_word(walker, base, walker->layout->type.tp_dictoffset);
}

static const HgTypeReader *
find_reader(HgWalker *walker, uint64_t type)
{
    const char *name = type_name(walker, type);
    return name ? g_hash_table_lookup(walker->reader_by_name, name) : NULL;
}

/* Whether only the type's own traverse function knows what its objects refer to. */
static bool
asks_ghost(const HgWalker *walker, const HgWalkType *type)
{
    bool guesses = type->scan.from != type->scan.to || type->scan.items;
    return walker->ghost && type->is_gc && type->traverse && guesses;
}

/* A C type without a reader of its own is read as the nearest base that has one, and what it
 * adds is scanned, unless it shares the base's traverse function and so adds nothing. */
static void
choose_reader(HgWalker *walker, HgWalkType *type)
{
    const HgLayout *layout = walker->layout;
    uint64_t traverse = type_word(walker, type->base, layout->type.tp_traverse);
    uint64_t end = type_word(walker, type->base, layout->type.tp_basicsize);
    uint64_t base = type->base;
    type->reader = find_reader(walker, base);
    for (int depth = 0; depth < DEPTH_MAX && !type->reader && base; depth++) {
        base = type_word(walker, base, layout->type.tp_base);
        type->reader = base && is_type(walker, base) ? find_reader(walker, base) : NULL;
    }
    uint64_t from = base ? type_word(walker, base, layout->type.tp_basicsize) : 16;
    bool has_items = type_word(walker, type->base, layout->type.tp_itemsize) != 0;
    bool is_same = base == type->base ||
                   (traverse && traverse == type_word(walker, base, layout->type.tp_traverse));
    if (is_same || from < 16 || from > end || end > BASICSIZE_MAX)
        return;
    type->scan =
        (HgWalkScan){(uint32_t)from, (uint32_t)end,
                     has_items && base != 0 && !type_word(walker, base, layout->type.tp_itemsize)};
}

static void
measure_prefix(HgWalker *walker, HgWalkType *type)
{
    if (type->is_gc)
        type->prefix += (uint32_t)MAX(walker->layout->traits.gc_head_size, 0);
    if (type->has_managed_dict || type->has_managed_weakrefs)
        type->prefix += 16;
}

/* Whether tp_traverse of an instance visits its type: Python classes do; from 3.9 on C types made
 * on the heap do, too, and for the classes derived from them. */
static bool
visits_type(HgWalker *walker, const HgWalkType *type)
{
    if (!type->is_heap || !type->is_gc)
        return false;
    if (!hg_walker_since(walker, 3, 9))
        return type->is_python;
    bool base_is_heap = type_flags(walker, type->base) & HG_TYPE_FLAG_HEAP;
    bool base_is_gc = type_flags(walker, type->base) & FLAG_GC;
    if (type->is_python && (!base_is_heap || !base_is_gc))
        return true;
    const HgTypeReader *reader = find_reader(walker, type->base);
    return !reader || reader->type_rule == HG_TYPE_RULE_VISITED;
}

/* Whether there is nothing to be read of an object of the type. */
static bool
is_leaf(const HgWalkType *type)
{
    const HgTypeReader *reader = type->reader;
    return reader && !reader->read && !reader->field[0].flag && !type->is_heap && !type->is_gc &&
           type->scan.from == type->scan.to && !type->scan.items;
}

static HgWalkType *
new_type(HgWalker *walker, uint64_t address)
{
    const HgLayout *layout = walker->layout;
    HgWalkType *type = g_new0(HgWalkType, 1);
    type->address = address;
    type->flags = type_flags(walker, address);
    type->basicsize = (int64_t)type_word(walker, address, layout->type.tp_basicsize);
    type->itemsize = (int64_t)type_word(walker, address, layout->type.tp_itemsize);
    type->dictoffset = (int64_t)type_word(walker, address, layout->type.tp_dictoffset);
    type->weaklistoffset = (int64_t)type_word(walker, address, layout->type.tp_weaklistoffset);
    type->is_heap = type->flags & HG_TYPE_FLAG_HEAP;
    type->is_gc = type->flags & FLAG_GC;
    type->is_type = type->flags & FLAG_TYPE_SUBCLASS;
    type->has_managed_dict = hg_walker_since(walker, 3, 11) && (type->flags & FLAG_MANAGED_DICT);
    type->has_managed_weakrefs =
        hg_walker_since(walker, 3, 12) && (type->flags & FLAG_MANAGED_WEAKREF);
    type->has_inline_values = layout->traits.inline_values && (type->flags & FLAG_INLINE_VALUES);
    type->has_del = type_word(walker, address, layout->type.tp_finalize) ||
                    type_word(walker, address, layout->type.tp_del);
    type->is_python = is_python_class(walker, address);
    type->keys = type->is_heap ? type_word(walker, address, layout->heap_type.ht_cached_keys) : 0;
    find_base(walker, type);
    choose_reader(walker, type);
    type->traverse = type_word(walker, address, layout->type.tp_traverse);
    type->is_gc_function = type_word(walker, address, layout->type.tp_is_gc);
    type->asks_ghost = asks_ghost(walker, type);
    type->may_ask_size = walker->ghost != NULL;
    type->is_leaf = is_leaf(type);
    measure_prefix(walker, type);
    type->visits_type = visits_type(walker, type);
    type->number = walker->types->len;
    g_ptr_array_add(walker->types, type);
    return type;
}

HgWalkType *
hg_walker_get_type_slowly(HgWalker *walker, uint64_t address)
{
    HgWalkType *type = g_hash_table_lookup(walker->type_by_address, GSIZE_TO_POINTER(address));
    if (!type) {
        if (!is_type(walker, address))
            return NULL;
        type = new_type(walker, address);
        g_hash_table_insert(walker->type_by_address, GSIZE_TO_POINTER(address), type);
    }
    walker->type_slot[(address >> 4) % HG_WALKER_TYPES] = type;
    return type;
}

void
hg_walk_type_free(HgWalkType *type)
{
    g_free(type->slot);
    g_free(type->slot_name);
    g_free(type->key_name);
    g_free(type->entries);
    g_free(type->full_name);
    g_free(type);
}

/* What a Python class' deallocator and traverse function are: those most classes have that keep
 * keys for their instances. */
void
hg_walker_learn_classes(HgWalker *walker, const GArray *types)
{
    const HgLayout *layout = walker->layout;
    g_autoptr(GHashTable) count = g_hash_table_new(NULL, NULL);
    gsize most = 0;
    for (guint i = 0; i < types->len; i++) {
        uint64_t type = g_array_index(types, uint64_t, i);
        if (!(type_flags(walker, type) & HG_TYPE_FLAG_HEAP) ||
            !type_word(walker, type, layout->heap_type.ht_cached_keys) ||
            !type_word(walker, type, layout->type.tp_traverse))
            continue;
        uint64_t dealloc = type_word(walker, type, layout->type.tp_dealloc);
        gsize n = GPOINTER_TO_SIZE(g_hash_table_lookup(count, GSIZE_TO_POINTER(dealloc))) + 1;
        g_hash_table_insert(count, GSIZE_TO_POINTER(dealloc), GSIZE_TO_POINTER(n));
        if (n <= most)
            continue;
        most = n;
        walker->subtype_dealloc = dealloc;
        walker->subtype_traverse = type_word(walker, type, layout->type.tp_traverse);
    }
}

/* ---- their records ---- */

/* Returns: the text of the str at [address], or NULL; g_free(). */
static char *
dup_text(HgWalker *walker, uint64_t address)
{
    char text[6 * 256];
    bool is_cut;
    int64_t size = hg_walker_read_str(walker, address, 256, text, &is_cut);
    return size < 0 ? NULL : g_strndup(text, (gsize)size);
}

/* The module and the qualified name of a type: a class has them as str, a static type has both
 * in one C string. */
static void
name_type(HgWalker *walker, HgWalkType *type, HgTypeRecord *record)
{
    const HgLayout *layout = walker->layout;
    const char *name = type_name(walker, type->address);
    const char *dot = name ? strrchr(name, '.') : NULL;
    g_autofree char *module = NULL;
    g_autofree char *qualname = NULL;
    if (type->is_heap) {
        uint64_t dict = type_word(walker, type->address, layout->type.tp_dict);
        module = dup_text(walker, hg_walker_find_item(walker, dict, "__module__"));
        qualname =
            dup_text(walker, type_word(walker, type->address, layout->heap_type.ht_qualname));
    }
    if (!module)
        module = dot ? g_strndup(name, (gsize)(dot - name)) : g_strdup("builtins");
    if (!qualname)
        qualname = g_strdup(dot ? dot + 1 : name ? name : "?");
    record->module = hg_walker_intern(walker, module, strlen(module));
    record->qualname = hg_walker_intern(walker, qualname, strlen(qualname));
    type->full_name = strcmp(module, "builtins") == 0 ? g_strdup(qualname)
                                                      : g_strconcat(module, ".", qualname, NULL);
}

static uint32_t
describe_type(HgWalker *walker, const HgWalkType *type)
{
    const HgLayout *layout = walker->layout;
    bool declares_slots =
        type->is_heap && type_word(walker, type->address, layout->heap_type.ht_slots);
    bool has_dict = type->dictoffset || type->has_managed_dict;
    bool has_weakrefs = type->weaklistoffset || type->has_managed_weakrefs;
    return (type->is_heap ? HG_TYPE_HEAP : 0u) | (type->is_gc ? HG_TYPE_GC : 0u) |
           (type->has_del ? HG_TYPE_HAS_DEL : 0u) | (has_dict ? HG_TYPE_HAS_DICT : 0u) |
           (declares_slots ? HG_TYPE_HAS_SLOTS : 0u) | (has_weakrefs ? HG_TYPE_HAS_WEAKREFS : 0u);
}

/* The names of its own __slots__, as the tuple ht_slots has them. */
static GArray *
list_slots(HgWalker *walker, const HgWalkType *type)
{
    const HgLayout *layout = walker->layout;
    GArray *names = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint64_t tuple =
        type->is_heap ? type_word(walker, type->address, layout->heap_type.ht_slots) : 0;
    uint64_t n = tuple ? hg_image_get_u64(walker->image, tuple + 16) : 0;
    for (uint64_t i = 0; i < MIN(n, SLOTS_MAX); i++) {
        uint32_t name = hg_walker_intern_str(
            walker,
            hg_image_get_u64(walker->image, tuple + (uint64_t)layout->tuple.ob_item + 8 * i));
        if (name != HG_NONE)
            g_array_append_val(names, name);
    }
    return names;
}

static GArray *
list_bases(HgWalker *walker, const HgWalkType *type)
{
    const HgLayout *layout = walker->layout;
    GArray *bases = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    uint64_t tuple = type_word(walker, type->address, layout->type.tp_bases);
    uint64_t n = tuple ? hg_image_get_u64(walker->image, tuple + 16) : 0;
    for (uint64_t i = 0; i < MIN(n, BASES_MAX); i++) {
        uint64_t base =
            hg_image_get_u64(walker->image, tuple + (uint64_t)layout->tuple.ob_item + 8 * i);
        if (base)
            g_array_append_val(bases, base);
    }
    return bases;
}

void
hg_walker_tell_type(HgWalker *walker, HgWalkType *type)
{
    g_autoptr(GArray) bases = list_bases(walker, type);
    g_autoptr(GArray) slots = list_slots(walker, type);
    HgTypeRecord record = {
        .identity = type->address,
        .basicsize = (uint64_t)type->basicsize,
        .itemsize = (uint64_t)type->itemsize,
        .flags = describe_type(walker, type),
        .bases = (const uint64_t *)(const void *)bases->data,
        .n_bases = bases->len,
        .slots = (const uint32_t *)(const void *)slots->data,
        .n_slots = slots->len,
    };
    name_type(walker, type, &record);
    if (!walker->error)
        walker->sink->type(walker->sink, &record, &walker->error);
}

/* ---- type objects ---- */

/* From 3.12 on static types keep their subclasses in each interpreter. */
static bool
keeps_subclasses(const HgWalker *walker, bool is_heap)
{
    return is_heap || !hg_walker_since(walker, 3, 12);
}

static void
read_type(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    bool is_heap = hg_walk_word(object, layout->type.tp_flags) & HG_TYPE_FLAG_HEAP;
    uint8_t flag = is_heap ? HG_HOW_VISITED : HG_HOW_OWNED;
    hg_walker_get_type(walker, object->address);
    if (keeps_subclasses(walker, is_heap)) {
        hg_walker_add_field(walker, object, layout->type.tp_dict, HG_NAME(__dict__), flag);
        hg_walker_add_field(walker, object, layout->type.tp_subclasses, HG_NAME(__subclasses__),
                            HG_HOW_OWNED);
    }
    hg_walker_add_field(walker, object, layout->type.tp_cache, HG_NAME(tp_cache), flag);
    hg_walker_add_field(walker, object, layout->type.tp_mro, HG_NAME(__mro__), flag);
    hg_walker_add_field(walker, object, layout->type.tp_bases, HG_NAME(__bases__), flag);
    hg_walker_add_field(walker, object, layout->type.tp_base, HG_NAME(__base__), flag);
    if (!is_heap)
        return;
    hg_walker_add_field(walker, object, layout->heap_type.ht_module, HG_NAME(ht_module), flag);
    hg_walker_add_field(walker, object, layout->heap_type.ht_name, HG_NAME(__name__), HG_HOW_OWNED);
    hg_walker_add_field(walker, object, layout->heap_type.ht_qualname, HG_NAME(__qualname__),
                        HG_HOW_OWNED);
    hg_walker_add_field(walker, object, layout->heap_type.ht_slots, HG_NAME(__slots__),
                        HG_HOW_OWNED);
    hg_walker_add_shared_keys(walker, hg_walk_word(object, layout->heap_type.ht_cached_keys),
                              object->address);
}

static void
measure_type(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    const HgLayout *layout = walker->layout;
    bool is_heap = hg_walk_word(object, layout->type.tp_flags) & HG_TYPE_FLAG_HEAP;
    HgWalkType *type = hg_walker_get_type(walker, object->address);
    HgWalkEntries keys;
    if (type && type->full_name)
        hg_walker_set_value(walker, record, type->full_name, strlen(type->full_name));
    if (!is_heap) {
        /* 3.11 and 3.12 add the collector's header although there is none */
        bool adds_header = hg_walker_since(walker, 3, 11) && !hg_walker_since(walker, 3, 13);
        record->size = (uint64_t)layout->type.size;
        record->sizeof_ = record->size + (adds_header ? object->type->prefix : 0);
        return;
    }
    int64_t n = hg_walk_size(object);
    uint64_t members = n > 0 && n <= SLOTS_MAX ? (uint64_t)n * MEMBER_SIZE : 0;
    record->sizeof_ = object->type->prefix + (uint64_t)layout->heap_type.size;
    record->size = object->type->prefix + (uint64_t)object->type->basicsize + members;
    if (type && type->keys && hg_walker_read_keys(walker, type->keys, &keys)) {
        record->sizeof_ += keys.bytes;
        record->size += keys.bytes;
    }
}

const HgTypeReader hg_readers_types[] = {
    {.type_name = "type", .read = read_type, .measure = measure_type, .sizes_items = true},
    {.type_name = NULL},
};
