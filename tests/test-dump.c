/* test-dump.c - dumps written and read back, whole, cut off, damaged and malicious.
 * SPDX-License-Identifier: MIT */
#include "core/dump/block.h"
#include "core/dump/column.h"
#include "core/dump/reader.h"
#include "core/dump/utf8.h"
#include "core/dump/writer.h"
#include "tests/support/random-heap.h"
#include "tests/support/recorder.h"

#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>
#include <zlib.h>

static bool
read_into(HgSink *sink, const void *bytes, size_t size, bool salvage, HgReadResult *result,
          GError **error)
{
    g_autoptr(GInputStream) in = g_memory_input_stream_new_from_data(bytes, (gssize)size, NULL);
    HgReadOptions options = {.salvage = salvage};
    return hg_dump_read(in, sink, &options, result, error);
}

/* Returns: a random heap as a dump. */
static GBytes *
write_heap(uint32_t seed, uint32_t n_objects, const HgWriteOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();
    HgSink *writer = hg_dump_writer_new(out, options);
    random_heap_tell(writer, seed, n_objects, &error);
    g_assert_no_error(error);
    HgWriteResult result = hg_dump_writer_get_result(writer);
    hg_dump_writer_free(writer);
    g_output_stream_close(out, NULL, NULL);
    g_assert_cmpuint(result.objects, ==, n_objects);
    GBytes *dump = g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(out));
    g_assert_cmpuint(result.bytes, ==, g_bytes_get_size(dump));
    return dump;
}

/* Returns: what a sink is told by the random heap itself. */
static char *
tell_heap(uint32_t seed, uint32_t n_objects)
{
    g_autoptr(HgSink) recorder = recorder_new();
    g_assert_true(random_heap_tell(recorder, seed, n_objects, NULL));
    return recorder_dup_text(recorder);
}

static void
check_round_trip(uint32_t seed, uint32_t n_objects, const HgWriteOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) dump = write_heap(seed, n_objects, options);
    g_autoptr(HgSink) recorder = recorder_new();
    g_auto(HgReadResult) result = {0};
    size_t size;
    const void *bytes = g_bytes_get_data(dump, &size);
    read_into(recorder, bytes, size, false, &result, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(result.format, ==, "hgd");
    g_assert_cmpuint(result.bytes, ==, size);
    g_assert_cmpuint(result.objects, ==, n_objects);
    g_assert_null(result.damage);
    g_assert_cmpint(recorder_get_ends(recorder), ==, 1);
    g_autofree char *told = tell_heap(seed, n_objects);
    g_autofree char *read = recorder_dup_text(recorder);
    g_assert_cmpstr(told, ==, read);
}

static void
test_round_trip(void)
{
    static const HgWriteOptions options[] = {{0, 0}, {1, 1}, {3, 2}, {100, 1}, {1, 100}, {7, 50}};
    for (uint32_t seed = 0; seed < 60; seed++)
        check_round_trip(seed, seed * 5, &options[seed % G_N_ELEMENTS(options)]);
    check_round_trip(4242, 100000, NULL);
}

static void
test_round_trip_many_references(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();
    HgSink *writer = hg_dump_writer_new(out, NULL);
    static const HgObjectRecord list = {.identity = 16, .site = HG_NONE};
    HgReferenceRecord reference[1000];
    for (size_t item = 0; item < G_N_ELEMENTS(reference); item++)
        reference[item] = (HgReferenceRecord){32, item, HG_LABEL_ITEM | HG_HOW_VISITED};
    writer->fact(writer, "runtime", "CPython", NULL);
    writer->fact(writer, "python", "3.11.2", NULL);
    writer->fact(writer, "source", "test", NULL);
    writer->fact(writer, "taken", "0", NULL);
    writer->text(writer, "builtins", 8, NULL);
    writer->type(writer, &(HgTypeRecord){.identity = 48}, NULL);
    writer->object(writer, &list, NULL);
    for (int part = 0; part < 3000; part++)
        g_assert_true(writer->references(writer, reference, 1000, &error));
    g_assert_true(writer->end(writer, &error));
    hg_dump_writer_free(writer);

    size_t size = g_memory_output_stream_get_data_size(G_MEMORY_OUTPUT_STREAM(out));
    g_assert_cmpuint(size, <, 3 * 3000000);
    g_autoptr(HgSink) recorder = recorder_new();
    g_auto(HgReadResult) result = {0};
    read_into(recorder, g_memory_output_stream_get_data(G_MEMORY_OUTPUT_STREAM(out)), size, false,
              &result, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(result.references, ==, 3000000);
}

/* ---- files cut off and damaged --------------------------------------------------------- */

static const HgWriteOptions small_blocks = {.block_objects = 8, .block_references = 20};

/* Every record of [part], a text of the recorder, stands in [whole], in this order. */
static void
assert_is_part(const char *part, const char *whole)
{
    g_auto(GStrv) lines = g_strsplit(part, "\n", -1);
    for (char **line = lines; *line; line++) {
        whole = strstr(whole, *line);
        g_assert_nonnull(whole);
    }
}

static void
check_truncated(const uint8_t *bytes, size_t size, const char *whole)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgSink) recorder = recorder_new();
    g_assert_false(read_into(recorder, bytes, size, false, NULL, &error));
    g_assert_error(error, HG_ERROR, (size < 8 ? HG_ERROR_FORMAT : HG_ERROR_TRUNCATED));
    g_assert_cmpint(recorder_get_ends(recorder), ==, 0);

    g_autoptr(HgSink) salvaged = recorder_new();
    g_auto(HgReadResult) result = {0};
    if (!read_into(salvaged, bytes, size, true, &result, NULL)) {
        g_assert_cmpuint(recorder_get_records(salvaged), ==, 0);
        return;
    }
    g_assert_cmpint(recorder_get_ends(salvaged), ==, 1);
    g_assert_nonnull(strstr(result.damage, "ends at byte"));
    g_autofree char *part = recorder_dup_text(salvaged);
    assert_is_part(part, whole);
}

