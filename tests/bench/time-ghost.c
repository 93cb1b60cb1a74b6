/* time-ghost.c - how fast a ghost is raised, and how many objects a second it tells the references
 * of.
 *
 * usage: time-ghost PID.  Asks about every object on the collector's lists, whatever its type.
 * SPDX-License-Identifier: MIT */
#include "core/capture/ghost.h"
#include "core/capture/take.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static double
seconds_since(int64_t start)
{
    return (double)(g_get_monotonic_time() - start) / 1e6;
}

/* Returns: seconds of the processor [who] has used: this process, or its children that ended. */
static double
get_cpu_seconds(int who)
{
    struct rusage usage;
    getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
add_object(HgImage *image, const HgLayout *layout, uint64_t object, GArray *requests)
{
    uint64_t type = hg_image_get_u64(image, object + 8);
    HgGhostRequest request = {
        .object = object,
        .function = hg_image_get_u64(image, type + (uint64_t)layout->type.tp_traverse),
        .is_gc = hg_image_get_u64(image, type + (uint64_t)layout->type.tp_is_gc),
        .type = type,
    };
    if (request.function)
        g_array_append_val(requests, request);
}

static void
follow(HgImage *image, const HgLayout *layout, uint64_t head, GArray *requests)
{
    uint64_t node = hg_image_get_u64(image, head) & ~3ull;
    for (; node && node != head; node = hg_image_get_u64(image, node) & ~3ull)
        add_object(image, layout, node + (uint64_t)layout->traits.gc_head_size, requests);
}

static int
compare_requests(const void *a, const void *b)
{
    const HgGhostRequest *first = a, *second = b;
    return first->object < second->object ? -1 : first->object > second->object;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_auto(HgRuntime) runtime = {0};
    g_autoptr(HgImage) image =
        hg_image_take_process(argc == 2 ? atoi(argv[1]) : 0, false, &runtime, NULL, &error);
    g_autoptr(GArray) requests = g_array_new(FALSE, FALSE, sizeof(HgGhostRequest));
    g_autoptr(GArray) targets = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (!image) {
        g_printerr("time-ghost: %s\n", error->message);
        return 1;
    }
    for (size_t i = 0; i < runtime.n_interpreters; i++)
        for (size_t k = 0; k < 3; k++)
            follow(image, &runtime.layout, runtime.interpreter[i].generation[k], requests);
    g_array_sort(requests, compare_requests);
    g_autofree HgGhostAnswer *answer = g_new0(HgGhostAnswer, requests->len);
    int64_t start = g_get_monotonic_time();
    g_autoptr(HgGhost) ghost = hg_ghost_new(image, image->thread[0].fs_base, &error);
    if (!ghost) {
        g_printerr("time-ghost: %s\n", error->message);
        return 1;
    }
    double raised = seconds_since(start), own = get_cpu_seconds(RUSAGE_SELF);
    start = g_get_monotonic_time();
    hg_ghost_ask(ghost, (const HgGhostRequest *)(const void *)requests->data, requests->len, answer,
                 targets);
    double asked = seconds_since(start);
    own = get_cpu_seconds(RUSAGE_SELF) - own;
    hg_ghost_free(g_steal_pointer(&ghost));
    double theirs = get_cpu_seconds(RUSAGE_CHILDREN);
    printf("raised in %.1f ms for %.1f MB; %u objects, %u references: %.1f M objects/s, %.1f M per "
           "second of the processor (heapgraph's part %.0f %%)\n",
           raised * 1e3, (double)image->cost.copied / 1e6, requests->len, targets->len,
           requests->len / asked / 1e6, requests->len / (own + theirs) / 1e6,
           100 * own / (own + theirs));
    return 0;
}
