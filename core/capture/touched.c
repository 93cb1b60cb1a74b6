/* touched.c - which pages of a process hold something of their own.
 * SPDX-License-Identifier: MIT */
#include "core/capture/touched.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/error.h"

#define PAGE 4096ull

/* linux/fs.h of 6.7, which older systems to build on do not have. */
struct scanned {
    uint64_t start, end, categories;
};
struct scan {
    uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
    uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define SCAN _IOWR('f', 16, struct scan)
enum {
    SCAN_FILE = 1 << 2,
    SCAN_PRESENT = 1 << 3,
    SCAN_SWAPPED = 1 << 4,
    SCAN_ZERO = 1 << 5,
};

/* Bits of an entry of pagemap. */
#define PAGEMAP_PRESENT (1ull << 63)
#define PAGEMAP_SWAPPED (1ull << 62)
#define PAGEMAP_FILE (1ull << 61)

bool
hg_touched_open(HgTouched *touched, int pid, GError **error)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/pagemap", pid);
    touched->file = open(path, O_RDONLY | O_CLOEXEC);
    if (touched->file >= 0)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
    return false;
}

void
hg_touched_close(HgTouched *touched)
{
    if (touched->file >= 0)
        close(touched->file);
    touched->file = -1;
}

/* Ranges before number [first] are of another mapping, and stay apart. */
static void
append(GArray *ranges, guint first, uint64_t start, uint64_t end)
{
    HgRange *last = ranges->len > first ? &g_array_index(ranges, HgRange, ranges->len - 1) : NULL;
    if (last && last->end == start) {
        last->end = end;
        return;
    }
    HgRange range = {.start = start, .end = end};
    g_array_append_val(ranges, range);
}

/* Returns: false if this kernel cannot, or not from [*start] on. */
static bool
scan(const HgTouched *touched, uint64_t *start, uint64_t end, GArray *ranges, guint first)
{
    struct scanned found[512];
    while (*start < end) {
        struct scan scan = {
            .size = sizeof scan,
            .start = *start,
            .end = end,
            .vec = (uintptr_t)found,
            .vec_len = G_N_ELEMENTS(found),
            .category_inverted = SCAN_FILE | SCAN_ZERO,
            .category_mask = SCAN_FILE | SCAN_ZERO,
            .category_anyof_mask = SCAN_PRESENT | SCAN_SWAPPED,
            .return_mask = SCAN_PRESENT,
        };
        int n_found = ioctl(touched->file, SCAN, &scan);
        if (n_found < 0 || scan.walk_end <= *start)
            return false;
        for (int i = 0; i < n_found; i++)
            append(ranges, first, found[i].start, found[i].end);
        *start = scan.walk_end;
    }
    return true;
}

static bool
is_own(uint64_t entry)
{
    return entry & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED) && !(entry & PAGEMAP_FILE);
}

/* Page by page, for older kernels. */
static void
read_pages(const HgTouched *touched, uint64_t start, uint64_t end, GArray *ranges, guint first)
{
    uint64_t entry[8192];
    while (start < end) {
        size_t n_entries = MIN((end - start) / PAGE, G_N_ELEMENTS(entry));
        ssize_t size =
            pread(touched->file, entry, n_entries * 8, (off_t)(start / PAGE * sizeof entry[0]));
        if (size < 8) {
            append(ranges, first, start, end);
            return;
        }
        for (ssize_t i = 0; i < size / 8; i++, start += PAGE)
            if (is_own(entry[i]))
                append(ranges, first, start, start + PAGE);
    }
}

void
hg_touched_append(const HgTouched *touched, uint64_t start, uint64_t end, GArray *ranges)
{
    guint first = ranges->len;
    if (!scan(touched, &start, end, ranges, first))
        read_pages(touched, start, end, ranges, first);
}
