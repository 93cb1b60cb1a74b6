/* sites.h - where objects were allocated, and where more than before.
 *
 * A dump from inside knows that where tracemalloc runs: each object has a site, the lines of the
 * program that led to it, the innermost first.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

typedef enum {
    HG_SITES_BY_SIZE,
    HG_SITES_BY_COUNT
} HgSitesOrder;

typedef struct {
    HgSitesOrder order;
    bool is_whole;        /* one row for each way to a line, not for each line */
    const GRegex *filter; /* only lines that match, the innermost of each site; or NULL */
} HgSitesOptions;

typedef struct {
    char *lines;                       /* "app.py:12", or several with a newline between */
    uint64_t count, size;              /* objects that were allocated there, their bytes */
    int64_t count_growth, size_growth; /* since the earlier snapshot; 0 without one */
} HgSite;

/* Returns: HgSite, the most first, and if [earlier] is not NULL what grew most;
 * g_ptr_array_unref(). HG_ERROR_NOT_FOUND if a snapshot does not know. */
GPtrArray *hg_sites_list(HgSnapshot *snapshot, HgSnapshot *earlier, const HgSitesOptions *options,
                         GError **error);
