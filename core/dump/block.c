/* block.c - the blocks of a `.hgd` file, in and out of a stream.
 * SPDX-License-Identifier: MIT */
#include "core/dump/block.h"

#include <zlib.h>
#include <zstd.h>

#define HEADER_SIZE 20
#define CONTENTS_MAX (64u << 20)
#define LEVEL 1 /* of zstd: disk and pipe are no faster than that */

enum {
    STORED = 0,
    ZLIB = 1,
    ZSTD = 2
};

typedef struct {
    uint8_t *bytes;
    size_t size;
} Buffer;

struct HgBlockReader {
    GInputStream *in;
    uint64_t offset, n_blocks;
    Buffer stored, raw;
    ZSTD_DCtx *zstd;
};

struct HgBlockWriter {
    GOutputStream *out;
    uint64_t offset;
    Buffer stored;
    ZSTD_CCtx *zstd;
};

G_GNUC_PRINTF(2, 3)
static bool
fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error)
        *error = g_error_new_valist(HG_ERROR, HG_ERROR_FORMAT, format, arguments);
    va_end(arguments);
    return false;
}

/* What was in it is lost when it grows. */
static bool
buffer_reserve(Buffer *buffer, size_t size, GError **error)
{
    if (buffer->bytes && buffer->size >= size)
        return true;
    g_free(buffer->bytes);
    buffer->size = MAX(size + size / 2, 1 << 16);
    buffer->bytes = g_try_malloc(buffer->size);
    if (buffer->bytes)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_MEMORY, "no memory for a block of %zu bytes", size);
    return false;
}

HgBlockReader *
hg_block_reader_new(GInputStream *in, uint64_t offset)
{
    HgBlockReader *reader = g_new0(HgBlockReader, 1);
    reader->in = in;
    reader->offset = offset;
    reader->zstd = ZSTD_createDCtx();
    return reader;
}

void
hg_block_reader_free(HgBlockReader *reader)
{
    if (!reader)
        return;
    ZSTD_freeDCtx(reader->zstd);
    g_free(reader->stored.bytes);
    g_free(reader->raw.bytes);
    g_free(reader);
}

uint64_t
hg_block_reader_get_offset(const HgBlockReader *reader)
{
    return reader->offset;
}

bool
hg_block_reader_bytes(HgBlockReader *reader, void *bytes, size_t size, GError **error)
{
    size_t got = 0;
    bool read = g_input_stream_read_all(reader->in, bytes, size, &got, NULL, error);
    reader->offset += got;
    if (!read || got == size)
        return read;
    g_set_error(error, HG_ERROR, HG_ERROR_TRUNCATED, "the file ends at byte %" G_GUINT64_FORMAT,
                reader->offset);
    return false;
}

static bool
inflate_zlib(HgBlockReader *reader, uint32_t stored, uint32_t raw, GError **error)
{
    z_stream zlib = {.next_in = reader->stored.bytes,
                     .avail_in = stored,
                     .next_out = reader->raw.bytes,
                     .avail_out = raw};
    if (inflateInit(&zlib) != Z_OK)
        return fail(error, "zlib does not start");
    int status = inflate(&zlib, Z_FINISH);
    bool whole = status == Z_STREAM_END && zlib.avail_in == 0 && zlib.avail_out == 0;
    inflateEnd(&zlib);
    return whole || fail(error, "its zlib data is not what unpacks to %u bytes", raw);
}

static bool
inflate_zstd(HgBlockReader *reader, uint32_t stored, uint32_t raw, GError **error)
{
    const void *frame = reader->stored.bytes;
    size_t size = ZSTD_findFrameCompressedSize(frame, stored);
    if (!ZSTD_isError(size) && size == stored)
        size = ZSTD_decompressDCtx(reader->zstd, reader->raw.bytes, raw, frame, stored);
    else
        size = SIZE_MAX;
    return size == raw || fail(error, "its zstd data is not what unpacks to %u bytes", raw);
}

