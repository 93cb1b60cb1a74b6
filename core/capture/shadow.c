/* shadow.c - room for a copy of another process's memory, at equal distances.
 * SPDX-License-Identifier: MIT */
#include "core/capture/shadow.h"

#include <errno.h>
#include <sys/mman.h>

#include "core/capture/image-private.h"
#include "core/capture/touched.h"
#include "core/error.h"

#define PAGE 4096ull
#define HUGE_PAGE (2ull << 20)
#define GAP_MAX (1ull << 30) /* farther apart than this: two rooms */
#define SLACK (256ull << 20)

/* Below this a run of pages is not worth huge pages. */
#define HUGE_MIN (8ull << 20)

void
hg_shadow_init(HgShadow *shadow, HgImage *image)
{
    shadow->image = image;
    shadow->room = g_array_new(FALSE, TRUE, sizeof(HgRoom));
}

void
hg_shadow_clear(HgShadow *shadow)
{
    g_clear_pointer(&shadow->room, g_array_unref);
}

/* Returns: whether there is address space for [start, end). The room lies in huge pages as the
 * target's does. */
static bool
add_room(HgShadow *shadow, uint64_t start, uint64_t end)
{
    start &= ~(HUGE_PAGE - 1);
    size_t size = end - start + HUGE_PAGE;
    uint8_t *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED)
        return false;
    hg_image_add_mapping(shadow->image, bytes, size);
    madvise(bytes, size, MADV_NOHUGEPAGE);
    madvise(bytes, size, MADV_DONTDUMP);
    bytes += -(uintptr_t)bytes & (HUGE_PAGE - 1);
    HgRoom room = {.start = start, .end = end, .bytes = bytes};
    g_array_append_val(shadow->room, room);
    return true;
}

static uint64_t
before(uint64_t start, uint64_t slack)
{
    return start > slack ? start - slack : 0;
}

bool
hg_shadow_reserve(HgShadow *shadow, const GArray *ranges, GError **error)
{
    for (guint i = 0, last; i < ranges->len; i = last + 1) {
        const HgRange *range = &g_array_index(ranges, HgRange, 0);
        for (last = i; last + 1 < ranges->len; last++)
            if (range[last + 1].start - range[last].end > GAP_MAX)
                break;
        if (add_room(shadow, before(range[i].start, SLACK), range[last].end + SLACK))
            continue;
        g_set_error(error, HG_ERROR, HG_ERROR_MEMORY, "no address space for a copy of %.1f GB: %s",
                    (double)(range[last].end - range[i].start) / 1e9, g_strerror(errno));
        return false;
    }
    return true;
}

static const HgRoom *
find_room(const HgShadow *shadow, uint64_t start, uint64_t end)
{
    for (guint i = 0; i < shadow->room->len; i++) {
        const HgRoom *room = &g_array_index(shadow->room, HgRoom, i);
        if (start >= room->start && end <= room->end)
            return room;
    }
    return NULL;
}

uint8_t *
hg_shadow_find(HgShadow *shadow, uint64_t start, uint64_t end)
{
    const HgRoom *room = find_room(shadow, start, end);
    if (!room && add_room(shadow, start, end))
        room = &g_array_index(shadow->room, HgRoom, shadow->room->len - 1);
    return room ? room->bytes + (start - room->start) : NULL;
}

/* Kernels before 5.14 cannot be asked to. */
static void
touch_each(volatile uint8_t *bytes, size_t size)
{
    for (size_t offset = 0; offset < size; offset += PAGE)
        bytes[offset] = 0;
}

void
hg_shadow_prefault(HgShadow *shadow, uint64_t start, uint64_t end)
{
    uint8_t *bytes = hg_shadow_find(shadow, start, end);
    if (!bytes)
        return;
    uint64_t huge = (start + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
    if (end > huge && end - huge >= HUGE_MIN)
        madvise(bytes + (huge - start), (end - huge) & ~(HUGE_PAGE - 1), MADV_HUGEPAGE);
    if (madvise(bytes, end - start, MADV_POPULATE_WRITE) && errno == EINVAL)
        touch_each(bytes, end - start);
}
