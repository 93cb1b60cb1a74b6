/* object.c - one object of a snapshot: its columns, a caption, its references.
 * SPDX-License-Identifier: MIT */
#include "core/questions/object.h"

#include "core/store/label.h"

#include <inttypes.h>
#include <string.h>

#define BYTES_SHOWN 80 /* letters of a value of bytes: a capture takes as many of a str */

/* ---- columns ---------------------------------------------------------------------------- */

/* A column that stores its numbers plus one; [unknown] where it has a 0 or is not there. */
static bool
get_shifted(HgSnapshot *snapshot, HgColumn column, uint32_t number, uint64_t unknown,
            uint64_t *value, GError **error)
{
    uint64_t stored = 0;
    if (hg_snapshot_count(snapshot, column) > 0 &&
        !hg_snapshot_get(snapshot, column, number, &stored, error))
        return false;
    *value = stored ? stored - 1 : unknown;
    return true;
}

static bool
get_object_number(HgSnapshot *snapshot, HgColumn column, uint32_t number, uint32_t *value,
                  GError **error)
{
    uint64_t stored;
    if (!get_shifted(snapshot, column, number, HG_NONE, &stored, error))
        return false;
    if (stored != HG_NONE && stored >= hg_snapshot_count_objects(snapshot)) {
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT,
                    "column %d: object %" PRIu64 " beyond the snapshot", (int)column, stored);
        return false;
    }
    *value = (uint32_t)stored;
    return true;
}

static bool
read_type(HgSnapshot *snapshot, HgObject *object, GError **error)
{
    uint64_t type;
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    if (!types || !hg_snapshot_get(snapshot, HG_COLUMN_TYPE, object->number, &type, error))
        return false;
    if (type >= types->len) {
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "object %u: no type %" PRIu64, object->number,
                    type);
        return false;
    }
    object->type = g_ptr_array_index(types, type);
    return true;
}

static bool
read_surplus(HgSnapshot *snapshot, HgObject *object, GError **error)
{
    object->knows_surplus = hg_snapshot_count(snapshot, HG_COLUMN_SURPLUS) > 0;
    uint64_t zigzag = 0;
    if (object->knows_surplus &&
        !hg_snapshot_get(snapshot, HG_COLUMN_SURPLUS, object->number, &zigzag, error))
        return false;
    object->surplus = (int64_t)(zigzag >> 1) ^ -(int64_t)(zigzag & 1);
    return true;
}

static bool
read_retained(HgSnapshot *snapshot, HgObject *object, GError **error)
{
    object->retained = HG_UNKNOWN;
    return hg_snapshot_count(snapshot, HG_COLUMN_RETAINED) == 0 ||
           hg_snapshot_get(snapshot, HG_COLUMN_RETAINED, object->number, &object->retained, error);
}

static bool
read_heap_columns(HgSnapshot *snapshot, HgObject *object, GError **error)
{
    uint64_t flags, site;
    uint32_t number = object->number;
    if (!hg_snapshot_get(snapshot, HG_COLUMN_ADDRESS, number, &object->address, error) ||
        !hg_snapshot_get(snapshot, HG_COLUMN_SIZE, number, &object->size, error) ||
        !hg_snapshot_get(snapshot, HG_COLUMN_FLAGS, number, &flags, error) ||
        !get_shifted(snapshot, HG_COLUMN_SIZEOF, number, HG_UNKNOWN, &object->sizeof_, error) ||
        !get_shifted(snapshot, HG_COLUMN_REFCOUNT, number, HG_UNKNOWN, &object->refcount, error) ||
        !get_shifted(snapshot, HG_COLUMN_LENGTH, number, HG_UNKNOWN, &object->length, error) ||
        !get_shifted(snapshot, HG_COLUMN_SITE, number, HG_NONE, &site, error))
        return false;
    object->flags = (uint32_t)flags;
    object->site = (uint32_t)site;
    return true;
}

bool
hg_object_read(HgSnapshot *snapshot, uint32_t number, HgObject *object, GError **error)
{
    HgObject read = {.number = number};
    if (!read_type(snapshot, &read, error) || !read_heap_columns(snapshot, &read, error) ||
        !read_surplus(snapshot, &read, error) || !read_retained(snapshot, &read, error) ||
        !get_shifted(snapshot, HG_COLUMN_DISTANCE, number, HG_UNKNOWN, &read.distance, error) ||
        !get_object_number(snapshot, HG_COLUMN_STEP, number, &read.step, error) ||
        !get_object_number(snapshot, HG_COLUMN_HOLDER, number, &read.holder, error))
        return false;
    *object = read;
    return true;
}

const HgTypeRow *
hg_object_find_class(HgSnapshot *snapshot, uint32_t number, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    for (unsigned i = 0; types && i < types->len; i++) {
        const HgTypeRow *type = g_ptr_array_index(types, i);
        if (type->object == number)
            return type;
    }
    return NULL;
}

