/* walk.c - goes over the heap twice: discovers its objects, then tells them.
 *
 * First the collector's lists are followed, so that every tracked object is known to be one
 * before any word is judged. From the known roots everything they lead to is marked reached;
 * what the lists still have beyond that is unreached: garbage, or held from C. The references
 * counted on the way tell which: an unreached object with more references than were found is an
 * external root.
 * SPDX-License-Identifier: MIT */
#include "core/capture/walk.h"
#include "core/capture/ghost-visit.h"
#include "core/capture/roots.h"
#include "core/capture/walker.h"
#include "core/error.h"

#define REFCOUNT_MAX (1ull << 40)
#define REFCOUNT_STATIC 999000000 /* up to 3.11: objects built into the program have 999999999 */
#define ITEMS_MAX (1ull << 46)
#define GC_FINALIZED 1 /* in the collector's header before the object */
#define GATHERED_REFERENCES 128
#define PREFETCH_DISTANCE 16
#define UNSOUND_MAX 4096 /* so many addresses without an object are remembered */

static const HgTypeReader *const families[] = {
    hg_readers_atoms,     hg_readers_dicts,     hg_readers_containers,
    hg_readers_functions, hg_readers_frames,    hg_readers_exceptions,
    hg_readers_types,     hg_readers_iterators, hg_readers_extras,
};

/* ---- texts --------------------------------------------------------------------------------- */

uint32_t
hg_walker_intern(HgWalker *walker, const char *bytes, size_t size)
{
    g_autoptr(GBytes) text = g_bytes_new_static(bytes, size);
    gpointer number = g_hash_table_lookup(walker->text_by_content, text);
    if (number)
        return GPOINTER_TO_UINT(number) - 1;
    if (!walker->error)
        walker->sink->text(walker->sink, bytes, size, &walker->error);
    g_hash_table_insert(walker->text_by_content, g_bytes_new(bytes, size),
                        GUINT_TO_POINTER(walker->n_texts + 1));
    return walker->n_texts++;
}

