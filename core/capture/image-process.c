/* image-process.c - the memory of a live process, copied while it is stopped.
 *
 * Before the stop: room for what it has touched is reserved and touched, its ELF files are
 * mapped. In the stop: its mappings are read again, and of each private one the pages that are
 * its own are copied. After it: what a mapping did not change comes from its file, when it is
 * looked at.
 * SPDX-License-Identifier: MIT */
#include "core/capture/image-process.h"

#include <inttypes.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/capture/frozen.h"
#include "core/capture/image-private.h"
#include "core/capture/mappings.h"
#include "core/capture/process.h"
#include "core/capture/shadow.h"
#include "core/capture/stop.h"
#include "core/capture/touched.h"
#include "core/error.h"

/* A single mapping larger than this is somebody's reserved address space, not a heap. */
#define MAPPING_MAX (1ull << 40)

/* Of a mapping whose file is gone, at most this much is copied whole. */
#define WHOLE_MAX (64ull << 20)

/* Kept free beside the copy. */
#define MEMORY_RESERVE (64ull << 20)

#define RANGES_AT_ONCE 1024 /* IOV_MAX */
#define PAUSE_BETWEEN_STOPS_US 5000

/* A file that is mapped in the target. */
typedef struct {
    const uint8_t *bytes; /* mapped here as well, or NULL */
    size_t size;
    bool whole; /* cannot be opened any more: copy what is mapped of it */
} MappedFile;

typedef struct {
    const HgImageProcessOptions *options;
    HgImage *image;
    int source; /* the process that is read: the target, or its copy */
    HgFrozen frozen;
    HgShadow shadow;
    HgTouched touched;
    GHashTable *files; /* "inode path" to MappedFile */
    GArray *mappings;  /* HgMapping, as read last */
    GArray *ranges;    /* HgRange, copied or to be copied */
    char *identity;    /* of the program that runs: changes with exec */
    bool taken;
    GError *error;
} Copier;

/* ---- what is to be copied ---- */

static bool
is_wanted(const HgMapping *mapping)
{
    return mapping->readable && !(mapping->flags & HG_REGION_SHARED) &&
           mapping->end - mapping->start <= MAPPING_MAX;
}

static bool
starts_as_elf(int pid, uint64_t address)
{
    char magic[4];
    return hg_image_peek(pid, address, magic, sizeof magic) && !memcmp(magic, "\177ELF", 4);
}

/* The kernel's own link is exact even if the file was replaced or has no name any more, but is
 * for the privileged; the path is for everyone. */
static MappedFile *
map_file(Copier *copier, const HgMapping *mapping)
{
    int pid = copier->options->pid;
    MappedFile *file = g_new0(MappedFile, 1);
    g_autofree char *link = g_strdup_printf("/proc/%d/map_files/%" PRIx64 "-%" PRIx64, pid,
                                            mapping->start, mapping->end);
    g_autofree char *path = g_strdup_printf("/proc/%d/root%s", pid, mapping->file);
    file->bytes = hg_image_map_elf(copier->image, link, 0, &file->size);
    if (!file->bytes && !mapping->deleted)
        file->bytes = hg_image_map_elf(copier->image, path, mapping->inode, &file->size);
    file->whole = !file->bytes && !mapping->file_offset && starts_as_elf(pid, mapping->start);
    return file;
}

static const MappedFile *
find_file(Copier *copier, const HgMapping *mapping)
{
    g_autofree char *key = g_strdup_printf("%" PRIu64 " %s", mapping->inode, mapping->file);
    MappedFile *file = g_hash_table_lookup(copier->files, key);
    if (!file) {
        file = map_file(copier, mapping);
        g_hash_table_insert(copier->files, g_steal_pointer(&key), file);
    }
    return file;
}

static bool
is_whole(Copier *copier, const HgMapping *mapping)
{
    return mapping->file && mapping->end - mapping->start <= WHOLE_MAX &&
           find_file(copier, mapping)->whole;
}

/* Reads the mappings again, and which of their pages are to be copied. */
static bool
survey(Copier *copier, GError **error)
{
    g_clear_pointer(&copier->mappings, g_array_unref);
    copier->mappings = hg_mappings_read(copier->source, error);
    if (!copier->mappings)
        return false;
    g_array_set_size(copier->ranges, 0);
    for (guint i = 0; i < copier->mappings->len; i++) {
        const HgMapping *mapping = &g_array_index(copier->mappings, HgMapping, i);
        HgRange whole = {.start = mapping->start, .end = mapping->end};
        if (!is_wanted(mapping))
            continue;
        if (is_whole(copier, mapping))
            g_array_append_val(copier->ranges, whole);
        else
            hg_touched_append(&copier->touched, mapping->start, mapping->end, copier->ranges);
    }
    return true;
}

