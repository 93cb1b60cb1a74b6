/* fuzz-dump.c - any bytes go into all readers of dumps, what comes out is checked.
 *
 * Nobody guesses a checksum, so the blocks of a `.hgd` get the right one first; and half of
 * the mutations change the contents of one block and set its sizes right, so that what is
 * behind it still is read.
 * SPDX-License-Identifier: MIT */
#include "core/dump/cursor.h"
#include "core/dump/format.h"
#include "core/dump/reader.h"
#include "tests/support/checker.h"

#include <zlib.h>

#define HEADER_SIZE 20

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

static void
store_32(uint8_t *bytes, uint32_t number)
{
    number = GUINT32_TO_LE(number);
    memcpy(bytes, &number, sizeof number);
}

/* Returns: bytes of the whole block that starts at [block], 0 if it does not fit. */
static size_t
block_size(const uint8_t *block, size_t left)
{
    if (left < HEADER_SIZE || hg_load_32(block + 12) > left - HEADER_SIZE)
        return 0;
    return HEADER_SIZE + hg_load_32(block + 12);
}

static void
seal_blocks(uint8_t *data, size_t size)
{
    size_t length;
    for (size_t place = HG_DUMP_HEADER_SIZE; place < size; place += length) {
        uint8_t *block = data + place;
        length = block_size(block, size - place);
        if (!length)
            return;
        uLong checksum =
            crc32(crc32(0, block, 16), block + HEADER_SIZE, (uInt)(length - HEADER_SIZE));
        store_32(block + 16, (uint32_t)checksum);
    }
}

/* Returns: the place of a block chosen by [seed], 0 if there is none. */
static size_t
choose_block(const uint8_t *data, size_t size, unsigned seed)
{
    size_t n_blocks = 0, chosen = 0, length = 1;
    for (size_t place = HG_DUMP_HEADER_SIZE; place < size && length; place += length) {
        length = block_size(data + place, size - place);
        if (length && seed % ++n_blocks == 0)
            chosen = place;
    }
    return chosen;
}

/* Returns: the new size of all. */
static size_t
mutate_block(uint8_t *data, size_t size, size_t max_size, size_t place)
{
    size_t old = block_size(data + place, size - place) - HEADER_SIZE;
    uint8_t *contents = data + place + HEADER_SIZE;
    g_autofree uint8_t *rest = g_memdup2(contents + old, size - place - HEADER_SIZE - old);
    size_t rest_size = size - place - HEADER_SIZE - old;
    size_t new = LLVMFuzzerMutate(contents, old, max_size - place - HEADER_SIZE - rest_size);
    if (rest_size)
        memcpy(contents + new, rest, rest_size);
    store_32(data + place + 12, (uint32_t) new);
    if (data[place + 1] == 0)
        store_32(data + place + 8, (uint32_t) new);
    return place + HEADER_SIZE + new + rest_size;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size_t place = seed % 2 ? 0 : choose_block(data, size, seed / 2);
    return place ? mutate_block(data, size, max_size, place)
                 : LLVMFuzzerMutate(data, size, max_size);
}

static void
read_bytes(const uint8_t *data, size_t size, bool salvage)
{
    g_autoptr(GError) error = NULL;
    g_auto(HgReadResult) result = {0};
    g_autoptr(GInputStream) in = g_memory_input_stream_new_from_data(data, (gssize)size, NULL);
    HgReadOptions options = {.salvage = salvage};
    HgSink *checker = checker_new();
    if (hg_dump_read(in, checker, &options, &result, &error) == (error != NULL))
        g_error("a result and an error, or neither");
    checker_free(checker);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree uint8_t *sealed = g_malloc(size + 1);
    memcpy(sealed, data, size);
    seal_blocks(sealed, size);
    read_bytes(sealed, size, false);
    read_bytes(sealed, size, true);
    return 0;
}
