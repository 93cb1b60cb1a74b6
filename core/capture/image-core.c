/* image-core.c - an image from an ELF core file, of the kernel, of gcore or saved by us.
 *
 * The core is mapped, not read, so it may be larger than memory. What it leaves out because it
 * is in a file - programs, their read-only data - comes from that file if it is still the same.
 * A core is not to be trusted: all its numbers are checked here, once.
 * SPDX-License-Identifier: MIT */
#include "core/capture/image.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <sys/mman.h>
#include <sys/procfs.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <unistd.h>

#include "core/capture/image-private.h"
#include "core/capture/image-save.h"
#include "core/error.h"

#define PAGE 4096ull
#define ENTRIES_MAX (1u << 20) /* of the list of files */
#define THREADS_MAX 20000

/* One line of NT_FILE: [start, end) is [file] from [offset] on. */
typedef struct {
    uint64_t start, end, offset;
    const char *file;
} CoreFile;

typedef struct {
    HgImage *image;
    const uint8_t *bytes;
    size_t size;
    const char *sysroot; /* or NULL */
    GArray *file;        /* CoreFile, sorted by start, not overlapping */
    GArray *thread;      /* HgImageThread */
    GHashTable *mapped;  /* name of a file to its Mapped */
    uint64_t entry;      /* where the program starts, or 0 */
} Core;

typedef struct {
    const uint8_t *bytes; /* or NULL */
    size_t size;
} Mapped;

static bool
fail(GError **error, const char *what)
{
    g_set_error_literal(error, HG_ERROR, HG_ERROR_FORMAT, what);
    return false;
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
                         .file = hg_image_keep_text(core->image, (const char *)name)};
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

static void
read_notes(Core *core, Elf *elf, const GElf_Phdr *segment)
{
    Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)segment->p_offset, segment->p_filesz,
                                          segment->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
    size_t at = 0, name, bytes, next;
    GElf_Nhdr note;
    while (data && (next = gelf_getnote(data, at, &note, &name, &bytes)) > 0) {
        take_note(core, &note, (const char *)data->d_buf + name,
                  (const uint8_t *)data->d_buf + bytes);
        at = next;
    }
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

static const Mapped *
map_file(Core *core, const char *name)
{
    Mapped *mapped = g_hash_table_lookup(core->mapped, name);
    if (mapped)
        return mapped;
    mapped = g_new0(Mapped, 1);
    if (core->sysroot) {
        g_autofree char *path = g_strconcat(core->sysroot, name, NULL);
        mapped->bytes = hg_image_map_elf(core->image, path, 0, &mapped->size);
    }
    g_hash_table_insert(core->mapped, (void *)name, mapped);
    return mapped;
}

/* The kernel puts the first page of each program into a core, and with it the build id: if the
 * file begins otherwise, it is another build now. */
static void
check_same_build(Core *core, const HgRegion *region)
{
    Mapped *mapped = (Mapped *)map_file(core, region->file);
    uint8_t page[PAGE];
    size_t size = MIN(MIN(region->end - region->start, PAGE), mapped->size);
    if (!mapped->bytes || !region->bytes || region->file_offset)
        return;
    if (!hg_image_copy_safely(page, mapped->bytes, size) || memcmp(page, region->bytes, size))
        mapped->bytes = NULL;
}

/* Gives [start, end) of a file bytes of its own, to be filled when looked at. */
static const uint8_t *
put_off(Core *core, const CoreFile *file, uint64_t start, uint64_t end)
{
    const Mapped *mapped = map_file(core, file->file);
    uint64_t offset = file->offset + (start - file->start);
    if (!mapped->bytes || offset >= mapped->size)
        return NULL;
    size_t size = end - start;
    uint8_t *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED)
        return NULL;
    hg_image_add_mapping(core->image, bytes, size);
    hg_image_add_lazy(core->image, start, MIN(size, mapped->size - offset), mapped->bytes + offset,
                      bytes);
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
    }
    hg_image_add_region(core->image, &region);
}

static bool
check_segment(const Core *core, const GElf_Phdr *segment, GError **error)
{
    if (segment->p_filesz > segment->p_memsz ||
        segment->p_vaddr + segment->p_memsz < segment->p_vaddr)
        return fail(error, "a segment of the core has an impossible size");
    if (segment->p_offset <= core->size && segment->p_filesz <= core->size - segment->p_offset)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_TRUNCATED,
                "the core is truncated: memory at 0x%" PRIx64 " should be at byte %" PRIu64
                ", it ends at %zu",
                (uint64_t)segment->p_vaddr, (uint64_t)segment->p_offset, core->size);
    return false;
}

