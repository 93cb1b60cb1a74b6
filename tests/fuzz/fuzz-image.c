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

/* Returns: the image of what may be a core, whole, cut short, compressed, or none of these. */
static HgImage *
open_any(const uint8_t *data, size_t size)
{
    HgImage *image = hg_image_open_bytes(data, size, false, NULL);
    if (!image)
        image = hg_image_open_bytes(data, size, true, NULL);
    if (image || !hg_image_recognises(data, size))
        return image;
    HgImageOpenOptions options = {.without_files = true};
    g_autoptr(GInputStream) in = g_memory_input_stream_new_from_data(data, (gssize)size, NULL);
    return hg_image_open_stream(in, &options, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_auto(HgRuntime) runtime = {0};
    g_autoptr(HgImage) image = open_any(data, size);
    if (!image)
        return 0;
    look_around(image);
    hg_runtime_locate(&runtime, image, NULL);
    return 0;
}
