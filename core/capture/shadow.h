/* shadow.h - room for a copy of another process's memory, at equal distances.
 *
 *      target  ....[heap]..[mmap][mmap]...........[libpython][stack]...
 *      shadow     |<------- one room ------->|   |<-- another ------>|
 *
 * What lies together in the target lies together in a room, with slack around it: memory the
 * target maps between planning and stop mostly finds its place prepared. Rooms are address
 * space; only the pages that are touched cost memory.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/capture/image.h"

typedef struct {
    uint64_t start, end; /* addresses of the target */
    uint8_t *bytes;
} HgRoom;

typedef struct {
    HgImage *image; /* owns the rooms' memory */
    GArray *room;   /* HgRoom */
} HgShadow;

void hg_shadow_init(HgShadow *shadow, HgImage *image);
void hg_shadow_clear(HgShadow *shadow);

/* Prepares rooms for [ranges] (HgRange, in order). Returns: false if there is no address space. */
bool hg_shadow_reserve(HgShadow *shadow, const GArray *ranges, GError **error);

/* Returns: where the copy of [start, end) belongs; a new room is made if it has none.
 * NULL if that cannot be. */
uint8_t *hg_shadow_find(HgShadow *shadow, uint64_t start, uint64_t end);

/* Gives the copy of [start, end), which has a room, its memory now rather than at the first
 * write. */
void hg_shadow_prefault(HgShadow *shadow, uint64_t start, uint64_t end);
