/* test-touched.c - which pages of a process hold something of their own.
 *
 * Asked of ourselves, about pages that this test touches or not; by both ways, the older one in a
 * child in which the kernel is made to know only that.
 * SPDX-License-Identifier: MIT */
#include "core/capture/touched.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define N_PAGES 3000

static uint8_t *
map(int protection, int flags, int file)
{
    uint8_t *bytes = mmap(NULL, N_PAGES * PAGE, protection, flags, file, 0);
    g_assert_true(bytes != MAP_FAILED);
    madvise(bytes, N_PAGES * PAGE, MADV_NOHUGEPAGE);
    return bytes;
}

static GArray *
ask(const uint8_t *bytes)
{
    HgTouched touched;
    g_autoptr(GError) error = NULL;
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(HgRange));
    hg_touched_open(&touched, getpid(), &error);
    g_assert_no_error(error);
    hg_touched_append(&touched, (uintptr_t)bytes, (uintptr_t)bytes + N_PAGES * PAGE, ranges);
    hg_touched_close(&touched);
    return ranges;
}

static bool
is_in(const GArray *ranges, const uint8_t *page)
{
    for (guint i = 0; i < ranges->len; i++) {
        const HgRange *range = &g_array_index(ranges, HgRange, i);
        if ((uintptr_t)page >= range->start && (uintptr_t)page < range->end)
            return true;
    }
    return false;
}

/* Ranges are in order, apart and inside. */
static void
assert_sound(const GArray *ranges, const uint8_t *bytes)
{
    uint64_t last = (uintptr_t)bytes;
    for (guint i = 0; i < ranges->len; i++) {
        const HgRange *range = &g_array_index(ranges, HgRange, i);
        g_assert_cmphex(range->start, >=, last);
        g_assert_cmphex(range->start, <, range->end);
        last = range->end + 1;
    }
    g_assert_cmphex(last, <=, (uintptr_t)bytes + N_PAGES * PAGE + 1);
}

static void
check_anonymous(void)
{
    bool is_written[N_PAGES] = {false};
    uint8_t *bytes = map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    for (size_t page = 0; page < N_PAGES; page++) {
        is_written[page] = page > 500 && page < 1200 ? true : g_random_int_range(0, 3) == 0;
        if (is_written[page])
            bytes[page * PAGE + 17] = 1;
    }
    g_autoptr(GArray) ranges = ask(bytes);
    assert_sound(ranges, bytes);
    for (size_t page = 0; page < N_PAGES; page++)
        g_assert_cmpint(is_in(ranges, bytes + page * PAGE), ==, is_written[page]);
    munmap(bytes, N_PAGES * PAGE);
}

/* A private mapping of a file: only what was written is the process's own, read or not. */
static void
check_file(void)
{
    g_autofree char *path = NULL;
    int file = g_file_open_tmp("heapgraph-XXXXXX", &path, NULL);
    g_assert_cmpint(ftruncate(file, N_PAGES * PAGE), ==, 0);
    uint8_t *bytes = map(PROT_READ | PROT_WRITE, MAP_PRIVATE, file);
    unlink(path);
    close(file);
    uint8_t sum = 0;
    for (size_t page = 0; page < N_PAGES; page += 2)
        sum |= ((volatile uint8_t *)bytes)[page * PAGE];
    for (size_t page = 0; page < N_PAGES; page += 5)
        bytes[page * PAGE] = (uint8_t)(sum + 1);
    g_autoptr(GArray) ranges = ask(bytes);
    assert_sound(ranges, bytes);
    for (size_t page = 0; page < N_PAGES; page++)
        g_assert_cmpint(is_in(ranges, bytes + page * PAGE), ==, page % 5 == 0);
    munmap(bytes, N_PAGES * PAGE);
}

static void
test_scan(void)
{
    check_anonymous();
    check_file();
}

/* Makes ioctl() fail as in a kernel that does not know the request. */
static void
forget_scan(void)
{
    struct sock_filter rule[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTTY),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = G_N_ELEMENTS(rule), .filter = rule};
    g_assert_cmpint(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
    g_assert_cmpint(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), ==, 0);
}

static void
test_page_by_page(void)
{
    int status = 0;
    pid_t child = fork();
    if (!child) {
        forget_scan();
        test_scan();
        _exit(0);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(status, ==, 0);
}

static void
test_no_process(void)
{
    HgTouched touched;
    g_autoptr(GError) error = NULL;
    g_assert_false(hg_touched_open(&touched, 0x7fffffff, &error));
    g_assert_nonnull(strstr(error->message, "/proc/2147483647/pagemap"));
    hg_touched_close(&touched);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/touched/scan", test_scan);
    g_test_add_func("/touched/page-by-page", test_page_by_page);
    g_test_add_func("/touched/no-process", test_no_process);
    return g_test_run();
}
