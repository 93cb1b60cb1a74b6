/* recorder.c - a sink that writes down what it is told, as text, for tests to compare.
 * SPDX-License-Identifier: MIT */
#include "tests/support/recorder.h"

#include "core/error.h"

#include <inttypes.h>

enum {
    FACTS,
    TEXTS,
    TYPES,
    SITES,
    OBJECTS,
    THREADS,
    FRAMES,
    ROOTS,
    N_KINDS
};

typedef struct {
    HgSink sink;
    GString *text[N_KINDS];
    uint64_t records, refused;
    int ends;
} Recorder;

/* Returns: where to write a record of [kind], NULL with [error] set where the sink refuses. */
static GString *
next(HgSink *sink, int kind, GError **error)
{
    Recorder *recorder = (Recorder *)sink;
    if (recorder->records++ == recorder->refused) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED, "the sink is full");
        return NULL;
    }
    return recorder->text[kind];
}

static void
append_bytes(GString *text, const char *bytes, size_t size)
{
    g_string_append_printf(text, " %zu:", size);
    for (size_t byte = 0; byte < size; byte++)
        g_string_append_printf(text, g_ascii_isgraph(bytes[byte]) ? "%c" : "\\x%02x",
                               (uint8_t)bytes[byte]);
}

static bool
on_fact(HgSink *sink, const char *key, const char *value, GError **error)
{
    GString *text = next(sink, FACTS, error);
    if (!text)
        return false;
    g_string_append_printf(text, "fact %s=%s\n", key, value);
    return true;
}

static bool
on_text(HgSink *sink, const char *bytes, size_t size, GError **error)
{
    GString *text = next(sink, TEXTS, error);
    if (!text)
        return false;
    g_string_append(text, "text");
    append_bytes(text, bytes, size);
    g_string_append_c(text, '\n');
    return true;
}

static bool
on_type(HgSink *sink, const HgTypeRecord *type, GError **error)
{
    GString *text = next(sink, TYPES, error);
    if (!text)
        return false;
    g_string_append_printf(
        text,
        "type %#" PRIx64 " module %u name %u basic %" PRIu64 " item %" PRIu64 " flags %#x bases",
        type->identity, type->module, type->qualname, type->basicsize, type->itemsize, type->flags);
    for (uint32_t base = 0; base < type->n_bases; base++)
        g_string_append_printf(text, " %#" PRIx64, type->bases[base]);
    g_string_append(text, " slots");
    for (uint32_t slot = 0; slot < type->n_slots; slot++)
        g_string_append_printf(text, " %u", type->slots[slot]);
    g_string_append_c(text, '\n');
    return true;
}

static bool
on_site(HgSink *sink, const HgSiteRecord *site, GError **error)
{
    GString *text = next(sink, SITES, error);
    if (!text)
        return false;
    g_string_append(text, "site");
    for (uint32_t line = 0; line < site->n_lines; line++)
        g_string_append_printf(text, " %u:%u", site->files[line], site->lines[line]);
    g_string_append_c(text, '\n');
    return true;
}

static bool
on_object(HgSink *sink, const HgObjectRecord *object, GError **error)
{
    GString *text = next(sink, OBJECTS, error);
    if (!text)
        return false;
    g_string_append_printf(text,
                           "object %#" PRIx64 " type %u flags %#x size %" PRId64 " sizeof %" PRId64
                           " refcount %" PRId64 " length %" PRId64 " site %d value",
                           object->identity, object->type, object->flags, (int64_t)object->size,
                           (int64_t)object->sizeof_, (int64_t)object->refcount,
                           (int64_t)object->length, (int32_t)object->site);
    if (object->value)
        append_bytes(text, object->value, object->value_size);
    g_string_append_c(text, '\n');
    return true;
}

static bool
on_references(HgSink *sink, const HgReferenceRecord *reference, size_t n_references, GError **error)
{
    for (size_t at = 0; at < n_references; at++) {
        GString *text = next(sink, OBJECTS, error);
        if (!text)
            return false;
        g_string_append_printf(text, "    how 0x%02x to %#" PRIx64 " label %" PRIu64 "\n",
                               reference[at].how, reference[at].target, reference[at].label);
    }
    return true;
}

static bool
on_thread(HgSink *sink, const HgThreadRecord *thread, GError **error)
{
    GString *text = next(sink, THREADS, error);
    if (!text)
        return false;
    g_string_append_printf(text, "thread %" PRIu64 " name %d interpreter %u\n", thread->id,
                           (int32_t)thread->name, thread->interpreter);
    return true;
}

static bool
on_frame(HgSink *sink, const HgFrameRecord *frame, GError **error)
{
    GString *text = next(sink, FRAMES, error);
    if (!text)
        return false;
    g_string_append_printf(text, "frame of %u function %u file %u line %u object %#" PRIx64 "\n",
                           frame->thread, frame->function, frame->file, frame->line,
                           frame->identity);
    return true;
}

static bool
on_root(HgSink *sink, const HgRootRecord *root, GError **error)
{
    GString *text = next(sink, ROOTS, error);
    if (!text)
        return false;
    g_string_append_printf(
        text, "root kind %d object %#" PRIx64 " name %d frame %d interpreter %u\n", root->kind,
        root->identity, (int32_t)root->name, (int32_t)root->frame, root->interpreter);
    return true;
}

static bool
on_end(HgSink *sink, GError **error)
{
    ((Recorder *)sink)->ends++;
    return true;
}

HgSink *
recorder_new(void)
{
    static const HgSink sink = {.fact = on_fact,
                                .text = on_text,
                                .type = on_type,
                                .site = on_site,
                                .object = on_object,
                                .references = on_references,
                                .thread = on_thread,
                                .frame = on_frame,
                                .root = on_root,
                                .end = on_end};
    Recorder *recorder = g_new0(Recorder, 1);
    recorder->sink = sink;
    recorder->refused = UINT64_MAX;
    for (int kind = 0; kind < N_KINDS; kind++)
        recorder->text[kind] = g_string_new(NULL);
    return &recorder->sink;
}

void
recorder_refuse(HgSink *sink, uint64_t record)
{
    ((Recorder *)sink)->refused = record;
}

char *
recorder_dup_text(const HgSink *sink)
{
    const Recorder *recorder = (const Recorder *)sink;
    GString *all = g_string_new(NULL);
    for (int kind = 0; kind < N_KINDS; kind++)
        g_string_append_len(all, recorder->text[kind]->str, (gssize)recorder->text[kind]->len);
    return g_string_free(all, FALSE);
}

int
recorder_get_ends(const HgSink *sink)
{
    return ((const Recorder *)sink)->ends;
}

uint64_t
recorder_get_records(const HgSink *sink)
{
    return ((const Recorder *)sink)->records;
}

void
recorder_free(HgSink *sink)
{
    Recorder *recorder = (Recorder *)sink;
    if (!recorder)
        return;
    for (int kind = 0; kind < N_KINDS; kind++)
        g_string_free(recorder->text[kind], TRUE);
    g_free(recorder);
}
