/* walker.h - what the files of the walk share; walk.h is what others see.
 *
 * The walk goes over the heap twice with the same readers. First it discovers: from the known
 * roots, then from the collector's lists, each object's references lead to more objects; they
 * are counted for the balance of references. Then it tells: every object in the order of its
 * address, with its references, to the sink.
 *
 *      collector's lists ─▶ marks ◀─ discover ◀─ readers ─▶ tell ─▶ sink
 *
 * A reader knows one family of types. It calls hg_walker_add() for each reference, and that is
 * all it needs to know: whether the walk is discovering or telling is the walker's business.
 *
 * Everything an object holds comes from memory that may be garbage: offsets are checked
 * against the object's size, arrays against the image, loops have an end.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/locate.h"
#include "core/capture/marks.h"
#include "core/capture/walk-names.h"
#include "core/capture/walk.h"

typedef struct HgWalker HgWalker;
typedef struct HgWalkType HgWalkType;
typedef struct HgWalkGhost HgWalkGhost;

/* The entries of a dict, wherever its layout keeps them. */
typedef struct {
    const uint8_t *entry;  /* n of them, or NULL */
    const uint8_t *values; /* of a split dict: n words */
    uint64_t n;            /* used entries, deleted ones included */
    uint64_t usable;       /* entries there is room for */
    uint64_t bytes;        /* of the keys object */
    uint64_t keys;         /* address of the keys object */
    uint64_t refcount;     /* of the keys object */
    uint32_t stride;       /* of entries */
    uint32_t key_offset;   /* of the key in an entry; the value follows it */
    bool visits_keys;      /* tp_traverse visits keys, too: not all are str */
    bool is_shared;        /* keys made for the instances of a class */
} HgWalkEntries;

#define HG_TYPE_FLAG_HEAP (1u << 9) /* in tp_flags: made at run time */

/* An object under the reader's eyes: `n_bytes` of it, its type's basic size, are there. */
typedef struct {
    uint64_t address;
    const uint8_t *bytes;
    uint64_t n_bytes;
    HgWalkType *type;
} HgWalkObject;

/* A field holding a pointer to an object, at a fixed offset. */
typedef struct {
    int16_t offset;
    uint8_t name; /* HgWalkName */
    uint8_t flag; /* HG_HOW_VISITED, or HG_HOW_OWNED; 0 ends the list */
} HgWalkField;

#define HG_FIELDS_MAX 8

/* Whether tp_traverse of a C type, if made on the heap, visits the type; from 3.9 on most do. */
typedef enum {
    HG_TYPE_RULE_VISITED = 0,
    HG_TYPE_RULE_OWNED,     /* held, not visited */
    HG_TYPE_RULE_ELSEWHERE, /* somebody else visits it for the object */
} HgTypeRule;

/* How the objects of one C type are read. */
typedef struct {
    const char *type_name; /* tp_name */
    HgWalkField field[HG_FIELDS_MAX];
    /* Adds the references the fields do not tell, or NULL. */
    void (*read)(HgWalker *walker, const HgWalkObject *object);
    /* Adds to size, sizeof, length and value what the basic size does not tell, or NULL. */
    void (*measure)(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record);
    bool sizes_items; /* `measure` counts the items, whose number is not ob_size */
    HgTypeRule type_rule;
} HgTypeReader;

/* The readers, family by family; each list ends with a type_name of NULL. */
extern const HgTypeReader hg_readers_atoms[];
extern const HgTypeReader hg_readers_dicts[];
extern const HgTypeReader hg_readers_containers[];
extern const HgTypeReader hg_readers_functions[];
extern const HgTypeReader hg_readers_frames[];
extern const HgTypeReader hg_readers_exceptions[];
extern const HgTypeReader hg_readers_types[];
extern const HgTypeReader hg_readers_iterators[];
extern const HgTypeReader hg_readers_extras[];

/* Where the reader of a type that nobody knows looks for pointers. */
typedef struct {
    uint32_t from, to; /* offsets; none if equal */
    bool items;        /* also the items behind the basic size */
} HgWalkScan;

