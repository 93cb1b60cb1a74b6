/* core-file.c - a core file as bytes in memory: mapped, not read, so it may be larger than memory.
 * SPDX-License-Identifier: MIT */
#include "core/capture/core-file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "core/capture/image.h"
#include "core/error.h"

#define PAGE 4096
#define PART (1u << 18)

static const uint8_t zstd_magic[4] = {0x28, 0xb5, 0x2f, 0xfd};

static bool
is_core(const uint8_t *start, size_t size)
{
    static const uint8_t type[2] = {ET_CORE, 0};
    return size >= 18 && !memcmp(start, ELFMAG, SELFMAG) && !memcmp(start + 16, type, sizeof type);
}

static bool
is_compressed(const uint8_t *start, size_t size)
{
    return size >= sizeof zstd_magic && !memcmp(start, zstd_magic, sizeof zstd_magic);
}

bool
hg_image_recognises(const uint8_t *start, size_t size)
{
    return is_core(start, size) || is_compressed(start, size);
}

/* What else a system may keep its cores compressed with: systemd-coredump with lz4 before it had
 * zstd, with xz before that. */
bool
hg_image_check_packing(const uint8_t *start, size_t size, GError **error)
{
    static const struct {
        const char *program, *magic;
        size_t size;
    } packer[] = {
        {"lz4", "\x04\x22\x4d\x18", 4},
        {"xz", "\xfd\x37zXZ", 6},
        {"gzip", "\x1f\x8b", 2},
        {"bzip2", "BZh", 3},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(packer); i++) {
        if (size < packer[i].size || memcmp(start, packer[i].magic, packer[i].size))
            continue;
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT,
                    "compressed by %s, expected zstd or a plain core: `%s -dc FILE | heapgraph "
                    "load -` reads it",
                    packer[i].program, packer[i].program);
        return false;
    }
    return true;
}

static bool
fail(GError **error, HgError code, const char *message)
{
    g_set_error_literal(error, HG_ERROR, code, message);
    return false;
}

/* ---- mapping ---- */

static bool
map(HgCoreFile *file, int descriptor, GError **error)
{
    struct stat status;
    if (fstat(descriptor, &status) || !S_ISREG(status.st_mode) || status.st_size <= 0)
        return fail(error, HG_ERROR_FORMAT, "not a core file");
    file->size = (size_t)status.st_size;
    file->modified =
        (uint64_t)status.st_mtim.tv_sec * 1000000 + (uint64_t)status.st_mtim.tv_nsec / 1000;
    /* nothing is set aside for it: a ghost may write to it, to few pages of perhaps many more than
     * there is memory for */
    file->bytes = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0);
    return file->bytes != MAP_FAILED || fail(error, HG_ERROR_FAILED, g_strerror(errno));
}

/* ---- copying ---- */

typedef struct {
    int descriptor; /* of the file without a name */
    uint64_t size;  /* bytes in it */
    const char *folder;
} Copy;

static const char *
get_folder(void)
{
    const char *variable = g_getenv("TMPDIR");
    if (variable && *variable)
        return variable;
    return access("/var/tmp", W_OK) ? g_get_tmp_dir() : "/var/tmp";
}

static bool
open_copy(Copy *copy, GError **error)
{
    copy->folder = get_folder();
    copy->descriptor = open(copy->folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (copy->descriptor < 0) { /* not every file system can */
        g_autofree char *path = g_build_filename(copy->folder, "heapgraph-core-XXXXXX", NULL);
        copy->descriptor = mkostemp(path, O_CLOEXEC);
        if (copy->descriptor >= 0)
            unlink(path);
    }
    if (copy->descriptor >= 0)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "no room to unpack it in %s: %s", copy->folder,
                g_strerror(errno));
    return false;
}

static bool
write_part(Copy *copy, const uint8_t *bytes, size_t size, GError **error)
{
    for (size_t done = 0; done < size;) {
        ssize_t part =
            pwrite(copy->descriptor, bytes + done, size - done, (off_t)(copy->size + done));
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0) {
            g_set_error(error, HG_ERROR, HG_ERROR_FAILED,
                        "unpacking it in %s: %s (TMPDIR names another folder)", copy->folder,
                        g_strerror(errno));
            return false;
        }
        done += (size_t)part;
    }
    return true;
}

/* Appends [size] bytes; what is zero becomes a hole. */
static bool
append(Copy *copy, const uint8_t *bytes, size_t size, GError **error)
{
    if (!copy->size && size && !is_core(bytes, size))
        return fail(error, HG_ERROR_FORMAT, "not a core file");
    for (size_t start = 0; start < size; start += PAGE) {
        size_t part = MIN(size - start, PAGE);
        bool is_zero = !bytes[start] && !memcmp(bytes + start, bytes + start + 1, part - 1);
        if (!is_zero && !write_part(copy, bytes + start, part, error))
            return false;
        copy->size += part;
    }
    return true;
}

