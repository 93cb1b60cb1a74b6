/* load-owner.h - who is loading, and whether it still lives.
 *
 * A process is its boot, its namespace of process ids, its id and its start. What cannot be
 * looked up from here (another machine, another container) counts as dead after a day.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    char *boot, *namespace;
    int64_t pid;
    int64_t start; /* ticks after boot */
    int64_t begun; /* seconds since 1970 */
} HgLoadOwner;

void hg_load_owner_clear(HgLoadOwner *owner);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgLoadOwner, hg_load_owner_clear)

/* Fills in this process. */
void hg_load_owner_init(HgLoadOwner *owner);

bool hg_load_owner_is_alive(const HgLoadOwner *owner);
