/* image-save.c - an image becomes an ELF core file.
 *
 *      header, segments, notes | memory, page-aligned, untouched pages as holes
 * SPDX-License-Identifier: MIT */
#include "core/capture/image-save.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/procfs.h>
#include <sys/user.h>
#include <unistd.h>

#include "core/capture/image-private.h"
#include "core/capture/touched.h"
#include "core/error.h"

#define PAGE 4096ull

/* ---- the note of our own ---- */

static GString *
format_origin(const HgImage *image)
{
    const HgImageOrigin *origin = &image->origin;
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "taken=%" PRIu64 "\nstart=%" PRIu64 "\nresident=%" PRIu64 "\n",
                           origin->taken, origin->process_start, origin->resident);
    g_string_append_printf(text,
                           "stops=%u\npause=%" PRIu64 "\nlongest=%" PRIu64 "\ncopied=%" PRIu64
                           "\ncollecting=%d\n",
                           image->cost.n_stops, image->cost.pause, image->cost.longest_pause,
                           image->cost.copied, image->cost.during_collection);
    if (origin->boot_id)
        g_string_append_printf(text, "boot=%s\n", origin->boot_id);
    if (origin->executable)
        g_string_append_printf(text, "executable=%s\n", origin->executable);
    if (origin->arguments) /* the last: it may hold any lines */
        g_string_append_printf(text, "arguments=%s", origin->arguments);
    return text;
}

static void
take_line(HgImage *image, const char *key, const char *value)
{
    const struct {
        const char *key;
        uint64_t *number;
    } numbers[] = {{"taken", &image->origin.taken},         {"start", &image->origin.process_start},
                   {"resident", &image->origin.resident},   {"pause", &image->cost.pause},
                   {"longest", &image->cost.longest_pause}, {"copied", &image->cost.copied}};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (!strcmp(key, numbers[i].key))
            *numbers[i].number = strtoull(value, NULL, 10);
    if (!strcmp(key, "stops"))
        image->cost.n_stops = (uint32_t)atoi(value);
    else if (!strcmp(key, "collecting"))
        image->cost.during_collection = *value == '1';
    else if (!strcmp(key, "boot"))
        image->origin.boot_id = hg_image_keep_text(image, value);
    else if (!strcmp(key, "executable"))
        image->origin.executable = hg_image_keep_text(image, value);
    else if (!strcmp(key, "arguments"))
        image->origin.arguments = hg_image_keep_text(image, value);
}

void
hg_image_take_origin(HgImage *image, const char *text, size_t size)
{
    g_autofree char *raw = g_strndup(text, size);
    g_autofree char *valid = g_utf8_make_valid(raw, -1);
    for (char *line = valid, *end; line && *line; line = end) {
        bool is_last = g_str_has_prefix(line, "arguments=");
        end = is_last ? NULL : strchr(line, '\n');
        if (end)
            *end++ = 0;
        char *value = strchr(line, '=');
        if (!value)
            continue;
        *value++ = 0;
        take_line(image, line, value);
    }
}

/* ---- notes ---- */

static void
append_padded(GByteArray *notes, const void *bytes, size_t size)
{
    static const uint8_t zero[4] = {0};
    g_byte_array_append(notes, bytes, (guint)size);
    g_byte_array_append(notes, zero, (guint)(-size & 3));
}

static void
append_note(GByteArray *notes, const char *name, uint32_t type, const void *bytes, size_t size)
{
    Elf64_Nhdr header = {
        .n_namesz = (uint32_t)strlen(name) + 1, .n_descsz = (uint32_t)size, .n_type = type};
    append_padded(notes, &header, sizeof header);
    append_padded(notes, name, strlen(name) + 1);
    append_padded(notes, bytes, size);
}

