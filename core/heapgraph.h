/* heapgraph.h - everything core offers, in reading order.
 *
 *   a CPython heap ──capture──▶ records ──▶ store ──▶ questions ──▶ pictures, a report
 *                                 │  ▲
 *                                 ▼  │
 *                              dump file
 *
 * It is a map: the command line and the window include what they use, so that the line says it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/error.h"
#include "core/progress.h"

#include "core/capture/processes.h" /* the Python processes of this machine */
#include "core/capture/capture.h"   /* one of them, or a core file, becomes records */

#include "core/dump/dump.h"   /* the records a heap is made of, and the sink that takes them */
#include "core/dump/reader.h" /* a file becomes records */
#include "core/dump/writer.h" /* records become a file */

#include "core/store/store.h" /* the SQLite file that holds snapshots */
#include "core/load/load.h"   /* records become a snapshot */
#include "core/load/import.h" /* whatever file was given becomes a snapshot */
#include "core/graph/graph.h" /* the object graph in arrays */

#include "core/questions/resolve.h"     /* app.cache['a'][0] is which object */
#include "core/questions/object.h"      /* one object */
#include "core/questions/describe.h"    /* what it holds, what holds it */
#include "core/questions/objects.h"     /* lists of objects */
#include "core/questions/types.h"       /* how many of which type, and their growth */
#include "core/questions/new-objects.h" /* which were not there before */
#include "core/questions/containers.h"  /* which container grew every time */
#include "core/questions/rule.h"        /* what a script forbids */
#include "core/questions/neighbours.h"  /* what is around an object */
#include "core/questions/chain.h"       /* why it is alive */
#include "core/questions/ways.h"        /* the other ways */
#include "core/questions/holders.h"     /* the tree of holders */
#include "core/questions/shares.h"      /* what the memory is divided into */
#include "core/questions/roots.h"       /* why the runtime holds an object */
#include "core/questions/threads.h"     /* what the stacks keep */
#include "core/questions/cycles.h"      /* what waits for the collector */
#include "core/questions/sweep.h"       /* what needs a look at the whole heap */
#include "core/questions/suspects.h"    /* what is kept that nobody wants */
#include "core/questions/advice.h"      /* what could be smaller */

#include "core/drawing/picture.h" /* a part of the graph, in words */
#include "core/drawing/draw.h"    /* an answer becomes a picture */
#include "core/drawing/render.h"  /* a picture becomes a file */
#include "core/drawing/layout.h"  /* or positions */
#include "core/drawing/treemap.h" /* sizes become areas */
#include "core/report/report.h"   /* all of it on one page */
