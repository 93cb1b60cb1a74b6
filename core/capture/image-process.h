/* image-process.h - the memory of a live process, copied while it is stopped.
 *
 * The buffers are made and touched before the stop; every thread is seized, the pages that
 * matter are copied, every thread is let go. Should this process die in between, the kernel
 * lets them go. No code runs in the target.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/image.h"
#include "core/progress.h"

#define HG_STOPS_MAX 5 /* tries to meet the target outside a collection */

/* Asked while the target is stopped, before anything is copied: false lets the target go on
 * and tries again a little later. */
typedef bool (*HgImageAcceptFunc)(int pid, void *user_data);

typedef struct {
    int pid;
    HgImageAcceptFunc accept; /* or NULL: take the first stop */
    void *user_data;
    bool fork; /* make the target fork and read the child (frozen.h): it stops for milliseconds */
} HgImageProcessOptions;

/* Returns: the image of the process, the caller's to free. Errors name the case and the
 * setting that would help. */
HgImage *hg_image_new_process(const HgImageProcessOptions *options, const HgProgress *progress,
                              GError **error);

/* Returns: an image of the running process that copies on each look-up what is asked for, and is
 * therefore not of one instant: enough to locate the runtime before the stop and to list
 * processes. Errors are those of hg_image_new_process(). */
HgImage *hg_image_new_live(int pid, GError **error);

/* Copies [size] bytes at [address] out of a live process, stopped or not.
 * Returns: false if any of it could not be read. */
bool hg_image_peek(int pid, uint64_t address, void *to, size_t size);
