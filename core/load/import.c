/* import.c - files become snapshots: a dump or core into a store, or into a store of its own.
 *
 * The cache:   heapgraph/<SHA-256 of the dump>.db         the store
 *              heapgraph/<device, inode, size, times>     a link to it, so that a dump that has not
 *                                                         changed is not read again for its digest
 * SPDX-License-Identifier: MIT */
#include "core/load/import.h"

#include "core/capture/capture.h"
#include "core/dump/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
hg_import_result_clear(HgImportResult *result)
{
    g_clear_pointer(&result->damage, g_free);
    g_clear_pointer(&result->remarks, g_strfreev);
    g_clear_pointer(&result->ghost, g_free);
}

/* ---- cores --------------------------------------------------------------------------------- */

/* Loads the core at [path], or if that is NULL the one in [in]. */
static bool
import_core(HgStore *store, const char *path, GInputStream *in, const HgImportOptions *options,
            HgImportResult *result, GError **error)
{
    HgLoadOptions load_options = {.name = options->name, .progress = options->progress};
    HgImageOpenOptions core = {.salvage = options->salvage, .progress = options->progress};
    HgCaptureOptions how = {.trust = options->trust ? HG_TRUST_ALL : HG_TRUST_OWN,
                            .with_values = true,
                            .progress = options->progress};
    g_auto(HgCaptureResult) captured = {0};
    HgLoadResult loaded;
    g_autoptr(HgLoader) loader = hg_loader_new(store, &load_options);
    HgSink *sink = hg_loader_get_sink(loader);
    bool done = path ? hg_capture_core(path, &core, &how, sink, &captured, error)
                     : hg_capture_core_stream(in, &core, &how, sink, &captured, error);
    if (!done || !hg_loader_finish(loader, &loaded, error))
        return false;
    *result = (HgImportResult){.load = loaded,
                               .remarks = g_steal_pointer(&captured.remarks),
                               .ghost = hg_capture_dup_ghost_sentence(&captured)};
    return true;
}

/* Looks at the first bytes of a stream without taking them. */
static bool
begins_as_core(GBufferedInputStream *in, GError **error)
{
    gsize size;
    while (g_buffered_input_stream_get_available(in) < HG_READER_PEEK) {
        gssize more = g_buffered_input_stream_fill(in, -1, NULL, error);
        if (more < 0)
            return false;
        if (more == 0)
            break;
    }
    const uint8_t *start = g_buffered_input_stream_peek_buffer(in, &size);
    if (hg_image_recognises(start, size))
        return true;
    if (!hg_reader_find(start, size))
        hg_image_check_packing(start, size, error);
    return false;
}

/* ---- dumps --------------------------------------------------------------------------------- */

static bool
import_dump(HgStore *store, GInputStream *in, uint64_t total, const HgImportOptions *options,
            HgImportResult *result, GError **error)
{
    HgLoadOptions load_options = {.name = options->name, .progress = options->progress};
    HgReadOptions read_options = {
        .salvage = options->salvage, .progress = options->progress, .total = total};
    g_auto(HgReadResult) read = {0};
    HgLoadResult loaded;
    g_autoptr(HgLoader) loader = hg_loader_new(store, &load_options);
    if (!hg_dump_read(in, hg_loader_get_sink(loader), &read_options, &read, error) ||
        !hg_loader_finish(loader, &loaded, error))
        return false;
    *result = (HgImportResult){.load = loaded, .damage = g_steal_pointer(&read.damage)};
    return true;
}

bool
hg_import_stream(HgStore *store, GInputStream *in, uint64_t total, const HgImportOptions *options,
                 HgImportResult *result, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GInputStream) buffered = g_buffered_input_stream_new(in);
    bool is_core = begins_as_core(G_BUFFERED_INPUT_STREAM(buffered), &problem);
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    return is_core ? import_core(store, NULL, buffered, options, result, error)
                   : import_dump(store, buffered, total, options, result, error);
}

/* ---- files ------------------------------------------------------------------------------- */

