/* walk.h - the objects of an image, told to a sink.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/ghost.h"
#include "core/capture/locate.h"
#include "core/dump/dump.h"
#include "core/progress.h"

typedef struct {
    bool with_values; /* short values of str, bytes and numbers; names are always there */
    HgGhost *ghost;   /* of the image, asked for exact references, or NULL */
} HgWalkOptions;

/* What the ghost was asked, and what came of it. */
typedef struct {
    uint64_t n_objects[HG_GHOST_N_OUTCOMES];
    uint64_t n_confirmed;       /* objects of whose references reader and ghost say the same */
    uint64_t n_corrected_types; /* types of which they do not: the ghost is believed */
    uint64_t n_measured;        /* objects whose own function told their size */
    uint64_t n_unmeasured;      /* those it failed for */
} HgGhostTally;

/* What the walk met. */
typedef struct {
    uint64_t n_objects, n_tracked, n_references, n_guessed, n_types;
    uint64_t n_bad;      /* pointers that led to no object */
    uint64_t n_dying;    /* pointers to objects that were just being freed */
    uint64_t n_negative; /* objects with fewer references than were found */
    uint64_t n_external; /* roots found by balance */
    uint64_t n_threads, n_frames;
    HgGhostTally ghost;
} HgWalkResult;

/* Tells [sink] types, objects, threads, frames and roots of the interpreters in [image], but
 * neither facts nor the end. Objects come in the order of their addresses.
 * [result] may be NULL. */
bool hg_walk(HgImage *image, const HgRuntime *runtime, const HgWalkOptions *options, HgSink *sink,
             const HgProgress *progress, HgWalkResult *result, GError **error);