static void
test_truncated_at_every_byte(void)
{
    g_autoptr(GBytes) dump = write_heap(7, 40, &small_blocks);
    g_autofree char *whole = tell_heap(7, 40);
    size_t size;
    const uint8_t *bytes = g_bytes_get_data(dump, &size);
    for (size_t cut = 0; cut < size; cut++)
        check_truncated(bytes, cut, whole);
}

static void
test_truncated_message(void)
{
    g_autoptr(GBytes) dump = write_heap(7, 40, &small_blocks);
    g_autoptr(GError) error = NULL;
    g_autoptr(HgSink) recorder = recorder_new();
    size_t size = g_bytes_get_size(dump) - 3;
    g_autofree char *place = g_strdup_printf("truncated dump: the file ends at byte %zu;", size);
    g_assert_false(read_into(recorder, g_bytes_get_data(dump, NULL), size, false, NULL, &error));
    g_assert_nonnull(strstr(error->message, place));
    g_assert_nonnull(strstr(error->message, "blocks with 40 objects are whole"));
    g_assert_nonnull(strstr(error->message, "--salvage"));
}

static void
test_flipped_at_every_byte(void)
{
    g_autoptr(GBytes) dump = write_heap(8, 40, &small_blocks);
    size_t size;
    const void *original = g_bytes_get_data(dump, &size);
    g_autofree uint8_t *bytes = g_memdup2(original, size);
    for (size_t place = 0; place < size; place++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(HgSink) recorder = recorder_new();
        g_autoptr(HgSink) salvaged = recorder_new();
        uint8_t flip = (uint8_t)(1 << place % 8);
        bytes[place] ^= flip;
        g_assert_false(read_into(recorder, bytes, size, false, NULL, &error));
        g_assert_cmpuint(error->domain, ==, HG_ERROR);
        read_into(salvaged, bytes, size, true, NULL, NULL);
        bytes[place] ^= flip;
    }
}

