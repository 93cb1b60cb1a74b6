/* types.h - how many objects of which type, and how the number of them grew.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

typedef enum {
    HG_BY_COUNT,
    HG_BY_SIZE,
    HG_BY_RETAINED
} HgOrder;

typedef enum {
    HG_NAMES_FULL,  /* app.models.Session */
    HG_NAMES_SHORT, /* Session: types of the same name are one row */
    HG_NAMES_MODULE /* app.models: all types of a module are one row */
} HgNames;

typedef struct {
    HgOrder order;
    HgNames names;
    const char *module;   /* only types of this module and those below it, or NULL */
    const GRegex *filter; /* only types whose full name matches, or NULL */
    bool only_tracked;    /* only objects the collector tracks, as objgraph counts */
    bool counts_new;      /* of growth: how many objects came and went, by their addresses */
} HgTypesOptions;

typedef struct {
    uint64_t count;        /* objects, live or garbage */
    uint64_t garbage;      /* of these not live */
    uint64_t size;         /* of all of them */
    uint64_t garbage_size; /* of those that are not live; only growth asks for it, else 0 */
    uint64_t retained;     /* HG_UNKNOWN where holders are not known, or for a row of several types:
                            * what they retain overlaps */
} HgTypeCount;

/* One row: a type, or several under one name, in one or more snapshots. */
typedef struct {
    char *name;
    HgTypeCount *in; /* [snapshot], zero where it has no such type */
    uint64_t n_new;  /* live objects of the last that were not in the first, if asked for */
    uint64_t n_gone; /* of the first that are not in the last */
} HgTypesRow;

typedef enum {
    HG_GROWTH_GREW,      /* only what grew in what it is ordered by, from the first to the last */
    HG_GROWTH_CHANGED,   /* what shrank, too, or what came and went */
    HG_GROWTH_MONOTONIC, /* only what grew every time */
    HG_GROWTH_PEAK       /* what there is more of than in any snapshot before: objgraph's rule */
} HgGrowthKind;

typedef struct {
    unsigned n_snapshots;
    HgGrowthKind kind;
    GPtrArray *rows; /* HgTypesRow */
} HgTypes;

void hg_types_free(HgTypes *types);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgTypes, hg_types_free)

/* Returns: the types of one snapshot, what [options] orders by first, then by name. */
HgTypes *hg_types_list(HgSnapshot *snapshot, const HgTypesOptions *options, GError **error);

/* Returns: the types of two or more snapshots, in their order, that grew: the most first. */
HgTypes *hg_growth_list(HgSnapshot *const *snapshots, unsigned n_snapshots, HgGrowthKind kind,
                        const HgTypesOptions *options, GError **error);

/* Growth speaks of what is live: garbage waits for the collector and is counted apart. What a row
 * is compared with is the first snapshot, or with HG_GROWTH_PEAK the highest but the last. */
uint64_t hg_growth_get_before(const HgTypes *types, const HgTypesRow *row, HgOrder order);
int64_t hg_growth_get(const HgTypes *types, const HgTypesRow *row, HgOrder order);
uint64_t hg_growth_get_live(const HgTypeCount *count, HgOrder order);

/* Adds to [size_of], an array by type number, what the garbage of each type occupies. */
bool hg_types_add_garbage_sizes(HgSnapshot *snapshot, uint64_t *size_of, GError **error);

/* Sums over all rows; retained is HG_UNKNOWN. */
HgTypeCount hg_types_sum(const HgTypes *types, unsigned snapshot);
