/* test-synthetic-heap.c - the heap of the benchmarks is one that could be.
 * SPDX-License-Identifier: MIT */
#include "tests/support/recorder.h"
#include "tests/synthetic/synthetic-heap.h"

#include <string.h>

/* The recorder's text, read back: what each object says of itself and how often it is meant. */
typedef struct {
    guint64 refcount, meant, size;
} Object;

static char *
tell(const SyntheticHeap *heap)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgSink) recorder = recorder_new();
    synthetic_heap_tell(heap, recorder, &error);
    g_assert_no_error(error);
    g_assert_cmpint(recorder_get_ends(recorder), ==, 1);
    return recorder_dup_text(recorder);
}

/* Returns: the number after [word] in [line]. */
static guint64
number_after(const char *line, const char *word)
{
    const char *found = strstr(line, word);
    g_assert_nonnull(found);
    return g_ascii_strtoull(found + strlen(word), NULL, 0);
}

/* Cuts [text] into its lines; g_strsplit() takes quadratic time under AddressSanitizer.
 * Returns: pointers into [text]. */
static GPtrArray *
split_lines(char *text)
{
    GPtrArray *lines = g_ptr_array_new();
    for (char *end; (end = strchr(text, '\n')); text = end + 1) {
        *end = '\0';
        g_ptr_array_add(lines, text);
    }
    return lines;
}

static Object *
object_at(GHashTable *objects, guint64 identity)
{
    Object *object = g_hash_table_lookup(objects, &identity);
    if (!object) {
        object = g_new0(Object, 1);
        g_hash_table_insert(objects, g_memdup2(&identity, sizeof identity), object);
    }
    return object;
}

static void
note_line(GHashTable *objects, const char *line, guint64 *n_objects, guint64 *n_references)
{
    if (g_str_has_prefix(line, "object ")) {
        Object *object = object_at(objects, number_after(line, "object "));
        g_assert_cmpuint(object->size, ==, 0); /* no identity comes twice */
        object->size = number_after(line, " size ");
        object->refcount = number_after(line, " refcount ");
        ++*n_objects;
    } else if (strstr(line, " how ")) {
        object_at(objects, number_after(line, " to "))->meant++;
        ++*n_references;
    } else if (g_str_has_prefix(line, "root "))
        object_at(objects, number_after(line, " object "));
}

static void
check_heap(const SyntheticHeap *heap)
{
    g_autoptr(GHashTable) objects =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    g_autofree char *text = tell(heap);
    g_autoptr(GPtrArray) lines = split_lines(text);
    guint64 n_objects = 0, n_references = 0;
    for (guint line = 0; line < lines->len; line++)
        note_line(objects, lines->pdata[line], &n_objects, &n_references);
    g_assert_cmpuint(n_objects, ==, heap->objects);
    if (heap->objects > 4000)
        g_assert_cmpfloat_with_epsilon((double)n_references / (double)n_objects, heap->references,
                                       0.03 * heap->references);

    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, objects);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Object *object = value;
        g_assert_cmpuint(object->size, >, 0); /* no target is missing */
        if (object->refcount != HG_UNKNOWN)
            g_assert_cmpuint(object->refcount, ==, object->meant);
    }
}

static void
test_consistent(void)
{
    static const uint64_t sizes[] = {100, 170, 1000, 5000, 30000};
    for (size_t size = 0; size < G_N_ELEMENTS(sizes); size++) {
        check_heap(&(SyntheticHeap){.objects = sizes[size], .references = 1.5, .seed = size});
        check_heap(&(SyntheticHeap){.objects = sizes[size], .references = 3, .seed = size});
    }
}

static int
compare_lines(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static void
test_shuffled(void)
{
    SyntheticHeap heap = {.objects = 5000, .references = 1.7, .seed = 3};
    g_autofree char *text = tell(&heap);
    heap.shuffled = true;
    g_autofree char *shuffled_text = tell(&heap);
    g_assert_cmpstr(text, !=, shuffled_text);
    g_autoptr(GPtrArray) lines = split_lines(text);
    g_autoptr(GPtrArray) shuffled = split_lines(shuffled_text);
    g_ptr_array_sort(lines, compare_lines);
    g_ptr_array_sort(shuffled, compare_lines);
    g_assert_cmpuint(lines->len, ==, shuffled->len);
    for (guint line = 0; line < lines->len; line++)
        g_assert_cmpstr(lines->pdata[line], ==, shuffled->pdata[line]);
}

static void
test_impossible(void)
{
    g_autoptr(HgSink) recorder = recorder_new();
    g_assert_false(
        synthetic_heap_tell(&(SyntheticHeap){.objects = 10, .references = 2}, recorder, NULL));
    g_assert_false(
        synthetic_heap_tell(&(SyntheticHeap){.objects = 1000, .references = 1}, recorder, NULL));
    g_assert_false(
        synthetic_heap_tell(&(SyntheticHeap){.objects = 1000, .references = 99}, recorder, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/synthetic-heap/consistent", test_consistent);
    g_test_add_func("/synthetic-heap/shuffled", test_shuffled);
    g_test_add_func("/synthetic-heap/impossible", test_impossible);
    return g_test_run();
}
