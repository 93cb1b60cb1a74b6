/* layouter.h - asks the helper process where boxes and arrows go.
 *
 * A layout takes as long as it takes and cannot be interrupted, so each has a process of its own
 * (heapgraph-layout), which is killed when nobody waits any more or it takes too long. The helper
 * is the one beside this program, else the installed one; $HEAPGRAPH_LAYOUT names another.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/drawing/layout.h"

typedef struct HgLayoutJob HgLayoutJob;

enum {
    HG_LAYOUT_PATIENCE = 10000 /* milliseconds */
};

/* Called once, unless the job was cancelled before; it ends with this call. [layout] is handed
 * over; NULL with [error] set. */
typedef void (*HgLayoutFunc)(HgPictureLayout *layout, const GError *error, void *user_data);

/* [graph] is handed over. Returns: the job, to be cancelled until it answers. */
HgLayoutJob *hg_layout_ask(HgLayoutGraph *graph, unsigned milliseconds, HgLayoutFunc answer,
                           void *user_data);

/* Called once, unless cancelled; [bytes] is borrowed, NULL with [error] set. */
typedef void (*HgLayoutRenderFunc)(GBytes *bytes, const GError *error, void *user_data);

/* A picture in Graphviz's language becomes one in [format]: "svg", "png", "pdf". */
HgLayoutJob *hg_layout_ask_render(const char *dot, const char *format, unsigned milliseconds,
                                  HgLayoutRenderFunc answer, void *user_data);

/* Kills the process; nothing is heard of the job. Accepts NULL. */
void hg_layout_cancel(HgLayoutJob *job);
