/* random-heap.c - a source of records for tests: a heap that never was.
 * SPDX-License-Identifier: MIT */
#include "tests/support/random-heap.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    HgSink *sink;
    GRand *random;
    uint32_t n_texts, n_types, n_sites, n_threads, n_frames, n_objects;
} Heap;

/* Returns: a number below [bound]. */
static uint32_t
below(Heap *heap, uint32_t bound)
{
    return bound > 1 ? (uint32_t)g_rand_int_range(heap->random, 0, (int)bound) : 0;
}

static uint64_t
any_number(Heap *heap)
{
    uint64_t number = (uint64_t)g_rand_int(heap->random) << 32 | g_rand_int(heap->random);
    return number >> below(heap, 64);
}

static uint64_t
number_or_unknown(Heap *heap)
{
    return below(heap, 4) ? any_number(heap) >> 1 : HG_UNKNOWN;
}

static uint32_t
one_or_none(Heap *heap, uint32_t n)
{
    return n && below(heap, 3) ? below(heap, n) : HG_NONE;
}

/* Different for each object, not in their order. */
static uint64_t
identity(uint32_t object)
{
    return 0x7f0000000000u + 48u * (uint64_t)(object ^ 21);
}

/* Mostly of objects that are there. */
static uint64_t
any_identity(Heap *heap)
{
    return below(heap, 9) ? identity(below(heap, heap->n_objects)) : any_number(heap) | 1;
}

static bool
tell_text(Heap *heap, GError **error)
{
    static const char *const odd[] = {"", "\0", "a\0b", "\xc3\xa4", "\\udc80", "\xf0\x9f\x90\x8d"};
    static const size_t odd_size[] = {0, 1, 3, 2, 6, 4};
    char plain[32];
    uint32_t which = below(heap, 12);
    bool is_odd = which < G_N_ELEMENTS(odd);
    int size = snprintf(plain, sizeof plain, "name_%u", heap->n_texts);
    heap->n_texts++;
    return heap->sink->text(heap->sink, is_odd ? odd[which] : plain,
                            is_odd ? odd_size[which] : (size_t)size, error);
}

static bool
tell_type(Heap *heap, GError **error)
{
    uint64_t bases[3] = {any_identity(heap), any_identity(heap), any_identity(heap)};
    uint32_t slots[3] = {below(heap, heap->n_texts), below(heap, heap->n_texts), 0};
    HgTypeRecord type = {.identity = any_identity(heap),
                         .module = below(heap, heap->n_texts),
                         .qualname = below(heap, heap->n_texts),
                         .basicsize = any_number(heap),
                         .itemsize = below(heap, 9),
                         .flags = below(heap, 64),
                         .bases = bases,
                         .n_bases = below(heap, 4),
                         .slots = slots,
                         .n_slots = below(heap, 4)};
    heap->n_types++;
    return heap->sink->type(heap->sink, &type, error);
}

static bool
tell_site(Heap *heap, GError **error)
{
    uint32_t files[3] = {below(heap, heap->n_texts), below(heap, heap->n_texts), 0};
    uint32_t lines[3] = {below(heap, 5000), 0, 1};
    HgSiteRecord site = {files, lines, below(heap, 4)};
    heap->n_sites++;
    return heap->sink->site(heap->sink, &site, error);
}

static bool
tell_thread(Heap *heap, GError **error)
{
    HgThreadRecord thread = {.id = any_number(heap),
                             .name = one_or_none(heap, heap->n_texts),
                             .interpreter = below(heap, 2)};
    heap->n_threads++;
    return heap->sink->thread(heap->sink, &thread, error);
}

static bool
tell_frame(Heap *heap, GError **error)
{
    HgFrameRecord frame = {.thread = below(heap, heap->n_threads),
                           .function = below(heap, heap->n_texts),
                           .file = below(heap, heap->n_texts),
                           .line = below(heap, 3000),
                           .identity = below(heap, 2) ? any_identity(heap) : 0};
    heap->n_frames++;
    return heap->sink->frame(heap->sink, &frame, error);
}

static bool
tell_root(Heap *heap, GError **error)
{
    HgRootRecord root = {.kind = (HgRootKind)below(heap, HG_N_ROOTS),
                         .identity = any_identity(heap),
                         .name = one_or_none(heap, heap->n_texts),
                         .frame = one_or_none(heap, heap->n_frames),
                         .interpreter = below(heap, 2)};
    return heap->sink->root(heap->sink, &root, error);
}

