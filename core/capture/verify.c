/* verify.c - does memory look as a layout says?
 * SPDX-License-Identifier: MIT */
#include "core/capture/verify.h"

#define ENTRIES_MAX (1u << 16) /* of a dict like that of sys */
#define OB_TYPE 8              /* PyObject's second word, in every regular build */
#define OB_SIZE 16

bool
hg_verify_type_name(HgImage *image, const HgLayout *layout, uint64_t address, const char *name)
{
    uint64_t type = hg_image_get_u64(image, address + OB_TYPE);
    uint64_t text = type ? hg_image_get_u64(image, type + layout->type.tp_name) : 0;
    const char *found = text ? hg_image_find_text(image, text, 64) : NULL;
    return found && !strcmp(found, name);
}

/* ---- one key of a dict ---- */

typedef struct {
    uint64_t entries, n_entries;
    unsigned entry_size, key, value; /* offsets in an entry */
} Entries;

static uint64_t
get_old_index_size(uint64_t n_slots)
{
    return n_slots <= 0xff ? 1 : n_slots <= 0xffff ? 2 : n_slots <= 0xffffffff ? 4 : 8;
}

/* Up to 3.10: the size is a word, every entry has its hash. */
static void
read_old_entries(HgImage *image, const HgLayout *layout, uint64_t keys, Entries *entries)
{
    uint64_t n_slots = hg_image_get_u64(image, keys + layout->dict_keys.dk_size);
    entries->entries = keys + layout->dict_keys.dk_indices + n_slots * get_old_index_size(n_slots);
    entries->entry_size = 24;
    entries->key = 8;
    entries->value = 16;
}

static void
read_new_entries(HgImage *image, const HgLayout *layout, uint64_t keys, Entries *entries)
{
    uint8_t log2_index = 0, kind = 0;
    hg_image_read(image, keys + layout->dict_keys.dk_log2_index_bytes, &log2_index, 1);
    hg_image_read(image, keys + layout->dict_keys.dk_kind, &kind, 1);
    entries->entries = keys + layout->dict_keys.dk_indices + (1ull << (log2_index & 63));
    entries->entry_size = kind ? 16 : 24;
    entries->key = kind ? 0 : 8;
    entries->value = kind ? 8 : 16;
}

static bool
read_entries(HgImage *image, const HgLayout *layout, uint64_t dict, Entries *entries)
{
    uint64_t keys = hg_image_get_u64(image, dict + layout->dict.ma_keys);
    if (!keys || hg_image_get_u64(image, dict + layout->dict.ma_values))
        return false;
    if (layout->dict_keys.dk_log2_size == HG_ABSENT)
        read_old_entries(image, layout, keys, entries);
    else
        read_new_entries(image, layout, keys, entries);
    entries->n_entries = hg_image_get_u64(image, keys + layout->dict_keys.dk_nentries);
    return entries->n_entries <= ENTRIES_MAX;
}

static bool
is_text(HgImage *image, const HgLayout *layout, uint64_t address, const char *text)
{
    size_t size = strlen(text);
    if (hg_image_get_u64(image, address + layout->str.length) != size)
        return false;
    const uint8_t *found = hg_image_find(image, address + layout->str.ascii_size, size + 1);
    return found && !memcmp(found, text, size + 1);
}

/* Returns: the value of a key of few letters in a dict of the ordinary kind, or 0. */
static uint64_t
find_in_dict(HgImage *image, const HgLayout *layout, uint64_t dict, const char *key)
{
    Entries entries;
    if (!read_entries(image, layout, dict, &entries))
        return 0;
    for (uint64_t i = 0; i < entries.n_entries; i++) {
        uint64_t entry = entries.entries + i * entries.entry_size;
        uint64_t found = hg_image_get_u64(image, entry + entries.key);
        if (found && is_text(image, layout, found, key))
            return hg_image_get_u64(image, entry + entries.value);
    }
    return 0;
}

/* ---- the interpreter ---- */

/* Returns: an int of at most two digits of 30 bits, or 0. */
static uint64_t
get_int(HgImage *image, const HgLayout *layout, uint64_t address)
{
    uint64_t size = hg_image_get_u64(image, address + OB_SIZE);
    uint64_t n_digits = layout->integer.lv_tag == HG_ABSENT ? size : size >> 3;
    uint64_t value = hg_image_get_u32(image, address + layout->integer.ob_digit);
    if (n_digits == 2)
        value |= (uint64_t)hg_image_get_u32(image, address + layout->integer.ob_digit + 4) << 30;
    return n_digits == 1 || n_digits == 2 ? value : 0;
}

static void
read_abi_flags(HgImage *image, const HgLayout *layout, uint64_t dict, HgSelfReport *report)
{
    uint64_t flags = find_in_dict(image, layout, dict, "abiflags");
    const char *text =
        flags ? hg_image_find_text(image, flags + layout->str.ascii_size, sizeof report->abi_flags)
              : NULL;
    g_strlcpy(report->abi_flags, text ? text : "", sizeof report->abi_flags);
}

static bool
is_dict(HgImage *image, const HgLayout *layout, uint64_t state, HgOffset field)
{
    uint64_t address = hg_image_get_u64(image, state + field);
    return address && hg_verify_type_name(image, layout, address, "dict");
}

bool
hg_verify_interpreter(HgImage *image, const HgLayout *layout, uint64_t state, HgSelfReport *report)
{
    if (!is_dict(image, layout, state, layout->interpreter.sysdict) ||
        !is_dict(image, layout, state, layout->interpreter.builtins) ||
        !is_dict(image, layout, state, layout->interpreter.modules))
        return false;
    uint64_t sys = hg_image_get_u64(image, state + layout->interpreter.sysdict);
    uint64_t number = find_in_dict(image, layout, sys, "hexversion");
    report->version = (uint32_t)(get_int(image, layout, number) >> 8);
    read_abi_flags(image, layout, sys, report);
    return report->version >> 8 == layout->version >> 8;
}

/* ---- the collector ---- */

#define N_GENERATIONS 3

/* Returns: whether the list with its head at [head] is circular there. */
static bool
is_list(HgImage *image, uint64_t head)
{
    uint64_t next = hg_image_get_u64(image, head);
    uint64_t previous = hg_image_get_u64(image, head + 8);
    return next && previous && !((next | previous) & 3) &&
           (hg_image_get_u64(image, next + 8) & ~3ull) == head &&
           (hg_image_get_u64(image, previous) & ~3ull) == head;
}

static int
count_lists(HgImage *image, const HgLayout *layout, uint64_t first)
{
    int n_lists = 0;
    for (int i = 0; i < N_GENERATIONS; i++)
        n_lists += is_list(image, first + (uint64_t)(i * layout->gc.generation_size));
    return n_lists;
}

/* A thread may have been stopped while it put an object on a list or took it off: then that list
 * is open for a moment. A collection has one in pieces and may be moving another. */
bool
hg_verify_collector(HgImage *image, HgLayout *layout, uint64_t gc, bool collecting)
{
    int n_needed = collecting ? 1 : N_GENERATIONS - 1;
    if (count_lists(image, layout, gc + layout->gc.generations) >= n_needed)
        return true;
    /* what patch releases were seen to do, nearest first */
    static const HgOffset moved[] = {-4, 4, -8, 8, -16, 16};
    for (size_t i = 0; i < G_N_ELEMENTS(moved); i++) {
        HgOffset offset = layout->gc.generations + moved[i];
        if (offset < 0 || count_lists(image, layout, gc + offset) < N_GENERATIONS)
            continue;
        layout->gc.generations = offset;
        return true;
    }
    return false;
}
