/* test-image.c - the memory of a process at one moment, live or from a core.
 *
 * The target is a child that shares our memory as it was at the fork: what the image says is
 * compared with our own copy of the same addresses.
 * SPDX-License-Identifier: MIT */
#include "core/capture/image.h"

#include <elf.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/capture/image-process.h"
#include "core/error.h"

#define PAGE 4096
#define N_PAGES 512

static struct {
    uint8_t *pattern; /* N_PAGES, each third one never touched */
    uint8_t *shared;  /* a page */
    uint8_t *hidden;  /* a page of PROT_NONE */
    int to_child, from_child;
    pid_t pid;
} target;

/* ---- the target ---- */

static uint8_t *
map(size_t size, int protection, int flags)
{
    uint8_t *bytes = mmap(NULL, size, protection, flags | MAP_ANONYMOUS, -1, 0);
    g_assert_true(bytes != MAP_FAILED);
    return bytes;
}

static void
fill_pattern(void)
{
    target.pattern = map(N_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    madvise(target.pattern, N_PAGES * PAGE, MADV_NOHUGEPAGE);
    for (size_t page = 0; page < N_PAGES; page++)
        for (size_t i = 0; page % 3 && i < PAGE; i++)
            target.pattern[page * PAGE + i] = (uint8_t)g_test_rand_int();
    target.shared = map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
    target.hidden = map(PAGE, PROT_NONE, MAP_PRIVATE);
    *target.shared = 7;
}

/* Answers each byte with the next one. */
static _Noreturn void
run_child(int in, int out)
{
    for (uint8_t byte; read(in, &byte, 1) == 1;) {
        byte++;
        if (write(out, &byte, 1) != 1)
            break;
    }
    _exit(0);
}

static void
start_target(void)
{
    int to_child[2], from_child[2];
    g_assert_cmpint(pipe(to_child) | pipe(from_child), ==, 0);
    fill_pattern();
    target.pid = fork();
    if (!target.pid) {
        close(to_child[1]);
        run_child(to_child[0], from_child[1]);
    }
    close(to_child[0]);
    close(from_child[1]);
    target.to_child = to_child[1];
    target.from_child = from_child[0];
}

static void
assert_alive(void)
{
    uint8_t byte = 41;
    g_assert_cmpint(write(target.to_child, &byte, 1), ==, 1);
    g_assert_cmpint(read(target.from_child, &byte, 1), ==, 1);
    g_assert_cmpint(byte, ==, 42);
}

static void
stop_target(void)
{
    close(target.to_child);
    close(target.from_child);
    g_assert_cmpint(waitpid(target.pid, NULL, 0), ==, target.pid);
    munmap(target.pattern, N_PAGES * PAGE);
}

/* Returns: the image, or NULL with the test marked as skipped where tracing is not allowed even
 * for a child. */
static HgImage *
capture(const HgImageProcessOptions *options)
{
    g_autoptr(GError) error = NULL;
    HgImage *image = hg_image_new_process(options, NULL, &error);
    if (!image && g_str_has_prefix(error->message, "process ") &&
        strstr(error->message, "traced")) {
        g_test_skip(error->message);
        return NULL;
    }
    g_assert_no_error(error);
    return image;
}

/* ---- what is in an image ---- */

static void
assert_pattern(HgImage *image)
{
    const uint8_t *found = hg_image_find(image, (uintptr_t)target.pattern, N_PAGES * PAGE);
    g_assert_cmpmem(found, N_PAGES * PAGE, target.pattern, N_PAGES * PAGE);
    /* code and read-only data: of this test itself */
    const void *here = (const void *)assert_pattern;
    g_assert_cmpmem(hg_image_find(image, (uintptr_t)here, 16), 16, here, 16);
    const char *text = "in read-only data";
    g_assert_cmpstr(hg_image_find_text(image, (uintptr_t)text, 100), ==, text);
    g_assert_null(hg_image_find_text(image, (uintptr_t)text, 4));
}

/* Nothing outside, across an end, or that is not copied. */
static void
assert_bounds(HgImage *image)
{
    uint64_t start = (uintptr_t)target.pattern;
    const HgRegion *region = hg_image_find_region(image, start);
    g_assert_nonnull(hg_image_find(image, region->end - 8, 8));
    uint64_t end = hg_image_get_run(image, region).last->end;
    g_assert_nonnull(hg_image_find(image, end - 8, 8));
    g_assert_null(hg_image_find(image, end - 8, 9));
    g_assert_null(hg_image_find(image, region->start, UINT64_MAX));
    g_assert_null(hg_image_find(image, 0, 1));
    g_assert_null(hg_image_find(image, 8, 8));
    g_assert_null(hg_image_find(image, UINT64_MAX, 1));
    g_assert_null(hg_image_find(image, UINT64_MAX - 7, 8));
    g_assert_null(hg_image_find(image, (uintptr_t)target.shared, 1));
    g_assert_null(hg_image_find(image, (uintptr_t)target.hidden, 1));
    g_assert_null(hg_image_find_text(image, 8, 100));
    g_assert_cmpuint(hg_image_get_u64(image, 8), ==, 0);
}

static void
test_process(void)
{
    start_target();
    HgImageProcessOptions options = {.pid = target.pid};
    g_autoptr(HgImage) image = capture(&options);
    assert_alive();
    if (image) {
        assert_pattern(image);
        assert_bounds(image);
        g_assert_cmpuint(image->n_threads, ==, 1);
        g_assert_cmpint(image->thread[0].id, ==, target.pid);
        g_assert_nonnull(hg_image_find(image, image->thread[0].stack_pointer, 8));
        g_assert_nonnull(hg_image_find(image, image->thread[0].fs_base, 8));
        g_assert_cmpuint(image->cost.n_stops, ==, 1);
        g_assert_cmpuint(image->cost.copied, >=, N_PAGES / 3 * 2 * PAGE);
        g_assert_cmpint(image->origin.pid, ==, target.pid);
    }
    stop_target();
}

/* Look-ups through the slots agree with the search, wherever they go. */
static void
test_lookups(void)
{
    start_target();
    HgImageProcessOptions options = {.pid = target.pid};
    g_autoptr(HgImage) image = capture(&options);
    for (int i = 0; image && i < 200000; i++) {
        const HgRegion *near = &image->region[g_test_rand_int_range(0, (int)image->n_regions)];
        uint64_t address = near->start - 64 + (uint64_t)g_test_rand_int_range(0, 4096);
        const HgRegion *region = hg_image_find_region(image, address);
        const uint8_t *found = hg_image_find(image, address, 8);
        if (!region || !region->bytes)
            g_assert_null(found);
        else if (hg_image_get_run(image, region).last->end - address < 8)
            g_assert_null(found);
        else
            g_assert_true(found == region->bytes + (address - region->start));
    }
    stop_target();
}

static bool
refuse(int pid, void *user_data)
{
    int *n_asked = user_data;
    return ++*n_asked > 2;
}

static bool
refuse_always(int pid, void *user_data)
{
    ++*(int *)user_data;
    return false;
}

/* A stop at a bad moment is given back; the fifth is taken all the same, and says so. */
static void
test_retry(void)
{
    int n_asked = 0;
    start_target();
    HgImageProcessOptions options = {.pid = target.pid, .accept = refuse, .user_data = &n_asked};
    g_autoptr(HgImage) image = capture(&options);
    if (image) {
        g_assert_cmpint(n_asked, ==, 3);
        g_assert_cmpuint(image->cost.n_stops, ==, 3);
        g_assert_false(image->cost.during_collection);
        assert_pattern(image);
    }
    n_asked = 0;
    options.accept = refuse_always;
    g_autoptr(HgImage) forced = capture(&options);
    if (forced) {
        g_assert_cmpint(n_asked, ==, HG_STOPS_MAX);
        g_assert_true(forced->cost.during_collection);
        assert_pattern(forced);
    }
    assert_alive();
    stop_target();
}

/* The image belongs to the moment of the stop, a live one does not. */
static void
test_live(void)
{
    g_autoptr(GError) error = NULL;
    start_target();
    g_autoptr(HgImage) image = hg_image_new_live(target.pid, &error);
    if (image)
        assert_pattern(image);
    else
        g_test_skip(error->message);
    assert_alive();
    stop_target();
}

static char
get_state(int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return strrchr(text, ')')[2];
}

/* A stopped target (SIGSTOP) is captured like any other, and remains stopped: set free, it wakes
 * inside the kernel, finds that it is to stop, and is soon stopped again. */
static void
test_suspended(void)
{
    int status;
    start_target();
    kill(target.pid, SIGSTOP);
    g_assert_cmpint(waitpid(target.pid, &status, WUNTRACED), ==, target.pid);
    HgImageProcessOptions options = {.pid = target.pid};
    g_autoptr(HgImage) image = capture(&options);
    if (image)
        assert_pattern(image);
    while (get_state(target.pid) == 'R')
        g_usleep(1000);
    g_assert_cmpint(get_state(target.pid), ==, 'T');
    kill(target.pid, SIGCONT);
    assert_alive();
    stop_target();
}

/* ---- refusals ---- */

static void
assert_refused(int pid, const char *words)
{
    g_autoptr(GError) error = NULL;
    HgImageProcessOptions options = {.pid = pid};
    g_assert_null(hg_image_new_process(&options, NULL, &error));
    g_assert_nonnull(strstr(error->message, words));
}

static void
test_refusals(void)
{
    pid_t zombie = fork();
    if (!zombie)
        _exit(0);
    g_usleep(1000);
    siginfo_t info;
    g_assert_cmpint(waitid(P_PID, (id_t)zombie, &info, WEXITED | WNOWAIT), ==, 0);
    assert_refused(zombie, "is a zombie");
    waitpid(zombie, NULL, 0);
    assert_refused(zombie, "there is no process");
    assert_refused(0, "there is no process");
    assert_refused(-1, "there is no process");
    assert_refused(getpid(), "cannot stop itself");
    if (g_file_test("/proc/2/comm", G_FILE_TEST_EXISTS) &&
        !g_file_test("/proc/2/exe", G_FILE_TEST_EXISTS))
        assert_refused(2, "is a kernel thread");
}

/* ---- saved images ---- */

static char *
dup_saved(GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("heapgraph-XXXXXX", NULL);
    char *path = g_build_filename(folder, "image", NULL);
    HgImageProcessOptions options = {.pid = target.pid};
    g_autoptr(HgImage) image = capture(&options);
    if (!image || !hg_image_save(image, path, error))
        g_clear_pointer(&path, g_free);
    return path;
}

static void
remove_saved(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_unlink(path);
    g_rmdir(folder);
}

static void
test_save(void)
{
    HgImageOpenOptions alone = {.without_files = true};
    g_autoptr(GError) error = NULL;
    start_target();
    g_autofree char *path = dup_saved(&error);
    g_assert_no_error(error);
    if (path) {
        GStatBuf status;
        g_assert_cmpint(g_stat(path, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0600);
        g_autoptr(HgImage) image = hg_image_open(path, &alone, &error);
        g_assert_no_error(error);
        assert_pattern(image);
        assert_bounds(image);
        g_assert_cmpint(image->thread[0].id, ==, target.pid);
        g_assert_cmpint(image->origin.pid, ==, target.pid);
        g_assert_cmpuint(image->origin.process_start, >, 0);
        g_assert_false(hg_image_save(image, path, NULL)); /* never over a file */
        remove_saved(path);
    }
    stop_target();
}

static void
assert_inside(HgImage *image, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; image && i < image->n_regions; i++) {
        const HgRegion *region = &image->region[i];
        if (region->bytes)
            g_assert_true(region->bytes >= bytes &&
                          region->end - region->start <= (size_t)(bytes + size - region->bytes));
    }
}

/* Whatever is done to a core: an image or an error, and no byte outside it is read. */
static void
open_damaged(const uint8_t *bytes, size_t size)
{
    for (int salvage = 0; salvage < 2; salvage++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(HgImage) image = hg_image_open_bytes(bytes, size, salvage, &error);
        g_assert_true((image == NULL) == (error != NULL));
        assert_inside(image, bytes, size);
    }
}

/* Cut anywhere: refused, or taken as far as it goes and said so. Beyond the end nothing may be
 * touched: the file is mapped, and a page behind its end would kill us. */
static void
open_cut(const char *path, size_t cut)
{
    g_autoptr(GError) error = NULL;
    HgImageOpenOptions whole = {.without_files = true},
                       part = {.without_files = true, .salvage = true};
    g_assert_cmpint(truncate(path, (off_t)cut), ==, 0);
    g_autoptr(HgImage) image = hg_image_open(path, &whole, &error);
    g_assert_null(image);
    g_assert_nonnull(error);
    g_autoptr(HgImage) salvaged = hg_image_open(path, &part, NULL);
    if (salvaged)
        g_assert_nonnull(*hg_image_get_remarks(salvaged));
    for (size_t i = 0; salvaged && i < salvaged->n_regions; i++) {
        const HgRegion *region = &salvaged->region[i];
        hg_image_get_u64(salvaged, region->start);
        hg_image_get_u64(salvaged, region->end - 8);
    }
}

/* At each border of a segment, beside it and inside, from the end to the beginning. */
static void
test_truncation(void)
{
    g_autoptr(GError) error = NULL;
    start_target();
    g_autofree char *path = dup_saved(&error);
    g_autofree char *bytes = NULL;
    gsize size = 0;
    if (path && g_file_get_contents(path, &bytes, &size, NULL)) {
        const Elf64_Ehdr *header = (const void *)bytes;
        const Elf64_Phdr *segment = (const void *)(bytes + header->e_phoff);
        for (size_t i = header->e_phnum; i-- > 0;) {
            size_t start = segment[i].p_offset, inside = segment[i].p_filesz;
            const size_t cuts[] = {start + inside, start + inside - 1, start + inside / 3,
                                   start + 1, start};
            for (size_t k = 0; inside && k < G_N_ELEMENTS(cuts); k++)
                if (cuts[k] < size)
                    open_cut(path, cuts[k]);
        }
        for (size_t cut = sizeof *header + header->e_phnum * sizeof *segment; cut > 0;
             cut -= MIN(cut, 29))
            open_cut(path, cut - 1);
        remove_saved(path);
    }
    stop_target();
}

static void
test_damage(void)
{
    g_autoptr(GError) error = NULL;
    start_target();
    g_autofree char *path = dup_saved(&error);
    g_autofree char *bytes = NULL;
    gsize size = 0;
    if (path && g_file_get_contents(path, &bytes, &size, NULL)) {
        for (size_t cut = 0; cut < size; cut += cut < 20000 ? 97 : 50000)
            open_damaged((const uint8_t *)bytes, cut);
        for (int i = 0; i < 3000; i++) {
            size_t place = (size_t)g_test_rand_int_range(0, (int)MIN(size, 16384));
            char before = bytes[place];
            bytes[place] ^= (char)(1 << g_test_rand_int_range(0, 8));
            open_damaged((const uint8_t *)bytes, size);
            if (i % 8)
                bytes[place] = before;
        }
        remove_saved(path);
    }
    stop_target();
}

static void
test_foreign_files(void)
{
    static const char *const names[] = {"/proc/self/exe", "/dev/null", "/nonexistent", "/"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(hg_image_open(names[i], NULL, &error));
        g_assert_true(g_str_has_prefix(error->message, names[i]));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN);
    g_test_add_func("/image/process", test_process);
    g_test_add_func("/image/lookups", test_lookups);
    g_test_add_func("/image/retry", test_retry);
    g_test_add_func("/image/live", test_live);
    g_test_add_func("/image/suspended", test_suspended);
    g_test_add_func("/image/refusals", test_refusals);
    g_test_add_func("/image/save", test_save);
    g_test_add_func("/image/truncation", test_truncation);
    g_test_add_func("/image/damage", test_damage);
    g_test_add_func("/image/foreign-files", test_foreign_files);
    return g_test_run();
}
