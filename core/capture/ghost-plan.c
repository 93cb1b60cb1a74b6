/* ghost-plan.c - how the pages of an image come to where they were in the target.
 * SPDX-License-Identifier: MIT */
#include "core/capture/ghost-plan.h"

#include <sys/mman.h>

#include "core/capture/image-private.h"

#define PAGE 4096ull
#define HUGE_PAGE (2ull << 20) /* whole ones move at once, if they stay aligned */
#define ADDRESS_MIN (1ull << 20)
#define ADDRESS_END 0x7ffffffff000ull

typedef struct {
    uint64_t start, end;
} Range;

/* Pages that are to be moved. */
typedef struct {
    uint64_t from, to, size;
} Piece;

static uint64_t
page_down(uint64_t address)
{
    return address & ~(PAGE - 1);
}

static uint64_t
page_up(uint64_t address)
{
    return page_down(address + PAGE - 1);
}

static int
compare_ranges(const void *a, const void *b)
{
    const Range *first = a, *second = b;
    return first->start < second->start ? -1 : first->start > second->start;
}

static bool
is_placeable(const HgRegion *region)
{
    return region->bytes && region->start >= PAGE && region->end <= ADDRESS_END &&
           !(region->start & (PAGE - 1));
}

/* ---- pages of files that were not looked at yet --------------------------------------------- */

static bool
is_loaded(const HgImage *image, const HgRegion *region)
{
    return image->private_data->loaded->data[region - image->region];
}

static int
compare_lazy(const void *a, const void *b)
{
    const HgImageLazy *first = a, *second = b;
    return first->from < second->from ? -1 : first->from > second->from;
}

/* A page of a file that belongs to two regions, or is not at the beginning of one, cannot be
 * moved: the image is made to copy it. */
static void
load_shared(HgImage *image)
{
    const GArray *lazy = image->private_data->lazy;
    g_autofree HgImageLazy *part = g_memdup2(lazy->data, lazy->len * sizeof *part);
    uintptr_t taken = 0;
    if (lazy->len > 0)
        qsort(part, lazy->len, sizeof *part, compare_lazy);
    for (guint i = 0; i < lazy->len; i++) {
        uintptr_t from = (uintptr_t)part[i].from;
        const HgRegion *region = hg_image_find_region(image, part[i].start);
        bool is_own = from >= taken && !(from & (PAGE - 1)) && !(part[i].start & (PAGE - 1));
        if (is_own)
            taken = page_up(from + part[i].size);
        else if (region)
            hg_image_find(image, region->start, 1);
    }
}

static void
add_pieces_of_files(const HgImage *image, GArray *pieces)
{
    const GArray *lazy = image->private_data->lazy;
    for (guint i = 0; i < lazy->len; i++) {
        const HgImageLazy *part = &g_array_index(lazy, HgImageLazy, i);
        const HgRegion *region = hg_image_find_region(image, part->start);
        Piece piece = {(uintptr_t)part->from, part->start, page_up(part->size)};
        if (region && is_placeable(region) && !is_loaded(image, region) && part->size > 0)
            g_array_append_val(pieces, piece);
    }
}

/* ---- pages of the image itself -------------------------------------------------------------- */

/* Memory that lies across pages here: a core file need not keep segments at pages. */
static uint64_t
align(HgGhostPlan *plan, const HgRegion *region, uint64_t size)
{
    void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED)
        return 0;
    HgImageMapping mapping = {.bytes = bytes, .size = size};
    g_array_append_val(plan->aligned, mapping);
    hg_image_copy_safely(bytes, region->bytes, region->end - region->start);
    return (uintptr_t)bytes;
}

static void
add_pieces_of_memory(HgGhostPlan *plan, const HgImage *image, GArray *pieces)
{
    for (size_t i = 0; i < image->n_regions; i++) {
        const HgRegion *region = &image->region[i];
        if (!is_placeable(region))
            continue;
        bool is_aligned = !((uintptr_t)region->bytes & (PAGE - 1)) && !(region->end & (PAGE - 1));
        uint64_t size = page_up(region->end - region->start);
        Piece piece = {(uintptr_t)region->bytes, region->start, size};
        if (!is_aligned)
            piece.from = align(plan, region, size);
        if (piece.from)
            g_array_append_val(pieces, piece);
    }
}

/* ---- room ----------------------------------------------------------------------------------- */

static GArray *
list_destinations(const HgImage *image)
{
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(Range));
    for (size_t i = 0; i < image->n_regions; i++) {
        Range range = {page_down(image->region[i].start), page_up(image->region[i].end)};
        g_array_append_val(ranges, range);
    }
    return ranges;
}

/* Returns: the first address from [from] on with [size] bytes outside of [ranges], which are in
 * order but may overlap; or 0. */
static uint64_t
find_gap(const GArray *ranges, uint64_t from, uint64_t size)
{
    for (guint i = 0; i < ranges->len; i++) {
        const Range *range = &g_array_index(ranges, Range, i);
        if (range->end <= from)
            continue;
        if (range->start >= from && range->start - from >= size)
            break;
        from = MAX(from, range->end);
    }
    return from < ADDRESS_END && ADDRESS_END - from >= size ? from : 0;
}

