/* rule.h - what a script forbids: 'Session > 100', 'total-bytes > 5%'.
 *
 *      NAME > LIMIT        or >=
 *
 * NAME is a type (full or short name), `total-objects` or `total-bytes`; the rule speaks of its
 * growth from the first snapshot to the last, garbage left out. LIMIT is a number, with KiB, MiB or
 * GiB of bytes, or with % a share of what was there at first.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/types.h"

typedef struct {
    char *name;
    bool may_equal; /* >= */
    bool is_share;  /* the limit is a percentage */
    double limit;
} HgRule;

/* HG_ERROR_USAGE says what was expected. Clear with hg_rule_clear(). */
bool hg_rule_parse(const char *text, HgRule *rule, GError **error);
void hg_rule_clear(HgRule *rule);

typedef struct {
    bool holds;      /* what is forbidden happened */
    bool is_known;   /* some snapshot has such a type */
    uint64_t before; /* objects or bytes */
    int64_t growth;
} HgVerdict;

/* [snapshots] in their order, two or more. */
bool hg_rule_check(const HgRule *rule, HgSnapshot *const *snapshots, unsigned n_snapshots,
                   HgVerdict *verdict, GError **error);