/* What the core has of a segment. */
static bool
add_segment(Core *core, const GElf_Phdr *segment, GError **error)
{
    if (!check_segment(core, segment, error))
        return false;
    if (segment->p_filesz)
        add_region(core, segment->p_vaddr, segment->p_vaddr + segment->p_filesz,
                   core->bytes + segment->p_offset, get_flags(segment));
    return true;
}

/* What it leaves out: perhaps the file has it. */
static void
add_rest(Core *core, const GElf_Phdr *segment)
{
    uint64_t start = segment->p_vaddr + segment->p_filesz,
             end = segment->p_vaddr + segment->p_memsz;
    if (start >= end)
        return;
    const CoreFile *file = find_file(core, start);
    const uint8_t *bytes = file && file->end >= end ? put_off(core, file, start, end) : NULL;
    add_region(core, start, end, bytes, get_flags(segment));
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
            add_region(core, file->start, file->end, put_off(core, file, file->start, file->end),
                       0);
    }
}

static bool
each_segment(Core *core, Elf *elf, size_t n_segments, uint32_t type, bool rest, GError **error)
{
    for (size_t i = 0; i < n_segments; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(elf, (int)i, &segment))
            return fail(error, "the core's list of segments is damaged");
        if (segment.p_type != type)
            continue;
        if (type == PT_NOTE)
            read_notes(core, elf, &segment);
        else if (rest)
            add_rest(core, &segment);
        else if (!add_segment(core, &segment, error))
            return false;
    }
    return true;
}

static void
check_builds(Core *core)
{
    const GArray *region = core->image->private_data->region;
    for (guint i = 0; i < region->len; i++)
        if (g_array_index(region, HgRegion, i).file)
            check_same_build(core, &g_array_index(region, HgRegion, i));
}

static void
finish_origin(Core *core)
{
    HgImage *image = core->image;
    const CoreFile *program = core->entry ? find_file(core, core->entry) : NULL;
    if (program && !image->origin.executable)
        image->origin.executable = program->file;
    image->origin.root = core->sysroot ? hg_image_keep_text(image, core->sysroot) : "";
    image->n_threads = core->thread->len;
    image->thread = g_memdup2(core->thread->data, core->thread->len * sizeof(HgImageThread));
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
    if (!each_segment(core, elf, n_segments, PT_NOTE, false, error))
        return false;
    sort_files(core);
    if (!each_segment(core, elf, n_segments, PT_LOAD, false, error))
        return false;
    check_builds(core);
    if (!each_segment(core, elf, n_segments, PT_LOAD, true, error))
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
    g_hash_table_unref(core->mapped);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Core, clear_core)

static bool
fill(HgImage *image, const uint8_t *bytes, size_t size, const char *sysroot, GError **error)
{
    g_auto(Core) core = {.image = image, .bytes = bytes, .size = size, .sysroot = sysroot};
    core.file = g_array_new(FALSE, TRUE, sizeof(CoreFile));
    core.thread = g_array_new(FALSE, TRUE, sizeof(HgImageThread));
    core.mapped = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)bytes, size);
    bool good = read_core(&core, elf, error);
    elf_end(elf);
    return good;
}

HgImage *
hg_image_open_bytes(const uint8_t *bytes, size_t size, GError **error)
{
    g_autoptr(HgImage) image = hg_image_new_empty("core");
    return fill(image, bytes, size, NULL, error) ? g_steal_pointer(&image) : NULL;
}

static uint8_t *
map_core(HgImage *image, const char *path, size_t *size, GError **error)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    uint8_t *bytes = MAP_FAILED;
    errno = file < 0 ? errno : 0;
    if (file >= 0 && !fstat(file, &status) && S_ISREG(status.st_mode) && status.st_size > 0)
        bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (bytes == MAP_FAILED)
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s",
                    errno ? g_strerror(errno) : "not a core file");
    else
        hg_image_add_mapping(image, bytes, *size = (size_t)status.st_size);
    if (file >= 0)
        close(file);
    return bytes == MAP_FAILED ? NULL : bytes;
}

HgImage *
hg_image_open(const char *path, const char *sysroot, GError **error)
{
    size_t size = 0;
    g_autoptr(HgImage) image = hg_image_new_empty("core");
    const uint8_t *bytes = map_core(image, path, &size, error);
    if (bytes && fill(image, bytes, size, sysroot, error))
        return g_steal_pointer(&image);
    g_prefix_error(error, "%s: ", path);
    return NULL;
}