static void
append_threads(GByteArray *notes, const HgImage *image)
{
    for (size_t i = 0; i < image->n_threads; i++) {
        struct elf_prstatus status = {.pr_pid = image->thread[i].id};
        struct user_regs_struct registers = {.rsp = image->thread[i].stack_pointer,
                                             .rip = image->thread[i].instruction,
                                             .fs_base = image->thread[i].fs_base};
        memcpy(&status.pr_reg, &registers, sizeof registers);
        append_note(notes, "CORE", NT_PRSTATUS, &status, sizeof status);
    }
}

static void
append_process(GByteArray *notes, const HgImage *image)
{
    struct elf_prpsinfo process = {.pr_pid = image->origin.pid};
    const char *arguments = image->origin.arguments ? image->origin.arguments : "";
    g_strlcpy(process.pr_psargs, arguments, sizeof process.pr_psargs);
    append_note(notes, "CORE", NT_PRPSINFO, &process, sizeof process);
}

static void
append_files(GByteArray *notes, const HgImage *image)
{
    g_autoptr(GByteArray) numbers = g_byte_array_new();
    g_autoptr(GByteArray) names = g_byte_array_new();
    uint64_t head[2] = {0, PAGE};
    g_byte_array_append(numbers, (const guint8 *)head, sizeof head);
    for (size_t i = 0; i < image->n_regions; i++) {
        const HgRegion *region = &image->region[i];
        if (!region->file)
            continue;
        uint64_t entry[3] = {region->start, region->end, region->file_offset / PAGE};
        g_byte_array_append(numbers, (const guint8 *)entry, sizeof entry);
        g_byte_array_append(names, (const guint8 *)region->file, (guint)strlen(region->file) + 1);
        head[0]++;
    }
    memcpy(numbers->data, head, sizeof head);
    g_byte_array_append(numbers, names->data, names->len);
    append_note(notes, "CORE", NT_FILE, numbers->data, numbers->len);
}

static GByteArray *
format_notes(const HgImage *image)
{
    GByteArray *notes = g_byte_array_new();
    GString *origin = format_origin(image);
    append_process(notes, image);
    append_threads(notes, image);
    append_files(notes, image);
    append_note(notes, HG_NOTE_NAME, HG_NOTE_ORIGIN, origin->str, origin->len);
    g_string_free(origin, TRUE);
    return notes;
}

/* ---- the file ---- */

static bool
write_at(int file, const void *bytes, size_t size, uint64_t offset, GError **error)
{
    for (size_t done = 0; done < size;) {
        ssize_t part =
            pwrite(file, (const uint8_t *)bytes + done, size - done, (off_t)(offset + done));
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0) {
            g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED, g_strerror(errno));
            return false;
        }
        done += (size_t)part;
    }
    return true;
}

static bool
is_zero(const uint8_t *bytes, size_t size)
{
    return !bytes[0] && !memcmp(bytes, bytes + 1, size - 1);
}

/* Pages of zeros are left out: they read as such. */
static bool
write_memory(int file, const uint8_t *bytes, size_t size, uint64_t offset, GError **error)
{
    for (size_t start = 0, end; start < size; start = end) {
        end = MIN(start + PAGE, size);
        if (is_zero(bytes + start, end - start))
            continue;
        while (end < size && !is_zero(bytes + end, MIN(PAGE, size - end)))
            end = MIN(end + PAGE, size);
        if (!write_at(file, bytes + start, end - start, offset + start, error))
            return false;
    }
    return true;
}

/* Of a copied process only pages that were copied or came from a file exist; the others are not
 * even looked at, for there may be terabytes of them. */
static bool
write_touched(int file, const uint8_t *bytes, size_t size, uint64_t offset, GError **error)
{
    HgTouched touched;
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(HgRange));
    if (!hg_touched_open(&touched, getpid(), error))
        return false;
    hg_touched_append(&touched, (uintptr_t)bytes, (uintptr_t)bytes + size, ranges);
    hg_touched_close(&touched);
    for (guint i = 0; i < ranges->len; i++) {
        const HgRange *range = &g_array_index(ranges, HgRange, i);
        const uint8_t *from = (const uint8_t *)(uintptr_t)range->start;
        if (!write_memory(file, from, range->end - range->start, offset + (size_t)(from - bytes),
                          error))
            return false;
    }
    return true;
}

