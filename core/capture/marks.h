/* marks.h - what the walk knows of each address of an image.
 *
 * One 16-bit mark for every eight bytes of memory that may hold objects, so an address leads
 * to its mark and its bytes with one look-up, and going through the marks in order gives the
 * objects in the order of their addresses. Marks of memory without objects are never touched
 * and cost nothing.
 *
 *      15 .. 7   references found, 511 and more: see the table beside
 *       6        static or immortal, and so a root
 *       5        its surplus of references makes it a root
 *       4 .. 3   generation of the collector
 *       2        on a list of the collector
 *       1        reached from a known root
 *       0        known to be an object
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/image.h"

typedef uint16_t HgMark;

enum {
    HG_MARK_KNOWN = 0x01,
    HG_MARK_REACHED = 0x02,
    HG_MARK_TRACKED = 0x04,
    HG_MARK_GENERATION = 0x18,
    HG_MARK_EXTERNAL = 0x20,
    HG_MARK_STATIC = 0x40,
    HG_MARK_COUNT = 0xff80,
};
#define HG_MARK_GENERATION_SHIFT 3
#define HG_MARK_COUNT_SHIFT 7
#define HG_MARK_COUNT_MAX (HG_MARK_COUNT >> HG_MARK_COUNT_SHIFT)

/* Marked memory: a run of regions of the image. */
typedef struct {
    uint64_t start, size;
    const uint8_t *bytes;
    HgMark *mark;  /* size / 8 of them, and zeros up to a whole group */
    uint8_t *page; /* whether there are marks at all in HG_MARKS_PAGE of them */
} HgMarkedRegion;
#define HG_MARKS_PAGE 512
#define HG_MARKS_GROUP 4 /* of them are a word */

#define HG_MARKS_SLOTS 4096
#define HG_MARKS_SLOT_SHIFT 20

typedef struct {
    HgImage *image;
    HgMarkedRegion slot[HG_MARKS_SLOTS]; /* by megabyte; size 0: empty */
    HgMarkedRegion *region;              /* in the order of their addresses */
    size_t n_regions;
    HgMark *all;        /* marks of all regions */
    size_t size;        /* of them, in bytes */
    GHashTable *more;   /* address -> references beyond what a mark can count */
    uint64_t *last[16]; /* of them, by address: those counted last, address and count */
} HgMarks;

/* Fills [marks], all zero, for all memory that is in [image], which it borrows; hg_marks_clear().
 */
bool hg_marks_init(HgMarks *marks, HgImage *image, GError **error);
void hg_marks_clear(HgMarks *marks);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgMarks, hg_marks_clear)

/* The slow path of hg_marks_find(). */
const HgMarkedRegion *hg_marks_find_region(HgMarks *marks, uint64_t address);

/* Returns: the mark of [address], or NULL if no object can be there. [bytes] and [n_bytes]
 * tell its memory up to the end of the region. */
static inline HgMark *
hg_marks_find(HgMarks *marks, uint64_t address, const uint8_t **bytes, uint64_t *n_bytes)
{
    const HgMarkedRegion *region =
        &marks->slot[(address >> HG_MARKS_SLOT_SHIFT) & (HG_MARKS_SLOTS - 1)];
    if (address & 7)
        return NULL;
    if (address - region->start >= region->size) {
        region = hg_marks_find_region(marks, address);
        if (!region)
            return NULL;
    }
    uint64_t offset = address - region->start;
    *bytes = region->bytes + offset;
    *n_bytes = region->size - offset;
    return &region->mark[offset >> 3];
}

/* Has the processor bring in the mark of [address] and its memory, which are about to be looked at:
 * objects lie everywhere, and most of the time of a walk goes by waiting for them. */
static inline void
hg_marks_prefetch(const HgMarks *marks, uint64_t address)
{
    const HgMarkedRegion *region =
        &marks->slot[(address >> HG_MARKS_SLOT_SHIFT) & (HG_MARKS_SLOTS - 1)];
    uint64_t offset = address - region->start;
    if (offset >= region->size)
        return;
    __builtin_prefetch(&region->mark[offset >> 3], 1);
    __builtin_prefetch(region->bytes + offset);
}

/* Says that [address], of which there is a mark, will be marked. */
static inline void
hg_marks_use(HgMarks *marks, uint64_t address)
{
    const HgMarkedRegion *region =
        &marks->slot[(address >> HG_MARKS_SLOT_SHIFT) & (HG_MARKS_SLOTS - 1)];
    if (address - region->start >= region->size)
        region = hg_marks_find_region(marks, address);
    region->page[(address - region->start) / 8 / HG_MARKS_PAGE] = 1;
}

/* Counts one reference to the object at [address], whose mark is [mark]. */
void hg_marks_count_more(HgMarks *marks, uint64_t address);
static inline void
hg_marks_count(HgMarks *marks, uint64_t address, HgMark *mark)
{
    if (G_LIKELY(*mark >> HG_MARK_COUNT_SHIFT < HG_MARK_COUNT_MAX))
        *mark += 1 << HG_MARK_COUNT_SHIFT;
    else
        hg_marks_count_more(marks, address);
}

/* Returns: how many references to it have been counted. */
uint64_t hg_marks_get_count(HgMarks *marks, uint64_t address, HgMark mark);
