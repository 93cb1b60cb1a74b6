/* suspects.h - where memory is probably kept that nobody wants, in sentences.
 *
 *      app.cache (dict) holds 81,204 app.Result: 412.0 MiB, 63 % of the heap; +9,800 since ...
 *
 * One snapshot can only say what is big, and which of the well-known patterns it is kept by. That
 * it is a leak is said when an earlier snapshot shows that it grew.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

/* The pattern: how it is kept. */
typedef enum {
    HG_SUSPECT_COLLECTION,       /* a container reached by a path of names */
    HG_SUSPECT_CLASS_COLLECTION, /* a container in the __dict__ of a class */
    HG_SUSPECT_LOG,              /* a list or deque of texts that an instance keeps */
    HG_SUSPECT_CALLBACKS,        /* a container of bound methods or closures */
    HG_SUSPECT_CACHE,            /* functools.cache, lru_cache(maxsize=None) */
    HG_SUSPECT_CLOSURE,          /* a function keeps it through a cell */
    HG_SUSPECT_METHOD,           /* a bound method keeps its instance */
    HG_SUSPECT_DEFAULT,          /* a mutable default argument */
    HG_SUSPECT_EXCEPTION,        /* an exception keeps the locals of its frames */
    HG_SUSPECT_SUSPENDED,        /* generators, coroutines, tasks that wait for ever */
    HG_SUSPECT_THREADS,          /* Thread objects whose thread has ended */
    HG_SUSPECT_THREAD_LOCAL,     /* threading.local */
    HG_SUSPECT_CONTEXT,          /* a context variable */
    HG_SUSPECT_WEAK_CACHE,       /* values of a weak cache, all held by somebody else */
    HG_SUSPECT_EXTERNAL,         /* held from C */
    HG_SUSPECT_CYCLES,           /* cycles that wait for the collector */
    HG_SUSPECT_UNCOLLECTABLE,    /* gc.garbage */
    HG_SUSPECT_LINKED,           /* a long chain or tree of one type */
    HG_SUSPECT_OBJECT,           /* one big object */
    HG_SUSPECT_TYPE,             /* many objects of one type, held here and there */
    HG_N_SUSPECTS
} HgSuspectKind;

/* Returns: "collection", "unbounded-cache", ... as in JSON; borrowed. */
const char *hg_suspect_kind_get_name(HgSuspectKind kind);

typedef struct {
    HgSuspectKind kind;
    bool is_leak;               /* it grew since the earlier snapshot */
    uint32_t object;            /* where to look; HG_NONE for a group of objects */
    const HgTypeRow *type;      /* of [object], or of the objects of the group; of the snapshot */
    const HgTypeRow *item_type; /* what it mostly holds, or NULL */
    uint64_t count;             /* things it holds, or objects of the group */
    uint64_t bytes;             /* retained */
    double share;               /* of all objects of the snapshot: 0.63 */
    bool knows_growth;          /* it was found in the earlier snapshot, too */
    int64_t count_growth, bytes_growth;
    char *title;    /* short: "app.cache (dict)" */
    char *sentence; /* what, how much, since when; without a full stop */
    char *path;     /* "app.cache", or NULL where no root reaches it */
    char *remedy;   /* what to do about it */
    char *command;  /* the command line that looks closer */
} HgSuspect;

typedef struct {
    double share;        /* of the heap, from which on something is big: 0.1 */
    uint64_t min_size;   /* bytes below which nothing is big: 1 MiB */
    uint64_t min_count;  /* so many items, or objects in one pattern, are many: 1,000 */
    uint64_t min_growth; /* so many more than before are a leak: 100 */
    double growth_share; /* of the earlier heap, by which retained bytes must grow: 0.02; and by a
                          * quarter of min_size at least */
} HgSuspectOptions;

#define HG_SUSPECT_OPTIONS_INIT                                                                    \
    {                                                                                              \
        .share = 0.1, .min_size = 1 << 20, .min_count = 1000, .min_growth = 100,                   \
        .growth_share = 0.02                                                                       \
    }

/* Returns: HgSuspect of [snapshot], leaks first, then those that retain most. Both snapshots must
 * outlive them. [earlier] and [progress] may be NULL; g_ptr_array_unref(). */
GPtrArray *hg_suspects_find(HgSnapshot *snapshot, HgSnapshot *earlier,
                            const HgSuspectOptions *options, const HgProgress *progress,
                            GError **error);
