/* heapgraph.h - everything core offers, in reading order.
 *
 *   a CPython heap ──capture──▶ records ──▶ store ──▶ questions ──▶ pictures
 *                                 │  ▲
 *                                 ▼  │
 *                              dump file
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/error.h"
#include "core/progress.h"
#include "core/dump/dump.h"   /* the records a heap is made of, and the sink that takes them */
#include "core/dump/reader.h" /* a file becomes records */
#include "core/dump/writer.h" /* records become a file */
#include "core/store/store.h" /* the SQLite file that holds snapshots */
#include "core/load/load.h"   /* records become a snapshot */
#include "core/graph/graph.h" /* the object graph in arrays */
