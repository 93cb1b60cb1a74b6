/* image.h - the memory of a process at one moment, live or from a core.
 *
 *      process ── copied while stopped ──┐
 *                                        ├──▶ regions, threads ──▶ locate, walk, roots
 *      core file ── mapped ──────────────┘
 *
 * Whoever reads the image need not know which it is. An address is translated by
 * hg_image_find(), which says NULL for anything not wholly inside one region: every
 * pointer from the target goes through it, so a wild one costs nothing but a NULL.
 *
 * Look-ups are many (several for every object): an image has a small direct-mapped table from
 * megabyte to region in front of the binary search. It makes look-ups of an image belong to
 * one thread at a time.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/progress.h"

enum {
    HG_REGION_WRITABLE = 0x01,
    HG_REGION_EXECUTABLE = 0x02,
    HG_REGION_SHARED = 0x04, /* its bytes are not in the image */
    HG_REGION_STACK = 0x08,  /* the main thread's stack */
    HG_REGION_HEAP = 0x10,   /* the [heap] of brk */
};

/* A mapping of the target. */
typedef struct {
    uint64_t start, end;  /* addresses, [start, end) */
    const uint8_t *bytes; /* of the whole region, or NULL: not in the image (code, devices); what
                           * comes from a file is there only after a hg_image_find() in it */
    uint64_t file_offset; /* of start in the file */
    const char *file;     /* path as the target sees it, or NULL for anonymous memory */
    uint32_t flags;       /* HG_REGION_* */
} HgRegion;

/* A thread, as it was when stopped. */
typedef struct {
    int id;                 /* the kernel's number, native_thread_id in Python */
    uint64_t stack_pointer; /* rsp */
    uint64_t instruction;   /* rip */
    uint64_t fs_base;       /* pthread_self(), threading.get_ident() */
    char name[16];          /* as the kernel knows it, may be empty */
} HgImageThread;

/* What taking the image cost the target. */
typedef struct {
    uint32_t n_stops;       /* tries; more than one if a collection was under way */
    uint64_t pause;         /* microseconds, all stops together */
    uint64_t longest_pause; /* microseconds */
    uint64_t copied;        /* bytes copied while it was stopped, in all stops */
    bool during_collection; /* no stop met a good moment: links may be odd */
} HgImageCost;

/* Where the image comes from; texts are owned by the image. */
typedef struct {
    const char *source;     /* "process" or "core" */
    int pid;                /* 0 if unknown */
    bool is_own;            /* a process of the user who captures it */
    uint64_t process_start; /* clock ticks since boot, 0 if unknown */
    const char *boot_id;    /* or NULL */
    const char *arguments;  /* the command line as one text, or NULL */
    const char *executable; /* path as the target sees it, or NULL */
    const char *root;       /* "/proc/1234/root", or the sysroot of a core, or "" */
    uint64_t taken;         /* microseconds since 1970 */
    uint64_t resident;      /* bytes of resident memory (RSS), 0 if unknown */
} HgImageOrigin;

#define HG_IMAGE_SLOTS 1024
#define HG_IMAGE_SLOT_SHIFT 20

/* What the fast path of a look-up needs; the rest is private. */
typedef struct HgImage HgImage;
typedef struct {
    uint64_t start, size;
    const uint8_t *bytes;
} HgImageSlot;
struct HgImage {
    HgImageSlot slot[HG_IMAGE_SLOTS]; /* size 0: empty */
    HgRegion *region;                 /* sorted by start, not overlapping */
    size_t n_regions;
    HgImageThread *thread; /* the main thread first */
    size_t n_threads;
    HgImageOrigin origin;
    HgImageCost cost;
    struct HgImagePrivate *private_data;
};

/* How a core is opened; all zero will do. */
typedef struct {
    const char *sysroot;    /* the folder below which the programs it names lie, "" or NULL: here */
    const char *executable; /* the program itself, or NULL: where the core says */
    bool without_files;     /* look for no program at all */
    bool salvage;           /* take what is whole of a truncated core */
    HgProgress progress;    /* while it is unpacked */
} HgImageOpenOptions;

