/* advice-private.h - what the files that find advice share: the heap in arrays, and how to say it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/graph/graph.h"
#include "core/questions/advice.h"
#include "core/questions/python-sizes.h"

/* The heap, each array by object number. What no root reaches is not live, and nobody's advice. */
typedef struct {
    HgSnapshot *snapshot;
    const HgProgress *progress;
    HgAdviceOptions options;
    HgPythonSizes sizes;
    const GPtrArray *types; /* HgTypeRow */
    uint32_t n;
    HgGraph graph;   /* forward */
    uint32_t *label; /* of graph.forward.other[i]; UINT32_MAX for what is larger */
    uint32_t *type;  /* HgTypeRow.number */
    uint64_t *size;
    uint32_t *length;   /* + 1, 0 for what has none; UINT32_MAX for what is longer */
    uint32_t *holder;   /* + 1, 0: none */
    uint32_t *owner;    /* of a __dict__: whose it is, + 1; 0 for other objects */
    uint32_t *referrer; /* an object that keeps it, + 1; 0: none, or only classes and code */
    uint8_t *is_live, *is_weakly; /* bits; is_weakly: some weak reference leads to it */
    uint8_t *is_told;             /* bits: some advice is about it, and it would be gone */
    GPtrArray *advice;            /* HgAdvice */
} HgAdviceHeap;

static inline bool
hg_bit(const uint8_t *bits, uint32_t object)
{
    return bits[object / 8] >> (object % 8) & 1;
}

static inline void
hg_bit_set(uint8_t *bits, uint32_t object)
{
    bits[object / 8] |= (uint8_t)(1u << (object % 8));
}

static inline const HgTypeRow *
hg_advice_type_of(const HgAdviceHeap *heap, uint32_t object)
{
    return heap->types->pdata[heap->type[object]];
}

/* Returns: the number of a builtin type by its full name, HG_NONE if the heap has no object of it.
 */
uint32_t hg_advice_find_type(const HgAdviceHeap *heap, const char *name);

/* Whether advice of that kind is wanted. */
bool hg_advice_wants(const HgAdviceHeap *heap, HgAdviceKind kind);

/* Adds advice about objects (uint32_t) of which some stand in [examples], not empty: where most of
 * them are is found from these. Takes the texts; what saves too little is dropped. */
bool hg_advice_add(HgAdviceHeap *heap, HgAdvice advice, const GArray *examples, GError **error);

/* Each finds advice of its kinds and adds it. */
bool hg_advice_find_slots(HgAdviceHeap *heap, GError **error);
bool hg_advice_find_arrays(HgAdviceHeap *heap, GError **error); /* before equal values */
bool hg_advice_find_equal(HgAdviceHeap *heap, GError **error);
bool hg_advice_find_containers(HgAdviceHeap *heap, GError **error);
bool hg_advice_find_records(HgAdviceHeap *heap, GError **error);
bool hg_advice_find_frames(HgAdviceHeap *heap, GError **error);
bool hg_advice_find_copies(HgAdviceHeap *heap, GError **error);
