/* hgd-names.c - what other records name: FACTS, TEXTS, TYPES and SITES.
 * SPDX-License-Identifier: MIT */
#include "core/dump/hgd.h"
#include "core/dump/utf8.h"

/* The first block must hold these. */
static const char *const required_facts[] = {HG_FACT_RUNTIME, HG_FACT_PYTHON, HG_FACT_SOURCE,
                                             HG_FACT_TAKEN};

static void
note_fact(HgHgd *hgd, const char *key)
{
    for (size_t fact = 0; fact < G_N_ELEMENTS(required_facts); fact++)
        if (strcmp(key, required_facts[fact]) == 0)
            hgd->facts |= 1u << fact;
}

bool
hg_hgd_check_facts(const HgHgd *hgd, GError **error)
{
    for (size_t fact = 0; fact < G_N_ELEMENTS(required_facts); fact++)
        if (!(hgd->facts & 1u << fact))
            return hg_hgd_fail(error, "the fact \"%s\" is missing", required_facts[fact]);
    return true;
}

/* Returns: a string of its own, NULL with [error] set. */
static char *
take_string(HgCursor *in, const char *what, GError **error)
{
    uint64_t size;
    const uint8_t *bytes;
    if (!hg_hgd_take_number(in, &size, error))
        return NULL;
    if (size > HG_TEXT_MAX || !hg_cursor_bytes(in, size, &bytes))
        hg_hgd_fail(error, "%s of %" G_GUINT64_FORMAT " bytes, more than there are", what, size);
    else if (!g_utf8_validate_len((const char *)bytes, size, NULL))
        hg_hgd_fail(error, "%s that is not UTF-8, or holds NUL", what);
    else
        return g_strndup((const char *)bytes, size);
    return NULL;
}

bool
hg_hgd_read_fact(HgHgd *hgd, HgCursor *in, GError **error)
{
    g_autofree char *key = take_string(in, "a key", error);
    g_autofree char *value = key ? take_string(in, "a value", error) : NULL;
    if (!value)
        return false;
    note_fact(hgd, key);
    return hg_hgd_told(hgd, hgd->sink->fact(hgd->sink, key, value, error));
}

/* The texts' bytes stand after the column of their sizes. */
bool
hg_hgd_read_texts(HgHgd *hgd, HgBlock *block, GError **error)
{
    static const char *const name[] = {"size"};
    HgHgdColumn *size = &hgd->others[0];
    if (!hg_hgd_take_columns(&block->contents, size, 1, block->records, name, error) ||
        !hg_hgd_add_records(&hgd->count.texts, block->records, error))
        return false;
    for (uint32_t text = 0; text < block->records; text++) {
        uint64_t n_bytes = size->number[text];
        const uint8_t *bytes;
        if (n_bytes > HG_TEXT_MAX || !hg_cursor_bytes(&block->contents, n_bytes, &bytes))
            return hg_hgd_fail(error,
                               "text %u has %" G_GUINT64_FORMAT " bytes, more than there are", text,
                               n_bytes);
        if (!hg_utf8_is_valid((const char *)bytes, n_bytes))
            return hg_hgd_fail(error, "text %u is not UTF-8", text);
        if (!hg_hgd_told(hgd, hgd->sink->text(hgd->sink, (const char *)bytes, n_bytes, error)))
            return false;
    }
    return true;
}

/* A number of items that take at least a byte each. */
static bool
take_length(HgCursor *in, const char *what, uint32_t *length, GError **error)
{
    uint64_t number;
    if (!hg_hgd_take_number(in, &number, error))
        return false;
    if (number > hg_cursor_left(in))
        return hg_hgd_fail(error, "%" G_GUINT64_FORMAT " %s, more than there are", number, what);
    *length = (uint32_t)number;
    return true;
}

static bool
take_identity(HgCursor *in, uint64_t *identity, GError **error)
{
    return hg_hgd_take_number(in, identity, error) &&
           (*identity || hg_hgd_fail(error, "an identity is 0"));
}

static bool
take_bases(HgHgd *hgd, HgCursor *in, HgTypeRecord *type, GError **error)
{
    if (!take_length(in, "bases", &type->n_bases, error))
        return false;
    g_array_set_size(hgd->identities, type->n_bases);
    uint64_t *bases = (uint64_t *)(void *)hgd->identities->data;
    for (uint32_t base = 0; base < type->n_bases; base++)
        if (!take_identity(in, &bases[base], error))
            return false;
    type->bases = bases;
    return true;
}

static bool
take_slots(HgHgd *hgd, HgCursor *in, HgTypeRecord *type, GError **error)
{
    if (!take_length(in, "slots", &type->n_slots, error))
        return false;
    g_array_set_size(hgd->texts, type->n_slots);
    uint32_t *slots = (uint32_t *)(void *)hgd->texts->data;
    for (uint32_t slot = 0; slot < type->n_slots; slot++)
        if (!hg_hgd_take_text_number(hgd, in, "the text of a slot", &slots[slot], error))
            return false;
    type->slots = slots;
    return true;
}

bool
hg_hgd_read_type(HgHgd *hgd, HgCursor *in, GError **error)
{
    const uint32_t flags = HG_TYPE_HEAP | HG_TYPE_GC | HG_TYPE_HAS_DEL | HG_TYPE_HAS_DICT |
                           HG_TYPE_HAS_SLOTS | HG_TYPE_HAS_WEAKREFS;
    HgTypeRecord type;
    return take_identity(in, &type.identity, error) &&
           hg_hgd_take_text_number(hgd, in, "the module's text", &type.module, error) &&
           hg_hgd_take_text_number(hgd, in, "the name's text", &type.qualname, error) &&
           hg_hgd_take_number(in, &type.basicsize, error) &&
           hg_hgd_take_number(in, &type.itemsize, error) &&
           hg_hgd_take_below(in, flags + 1, "its flags", &type.flags, error) &&
           take_bases(hgd, in, &type, error) && take_slots(hgd, in, &type, error) &&
           hg_hgd_add_records(&hgd->count.types, 1, error) &&
           hg_hgd_told(hgd, hgd->sink->type(hgd->sink, &type, error));
}

bool
hg_hgd_read_site(HgHgd *hgd, HgCursor *in, GError **error)
{
    HgSiteRecord site;
    if (!take_length(in, "lines", &site.n_lines, error))
        return false;
    g_array_set_size(hgd->texts, site.n_lines);
    g_array_set_size(hgd->lines, site.n_lines);
    uint32_t *files = (uint32_t *)(void *)hgd->texts->data;
    uint32_t *lines = (uint32_t *)(void *)hgd->lines->data;
    for (uint32_t line = 0; line < site.n_lines; line++)
        if (!hg_hgd_take_text_number(hgd, in, "the text of a file", &files[line], error) ||
            !hg_hgd_take_below(in, UINT32_MAX, "the line", &lines[line], error))
            return false;
    site.files = files;
    site.lines = lines;
    return hg_hgd_add_records(&hgd->count.sites, 1, error) &&
           hg_hgd_told(hgd, hgd->sink->site(hgd->sink, &site, error));
}