static void
intern_names(HgWalker *walker)
{
    static const char *const names[] = {
#define X(name) #name,
        HG_WALK_NAMES(X)
#undef X
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        hg_walker_intern(walker, names[i], strlen(names[i]));
}

/* ---- objects ------------------------------------------------------------------------------- */

bool
hg_walker_spend(HgWalker *walker, uint64_t n)
{
    if (G_LIKELY(n < walker->budget)) {
        walker->budget -= n;
        return true;
    }
    walker->budget = 0;
    if (!walker->error)
        walker->error =
            g_error_new(HG_ERROR, HG_ERROR_FORMAT,
                        "the objects refer to more than there is memory for: the heap is "
                        "damaged");
    return false;
}

uint64_t
hg_walker_get_refcount(const HgWalker *walker, const uint8_t *bytes)
{
    uint64_t count = hg_walk_read_word(bytes);
    if (!walker->layout->traits.immortal_refcounts)
        return count >= REFCOUNT_STATIC && count < REFCOUNT_MAX ? HG_UNKNOWN : count;
    /* From 3.14 on the count is 32 bits, 16 that are always zero, and flags. In a list of free
     * objects the address of the next one stands in its place. */
    if (hg_walker_since(walker, 3, 14) && (count >> 32 & 0xffff) != 0)
        return 0;
    uint32_t low = (uint32_t)count;
    bool is_immortal = (int32_t)low < 0 || (!hg_walker_since(walker, 3, 14) && low == 0x3fffffff);
    return is_immortal ? HG_UNKNOWN : low;
}

/* From 3.12 on a count has 32 bits. A free object that waits to be used again has a pointer there,
 * of which only the upper half tells that it is none. */
static bool
is_alive(const HgWalker *walker, const uint8_t *bytes)
{
    uint64_t count = hg_walker_get_refcount(walker, bytes);
    if (walker->layout->traits.immortal_refcounts && hg_walk_read_word(bytes) >> 32 & 0xffff)
        return false;
    return count != 0 && (count < REFCOUNT_MAX || count == HG_UNKNOWN);
}

/* Whether the type object at [bytes] was made at run time. */
static bool
is_heap_type(const HgWalker *walker, const uint8_t *bytes)
{
    return hg_walk_read_word(bytes + walker->layout->type.tp_flags) & HG_TYPE_FLAG_HEAP;
}

/* Whether all of an object of [type] is there: a static type lacks what classes have behind it. */
static bool
is_whole(const HgWalker *walker, const HgWalkType *type, const uint8_t *bytes, uint64_t n_bytes)
{
    return (uint64_t)type->basicsize <= n_bytes ||
           (type->is_type && (uint64_t)walker->layout->type.size <= n_bytes &&
            !is_heap_type(walker, bytes));
}

/* Returns: the type of what stands at [bytes] if that can be a live object, or NULL. */
static HgWalkType *
judge(HgWalker *walker, const uint8_t *bytes, uint64_t n_bytes)
{
    if (n_bytes < 16)
        return NULL;
    HgWalkType *type = hg_walker_get_type(walker, hg_walk_read_word(bytes + 8));
    if (!type || !is_whole(walker, type, bytes, n_bytes))
        return NULL;
    /* nobody counts the references to a static type */
    return is_alive(walker, bytes) || (type->is_type && !is_heap_type(walker, bytes)) ? type : NULL;
}

/* Fills [object] for the object at [address]. Returns: its mark, or NULL if there is none. */
static HgMark *
look(HgWalker *walker, uint64_t address, HgWalkObject *object)
{
    const uint8_t *bytes;
    uint64_t n_bytes;
    HgMark *mark = hg_marks_find(&walker->marks, address, &bytes, &n_bytes);
    HgWalkType *type = mark ? judge(walker, bytes, n_bytes) : NULL;
    if (!type)
        return NULL;
    *object = (HgWalkObject){address, bytes, MIN((uint64_t)type->basicsize, n_bytes), type};
    return mark;
}

/* The same for an object that is known: it has been judged before. */
static HgMark *
recall(HgWalker *walker, uint64_t address, HgWalkObject *object)
{
    const uint8_t *bytes;
    uint64_t n_bytes;
    HgMark *mark = hg_marks_find(&walker->marks, address, &bytes, &n_bytes);
    HgWalkType *type =
        mark && n_bytes >= 16 ? hg_walker_get_type(walker, hg_walk_read_word(bytes + 8)) : NULL;
    if (!type)
        return NULL;
    *object = (HgWalkObject){address, bytes, MIN((uint64_t)type->basicsize, n_bytes), type};
    return mark;
}

bool
hg_walker_look(HgWalker *walker, uint64_t address, HgWalkObject *object)
{
    return address && look(walker, address, object);
}

bool
hg_walker_look_for(HgWalker *walker, uint64_t address, const char *name, HgWalkObject *object)
{
    return hg_walker_look(walker, address, object) && object->type->reader &&
           g_str_equal(object->type->reader->type_name, name);
}

bool
hg_walker_knows(HgWalker *walker, uint64_t address)
{
    const uint8_t *bytes;
    uint64_t n_bytes;
    const HgMark *mark = hg_marks_find(&walker->marks, address, &bytes, &n_bytes);
    return mark && *mark & HG_MARK_KNOWN;
}

/* An object of a type the collector tracks is on its lists, unless it is one of the few the
 * collector takes off them because they hold only atoms. */
static bool
may_be_untracked(const HgWalkType *type)
{
    return !type->is_gc || type->is_type ||
           (type->reader && (g_str_equal(type->reader->type_name, "tuple") ||
                             g_str_equal(type->reader->type_name, "dict")));
}

bool
hg_walker_recognises(HgWalker *walker, uint64_t address)
{
    const uint8_t *bytes;
    uint64_t n_bytes;
    const HgMark *mark = hg_marks_find(&walker->marks, address, &bytes, &n_bytes);
    if (!mark)
        return false;
    if (*mark & (HG_MARK_KNOWN | HG_MARK_TRACKED))
        return true;
    const HgWalkType *type = judge(walker, bytes, n_bytes);
    return type && type->address != address && may_be_untracked(type);
}

void
hg_walker_add_items(HgWalker *walker, uint64_t address, uint64_t count, uint8_t how)
{
    const uint8_t *bytes =
        count <= ITEMS_MAX / 8 ? hg_image_find(walker->image, address, count * 8) : NULL;
    if (!bytes || !hg_walker_spend(walker, count))
        return;
    for (uint64_t i = 0; i < count; i++)
        hg_walker_add(walker, hg_walk_read_word(bytes + 8 * i), i, how);
}

void
hg_walker_read_fields(HgWalker *walker, const HgWalkObject *object)
{
    const HgWalkType *type = object->type;
    if (type->reader) {
        const HgWalkField *field = type->reader->field;
        for (size_t i = 0; i < HG_FIELDS_MAX && field[i].flag; i++)
            hg_walker_add_field(walker, object, field[i].offset, field[i].name, field[i].flag);
        if (type->reader->read)
            type->reader->read(walker, object);
    }
    if (type->scan.from != type->scan.to || type->scan.items)
        hg_walker_scan(walker, object);
    if (type->is_heap)
        hg_walker_read_instance(walker, object);
}

/* Adds all references of the object. */
static void
read_object(HgWalker *walker, const HgWalkObject *object)
{
    if (object->type->asks_ghost)
        hg_walk_ghost_read(walker, object);
    else
        hg_walker_read_fields(walker, object);
}

/* ---- the first pass: discover -------------------------------------------------------------- */

/* Never freed, whatever refers to it: an immortal object, or a type that is part of a program. */
static bool
is_permanent(const HgWalker *walker, const uint8_t *bytes, const HgWalkType *type)
{
    if (hg_walker_get_refcount(walker, bytes) == HG_UNKNOWN)
        return true;
    return type->is_type && !is_heap_type(walker, bytes);
}

static void
grow_stack(HgWalker *walker)
{
    HgWalkStack *stack = &walker->stack;
    size_t room = MAX(2 * stack->room, 4096);
    uint64_t *address = g_try_renew(uint64_t, stack->address, room);
    if (address) {
        stack->address = address;
        stack->room = room;
    } else if (!walker->error) {
        walker->error = g_error_new(HG_ERROR, HG_ERROR_MEMORY,
                                    "no memory for the %zu objects still to be read", room);
    }
}

static void
push(HgWalker *walker, uint64_t entry)
{
    HgWalkStack *stack = &walker->stack;
    if (G_UNLIKELY(stack->n == stack->room))
        grow_stack(walker);
    if (G_LIKELY(stack->n < stack->room))
        stack->address[stack->n++] = entry;
}

/* Tells now and then how far the walk is; whoever listens may end it. */
static inline void
report(HgWalker *walker, const char *step, uint64_t done, uint64_t total)
{
    if (G_UNLIKELY(done % HG_PROGRESS_STEPS == 0) && !walker->error)
        hg_progress_report(walker->progress, step, done, total, &walker->error);
}

/* Whether an object is being freed at [bytes]: for a moment somebody still points to it. */
static bool
is_dying(HgWalker *walker, const uint8_t *bytes, uint64_t n_bytes)
{
    return n_bytes >= 16 && hg_walker_get_refcount(walker, bytes) == 0 &&
           hg_walker_get_type(walker, hg_walk_read_word(bytes + 8));
}

/* Notes that there is no object at [address], though somebody refers to it. */
static void
remember_unsound(HgWalker *walker, uint64_t address)
{
    if (g_hash_table_size(walker->unsound) < UNSOUND_MAX)
        g_hash_table_add(walker->unsound, GSIZE_TO_POINTER(address));
}

/* Meets a new object: it becomes known, and is to be read. */
static void
welcome(HgWalker *walker, uint64_t address, HgMark *mark, const uint8_t *bytes, uint64_t n_bytes)
{
    HgWalkType *type = judge(walker, bytes, n_bytes);
    if (!type) {
        bool dies = is_dying(walker, bytes, n_bytes);
        *(dies ? &walker->result->n_dying : &walker->result->n_bad) += 1;
        remember_unsound(walker, address);
        return;
    }
    hg_marks_use(&walker->marks, address);
    *mark |= HG_MARK_KNOWN | (walker->reached ? HG_MARK_REACHED : 0);
    if (is_permanent(walker, bytes, type))
        *mark |= HG_MARK_STATIC | HG_MARK_REACHED;
    if (G_UNLIKELY(type->may_ask_size))
        hg_walk_ghost_note(walker, type, address);
    if (!type->is_leaf)
        push(walker, address);
    report(walker, "following references", ++walker->n_known, 0);
}

static void
meet(HgWalker *walker, uint64_t address, uint8_t how)
{
    const uint8_t *bytes;
    uint64_t n_bytes;
    HgMark *mark = hg_marks_find(&walker->marks, address, &bytes, &n_bytes);
    if (!mark) {
        walker->result->n_bad++;
        remember_unsound(walker, address);
        return;
    }
    if (how & HG_HOW_WEAK) {
        if (!(*mark & HG_MARK_KNOWN))
            g_array_append_val(walker->later, address);
        return;
    }
    if (!(*mark & HG_MARK_KNOWN)) {
        welcome(walker, address, mark, bytes, n_bytes);
    } else if (walker->reached && !(*mark & HG_MARK_REACHED)) {
        *mark |= HG_MARK_REACHED;
        push(walker, address | 1);
    }
    if (walker->counting && !(*mark & HG_MARK_STATIC))
        hg_marks_count(&walker->marks, address, mark);
}

/* Reads the object on top of the stack. References of several are gathered before they are met,
 * as long as they are met in the same way. */
static void
read_top(HgWalker *walker)
{
    uint64_t entry = walker->stack.address[--walker->stack.n];
    HgWalkObject object;
    const HgMark *mark = recall(walker, entry & ~1ull, &object);
    if (!mark)
        return;
    bool counting = !(entry & 1), reached = *mark & HG_MARK_REACHED;
    if (counting != walker->counting || reached != walker->reached)
        hg_walker_flush(walker);
    walker->counting = counting;
    walker->reached = reached;
    read_object(walker, &object);
    if (walker->n_references >= GATHERED_REFERENCES)
        hg_walker_flush(walker);
}

/* Reads every object on the stack, and those they lead to. */
static void
drain(HgWalker *walker)
{
    do {
        while (walker->stack.n > 0 && !walker->error)
            read_top(walker);
        hg_walker_flush(walker);
    } while (walker->stack.n > 0 && !walker->error);
}

/* Meets an object as somebody outside the heap holds it. */
static void
discover(HgWalker *walker, uint64_t address, bool reached)
{
    walker->reached = reached;
    walker->counting = false;
    if (address)
        meet(walker, address, HG_HOW_OWNED);
    drain(walker);
}

void
hg_walker_reach(HgWalker *walker, uint64_t address)
{
    discover(walker, address, true);
}

/* ---- going over the marks ------------------------------------------------------------------ */

/* A group of marks at a time: most of them are zero. */
static bool
each_in_page(HgWalker *walker, const HgMarkedRegion *region, uint64_t first, HgMark with,
             HgMark without, HgVisitFunc visit, void *user_data)
{
    uint64_t end = MIN(first + HG_MARKS_PAGE, region->size / 8);
    int with_bit = __builtin_ctz(with), without_bit = without ? __builtin_ctz(without) : 0;
    uint64_t one_each = 0x0001000100010001ull, refused = without ? one_each : 0;
    for (uint64_t i = first; i < end; i += HG_MARKS_GROUP) {
        uint64_t group;
        memcpy(&group, region->mark + i, sizeof group);
        group = group >> with_bit & one_each & ~(group >> without_bit & refused);
        for (; group; group &= group - 1) {
            uint64_t k = i + (uint64_t)__builtin_ctzll(group) / 16;
            if (!visit(walker, region->start + 8 * k, &region->mark[k], user_data) || walker->error)
                return false;
        }
    }
    return true;
}

void
hg_walker_each(HgWalker *walker, HgMark with, HgMark without, HgVisitFunc visit, void *user_data)
{
    for (size_t i = 0; i < walker->marks.n_regions && !walker->error; i++) {
        const HgMarkedRegion *region = &walker->marks.region[i];
        for (uint64_t page = 0; page * HG_MARKS_PAGE < region->size / 8; page++)
            if (region->page[page] && !each_in_page(walker, region, page * HG_MARKS_PAGE, with,
                                                    without, visit, user_data))
                return;
    }
}

static bool
discover_tracked(HgWalker *walker, uint64_t address, HgMark *mark, void *user_data)
{
    if (!(*mark & HG_MARK_KNOWN))
        discover(walker, address, false);
    return true;
}

static void
discover_later(HgWalker *walker)
{
    while (walker->later->len > 0 && !walker->error) {
        uint64_t address = g_array_index(walker->later, uint64_t, walker->later->len - 1);
        g_array_set_size(walker->later, walker->later->len - 1);
        discover(walker, address, false);
    }
}

/* ---- the balance --------------------------------------------------------------------------- */

/* Whether the object is unreached and held more often than references were found. */
static bool
is_external(HgWalker *walker, uint64_t address, const HgMark *mark, uint64_t refcount)
{
    if (refcount == HG_UNKNOWN || *mark & HG_MARK_STATIC)
        return false;
    uint64_t count = hg_marks_get_count(&walker->marks, address, *mark);
    walker->result->n_negative += count > refcount;
    return count < refcount && !(*mark & HG_MARK_REACHED);
}

static void
balance(HgWalker *walker, const HgWalkObject *object, HgMark *mark)
{
    if (*mark & HG_MARK_STATIC)
        g_array_append_val(walker->permanent, object->address);
    if (!is_external(walker, object->address, mark, walker->record.refcount))
        return;
    *mark |= HG_MARK_EXTERNAL;
    g_array_append_val(walker->external, object->address);
}

/* ---- the second pass: tell ----------------------------------------------------------------- */

static void
tell_record(HgWalker *walker, bool is_guessed)
{
    if (walker->record_told)
        return;
    walker->record_told = true;
    if (is_guessed)
        walker->record.flags |= HG_OBJECT_GUESSED;
    walker->result->n_objects++;
    if (!walker->error)
        walker->sink->object(walker->sink, &walker->record, &walker->error);
}

/* Leaves out what leads to no object. All references that are told have been met. */
static void
keep_sound_references(HgWalker *walker, guint n_unsound)
{
    size_t n = 0;
    for (size_t i = 0; i < walker->n_references; i++) {
        uint64_t target = walker->reference[i].target;
        bool is_sound = n_unsound == UNSOUND_MAX
                            ? hg_walker_knows(walker, target)
                            : !g_hash_table_contains(walker->unsound, GSIZE_TO_POINTER(target));
        if (is_sound)
            walker->reference[n++] = walker->reference[i];
    }
    walker->n_references = n;
}

/* Takes back labels that say nothing. Returns: how many references are guessed. */
static uint64_t
check_labels(HgWalker *walker)
{
    uint64_t n_guessed = 0;
    for (size_t i = 0; i < walker->n_references; i++) {
        HgReferenceRecord *reference = &walker->reference[i];
        n_guessed += reference->how & HG_HOW_GUESSED ? 1 : 0;
        bool is_keyless = (reference->how & HG_HOW_LABEL) == HG_LABEL_VALUE && !reference->label;
        if (is_keyless) /* there is none in a sound dict */
            reference->how &= (uint8_t)~HG_HOW_LABEL;
    }
    return n_guessed;
}

static void
tell_references(HgWalker *walker)
{
    guint n_unsound = g_hash_table_size(walker->unsound);
    if (n_unsound > 0)
        keep_sound_references(walker, n_unsound);
    uint64_t n_guessed = check_labels(walker);
    tell_record(walker, n_guessed > 0);
    walker->result->n_guessed += n_guessed;
    walker->result->n_references += walker->n_references;
    if (!walker->error && walker->n_references > 0)
        walker->sink->references(walker->sink, walker->reference, walker->n_references,
                                 &walker->error);
}

static void
meet_all(HgWalker *walker)
{
    const HgReferenceRecord *reference = walker->reference;
    size_t n = walker->n_references;
    for (size_t i = 0; i < MIN(n, PREFETCH_DISTANCE); i++)
        hg_marks_prefetch(&walker->marks, reference[i].target);
    for (size_t i = 0; i < n; i++) {
        if (i + PREFETCH_DISTANCE < n)
            hg_marks_prefetch(&walker->marks, reference[i + PREFETCH_DISTANCE].target);
        meet(walker, reference[i].target, reference[i].how);
    }
}

void
hg_walker_flush(HgWalker *walker)
{
    if (walker->gathered)
        g_array_append_vals(walker->gathered, walker->reference, (guint)walker->n_references);
    else if (walker->telling)
        tell_references(walker);
    else
        meet_all(walker);
    walker->n_references = 0;
}

/* What the object takes: what stands before it, its structure, its items. */
static uint64_t
measure_block(const HgWalkObject *object)
{
    const HgWalkType *type = object->type;
    uint64_t size = type->prefix + (uint64_t)type->basicsize;
    if (type->itemsize == 0 || (type->reader && type->reader->sizes_items))
        return size;
    int64_t n = hg_walk_size(object);
    uint64_t count = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    return count <= ITEMS_MAX / (uint64_t)type->itemsize ? size + count * (uint64_t)type->itemsize
                                                         : size;
}

static uint32_t
describe_object(HgWalker *walker, const HgWalkObject *object, HgMark mark)
{
    uint32_t flags = 0;
    uint64_t header = 0;
    if (mark & HG_MARK_TRACKED)
        flags |= HG_OBJECT_TRACKED | (uint32_t)(mark & HG_MARK_GENERATION) >>
                                         HG_MARK_GENERATION_SHIFT << HG_GENERATION_SHIFT;
    if (object->type->has_del)
        flags |= HG_OBJECT_HAS_DEL;
    if (mark & HG_MARK_TRACKED && object->type->is_gc)
        header = hg_image_get_u64(walker->image, object->address - 8);
    if (header & GC_FINALIZED)
        flags |= HG_OBJECT_FINALIZED;
    return flags;
}

static bool
tell_object(HgWalker *walker, uint64_t address, HgMark *mark, void *user_data)
{
    HgWalkObject object;
    if (!recall(walker, address, &object))
        return true;
    report(walker, "reading objects", ++walker->n_told, walker->n_known);
    uint64_t size = measure_block(&object);
    walker->record = (HgObjectRecord){
        .identity = address,
        .size = size,
        .sizeof_ = size,
        .refcount = hg_walker_get_refcount(walker, object.bytes),
        .length = HG_UNKNOWN,
        .type = object.type->number,
        .flags = describe_object(walker, &object, *mark),
        .site = HG_NONE,
    };
    if (walker->record.refcount == HG_UNKNOWN)
        walker->record.flags |= HG_OBJECT_IMMORTAL;
    balance(walker, &object, mark);
    if (object.type->reader && object.type->reader->measure)
        object.type->reader->measure(walker, &object, &walker->record);
    if (object.type->size_function)
        hg_walk_ghost_apply_size(walker, &object, &walker->record);
    if (object.type->has_managed_dict)
        hg_walker_measure_instance(walker, &object, &walker->record);
    walker->record_told = false;
    if (!object.type->is_leaf)
        read_object(walker, &object);
    hg_walker_flush(walker);
    return true;
}

static void
tell_types(HgWalker *walker)
{
    for (guint i = 0; i < walker->types->len && !walker->error; i++)
        hg_walker_tell_type(walker, g_ptr_array_index(walker->types, i));
    walker->result->n_types = walker->types->len;
}

/* ---- from the beginning to the end --------------------------------------------------------- */

static uint64_t
count_words(const HgImage *image)
{
    uint64_t words = 0;
    for (size_t i = 0; i < image->n_regions; i++)
        if (image->region[i].bytes)
            words += (image->region[i].end - image->region[i].start) / 8;
    return words;
}

static HgWalker *
new_walker(HgImage *image, const HgRuntime *runtime, const HgWalkOptions *options, HgSink *sink)
{
    HgWalker *walker = g_new0(HgWalker, 1);
    walker->image = image;
    walker->runtime = runtime;
    walker->layout = &runtime->layout;
    walker->version = runtime->version;
    walker->with_values = options->with_values;
    walker->sink = sink;
    walker->types = g_ptr_array_new_with_free_func((GDestroyNotify)hg_walk_type_free);
    walker->type_by_address = g_hash_table_new(NULL, NULL);
    walker->reader_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    walker->text_by_content =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    walker->owner_by_keys = g_hash_table_new(NULL, NULL);
    walker->later = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    walker->unsound = g_hash_table_new(NULL, NULL);
    walker->tracked_types =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)hg_tracked_type_free);
    walker->static_types = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    walker->permanent = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    walker->external = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        for (const HgTypeReader *reader = families[i]; reader->type_name; reader++)
            g_hash_table_insert(walker->reader_by_name, (char *)reader->type_name,
                                (HgTypeReader *)reader);
    if (options->ghost)
        walker->ghost = hg_walk_ghost_new(options->ghost);
    walker->budget = 8 * count_words(image) + (1 << 20);
    return walker;
}

