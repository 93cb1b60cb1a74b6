/* image-core.c - an image from an ELF core file, of the kernel, of gcore or saved by us.
 *
 * The core is mapped, not read, so it may be larger than memory. What it leaves out because it
 * is in a file - programs, their read-only data - comes from that file if it is still the same.
 * A core is not to be trusted: all its numbers are checked here, once.
 * SPDX-License-Identifier: MIT */
#include "core/capture/image.h"

#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <sys/mman.h>
#include <sys/procfs.h>
#include <sys/user.h>

#include "core/capture/core-binaries.h"
#include "core/capture/core-file.h"
#include "core/capture/image-private.h"
#include "core/capture/image-save.h"
#include "core/error.h"

#define ENTRIES_MAX (1u << 20) /* of the list of files */
#define THREADS_MAX 20000

/* One line of NT_FILE: [start, end) is [file] from [offset] on. */
typedef struct {
    uint64_t start, end, offset;
    const char *file;
    bool is_shared; /* memory that others write to, too: no heap of Python */
} CoreFile;

typedef struct {
    HgImage *image;
    const uint8_t *bytes;
    size_t size;
    const HgImageOpenOptions *options;
    HgCoreBinaries binaries;
    GArray *file;   /* CoreFile, sorted by start, not overlapping */
    GArray *thread; /* HgImageThread */
    uint64_t entry; /* where the program starts, or 0 */
    uint64_t lost;  /* bytes of memory behind the end of a truncated core */
} Core;

static bool
fail(GError **error, const char *what)
{
    g_set_error_literal(error, HG_ERROR, HG_ERROR_FORMAT, what);
    return false;
}

/* ---- what is there of a truncated core ---- */

/* Shortens [size] bytes at [offset] of the core to what there is, if that is allowed. */
static bool
check_range(Core *core, uint64_t offset, uint64_t *size, const char *what, GError **error)
{
    uint64_t left = offset <= core->size ? core->size - offset : 0;
    if (*size <= left)
        return true;
    if (!core->options->salvage) {
        g_set_error(error, HG_ERROR, HG_ERROR_TRUNCATED,
                    "the core is truncated: %s should be %" PRIu64 " bytes at byte %" PRIu64
                    ", it ends at %zu",
                    what, *size, offset, core->size);
        return false;
    }
    core->lost += *size - left;
    *size = left;
    return true;
}

/* ---- notes ---- */

static void
take_thread(Core *core, const uint8_t *bytes, size_t size)
{
    struct elf_prstatus status;
    struct user_regs_struct registers;
    G_STATIC_ASSERT(sizeof registers <= sizeof status.pr_reg);
    if (size < sizeof status || core->thread->len >= THREADS_MAX)
        return;
    memcpy(&status, bytes, sizeof status);
    memcpy(&registers, &status.pr_reg, sizeof registers);
    HgImageThread thread = {.id = status.pr_pid,
                            .stack_pointer = registers.rsp,
                            .instruction = registers.rip,
                            .fs_base = registers.fs_base};
    g_array_append_val(core->thread, thread);
}

static void
take_process(Core *core, const uint8_t *bytes, size_t size)
{
    struct elf_prpsinfo process;
    if (size < sizeof process)
        return;
    memcpy(&process, bytes, sizeof process);
    g_autofree char *raw = g_strndup(process.pr_psargs, sizeof process.pr_psargs);
    g_autofree char *arguments = g_utf8_make_valid(g_strchomp(raw), -1);
    core->image->origin.pid = process.pr_pid;
    core->image->origin.arguments = hg_image_keep_text(core->image, arguments);
}

static void
take_auxiliary(Core *core, const uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at + 16 <= size; at += 16) {
        uint64_t pair[2];
        memcpy(pair, bytes + at, sizeof pair);
        if (pair[0] == AT_ENTRY)
            core->entry = pair[1];
    }
}

/* Shared memory, as the kernel names it. */
static bool
is_shared_memory(const char *name)
{
    return !strcmp(name, "/dev/zero (deleted)") || g_str_has_prefix(name, "/SYSV") ||
           g_str_has_prefix(name, "/dev/shm/") || g_str_has_prefix(name, "/memfd:");
}

/* A file that had no name any more is named as before, like that of a live process. */
static const char *
keep_name(HgImage *image, const char *name)
{
    g_autofree char *copy = g_strdup(name);
    if (g_str_has_suffix(copy, " (deleted)"))
        copy[strlen(copy) - strlen(" (deleted)")] = 0;
    return hg_image_keep_text(image, copy);
}

