/* image-save.h - what a saved image has beyond an ordinary core: one note of our own.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/image.h"

#define HG_NOTE_NAME "heapgraph"
#define HG_NOTE_ORIGIN 1 /* lines KEY=VALUE */

/* Takes from the note's text what it knows of the image's origin and cost. */
void hg_image_take_origin(HgImage *image, const char *text, size_t size);