static void
free_walker(HgWalker *walker)
{
    hg_marks_clear(&walker->marks);
    hg_walk_ghost_free(walker->ghost);
    g_ptr_array_unref(walker->types);
    g_hash_table_unref(walker->type_by_address);
    g_hash_table_unref(walker->reader_by_name);
    g_hash_table_unref(walker->text_by_content);
    g_hash_table_unref(walker->owner_by_keys);
    g_free(walker->stack.address);
    g_array_unref(walker->later);
    g_hash_table_unref(walker->unsound);
    g_hash_table_unref(walker->tracked_types);
    g_array_unref(walker->static_types);
    g_array_unref(walker->permanent);
    g_array_unref(walker->external);
    g_clear_error(&walker->error);
    g_free(walker);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgWalker, free_walker)

static void
run(HgWalker *walker)
{
    g_autoptr(HgWalkRoots) roots = hg_walk_roots_new(walker);
    intern_names(walker);
    hg_walker_follow_lists(walker);
    hg_walk_ghost_ask(walker);
    g_hash_table_remove_all(walker->tracked_types);
    for (guint i = 0; i < walker->static_types->len; i++)
        hg_walker_reach(walker, g_array_index(walker->static_types, uint64_t, i));
    hg_walk_roots_find(roots);
    hg_walker_each(walker, HG_MARK_TRACKED, HG_MARK_KNOWN, discover_tracked, NULL);
    discover_later(walker);
    hg_walk_ghost_measure(walker);
    walker->telling = true;
    walker->with_labels = true;
    tell_types(walker);
    hg_walker_each(walker, HG_MARK_KNOWN, 0, tell_object, NULL);
    hg_walk_roots_tell(roots);
}

bool
hg_walk(HgImage *image, const HgRuntime *runtime, const HgWalkOptions *options, HgSink *sink,
        const HgProgress *progress, HgWalkResult *result, GError **error)
{
    HgWalkResult unused = {0};
    g_autoptr(HgWalker) walker = new_walker(image, runtime, options, sink);
    walker->progress = progress;
    walker->result = result ? result : &unused;
    *walker->result = (HgWalkResult){0};
    if (!hg_marks_init(&walker->marks, image, error))
        return false;
    run(walker);
    if (!walker->error)
        return true;
    g_propagate_error(error, g_steal_pointer(&walker->error));
    return false;
}