/* Names follow the numbers, NUL-terminated, in the same order. */
static void
take_files(Core *core, const uint8_t *bytes, size_t size)
{
    uint64_t head[2]; /* count, page size */
    if (size < sizeof head)
        return;
    memcpy(head, bytes, sizeof head);
    if (head[0] > ENTRIES_MAX || head[0] > (size - sizeof head) / 24)
        return;
    const uint8_t *name = bytes + sizeof head + head[0] * 24, *end = bytes + size;
    for (uint64_t i = 0; i < head[0]; i++) {
        uint64_t entry[3];
        const uint8_t *name_end = name < end ? memchr(name, 0, (size_t)(end - name)) : NULL;
        if (!name_end)
            return;
        memcpy(entry, bytes + sizeof head + i * 24, sizeof entry);
        CoreFile file = {.start = entry[0],
                         .end = entry[1],
                         .offset = entry[2] * head[1],
                         .file = keep_name(core->image, (const char *)name),
                         .is_shared = is_shared_memory((const char *)name)};
        if (file.start < file.end && *file.file == '/')
            g_array_append_val(core->file, file);
        name = name_end + 1;
    }
}

static void
take_note(Core *core, const GElf_Nhdr *note, const char *name, const uint8_t *bytes)
{
    if (note->n_namesz == sizeof HG_NOTE_NAME && !memcmp(name, HG_NOTE_NAME, sizeof HG_NOTE_NAME)) {
        hg_image_take_origin(core->image, (const char *)bytes, note->n_descsz);
        return;
    }
    if (note->n_namesz != sizeof "CORE" || memcmp(name, "CORE", sizeof "CORE"))
        return;
    if (note->n_type == NT_PRSTATUS)
        take_thread(core, bytes, note->n_descsz);
    else if (note->n_type == NT_PRPSINFO)
        take_process(core, bytes, note->n_descsz);
    else if (note->n_type == NT_AUXV)
        take_auxiliary(core, bytes, note->n_descsz);
    else if (note->n_type == NT_FILE)
        take_files(core, bytes, note->n_descsz);
}

static bool
read_notes(Core *core, Elf *elf, GElf_Phdr *segment, GError **error)
{
    if (!check_range(core, segment->p_offset, &segment->p_filesz, "its notes", error))
        return false;
    Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)segment->p_offset, segment->p_filesz,
                                          segment->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
    size_t at = 0, name, bytes, next;
    GElf_Nhdr note;
    while (data && (next = gelf_getnote(data, at, &note, &name, &bytes)) > 0) {
        take_note(core, &note, (const char *)data->d_buf + name,
                  (const uint8_t *)data->d_buf + bytes);
        at = next;
    }
    return true;
}

static int
compare_files(const void *a, const void *b)
{
    const CoreFile *first = a, *second = b;
    return first->start < second->start ? -1 : first->start > second->start;
}

/* Sorts them, and drops what overlaps the one before. */
static void
sort_files(Core *core)
{
    g_array_sort(core->file, compare_files);
    guint n_kept = 0;
    CoreFile *file = (CoreFile *)(void *)core->file->data;
    for (guint i = 0; i < core->file->len; i++)
        if (!n_kept || file[i].start >= file[n_kept - 1].end)
            file[n_kept++] = file[i];
    g_array_set_size(core->file, n_kept);
}

/* ---- files ---- */

static const CoreFile *
find_file(const Core *core, uint64_t address)
{
    guint low = 0, high = core->file->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(core->file, CoreFile, middle).end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == core->file->len)
        return NULL;
    const CoreFile *file = &g_array_index(core->file, CoreFile, low);
    return address >= file->start ? file : NULL;
}

/* Returns: room for [start, end) of the process, to be filled when looked at, or NULL. */
static uint8_t *
make_room(Core *core, uint64_t start, uint64_t end)
{
    size_t size = end - start;
    uint8_t *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED)
        return NULL;
    hg_image_add_mapping(core->image, bytes, size);
    return bytes;
}

/* Returns: bytes for [start, end), of which the core has [in_core] bytes and the file the rest, or
 * NULL if it has not. */
static const uint8_t *
put_off(Core *core, const CoreFile *file, uint64_t start, uint64_t end, const uint8_t *from_core,
        uint64_t in_core)
{
    HgCoreBinary *binary = hg_core_binaries_find(&core->binaries, file->file);
    uint64_t rest = start + in_core, offset = file->offset + (rest - file->start);
    binary->is_needed = true;
    uint8_t *bytes = binary->bytes && offset < binary->size ? make_room(core, start, end) : NULL;
    if (!bytes)
        return NULL;
    if (in_core)
        hg_image_add_lazy(core->image, start, in_core, from_core, bytes);
    hg_image_add_lazy(core->image, rest, MIN(end - rest, binary->size - offset),
                      binary->bytes + offset, bytes + in_core);
    return bytes;
}