static bool
decompress(HgBlockReader *reader, HgBlock *block, uint8_t compression, uint32_t raw, GError **error)
{
    if (compression == STORED) {
        block->contents = (HgCursor){reader->stored.bytes, reader->stored.bytes + raw};
        return block->stored == raw ||
               fail(error, "%u bytes are stored uncompressed as %u", raw, block->stored);
    }
    if (compression > ZSTD)
        return fail(error, "unknown compression %u", compression);
    if (!buffer_reserve(&reader->raw, raw, error))
        return false;
    block->contents = (HgCursor){reader->raw.bytes, reader->raw.bytes + raw};
    return compression == ZLIB ? inflate_zlib(reader, block->stored, raw, error)
                               : inflate_zstd(reader, block->stored, raw, error);
}

/* Of the first 16 bytes of the header and the stored contents. */
static uint32_t
checksum(const uint8_t *header, const uint8_t *stored, uint32_t size)
{
    return (uint32_t)crc32(crc32(0, header, HEADER_SIZE - 4), stored, size);
}

bool
hg_block_reader_next(HgBlockReader *reader, HgBlock *block, GError **error)
{
    uint8_t header[HEADER_SIZE];
    *block = (HgBlock){.number = reader->n_blocks, .offset = reader->offset};
    if (!hg_block_reader_bytes(reader, header, sizeof header, error))
        return false;
    block->kind = header[0];
    block->records = hg_load_32(header + 4);
    block->stored = hg_load_32(header + 12);
    uint32_t raw = hg_load_32(header + 8);
    if (raw > CONTENTS_MAX || block->stored > CONTENTS_MAX)
        return fail(error, "%u bytes, stored as %u: more than 64 MiB", raw, block->stored);
    if (!buffer_reserve(&reader->stored, block->stored, error) ||
        !hg_block_reader_bytes(reader, reader->stored.bytes, block->stored, error))
        return false;
    if (checksum(header, reader->stored.bytes, block->stored) != hg_load_32(header + 16))
        return fail(error, "the checksum is wrong: the file is damaged here");
    if (hg_load_16(header + 2))
        return fail(error, "reserved bytes are not 0");
    reader->n_blocks++;
    return decompress(reader, block, header[1], raw, error);
}

HgBlockWriter *
hg_block_writer_new(GOutputStream *out)
{
    HgBlockWriter *writer = g_new0(HgBlockWriter, 1);
    writer->out = out;
    writer->zstd = ZSTD_createCCtx();
    return writer;
}

void
hg_block_writer_free(HgBlockWriter *writer)
{
    if (!writer)
        return;
    ZSTD_freeCCtx(writer->zstd);
    g_free(writer->stored.bytes);
    g_free(writer);
}

uint64_t
hg_block_writer_get_offset(const HgBlockWriter *writer)
{
    return writer->offset;
}

bool
hg_block_writer_bytes(HgBlockWriter *writer, const void *bytes, size_t size, GError **error)
{
    size_t written = 0;
    bool whole = g_output_stream_write_all(writer->out, bytes, size, &written, NULL, error);
    writer->offset += written;
    return whole;
}

static void
store_32(uint8_t *bytes, uint32_t number)
{
    number = GUINT32_TO_LE(number);
    memcpy(bytes, &number, sizeof number);
}

static bool
write_block(HgBlockWriter *writer, uint8_t header[HEADER_SIZE], const uint8_t *stored,
            uint32_t size, GError **error)
{
    store_32(header + 12, size);
    store_32(header + 16, checksum(header, stored, size));
    return hg_block_writer_bytes(writer, header, HEADER_SIZE, error) &&
           hg_block_writer_bytes(writer, stored, size, error);
}

bool
hg_block_writer_put(HgBlockWriter *writer, HgBlockKind kind, uint32_t records, uint64_t held,
                    const GByteArray *contents, GError **error)
{
    if (contents->len > CONTENTS_MAX)
        return fail(error, "a block of %u bytes is larger than 64 MiB", contents->len);
    if (!buffer_reserve(&writer->stored, ZSTD_compressBound(contents->len), error))
        return false;
    size_t size = ZSTD_compressCCtx(writer->zstd, writer->stored.bytes, writer->stored.size,
                                    contents->data, contents->len, LEVEL);
    bool packs = !ZSTD_isError(size) && size < contents->len && hg_block_may_hold(held, size);
    uint8_t header[HEADER_SIZE] = {(uint8_t)kind, packs ? ZSTD : STORED};
    store_32(header + 4, records);
    store_32(header + 8, contents->len);
    return write_block(writer, header, packs ? writer->stored.bytes : contents->data,
                       packs ? (uint32_t)size : contents->len, error);
}
