/* similar.h - "did you mean": the candidate nearest to what was typed.
 *
 *      g_auto(HgSimilar) similar = {.wanted = "sesions"};
 *      hg_similar_offer(&similar, "sessions");     ... any number of times
 *      similar.best                                "sessions", or NULL: nothing is near
 *
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

typedef struct {
    const char *wanted; /* borrowed */
    char *best;
    unsigned distance; /* of best */
} HgSimilar;

void hg_similar_offer(HgSimilar *similar, const char *candidate);
void hg_similar_clear(HgSimilar *similar);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgSimilar, hg_similar_clear)

/* Returns: "; did you mean 'sessions'?" or "", for the end of a message; g_free(). */
char *hg_similar_dup_hint(const HgSimilar *similar);
