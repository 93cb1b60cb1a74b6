/* why.h - why an object is alive, as the pane beside the pages tells it: ways from a root, step by
 * step.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/job.h"

#define HG_WHY_STEPS 60 /* that are told of one way; what lies between is left out */
#define HG_WHY_WAYS 20  /* that are told of one object */

typedef struct {
    uint32_t object; /* HG_NONE: here [n_left_out] steps are left out */
    uint64_t n_left_out;
    char *label;       /* how one comes here: ".user", "[3]"; of the first: "module app" */
    char *caption;     /* what it is: "list 3 items" */
    uint64_t retained; /* HG_UNKNOWN if not known */
    bool holds;        /* without it the object would be gone */
} HgWhyStep;

typedef struct {
    GPtrArray *steps; /* HgWhyStep, the root first, the object last */
    char *line;       /* the same in one line: "app.cache['a']" */
} HgWhyWay;

typedef struct {
    GPtrArray *ways; /* HgWhyWay, the shortest first */
    uint64_t count;  /* of all there are; 0: not counted */
    char *nothing;   /* why there is none, or NULL */
} HgWhy;

void hg_why_free(void *why); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgWhy, hg_why_free)

/* Returns: the shortest way, at once from what is stored. */
HgWhy *hg_why_find_shortest(HgSnapshot *snapshot, uint32_t object, GError **error);

/* Returns: the ways that pass none of [ignored] (uint32_t), by looking at the whole heap. */
HgWhy *hg_why_find_ways(HgSnapshot *snapshot, uint32_t object, const GArray *ignored,
                        GError **error);

/* Returns: a way as text, a step a line; g_free(). */
char *hg_why_way_dup_text(const HgWhyWay *way);
