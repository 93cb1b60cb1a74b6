/* recorder.h - a sink that writes down what it is told, as text, for tests to compare.
 *
 * Records of different kinds may change places on their way through a file, and the
 * references of an object may be cut into other parts; the text does not show either.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/dump.h"

/* Returns: free with recorder_free(). */
HgSink *recorder_new(void);

/* From now on the sink fails at the record with this number, from 0. */
void recorder_refuse(HgSink *recorder, uint64_t record);

/* Returns: one line a record, kind by kind; g_free() it. */
char *recorder_dup_text(const HgSink *recorder);

/* Returns: how often `end` came. */
int recorder_get_ends(const HgSink *recorder);

/* Returns: records told, each reference counted. */
uint64_t recorder_get_records(const HgSink *recorder);

void recorder_free(HgSink *recorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgSink, recorder_free)