static uint64_t
get_ranges_size(const GArray *ranges)
{
    uint64_t size = 0;
    for (guint i = 0; i < ranges->len; i++) {
        const HgRange *range = &g_array_index(ranges, HgRange, i);
        size += range->end - range->start;
    }
    return size;
}

/* ---- before the stop ---- */

/* What exec changes and nothing else does: where the kernel put the program's arguments. */
static char *
dup_identity(int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/auxv", pid);
    char *bytes = NULL;
    gsize size = 0;
    if (!g_file_get_contents(path, &bytes, &size, NULL))
        return NULL;
    char *text = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
    g_free(bytes);
    return text;
}

static bool
check_memory(const Copier *copier, GError **error)
{
    uint64_t needed = get_ranges_size(copier->ranges) + MEMORY_RESERVE;
    uint64_t available = hg_process_get_available_memory(getpid());
    if (needed <= available)
        return true;
    g_set_error(
        error, HG_ERROR, HG_ERROR_MEMORY,
        "a copy of process %d takes %.1f GB, and only %.1f GB of memory are available; it was "
        "not stopped",
        copier->options->pid, (double)needed / 1e9, (double)available / 1e9);
    return false;
}

/* Returns: the mappings a room is needed for, as HgRange. */
static GArray *
list_wanted(const Copier *copier)
{
    GArray *wanted = g_array_new(FALSE, FALSE, sizeof(HgRange));
    for (guint i = 0; i < copier->mappings->len; i++) {
        const HgMapping *mapping = &g_array_index(copier->mappings, HgMapping, i);
        HgRange range = {.start = mapping->start, .end = mapping->end};
        if (is_wanted(mapping))
            g_array_append_val(wanted, range);
    }
    return wanted;
}

static bool
report(const HgProgress *progress, uint64_t done, uint64_t total, GError **error)
{
    if (!progress || !progress->func ||
        progress->func("preparing the copy", done, total, progress->user_data))
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_CANCELLED, "cancelled");
    return false;
}

static bool
prefault(Copier *copier, const HgProgress *progress, GError **error)
{
    uint64_t done = 0, total = get_ranges_size(copier->ranges);
    for (guint i = 0; i < copier->ranges->len; i++) {
        const HgRange *range = &g_array_index(copier->ranges, HgRange, i);
        hg_shadow_prefault(&copier->shadow, range->start, range->end);
        done += range->end - range->start;
        if (!report(progress, done, total, error))
            return false;
    }
    return true;
}

static bool
prepare(Copier *copier, const HgProgress *progress, GError **error)
{
    if (!hg_touched_open(&copier->touched, copier->source, error) || !survey(copier, error) ||
        !check_memory(copier, error))
        return false;
    if (copier->options->fork &&
        !hg_frozen_check(copier->source, get_ranges_size(copier->ranges) + MEMORY_RESERVE, error))
        return false;
    g_autoptr(GArray) wanted = list_wanted(copier);
    return hg_shadow_reserve(&copier->shadow, wanted, error) && prefault(copier, progress, error);
}

/* ---- in the stop ---- */

/* Copies what can be copied of one range, page by page. */
static uint64_t
copy_pages(int pid, const struct iovec *local, const struct iovec *remote)
{
    uint64_t copied = 0;
    for (size_t offset = 0; offset < local->iov_len; offset += 4096)
        if (hg_image_peek(pid, (uintptr_t)remote->iov_base + offset,
                          (uint8_t *)local->iov_base + offset, 4096))
            copied += 4096;
    return copied;
}

static uint64_t
copy_ranges(int pid, const struct iovec *local, const struct iovec *remote, size_t n_ranges)
{
    ssize_t wanted = 0;
    for (size_t i = 0; i < n_ranges; i++)
        wanted += (ssize_t)local[i].iov_len;
    if (process_vm_readv(pid, local, n_ranges, remote, n_ranges, 0) == wanted)
        return (uint64_t)wanted;
    uint64_t copied = 0;
    for (size_t i = 0; i < n_ranges; i++)
        copied += process_vm_readv(pid, &local[i], 1, &remote[i], 1, 0) == (ssize_t)local[i].iov_len
                      ? local[i].iov_len
                      : copy_pages(pid, &local[i], &remote[i]);
    return copied;
}

