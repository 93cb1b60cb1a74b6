/* hunt.h - what the families of patterns share while suspects are looked for.
 *
 *      big.c, containers.c, ...  find objects ──▶ place.c says what keeps each and how
 *                                             ──▶ words.c makes the sentence
 *
 * For the files suspects*.c only. SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/object.h"
#include "core/questions/suspects.h"

typedef struct {
    HgSnapshot *snapshot, *earlier; /* earlier: may be NULL */
    HgSuspectOptions options;
    const HgProgress *progress;
    const GPtrArray *types; /* of snapshot */
    uint64_t total;         /* bytes of all objects */
    uint64_t big;           /* bytes from which on something is big */
    bool is_same_process;   /* addresses mean the same in both */
    bool *is_class;         /* [type] its objects are classes */
    bool *is_exception;     /* [type] its objects are exceptions */
    bool *is_type_told;     /* [type] a crowd or a chain of it has been told of */
    GHashTable *told;       /* numbers + 1 of objects that have their sentence */
    GPtrArray *suspects;    /* HgSuspect */
} HgHunt;

/* How an object is kept. */
typedef struct {
    HgSuspectKind kind; /* HG_SUSPECT_COLLECTION where no pattern says more */
    bool is_program;    /* a module, class, function or a part of one: no data */
    uint32_t owner;     /* what makes the pattern: function, cache, exception, ...; HG_NONE */
    bool is_bounded;    /* a cache with a maxsize */
    bool is_attribute;  /* of an instance */
    bool is_in_class;   /* in the __dict__ of a class itself */
    char *function;     /* whose locals an exception keeps, or NULL */
    char *name;         /* of the variable, parameter or attribute, or NULL */
    char *path;         /* of the object; NULL where no root reaches it */
    char *owner_path;   /* of [owner] */
} HgPlace;

/* ---- suspects-place.c --------------------------------------------------------------------- */

void hg_place_clear(HgPlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgPlace, hg_place_clear)
bool hg_place_find(HgHunt *hunt, uint32_t object, HgPlace *place, GError **error);

/* ---- suspects-contents.c ------------------------------------------------------------------ */

/* What a container mostly holds; found by looking at a few hundred of its items. */
typedef struct {
    uint64_t count;        /* items: those of its `cache` for a cache of functools */
    const HgTypeRow *type; /* of more than half of them, or NULL */
    const HgTypeRow *kept; /* where these are callbacks: what they keep, or NULL */
    bool is_callbacks;     /* bound methods or closures */
    bool is_methods;
    bool is_links; /* of a cache of functools with a bound; the type is that of the results */
    bool is_weak;  /* weak references: they keep nothing */
} HgContents;

bool hg_contents_read(HgSnapshot *snapshot, uint32_t object, HgContents *contents, GError **error);

/* ---- suspects-words.c --------------------------------------------------------------------- */

/* Tells of one object: fills in what the snapshots know, makes the sentence, and adds it. */
bool hg_hunt_tell(HgHunt *hunt, uint32_t object, const HgPlace *place, GError **error);

/* Adds a suspect made by a family; share and texts for growth are the hunt's. [suspect] is taken:
 * title, sentence (up to "what"), path, remedy and command must be set. */
void hg_hunt_add(HgHunt *hunt, HgSuspect *suspect);

/* Returns: ": 412.0 MiB, 63 % of the heap; +9,800 since snapshot 1, 12 minutes earlier"; g_free().
 */
char *hg_hunt_dup_amount(const HgHunt *hunt, const HgSuspect *suspect);

/* Whether so much growth makes a leak. */
bool hg_hunt_is_growth(const HgHunt *hunt, int64_t count, int64_t bytes);

/* Sets *earlier to the same object in the earlier snapshot, HG_NONE if it was not there. */
bool hg_hunt_find_earlier(const HgHunt *hunt, uint32_t object, const char *path, uint32_t *earlier,
                          GError **error);

/* Returns: "heapgraph show app.cache", with an address where the path does not lead there;
 * g_free(). */
char *hg_hunt_dup_command(const HgHunt *hunt, const char *command, uint32_t object,
                          const char *path);
/* The same for all objects of a type. */
char *hg_hunt_dup_type_command(const HgTypeRow *type);

/* Returns: the type of an object. */
const HgTypeRow *hg_hunt_get_type(const HgHunt *hunt, uint32_t object, GError **error);

static inline void
hg_hunt_set_told(const HgHunt *hunt, uint32_t object)
{
    g_hash_table_add(hunt->told, GSIZE_TO_POINTER((size_t)object + 1));
}

static inline bool
hg_hunt_is_told(const HgHunt *hunt, uint32_t object)
{
    return g_hash_table_contains(hunt->told, GSIZE_TO_POINTER((size_t)object + 1));
}

/* ---- suspects-keeper.c -------------------------------------------------------------------- */

/* What keeps a crowd of objects. */
typedef struct {
    uint32_t object; /* what most of them are kept in; HG_NONE: they have nothing in common */
    bool is_holder;  /* without it they would be gone */
    HgPlace place;   /* of that */
    char *path;      /* to it, or the way most of them share: "app.users[].events[]"; or NULL */
} HgKeeper;

void hg_keeper_clear(HgKeeper *keeper);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgKeeper, hg_keeper_clear)

/* [sample]: numbers (uint32_t) of some of the crowd. */
bool hg_hunt_find_keeper(HgHunt *hunt, const GArray *sample, HgKeeper *keeper, GError **error);

/* Sets *is_within to whether an object that has its sentence, alone or with all of its type, holds
 * [object]. */
bool hg_hunt_is_within(const HgHunt *hunt, uint32_t object, bool *is_within, GError **error);

/* ---- suspects-merge.c --------------------------------------------------------------------- */

/* Takes away suspects that others explain. */
bool hg_hunt_merge(HgHunt *hunt, GError **error);

/* ---- the families: each adds what it finds ------------------------------------------------ */

bool hg_suspects_find_weak(HgHunt *hunt, GError **error);     /* weak caches that free nothing */
bool hg_suspects_find_crowds(HgHunt *hunt, GError **error);   /* generators, tasks, threads, ... */
bool hg_suspects_find_external(HgHunt *hunt, GError **error); /* held from C */
bool hg_suspects_find_cycles(HgHunt *hunt, GError **error);   /* waiting for the collector */
bool hg_suspects_find_uncollectable(HgHunt *hunt, GError **error); /* gc.garbage */
bool hg_suspects_find_big(HgHunt *hunt, GError **error);           /* what retains much */
bool hg_suspects_find_containers(HgHunt *hunt, GError **error); /* long ones, and those that grew */
bool hg_suspects_find_types(HgHunt *hunt, GError **error); /* many objects, held here and there */
