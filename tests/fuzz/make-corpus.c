/* make-corpus.c - writes small dumps for the fuzzer to begin with: make-corpus FOLDER.
 *
 * Random heaps through the dump writer; in most the blocks are then unpacked, as a
 * mutation of compressed bytes seldom means anything.
 * SPDX-License-Identifier: MIT */
#include "core/dump/block.h"
#include "core/dump/writer.h"
#include "tests/support/random-heap.h"

#include <zlib.h>

enum {
    PACKED,
    UNPACKED,
    ZLIB
};

static GBytes *
make_dump(uint32_t seed, GError **error)
{
    g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();
    HgWriteOptions options = {seed % 3 ? seed : 0, seed % 4 ? 2 * seed : 0};
    HgSink *writer = hg_dump_writer_new(out, &options);
    bool written =
        random_heap_tell(writer, seed, 2 + seed, error) && g_output_stream_close(out, NULL, error);
    hg_dump_writer_free(writer);
    return written ? g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(out)) : NULL;
}

static void
append_32(GByteArray *bytes, uint32_t number)
{
    number = GUINT32_TO_LE(number);
    g_byte_array_append(bytes, (const guint8 *)&number, sizeof number);
}

static void
append_block(GByteArray *file, const HgBlock *block, int form)
{
    size_t raw = hg_cursor_left(&block->contents);
    uLongf size = compressBound(raw);
    g_autofree uint8_t *packed = g_malloc(size);
    const uint8_t *stored = packed;
    if (form == ZLIB)
        compress(packed, &size, block->contents.next, raw);
    else {
        stored = block->contents.next;
        size = raw;
    }
    guint start = file->len;
    append_32(file, block->kind | (form == ZLIB ? 1u << 8 : 0));
    append_32(file, block->records);
    append_32(file, (uint32_t)raw);
    append_32(file, (uint32_t)size);
    append_32(file, (uint32_t)crc32(crc32(0, file->data + start, 16), stored, (uInt)size));
    g_byte_array_append(file, stored, (guint)size);
}

/* Returns: the same dump with its blocks in another form. */
static GByteArray *
repack(GBytes *dump, int form, GError **error)
{
    GByteArray *file = g_byte_array_new();
    g_byte_array_append(file, g_bytes_get_data(dump, NULL), HG_DUMP_HEADER_SIZE);
    g_autoptr(GInputStream) in = g_memory_input_stream_new_from_bytes(dump);
    uint8_t header[HG_DUMP_HEADER_SIZE];
    g_autoptr(HgBlockReader) reader = hg_block_reader_new(in, 0);
    HgBlock block = {0};
    hg_block_reader_bytes(reader, header, sizeof header, NULL);
    while (block.kind != HG_BLOCK_END && hg_block_reader_next(reader, &block, error))
        append_block(file, &block, form);
    return file;
}

static bool
write_file(const char *folder, uint32_t seed, GError **error)
{
    g_autoptr(GBytes) dump = make_dump(seed, error);
    if (!dump)
        return false;
    int form = seed % 8 == 0 ? PACKED : seed % 8 == 1 ? ZLIB : UNPACKED;
    g_autofree char *name = g_strdup_printf("random-%02u.hgd", seed);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (form == PACKED)
        return g_file_set_contents(path, g_bytes_get_data(dump, NULL),
                                   (gssize)g_bytes_get_size(dump), error);
    g_autoptr(GByteArray) file = repack(dump, form, error);
    return g_file_set_contents(path, (const char *)file->data, file->len, error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    for (uint32_t seed = 0; argc == 2 && seed < 16; seed++)
        if (!write_file(argv[1], seed, &error))
            break;
    if (argc == 2 && !error)
        return 0;
    g_printerr("make-corpus: %s\n", error ? error->message : "expected a folder");
    return 1;
}