static uint64_t
label(Heap *heap, HgLabelKind kind)
{
    switch (kind) {
    case HG_LABEL_ATTRIBUTE:
    case HG_LABEL_LOCAL:
    case HG_LABEL_SLOT:
    case HG_LABEL_INTERNAL:
        return below(heap, heap->n_texts);
    case HG_LABEL_UNNAMED:
    case HG_LABEL_ITEM:
        return any_number(heap) >> 1;
    case HG_LABEL_VALUE:
        return any_identity(heap);
    default:
        return 0;
    }
}

/* Some references, often a key and its value, as a dict has them. */
static bool
tell_references(Heap *heap, GError **error)
{
    HgReferenceRecord reference[6];
    uint32_t n = below(heap, G_N_ELEMENTS(reference) + 1);
    for (uint32_t at = 0; at < n; at++) {
        HgLabelKind kind = (HgLabelKind)below(heap, HG_N_LABELS);
        reference[at].target = any_identity(heap);
        reference[at].how = (uint8_t)(kind | below(heap, 16) << 4);
        bool follows_key = kind == HG_LABEL_VALUE && at && below(heap, 4);
        reference[at].label = follows_key ? reference[at - 1].target : label(heap, kind);
    }
    return heap->sink->references(heap->sink, reference, n, error);
}

static bool
tell_object(Heap *heap, uint32_t number, GError **error)
{
    static const char snake[] = "a\0\xc3\xa4\xf0\x9f\x90\x8d";
    char value[HG_VALUE_MAX];
    memset(value, 'v', sizeof value);
    bool is_odd = !below(heap, 4), is_long = !below(heap, 50);
    HgObjectRecord object = {.identity = identity(number),
                             .type = below(heap, heap->n_types),
                             .flags = below(heap, HG_OBJECT_FLAGS + 1),
                             .size = any_number(heap) >> 16,
                             .sizeof_ = below(heap, 4) ? any_number(heap) >> 16 : HG_UNKNOWN,
                             .refcount = number_or_unknown(heap),
                             .length = number_or_unknown(heap),
                             .site = one_or_none(heap, heap->n_sites)};
    if (below(heap, 2)) {
        object.value = is_odd ? snake : value;
        object.value_size = is_odd ? sizeof snake - 1 : below(heap, is_long ? HG_VALUE_MAX : 9);
    }
    if (!heap->sink->object(heap->sink, &object, error))
        return false;
    for (uint32_t part = below(heap, 4); part; part--)
        if (!tell_references(heap, error))
            return false;
    return true;
}

static bool
tell_facts(HgSink *sink, GError **error)
{
    return sink->fact(sink, HG_FACT_RUNTIME, "CPython", error) &&
           sink->fact(sink, HG_FACT_PYTHON, "3.11.2", error) &&
           sink->fact(sink, HG_FACT_SOURCE, "test", error) &&
           sink->fact(sink, HG_FACT_TAKEN, "1700000000000000", error) &&
           sink->fact(sink, "odd fact", "", error);
}

/* One of each kind, so that everything else has something to name. */
static bool
tell_first_records(Heap *heap, GError **error)
{
    return tell_text(heap, error) && tell_type(heap, error) && tell_site(heap, error) &&
           tell_thread(heap, error) && tell_frame(heap, error) && tell_root(heap, error);
}

static bool
tell_all(Heap *heap, GError **error)
{
    static bool (*const tell[])(Heap *, GError **) = {tell_text,   tell_text,  tell_type, tell_site,
                                                      tell_thread, tell_frame, tell_root};
    if (!tell_facts(heap->sink, error) || !tell_first_records(heap, error))
        return false;
    for (uint32_t object = 0; object < heap->n_objects; object++) {
        uint32_t other = below(heap, 2 * G_N_ELEMENTS(tell));
        if (!tell_object(heap, object, error) ||
            (other < G_N_ELEMENTS(tell) && !tell[other](heap, error)) ||
            (other == 8 && !tell_references(heap, error)))
            return false;
    }
    return heap->sink->end(heap->sink, error);
}

bool
random_heap_tell(HgSink *sink, uint32_t seed, uint32_t n_objects, GError **error)
{
    Heap heap = {.sink = sink, .random = g_rand_new_with_seed(seed), .n_objects = n_objects};
    bool told = tell_all(&heap, error);
    g_rand_free(heap.random);
    return told;
}