static void
test_damaged_message(void)
{
    g_autoptr(GBytes) dump = write_heap(8, 40, &small_blocks);
    g_autoptr(GError) error = NULL;
    g_autoptr(HgSink) recorder = recorder_new();
    g_auto(HgReadResult) result = {0};
    size_t size;
    const void *original = g_bytes_get_data(dump, &size);
    g_autofree uint8_t *bytes = g_memdup2(original, size);
    bytes[size / 2] ^= 1;
    g_assert_false(read_into(recorder, bytes, size, false, NULL, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_FORMAT);
    g_assert_true(g_regex_match_simple("^damaged dump: block \\d+ at byte \\d+ \\(\\w+\\): the "
                                       "checksum is wrong.*--salvage",
                                       error->message, 0, 0));
    g_autoptr(HgSink) salvaged = recorder_new();
    g_assert_true(read_into(salvaged, bytes, size, true, &result, NULL));
    g_assert_nonnull(strstr(result.damage, "the checksum is wrong"));
    g_assert_cmpuint(result.objects, >, 0);
    g_assert_cmpuint(result.objects, <, 40);
}

/* ---- what the sink and the caller say ---------------------------------------------------- */

static void
test_sink_refuses(void)
{
    g_autoptr(GBytes) dump = write_heap(9, 20, &small_blocks);
    g_autoptr(HgSink) all = recorder_new();
    size_t size;
    const void *bytes = g_bytes_get_data(dump, &size);
    g_assert_true(read_into(all, bytes, size, false, NULL, NULL));
    for (uint64_t record = 0; record < recorder_get_records(all); record++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(HgSink) recorder = recorder_new();
        recorder_refuse(recorder, record);
        g_assert_false(read_into(recorder, bytes, size, true, NULL, &error));
        g_assert_error(error, HG_ERROR, HG_ERROR_FAILED);
        g_assert_cmpstr(error->message, ==, "the sink is full");
        g_assert_cmpint(recorder_get_ends(recorder), ==, 0);
    }
}

static bool
on_progress(const char *step, uint64_t done, uint64_t total, void *user_data)
{
    uint64_t *last = user_data;
    g_assert_cmpuint(done, >, *last);
    g_assert_cmpuint(done, <=, total);
    *last = done;
    return done < 1000;
}

static void
test_cancel(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) dump = write_heap(9, 200, &small_blocks);
    g_autoptr(GInputStream) in = g_memory_input_stream_new_from_bytes(dump);
    g_autoptr(HgSink) recorder = recorder_new();
    uint64_t last = 0;
    HgReadOptions options = {.progress = {on_progress, &last}, .total = g_bytes_get_size(dump)};
    g_assert_false(hg_dump_read(in, recorder, &options, NULL, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_CANCELLED);
    g_assert_cmpuint(last, >=, 1000);
    g_assert_cmpuint(last, <, g_bytes_get_size(dump));
}

static void
test_writer_refuses(void)
{
    g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();
    HgSink *writer = hg_dump_writer_new(out, NULL);
    HgReferenceRecord reference = {16, 0, HG_LABEL_KEY};
    g_autofree char *long_text = g_strnfill(HG_TEXT_MAX + 1, 'x');
    HgObjectRecord object = {.identity = 16, .value = long_text, .value_size = HG_VALUE_MAX + 1};
    g_assert_false(writer->references(writer, &reference, 1, NULL));
    g_assert_false(writer->text(writer, long_text, HG_TEXT_MAX + 1, NULL));
    g_assert_false(writer->object(writer, &(HgObjectRecord){0}, NULL));
    g_assert_false(writer->object(writer, &object, NULL));
    object.value_size = HG_VALUE_MAX;
    g_assert_true(writer->object(writer, &object, NULL));
    g_assert_false(writer->references(writer, &(HgReferenceRecord){0}, 1, NULL));
    g_assert_false(
        writer->references(writer, &(HgReferenceRecord){16, 0, HG_LABEL_VALUE}, 1, NULL));
    g_assert_false(writer->root(writer, &(HgRootRecord){0}, NULL));
    hg_dump_writer_free(writer);
}

/* Every write to /dev/full fails as on a full disk. */
static void
test_disk_full(void)
{
    g_autoptr(GError) error = NULL;
    int file = g_open("/dev/full", O_WRONLY | O_CLOEXEC, 0);
    g_assert_cmpint(file, >=, 0);
    g_autoptr(GOutputStream) out = g_unix_output_stream_new(file, TRUE);
    HgSink *writer = hg_dump_writer_new(out, &small_blocks);
    g_assert_false(random_heap_tell(writer, 1, 1000, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
    g_assert_cmpuint(hg_dump_writer_get_result(writer).bytes, ==, 0);
    hg_dump_writer_free(writer);
}

/* ---- malicious files: blocks put together by hand, with the right checksum ---------------- */

static void
append_number(GByteArray *file, uint32_t number)
{
    number = GUINT32_TO_LE(number);
    g_byte_array_append(file, (const guint8 *)&number, 4);
}

static void
append_stored(GByteArray *file, uint32_t kind, uint32_t records, uint32_t raw, const void *stored,
              size_t size)
{
    guint start = file->len;
    append_number(file, kind);
    append_number(file, records);
    append_number(file, raw);
    append_number(file, (uint32_t)size);
    uLong checksum = crc32(crc32(0, file->data + start, 16), stored, (uInt)size);
    append_number(file, (uint32_t)checksum);
    g_byte_array_append(file, stored, (guint)size);
}

static void
append_block(GByteArray *file, uint8_t kind, uint32_t records, const char *contents, size_t size)
{
    append_stored(file, kind, records, (uint32_t)size, contents, size);
}

#define BLOCK(file, kind, records, contents)                                                       \
    append_block(file, kind, records, contents, sizeof contents - 1)
#define FACTS "\7runtime\7CPython\6python\0063.11.2\6source\4test\5taken\0010"

/* Returns: the beginning of a dump with two texts, a type, a site, a thread and a frame. */
static GByteArray *
dump_start(void)
{
    GByteArray *file = g_byte_array_new();
    g_byte_array_append(file, (const guint8 *)HG_DUMP_MAGIC "\1\0\0\0\0\0\0", 16);
    BLOCK(file, HG_BLOCK_FACTS, 4, FACTS);
    BLOCK(file, HG_BLOCK_TEXTS, 2, "\0\1ab");
    BLOCK(file, HG_BLOCK_TYPES, 1, "\x30\0\1\x10\0\0\0\0");
    BLOCK(file, HG_BLOCK_SITES, 1, "\1\0\7");
    BLOCK(file, HG_BLOCK_THREADS, 1, "\1\0\0");
    BLOCK(file, HG_BLOCK_FRAMES, 1, "\0\0\1\2\0");
    return file;
}

static void
check_refused(const GByteArray *file, const char *problem)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HgSink) recorder = recorder_new();
    g_assert_false(read_into(recorder, file->data, file->len, false, NULL, &error));
    if (!strstr(error->message, problem))
        g_error("expected \"%s\", got \"%s\"", problem, error->message);
}

/* An OBJECTS block: its columns, those of the references, each as one value. */
#define OBJECT(n, identity, type, flags, size, sizeof_, value, site, references)                   \
    n "\0" identity "\0" type "\0" flags "\0" size "\0" sizeof_ "\0\0\0\0\0" value "\0" site       \
      "\0" references
#define ONE_OBJECT OBJECT("\1", "\x10", "\0", "\0", "\1", "\0", "\0", "\0", "\1")
#define MUCH "\x81\x80\x80\x80\x80\x80\x80\x80\1" /* 2^56 + 1 */
#define NO_REFERENCES "\0\0\0\0\0\0"

typedef struct {
    const char *problem;
    const char *contents;
    size_t size;
    uint32_t records;
    uint8_t kind;
} BadBlock;

#define BAD(kind, records, contents, problem)                                                      \
    {                                                                                              \
        problem, contents, sizeof(contents) - 1, records, kind                                     \
    }

static const BadBlock bad_block[] = {
    BAD(0, 0, "", "(unknown): unknown kind 0"),
    BAD(11, 0, "", "unknown kind 11"),
    BAD(HG_BLOCK_FACTS, 1, "\5abc", "(FACTS): record 0: a key of 5 bytes, more than there are"),
    BAD(HG_BLOCK_FACTS, 1, "\1a\2b", "a value of 2 bytes, more than there are"),
    BAD(HG_BLOCK_FACTS, 1, "\1\xff\1b", "a key that is not UTF-8, or holds NUL"),
    BAD(HG_BLOCK_FACTS, 1, "\1a\1\0", "a value that is not UTF-8, or holds NUL"),
    BAD(HG_BLOCK_FACTS, 1, "\1a", "it ends within a number"),
    BAD(HG_BLOCK_FACTS, 1, "\1a\1bc", "1 bytes too many"),
    BAD(HG_BLOCK_FACTS, 1200, "", "1200 records out of 0 bytes: too many to be true"),
    BAD(HG_BLOCK_TEXTS, 1, "\0\2a", "text 0 has 2 bytes, more than there are"),
    BAD(HG_BLOCK_TEXTS, 1, "\0\x81\x80\x40", "text 0 has 1048577 bytes"),
    BAD(HG_BLOCK_TEXTS, 1, "\0\1\xff", "text 0 is not UTF-8"),
    BAD(HG_BLOCK_TEXTS, 1, "", "column size: the block ends before it"),
    BAD(HG_BLOCK_TEXTS, 1, "\0", "column size: no number after encoding 0"),
    BAD(HG_BLOCK_TEXTS, 1, "\3a", "column size: unknown encoding 3"),
    BAD(HG_BLOCK_TEXTS, 2, "\2\0\0\0", "column size: fewer numbers than records"),
    BAD(HG_BLOCK_TEXTS, 1, "\x10\5\0", "column size: its varints end outside of the block"),
    BAD(HG_BLOCK_TEXTS, 2, "\x10\1\0", "a number is too long, or there are fewer than records"),
    BAD(HG_BLOCK_TEXTS, 1, "\x10\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\2", "number is too long"),
    BAD(HG_BLOCK_TEXTS, 1, "\x10\2\0\0", "more numbers than records"),
    BAD(HG_BLOCK_TYPES, 1, "\0\0\0\0\0\0\0\0", "record 0: an identity is 0"),
    BAD(HG_BLOCK_TYPES, 1, "\1\2\0\0\0\0\0\0", "the module's text is 2, expected less than 2"),
    BAD(HG_BLOCK_TYPES, 1, "\1\0\2\0\0\0\0\0", "the name's text is 2, expected less than 2"),
    BAD(HG_BLOCK_TYPES, 1, "\1\0\0\0\0\x40\0\0", "its flags is 64, expected less than 64"),
    BAD(HG_BLOCK_TYPES, 1, "\1\0\0\0\0\0\5\1", "5 bases, more than there are"),
    BAD(HG_BLOCK_TYPES, 1, "\1\0\0\0\0\0\1\0\0", "an identity is 0"),
    BAD(HG_BLOCK_TYPES, 1, "\1\0\0\0\0\0\0\2\1", "2 slots, more than there are"),
    BAD(HG_BLOCK_TYPES, 1, "\1\0\0\0\0\0\0\1\3", "the text of a slot is 3, expected less than 2"),
    BAD(HG_BLOCK_SITES, 1, "\3\0\0", "3 lines, more than there are"),
    BAD(HG_BLOCK_SITES, 1, "\1\2\0", "the text of a file is 2, expected less than 2"),
    BAD(HG_BLOCK_OBJECTS, 1, "", "(OBJECTS): it ends within a number"),
    BAD(HG_BLOCK_OBJECTS, 1, "\0", "column identity: the block ends before it"),
    BAD(HG_BLOCK_OBJECTS, 1,
        OBJECT("\0", "\0", "\0", "\0", "\0", "\0", "\0", "\0", "\0") NO_REFERENCES,
        "object 0: its identity is 0"),
    BAD(HG_BLOCK_OBJECTS, 1,
        OBJECT("\0", "\1", "\1", "\0", "\0", "\0", "\0", "\0", "\0") NO_REFERENCES,
        "object 0: its type has not been told"),
    BAD(HG_BLOCK_OBJECTS, 1,
        OBJECT("\0", "\1", "\0", "\x80\2", "\0", "\0", "\0", "\0", "\0") NO_REFERENCES,
        "object 0: it has unknown flags"),
    BAD(HG_BLOCK_OBJECTS, 1,
        OBJECT("\0", "\1", "\0", "\0", MUCH, "\0", "\0", "\0", "\0") NO_REFERENCES,
        "object 0: it is larger than any memory"),
    BAD(HG_BLOCK_OBJECTS, 1,
        OBJECT("\0", "\1", "\0", "\0", "\0", MUCH, "\0", "\0", "\0") NO_REFERENCES,
        "object 0: it is larger than any memory"),
    BAD(HG_BLOCK_OBJECTS, 200,
        OBJECT("\0", "\1", "\0", "\0", "\x80\x80\x80\x80\x80\x80\x80\x80\1", "\0", "\0", "\0", "\0")
            NO_REFERENCES,
        "all objects together are larger than any memory"),
    BAD(HG_BLOCK_OBJECTS, 1,
        OBJECT("\0", "\1", "\0", "\0", "\0", "\0", "\x82\x20", "\0", "\0") NO_REFERENCES,
        "object 0: its value is longer than 4096 bytes"),
    BAD(HG_BLOCK_OBJECTS, 1,
        OBJECT("\0", "\1", "\0", "\0", "\0", "\0", "\x20", "\0", "\0") NO_REFERENCES,
        "its values have 31 bytes, more than there are"),
    BAD(HG_BLOCK_OBJECTS, 1,
        OBJECT("\0", "\1", "\0", "\0", "\0", "\0", "\2", "\0", "\0") "\xff" NO_REFERENCES,
        "object 0: its value is not UTF-8"),
    BAD(HG_BLOCK_OBJECTS, 1,
        OBJECT("\0", "\1", "\0", "\0", "\0", "\0", "\0", "\2", "\0") NO_REFERENCES,
        "object 0: its site has not been told"),
    BAD(HG_BLOCK_OBJECTS, 1,
        OBJECT("\0", "\1", "\0", "\0", "\0", "\0", "\0", "\0", "\1") NO_REFERENCES,
        "object 0: 1 references, more than there are"),
    BAD(HG_BLOCK_OBJECTS, 1,
        OBJECT("\2", "\1", "\0", "\0", "\0", "\0", "\0", "\0", "\1") "\0\4\0\1\0\0",
        "references that belong to no object"),
    BAD(HG_BLOCK_OBJECTS, 1, ONE_OBJECT "\0\x0c\0\1\0\0", "how 0x0c with the label 0 is not"),
    BAD(HG_BLOCK_OBJECTS, 1, ONE_OBJECT "\0\x84\2\0\1\0\0", "is not possible here"),
    BAD(HG_BLOCK_OBJECTS, 1, ONE_OBJECT "\0\4\0\0\0\0", "reference 0: its target is 0"),
    BAD(HG_BLOCK_OBJECTS, 1, ONE_OBJECT "\0\1\0\1\0\2", "how 0x01 with the label 2 is not"),
    BAD(HG_BLOCK_OBJECTS, 1, ONE_OBJECT "\0\5\0\1\0\1", "how 0x05 with the label 1 is not"),
    BAD(HG_BLOCK_OBJECTS, 1, ONE_OBJECT "\0\3\0\1\0\0", "object 0: a value without a key before"),
    BAD(HG_BLOCK_OBJECTS, 1, "\x81\x80\x40", "1 records and 1048577 references: more than 1048576"),
    BAD(HG_BLOCK_OBJECTS, 1, "\x80\x80\x10", "262145 records out of 3 bytes: too many to be true"),
    BAD(HG_BLOCK_OBJECTS, 1048577, "", "1048577 records and 0 references: more than 1048576"),
    BAD(HG_BLOCK_REFERENCES, 1, "\0\4\0\1\0\0", "references before the first object"),
    BAD(HG_BLOCK_THREADS, 1, "\1\3\0", "the name's text + 1 is 3, expected less than 3"),
    BAD(HG_BLOCK_THREADS, 1, "\1\0\xff\xff\xff\xff\x0f", "the interpreter is 4294967295"),
    BAD(HG_BLOCK_FRAMES, 1, "\1\0\0\0\0", "the thread is 1, expected less than 1"),
    BAD(HG_BLOCK_FRAMES, 1, "\0\2\0\0\0", "the function's text is 2"),
    BAD(HG_BLOCK_FRAMES, 1, "\0\0\2\0\0", "the file's text is 2"),
    BAD(HG_BLOCK_FRAMES, 1, "\0\0\0\xff\xff\xff\xff\x0f\0", "the line is 4294967295"),
    BAD(HG_BLOCK_ROOTS, 1, "\0\5\0\1\0\0\0\0\0\0", "root 0: its kind"),
    BAD(HG_BLOCK_ROOTS, 1, "\0\0\0\0\0\0\0\0\0\0", "root 0: its kind"),
    BAD(HG_BLOCK_ROOTS, 1, "\0\0\0\1\0\3\0\0\0\0", "root 0: its kind"),
    BAD(HG_BLOCK_ROOTS, 1, "\0\0\0\1\0\0\0\2\0\0", "root 0: its kind"),
    BAD(HG_BLOCK_ROOTS, 1, "\0\0\0\1\0\0\0\0\0\xff\xff\xff\xff\x0f", "root 0: its kind"),
    BAD(HG_BLOCK_END, 0, "", "(END): 0 records, expected 1"),
    BAD(HG_BLOCK_END, 1, "\3\1\1\0\0\1\1\0", "it counts 3 texts, but there were 2"),
    BAD(HG_BLOCK_END, 1, "\2\1\1\0\0\1\1\1", "it counts 1 roots, but there were 0"),
    BAD(HG_BLOCK_END, 1, "\2\1\1\0\0\1\1", "it ends within a number"),
};

static void
test_bad_blocks(void)
{
    for (size_t bad = 0; bad < G_N_ELEMENTS(bad_block); bad++) {
        g_autoptr(GByteArray) file = dump_start();
        append_block(file, bad_block[bad].kind, bad_block[bad].records, bad_block[bad].contents,
                     bad_block[bad].size);
        check_refused(file, bad_block[bad].problem);
    }
}

static void
test_bad_files(void)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    check_refused(file, "not a heap dump: it is empty, expected a heapgraph dump (.hgd)");
    g_byte_array_append(file, (const guint8 *)"\177ELF\2\1\1\0\0\0", 10);
    check_refused(file, "it starts with 7f 45 4c 46 02 01 01 00, expected a heapgraph dump");

    g_byte_array_set_size(file, 0);
    g_byte_array_append(file, (const guint8 *)HG_DUMP_MAGIC "\2\0\0\0\0\0\0", 16);
    check_refused(file, "version 2, this program reads up to version 1: get a newer heapgraph");
    file->data[8] = 0;
    check_refused(file, "byte 8: version 0 or the reserved bytes are wrong");
    file->data[8] = file->data[12] = 1;
    check_refused(file, "byte 8: version 1 or the reserved bytes are wrong");
    file->data[12] = 0;
    BLOCK(file, HG_BLOCK_TEXTS, 0, "\0\0");
    check_refused(file, "block 0 at byte 16 (TEXTS): the first block must be FACTS");
    g_byte_array_set_size(file, 16);
    BLOCK(file, HG_BLOCK_FACTS, 1, "\7runtime\1x");
    check_refused(file, "the fact \"python\" is missing");
}