/* Returns: an image of the core file or saved image at [path]; its bytes are mapped, not read. One
 * that zstd compressed is unpacked first, into a file without a name. Everything in the file is
 * checked. [options] may be NULL. */
HgImage *hg_image_open(const char *path, const HgImageOpenOptions *options, GError **error);

/* As hg_image_open(), from a pipe: it is copied first. */
HgImage *hg_image_open_stream(GInputStream *in, const HgImageOpenOptions *options, GError **error);

/* Returns: whether a file that starts so may be opened as an image: a core, or something that
 * zstd compressed. */
bool hg_image_recognises(const uint8_t *start, size_t size);

/* Returns: false if a file that begins so is compressed, and not by zstd: the error names the
 * program that unpacks it. */
bool hg_image_check_packing(const uint8_t *start, size_t size, GError **error);

/* As hg_image_open(), of [size] bytes in memory, which must outlive the image; no program is
 * looked for. With [salvage] what is whole of a truncated core is taken. */
HgImage *hg_image_open_bytes(const uint8_t *bytes, size_t size, bool salvage, GError **error);

/* Writes the image as an ELF core file (readable by hg_image_open() and by gdb); untouched
 * pages become holes. [path] must not exist; it is created for the owner only. */
bool hg_image_save(HgImage *image, const char *path, GError **error);

/* Frees the image and all its bytes; NULL is fine. */
void hg_image_free(HgImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgImage, hg_image_free)

/* Returns: what is missing or odd, a sentence each, in an array that ends in NULL. Owned by the
 * image. */
const char *const *hg_image_get_remarks(const HgImage *image);

/* Returns: the region [address] lies in, or NULL. Owned by the image. */
const HgRegion *hg_image_find_region(const HgImage *image, uint64_t address);

/* Regions whose addresses and bytes follow each other without a gap: the data of a program and
 * what it has not initialised are two mappings, but one piece of memory to the program. */
typedef struct {
    const HgRegion *first, *last;
} HgRegionRun;

/* Returns: the run [region] belongs to. */
HgRegionRun hg_image_get_run(const HgImage *image, const HgRegion *region);

/* The slow path of hg_image_find(). */
const uint8_t *hg_image_find_slowly(HgImage *image, uint64_t address, uint64_t size);

/* Returns: the [size] bytes at [address], or NULL if they are not all in one run of the image's
 * regions. They may lie unaligned. Owned by the image. */
static inline const uint8_t *
hg_image_find(HgImage *image, uint64_t address, uint64_t size)
{
    const HgImageSlot *slot = &image->slot[(address >> HG_IMAGE_SLOT_SHIFT) & (HG_IMAGE_SLOTS - 1)];
    uint64_t offset = address - slot->start;
    if (offset < slot->size && size <= slot->size - offset)
        return slot->bytes + offset;
    return hg_image_find_slowly(image, address, size);
}

/* Reads one value at [address]; false, and nothing written, if it is not in the image. */
static inline bool
hg_image_read(HgImage *image, uint64_t address, void *to, size_t size)
{
    const uint8_t *bytes = hg_image_find(image, address, size);
    if (!bytes)
        return false;
    memcpy(to, bytes, size);
    return true;
}

/* Returns: the value at [address], or 0 if it is not in the image. */
static inline uint64_t
hg_image_get_u64(HgImage *image, uint64_t address)
{
    uint64_t value = 0;
    hg_image_read(image, address, &value, sizeof value);
    return value;
}

static inline uint32_t
hg_image_get_u32(HgImage *image, uint64_t address)
{
    uint32_t value = 0;
    hg_image_read(image, address, &value, sizeof value);
    return value;
}

/* Returns: the text ending in NUL at [address], or NULL if there is none of at most [max] bytes
 * in its region. Owned by the image. */
const char *hg_image_find_text(HgImage *image, uint64_t address, size_t max);
