/* label.c - what to call a reference.
 * SPDX-License-Identifier: MIT */
#include "core/store/label.h"

#include <stdlib.h>
#include <string.h>

#include "core/store/snapshot-private.h"

#define WIDE_ROW 512u /* references of one source from which on an index pays */
#define WIDE_MAX (1u << 28)

/* of a tuple that is written out as a key; any other is told by its address */
#define TUPLE_REFERENCES 9 /* its items, and perhaps its type */
#define TUPLE_BYTES 80
#define TUPLE_DEPTH 2

static const char *const kind_names[HG_N_LABELS] = {
    [HG_LABEL_UNNAMED] = "unnamed",   [HG_LABEL_ATTRIBUTE] = "attribute",
    [HG_LABEL_ITEM] = "item",         [HG_LABEL_VALUE] = "value",
    [HG_LABEL_KEY] = "key",           [HG_LABEL_ELEMENT] = "element",
    [HG_LABEL_LOCAL] = "local",       [HG_LABEL_CELL] = "cell",
    [HG_LABEL_SLOT] = "slot",         [HG_LABEL_TYPE] = "type",
    [HG_LABEL_INTERNAL] = "internal", [HG_LABEL_WEAK] = "weak",
};

const char *
hg_label_kind_get_name(HgLabelKind kind)
{
    return kind < HG_N_LABELS ? kind_names[kind] : "unknown";
}

/* ---- keys of dicts ---------------------------------------------------------------------- */

static bool
is_printable(gunichar character)
{
    return g_unichar_isprint(character) && character != 0x2028 && character != 0x2029;
}

static void
append_character(GString *text, gunichar character)
{
    if (character == '\'' || character == '\\')
        g_string_append_printf(text, "\\%c", (int)character);
    else if (character == '\n')
        g_string_append(text, "\\n");
    else if (is_printable(character))
        g_string_append_unichar(text, character);
    else if (character < 0x100)
        g_string_append_printf(text, "\\x%02x", character);
    else
        g_string_append_printf(text, character < 0x10000 ? "\\u%04x" : "\\U%08x", character);
}

/* Appends a str the way Python writes it; bytes that are no UTF-8 one by one. */
static void
append_quoted(GString *text, const char *value, size_t size, bool is_cut)
{
    g_string_append_c(text, '\'');
    for (size_t at = 0; at < size;) {
        gunichar character = g_utf8_get_char_validated(value + at, (gssize)(size - at));
        bool valid = character != (gunichar)-1 && character != (gunichar)-2;
        /* A NUL in the middle is "valid" with length 0 for GLib. */
        if (valid && value[at] != '\0') {
            append_character(text, character);
            at += (size_t)g_unichar_to_utf8(character, NULL);
        } else {
            append_character(text, (guchar)value[at++]);
        }
    }
    g_string_append(text, is_cut ? "..." : "");
    g_string_append_c(text, '\'');
}

typedef struct {
    uint64_t type, address, flags;
} Key;

static bool
read_if_there(HgSnapshot *snapshot, HgColumn column, uint32_t object, uint64_t *number,
              GError **error)
{
    *number = 0;
    return hg_snapshot_count(snapshot, column) == 0 ||
           hg_snapshot_get(snapshot, column, object, number, error);
}

static bool
read_key(HgSnapshot *snapshot, uint32_t object, Key *key, GError **error)
{
    return read_if_there(snapshot, HG_COLUMN_TYPE, object, &key->type, error) &&
           read_if_there(snapshot, HG_COLUMN_ADDRESS, object, &key->address, error) &&
           read_if_there(snapshot, HG_COLUMN_FLAGS, object, &key->flags, error);
}

/* Returns: whether the value tells the object, and then appends it. */
static bool
append_value(GString *text, const char *type, const Key *key, const char *value, size_t size)
{
    bool is_cut = (key->flags & HG_OBJECT_VALUE_CUT) != 0;
    if (value && g_str_equal(type, "str"))
        append_quoted(text, value, size, is_cut);
    else if (value && g_str_equal(type, "bytes"))
        g_string_append_printf(text, "b'%s%s'", value, is_cut ? "..." : "");
    else if (value && (g_str_equal(type, "int") || g_str_equal(type, "float") ||
                       g_str_equal(type, "bool") || g_str_equal(type, "complex")))
        g_string_append(text, value);
    else if (g_str_equal(type, "NoneType"))
        g_string_append(text, "None");
    else
        return false;
    return true;
}

static bool append_told(HgSnapshot *snapshot, GString *text, uint32_t object, unsigned depth,
                        bool *is_told, GError **error);