static void
test_bad_compression(void)
{
    g_autoptr(GByteArray) file = dump_start();
    guint start = file->len;
    append_stored(file, HG_BLOCK_TEXTS | 3 << 8, 0, 2, "\0\0", 2);
    check_refused(file, "unknown compression 3");
    g_byte_array_set_size(file, start);
    append_stored(file, HG_BLOCK_TEXTS | 1 << 16, 0, 2, "\0\0", 2);
    check_refused(file, "reserved bytes are not 0");
    g_byte_array_set_size(file, start);
    append_stored(file, HG_BLOCK_TEXTS, 0, 3, "\0\0", 2);
    check_refused(file, "3 bytes are stored uncompressed as 2");
    g_byte_array_set_size(file, start);
    append_stored(file, HG_BLOCK_TEXTS, 0, (64 << 20) + 1, "\0\0", 2);
    check_refused(file, "67108865 bytes, stored as 2: more than 64 MiB");
    g_byte_array_set_size(file, start);
    append_stored(file, HG_BLOCK_TEXTS | 1 << 8, 0, 2, "\0\0", 2);
    check_refused(file, "its zlib data is not what unpacks to 2 bytes");
    g_byte_array_set_size(file, start);
    append_stored(file, HG_BLOCK_TEXTS | 2 << 8, 0, 2, "\0\0", 2);
    check_refused(file, "its zstd data is not what unpacks to 2 bytes");
}