/* ---- captions --------------------------------------------------------------------------- */

const char *
hg_type_get_name(const HgTypeRow *type, bool is_short)
{
    if (!is_short)
        return type->name;
    const char *dot = strrchr(type->qualname, '.');
    return dot ? dot + 1 : type->qualname;
}

/* NUL bytes would end a C string. */
static char *
dup_without_nul(const char *bytes, size_t size)
{
    GString *text = g_string_sized_new(size);
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            g_string_append_c(text, bytes[i]);
        else
            g_string_append(text, "\\x00");
    return g_string_free(text, FALSE);
}

static char *
dup_quoted(const char *prefix, const char *text, bool is_cut)
{
    const char *quote = strchr(text, '\'') && !strchr(text, '"') ? "\"" : "'";
    return g_strconcat(prefix, quote, text, is_cut ? "…" : "", quote, NULL);
}

/* Bytes are told with escapes, four letters for a byte. Cuts [text] where it gets longer than a
 * value is elsewhere, and never inside an escape. */
static bool
cut_escapes(char *text)
{
    size_t at = 0;
    while (text[at] && at <= BYTES_SHOWN) {
        size_t step = text[at] != '\\' ? 1 : text[at + 1] == 'x' ? 4 : 2;
        if (strnlen(text + at, step) < step || at + step > BYTES_SHOWN)
            break;
        at += step;
    }
    bool is_longer = text[at];
    text[at] = '\0';
    return is_longer;
}

static char *
dup_bytes(char *text, bool is_cut)
{
    is_cut |= cut_escapes(text);
    return dup_quoted("b", text, is_cut);
}

/* Where there is no value: "3 items", or of a text "20 characters". */
static char *
dup_length(const HgObject *object)
{
    const char *type = object->type->name, *unit = "item";
    if (object->length == HG_UNKNOWN)
        return g_strdup("");
    if (g_str_equal(type, "str"))
        unit = "character";
    else if (g_str_equal(type, "bytes") || g_str_equal(type, "bytearray"))
        unit = "byte";
    return g_strdup_printf("%" PRIu64 " %s%s", object->length, unit,
                           object->length == 1 ? "" : "s");
}

char *
hg_object_dup_value(HgSnapshot *snapshot, const HgObject *object, GError **error)
{
    g_autofree char *bytes = NULL;
    size_t size;
    if (!hg_snapshot_read_value(snapshot, object->number, &bytes, &size, error))
        return NULL;
    if (!bytes)
        return dup_length(object);
    g_autofree char *text = dup_without_nul(bytes, size);
    bool is_cut = object->flags & HG_OBJECT_VALUE_CUT;
    if (g_str_equal(object->type->name, "str"))
        return dup_quoted("", text, is_cut);
    if (g_str_equal(object->type->name, "bytes"))
        return dup_bytes(text, is_cut);
    if (g_str_equal(object->type->name, "bytearray")) {
        g_autofree char *inside = dup_bytes(text, is_cut);
        return g_strdup_printf("bytearray(%s)", inside);
    }
    return g_strconcat(text, is_cut ? "…" : "", NULL);
}

char *
hg_object_dup_caption(HgSnapshot *snapshot, uint32_t number, bool is_short, GError **error)
{
    HgObject object;
    if (!hg_object_read(snapshot, number, &object, error))
        return NULL;
    g_autofree char *value = hg_object_dup_value(snapshot, &object, error);
    if (!value)
        return NULL;
    const char *type = hg_type_get_name(object.type, is_short);
    return *value ? g_strconcat(type, " ", value, NULL) : g_strdup(type);
}

/* ---- references ------------------------------------------------------------------------- */

static bool
count_row(HgSnapshot *snapshot, HgColumn starts, uint32_t number, uint64_t *count, GError **error)
{
    uint64_t start, end;
    if (!hg_snapshot_get_row(snapshot, starts, number, &start, &end, error))
        return false;
    *count = end - start;
    return true;
}

bool
hg_references_count_from(HgSnapshot *snapshot, uint32_t source, uint64_t *count, GError **error)
{
    return count_row(snapshot, HG_COLUMN_FORWARD_FIRST, source, count, error);
}

bool
hg_references_count_to(HgSnapshot *snapshot, uint32_t target, uint64_t *count, GError **error)
{
    return count_row(snapshot, HG_COLUMN_BACKWARD_FIRST, target, count, error);
}

/* The key of a value is the number of an object plus one. */
static bool
read_label(HgSnapshot *snapshot, uint64_t index, HgReference *reference, GError **error)
{
    if (!hg_snapshot_read_u8(snapshot, HG_COLUMN_HOW, index, 1, &reference->how, error) ||
        !hg_snapshot_get(snapshot, HG_COLUMN_LABEL, index, &reference->label, error))
        return false;
    if ((reference->how & HG_HOW_LABEL) == HG_LABEL_VALUE &&
        reference->label > hg_snapshot_count_objects(snapshot))
        reference->label = 0;
    return true;
}

