/* elf-symbols.h - dynamic symbols, read from the memory of the program that uses them.
 *
 * The tables the dynamic linker works with are mapped with every program and library, so no
 * file is needed: it works for files that were deleted, that lie in another mount namespace,
 * or of which there is only a core.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/image.h"

/* An ELF file loaded at some address, checked to be one for x86-64. Addresses of the target. */
typedef struct {
    uint64_t base;       /* where its header is */
    uint64_t bias;       /* to be added to the addresses in the file */
    uint64_t start, end; /* what it covers, data included */
    uint64_t symbols, strings, strings_size, hash;
} HgElf;

typedef enum {
    HG_ELF_NONE,    /* no ELF file there, or a damaged one */
    HG_ELF_FOREIGN, /* for 32-bit or another processor */
    HG_ELF_FINE,
} HgElfKind;

/* Fills [elf] with what is loaded at [base]; only if HG_ELF_FINE is returned. */
HgElfKind hg_elf_read(HgElf *elf, HgImage *image, uint64_t base);

/* Returns: the address of the symbol [name] that [elf] defines, or 0. */
uint64_t hg_elf_find_symbol(const HgElf *elf, HgImage *image, const char *name);