/* zlib is what the pure-Python writer uses. */
static void
test_zlib(void)
{
    uint8_t stored[100];
    uLongf size = sizeof stored;
    g_autoptr(GByteArray) file = dump_start();
    g_assert_cmpint(compress(stored, &size, (const Bytef *)"\0\2cdef", 6), ==, Z_OK);
    guint start = file->len;
    append_stored(file, HG_BLOCK_TEXTS | 1 << 8, 2, 6, stored, size);
    guint end = file->len;
    BLOCK(file, HG_BLOCK_END, 1, "\4\1\1\0\0\1\1\0");
    g_autoptr(HgSink) recorder = recorder_new();
    g_assert_true(read_into(recorder, file->data, file->len, false, NULL, NULL));
    g_autofree char *text = recorder_dup_text(recorder);
    g_assert_nonnull(strstr(text, "text 2:cd\ntext 2:ef\n"));

    BLOCK(file, HG_BLOCK_END, 1, "");
    check_refused(file, "more bytes after the END block");
    g_byte_array_set_size(file, start);
    append_stored(file, HG_BLOCK_TEXTS | 1 << 8, 2, 7, stored, size);
    check_refused(file, "its zlib data is not what unpacks to 7 bytes");
    g_assert_cmpuint(file->len, ==, end);
}