struct HgWalkType {
    uint64_t address;
    uint64_t flags; /* tp_flags */
    int64_t basicsize, itemsize, dictoffset, weaklistoffset;
    uint64_t base; /* the C type below: what its reader reads */
    int64_t base_dictoffset;
    const HgTypeReader *reader; /* or NULL */
    HgWalkScan scan;
    uint64_t traverse, is_gc_function; /* tp_traverse and tp_is_gc */
    bool asks_ghost;                   /* the reader would guess, or was proved wrong */
    bool may_ask_size;                 /* of the ghost: size_function is there or not looked for */
    uint64_t size_function;            /* __sizeof__ in C, if no reader measures */
    uint64_t size_class;               /* that defines it, if it is to be told, or 0 */
    uint32_t number;                   /* of its record */
    uint32_t prefix; /* bytes before an instance: collector's header, managed slots */
    bool is_heap, is_gc, is_python, has_managed_dict, has_managed_weakrefs, has_inline_values;
    bool visits_type;
    bool is_type;   /* its instances are types */
    bool has_del;   /* __del__, its own or inherited */
    bool is_leaf;   /* its instances refer to nothing */
    HgOffset *slot; /* of its own and its bases' __slots__ */
    uint32_t *slot_name;
    uint32_t n_slots;
    uint64_t keys;          /* its shared keys, ht_cached_keys */
    HgWalkEntries *entries; /* of them, once they have been read */
    uint64_t known_keys;    /* the keys `key_name` was read from */
    uint32_t *key_name;     /* texts; NULL: not read yet */
    uint32_t n_keys;
    char *full_name; /* "collections.deque" */
};

/* What the collector's lists have of one type: of its first objects all are kept, then a sample. */
typedef struct {
    uint64_t type; /* address of what is said to be the type */
    uint64_t n_objects;
    GArray *sample; /* of addresses, or NULL if nobody wants them */
} HgTrackedType;
#define HG_SAMPLE_FIRST 1000
#define HG_SAMPLE_EACH 256

#define HG_WALKER_REFERENCES 4096
#define HG_WALKER_TYPES 4096

/* Addresses to be looked at, the last first. */
typedef struct {
    uint64_t *address;
    size_t n, room;
} HgWalkStack;

struct HgWalker {
    HgImage *image;
    const HgRuntime *runtime;
    const HgLayout *layout;
    uint32_t version; /* HG_PYTHON() */
    bool with_values;
    HgSink *sink;
    HgWalkGhost *ghost; /* or NULL */
    const HgProgress *progress;
    uint64_t n_known, n_told; /* objects */
    HgMarks marks;

    GPtrArray *types;                       /* of HgWalkType, in the order of their numbers */
    GHashTable *type_by_address;            /* uint64 -> HgWalkType, NULL: no type */
    HgWalkType *type_slot[HG_WALKER_TYPES]; /* in front of it */
    GHashTable *reader_by_name;
    uint64_t subtype_dealloc; /* what makes a class a Python class; 0: not learned */
    uint64_t subtype_traverse;
    uint64_t lookdict; /* up to 3.10: the dk_lookup of dicts with keys that are no str */

    GHashTable *text_by_content; /* interned texts -> number + 1 */
    uint32_t n_texts;
    GHashTable *owner_by_keys; /* shared keys of dicts -> the object that owns the keys */

    HgReferenceRecord reference[HG_WALKER_REFERENCES];
    size_t n_references;
    bool telling;        /* second pass: to the sink */
    bool with_labels;    /* attributes and locals are named: not needed to discover */
    GArray *gathered;    /* of HgReferenceRecord: whoever set it wants the references, or NULL */
    bool counting;       /* first pass: this object is met for the first time */
    bool reached;        /* first pass: from a known root */
    HgWalkStack stack;   /* met, not yet read; with bit 0: to be read again */
    GHashTable *unsound; /* addresses: references were met that led to no object there, or NULL */
    GHashTable *tracked_types; /* uint64 -> HgTrackedType */
    GArray *static_types; /* of addresses: the types of tracked objects that are not heap types */
    GArray *later;        /* of addresses: only weakly referenced so far */
    GArray *permanent;    /* of addresses: static or immortal */
    GArray *external;     /* of addresses: held by somebody who is no object */
    uint64_t budget;      /* words that may still be read; a sound heap never uses it up */
    uint64_t interned;    /* from 3.12 on: the dict of interned str, which keeps none of them */
    HgObjectRecord record;
    bool record_told;
    char value[HG_VALUE_MAX];
    HgWalkResult *result;
    GError *error; /* the first failure of the sink; everything after it is idle */
};