typedef struct {
    GInputStream *in;
    const HgProgress *progress;
    uint64_t done, total; /* bytes read */
    uint8_t *bytes;       /* PART of them */
    size_t size;
} Source;

/* Reads the next part, all of it if there is as much. */
static bool
read_part(Source *source, GError **error)
{
    if (!g_input_stream_read_all(source->in, source->bytes, PART, &source->size, NULL, error))
        return false;
    source->done += source->size;
    return hg_progress_report(source->progress, "unpacking the core", source->done, source->total,
                              error);
}

static bool
copy_plain(Copy *copy, Source *source, GError **error)
{
    while (source->size)
        if (!append(copy, source->bytes, source->size, error) || !read_part(source, error))
            return false;
    return true;
}

/* Unpacks what was read; [open] tells whether a frame has begun and not ended. */
static bool
unpack_part(Copy *copy, Source *source, ZSTD_DStream *stream, uint8_t *buffer, bool *open,
            GError **error)
{
    ZSTD_inBuffer in = {source->bytes, source->size, 0};
    ZSTD_outBuffer out;
    do {
        out = (ZSTD_outBuffer){buffer, PART, 0};
        size_t result = ZSTD_decompressStream(stream, &out, &in);
        if (ZSTD_isError(result)) {
            g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "the compressed core is damaged: %s",
                        ZSTD_getErrorName(result));
            return false;
        }
        *open = result != 0;
        if (!append(copy, buffer, out.pos, error))
            return false;
    } while (in.pos < in.size || (*open && out.pos == out.size));
    return true;
}

static bool
copy_compressed(Copy *copy, Source *source, GError **error)
{
    ZSTD_DStream *stream = ZSTD_createDStream();
    g_autofree uint8_t *buffer = g_malloc(PART);
    bool good = true, open = true;
    while (good && source->size)
        good = unpack_part(copy, source, stream, buffer, &open, error) && read_part(source, error);
    ZSTD_freeDStream(stream);
    return good && (!open || fail(error, HG_ERROR_TRUNCATED, "the compressed core ends early"));
}

static bool
copy_stream(HgCoreFile *file, Source *source, Copy *copy, GError **error)
{
    if (!read_part(source, error) || !hg_image_check_packing(source->bytes, source->size, error))
        return false;
    bool good = is_compressed(source->bytes, source->size) ? copy_compressed(copy, source, error)
                                                           : copy_plain(copy, source, error);
    if (good && ftruncate(copy->descriptor, (off_t)copy->size))
        good = fail(error, HG_ERROR_FAILED, g_strerror(errno));
    return good && map(file, copy->descriptor, error);
}

static bool
copy_and_map(HgCoreFile *file, Source *source, GError **error)
{
    Copy copy = {0};
    if (!open_copy(&copy, error))
        return false;
    source->bytes = g_malloc(PART);
    bool good = copy_stream(file, source, &copy, error);
    g_free(source->bytes);
    close(copy.descriptor);
    return good;
}

bool
hg_core_file_open_stream(HgCoreFile *file, GInputStream *in, const HgProgress *progress,
                         GError **error)
{
    Source source = {.in = in, .progress = progress};
    bool good = copy_and_map(file, &source, error);
    file->modified = (uint64_t)g_get_real_time();
    return good;
}

static bool
open_compressed(HgCoreFile *file, int descriptor, const struct stat *status,
                const HgProgress *progress, GError **error)
{
    g_autoptr(GInputStream) in = g_unix_input_stream_new(descriptor, FALSE);
    Source source = {.in = in, .progress = progress, .total = (uint64_t)status->st_size};
    bool good = copy_and_map(file, &source, error);
    file->modified =
        (uint64_t)status->st_mtim.tv_sec * 1000000 + (uint64_t)status->st_mtim.tv_nsec / 1000;
    return good;
}

bool
hg_core_file_open(HgCoreFile *file, const char *path, const HgProgress *progress, GError **error)
{
    struct stat status;
    uint8_t start[8] = {0};
    /* O_NONBLOCK: a pipe that nobody writes to is no core either */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return fail(error, HG_ERROR_FAILED, g_strerror(errno));
    bool compressed = !fstat(descriptor, &status) && S_ISREG(status.st_mode) &&
                      pread(descriptor, start, sizeof start, 0) == sizeof start &&
                      is_compressed(start, sizeof start);
    bool good = hg_image_check_packing(start, sizeof start, error) &&
                (compressed ? open_compressed(file, descriptor, &status, progress, error)
                            : map(file, descriptor, error));
    close(descriptor);
    return good;
}