/* ---- columns and texts ----------------------------------------------------------------- */

static void
check_column(const uint64_t *number, size_t n)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    g_autofree uint64_t *read = g_new(uint64_t, n + 1);
    hg_column_append(bytes, number, n);
    hg_column_append_spread(bytes, number, n);
    HgCursor cursor = {bytes->data, bytes->data + bytes->len};
    for (int column = 0; column < 2; column++) {
        hg_column_read(&cursor, read, n, &error);
        g_assert_no_error(error);
        g_assert_cmpmem(read, n * 8, number, n * 8);
    }
    g_assert_true(cursor.next == cursor.end);
}

/* Numbers of all widths, wide and narrow ones in one column, up and down. */
static void
test_columns(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    uint64_t number[300];
    check_column(number, 0);
    for (int round = 0; round < 5000; round++) {
        size_t n = (size_t)g_rand_int_range(random, 1, G_N_ELEMENTS(number));
        int narrowest = g_rand_int_range(random, 0, 65), odd = g_rand_int_range(random, 1, 50);
        uint64_t sum = g_rand_boolean(random) ? UINT64_MAX / 2 : 0;
        bool adds = g_rand_boolean(random);
        for (size_t at = 0; at < n; at++) {
            uint64_t any = (uint64_t)g_rand_int(random) << 32 | g_rand_int(random);
            int shift = g_rand_int_range(random, 0, odd) ? narrowest : 32;
            any = shift > 63 ? 0 : any >> shift;
            number[at] = adds ? (sum += any) : any;
        }
        check_column(number, n);
    }
}

