/* reader-hgd.c - reads `.hgd`, heapgraph's own dumps; FORMAT.md describes them.
 *
 * One block at a time is in memory, decoded into arrays and checked record by record on
 * the way to the sink. Nothing in a block is believed: its checksum guards against
 * damage, not against malice. Here are the file and its blocks, their contents are in
 * hgd-names.c, hgd-objects.c and hgd-roots.c.
 * SPDX-License-Identifier: MIT */
#include "core/dump/hgd.h"

static bool
read_end(HgHgd *hgd, HgCursor *in, GError **error)
{
    const HgDumpCounts *count = &hgd->count;
    const struct {
        const char *name;
        uint64_t count;
    } kinds[] = {{"texts", count->texts},           {"types", count->types},
                 {"sites", count->sites},           {"objects", count->objects},
                 {"references", count->references}, {"threads", count->threads},
                 {"frames", count->frames},         {"roots", count->roots}};
    for (size_t kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
        uint64_t number;
        if (!hg_hgd_take_number(in, &number, error))
            return false;
        if (number != kinds[kind].count)
            return hg_hgd_fail(
                error, "it counts %" G_GUINT64_FORMAT " %s, but there were %" G_GUINT64_FORMAT,
                number, kinds[kind].name, kinds[kind].count);
    }
    hgd->ended = true;
    return true;
}

/* A kind of block has its records one after the other, or is read as a whole. */
static const struct {
    const char *name;
    bool (*read_record)(HgHgd *hgd, HgCursor *in, GError **error);
    bool (*read_block)(HgHgd *hgd, HgBlock *block, GError **error);
} kinds[HG_N_BLOCKS] = {
    [HG_BLOCK_FACTS] = {"FACTS", hg_hgd_read_fact, NULL},
    [HG_BLOCK_TEXTS] = {"TEXTS", NULL, hg_hgd_read_texts},
    [HG_BLOCK_TYPES] = {"TYPES", hg_hgd_read_type, NULL},
    [HG_BLOCK_SITES] = {"SITES", hg_hgd_read_site, NULL},
    [HG_BLOCK_OBJECTS] = {"OBJECTS", NULL, hg_hgd_read_objects},
    [HG_BLOCK_REFERENCES] = {"REFERENCES", NULL, hg_hgd_read_references},
    [HG_BLOCK_THREADS] = {"THREADS", hg_hgd_read_thread, NULL},
    [HG_BLOCK_FRAMES] = {"FRAMES", hg_hgd_read_frame, NULL},
    [HG_BLOCK_ROOTS] = {"ROOTS", NULL, hg_hgd_read_roots},
    [HG_BLOCK_END] = {"END", read_end, NULL},
};

static const char *
kind_name(const HgBlock *block)
{
    bool is_known = block->kind < HG_N_BLOCKS && kinds[block->kind].name;
    return is_known ? kinds[block->kind].name : "unknown";
}

static bool
read_records(HgHgd *hgd, HgBlock *block, GError **error)
{
    for (uint32_t record = 0; record < block->records; record++) {
        if (!kinds[block->kind].read_record(hgd, &block->contents, error)) {
            if (!hgd->sink_refused)
                g_prefix_error(error, "record %u: ", record);
            return false;
        }
    }
    return true;
}

static bool
read_contents(HgHgd *hgd, HgBlock *block, GError **error)
{
    if (block->kind >= HG_N_BLOCKS || !kinds[block->kind].name)
        return hg_hgd_fail(error, "unknown kind %u", block->kind);
    if (block->number == 0 && block->kind != HG_BLOCK_FACTS)
        return hg_hgd_fail(error, "the first block must be FACTS");
    if (block->kind == HG_BLOCK_END && block->records != 1)
        return hg_hgd_fail(error, "%u records, expected 1", block->records);
    if (!hg_hgd_check_amount(block, 0, error))
        return false;
    bool read = kinds[block->kind].read_block ? kinds[block->kind].read_block(hgd, block, error)
                                              : read_records(hgd, block, error);
    size_t left = hg_cursor_left(&block->contents);
    return read && (!left || hg_hgd_fail(error, "%zu bytes too many", left)) &&
           hg_hgd_check_facts(hgd, error);
}

static bool
is_about_file(const HgHgd *hgd, const GError *error)
{
    return !hgd->sink_refused && (g_error_matches(error, HG_ERROR, HG_ERROR_FORMAT) ||
                                  g_error_matches(error, HG_ERROR, HG_ERROR_TRUNCATED));
}