static Elf64_Phdr
describe_region(const HgRegion *region, uint64_t offset)
{
    return (Elf64_Phdr){.p_type = PT_LOAD,
                        .p_flags = PF_R | (region->flags & HG_REGION_WRITABLE ? PF_W : 0) |
                                   (region->flags & HG_REGION_EXECUTABLE ? PF_X : 0),
                        .p_offset = offset,
                        .p_vaddr = region->start,
                        .p_filesz = region->bytes ? region->end - region->start : 0,
                        .p_memsz = region->end - region->start,
                        .p_align = PAGE};
}

/* More segments than fit 16 bits are counted in the first section header. */
static bool
write_header(int file, size_t n_segments, uint64_t section, GError **error)
{
    bool is_many = n_segments >= PN_XNUM;
    Elf64_Ehdr header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                                     EV_CURRENT, ELFOSABI_NONE},
                         .e_type = ET_CORE,
                         .e_machine = EM_X86_64,
                         .e_version = EV_CURRENT,
                         .e_phoff = sizeof header,
                         .e_shoff = is_many ? section : 0,
                         .e_ehsize = sizeof header,
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_phnum = is_many ? PN_XNUM : (uint16_t)n_segments,
                         .e_shentsize = sizeof(Elf64_Shdr),
                         .e_shnum = is_many};
    Elf64_Shdr count = {.sh_type = SHT_NULL, .sh_info = (uint32_t)n_segments, .sh_size = 1};
    return write_at(file, &header, sizeof header, 0, error) &&
           (!is_many || write_at(file, &count, sizeof count, section, error));
}

static uint64_t
align(uint64_t offset)
{
    return (offset + PAGE - 1) & ~(PAGE - 1);
}

static bool
write_regions(int file, HgImage *image, uint64_t offset, Elf64_Phdr *segment, GError **error)
{
    for (size_t i = 0; i < image->n_regions; i++) {
        const HgRegion *region = &image->region[i];
        segment[i] = describe_region(region, offset);
        uint64_t size = segment[i].p_filesz;
        const uint8_t *bytes = size ? hg_image_find(image, region->start, size) : NULL;
        bool is_copy = !strcmp(image->origin.source, "process");
        if (bytes && !(is_copy ? write_touched : write_memory)(file, bytes, size, offset, error))
            return false;
        offset = align(offset + size);
    }
    if (!ftruncate(file, (off_t)offset))
        return true;
    g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED, g_strerror(errno));
    return false;
}

static bool
write_core(int file, HgImage *image, GError **error)
{
    g_autoptr(GByteArray) notes = format_notes(image);
    size_t n_segments = image->n_regions + 1;
    g_autofree Elf64_Phdr *segment = g_new0(Elf64_Phdr, n_segments);
    uint64_t after_segments = sizeof(Elf64_Ehdr) + n_segments * sizeof *segment;
    uint64_t notes_start = after_segments + sizeof(Elf64_Shdr);
    segment[0] = (Elf64_Phdr){
        .p_type = PT_NOTE, .p_offset = notes_start, .p_filesz = notes->len, .p_align = 4};
    return write_regions(file, image, align(notes_start + notes->len), segment + 1, error) &&
           write_header(file, n_segments, after_segments, error) &&
           write_at(file, segment, n_segments * sizeof *segment, sizeof(Elf64_Ehdr), error) &&
           write_at(file, notes->data, notes->len, notes_start, error);
}

bool
hg_image_save(HgImage *image, const char *path, GError **error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
        return false;
    }
    bool good = write_core(file, image, error);
    if (close(file) && good) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED, g_strerror(errno));
        good = false;
    }
    if (!good) {
        unlink(path);
        g_prefix_error(error, "%s: ", path);
    }
    return good;
}
