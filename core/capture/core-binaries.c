/* core-binaries.c - the programs and libraries a core leaves out, and whether those here are they.
 * SPDX-License-Identifier: MIT */
#include "core/capture/core-binaries.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <libelf.h>
#include <unistd.h>

#include "core/capture/image-private.h"
#include "core/error.h"

/* The note with the build id stands near the beginning of a program. */
#define START_SIZE 65536
#define BUILD_ID_MAX 32
#define PAGE 4096ull

void
hg_core_binaries_init(HgCoreBinaries *binaries, HgImage *image, const HgImageOpenOptions *options)
{
    *binaries = (HgCoreBinaries){.image = image, .options = options};
    binaries->binary = g_hash_table_new(g_str_hash, g_str_equal);
    binaries->all = g_ptr_array_new_with_free_func(g_free);
}

void
hg_core_binaries_clear(HgCoreBinaries *binaries)
{
    g_clear_pointer(&binaries->binary, g_hash_table_unref);
    g_clear_pointer(&binaries->all, g_ptr_array_unref);
}

/* ---- finding ---- */

/* Returns: where the file lies here; g_free(). */
static char *
dup_path(const HgCoreBinaries *binaries, const char *name)
{
    const HgImageOpenOptions *options = binaries->options;
    if (options->executable && !g_strcmp0(name, binaries->executable))
        return g_strdup(options->executable);
    const char *sysroot = options->sysroot ? options->sysroot : "";
    return g_strconcat(sysroot, name, NULL);
}

HgCoreBinary *
hg_core_binaries_find(HgCoreBinaries *binaries, const char *name)
{
    HgCoreBinary *binary = g_hash_table_lookup(binaries->binary, name);
    if (binary)
        return binary;
    binary = g_new0(HgCoreBinary, 1);
    binary->name = name;
    g_ptr_array_add(binaries->all, binary);
    g_hash_table_insert(binaries->binary, (void *)name, binary);
    if (binaries->options->without_files) {
        binary->problem = "was not looked for";
        return binary;
    }
    g_autofree char *path = dup_path(binaries, name);
    binary->bytes = hg_image_map_elf(binaries->image, path, 0, &binary->size);
    if (!binary->bytes)
        binary->problem = access(path, F_OK)   ? "is not here"
                          : access(path, R_OK) ? "may not be read"
                                               : "is no program any more";
    return binary;
}

/* ---- build ids ---- */

/* Writes the build id of the program that begins with [bytes] in hexadecimal, or "". */
static void
write_build_id(const uint8_t *bytes, size_t size, char text[65])
{
    const void *id = NULL;
    *text = 0;
    Elf *elf = elf_memory((char *)bytes, size);
    ssize_t id_size = elf ? dwelf_elf_gnu_build_id(elf, &id) : 0;
    for (ssize_t i = 0; i < MIN(id_size, BUILD_ID_MAX); i++)
        g_snprintf(text + 2 * i, 3, "%02x", ((const uint8_t *)id)[i]);
    elf_end(elf);
}

static bool
is_same_page(const uint8_t *start, size_t size, const HgRegion *region)
{
    size = MIN(MIN(size, PAGE), region->end - region->start);
    return size && !memcmp(start, region->bytes, size);
}

static bool
refuse(const HgCoreBinaries *binaries, const HgCoreBinary *binary, const char *build_id,
       GError **error)
{
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED,
                "%s: not the program of this core, %s: its build id is %s, expected %s",
                binaries->options->executable, binary->name, *build_id ? build_id : "unknown",
                *binary->build_id ? binary->build_id : "another beginning");
    return false;
}

bool
hg_core_binaries_check(HgCoreBinaries *binaries, const HgRegion *region, GError **error)
{
    HgCoreBinary *binary = hg_core_binaries_find(binaries, region->file);
    size_t size = region->end - region->start;
    if (size < SELFMAG || memcmp(region->bytes, ELFMAG, SELFMAG))
        return true;
    binary->is_elf = true;
    write_build_id(region->bytes, MIN(size, START_SIZE), binary->build_id);
    if (!binary->bytes)
        return true;
    g_autofree uint8_t *start = g_malloc(START_SIZE);
    char build_id[65] = "";
    size = MIN(binary->size, START_SIZE);
    /* copied: a file that shrinks meanwhile would kill us */
    if (hg_image_copy_safely(start, binary->bytes, size)) {
        write_build_id(start, size, build_id);
        if (*build_id && *binary->build_id ? !strcmp(build_id, binary->build_id)
                                           : is_same_page(start, size, region))
            return true;
    }
    if (binaries->options->executable && !g_strcmp0(region->file, binaries->executable))
        return refuse(binaries, binary, build_id, error);
    binary->bytes = NULL;
    binary->problem = "is another build here";
    return true;
}

/* ---- what is missing ---- */

/* Where the core does not say what a file is, its name may. */
static bool
is_program(const HgCoreBinaries *binaries, const HgCoreBinary *binary)
{
    g_autofree char *base = g_path_get_basename(binary->name);
    return binary->is_elf || !g_strcmp0(binary->name, binaries->executable) ||
           g_str_has_suffix(base, ".so") || strstr(base, ".so.");
}

/* Returns: whether Python itself may be in it. */
static bool
may_be_python(const HgCoreBinaries *binaries, const HgCoreBinary *binary)
{
    g_autofree char *base = g_path_get_basename(binary->name);
    return !g_strcmp0(binary->name, binaries->executable) || strstr(base, "python");
}

void
hg_core_binaries_tell_missing(const HgCoreBinaries *binaries)
{
    for (int python = 1; python >= 0; python--)
        for (guint i = 0; i < binaries->all->len; i++) {
            const HgCoreBinary *binary = binaries->all->pdata[i];
            if (!binary->problem || !binary->is_needed || !is_program(binaries, binary) ||
                may_be_python(binaries, binary) != python)
                continue;
            hg_image_add_remark(
                binaries->image, "%s (build id %s) %s: types that it may define have no names",
                binary->name, *binary->build_id ? binary->build_id : "unknown", binary->problem);
        }
}
