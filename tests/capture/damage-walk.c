/* damage-walk.c - walks the heap of a saved image that has been damaged at random, many times.
 *
 *      damage-walk IMAGE ROUNDS SEED
 *
 * The runtime is located in the sound image; then words of a copy are overwritten with other
 * pointers, huge counts and noise, and the walk must come to an end, with or without an error,
 * telling a checker nothing that breaks a rule, and of no reference that leads to no object. Prints
 * what happened; exit status 0 if all is well.
 * SPDX-License-Identifier: MIT */
#include "core/capture/capture.h"
#include "core/capture/take.h"
#include "tests/support/checker.h"

#include <stdio.h>
#include <stdlib.h>

#define HEADERS 8192 /* of the file: left alone, damage to them is another test's */

static struct {
    guint walked, failed;
    uint64_t most_objects, most_references, slowest, dangling;
} sum;

/* What the checker was told in one walk, and its own functions. */
static struct {
    HgSink checker;
    GHashTable *objects, *targets; /* addresses */
} told;

static bool
on_object(HgSink *sink, const HgObjectRecord *object, GError **error)
{
    g_hash_table_add(told.objects, GSIZE_TO_POINTER(object->identity));
    return told.checker.object(sink, object, error);
}

static bool
on_references(HgSink *sink, const HgReferenceRecord *reference, size_t n_references, GError **error)
{
    for (size_t i = 0; i < n_references; i++)
        g_hash_table_add(told.targets, GSIZE_TO_POINTER(reference[i].target));
    return told.checker.references(sink, reference, n_references, error);
}

static void
count_dangling(void)
{
    GHashTableIter targets;
    gpointer target;
    g_hash_table_iter_init(&targets, told.targets);
    while (g_hash_table_iter_next(&targets, &target, NULL))
        sum.dangling += !g_hash_table_contains(told.objects, target);
}

/* Returns: a checker that also fills `told`. */
static HgSink *
new_listener(void)
{
    HgSink *checker = checker_new();
    told.checker = *checker;
    told.objects = g_hash_table_new(NULL, NULL);
    told.targets = g_hash_table_new(NULL, NULL);
    checker->object = on_object;
    checker->references = on_references;
    return checker;
}

static void
free_listener(HgSink *checker)
{
    g_hash_table_unref(told.objects);
    g_hash_table_unref(told.targets);
    checker_free(checker);
}

static uint64_t
word_at(const uint8_t *bytes, size_t size, GRand *random)
{
    uint64_t word;
    size_t place = (size_t)g_rand_double_range(random, HEADERS, (double)(size - 8)) & ~(size_t)7;
    memcpy(&word, bytes + place, sizeof word);
    return word;
}

/* Returns: what somebody might write there who wanted to do harm. */
static uint64_t
make_word(const uint8_t *bytes, size_t size, uint64_t before, GRand *random)
{
    switch (g_rand_int_range(random, 0, 8)) {
    case 0:
        return 1ull << g_rand_int_range(random, 0, 64);
    case 1:
        return before + (uint64_t)(int64_t)g_rand_int_range(random, -64, 64);
    case 2:
        return (uint64_t)g_rand_int(random) << 32 | g_rand_int(random);
    case 3:
        return UINT64_MAX;
    case 4:
        return before ^ 1ull << g_rand_int_range(random, 0, 48);
    default:
        return word_at(bytes, size, random); /* mostly a pointer to something else */
    }
}

static void
damage(uint8_t *bytes, size_t size, GRand *random)
{
    int n = 1 << g_rand_int_range(random, 0, 15);
    for (int i = 0; i < n; i++) {
        size_t place =
            (size_t)g_rand_double_range(random, HEADERS, (double)(size - 8)) & ~(size_t)7;
        uint64_t word;
        memcpy(&word, bytes + place, sizeof word);
        if (word == 0 && g_rand_int_range(random, 0, 8))
            continue; /* most of memory is zero, and nobody looks at it */
        word = make_word(bytes, size, word, random);
        memcpy(bytes + place, &word, sizeof word);
    }
}

static void
walk(const uint8_t *bytes, size_t size, const HgRuntime *runtime)
{
    HgCaptureOptions options = {.with_values = true};
    HgCaptureResult result = {0};
    g_autoptr(HgImage) image = hg_image_open_bytes(bytes, size, false, NULL);
    if (!image)
        return;
    HgSink *checker = new_listener();
    gint64 start = g_get_monotonic_time();
    bool done = hg_capture_image(image, runtime, &options, checker, &result, NULL);
    sum.slowest = MAX(sum.slowest, (uint64_t)(g_get_monotonic_time() - start));
    if (done)
        count_dangling();
    free_listener(checker);
    sum.walked += done;
    sum.failed += !done;
    sum.most_objects = MAX(sum.most_objects, result.walk.n_objects);
    sum.most_references = MAX(sum.most_references, result.walk.n_references);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize size;
    if (argc != 4 || !g_file_get_contents(argv[1], &bytes, &size, &error))
        return 2;
    g_auto(HgRuntime) runtime = {0};
    g_autoptr(HgImage) image = hg_image_take_core(argv[1], NULL, &runtime, &error);
    if (!image || size < 4 * HEADERS) {
        fprintf(stderr, "damage-walk: %s\n", error ? error->message : "too small");
        return 1;
    }
    g_autoptr(GRand) random = g_rand_new_with_seed((guint32)atoi(argv[3]));
    g_autofree uint8_t *copy = g_malloc(size);
    for (int i = 0; i < atoi(argv[2]); i++) {
        memcpy(copy, bytes, size);
        if (i > 0)
            damage(copy, size, random);
        walk(copy, size, &runtime);
    }
    printf("walked %u failed %u objects %" G_GUINT64_FORMAT " references %" G_GUINT64_FORMAT
           " slowest %" G_GUINT64_FORMAT " dangling %" G_GUINT64_FORMAT "\n",
           sum.walked, sum.failed, sum.most_objects, sum.most_references, sum.slowest,
           sum.dangling);
    return sum.dangling > 0;
}
