/* take.h - from a process id or a core file to an image with its runtime located.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/image.h"
#include "core/capture/locate.h"
#include "core/progress.h"

/* Returns: the image of process [pid], stopped outside a collection where that could be had,
 * and fills [runtime]; [fork] as in HgImageProcessOptions. Everything that can be refused is
 * refused before the stop. Both are the caller's. */
HgImage *hg_image_take_process(int pid, bool fork, HgRuntime *runtime, const HgProgress *progress,
                               GError **error);

/* As above, without the runtime: a Python of an unknown version is taken as well, at any moment. */
HgImage *hg_image_take_any_process(int pid, bool fork, const HgProgress *progress, GError **error);

/* As hg_image_take_process(), of a core file or saved image; [options] as for hg_image_open(). */
HgImage *hg_image_take_core(const char *path, const HgImageOpenOptions *options, HgRuntime *runtime,
                            GError **error);

/* Locates the runtime in a core that is open; the error names a program that is missing. */
bool hg_image_locate_core(HgImage *image, HgRuntime *runtime, GError **error);