/* The examples of FORMAT.md's table, byte by byte. */
static void
test_column_encodings(void)
{
    static const struct {
        const char *bytes;
        size_t size;
        uint64_t number[3];
    } example[] = {
        {"\0\x81\1", 3, {129, 129, 129}},
        {"\1\1\2\xff", 4, {1, 2, 255}},
        {"\2\1\0\2\1\xff\xff", 7, {1, 258, 65535}},
        {"\4\1\0\0\0\2\0\0\0\0\0\0\xff", 13, {1, 2, 0xff000000}},
        {"\10\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff", 25, {1, 2, 0xffull << 56}},
        {"\20\4\1\x80\2\3", 6, {1, 256, 3}},
        {"\21\3\2\1\4", 5, {1, 0, 2}},
        {"\21\3\1\1\4", 5, {UINT64_MAX, UINT64_MAX - 1, 0}},
        {"\41\5\xff\1", 4, {5, 4, 5}},
        {"\42\0\1\xff\xff\1\0", 7, {256, 255, 256}},
        {"\44\0\0\0\1\xff\xff\xff\xff\1\0\0\0", 13, {1 << 24, (1 << 24) - 1, 1 << 24}},
        {"\50\0\0\0\0\0\0\0\1\xff\xff\xff\xff\xff\xff\xff\xff\1\0\0\0\0\0\0\0",
         25,
         {1ull << 56, (1ull << 56) - 1, 1ull << 56}},
    };
    for (size_t at = 0; at < G_N_ELEMENTS(example); at++) {
        const uint8_t *bytes = (const uint8_t *)example[at].bytes;
        HgCursor cursor = {bytes, bytes + example[at].size};
        uint64_t number[3];
        g_assert_true(hg_column_read(&cursor, number, 3, NULL));
        g_assert_true(cursor.next == cursor.end);
        g_assert_cmpmem(number, sizeof number, example[at].number, sizeof number);
    }
}