/* Appends what the tuple refers to if it is an item; what is cut tells nothing. */
static bool
append_item(HgSnapshot *snapshot, GString *text, uint64_t reference, unsigned depth,
            uint64_t *n_items, bool *is_told, GError **error)
{
    uint64_t how, target, flags;
    if (!hg_snapshot_get(snapshot, HG_COLUMN_HOW, reference, &how, error) ||
        !hg_snapshot_get(snapshot, HG_COLUMN_TARGET, reference, &target, error) ||
        !read_if_there(snapshot, HG_COLUMN_FLAGS, (uint32_t)target, &flags, error))
        return false;
    *is_told = true;
    if ((how & HG_HOW_LABEL) != HG_LABEL_ITEM)
        return true;
    g_string_append(text, ++*n_items > 1 ? ", " : "");
    *is_told = !(flags & HG_OBJECT_VALUE_CUT);
    return !*is_told || append_told(snapshot, text, (uint32_t)target, depth, is_told, error);
}

/* A short tuple of what has values, as it is written in Python: a usual key of a cache. */
static bool
append_tuple(HgSnapshot *snapshot, GString *text, uint32_t tuple, unsigned depth, bool *is_told,
             GError **error)
{
    uint64_t first, end, length, n_items = 0;
    size_t start = text->len;
    if (!hg_snapshot_get_row(snapshot, HG_COLUMN_FORWARD_FIRST, tuple, &first, &end, error) ||
        !read_if_there(snapshot, HG_COLUMN_LENGTH, tuple, &length, error))
        return false;
    *is_told = end - first <= TUPLE_REFERENCES;
    g_string_append_c(text, '(');
    for (uint64_t at = first; at < end && *is_told; at++) {
        if (!append_item(snapshot, text, at, depth, &n_items, is_told, error))
            return false;
        *is_told &= text->len - start <= TUPLE_BYTES;
    }
    g_string_append(text, n_items == 1 ? ",)" : ")");
    *is_told &= length == n_items + 1;
    if (!*is_told)
        g_string_truncate(text, start);
    return true;
}

static bool
append_told(HgSnapshot *snapshot, GString *text, uint32_t object, unsigned depth, bool *is_told,
            GError **error)
{
    Key key;
    g_autofree char *value = NULL;
    size_t size;
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    if (!types || !read_key(snapshot, object, &key, error) ||
        !hg_snapshot_read_value(snapshot, object, &value, &size, error))
        return false;
    const HgTypeRow *type = key.type < types->len ? g_ptr_array_index(types, key.type) : NULL;
    const char *name = type ? type->name : "?";
    if (g_str_equal(name, "tuple") && depth < TUPLE_DEPTH) {
        if (!append_tuple(snapshot, text, object, depth + 1, is_told, error))
            return false;
    } else {
        *is_told = append_value(text, name, &key, value, size);
    }
    if (!*is_told && depth == 0)
        g_string_append_printf(text, "<%s 0x%" G_GINT64_MODIFIER "x>", name, key.address);
    return true;
}

static char *
dup_key_label(HgSnapshot *snapshot, uint64_t label, GError **error)
{
    if (label == 0 || label > hg_snapshot_count_objects(snapshot))
        return g_strdup("[?]");
    bool is_told;
    g_autoptr(GString) text = g_string_new("[");
    if (!append_told(snapshot, text, (uint32_t)(label - 1), 0, &is_told, error))
        return NULL;
    g_string_append_c(text, ']');
    return g_strdup(text->str);
}

/* ---- labels ----------------------------------------------------------------------------- */

static char *
dup_named(HgSnapshot *snapshot, const char *prefix, uint64_t label, GError **error)
{
    const char *text = hg_snapshot_get_text(snapshot, label, error);
    return text ? g_strconcat(prefix, text, NULL) : NULL;
}

char *
hg_snapshot_dup_label_of(HgSnapshot *snapshot, uint8_t how, uint64_t label, GError **error)
{
    switch (how & HG_HOW_LABEL) {
    case HG_LABEL_ATTRIBUTE:
    case HG_LABEL_SLOT:
    case HG_LABEL_INTERNAL:
        return dup_named(snapshot, ".", label, error);
    case HG_LABEL_LOCAL:
        return dup_named(snapshot, "local ", label, error);
    case HG_LABEL_ITEM:
        return g_strdup_printf("[%" G_GUINT64_FORMAT "]", label);
    case HG_LABEL_VALUE:
        return dup_key_label(snapshot, label, error);
    case HG_LABEL_KEY:
        return g_strdup("key");
    case HG_LABEL_ELEMENT:
        return g_strdup("element");
    case HG_LABEL_CELL:
        return g_strdup(".cell_contents");
    case HG_LABEL_TYPE:
        return g_strdup(".__class__");
    case HG_LABEL_WEAK:
        return g_strdup("()");
    default:
        return label ? g_strdup_printf("<at %" G_GUINT64_FORMAT ">", label) : g_strdup("<unnamed>");
    }
}