/* ---- segments ---- */

static uint32_t
get_flags(const GElf_Phdr *segment)
{
    return (segment->p_flags & PF_W ? HG_REGION_WRITABLE : 0) |
           (segment->p_flags & PF_X ? HG_REGION_EXECUTABLE : 0);
}

static void
add_region(Core *core, uint64_t start, uint64_t end, const uint8_t *bytes, uint32_t flags)
{
    const CoreFile *file = find_file(core, start);
    HgRegion region = {.start = start, .end = end, .bytes = bytes, .flags = flags};
    if (file) {
        region.file = file->file;
        region.file_offset = file->offset + (start - file->start);
        if (file->is_shared) {
            region.flags |= HG_REGION_SHARED;
            region.bytes = NULL;
        }
    }
    hg_image_add_region(core->image, &region);
}

static bool
check_segment(Core *core, GElf_Phdr *segment, GError **error)
{
    if (segment->p_filesz > segment->p_memsz ||
        segment->p_vaddr + segment->p_memsz < segment->p_vaddr)
        return fail(error, "a segment of the core has an impossible size");
    g_autofree char *what = g_strdup_printf("memory at 0x%" PRIx64, (uint64_t)segment->p_vaddr);
    return check_range(core, segment->p_offset, &segment->p_filesz, what, error);
}

/* The first segment of each file is compared with it before any byte is taken from there. */
static bool
check_build(Core *core, Elf *elf, GElf_Phdr *segment, GError **error)
{
    if (!check_segment(core, segment, error))
        return false;
    const CoreFile *file = segment->p_filesz ? find_file(core, segment->p_vaddr) : NULL;
    if (!file || file->offset || file->start != segment->p_vaddr)
        return true;
    HgRegion region = {.start = segment->p_vaddr,
                       .end = segment->p_vaddr + segment->p_filesz,
                       .bytes = core->bytes + segment->p_offset,
                       .file = file->file};
    return hg_core_binaries_check(&core->binaries, &region, error);
}

/* What the core has of a segment, and what it leaves out because the file has it. What the process
 * could not read is no memory of Python. */
static bool
add_segment(Core *core, Elf *elf, GElf_Phdr *segment, GError **error)
{
    uint64_t start = segment->p_vaddr, end = start + segment->p_memsz, lost = core->lost;
    if (!check_segment(core, segment, error))
        return false;
    /* what is lost of data that may have been written to is not as in the file */
    bool is_as_in_file = core->lost == lost || !(segment->p_flags & PF_W);
    uint64_t middle = start + segment->p_filesz;
    uint32_t flags = get_flags(segment);
    bool is_there = segment->p_filesz && segment->p_flags & PF_R;
    const uint8_t *bytes = is_there ? core->bytes + segment->p_offset : NULL;
    const CoreFile *file = middle < end && is_as_in_file ? find_file(core, middle) : NULL;
    const uint8_t *whole = file && file->start <= start && file->end >= end
                               ? put_off(core, file, start, end, bytes, bytes ? middle - start : 0)
                               : NULL;
    if (whole)
        middle = end;
    if (start < middle)
        add_region(core, start, middle, whole ? whole : bytes, flags);
    if (middle < end)
        add_region(core, middle, end, NULL, flags);
    return true;
}

static bool
is_free(const HgRegion *region, guint n_regions, const CoreFile *file)
{
    guint low = 0, high = n_regions;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (region[middle].end <= file->start)
            low = middle + 1;
        else
            high = middle;
    }
    return low == n_regions || region[low].start >= file->end;
}

static int
compare_regions(const void *a, const void *b)
{
    const HgRegion *first = a, *second = b;
    return first->start < second->start ? -1 : first->start > second->start;
}

/* Mapped files of which the core says nothing but that they were there. */
static void
add_files(Core *core)
{
    GArray *region = core->image->private_data->region;
    guint n_regions = region->len;
    g_array_sort(region, compare_regions);
    for (guint i = 0; i < core->file->len; i++) {
        const CoreFile *file = &g_array_index(core->file, CoreFile, i);
        if (is_free((const HgRegion *)(void *)region->data, n_regions, file))
            add_region(core, file->start, file->end,
                       put_off(core, file, file->start, file->end, NULL, 0), 0);
    }
}

typedef bool (*SegmentFunc)(Core *core, Elf *elf, GElf_Phdr *segment, GError **error);