/* Returns: the word at [offset] of the object, 0 if it has none there. */
static inline uint64_t
hg_walk_word(const HgWalkObject *object, HgOffset offset)
{
    uint64_t word;
    if (offset < 0 || (uint64_t)offset + sizeof word > object->n_bytes)
        return 0;
    memcpy(&word, object->bytes + offset, sizeof word);
    return word;
}

static inline int32_t
hg_walk_int(const HgWalkObject *object, HgOffset offset)
{
    int32_t number;
    if (offset < 0 || (uint64_t)offset + sizeof number > object->n_bytes)
        return 0;
    memcpy(&number, object->bytes + offset, sizeof number);
    return number;
}

/* Returns: the word at [bytes], aligned or not. */
static inline uint64_t
hg_walk_read_word(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Returns: ob_size, the number of items of most objects of variable size. */
static inline int64_t
hg_walk_size(const HgWalkObject *object)
{
    return (int64_t)hg_walk_word(object, 16);
}

/* Pays for going over [n] words of the target's arrays or lists, so that damaged memory cannot
 * keep the walk busy for ever. Returns: false if that is enough; the walk then fails. */
bool hg_walker_spend(HgWalker *walker, uint64_t n);

/* Hands on what has been added; hg_walker_add() calls it when there is no more room. */
void hg_walker_flush(HgWalker *walker);

/* Adds a reference of the object being read; a target of 0 is none. */
static inline void
hg_walker_add(HgWalker *walker, uint64_t target, uint64_t label, uint8_t how)
{
    if (!target)
        return;
    if (walker->n_references == HG_WALKER_REFERENCES)
        hg_walker_flush(walker);
    walker->reference[walker->n_references++] = (HgReferenceRecord){target, label, how};
}

/* Adds the field [name] at [offset], if the object has it. */
static inline void
hg_walker_add_field(HgWalker *walker, const HgWalkObject *object, HgOffset offset, HgWalkName name,
                    uint8_t flag)
{
    hg_walker_add(walker, hg_walk_word(object, offset), name, HG_LABEL_INTERNAL | flag);
}

/* Adds [count] pointers at [address] as items 0 .. count-1; stops at the end of the image. */
void hg_walker_add_items(HgWalker *walker, uint64_t address, uint64_t count, uint8_t how);

/* In walk-types.c: learns from the classes among [types] what makes a Python class, tells the
 * record of a type, frees a type. */
void hg_walker_learn_classes(HgWalker *walker, const GArray *types);
void hg_walker_tell_type(HgWalker *walker, HgWalkType *type);
void hg_walk_type_free(HgWalkType *type);

/* The slow path of hg_walker_get_type(). */
HgWalkType *hg_walker_get_type_slowly(HgWalker *walker, uint64_t address);

/* Returns: the type at [address], read when it is first asked for, or NULL if that is none. */
static inline HgWalkType *
hg_walker_get_type(HgWalker *walker, uint64_t address)
{
    HgWalkType *type = walker->type_slot[(address >> 4) % HG_WALKER_TYPES];
    if (G_LIKELY(type && type->address == address))
        return type;
    return hg_walker_get_type_slowly(walker, address);
}

/* Fills [object] for the object at [address].
 * Returns: false if there cannot be one. */
bool hg_walker_look(HgWalker *walker, uint64_t address, HgWalkObject *object);

/* As above, for an object that is expected to be of C type [name] ("dict") or of a class
 * derived from it. */
bool hg_walker_look_for(HgWalker *walker, uint64_t address, const char *name, HgWalkObject *object);

/* Returns: whether the word found at [address] by scanning is surely an object. */
bool hg_walker_recognises(HgWalker *walker, uint64_t address);

/* Adds all references of the object its readers find, guessing where they must. In walk.c. */
void hg_walker_read_fields(HgWalker *walker, const HgWalkObject *object);

/* Returns: the reference count of the object, HG_UNKNOWN if it is immortal. */
uint64_t hg_walker_get_refcount(const HgWalker *walker, const uint8_t *bytes);

/* Returns: the number of the text, told to the sink when it is new. */
uint32_t hg_walker_intern(HgWalker *walker, const char *bytes, size_t size);

/* Returns: the number of the text of the str at [address], HG_NONE if that is none. */
uint32_t hg_walker_intern_str(HgWalker *walker, uint64_t address);

/* Adds the references that all objects of a type of a class have: slots, managed dict, type.
 * In walk-instances.c. */
void hg_walker_read_instance(HgWalker *walker, const HgWalkObject *object);

/* Adds to size and sizeof what an instance with a managed dict has beside its basic size. */
void hg_walker_measure_instance(HgWalker *walker, const HgWalkObject *object,
                                HgObjectRecord *record);

/* Adds what looks like a pointer to an object, flagged as guessed. In walk-scan.c. */
void hg_walker_scan(HgWalker *walker, const HgWalkObject *object);

/* Adds each word in [size] bytes at [address] that points to an object, flagged as guessed. */
void hg_walker_scan_memory(HgWalker *walker, uint64_t address, uint64_t size, uint8_t flag);

/* The text of the str at [address]: writes at most [max] characters as UTF-8 to [to], which has
 * room for four bytes each (and six for a lone surrogate).
 * Returns: the bytes written, or -1 if that is no str; [is_cut] tells whether more follows. */
int64_t hg_walker_read_str(HgWalker *walker, uint64_t address, size_t max, char *to, bool *is_cut);

/* Sets the value of [record] to the text of the str at [address], if it is one. */
void hg_walker_set_value_str(HgWalker *walker, HgObjectRecord *record, uint64_t address);

/* Sets the value of [record] to [size] bytes, copied. */
void hg_walker_set_value(HgWalker *walker, HgObjectRecord *record, const char *bytes, size_t size);

/* Read the entries of a keys object, of a dict. Return: false if they are not all there. In
 * walk-dicts.c. */
bool hg_walker_read_keys(HgWalker *walker, uint64_t keys, HgWalkEntries *entries);
bool hg_walker_read_entries(HgWalker *walker, const HgWalkObject *dict, HgWalkEntries *entries);
uint64_t hg_walk_entry_key(const HgWalkEntries *entries, uint64_t i);
uint64_t hg_walk_entry_value(const HgWalkEntries *entries, uint64_t i);

/* Returns: bytes of the values an instance or split dict has beside the shared keys. */
uint64_t hg_walker_get_values_size(HgWalker *walker, const HgWalkEntries *entries);

/* Returns: the value of the entry whose key reads [key], or 0. */
uint64_t hg_walker_find_entry(HgWalker *walker, const HgWalkEntries *entries, const char *key);

/* Returns: the value of the key with the text [key] in the dict at [address], or 0. */
uint64_t hg_walker_find_item(HgWalker *walker, uint64_t dict, const char *key);

/* Returns: the value of the attribute [name] in the object's own dict or values, or 0. */
uint64_t hg_walker_find_attribute(HgWalker *walker, uint64_t object, const char *name);

/* Adds the keys of shared keys as owned by the object at [owner], who is asked first wins. */
void hg_walker_add_shared_keys(HgWalker *walker, uint64_t keys, uint64_t owner);

/* Adds what a frame (3.11 and later) at [address] refers to. In walk-frames.c. */
void hg_walker_add_frame(HgWalker *walker, uint64_t frame, uint8_t flag);

/* Meets the object at [address] as one a known root holds, and all it leads to. In walk.c. */
void hg_walker_reach(HgWalker *walker, uint64_t address);

/* Returns: whether the walk knows an object at [address]. */
bool hg_walker_knows(HgWalker *walker, uint64_t address);

/* Calls [visit] for every mark with the bit [with] set and the bit [without] not, each of which is
 * one, in the order of addresses, until it says false. [without] may be 0. */
typedef bool (*HgVisitFunc)(HgWalker *walker, uint64_t address, HgMark *mark, void *user_data);
void hg_walker_each(HgWalker *walker, HgMark with, HgMark without, HgVisitFunc visit,
                    void *user_data);

/* Marks all objects on the collector's lists as tracked, and learns what must be known of them and
 * their types before any object is read. In walk-lists.c. */
void hg_walker_follow_lists(HgWalker *walker);
void hg_tracked_type_free(HgTrackedType *tracked);

/* Compares two of type uint64_t, for sorting. */
int hg_walker_compare_addresses(const void *a, const void *b);

/* Whether a dict over the inline values of an instance visits them, and the instance only the
 * dict: so since the fix of 3.13.5, before it was the other way round. */
static inline bool
hg_walker_dict_visits_embedded(const HgWalker *walker)
{
    return walker->version >= HG_PYTHON(3, 13, 5);
}

/* Returns: whether the image's Python is at least that version. */
static inline bool
hg_walker_since(const HgWalker *walker, uint32_t major, uint32_t minor)
{
    return walker->version >= HG_PYTHON(major, minor, 0);
}
