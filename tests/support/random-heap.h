/* random-heap.h - a source of records for tests: a heap that never was, different with each seed.
 *
 * It has every kind of record, label and flag, texts that are empty or hold NUL, numbers
 * nobody knows, values of all sizes, references in several parts, and targets that are
 * nowhere; records come in any order that is allowed.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/dump.h"

bool random_heap_tell(HgSink *sink, uint32_t seed, uint32_t n_objects, GError **error);