static bool
each_segment(Core *core, Elf *elf, size_t n_segments, uint32_t type, SegmentFunc func,
             GError **error)
{
    for (size_t i = 0; i < n_segments; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(elf, (int)i, &segment))
            return fail(error, "the core's list of segments is damaged");
        if (segment.p_type == type && !func(core, elf, &segment, error))
            return false;
    }
    return true;
}

static void
take_executable(Core *core)
{
    HgImageOrigin *origin = &core->image->origin;
    const CoreFile *program = core->entry ? find_file(core, core->entry) : NULL;
    if (program && !origin->executable)
        origin->executable = program->file;
    core->binaries.executable = origin->executable;
}

static void
finish_origin(Core *core)
{
    HgImage *image = core->image;
    const char *sysroot = core->options->sysroot;
    image->origin.root = sysroot ? hg_image_keep_text(image, sysroot) : "";
    image->n_threads = core->thread->len;
    image->thread = g_memdup2(core->thread->data, core->thread->len * sizeof(HgImageThread));
    hg_image_sort_threads(image);
    hg_core_binaries_tell_missing(&core->binaries);
    if (core->lost)
        hg_image_add_remark(image,
                            "the core is truncated: %" PRIu64 " bytes of memory are missing, and "
                            "the objects that lie there",
                            core->lost);
}

static bool
read_core(Core *core, Elf *elf, GError **error)
{
    GElf_Ehdr header;
    size_t n_segments = 0;
    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header) ||
        header.e_type != ET_CORE)
        return fail(error, "not a core file");
    if (gelf_getclass(elf) != ELFCLASS64 || header.e_machine != EM_X86_64)
        return fail(error, "a core for another machine: heapgraph reads those of x86-64");
    if (elf_getphdrnum(elf, &n_segments) || !n_segments)
        return fail(error, "a core without segments");
    if (!each_segment(core, elf, n_segments, PT_NOTE, read_notes, error))
        return false;
    sort_files(core);
    take_executable(core);
    if (!each_segment(core, elf, n_segments, PT_LOAD, check_build, error) ||
        !each_segment(core, elf, n_segments, PT_LOAD, add_segment, error))
        return false;
    add_files(core);
    finish_origin(core);
    return hg_image_finish(core->image, error);
}

static void
clear_core(Core *core)
{
    g_array_unref(core->file);
    g_array_unref(core->thread);
    hg_core_binaries_clear(&core->binaries);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Core, clear_core)

static bool
fill(HgImage *image, const uint8_t *bytes, size_t size, const HgImageOpenOptions *options,
     GError **error)
{
    g_auto(Core) core = {.image = image, .bytes = bytes, .size = size, .options = options};
    core.file = g_array_new(FALSE, TRUE, sizeof(CoreFile));
    core.thread = g_array_new(FALSE, TRUE, sizeof(HgImageThread));
    hg_core_binaries_init(&core.binaries, image, options);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)bytes, size);
    bool good = read_core(&core, elf, error);
    elf_end(elf);
    return good;
}

HgImage *
hg_image_open_bytes(const uint8_t *bytes, size_t size, bool salvage, GError **error)
{
    HgImageOpenOptions options = {.without_files = true, .salvage = salvage};
    g_autoptr(HgImage) image = hg_image_new_empty("core");
    return fill(image, bytes, size, &options, error) ? g_steal_pointer(&image) : NULL;
}

/* Returns: the image of [file], which it unmaps when it is freed. */
static HgImage *
new_of_file(const HgCoreFile *file, const HgImageOpenOptions *options, GError **error)
{
    g_autoptr(HgImage) image = hg_image_new_empty("core");
    hg_image_add_mapping(image, file->bytes, file->size);
    image->origin.taken = file->modified;
    return fill(image, file->bytes, file->size, options, error) ? g_steal_pointer(&image) : NULL;
}

static const HgImageOpenOptions default_options = {0};

HgImage *
hg_image_open(const char *path, const HgImageOpenOptions *options, GError **error)
{
    HgCoreFile file;
    options = options ? options : &default_options;
    HgImage *image = hg_core_file_open(&file, path, &options->progress, error)
                         ? new_of_file(&file, options, error)
                         : NULL;
    if (!image)
        g_prefix_error(error, "%s: ", path);
    return image;
}

HgImage *
hg_image_open_stream(GInputStream *in, const HgImageOpenOptions *options, GError **error)
{
    HgCoreFile file;
    options = options ? options : &default_options;
    return hg_core_file_open_stream(&file, in, &options->progress, error)
               ? new_of_file(&file, options, error)
               : NULL;
}