static bool
read_block(HgHgd *hgd, GError **error)
{
    HgBlock block;
    g_autoptr(GError) problem = NULL;
    if (hg_block_reader_next(hgd->blocks, &block, &problem) && read_contents(hgd, &block, &problem))
        return true;
    if (g_error_matches(problem, HG_ERROR, HG_ERROR_FORMAT) && !hgd->sink_refused)
        g_prefix_error(&problem, "block %" G_GUINT64_FORMAT " at byte %" G_GUINT64_FORMAT " (%s): ",
                       block.number, block.offset, kind_name(&block));
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

static bool
tell_progress(const HgHgd *hgd, GError **error)
{
    const HgProgress *progress = &hgd->options->progress;
    uint64_t done = hg_block_reader_get_offset(hgd->blocks);
    if (!progress->func || progress->func("reading the dump", done, MAX(done, hgd->options->total),
                                          progress->user_data))
        return true;
    g_set_error_literal(error, HG_ERROR, HG_ERROR_CANCELLED, "cancelled");
    return false;
}

static bool
check_header(HgHgd *hgd, GError **error)
{
    uint8_t header[HG_DUMP_HEADER_SIZE];
    if (!hg_block_reader_bytes(hgd->blocks, header, sizeof header, error))
        return false;
    uint32_t version = hg_load_32(header + 8);
    if (version > HG_DUMP_VERSION) {
        g_set_error(error, HG_ERROR, HG_ERROR_NEWER,
                    "the dump has version %u, this program reads up to version %u: get a newer "
                    "heapgraph",
                    version, HG_DUMP_VERSION);
        return false;
    }
    if (version != HG_DUMP_VERSION || hg_load_32(header + 12))
        return hg_hgd_fail(error, "byte 8: version %u or the reserved bytes are wrong", version);
    return true;
}

/* Nothing may follow the END block. */
static bool
check_nothing_follows(HgHgd *hgd, GError **error)
{
    uint8_t byte;
    uint64_t end = hg_block_reader_get_offset(hgd->blocks);
    g_autoptr(GError) problem = NULL;
    if (hg_block_reader_bytes(hgd->blocks, &byte, 1, &problem))
        return hg_hgd_fail(error, "byte %" G_GUINT64_FORMAT ": more bytes after the END block",
                           end);
    if (g_error_matches(problem, HG_ERROR, HG_ERROR_TRUNCATED))
        return true;
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

static bool
read_all(HgHgd *hgd, HgReadResult *result, GError **error)
{
    if (!check_header(hgd, error))
        return false;
    while (!hgd->ended) {
        if (!read_block(hgd, error) || !tell_progress(hgd, error))
            return false;
        result->blocks++;
        result->bytes = hg_block_reader_get_offset(hgd->blocks);
    }
    return check_nothing_follows(hgd, error);
}

/* Says what is lost and what could be had. */
static void
explain(GError **error, const HgReadResult *result)
{
    g_prefix_error(error, "%s: ",
                   g_error_matches(*error, HG_ERROR, HG_ERROR_TRUNCATED) ? "truncated dump"
                                                                         : "damaged dump");
    g_autofree char *before = g_steal_pointer(&(*error)->message);
    (*error)->message =
        g_strdup_printf("%s; before that, %" G_GUINT64_FORMAT " block%s with %" G_GUINT64_FORMAT
                        " object%s are whole (--salvage loads them)",
                        before, result->blocks, result->blocks == 1 ? "" : "s", result->objects,
                        result->objects == 1 ? "" : "s");
}

static bool
hgd_read_with(HgHgd *hgd, HgReadResult *result, GError **error)
{
    g_autoptr(GError) problem = NULL;
    bool whole = read_all(hgd, result, &problem);
    result->objects = hgd->count.objects;
    result->references = hgd->count.references;
    bool can_salvage = result->blocks && is_about_file(hgd, problem);
    if (!whole && can_salvage && hgd->options->salvage)
        result->damage = g_strdup(problem->message);
    if (whole || result->damage)
        return hgd->sink->end(hgd->sink, error);
    if (can_salvage)
        explain(&problem, result);
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

static void
hgd_clear(HgHgd *hgd)
{
    for (size_t column = 0; column < HG_N_OBJECT_COLUMNS; column++)
        g_free(hgd->objects[column].number);
    for (size_t column = 0; column < HG_N_REFERENCE_COLUMNS; column++)
        g_free(hgd->references[column].number);
    for (size_t column = 0; column < HG_N_ROOT_COLUMNS; column++)
        g_free(hgd->others[column].number);
    g_free(hgd->reference);
    g_array_unref(hgd->identities);
    g_array_unref(hgd->texts);
    g_array_unref(hgd->lines);
    hg_block_reader_free(hgd->blocks);
}

static bool
hgd_read(GInputStream *in, HgSink *sink, const HgReadOptions *options, HgReadResult *result,
         GError **error)
{
    HgHgd hgd = {.sink = sink,
                 .options = options,
                 .blocks = hg_block_reader_new(in, 0),
                 .identities = g_array_new(FALSE, FALSE, sizeof(uint64_t)),
                 .texts = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                 .lines = g_array_new(FALSE, FALSE, sizeof(uint32_t))};
    bool read = hgd_read_with(&hgd, result, error);
    hgd_clear(&hgd);
    return read;
}

static bool
hgd_recognises(const uint8_t *start, size_t size)
{
    return size >= 8 && memcmp(start, HG_DUMP_MAGIC, 8) == 0;
}

const HgReader hg_reader_hgd = {.name = "hgd",
                                .description = "a heapgraph dump (.hgd)",
                                .recognises = hgd_recognises,
                                .read = hgd_read};
