/* progress.h - how long work tells how far it is, and is told to stop.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* [step] is a short phrase ("reading the dump"); [total] is 0 while it is unknown.
 * Returns: false to cancel; the work then fails with HG_ERROR_CANCELLED. */
typedef bool (*HgProgressFunc)(const char *step, uint64_t done, uint64_t total, void *user_data);

typedef struct {
    HgProgressFunc func; /* NULL: nobody is listening */
    void *user_data;
} HgProgress;

/* How many steps of a long loop go by between two reports. */
#define HG_PROGRESS_STEPS 0x40000u

/* Tells whoever listens; [progress] may be NULL. Returns: false with HG_ERROR_CANCELLED. */
bool hg_progress_report(const HgProgress *progress, const char *step, uint64_t done, uint64_t total,
                        GError **error);
