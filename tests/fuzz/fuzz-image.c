/* fuzz-image.c - core files of any shape: opened, searched for Python, looked at everywhere.
 * SPDX-License-Identifier: MIT */
#include "core/capture/locate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_around(HgImage *image)
{
    for (size_t i = 0; i < image->n_regions; i++) {
        const HgRegion *region = &image->region[i];
        hg_image_find(image, region->start, region->end - region->start);
        hg_image_find_text(image, region->start, 4096);
        hg_image_get_u64(image, region->end - 8);
    }
    for (size_t i = 0; i < image->n_threads; i++)
        hg_image_get_u64(image, image->thread[i].stack_pointer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_auto(HgRuntime) runtime = {0};
    g_autoptr(HgImage) image = hg_image_open_bytes(data, size, NULL);
    if (!image)
        return 0;
    look_around(image);
    hg_runtime_locate(&runtime, image, NULL);
    return 0;
}
