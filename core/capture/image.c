/* image.c - the memory of a process at one moment, live or from a core.
 * SPDX-License-Identifier: MIT */
#include "core/capture/image.h"

#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/capture/image-private.h"
#include "core/capture/image-process.h"
#include "core/error.h"

HgImage *
hg_image_new_empty(const char *source)
{
    HgImage *image = g_new0(HgImage, 1);
    struct HgImagePrivate *private = g_new0(struct HgImagePrivate, 1);
    private->region = g_array_new(FALSE, TRUE, sizeof(HgRegion));
    private->lazy = g_array_new(FALSE, TRUE, sizeof(HgImageLazy));
    private->loaded = g_byte_array_new();
    private->mapping = g_array_new(FALSE, TRUE, sizeof(HgImageMapping));
    private->texts = g_string_chunk_new(4096);
    private->remark = g_ptr_array_new();
    g_ptr_array_add(private->remark, NULL);
    image->private_data = private;
    image->origin.source = source;
    image->origin.root = "";
    return image;
}

void
hg_image_free(HgImage *image)
{
    if (!image)
        return;
    struct HgImagePrivate *private = image->private_data;
    for (guint i = 0; i < private->mapping->len; i++) {
        HgImageMapping *mapping = &g_array_index(private->mapping, HgImageMapping, i);
        munmap(mapping->bytes, mapping->size);
    }
    g_array_unref(private->region);
    g_array_unref(private->lazy);
    g_byte_array_unref(private->loaded);
    g_array_unref(private->mapping);
    g_string_chunk_free(private->texts);
    g_ptr_array_unref(private->remark);
    g_free(private);
    g_free(image->thread);
    g_free(image);
}

const char *
hg_image_keep_text(HgImage *image, const char *text)
{
    return text ? g_string_chunk_insert_const(image->private_data->texts, text) : NULL;
}

void
hg_image_add_remark(HgImage *image, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    GPtrArray *remark = image->private_data->remark;
    g_ptr_array_insert(remark, (int)remark->len - 1, (void *)hg_image_keep_text(image, text));
}

const char *const *
hg_image_get_remarks(const HgImage *image)
{
    return (const char *const *)(void *)image->private_data->remark->pdata;
}

/* [user_data] is the number of the process, which is that of its main thread. */
static int
compare_threads(const void *a, const void *b, void *user_data)
{
    const HgImageThread *first = a, *second = b;
    int main_thread = GPOINTER_TO_INT(user_data);
    if ((first->id == main_thread) != (second->id == main_thread))
        return first->id == main_thread ? -1 : 1;
    return first->id < second->id ? -1 : first->id > second->id;
}

void
hg_image_sort_threads(HgImage *image)
{
    g_qsort_with_data(image->thread, (int)image->n_threads, sizeof *image->thread, compare_threads,
                      GINT_TO_POINTER(image->origin.pid));
}

void
hg_image_add_mapping(HgImage *image, void *bytes, size_t size)
{
    HgImageMapping mapping = {.bytes = bytes, .size = size};
    g_array_append_val(image->private_data->mapping, mapping);
}

void
hg_image_add_region(HgImage *image, const HgRegion *region)
{
    HgRegion copy = *region;
    copy.file = hg_image_keep_text(image, region->file);
    g_array_append_val(image->private_data->region, copy);
}

void
hg_image_add_lazy(HgImage *image, uint64_t start, uint64_t size, const uint8_t *from, uint8_t *to)
{
    HgImageLazy lazy = {.start = start, .size = size, .from = from, .to = to};
    g_array_append_val(image->private_data->lazy, lazy);
}

static int
compare_regions(const void *a, const void *b)
{
    const HgRegion *first = a, *second = b;
    return first->start < second->start ? -1 : first->start > second->start;
}

bool
hg_image_finish(HgImage *image, GError **error)
{
    struct HgImagePrivate *private = image->private_data;
    g_array_sort(private->region, compare_regions);
    g_byte_array_set_size(private->loaded, private->region->len);
    if (private->region->len)
        memset(private->loaded->data, 0, private->region->len);
    image->region = (HgRegion *)(void *)private->region->data;
    image->n_regions = private->region->len;
    for (size_t i = 1; i < image->n_regions; i++) {
        if (image->region[i].start >= image->region[i - 1].end)
            continue;
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT,
                    "the mapping at 0x%" PRIx64 " overlaps another", image->region[i].start);
        return false;
    }
    return true;
}

