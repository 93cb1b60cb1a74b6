/* elf-symbols.c - dynamic symbols, read from the memory of the program that uses them.
 * SPDX-License-Identifier: MIT */
#include "core/capture/elf-symbols.h"

#include <elf.h>

#define HEADERS_MAX 128
#define ENTRIES_MAX 1024
#define CHAIN_MAX 100000

static bool
read_header(HgImage *image, uint64_t base, Elf64_Ehdr *header)
{
    return hg_image_read(image, base, header, sizeof *header) &&
           !memcmp(header->e_ident, ELFMAG, SELFMAG);
}

static bool
is_for_us(const Elf64_Ehdr *header)
{
    return header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_ident[EI_DATA] == ELFDATA2LSB &&
           header->e_machine == EM_X86_64;
}

/* Fills bias, start and end; returns the address of the dynamic section, or 0. */
static uint64_t
read_segments(HgElf *elf, HgImage *image, const Elf64_Ehdr *header)
{
    uint64_t low = UINT64_MAX, high = 0, dynamic = 0;
    for (size_t i = 0; i < MIN(header->e_phnum, HEADERS_MAX); i++) {
        Elf64_Phdr segment;
        uint64_t at = elf->base + header->e_phoff + i * sizeof segment;
        if (!hg_image_read(image, at, &segment, sizeof segment))
            break;
        if (segment.p_type == PT_LOAD) {
            low = MIN(low, segment.p_vaddr & ~4095ull);
            high = MAX(high, segment.p_vaddr + segment.p_memsz);
        } else if (segment.p_type == PT_DYNAMIC) {
            dynamic = segment.p_vaddr;
        }
    }
    elf->bias = elf->base - low;
    elf->start = elf->base;
    elf->end = high + elf->bias;
    return dynamic && low < high ? dynamic + elf->bias : 0;
}

/* glibc adds the bias to these addresses in place, other linkers do not. */
static uint64_t
get_address(const HgElf *elf, uint64_t value)
{
    return value >= elf->start && value < elf->end ? value : value + elf->bias;
}

static void
read_dynamic(HgElf *elf, HgImage *image, uint64_t dynamic)
{
    for (size_t i = 0; i < ENTRIES_MAX; i++) {
        Elf64_Dyn entry;
        if (!hg_image_read(image, dynamic + i * sizeof entry, &entry, sizeof entry) ||
            entry.d_tag == DT_NULL)
            return;
        if (entry.d_tag == DT_SYMTAB)
            elf->symbols = get_address(elf, entry.d_un.d_ptr);
        else if (entry.d_tag == DT_STRTAB)
            elf->strings = get_address(elf, entry.d_un.d_ptr);
        else if (entry.d_tag == DT_STRSZ)
            elf->strings_size = entry.d_un.d_val;
        else if (entry.d_tag == DT_GNU_HASH)
            elf->hash = get_address(elf, entry.d_un.d_ptr);
    }
}

HgElfKind
hg_elf_read(HgElf *elf, HgImage *image, uint64_t base)
{
    Elf64_Ehdr header;
    *elf = (HgElf){.base = base};
    if (!read_header(image, base, &header))
        return HG_ELF_NONE;
    if (!is_for_us(&header))
        return HG_ELF_FOREIGN;
    uint64_t dynamic = read_segments(elf, image, &header);
    if (!dynamic)
        return HG_ELF_NONE;
    read_dynamic(elf, image, dynamic);
    return HG_ELF_FINE;
}

/* Returns: the value of symbol number [number] if it is defined and called [name], else 0. */
static uint64_t
get_symbol(const HgElf *elf, HgImage *image, uint32_t number, const char *name)
{
    Elf64_Sym symbol;
    if (!hg_image_read(image, elf->symbols + number * sizeof symbol, &symbol, sizeof symbol) ||
        symbol.st_shndx == SHN_UNDEF || symbol.st_name >= elf->strings_size)
        return 0;
    const uint8_t *text = hg_image_find(image, elf->strings + symbol.st_name, strlen(name) + 1);
    if (!text || memcmp(text, name, strlen(name) + 1))
        return 0;
    return symbol.st_value + elf->bias;
}

/* The hash function of DT_GNU_HASH (Bernstein's). */
static uint32_t
get_hash(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (uint8_t)*name;
    return hash;
}

uint64_t
hg_elf_find_symbol(const HgElf *elf, HgImage *image, const char *name)
{
    struct {
        uint32_t n_buckets, first, n_blooms, shift;
    } table;
    if (!elf->hash || !hg_image_read(image, elf->hash, &table, sizeof table) || !table.n_buckets)
        return 0;
    uint32_t wanted = get_hash(name);
    uint64_t buckets = elf->hash + sizeof table + table.n_blooms * 8ull;
    uint64_t chains = buckets + table.n_buckets * 4ull;
    uint32_t number = hg_image_get_u32(image, buckets + wanted % table.n_buckets * 4ull);
    if (number < table.first)
        return 0;
    for (size_t i = 0; i < CHAIN_MAX; i++, number++) {
        uint32_t hash;
        if (!hg_image_read(image, chains + (number - table.first) * 4ull, &hash, sizeof hash))
            return 0;
        uint64_t address = (hash | 1) == (wanted | 1) ? get_symbol(elf, image, number, name) : 0;
        if (address || hash & 1)
            return address;
    }
    return 0;
}
