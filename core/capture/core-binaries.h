/* core-binaries.h - the programs and libraries a core leaves out, and whether those here are they.
 *
 * A core names every mapped file. Code and read-only data of a program are mostly not in it: they
 * come from the file, if it is the same build still. The build id tells; the kernel puts the first
 * page of each program into a core, which has it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/image.h"

typedef struct {
    const char *name;     /* as the process saw it */
    const uint8_t *bytes; /* of the file here, or NULL */
    size_t size;
    const char *problem; /* why there are no bytes, or NULL */
    char build_id[65];   /* that of the core, hexadecimal, or "" */
    bool is_elf;         /* the core has its first bytes, and they are those of a program */
    bool is_needed;      /* some of it is not in the core */
} HgCoreBinary;

typedef struct {
    HgImage *image;
    const HgImageOpenOptions *options;
    const char *executable; /* what the process ran, as it saw it, or NULL */
    GHashTable *binary;     /* name to HgCoreBinary */
    GPtrArray *all;         /* the same in order of first look */
} HgCoreBinaries;

void hg_core_binaries_init(HgCoreBinaries *binaries, HgImage *image,
                           const HgImageOpenOptions *options);
void hg_core_binaries_clear(HgCoreBinaries *binaries);

/* Returns: the file called [name], which lives as long as the image; opened when first asked. */
HgCoreBinary *hg_core_binaries_find(HgCoreBinaries *binaries, const char *name);

/* Compares the file here with [region], the core's bytes of its beginning. Returns: false if the
 * caller named this program and it is another one. */
bool hg_core_binaries_check(HgCoreBinaries *binaries, const HgRegion *region, GError **error);

/* Adds a remark to the image for each program that is missing, what may be Python itself first: its
 * name and build id, why, and what is not known without it. */
void hg_core_binaries_tell_missing(const HgCoreBinaries *binaries);