char *
hg_snapshot_dup_label(HgSnapshot *snapshot, uint64_t reference, GError **error)
{
    uint64_t how, label;
    if (!hg_snapshot_get(snapshot, HG_COLUMN_HOW, reference, &how, error) ||
        !hg_snapshot_get(snapshot, HG_COLUMN_LABEL, reference, &label, error))
        return NULL;
    return hg_snapshot_dup_label_of(snapshot, (uint8_t)how, label, error);
}

/* ---- finding a reference ------------------------------------------------------------------ */

static bool
fail_no_reference(uint32_t source, uint32_t target, GError **error)
{
    g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "object %u does not refer to object %u",
                source, target);
    return false;
}

static bool
scan_row(HgSnapshot *snapshot, uint64_t first, uint64_t count, uint32_t target, uint32_t *nth,
         uint64_t *reference, GError **error)
{
    for (uint64_t index = first; index < first + count; index++) {
        uint64_t found;
        if (!hg_snapshot_get(snapshot, HG_COLUMN_TARGET, index, &found, error))
            return false;
        if (found == target && (*nth)-- == 0) {
            *reference = index;
            return true;
        }
    }
    *reference = HG_UNKNOWN;
    return true;
}

static int
compare_targets(const void *a, const void *b, void *user_data)
{
    const uint32_t *targets = user_data;
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    if (targets[left] != targets[right])
        return targets[left] < targets[right] ? -1 : 1;
    return left < right ? -1 : left > right;
}

/* Makes the index of a source with many references: their places, sorted by target. */
static bool
index_row(HgSnapshot *snapshot, uint32_t source, uint64_t first, uint64_t count, GError **error)
{
    HgSnapshotRows *rows = hg_snapshot_get_rows(snapshot);
    g_autofree uint32_t *targets = g_try_new(uint32_t, count);
    g_autofree uint32_t *order = g_try_new(uint32_t, count);
    if (!targets || !order) {
        g_set_error(error, HG_ERROR, HG_ERROR_MEMORY, "no memory for the references of object %u",
                    source);
        return false;
    }
    if (!hg_snapshot_read_u32(snapshot, HG_COLUMN_TARGET, first, count, targets, error))
        return false;
    for (uint32_t index = 0; index < count; index++)
        order[index] = index;
    g_qsort_with_data(order, (gint)count, sizeof *order, compare_targets, targets);
    g_free(rows->wide.targets);
    g_free(rows->wide.order);
    rows->wide.source = source;
    rows->wide.count = count;
    rows->wide.targets = g_steal_pointer(&targets);
    rows->wide.order = g_steal_pointer(&order);
    return true;
}

/* Returns: where [target] starts in the index. */
static uint64_t
search_index(const HgSnapshotRows *rows, uint32_t target)
{
    uint64_t low = 0, high = rows->wide.count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (rows->wide.targets[rows->wide.order[middle]] < target)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
find_in_wide_row(HgSnapshot *snapshot, uint32_t source, uint64_t first, uint64_t count,
                 uint32_t target, uint32_t nth, uint64_t *reference, GError **error)
{
    HgSnapshotRows *rows = hg_snapshot_get_rows(snapshot);
    bool is_indexed = rows->wide.targets && rows->wide.source == source;
    if (!is_indexed && !index_row(snapshot, source, first, count, error))
        return false;
    uint64_t place = search_index(rows, target) + nth;
    bool found = place < rows->wide.count && rows->wide.targets[rows->wide.order[place]] == target;
    *reference = found ? first + rows->wide.order[place] : HG_UNKNOWN;
    return true;
}

bool
hg_snapshot_find_reference(HgSnapshot *snapshot, uint32_t source, uint32_t target, uint32_t nth,
                           uint64_t *reference, GError **error)
{
    uint64_t first, end, found;
    if (!hg_snapshot_get_row(snapshot, HG_COLUMN_FORWARD_FIRST, source, &first, &end, error))
        return false;
    uint64_t count = end - first;
    bool is_wide = count >= WIDE_ROW && count <= WIDE_MAX;
    bool fine = is_wide
                    ? find_in_wide_row(snapshot, source, first, count, target, nth, &found, error)
                    : scan_row(snapshot, first, count, target, &nth, &found, error);
    if (!fine)
        return false;
    if (found == HG_UNKNOWN)
        return fail_no_reference(source, target, error);
    *reference = found;
    return true;
}
