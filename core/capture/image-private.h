/* image-private.h - how an image is put together, for those that make one.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/image.h"

/* Bytes that come from a file on the first look-up: from [file_bytes], a mapping of the file,
 * to [region]'s own bytes. Copying keeps a file that shrinks meanwhile from killing us. */
typedef struct {
    uint64_t start, size; /* addresses of the target */
    const uint8_t *from;
    uint8_t *to;
} HgImageLazy;

typedef struct {
    void *bytes;
    size_t size;
} HgImageMapping;

struct HgImagePrivate {
    GArray *region;     /* HgRegion, until hg_image_finish() */
    GArray *lazy;       /* HgImageLazy */
    GByteArray *loaded; /* a byte a region: what was put off is there */
    GArray *mapping;    /* HgImageMapping, unmapped with the image */
    GStringChunk *texts;
    GPtrArray *remark; /* texts, with NULL at the end */
    int live_pid;      /* not 0: every look-up copies anew from this process */
};

/* Returns: an image without regions. */
HgImage *hg_image_new_empty(const char *source);

/* Adds a region; its file is copied. */
void hg_image_add_region(HgImage *image, const HgRegion *region);

/* Says that [size] bytes at [start] come from [from] when first looked at. */
void hg_image_add_lazy(HgImage *image, uint64_t start, uint64_t size, const uint8_t *from,
                       uint8_t *to);

/* The image unmaps [bytes] when it is freed. */
void hg_image_add_mapping(HgImage *image, void *bytes, size_t size);

/* Returns: a copy of [text] that lives as long as the image; NULL for NULL. */
const char *hg_image_keep_text(HgImage *image, const char *text);

/* Adds a sentence to hg_image_get_remarks(). */
void hg_image_add_remark(HgImage *image, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Sorts the threads: the main one first, then by number. */
void hg_image_sort_threads(HgImage *image);

/* Sorts the regions; to be called once, before the first look-up.
 * Returns: false if two overlap. */
bool hg_image_finish(HgImage *image, GError **error);

/* Returns: the file at [path], mapped privately for reading and given to the image, or NULL if it
 * cannot be or is not an ELF file. [inode] not 0: it must be that. */
const uint8_t *hg_image_map_elf(HgImage *image, const char *path, uint64_t inode, size_t *size);

/* Copies memory of this process that may fault: what cannot be read is left alone.
 * Returns: whether all could be read. */
bool hg_image_copy_safely(void *to, const void *from, size_t size);
