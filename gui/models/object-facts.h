/* object-facts.h - what is told of one object besides its lists.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/job.h"

enum {
    HG_OBJECT_FACTS_MOST = 20000 /* rows of a list around an object */
};

typedef struct {
    char *name, *value; /* the caption beside a name: "Retained", "1.2 MiB" */
    char *tooltip;      /* or NULL */
    uint32_t object;    /* a link to it, or HG_NONE */
} HgObjectFact;

typedef struct {
    char *type, *value;             /* of the object */
    char *address;                  /* "0x7f3a..." */
    GPtrArray *facts;               /* HgObjectFact */
    uint64_t n_fields, n_referrers; /* as many as there are rows; of more than are listed, all */
    bool holds;                     /* it is the holder of something */
} HgObjectFacts;

void hg_object_facts_free(void *facts); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgObjectFacts, hg_object_facts_free)

/* Returns: the facts of an object. */
HgObjectFacts *hg_object_facts_find(HgSnapshot *snapshot, uint32_t object, GError **error);
