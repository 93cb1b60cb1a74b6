/* search.c - what only a Python runtime looks like, found without symbols.
 * SPDX-License-Identifier: MIT */
#include "core/capture/search.h"

#define HEAD_STEP 24 /* next, previous, threshold, count */
#define FOUND_MAX 4096
#define ADDRESS_MAX (1ull << 47)
#define NUMBER_MAX 100000000 /* of a threshold or count of the collector */
#define STEP 4               /* heads were seen at addresses that are multiples of 4 only */

/* Of a live image only this much is copied for a look. */
#define PART_SIZE (1ull << 20)

static bool
is_head(HgImage *image, const uint8_t *bytes, uint64_t address)
{
    uint64_t next, previous;
    memcpy(&next, bytes, 8);
    memcpy(&previous, bytes + 8, 8);
    return next && previous && !((next | previous) & 3) &&
           (hg_image_get_u64(image, next + 8) & ~3ull) == address &&
           (hg_image_get_u64(image, previous) & ~3ull) == address;
}

/* Cheap enough for every four bytes of memory, and hardly ever wrong: two addresses, then a
 * threshold and a count, which are small numbers; three times. */
static bool
look_like_heads(const uint8_t *bytes)
{
    for (int i = 0; i < 3; i++, bytes += HEAD_STEP) {
        uint64_t link[2];
        uint32_t number[2];
        memcpy(link, bytes, sizeof link);
        memcpy(number, bytes + sizeof link, sizeof number);
        if (link[0] - 4096 >= ADDRESS_MAX || link[1] - 4096 >= ADDRESS_MAX ||
            number[0] > NUMBER_MAX || number[1] > NUMBER_MAX)
            return false;
    }
    return true;
}

static void
search_part(HgImage *image, uint64_t start, uint64_t size, GArray *found)
{
    const uint8_t *bytes = hg_image_find(image, start, size);
    for (uint64_t offset = 0; bytes && offset + 3 * HEAD_STEP <= size; offset += STEP) {
        const uint8_t *head = bytes + offset;
        uint64_t address = start + offset;
        if (!look_like_heads(head) || !is_head(image, head, address) ||
            !is_head(image, head + HEAD_STEP, address + HEAD_STEP) ||
            !is_head(image, head + 2 * HEAD_STEP, address + 2 * HEAD_STEP))
            continue;
        if (found->len < FOUND_MAX)
            g_array_append_val(found, address);
    }
}

/* Parts overlap by what a find needs. */
static void
search_region(HgImage *image, const HgRegion *region, GArray *found)
{
    for (uint64_t at = region->start; at < region->end; at += PART_SIZE - 3 * HEAD_STEP) {
        uint64_t size = MIN(region->end - at, PART_SIZE);
        search_part(image, at, size, found);
        if (size < PART_SIZE)
            break;
    }
}

/* Data of programs, what follows it (.bss) and the heap of brk. */
static bool
is_likely(const HgImage *image, size_t number)
{
    const HgRegion *region = &image->region[number];
    bool follows = number && region[-1].file && region[-1].end == region->start;
    return region->file || follows || region->flags & HG_REGION_HEAP;
}

GArray *
hg_search_generations(HgImage *image)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (int likely = 1; likely >= 0; likely--)
        for (size_t i = 0; i < image->n_regions; i++) {
            const HgRegion *region = &image->region[i];
            if (region->flags & HG_REGION_WRITABLE && region->bytes &&
                is_likely(image, i) == likely)
                search_region(image, region, found);
        }
    return found;
}
