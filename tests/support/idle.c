/* idle.c - a sink that does nothing, for measuring what speaks to it.
 * SPDX-License-Identifier: MIT */
#include "tests/support/idle.h"

static bool
on_string_pair(HgSink *sink, const char *key, const char *value, GError **error)
{
    return true;
}

static bool
on_text(HgSink *sink, const char *bytes, size_t size, GError **error)
{
    return true;
}

static bool
on_type(HgSink *sink, const HgTypeRecord *type, GError **error)
{
    return true;
}

static bool
on_site(HgSink *sink, const HgSiteRecord *site, GError **error)
{
    return true;
}

static bool
on_object(HgSink *sink, const HgObjectRecord *object, GError **error)
{
    return true;
}

static bool
on_references(HgSink *sink, const HgReferenceRecord *reference, size_t n_references, GError **error)
{
    return true;
}

static bool
on_thread(HgSink *sink, const HgThreadRecord *thread, GError **error)
{
    return true;
}

static bool
on_frame(HgSink *sink, const HgFrameRecord *frame, GError **error)
{
    return true;
}

static bool
on_root(HgSink *sink, const HgRootRecord *root, GError **error)
{
    return true;
}

static bool
on_end(HgSink *sink, GError **error)
{
    return true;
}

HgSink
idle_sink(void)
{
    return (HgSink){.fact = on_string_pair,
                    .text = on_text,
                    .type = on_type,
                    .site = on_site,
                    .object = on_object,
                    .references = on_references,
                    .thread = on_thread,
                    .frame = on_frame,
                    .root = on_root,
                    .end = on_end};
}
