/* capture.h - from a process to the records of its heap: image, walk, facts.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/image.h"
#include "core/capture/walk.h"
#include "core/dump/dump.h"
#include "core/progress.h"

/* Whether functions of the target's types may be run on its image; see ghost.h. */
typedef enum {
    HG_TRUST_OWN = 0, /* if it is a process of the user who captures it */
    HG_TRUST_NONE,
    HG_TRUST_ALL, /* also another user's process, and a core */
} HgTrust;

typedef struct {
    HgTrust trust;
    bool with_values; /* short values; without them also the command line stays out */
    bool fork;        /* of a process: read a forked copy (frozen.h) */
    HgProgress progress;
} HgCaptureOptions;

typedef struct {
    HgImageCost cost;
    HgWalkResult walk;
    char python[32]; /* "3.11.2" */
    bool had_ghost;
    char no_ghost[256]; /* why there was none */
    char **remarks;     /* what is missing or odd, a sentence each; NULL at the end */
} HgCaptureResult;

void hg_capture_result_clear(HgCaptureResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgCaptureResult, hg_capture_result_clear)

/* Returns: what came of the ghost and why some references of C types are guessed; g_free(). */
char *hg_capture_dup_ghost_sentence(const HgCaptureResult *result);

/* Captures the process [pid] and tells [sink] its heap, from the first fact to the end. The
 * process runs again before the first record is told. [result] may be NULL; it is to be cleared. */
bool hg_capture_process(int pid, const HgCaptureOptions *options, HgSink *sink,
                        HgCaptureResult *result, GError **error);

/* The same with a core file or saved image. */
bool hg_capture_core(const char *path, const HgImageOpenOptions *core,
                     const HgCaptureOptions *options, HgSink *sink, HgCaptureResult *result,
                     GError **error);

/* The same with a core that comes out of a pipe. */
bool hg_capture_core_stream(GInputStream *in, const HgImageOpenOptions *core,
                            const HgCaptureOptions *options, HgSink *sink, HgCaptureResult *result,
                            GError **error);

/* The same with an image and its runtime, located already. */
bool hg_capture_image(HgImage *image, const HgRuntime *runtime, const HgCaptureOptions *options,
                      HgSink *sink, HgCaptureResult *result, GError **error);