static void
test_varint_of_every_length(void)
{
    for (int bit = 0; bit < 64; bit++) {
        for (uint64_t number = (1ull << bit) - 1; number <= (1ull << bit); number++) {
            g_autoptr(GByteArray) bytes = g_byte_array_new();
            hg_varint_append(bytes, number);
            guint size = bytes->len;
            g_assert_cmpuint(size, ==, number ? (guint)(g_bit_storage(number) + 6) / 7 : 1);
            for (int spare = 0; spare < 12;
                 spare++, g_byte_array_append(bytes, (void *)"\xff", 1)) {
                HgCursor cursor = {bytes->data, bytes->data + bytes->len};
                uint64_t read = 0;
                g_assert_true(hg_cursor_varint(&cursor, &read));
                g_assert_cmpuint(read, ==, number);
                g_assert_cmpuint(cursor.next - bytes->data, ==, size);
            }
        }
    }
}

static void
test_utf8(void)
{
    static const struct {
        const char *bytes;
        size_t size;
        bool is_valid;
    } text[] = {
        {"", 0, true},
        {"\0", 1, true},
        {"abcdefgh\0ijklmnop", 17, true},
        {"\0\xc3\xa4\0\0\xf0\x9f\x90\x8d", 9, true},
        {"\xc3", 1, false},
        {"\xc3\0", 2, false},
        {"\0\xff\0", 3, false},
        {"\xed\xb2\x80", 3, false}, /* a lone surrogate */
        {"\xc0\x80", 2, false},     /* Java's NUL */
        {"abcdefg\x80", 8, false},
        {"abcdefghi\x80", 10, false},
    };
    for (size_t at = 0; at < G_N_ELEMENTS(text); at++)
        g_assert_true(hg_utf8_is_valid(text[at].bytes, text[at].size) == text[at].is_valid);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dump/round-trip", test_round_trip);
    g_test_add_func("/dump/round-trip/many-references", test_round_trip_many_references);
    g_test_add_func("/dump/truncated/at-every-byte", test_truncated_at_every_byte);
    g_test_add_func("/dump/truncated/message", test_truncated_message);
    g_test_add_func("/dump/damaged/at-every-byte", test_flipped_at_every_byte);
    g_test_add_func("/dump/damaged/message", test_damaged_message);
    g_test_add_func("/dump/sink-refuses", test_sink_refuses);
    g_test_add_func("/dump/cancel", test_cancel);
    g_test_add_func("/dump/writer-refuses", test_writer_refuses);
    g_test_add_func("/dump/disk-full", test_disk_full);
    g_test_add_func("/dump/bad/blocks", test_bad_blocks);
    g_test_add_func("/dump/bad/files", test_bad_files);
    g_test_add_func("/dump/bad/compression", test_bad_compression);
    g_test_add_func("/dump/zlib", test_zlib);
    g_test_add_func("/dump/column/round-trip", test_columns);
    g_test_add_func("/dump/column/encodings", test_column_encodings);
    g_test_add_func("/dump/column/varint-of-every-length", test_varint_of_every_length);
    g_test_add_func("/dump/utf8", test_utf8);
    return g_test_run();
}
