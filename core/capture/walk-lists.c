/* walk-lists.c - the collector's lists: which objects are tracked, and of which types they are.
 *
 * The lists are long and each step waits for memory, so all that is to be learned of tracked
 * objects in general is learned on the one way along them. SPDX-License-Identifier: MIT */
#include "core/capture/walker.h"

#define LAST_TYPES_MAX 1024

/* What is learned on the way. */
typedef struct {
    HgWalker *walker;
    GArray *classes;                     /* addresses: the tracked objects that are types */
    HgTrackedType *last[LAST_TYPES_MAX]; /* types, so that most need no look into the table */
} Learned;

void
hg_tracked_type_free(HgTrackedType *tracked)
{
    if (tracked->sample)
        g_array_unref(tracked->sample);
    g_free(tracked);
}

static HgTrackedType *
find_type_slowly(Learned *learned, uint64_t type)
{
    GHashTable *types = learned->walker->tracked_types;
    HgTrackedType *tracked = g_hash_table_lookup(types, GSIZE_TO_POINTER(type));
    if (!tracked) {
        tracked = g_new0(HgTrackedType, 1);
        tracked->type = type;
        if (learned->walker->ghost)
            tracked->sample = g_array_new(FALSE, FALSE, sizeof(uint64_t));
        g_hash_table_insert(types, GSIZE_TO_POINTER(type), tracked);
    }
    learned->last[(type >> 4) % LAST_TYPES_MAX] = tracked;
    return tracked;
}

static void
learn_object(Learned *learned, uint64_t address, uint64_t type)
{
    HgTrackedType *tracked = learned->last[(type >> 4) % LAST_TYPES_MAX];
    if (!tracked || tracked->type != type)
        tracked = find_type_slowly(learned, type);
    uint64_t n = tracked->n_objects++;
    if (tracked->sample && (n < HG_SAMPLE_FIRST || n % HG_SAMPLE_EACH == 0))
        g_array_append_val(tracked->sample, address);
    if (type == learned->walker->runtime->type_type)
        g_array_append_val(learned->classes, address);
}

/* Marks the objects of one list as tracked; a list that leads nowhere or back into itself ends. */
static void
follow_list(Learned *learned, uint64_t head, uint32_t generation)
{
    HgWalker *walker = learned->walker;
    uint64_t header = (uint64_t)walker->layout->traits.gc_head_size;
    uint64_t node = hg_image_get_u64(walker->image, head) & ~3ull;
    while (node && node != head) {
        const uint8_t *bytes;
        uint64_t n_bytes;
        uint64_t address = node + header;
        HgMark *mark = hg_marks_find(&walker->marks, address, &bytes, &n_bytes);
        if (!mark || n_bytes < 16 || *mark & HG_MARK_TRACKED)
            return;
        node = hg_image_get_u64(walker->image, node) & ~3ull;
        hg_marks_use(&walker->marks, address);
        *mark |= HG_MARK_TRACKED | (HgMark)(generation << HG_MARK_GENERATION_SHIFT);
        learn_object(learned, address, hg_walk_read_word(bytes + 8));
        walker->result->n_tracked++;
    }
}

static void
follow_lists(Learned *learned)
{
    const HgRuntime *runtime = learned->walker->runtime;
    for (size_t i = 0; i < runtime->n_interpreters; i++) {
        const HgInterpreter *interpreter = &runtime->interpreter[i];
        for (uint32_t generation = 0; generation < 3; generation++)
            follow_list(learned, interpreter->generation[generation], generation);
        if (interpreter->permanent)
            follow_list(learned, interpreter->permanent, 3);
    }
}

/* Whether the key at [address] is an object other than a plain str. */
static bool
is_other_key(HgWalker *walker, uint64_t address)
{
    HgWalkObject key;
    return hg_walker_look(walker, address, &key) &&
           !(key.type->reader && g_str_equal(key.type->reader->type_name, "str") &&
             !key.type->is_heap);
}

/* Up to 3.10 a dict that has, or once had, a key that is no str uses the function `lookdict`;
 * only then does tp_traverse visit its keys. Any dict with such a key tells which it is. */
static bool
learn_lookdict(HgWalker *walker, uint64_t address, HgMark *mark, void *user_data)
{
    HgWalkObject object;
    HgWalkEntries entries;
    if (!hg_walker_look_for(walker, address, "dict", &object) ||
        !hg_walker_read_entries(walker, &object, &entries) || entries.values)
        return true;
    for (uint64_t i = 0; i < MIN(entries.n, 8); i++)
        if (hg_walk_entry_value(&entries, i) &&
            is_other_key(walker, hg_walk_entry_key(&entries, i)))
            walker->lookdict = hg_image_get_u64(walker->image, entries.keys + 16);
    return !walker->lookdict;
}

int
hg_walker_compare_addresses(const void *a, const void *b)
{
    const uint64_t *first = a, *second = b;
    return (*first > *second) - (*first < *second);
}

/* Every type of a tracked object, and with it the static types, is there from the beginning. */
static void
learn_static_types(HgWalker *walker)
{
    GHashTableIter types;
    gpointer address;
    g_hash_table_iter_init(&types, walker->tracked_types);
    while (g_hash_table_iter_next(&types, &address, NULL)) {
        const HgWalkType *type = hg_walker_get_type(walker, GPOINTER_TO_SIZE(address));
        if (type && !type->is_heap)
            g_array_append_val(walker->static_types, type->address);
    }
    g_array_sort(walker->static_types, hg_walker_compare_addresses);
}

void
hg_walker_follow_lists(HgWalker *walker)
{
    g_autoptr(GArray) classes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    Learned learned = {.walker = walker, .classes = classes};
    follow_lists(&learned);
    hg_walker_learn_classes(walker, classes);
    if (!hg_walker_since(walker, 3, 11))
        hg_walker_each(walker, HG_MARK_TRACKED, 0, learn_lookdict, NULL);
    HgOffset interned = walker->layout->interpreter.interned_strings;
    if (interned != HG_ABSENT && walker->runtime->n_interpreters > 0)
        walker->interned = hg_image_get_u64(walker->image, walker->runtime->interpreter[0].state +
                                                               (uint64_t)interned);
    learn_static_types(walker);
}