/* Appends [count] references of a row. */
static bool
append_references(HgSnapshot *snapshot, uint32_t source, uint64_t first, uint64_t count,
                  GArray *references, GError **error)
{
    uint32_t others[256];
    uint64_t n_objects = hg_snapshot_count_objects(snapshot);
    for (uint64_t done = 0, part; done < count; done += part) {
        part = MIN(count - done, G_N_ELEMENTS(others));
        if (!hg_snapshot_read_u32(snapshot, HG_COLUMN_TARGET, first + done, part, others, error))
            return false;
        for (uint64_t i = 0; i < part; i++) {
            HgReference reference = {.source = source, .target = others[i]};
            if (others[i] >= n_objects)
                continue;
            if (!read_label(snapshot, first + done + i, &reference, error))
                return false;
            g_array_append_val(references, reference);
        }
    }
    return true;
}

GArray *
hg_references_read_from(HgSnapshot *snapshot, uint32_t source, uint64_t limit, GError **error)
{
    uint64_t first, end;
    if (!hg_snapshot_get_row(snapshot, HG_COLUMN_FORWARD_FIRST, source, &first, &end, error))
        return NULL;
    g_autoptr(GArray) references = g_array_new(FALSE, FALSE, sizeof(HgReference));
    if (!append_references(snapshot, source, first, MIN(end - first, limit), references, error))
        return NULL;
    return g_steal_pointer(&references);
}

bool
hg_references_find(HgSnapshot *snapshot, uint32_t source, uint32_t target, uint32_t nth,
                   HgReference *reference, bool *found, GError **error)
{
    g_autoptr(GError) problem = NULL;
    uint64_t at;
    *reference = (HgReference){.source = source, .target = target};
    *found = hg_snapshot_find_reference(snapshot, source, target, nth, &at, &problem);
    if (*found)
        return read_label(snapshot, at, reference, error);
    if (g_error_matches(problem, HG_ERROR, HG_ERROR_NOT_FOUND))
        return true;
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

static bool
append_between(HgSnapshot *snapshot, uint32_t source, uint32_t target, GArray *references,
               GError **error)
{
    bool found = true;
    for (uint32_t nth = 0; found; nth++) {
        HgReference reference;
        if (!hg_references_find(snapshot, source, target, nth, &reference, &found, error))
            return false;
        if (found)
            g_array_append_val(references, reference);
    }
    return true;
}

GArray *
hg_references_read_between(HgSnapshot *snapshot, uint32_t source, uint32_t target, GError **error)
{
    g_autoptr(GArray) references = g_array_new(FALSE, FALSE, sizeof(HgReference));
    if (!append_between(snapshot, source, target, references, error))
        return NULL;
    return g_steal_pointer(&references);
}

GArray *
hg_references_read_sources(HgSnapshot *snapshot, uint32_t target, uint64_t limit, GError **error)
{
    uint64_t first, end;
    if (!hg_snapshot_get_row(snapshot, HG_COLUMN_BACKWARD_FIRST, target, &first, &end, error))
        return NULL;
    g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t source, before = HG_NONE;
    for (uint64_t i = 0; i < end - first && sources->len < limit; i++) {
        if (!hg_snapshot_read_u32(snapshot, HG_COLUMN_SOURCE, first + i, 1, &source, error))
            return NULL;
        if (source != before)
            g_array_append_val(sources, source);
        before = source;
    }
    return g_steal_pointer(&sources);
}

GArray *
hg_references_read_to(HgSnapshot *snapshot, uint32_t target, uint64_t limit, GError **error)
{
    g_autoptr(GArray) sources = hg_references_read_sources(snapshot, target, limit, error);
    g_autoptr(GArray) references = g_array_new(FALSE, FALSE, sizeof(HgReference));
    for (unsigned i = 0; sources && i < sources->len; i++)
        if (!append_between(snapshot, g_array_index(sources, uint32_t, i), target, references,
                            error))
            return NULL;
    return sources ? g_steal_pointer(&references) : NULL;
}

bool
hg_reference_get_text(HgSnapshot *snapshot, const HgReference *reference, const char **text,
                      GError **error)
{
    switch (reference->how & HG_HOW_LABEL) {
    case HG_LABEL_ATTRIBUTE:
    case HG_LABEL_SLOT:
    case HG_LABEL_LOCAL:
    case HG_LABEL_INTERNAL:
        *text = hg_snapshot_get_text(snapshot, reference->label, error);
        return *text;
    default:
        *text = NULL;
        return true;
    }
}

uint32_t
hg_reference_get_key(const HgReference *reference)
{
    bool is_value = (reference->how & HG_HOW_LABEL) == HG_LABEL_VALUE;
    return is_value && reference->label ? (uint32_t)(reference->label - 1) : HG_NONE;
}
