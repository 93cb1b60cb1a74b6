/* advice-words.h - how advice is put into words.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/numbers.h"
#include "core/store/store.h"

/* Returns: "take 152.6 MiB, and would take 57.2 MiB, 63 % less,"; g_free(). */
char *hg_advice_dup_change(uint64_t now, uint64_t then);

/* Returns: "name, email, age", each within [quote]s, of many only the first; g_free(). */
char *hg_advice_dup_list(const GPtrArray *texts, const char *quote);

/* Returns: "heapgraph [command] [argument]", fit for a shell; g_free(). */
char *hg_advice_dup_command(const char *command, const char *argument);

/* Returns: the same with the address of an object; g_free(). */
char *hg_advice_dup_object_command(HgSnapshot *snapshot, const char *command, uint32_t object,
                                   GError **error);

#define HG_ADVICE_SAMPLE 32u

/* Keeps [object], the [nth] of its kind from 1 on, among a sample (uint32_t) spread over all. */
void hg_advice_sample(GArray *sample, uint64_t nth, uint32_t object);
