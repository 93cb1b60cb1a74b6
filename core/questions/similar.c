/* similar.c - "did you mean": the candidate nearest to what was typed.
 * SPDX-License-Identifier: MIT */
#include "core/questions/similar.h"

#include <string.h>

#define SIZE_MAX_COMPARED 64 /* letters; nobody mistypes more by one */

/* Returns: how many letters must be added, removed or replaced to make [b] of [a]. */
static unsigned
get_distance(const char *a, const char *b)
{
    unsigned row[SIZE_MAX_COMPARED + 1], size = (unsigned)strlen(b) + 1;
    for (unsigned j = 0; j < size; j++)
        row[j] = j;
    for (unsigned i = 1; *a; a++, i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j < size; j++) {
            unsigned replaced = diagonal + (*a != b[j - 1]);
            diagonal = row[j];
            row[j] = MIN(replaced, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[size - 1];
}

void
hg_similar_offer(HgSimilar *similar, const char *candidate)
{
    size_t size = strlen(similar->wanted), candidate_size = strlen(candidate);
    unsigned most = 1 + (unsigned)size / 4;
    if (!size || size > SIZE_MAX_COMPARED || candidate_size > SIZE_MAX_COMPARED ||
        candidate_size > size + most || size > candidate_size + most)
        return;
    unsigned distance = get_distance(similar->wanted, candidate);
    if (distance > most || (similar->best && distance >= similar->distance))
        return;
    g_free(similar->best);
    similar->best = g_strdup(candidate);
    similar->distance = distance;
}

void
hg_similar_clear(HgSimilar *similar)
{
    g_clear_pointer(&similar->best, g_free);
}

char *
hg_similar_dup_hint(const HgSimilar *similar)
{
    return similar->best ? g_strdup_printf("; did you mean '%s'?", similar->best) : g_strdup("");
}
