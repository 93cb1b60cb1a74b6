/* reader.c - a dump file becomes records.
 * SPDX-License-Identifier: MIT */
#include "core/dump/reader.h"

extern const HgReader hg_reader_hgd;

/* A new format is one line here and one above. */
static const HgReader *const readers[] = {
    &hg_reader_hgd,
};

void
hg_read_result_clear(HgReadResult *result)
{
    g_free(result->damage);
    *result = (HgReadResult){0};
}

const HgReader *
hg_reader_find(const uint8_t *start, size_t size)
{
    for (size_t reader = 0; reader < G_N_ELEMENTS(readers); reader++)
        if (readers[reader]->recognises(start, size))
            return readers[reader];
    return NULL;
}

/* Returns: "starts with 7f 45 4c 46 02 01 01 00", g_free() it. */
static char *
describe_start(const uint8_t *start, size_t size)
{
    if (!size)
        return g_strdup("is empty");
    GString *text = g_string_new("starts with");
    for (size_t byte = 0; byte < MIN(size, 8); byte++)
        g_string_append_printf(text, " %02x", start[byte]);
    return g_string_free(text, FALSE);
}

static bool
fail_unknown(const uint8_t *start, size_t size, GError **error)
{
    g_autofree char *description = describe_start(start, size);
    g_autoptr(GString) expected = g_string_new(NULL);
    for (size_t reader = 0; reader < G_N_ELEMENTS(readers); reader++)
        g_string_append_printf(expected, "%s%s", reader ? " or " : "",
                               readers[reader]->description);
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "not a heap dump: it %s, expected %s",
                description, expected->str);
    return false;
}

/* Fills the buffer of [in] until what a reader wants to see is there or the file ends. */
static bool
peek(GBufferedInputStream *in, GError **error)
{
    gssize got = 1;
    while (got > 0 && g_buffered_input_stream_get_available(in) < HG_READER_PEEK)
        got = g_buffered_input_stream_fill(in, -1, NULL, error);
    return got >= 0;
}

bool
hg_dump_read(GInputStream *in, HgSink *sink, const HgReadOptions *options, HgReadResult *result,
             GError **error)
{
    static const HgReadOptions defaults;
    g_autoptr(GInputStream) buffered = g_buffered_input_stream_new(in);
    g_filter_input_stream_set_close_base_stream(G_FILTER_INPUT_STREAM(buffered), FALSE);
    if (!peek(G_BUFFERED_INPUT_STREAM(buffered), error))
        return false;

    size_t size;
    const uint8_t *start =
        g_buffered_input_stream_peek_buffer(G_BUFFERED_INPUT_STREAM(buffered), &size);
    const HgReader *reader = hg_reader_find(start, size);
    if (!reader)
        return fail_unknown(start, size, error);
    g_auto(HgReadResult) found = {.format = reader->name};
    if (!reader->read(buffered, sink, options ? options : &defaults, &found, error))
        return false;
    if (result) {
        *result = found;
        found.damage = NULL;
    }
    return true;
}
