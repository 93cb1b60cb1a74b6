/* facts.h - the facts of a snapshot as people read them.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

/* Returns: the value of a fact with its unit, "33.1 MiB" and "1.3 ms", where that is known; else as
 * it stands in the dump; g_free(). */
char *hg_fact_dup_text(const HgFact *fact);
