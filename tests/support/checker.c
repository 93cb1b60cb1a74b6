/* checker.c - a sink that aborts where a reader breaks its promises.
 * SPDX-License-Identifier: MIT */
#include "tests/support/checker.h"

#include "core/dump/utf8.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    HgSink sink;
    uint64_t facts, texts, types, sites, objects, threads, frames;
    uint64_t sizes;
    bool ended;
} Checker;

/* Not an assertion, which a build may leave out. */
static void
demand(bool promise)
{
    if (!promise)
        abort();
}

static bool
is_text(const Checker *checker, uint64_t number)
{
    return number < checker->texts;
}

static bool
is_text_or_none(const Checker *checker, uint32_t number)
{
    return number == HG_NONE || is_text(checker, number);
}

static bool
on_fact(HgSink *sink, const char *key, const char *value, GError **error)
{
    Checker *checker = (Checker *)sink;
    demand(!checker->ended && hg_utf8_is_valid(key, strlen(key)) &&
           hg_utf8_is_valid(value, strlen(value)));
    checker->facts++;
    return true;
}

static bool
on_text(HgSink *sink, const char *bytes, size_t size, GError **error)
{
    Checker *checker = (Checker *)sink;
    demand(checker->facts && size <= HG_TEXT_MAX && hg_utf8_is_valid(bytes, size));
    checker->texts++;
    return true;
}

static bool
on_type(HgSink *sink, const HgTypeRecord *type, GError **error)
{
    Checker *checker = (Checker *)sink;
    demand(type->identity && is_text(checker, type->module) && is_text(checker, type->qualname));
    for (uint32_t base = 0; base < type->n_bases; base++)
        demand(type->bases[base]);
    for (uint32_t slot = 0; slot < type->n_slots; slot++)
        demand(is_text(checker, type->slots[slot]));
    checker->types++;
    return true;
}

static bool
on_site(HgSink *sink, const HgSiteRecord *site, GError **error)
{
    Checker *checker = (Checker *)sink;
    for (uint32_t line = 0; line < site->n_lines; line++)
        demand(is_text(checker, site->files[line]) && site->lines[line] < UINT32_MAX);
    checker->sites++;
    return true;
}

static bool
on_object(HgSink *sink, const HgObjectRecord *object, GError **error)
{
    Checker *checker = (Checker *)sink;
    demand(object->identity && object->type < checker->types);
    demand(!(object->flags & ~(uint32_t)HG_OBJECT_FLAGS));
    demand(object->site == HG_NONE || object->site < checker->sites);
    demand(object->value ? object->value_size <= HG_VALUE_MAX : !object->value_size);
    demand(!object->value || hg_utf8_is_valid(object->value, object->value_size));
    demand(object->size < 1ull << 63 && checker->sizes + object->size < 1ull << 63);
    checker->sizes += object->size;
    checker->objects++;
    return true;
}

static bool
is_label(const Checker *checker, HgLabelKind kind, uint64_t label)
{
    switch (kind) {
    case HG_LABEL_ATTRIBUTE:
    case HG_LABEL_LOCAL:
    case HG_LABEL_SLOT:
    case HG_LABEL_INTERNAL:
        return is_text(checker, label);
    case HG_LABEL_VALUE:
        return label;
    case HG_LABEL_UNNAMED:
    case HG_LABEL_ITEM:
        return true;
    default:
        return kind < HG_N_LABELS && !label;
    }
}

static bool
on_references(HgSink *sink, const HgReferenceRecord *reference, size_t n_references, GError **error)
{
    Checker *checker = (Checker *)sink;
    demand(checker->objects && n_references);
    for (size_t at = 0; at < n_references; at++)
        demand(reference[at].target &&
               is_label(checker, reference[at].how & HG_HOW_LABEL, reference[at].label));
    return true;
}

static bool
on_thread(HgSink *sink, const HgThreadRecord *thread, GError **error)
{
    Checker *checker = (Checker *)sink;
    demand(is_text_or_none(checker, thread->name) && thread->interpreter < UINT32_MAX);
    checker->threads++;
    return true;
}

static bool
on_frame(HgSink *sink, const HgFrameRecord *frame, GError **error)
{
    Checker *checker = (Checker *)sink;
    demand(frame->thread < checker->threads && is_text(checker, frame->function) &&
           is_text(checker, frame->file) && frame->line < UINT32_MAX);
    checker->frames++;
    return true;
}

static bool
on_root(HgSink *sink, const HgRootRecord *root, GError **error)
{
    Checker *checker = (Checker *)sink;
    demand(root->kind < HG_N_ROOTS && root->identity && is_text_or_none(checker, root->name));
    demand(root->frame == HG_NONE || root->frame < checker->frames);
    return true;
}

static bool
on_end(HgSink *sink, GError **error)
{
    Checker *checker = (Checker *)sink;
    demand(checker->facts >= 4 && !checker->ended);
    checker->ended = true;
    return true;
}

HgSink *
checker_new(void)
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
    Checker *checker = g_new0(Checker, 1);
    checker->sink = sink;
    return &checker->sink;
}

void
checker_free(HgSink *checker)
{
    g_free(checker);
}