/* Returns: a descriptor of the file, -1 with [error] set. */
static int
open_file(const char *path, struct stat *facts, GError **error)
{
    int descriptor = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (descriptor < 0 || fstat(descriptor, facts) < 0) {
        int problem = errno;
        if (descriptor >= 0)
            close(descriptor);
        g_set_error(error, HG_ERROR, problem == ENOENT ? HG_ERROR_NOT_FOUND : HG_ERROR_FAILED,
                    "%s: %s", path, g_strerror(problem));
        return -1;
    }
    if (!S_ISDIR(facts->st_mode))
        return descriptor;
    close(descriptor);
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: expected a file, but it is a folder", path);
    return -1;
}

/* Returns: the name of the file without its ending (a number is none: core.1234), NULL where that
 * will not do; g_free(). */
static char *
dup_name(HgStore *store, const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    char *dot = strrchr(name, '.');
    if (dot && dot != name && dot[1 + strspn(dot + 1, "0123456789")])
        *dot = '\0';
    return hg_store_check_new_name(store, name, NULL) ? g_steal_pointer(&name) : NULL;
}

typedef enum {
    FILE_IS_STORE,
    FILE_IS_DUMP,
    FILE_IS_CORE,
    FILE_IS_UNKNOWN
} FileKind;

static FileKind
tell_kind(int descriptor)
{
    uint8_t start[HG_READER_PEEK];
    ssize_t size = pread(descriptor, start, sizeof start, 0);
    if (size <= 0 || hg_store_recognises(start, (size_t)size))
        return FILE_IS_STORE;
    if (hg_image_recognises(start, (size_t)size))
        return FILE_IS_CORE;
    return hg_reader_find(start, (size_t)size) ? FILE_IS_DUMP : FILE_IS_UNKNOWN;
}

/* The file is none of what was expected: [message] says so, unless there is more to say. */
static void
explain_unknown(int descriptor, const char *path, const char *message, GError **error)
{
    uint8_t start[HG_READER_PEEK];
    ssize_t size = pread(descriptor, start, sizeof start, 0);
    if (hg_image_check_packing(start, (size_t)MAX(size, 0), error))
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FORMAT, message);
    g_prefix_error(error, "%s: ", path);
}

bool
hg_import_file(HgStore *store, const char *path, const HgImportOptions *options,
               HgImportResult *result, GError **error)
{
    struct stat facts;
    int descriptor = open_file(path, &facts, error);
    if (descriptor < 0)
        return false;
    g_autoptr(GInputStream) in = g_unix_input_stream_new(descriptor, TRUE);
    g_autofree char *name = dup_name(store, path);
    HgImportOptions named = *options;
    named.name = options->name ? options->name : name;
    bool is_file = S_ISREG(facts.st_mode);
    if (is_file && tell_kind(descriptor) == FILE_IS_CORE)
        return import_core(store, path, NULL, &named, result, error);
    uint64_t total = is_file ? (uint64_t)facts.st_size : 0;
    if (hg_import_stream(store, in, total, &named, result, error))
        return true;
    g_prefix_error(error, "%s: ", path);
    return false;
}

/* ---- a dump or core where a store is expected
 * ------------------------------------------------------ */

bool
hg_import_check(const char *path, GError **error)
{
    struct stat facts;
    int descriptor = open_file(path, &facts, error);
    if (descriptor < 0)
        return false;
    FileKind kind = S_ISREG(facts.st_mode) ? tell_kind(descriptor) : FILE_IS_DUMP;
    bool good = kind == FILE_IS_DUMP || kind == FILE_IS_CORE;
    if (!good)
        explain_unknown(descriptor, path, "neither a dump nor a core", error);
    close(descriptor);
    return good;
}

/* Returns: the SHA-256 of the whole file in hexadecimal; g_free(). */
static char *
dup_digest(int descriptor, const HgProgress *progress, uint64_t total, GError **error)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree uint8_t *buffer = g_malloc(1 << 20);
    uint64_t done = 0;
    ssize_t size;
    while ((size = pread(descriptor, buffer, 1 << 20, (off_t)done)) > 0) {
        g_checksum_update(checksum, buffer, size);
        done += (uint64_t)size;
        if (progress->func && !progress->func("looking whether it was loaded before", done, total,
                                              progress->user_data)) {
            g_set_error_literal(error, HG_ERROR, HG_ERROR_CANCELLED, "cancelled");
            return NULL;
        }
    }
    if (size == 0)
        return g_strdup(g_checksum_get_string(checksum));
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s", g_strerror(errno));
    return NULL;
}