/* What is to be copied, cut into pieces, and these gathered into batches that several threads
 * take in turn: the target stands still, so its processors are free. */
typedef struct {
    int pid;
    GArray *local, *remote; /* struct iovec, piece by piece */
    GArray *batch;          /* number of the first piece, guint; the last one ends the list */
    size_t open_size;       /* bytes in the batch that is being gathered */
    int next;               /* batch to be taken, atomic */
    uint64_t copied;        /* bytes, atomic */
} Copying;
#define BATCH_MAX (16ull << 20)
#define THREADS_MAX 4

static void
end_batch(Copying *copying)
{
    g_array_append_val(copying->batch, copying->local->len);
    copying->open_size = 0;
}

static void
add_range(Copying *copying, const HgRange *range, uint8_t *to)
{
    for (uint64_t at = range->start; at < range->end;) {
        size_t size = MIN(range->end - at, BATCH_MAX - copying->open_size);
        struct iovec local = {to + (at - range->start), size}, remote = {(void *)at, size};
        g_array_append_val(copying->local, local);
        g_array_append_val(copying->remote, remote);
        at += size;
        copying->open_size += size;
        guint first = g_array_index(copying->batch, guint, copying->batch->len - 1);
        if (copying->open_size == BATCH_MAX || copying->local->len - first == RANGES_AT_ONCE)
            end_batch(copying);
    }
}

