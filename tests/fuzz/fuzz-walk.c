/* fuzz-walk.c - the walk over the heap of a real Python, with words of it overwritten.
 *
 * The input is a list of changes to the image in the file $HG_WALK_IMAGE: where, and what is
 * written there. Without that file nothing is done. The runtime is located in the sound image.
 * SPDX-License-Identifier: MIT */
#include "core/capture/capture.h"
#include "core/capture/take.h"
#include "tests/support/checker.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEADERS 8192 /* of the file: damage to them is fuzz-image's */

/* A change, as it stands in the input. */
typedef struct {
    uint32_t place; /* of a word, modulo the words there are */
    uint8_t kind;
    uint8_t bit;
    uint16_t unused;
    uint64_t value;
} Change;

static struct {
    char *bytes;
    gsize size;
    HgRuntime runtime;
} sound;

static bool
load_once(void)
{
    const char *path = getenv("HG_WALK_IMAGE");
    if (sound.bytes || !path)
        return sound.bytes;
    g_autoptr(HgImage) image = hg_image_take_core(path, NULL, &sound.runtime, NULL);
    if (!image || !g_file_get_contents(path, &sound.bytes, &sound.size, NULL))
        abort();
    return true;
}

/* Returns: what to write where [before] stands. */
static uint64_t
make_word(const Change *change, uint64_t before)
{
    switch (change->kind % 5) {
    case 0:
        return change->value;
    case 1:
        return 1ull << (change->bit % 64);
    case 2:
        return before ^ 1ull << (change->bit % 64);
    case 3:
        return before + (uint64_t)(int64_t)(int8_t)change->bit;
    default: { /* what stands elsewhere, mostly a pointer */
        size_t n_words = (sound.size - HEADERS) / 8;
        uint64_t word;
        memcpy(&word, sound.bytes + HEADERS + change->value % n_words * 8, sizeof word);
        return word;
    }
    }
}

/* Writes the word, tells what stood there. */
static uint64_t
swap(uint32_t place, uint64_t word)
{
    char *at = sound.bytes + HEADERS + place % ((sound.size - HEADERS) / 8) * 8;
    uint64_t before;
    memcpy(&before, at, sizeof before);
    memcpy(at, &word, sizeof word);
    return before;
}

static void
walk(void)
{
    HgCaptureOptions options = {.with_values = true, .trust = HG_TRUST_NONE};
    g_auto(HgCaptureResult) result = {0};
    g_autoptr(HgImage) image =
        hg_image_open_bytes((const uint8_t *)sound.bytes, sound.size, false, NULL);
    HgSink *checker = checker_new();
    if (image)
        hg_capture_image(image, &sound.runtime, &options, checker, &result, NULL);
    checker_free(checker);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n = MIN(size / sizeof(Change), 1000);
    g_autofree Change *change = g_new(Change, n + 1);
    g_autofree uint64_t *before = g_new(uint64_t, n + 1);
    if (!load_once())
        return 0;
    memcpy(change, data, n * sizeof *change);
    for (size_t i = 0; i < n; i++) {
        before[i] = swap(change[i].place, 0);
        swap(change[i].place, make_word(&change[i], before[i]));
    }
    walk();
    for (size_t i = n; i-- > 0;)
        swap(change[i].place, before[i]);
    return 0;
}
