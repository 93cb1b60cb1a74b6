/* ghost-size.c - the ghost asks objects of odd types how big they are.
 * SPDX-License-Identifier: MIT */
#include "core/capture/ghost-size.h"

#define BATCH 16384
#define SIZE_SANE (1ull << 46)
#define BASES_MAX 1000
#define TYPE_NAME_MAX 1024
/* Behind the fields all objects have, descriptors have the class that defines them. */
enum {
    DESCRIPTOR_CLASS = 16,
    DESCRIPTOR_METHOD = 40,
};
enum {
    METHOD_FUNCTION = 8,
    METHOD_FLAGS = 16,
};
enum {
    METHOD_NO_ARGUMENTS = 4,
    METHOD_WITH_CLASS = 0x282, /* METH_METHOD | METH_FASTCALL | METH_KEYWORDS */
};

void
hg_ghost_sizes_init(HgGhostSizes *sizes)
{
    sizes->object = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    sizes->size = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    sizes->next = 0;
}

void
hg_ghost_sizes_clear(HgGhostSizes *sizes)
{
    g_clear_pointer(&sizes->object, g_array_unref);
    g_clear_pointer(&sizes->size, g_array_unref);
}

/* Notes the C function behind the descriptor at [address], if there is one that can be called. */
static void
note_function(HgWalker *walker, HgWalkType *type, uint64_t address)
{
    HgWalkObject descriptor;
    if (!hg_walker_look_for(walker, address, "method_descriptor", &descriptor))
        return;
    uint64_t method = hg_walk_word(&descriptor, DESCRIPTOR_METHOD);
    uint32_t flags = hg_image_get_u32(walker->image, method + METHOD_FLAGS);
    if (flags != METHOD_NO_ARGUMENTS && flags != METHOD_WITH_CLASS)
        return;
    type->size_function = hg_image_get_u64(walker->image, method + METHOD_FUNCTION);
    if (flags == METHOD_WITH_CLASS)
        type->size_class = hg_walk_word(&descriptor, DESCRIPTOR_CLASS);
}

/* Whether the class at [base] is the one the type's reader measures objects of. */
static bool
is_measured(HgWalker *walker, const HgWalkType *type, uint64_t base)
{
    if (!type->reader || !type->reader->measure)
        return false;
    const char *name = hg_image_find_text(
        walker->image,
        hg_image_get_u64(walker->image, base + (uint64_t)walker->layout->type.tp_name),
        TYPE_NAME_MAX);
    return name && g_str_equal(name, type->reader->type_name);
}

/* Finds the __sizeof__ of the type's objects if it is a C function, and neither that of all objects
 * nor one a reader stands for. The first class that has one decides. */
static void
find_size_function(HgWalker *walker, HgWalkType *type)
{
    const HgLayout *layout = walker->layout;
    uint64_t mro = hg_image_get_u64(walker->image, type->address + (uint64_t)layout->type.tp_mro);
    uint64_t n = mro ? MIN(hg_image_get_u64(walker->image, mro + 16), BASES_MAX) : 0;
    for (uint64_t i = 0; i + 1 < n; i++) { /* the last one is object */
        uint64_t base =
            hg_image_get_u64(walker->image, mro + (uint64_t)layout->tuple.ob_item + 8 * i);
        if (is_measured(walker, type, base))
            return;
        uint64_t dict = hg_image_get_u64(walker->image, base + (uint64_t)layout->type.tp_dict);
        uint64_t found = hg_walker_find_item(walker, dict, "__sizeof__");
        if (found) {
            note_function(walker, type, found);
            return;
        }
    }
}

bool
hg_ghost_sizes_note(HgGhostSizes *sizes, HgWalker *walker, HgWalkType *type, uint64_t address)
{
    if (!type->size_function)
        find_size_function(walker, type);
    if (!type->size_function)
        return false;
    g_array_append_val(sizes->object, address);
    return true;
}

/* What is needed to ask. */
typedef struct {
    HgGhostSizes *sizes;
    HgGhost *ghost;
    uint64_t attach, as_size;
    GArray *request; /* HgGhostRequest, not yet asked */
} Asking;

static void
ask(HgWalker *walker, Asking *asking)
{
    HgGhostTally *tally = &walker->result->ghost;
    g_autofree HgGhostAnswer *answer = g_new0(HgGhostAnswer, asking->request->len);
    g_autoptr(GArray) number = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    hg_ghost_measure(asking->ghost, asking->attach, asking->as_size,
                     (const HgGhostRequest *)(const void *)asking->request->data,
                     asking->request->len, answer, number);
    for (guint i = 0; i < asking->request->len; i++) {
        uint64_t size = HG_UNKNOWN;
        if (answer[i].outcome == HG_GHOST_ANSWERED && answer[i].n_targets == 1)
            size = g_array_index(number, uint64_t, answer[i].first);
        if (size > SIZE_SANE)
            size = HG_UNKNOWN;
        tally->n_unmeasured += size == HG_UNKNOWN;
        tally->n_measured += size != HG_UNKNOWN;
        g_array_append_val(asking->sizes->size, size);
    }
    g_array_set_size(asking->request, 0);
}

static void
add_request(HgWalker *walker, Asking *asking, uint64_t address)
{
    HgWalkObject object;
    HgGhostRequest request = {.object = address};
    if (hg_walker_look(walker, address, &object)) {
        request.function = object.type->size_function;
        request.class = object.type->size_class;
        request.type = object.type->address;
    }
    g_array_append_val(asking->request, request);
    if (asking->request->len == BATCH)
        ask(walker, asking);
}

void
hg_ghost_sizes_ask(HgGhostSizes *sizes, HgWalker *walker, HgGhost *ghost)
{
    g_autoptr(GArray) request = g_array_new(FALSE, FALSE, sizeof(HgGhostRequest));
    Asking asking = {
        .sizes = sizes,
        .ghost = ghost,
        .attach = hg_runtime_find_symbol(walker->runtime, walker->image, "PyGILState_Ensure"),
        .as_size = hg_runtime_find_symbol(walker->runtime, walker->image, "PyLong_AsSsize_t"),
        .request = request,
    };
    g_array_sort(sizes->object, hg_walker_compare_addresses);
    if (!asking.attach || !asking.as_size)
        return;
    for (guint i = 0; i < sizes->object->len && !walker->error; i++)
        add_request(walker, &asking, g_array_index(sizes->object, uint64_t, i));
    ask(walker, &asking);
}

uint64_t
hg_ghost_sizes_find(HgGhostSizes *sizes, uint64_t address)
{
    while (sizes->next < sizes->object->len &&
           g_array_index(sizes->object, uint64_t, sizes->next) < address)
        sizes->next++;
    if (sizes->next >= sizes->size->len ||
        g_array_index(sizes->object, uint64_t, sizes->next) != address)
        return HG_UNKNOWN;
    return g_array_index(sizes->size, uint64_t, sizes->next);
}
