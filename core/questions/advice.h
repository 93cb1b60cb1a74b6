/* advice.h - what is kept could be smaller: where, by how much, and what to do.
 *
 *      app.User: 1,000,000 instances with a __dict__
 *          take 145.0 MiB; with __slots__ they would take 53.4 MiB
 *
 * What an object would take after the remedy is computed by the rules of the Python the dump is of
 * (python-sizes.h); what it takes now is what the dump says. Savings of different pieces of advice
 * may overlap: following one can take away what another would have saved.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

typedef enum {
    HG_ADVICE_SLOTS,          /* instances with a __dict__ and the same attributes */
    HG_ADVICE_INHERITED_DICT, /* a class declares __slots__ but has a __dict__ from a parent */
    HG_ADVICE_EQUAL_TEXTS,    /* equal str */
    HG_ADVICE_EQUAL_VALUES,   /* equal bytes, tuples, numbers */
    HG_ADVICE_ARRAY,          /* lists of only int or only float */
    HG_ADVICE_EMPTY,          /* containers without an item */
    HG_ADVICE_SPARSE,         /* containers with much more room than items */
    HG_ADVICE_RECORDS,        /* dicts with the same keys */
    HG_ADVICE_GENERATOR,      /* a big list that only a local variable holds */
    HG_ADVICE_COPIES,         /* bytes or texts that stand in memory twice, whole or in slices */
    HG_N_ADVICE
} HgAdviceKind;

/* Returns: "slots", "inherited-dict", "equal-texts", ...; borrowed. */
const char *hg_advice_kind_get_name(HgAdviceKind kind);

typedef struct {
    HgAdviceKind kind;
    char *title;    /* "app.User: 1,000,000 instances with a __dict__" */
    char *sentence; /* what there is, and what it would take */
    char *remedy;   /* what to do */
    char *command;  /* to look closer: "heapgraph by-type app.User" */
    char *path;     /* how most of them are reached, "app.users[]"; NULL if no root reaches them */
    uint32_t example; /* one of the objects */
    uint64_t count;   /* objects it is about */
    uint64_t bytes;   /* that they occupy now */
    uint64_t saving;  /* of these, what the remedy gives back */
} HgAdvice;

#define HG_ADVICE_MIN_SAVING (64u << 10)
#define HG_ADVICE_MIN_COUNT 1000u

typedef struct {
    uint64_t min_saving; /* bytes a piece of advice must save; 0: HG_ADVICE_MIN_SAVING */
    uint64_t min_count;  /* how many small objects must be alike; 0: HG_ADVICE_MIN_COUNT */
    unsigned kinds;      /* 1 << HgAdviceKind of those wanted; 0: all */
} HgAdviceOptions;

/* Returns: HgAdvice, what saves most first; g_ptr_array_unref(). [progress] may be NULL. */
GPtrArray *hg_advice_find(HgSnapshot *snapshot, const HgAdviceOptions *options,
                          const HgProgress *progress, GError **error);