static char *
dup_link_path(const char *folder, const struct stat *facts)
{
    g_autofree char *name =
        g_strdup_printf("%jx-%jx-%jx-%jx.%lx-%jx.%lx", (uintmax_t)facts->st_dev,
                        (uintmax_t)facts->st_ino, (uintmax_t)facts->st_size,
                        (uintmax_t)facts->st_mtim.tv_sec, (unsigned long)facts->st_mtim.tv_nsec,
                        (uintmax_t)facts->st_ctim.tv_sec, (unsigned long)facts->st_ctim.tv_nsec);
    return g_build_filename(folder, name, NULL);
}

/* Loads the dump into a store beside the one it shall be, then puts it in place at once, so that
 * nobody ever sees half of it. */
static bool
load_into_cache(const char *path, const char *cached, const HgProgress *progress, GError **error)
{
    g_autofree char *unfinished = g_strdup_printf("%s.%d", cached, (int)getpid());
    HgImportOptions options = {.progress = *progress};
    g_auto(HgImportResult) result = {0};
    g_unlink(unfinished);
    HgStore *store = hg_store_open(unfinished, HG_STORE_WRITE, error);
    bool loaded = store && hg_import_file(store, path, &options, &result, error);
    hg_store_close(store);
    if (loaded && g_rename(unfinished, cached) == 0)
        return true;
    if (loaded)
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", cached, g_strerror(errno));
    g_unlink(unfinished);
    return false;
}

static bool
fill_cache(int descriptor, const char *path, const char *folder, const char *link,
           const struct stat *facts, const HgProgress *progress, GError **error)
{
    g_autofree char *digest = dup_digest(descriptor, progress, (uint64_t)facts->st_size, error);
    if (!digest) {
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    g_autofree char *name = g_strconcat(digest, ".db", NULL);
    g_autofree char *cached = g_build_filename(folder, name, NULL);
    if (!g_file_test(cached, G_FILE_TEST_EXISTS) && !load_into_cache(path, cached, progress, error))
        return false;
    g_unlink(link);
    if (symlink(name, link) == 0 || errno == EEXIST)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", link, g_strerror(errno));
    return false;
}

static HgStore *
open_cached(int descriptor, const char *path, const struct stat *facts, HgStoreMode mode,
            const HgProgress *progress, GError **error)
{
    g_autofree char *folder = g_build_filename(g_get_user_cache_dir(), "heapgraph", NULL);
    if (g_mkdir_with_parents(folder, 0700) < 0) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", folder, g_strerror(errno));
        return NULL;
    }
    g_autofree char *link = dup_link_path(folder, facts);
    if (!g_file_test(link, G_FILE_TEST_EXISTS) &&
        !fill_cache(descriptor, path, folder, link, facts, progress, error))
        return NULL;
    return hg_store_open(link, mode, error);
}

HgStore *
hg_import_open(const char *path, HgStoreMode mode, const HgProgress *progress, GError **error)
{
    static const HgProgress silent = {0};
    if (mode == HG_STORE_WRITE && !g_file_test(path, G_FILE_TEST_EXISTS))
        return hg_store_open(path, mode, error);
    struct stat facts;
    int descriptor = open_file(path, &facts, error);
    if (descriptor < 0)
        return NULL;
    HgStore *store = NULL;
    FileKind kind = tell_kind(descriptor);
    if (kind == FILE_IS_DUMP || kind == FILE_IS_CORE)
        store = open_cached(descriptor, path, &facts, mode, progress ? progress : &silent, error);
    else if (kind == FILE_IS_STORE)
        store = hg_store_open(path, mode, error);
    else
        explain_unknown(descriptor, path, "neither a store nor a dump nor a core", error);
    close(descriptor);
    return store;
}