uint64_t
hg_ghost_plan_find_room(const HgImage *image, uint64_t from, uint64_t size)
{
    g_autoptr(GArray) ranges = list_destinations(image);
    return find_gap(ranges, MAX(page_up(from), ADDRESS_MIN), size);
}

static bool
overlaps(const GArray *ranges, uint64_t start, uint64_t end)
{
    guint low = 0, high = ranges->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(ranges, Range, middle).end <= start)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ranges->len && g_array_index(ranges, Range, low).start < end;
}

/* ---- steps ---------------------------------------------------------------------------------- */

static void
add_step(HgGhostPlan *plan, HgGhostAct act, uint64_t from, uint64_t to, uint64_t size,
         int protection)
{
    HgGhostStep step = {act, protection, from, to, size};
    g_array_append_val(plan->step, step);
}

static GArray *
list_sources(const GArray *pieces, uint64_t keep, uint64_t keep_size)
{
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(Range));
    Range range = {keep, keep + keep_size};
    g_array_append_val(ranges, range);
    for (guint i = 0; i < pieces->len; i++) {
        const Piece *piece = &g_array_index(pieces, Piece, i);
        range = (Range){piece->from, piece->from + piece->size};
        g_array_append_val(ranges, range);
    }
    g_array_sort(ranges, compare_ranges);
    return ranges;
}

static void
unmap_the_rest(HgGhostPlan *plan, const GArray *sources)
{
    uint64_t at = 0;
    for (guint i = 0; i < sources->len; i++) {
        const Range *range = &g_array_index(sources, Range, i);
        if (range->start > at)
            add_step(plan, HG_GHOST_UNMAP, at, 0, range->start - at, 0);
        at = MAX(at, range->end);
    }
    add_step(plan, HG_GHOST_UNMAP, at, 0, ADDRESS_END - at, 0);
}

/* Moves what lies where something is to go to a place where nothing is, nor will be. */
static void
clear_the_way(HgGhostPlan *plan, const HgImage *image, const GArray *sources, GArray *pieces)
{
    g_autoptr(GArray) destinations = list_destinations(image);
    g_autoptr(GArray) all = list_destinations(image);
    g_array_append_vals(all, sources->data, sources->len);
    g_array_sort(all, compare_ranges);
    uint64_t at = ADDRESS_MIN;
    for (guint i = 0; i < pieces->len; i++) {
        Piece *piece = &g_array_index(pieces, Piece, i);
        if (!overlaps(destinations, piece->from, piece->from + piece->size))
            continue;
        uint64_t room = find_gap(all, at, piece->size + 2 * HUGE_PAGE);
        if (!room)
            return; /* the ghost will fail to be placed, and say so */
        uint64_t to = ((room + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1)) + piece->from % HUGE_PAGE;
        add_step(plan, HG_GHOST_MOVE, piece->from, to, piece->size, 0);
        piece->from = to;
        at = page_up(to + piece->size);
    }
}

/* gdb says of no segment of a core that it is code: all of a file that is not data may be. */
static void
protect(HgGhostPlan *plan, const HgImage *image)
{
    bool is_core = g_str_equal(image->origin.source, "core");
    for (size_t i = 0; i < image->n_regions; i++) {
        const HgRegion *region = &image->region[i];
        bool is_writable = region->flags & HG_REGION_WRITABLE;
        bool is_executable =
            region->flags & HG_REGION_EXECUTABLE || (is_core && region->file && !is_writable);
        if (is_placeable(region))
            add_step(plan, HG_GHOST_PROTECT, 0, region->start, page_up(region->end) - region->start,
                     PROT_READ | (is_writable ? PROT_WRITE : 0) | (is_executable ? PROT_EXEC : 0));
    }
}

void
hg_ghost_plan_init(HgGhostPlan *plan, HgImage *image, uint64_t keep, uint64_t keep_size)
{
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    plan->step = g_array_new(FALSE, FALSE, sizeof(HgGhostStep));
    plan->aligned = g_array_new(FALSE, FALSE, sizeof(HgImageMapping));
    load_shared(image);
    add_pieces_of_memory(plan, image, pieces);
    add_pieces_of_files(image, pieces);
    g_autoptr(GArray) sources = list_sources(pieces, keep, keep_size);
    unmap_the_rest(plan, sources);
    clear_the_way(plan, image, sources, pieces);
    for (guint i = 0; i < pieces->len; i++) {
        const Piece *piece = &g_array_index(pieces, Piece, i);
        add_step(plan, HG_GHOST_MOVE, piece->from, piece->to, piece->size, 0);
    }
    protect(plan, image);
}

void
hg_ghost_plan_clear(HgGhostPlan *plan)
{
    for (guint i = 0; plan->aligned && i < plan->aligned->len; i++) {
        HgImageMapping *mapping = &g_array_index(plan->aligned, HgImageMapping, i);
        munmap(mapping->bytes, mapping->size);
    }
    g_clear_pointer(&plan->aligned, g_array_unref);
    g_clear_pointer(&plan->step, g_array_unref);
}
