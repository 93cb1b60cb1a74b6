/* ghost.h - runs functions of the target on its image, where they can do no harm.
 *
 *      heapgraph ── requests ──▶ ghost: the image at its old addresses,
 *                ◀── answers ──         and nothing else
 *
 * Only tp_traverse of a C type knows what its objects refer to. A ghost is a child process that
 * consists of the image and a little code of ours; it calls the functions of the target in it.
 * The target itself is not touched. What the code there does, it does to a copy: it can make no
 * system call but to read requests, to say that they are done, and to end; it has no files, its
 * time is limited, a fault in one call costs that call.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/ghost-body.h"
#include "core/capture/image.h"

typedef struct HgGhost HgGhost;

/* What came of a request; targets are those of hg_ghost_ask(), from `first` on. */
typedef struct {
    HgGhostOutcome outcome;
    uint64_t first, n_targets;
} HgGhostAnswer;

/* Returns: a ghost of [image], which it borrows, or NULL with the reason: this system allows no
 * such thing, or the image has no code. It seems to be the thread with [fs_base]. */
HgGhost *hg_ghost_new(HgImage *image, uint64_t fs_base, GError **error);

/* Ends it; NULL is fine. */
void hg_ghost_free(HgGhost *ghost);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgGhost, hg_ghost_free)

/* Asks [n] requests, whose functions are tp_traverse, and writes [n] answers. Appends what was
 * visited to [targets], of uint64_t: nothing is known of these words. A ghost that dies is
 * followed by another, a few times. */
void hg_ghost_ask(HgGhost *ghost, const HgGhostRequest *request, size_t n, HgGhostAnswer *answer,
                  GArray *targets);

/* As above, of functions that take an object and NULL and return an int object, as methods without
 * arguments do, or take the class that defines them as well (METH_METHOD); the one number of an
 * answer is its value. [attach] is PyGILState_Ensure(), [as_size] PyLong_AsSsize_t(). */
void hg_ghost_measure(HgGhost *ghost, uint64_t attach, uint64_t as_size,
                      const HgGhostRequest *request, size_t n, HgGhostAnswer *answer,
                      GArray *sizes);
