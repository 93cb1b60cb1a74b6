/* marks.c - what the walk knows of each address of an image.
 * SPDX-License-Identifier: MIT */
#include "core/capture/marks.h"
#include "core/error.h"

#include <sys/mman.h>

/* Marks of so much memory and more lie in huge pages: they are looked at in no order. */
#define HUGE_MIN (32ull << 20)

/* Returns: how many marks the region has. They are looked at in groups: the last one may lie over
 * the end. */
static uint64_t
count_marks(const HgMarkedRegion *region)
{
    return (region->size / 8 / HG_MARKS_GROUP + 1) * HG_MARKS_GROUP;
}

static void
find_regions(HgMarks *marks)
{
    HgImage *image = marks->image;
    marks->region = g_new0(HgMarkedRegion, image->n_regions);
    for (size_t i = 0; i < image->n_regions; i++) {
        HgRegionRun run = hg_image_get_run(image, &image->region[i]);
        const HgRegion *first = run.first;
        i = (size_t)(run.last - image->region);
        if (!first->bytes || first->start & 7 || run.last->end - first->start < 16)
            continue;
        HgMarkedRegion *region = &marks->region[marks->n_regions++];
        *region = (HgMarkedRegion){.start = first->start,
                                   .size = (run.last->end - first->start) & ~7ull,
                                   .bytes = first->bytes};
        region->page = g_malloc0(region->size / 8 / HG_MARKS_PAGE + 1);
        marks->size += count_marks(region) * sizeof(HgMark);
    }
}

/* Reserves untouched memory, which costs nothing until written to. */
static bool
reserve_marks(HgMarks *marks, GError **error)
{
    if (!marks->size)
        return true;
    HgMark *all = mmap(NULL, marks->size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED) {
        g_set_error(error, HG_ERROR, HG_ERROR_MEMORY, "no memory for the marks of %zu bytes",
                    marks->size / sizeof(HgMark) * 8);
        return false;
    }
    marks->all = all;
    if (marks->size >= HUGE_MIN / 8 * sizeof(HgMark))
        madvise(all, marks->size, MADV_HUGEPAGE);
    for (size_t i = 0; i < marks->n_regions; i++) {
        marks->region[i].mark = all;
        all += count_marks(&marks->region[i]);
    }
    return true;
}

bool
hg_marks_init(HgMarks *marks, HgImage *image, GError **error)
{
    memset(marks, 0, sizeof *marks);
    marks->image = image;
    marks->more = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    find_regions(marks);
    return reserve_marks(marks, error);
}

void
hg_marks_clear(HgMarks *marks)
{
    if (marks->all)
        munmap(marks->all, marks->size);
    marks->all = NULL;
    for (size_t i = 0; i < marks->n_regions; i++)
        g_free(marks->region[i].page);
    g_clear_pointer(&marks->region, g_free);
    g_clear_pointer(&marks->more, g_hash_table_unref);
    marks->n_regions = 0;
}

const HgMarkedRegion *
hg_marks_find_region(HgMarks *marks, uint64_t address)
{
    size_t low = 0;
    size_t high = marks->n_regions;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (marks->region[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || address - marks->region[low - 1].start >= marks->region[low - 1].size)
        return NULL;
    hg_image_find(marks->image, address, 1); /* brings in what was put off */
    HgMarkedRegion *slot = &marks->slot[(address >> HG_MARKS_SLOT_SHIFT) & (HG_MARKS_SLOTS - 1)];
    *slot = marks->region[low - 1];
    return slot;
}

/* An object with more references than its mark can count. A few objects have most of them all, so
 * those counted last are at hand. */
enum {
    MORE_ADDRESS,
    MORE_COUNT,
    N_MORE
};

void
hg_marks_count_more(HgMarks *marks, uint64_t address)
{
    uint64_t **slot = &marks->last[(address >> 5) % G_N_ELEMENTS(marks->last)];
    if (!*slot || (*slot)[MORE_ADDRESS] != address) {
        *slot = g_hash_table_lookup(marks->more, &address);
        if (!*slot) {
            *slot = g_new0(uint64_t, N_MORE);
            (*slot)[MORE_ADDRESS] = address;
            g_hash_table_insert(marks->more, *slot, *slot);
        }
    }
    (*slot)[MORE_COUNT]++;
}

uint64_t
hg_marks_get_count(HgMarks *marks, uint64_t address, HgMark mark)
{
    uint64_t count = mark >> HG_MARK_COUNT_SHIFT;
    const uint64_t *more =
        count == HG_MARK_COUNT_MAX ? g_hash_table_lookup(marks->more, &address) : NULL;
    return count + (more ? more[MORE_COUNT] : 0);
}
