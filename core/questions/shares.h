/* shares.h - what the memory is divided into: every byte belongs to one share, and none to two.
 *
 *      by holder   what only roots hold, in it what that holds, and so on: retained sizes
 *      by type     containers and atoms belong to the object that holds them alone, so a Session
 *                  weighs what is in it; the shares are the types of these objects
 *      by module   the same with the module of that type, of that class, or that itself is the
 *                  holder: packages, in them modules, in them types
 *
 * What no root reaches is one share of its own. A share below a given part of all is joined with
 * its siblings of that kind.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

typedef enum {
    HG_SHARES_BY_HOLDER,
    HG_SHARES_BY_TYPE,
    HG_SHARES_BY_MODULE
} HgSharesKind;

typedef enum {
    HG_SHARE_OBJECT,
    HG_SHARE_TYPE, /* by holder: objects of a type that nothing but roots holds */
    HG_SHARE_MODULE,
    HG_SHARE_GARBAGE,
    HG_SHARE_MORE /* the small ones of its parent */
} HgShareKind;

typedef struct {
    HgShareKind kind;
    uint32_t parent; /* a share before it, or HG_NONE */
    uint32_t object; /* or HG_NONE */
    uint32_t type;   /* number of the type, of the object too; or HG_NONE */
    uint64_t size;   /* bytes, of those in it too */
    uint64_t count;  /* objects; of the small ones: of shares */
    char *label;     /* ".cache dict 3 items", "app.models", "1,204 more" */
} HgShare;

typedef struct {
    HgSharesKind kind;
    uint32_t holder; /* by holder: only what this holds; HG_NONE: everything */
    unsigned levels;
    unsigned parts; /* what is less than one of so many parts of all is joined */
} HgSharesOptions;

typedef struct {
    GPtrArray *rows; /* HgShare, parents before their children */
    uint64_t size;   /* of all: the sum of those without a parent */
} HgShares;

void hg_shares_free(HgShares *shares);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgShares, hg_shares_free)

/* Returns: the shares; hg_shares_free(). HG_ERROR_NOT_FOUND if holders are not known. Sweeps some
 * columns of the whole snapshot. */
HgShares *hg_shares_find(HgSnapshot *snapshot, const HgSharesOptions *options, GError **error);

/* ---- for the files that find them ------------------------------------------------------------ */

/* Adds a share and takes its label. Returns: its place. */
uint32_t hg_shares_add(HgShares *shares, const HgShare *share);

/* Adds what is joined, unless it is nothing. */
void hg_shares_add_more(HgShares *shares, uint32_t parent, uint64_t size, uint64_t count);

bool hg_shares_find_by_holder(HgSnapshot *snapshot, const HgSharesOptions *options,
                              HgShares *shares, GError **error);
bool hg_shares_find_by_owner(HgSnapshot *snapshot, const HgSharesOptions *options, HgShares *shares,
                             GError **error);