const HgRegion *
hg_image_find_region(const HgImage *image, uint64_t address)
{
    size_t low = 0, high = image->n_regions;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (image->region[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    bool inside = low < image->n_regions && address >= image->region[low].start;
    return inside ? &image->region[low] : NULL;
}

bool
hg_image_copy_safely(void *to, const void *from, size_t size)
{
    struct iovec local = {.iov_base = to, .iov_len = size};
    struct iovec remote = {.iov_base = (void *)from, .iov_len = size};
    return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* Brings in what lies in [region] and was put off, once. */
static void
load_lazy(HgImage *image, const HgRegion *region)
{
    struct HgImagePrivate *private = image->private_data;
    uint8_t *loaded = &private->loaded->data[region - image->region];
    for (guint i = 0; !*loaded && i < private->lazy->len; i++) {
        const HgImageLazy *part = &g_array_index(private->lazy, HgImageLazy, i);
        if (part->start >= region->start && part->start < region->end)
            hg_image_copy_safely(part->to, part->from, part->size);
    }
    *loaded = 1;
}

static bool
follows(const HgRegion *before, const HgRegion *region)
{
    return before->bytes && region->bytes && before->end == region->start &&
           before->bytes + (before->end - before->start) == region->bytes;
}

HgRegionRun
hg_image_get_run(const HgImage *image, const HgRegion *region)
{
    const HgRegion *end = image->region + image->n_regions;
    HgRegionRun run = {region, region};
    while (run.first > image->region && follows(run.first - 1, run.first))
        run.first--;
    while (run.last + 1 < end && follows(run.last, run.last + 1))
        run.last++;
    return run;
}

const uint8_t *
hg_image_find_slowly(HgImage *image, uint64_t address, uint64_t size)
{
    const HgRegion *region = hg_image_find_region(image, address);
    if (!region || !region->bytes)
        return NULL;
    uint8_t *bytes = (uint8_t *)region->bytes + (address - region->start);
    if (image->private_data->live_pid)
        return size <= region->end - address &&
                       hg_image_peek(image->private_data->live_pid, address, bytes, size)
                   ? bytes
                   : NULL;
    HgRegionRun run = hg_image_get_run(image, region);
    if (size > run.last->end - address)
        return NULL;
    for (const HgRegion *each = run.first; each <= run.last; each++)
        load_lazy(image, each);
    image->slot[(address >> HG_IMAGE_SLOT_SHIFT) & (HG_IMAGE_SLOTS - 1)] =
        (HgImageSlot){.start = run.first->start,
                      .size = run.last->end - run.first->start,
                      .bytes = run.first->bytes};
    return bytes;
}

/* A live image copies what it is asked for, so the text comes page by page. */
static const char *
find_live_text(HgImage *image, uint64_t address, size_t max)
{
    for (size_t size = 0; size < max;) {
        size_t part = MIN(max - size, 4096 - ((address + size) & 4095));
        const uint8_t *bytes = hg_image_find(image, address + size, part);
        if (!bytes)
            return NULL;
        if (memchr(bytes, 0, part))
            return (const char *)bytes - size;
        size += part;
    }
    return NULL;
}

const char *
hg_image_find_text(HgImage *image, uint64_t address, size_t max)
{
    if (image->private_data->live_pid)
        return find_live_text(image, address, max);
    const HgRegion *region = hg_image_find_region(image, address);
    if (!region)
        return NULL;
    size_t size = MIN(max, region->end - address);
    const uint8_t *bytes = hg_image_find(image, address, size);
    return bytes && memchr(bytes, 0, size) ? (const char *)bytes : NULL;
}

static bool
is_that_file(int file, uint64_t inode, size_t *size)
{
    struct stat status;
    if (fstat(file, &status) || !S_ISREG(status.st_mode) || status.st_size <= 0)
        return false;
    *size = (size_t)status.st_size;
    return !inode || status.st_ino == inode;
}

const uint8_t *
hg_image_map_elf(HgImage *image, const char *path, uint64_t inode, size_t *size)
{
    /* O_NONBLOCK: the name may be that of a pipe by now */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return NULL;
    char magic[SELFMAG] = "";
    uint8_t *bytes = MAP_FAILED;
    if (is_that_file(file, inode, size) && pread(file, magic, SELFMAG, 0) == SELFMAG &&
        !memcmp(magic, ELFMAG, SELFMAG))
        bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (bytes == MAP_FAILED)
        return NULL;
    hg_image_add_mapping(image, bytes, *size);
    return bytes;
}