static void *
copy_batches(void *user_data)
{
    Copying *copying = user_data;
    guint number;
    while ((number = (guint)g_atomic_int_add(&copying->next, 1)) + 1 < copying->batch->len) {
        const guint *first = &g_array_index(copying->batch, guint, number);
        uint64_t copied = copy_ranges(
            copying->pid, &g_array_index(copying->local, struct iovec, first[0]),
            &g_array_index(copying->remote, struct iovec, first[0]), first[1] - first[0]);
        __atomic_fetch_add(&copying->copied, copied, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void
copy_in_threads(Copying *copying)
{
    GThread *helper[THREADS_MAX];
    guint n_helpers = MIN(MIN(g_get_num_processors(), THREADS_MAX), copying->batch->len) - 1;
    for (guint i = 0; i < n_helpers; i++)
        helper[i] = g_thread_new("heapgraph-copy", copy_batches, copying);
    copy_batches(copying);
    for (guint i = 0; i < n_helpers; i++)
        g_thread_join(helper[i]);
}

/* Mappings that are new since the rooms were reserved get theirs as a whole. */
static bool
make_rooms(Copier *copier, GError **error)
{
    for (guint i = 0; i < copier->mappings->len; i++) {
        const HgMapping *mapping = &g_array_index(copier->mappings, HgMapping, i);
        if (!is_wanted(mapping) || hg_shadow_find(&copier->shadow, mapping->start, mapping->end))
            continue;
        g_set_error(error, HG_ERROR, HG_ERROR_MEMORY, "no address space for the copy");
        return false;
    }
    return true;
}

static bool
copy_all(Copier *copier, GError **error)
{
    if (!make_rooms(copier, error))
        return false;
    g_autoptr(GArray) local = g_array_new(FALSE, FALSE, sizeof(struct iovec));
    g_autoptr(GArray) remote = g_array_new(FALSE, FALSE, sizeof(struct iovec));
    g_autoptr(GArray) batch = g_array_new(FALSE, FALSE, sizeof(guint));
    Copying copying = {.pid = copier->source, .local = local, .remote = remote, .batch = batch};
    end_batch(&copying);
    for (guint i = 0; i < copier->ranges->len; i++) {
        const HgRange *range = &g_array_index(copier->ranges, HgRange, i);
        add_range(&copying, range, hg_shadow_find(&copier->shadow, range->start, range->end));
    }
    end_batch(&copying);
    copy_in_threads(&copying);
    copier->image->cost.copied += copying.copied;
    return true;
}

static bool
check_identity(void *user_data, GError **error)
{
    const Copier *copier = user_data;
    g_autofree char *identity = dup_identity(copier->options->pid);
    if (identity && !g_strcmp0(identity, copier->identity))
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED,
                identity ? "process %d started another program (exec) meanwhile: capture it again"
                         : "process %d has ended",
                copier->options->pid);
    return false;
}

static bool
is_acceptable(const Copier *copier)
{
    return !copier->options->accept ||
           copier->options->accept(copier->options->pid, copier->options->user_data);
}

/* Takes the copy from the stopped target, unless it is to be met at a better moment. */
static bool
take(Copier *copier, const HgStop *stop, GError **error)
{
    HgImageCost *cost = &copier->image->cost;
    if (!check_identity(copier, error))
        return false;
    bool acceptable = is_acceptable(copier);
    if (!acceptable && cost->n_stops < HG_STOPS_MAX)
        return true;
    if (!survey(copier, error) || !copy_all(copier, error))
        return false;
    copier->image->thread = hg_stop_dup_threads(stop, &copier->image->n_threads);
    hg_image_sort_threads(copier->image);
    cost->during_collection = !acceptable;
    copier->image->origin.taken = (uint64_t)g_get_real_time();
    copier->taken = true;
    return true;
}

/* Has this thread, and those it makes, run before all ordinary ones where that is permitted: every
 * moment they wait for a processor the target waits, too. They never wait without sleeping for what
 * an ordinary thread has to do. */
static void
hurry(void)
{
    sched_setscheduler(0, SCHED_RR, &(struct sched_param){.sched_priority = 1});
}

/* A thread of its own for each stop: whatever could not be let go, its end lets go. */
static void *
try_once(void *user_data)
{
    Copier *copier = user_data;
    HgImageCost *cost = &copier->image->cost;
    HgStop stop;
    hurry();
    cost->n_stops++;
    int64_t started = g_get_monotonic_time();
    if (hg_stop_begin(&stop, copier->options->pid, &copier->error)) {
        take(copier, &stop, &copier->error);
        hg_stop_release(&stop);
    }
    uint64_t pause = (uint64_t)(g_get_monotonic_time() - started);
    cost->pause += pause;
    cost->longest_pause = MAX(cost->longest_pause, pause);
    return NULL;
}

static bool
is_worth_another_try(const Copier *copier)
{
    return copier->image->cost.n_stops < HG_STOPS_MAX &&
           (!copier->error || g_error_matches(copier->error, HG_ERROR, HG_ERROR_BUSY));
}

static bool
stop_and_take(Copier *copier, GError **error)
{
    do {
        if (copier->image->cost.n_stops)
            g_usleep(PAUSE_BETWEEN_STOPS_US << copier->image->cost.n_stops);
        g_clear_error(&copier->error);
        g_thread_join(g_thread_new("heapgraph-stop", try_once, copier));
    } while (!copier->taken && is_worth_another_try(copier));
    if (copier->error)
        g_propagate_error(error, g_steal_pointer(&copier->error));
    return copier->taken;
}

/* ---- by a fork ---- */

/* Private memory of the target that its copy has not: MADV_DONTFORK. */
static uint64_t
get_left_out(const Copier *copier, const GArray *before)
{
    g_autoptr(GArray) now = hg_mappings_read(copier->options->pid, NULL);
    g_autoptr(GHashTable) there = g_hash_table_new(NULL, NULL);
    uint64_t size = 0;
    for (guint i = 0; i < copier->mappings->len; i++)
        g_hash_table_add(there,
                         GSIZE_TO_POINTER(g_array_index(copier->mappings, HgMapping, i).start));
    g_autoptr(GHashTable) still = g_hash_table_new(NULL, NULL);
    for (guint i = 0; now && i < now->len; i++)
        g_hash_table_add(still, GSIZE_TO_POINTER(g_array_index(now, HgMapping, i).start));
    for (guint i = 0; i < before->len; i++) {
        const HgMapping *mapping = &g_array_index(before, HgMapping, i);
        void *start = GSIZE_TO_POINTER(mapping->start);
        if (is_wanted(mapping) && g_hash_table_contains(still, start) &&
            !g_hash_table_contains(there, start))
            size += mapping->end - mapping->start;
    }
    return size;
}

/* Shared memory without a file: no copy of it stands still, so it is not read. */
static uint64_t
get_shared(const Copier *copier)
{
    uint64_t size = 0;
    for (guint i = 0; i < copier->mappings->len; i++) {
        const HgMapping *mapping = &g_array_index(copier->mappings, HgMapping, i);
        bool is_memory = !mapping->file || g_str_has_prefix(mapping->file, "/dev/shm/") ||
                         g_str_has_prefix(mapping->file, "/dev/zero") ||
                         g_str_has_prefix(mapping->file, "/memfd:") ||
                         g_str_has_prefix(mapping->file, "/SYSV");
        if (is_memory && mapping->flags & HG_REGION_SHARED && mapping->flags & HG_REGION_WRITABLE)
            size += mapping->end - mapping->start;
    }
    return size;
}

static void
tell_left_out(const Copier *copier, const GArray *before)
{
    uint64_t left_out = get_left_out(copier, before), shared = get_shared(copier);
    if (left_out)
        hg_image_add_remark(copier->image,
                            "%.1f MB that the process keeps out of forks (MADV_DONTFORK) are not "
                            "in the image",
                            (double)left_out / 1e6);
    if (shared)
        hg_image_add_remark(copier->image,
                            "%.1f MB of memory shared with others are not in the image",
                            (double)shared / 1e6);
}

static bool
read_copy(Copier *copier, GError **error)
{
    g_autoptr(GArray) before = g_array_ref(copier->mappings);
    copier->source = copier->frozen.copy;
    hg_touched_close(&copier->touched);
    if (!hg_touched_open(&copier->touched, copier->source, error) || !survey(copier, error) ||
        !copy_all(copier, error))
        return false;
    tell_left_out(copier, before);
    return true;
}

static bool
fork_and_take(Copier *copier, GError **error)
{
    HgFrozen *frozen = &copier->frozen;
    HgImage *image = copier->image;
    if (!hg_frozen_take(frozen, error))
        return false;
    image->cost = frozen->cost;
    image->origin.taken = (uint64_t)g_get_real_time();
    image->thread = g_steal_pointer(&frozen->thread);
    image->n_threads = frozen->n_threads;
    hg_image_sort_threads(image);
    bool good = read_copy(copier, error);
    g_autofree char *problem = hg_frozen_release(frozen);
    if (problem)
        hg_image_add_remark(image, "%s", problem);
    return good;
}

/* ---- after the stop ---- */

/* The part [start, end) of a mapping was not copied: it is as in the file. */
static void
put_off(Copier *copier, const HgMapping *mapping, const MappedFile *file, uint64_t start,
        uint64_t end, uint8_t *bytes)
{
    uint64_t offset = mapping->file_offset + (start - mapping->start);
    if (offset >= file->size || start >= end)
        return;
    hg_image_add_lazy(copier->image, start, MIN(end - start, file->size - offset),
                      file->bytes + offset, bytes + (start - mapping->start));
}

/* Returns: the first of the ranges that ends behind [address]. */
static guint
find_range(const GArray *ranges, uint64_t address)
{
    guint low = 0, high = ranges->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(ranges, HgRange, middle).end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
put_off_rest(Copier *copier, const HgMapping *mapping, uint8_t *bytes)
{
    const MappedFile *file = find_file(copier, mapping);
    uint64_t at = mapping->start;
    if (!file->bytes)
        return;
    for (guint i = find_range(copier->ranges, at); i < copier->ranges->len; i++) {
        const HgRange *range = &g_array_index(copier->ranges, HgRange, i);
        if (range->start >= mapping->end)
            break;
        put_off(copier, mapping, file, at, range->start, bytes);
        at = range->end;
    }
    put_off(copier, mapping, file, at, mapping->end, bytes);
}

/* Code of no file at all is not in the image, nor are files that are not programs. */
static void
add_regions(Copier *copier)
{
    for (guint i = 0; i < copier->mappings->len; i++) {
        const HgMapping *mapping = &g_array_index(copier->mappings, HgMapping, i);
        uint8_t *bytes = is_wanted(mapping)
                             ? hg_shadow_find(&copier->shadow, mapping->start, mapping->end)
                             : NULL;
        HgRegion region = {.start = mapping->start,
                           .end = mapping->end,
                           .bytes = bytes,
                           .file_offset = mapping->file_offset,
                           .file = mapping->file,
                           .flags = mapping->flags};
        hg_image_add_region(copier->image, &region);
        if (bytes && mapping->file)
            put_off_rest(copier, mapping, bytes);
    }
}

static void
name_threads(const Copier *copier)
{
    for (size_t i = 0; i < copier->image->n_threads; i++) {
        HgImageThread *thread = &copier->image->thread[i];
        g_autofree char *path =
            g_strdup_printf("/proc/%d/task/%d/comm", copier->options->pid, thread->id);
        g_autofree char *name = NULL;
        if (g_file_get_contents(path, &name, NULL, NULL))
            g_strlcpy(thread->name, g_strchomp(name), sizeof thread->name);
    }
}

/* ---- both kinds of image ---- */

static void
tell_origin(HgImage *image, const HgProcess *process)
{
    g_autofree char *boot_id = NULL;
    g_autofree char *root = g_strdup_printf("/proc/%d/root", process->pid);
    if (g_file_get_contents("/proc/sys/kernel/random/boot_id", &boot_id, NULL, NULL))
        g_strchomp(boot_id);
    image->origin = (HgImageOrigin){
        .source = "process",
        .pid = process->pid,
        .is_own = process->uid == geteuid(),
        .process_start = process->start,
        .boot_id = hg_image_keep_text(image, boot_id),
        .arguments = hg_image_keep_text(image, process->arguments),
        .executable = hg_image_keep_text(image, process->executable),
        .root = hg_image_keep_text(image, root),
        .taken = (uint64_t)g_get_real_time(),
        .resident = process->resident,
    };
}

/* Returns: an image that knows where it comes from, or NULL if [pid] may not be captured. */
static HgImage *
new_for_process(int pid, GError **error)
{
    g_auto(HgProcess) process = {0};
    if (!hg_process_read(&process, pid, error) || !hg_process_check(&process, error) ||
        !hg_process_check_permission(&process, error))
        return NULL;
    HgImage *image = hg_image_new_empty("process");
    tell_origin(image, &process);
    return image;
}

static void
clear_copier(Copier *copier)
{
    g_free(hg_frozen_release(&copier->frozen));
    hg_shadow_clear(&copier->shadow);
    hg_touched_close(&copier->touched);
    g_clear_pointer(&copier->files, g_hash_table_unref);
    g_clear_pointer(&copier->mappings, g_array_unref);
    g_clear_pointer(&copier->ranges, g_array_unref);
    g_clear_pointer(&copier->identity, g_free);
    g_clear_error(&copier->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Copier, clear_copier)

HgImage *
hg_image_new_process(const HgImageProcessOptions *options, const HgProgress *progress,
                     GError **error)
{
    g_autoptr(HgImage) image = new_for_process(options->pid, error);
    if (!image)
        return NULL;
    g_auto(Copier) copier = {.options = options,
                             .image = image,
                             .source = options->pid,
                             .frozen = {.to = -1, .from = -1},
                             .touched = {.file = -1}};
    copier.files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    copier.ranges = g_array_new(FALSE, FALSE, sizeof(HgRange));
    hg_shadow_init(&copier.shadow, image);
    copier.identity = dup_identity(options->pid);
    if (options->fork && !hg_frozen_start(&copier.frozen, options, check_identity, &copier, error))
        return NULL;
    if (!prepare(&copier, progress, error) ||
        !(options->fork ? fork_and_take : stop_and_take)(&copier, error))
        return NULL;
    add_regions(&copier);
    name_threads(&copier);
    return hg_image_finish(image, error) ? g_steal_pointer(&image) : NULL;
}

/* Room for one mapping of a live image; nothing is in it yet. */
static uint8_t *
reserve(HgImage *image, const HgMapping *mapping)
{
    size_t size = mapping->end - mapping->start;
    uint8_t *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED)
        return NULL;
    hg_image_add_mapping(image, bytes, size);
    return bytes;
}

HgImage *
hg_image_new_live(int pid, GError **error)
{
    g_autoptr(HgImage) image = new_for_process(pid, error);
    g_autoptr(GArray) mappings = image ? hg_mappings_read(pid, error) : NULL;
    if (!mappings)
        return NULL;
    image->private_data->live_pid = pid;
    for (guint i = 0; i < mappings->len; i++) {
        const HgMapping *mapping = &g_array_index(mappings, HgMapping, i);
        HgRegion region = {.start = mapping->start,
                           .end = mapping->end,
                           .bytes = is_wanted(mapping) ? reserve(image, mapping) : NULL,
                           .file_offset = mapping->file_offset,
                           .file = mapping->file,
                           .flags = mapping->flags};
        hg_image_add_region(image, &region);
    }
    return hg_image_finish(image, error) ? g_steal_pointer(&image) : NULL;
}

bool
hg_image_peek(int pid, uint64_t address, void *to, size_t size)
{
    struct iovec local = {.iov_base = to, .iov_len = size};
    struct iovec remote = {.iov_base = (void *)address, .iov_len = size};
    return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}
