/* hgd-objects.c - OBJECTS and REFERENCES: the heap itself.
 *
 * The columns of a block become arrays, the references of all its objects one array of
 * records; then object after object is checked and told.
 * SPDX-License-Identifier: MIT */
#include "core/dump/hgd.h"
#include "core/dump/utf8.h"

static const char *const object_columns[HG_N_OBJECT_COLUMNS] = {
    "identity", "type",   "flags",      "size", "sizeof",
    "refcount", "length", "value size", "site", "references"};
static const char *const reference_columns[HG_N_REFERENCE_COLUMNS] = {"how", "target", "label"};

/* Labels that are texts must be of the texts so far; most kinds have the label 0. */
static void
set_label_bounds(HgHgd *hgd)
{
    for (int kind = 0; kind < HG_N_LABELS; kind++)
        hgd->label_bound[kind] = 1;
    hgd->label_bound[HG_LABEL_UNNAMED] = UINT64_MAX;
    hgd->label_bound[HG_LABEL_ITEM] = UINT64_MAX;
    hgd->label_bound[HG_LABEL_VALUE] = UINT64_MAX;
    hgd->label_bound[HG_LABEL_ATTRIBUTE] = hgd->count.texts;
    hgd->label_bound[HG_LABEL_LOCAL] = hgd->count.texts;
    hgd->label_bound[HG_LABEL_SLOT] = hgd->count.texts;
    hgd->label_bound[HG_LABEL_INTERNAL] = hgd->count.texts;
}

static bool
fail_reference(const HgReferenceRecord *reference, size_t number, GError **error)
{
    if (!reference->target)
        return hg_hgd_fail(error, "reference %zu: its target is 0", number);
    return hg_hgd_fail(error,
                       "reference %zu: how 0x%02x with the label %" G_GUINT64_FORMAT
                       " is not possible here",
                       number, reference->how, reference->label);
}

static bool
references_reserve(HgHgd *hgd, size_t n, GError **error)
{
    if (hgd->reference && hgd->reference_size >= n)
        return true;
    g_free(hgd->reference);
    hgd->reference_size = n + n / 2 + 1;
    hgd->reference = g_try_new(HgReferenceRecord, hgd->reference_size);
    if (hgd->reference)
        return true;
    hgd->reference_size = 0;
    g_set_error(error, HG_ERROR, HG_ERROR_MEMORY, "no memory for %zu references", n);
    return false;
}

/* Columns become records, checked but for the label 0 of a value, which needs to know
 * where an object's references begin. */
static bool
decode_references(HgHgd *hgd, size_t n, GError **error)
{
    if (!references_reserve(hgd, n, error))
        return false;
    const uint64_t *how = hgd->references[HG_COLUMN_HOW].number;
    const uint64_t *target = hgd->references[HG_COLUMN_TARGET].number;
    const uint64_t *label = hgd->references[HG_COLUMN_LABEL].number;
    set_label_bounds(hgd);
    for (size_t number = 0; number < n; number++) {
        HgReferenceRecord *reference = &hgd->reference[number];
        *reference = (HgReferenceRecord){target[number], label[number], (uint8_t)how[number]};
        if (G_UNLIKELY(how[number] > 0xff || !target[number] ||
                       label[number] >= hgd->label_bound[how[number] & HG_HOW_LABEL]))
            return fail_reference(reference, number, error);
    }
    return true;
}

static bool
take_references(HgHgd *hgd, HgCursor *in, size_t n, GError **error)
{
    return hg_hgd_take_columns(in, hgd->references, HG_N_REFERENCE_COLUMNS, n, reference_columns,
                               error) &&
           decode_references(hgd, n, error);
}

/* The value of a dict whose label is 0: its key is the target before it. */
static bool
name_keys(HgHgd *hgd, HgReferenceRecord *reference, size_t n, GError **error)
{
    uint64_t before = hgd->last_target;
    for (size_t number = 0; number < n; number++) {
        bool is_value = (reference[number].how & HG_HOW_LABEL) == HG_LABEL_VALUE;
        if (is_value && !reference[number].label) {
            if (!before)
                return hg_hgd_fail(error, "a value without a key before it");
            reference[number].label = before;
        }
        before = reference[number].target;
    }
    hgd->last_target = before;
    return true;
}

static bool
tell_references(HgHgd *hgd, HgReferenceRecord *reference, size_t n, GError **error)
{
    if (!n)
        return true;
    if (!name_keys(hgd, reference, n, error) ||
        !hg_hgd_told(hgd, hgd->sink->references(hgd->sink, reference, n, error)))
        return false;
    hgd->count.references += n;
    return true;
}

/* Returns: object [number] of the block; its value is still to come. */
static inline HgObjectRecord
object_record(const HgHgd *hgd, size_t number)
{
    const HgHgdColumn *column = hgd->objects;
    return (HgObjectRecord){
        .identity = column[HG_COLUMN_IDENTITY].number[number],
        .type = (uint32_t)column[HG_COLUMN_TYPE].number[number],
        .flags = (uint32_t)column[HG_COLUMN_FLAGS].number[number],
        .size = column[HG_COLUMN_SIZE].number[number],
        .sizeof_ = column[HG_COLUMN_SIZEOF].number[number] - 1,
        .refcount = column[HG_COLUMN_REFCOUNT].number[number] - 1,
        .length = column[HG_COLUMN_LENGTH].number[number] - 1,
        .site = (uint32_t)column[HG_COLUMN_SITE].number[number] - 1,
    };
}

/* Returns: what is wrong with an object, NULL if nothing is. */
static const char *
find_fault(HgHgd *hgd, size_t number)
{
    const HgHgdColumn *column = hgd->objects;
    uint64_t size = column[HG_COLUMN_SIZE].number[number];
    uint64_t sizeof_ = column[HG_COLUMN_SIZEOF].number[number];
    if (!column[HG_COLUMN_IDENTITY].number[number])
        return "its identity is 0";
    if (column[HG_COLUMN_TYPE].number[number] >= hgd->count.types)
        return "its type has not been told";
    if (column[HG_COLUMN_FLAGS].number[number] > HG_OBJECT_FLAGS)
        return "it has unknown flags";
    if (size > HG_OBJECT_SIZE_MAX || sizeof_ > HG_OBJECT_SIZE_MAX)
        return "it is larger than any memory";
    hgd->size_sum += size;
    hgd->sizeof_sum += sizeof_;
    if (hgd->size_sum >= HG_OBJECT_SIZES_MAX || hgd->sizeof_sum >= HG_OBJECT_SIZES_MAX)
        return "all objects together are larger than any memory";
    if (column[HG_COLUMN_SITE].number[number] > hgd->count.sites)
        return "its site has not been told";
    return NULL;
}

/* What is left to take of a block of objects. */
typedef struct {
    const char *value; /* of the next object that has one; all of them are in the block */
    bool values_are_ascii;
    HgReferenceRecord *reference;
    size_t n_references;
} Rest;

static bool
take_value(HgObjectRecord *object, uint64_t size_and_one, Rest *rest, GError **error)
{
    if (!size_and_one)
        return true;
    object->value = rest->value;
    object->value_size = (uint32_t)(size_and_one - 1);
    rest->value += object->value_size;
    return rest->values_are_ascii || hg_utf8_is_valid(object->value, object->value_size) ||
           hg_hgd_fail(error, "its value is not UTF-8");
}

static bool
read_object(HgHgd *hgd, size_t number, Rest *rest, GError **error)
{
    const char *fault = find_fault(hgd, number);
    if (G_UNLIKELY(fault))
        return hg_hgd_fail(error, "%s", fault);
    HgObjectRecord object = object_record(hgd, number);
    if (!take_value(&object, hgd->objects[HG_COLUMN_VALUE_SIZE].number[number], rest, error))
        return false;
    uint64_t n_references = hgd->objects[HG_COLUMN_REFERENCES].number[number];
    if (n_references > rest->n_references)
        return hg_hgd_fail(error, "%" G_GUINT64_FORMAT " references, more than there are",
                           n_references);
    hgd->last_target = 0;
    if (!hg_hgd_told(hgd, hgd->sink->object(hgd->sink, &object, error)))
        return false;
    hgd->count.objects++;
    HgReferenceRecord *reference = rest->reference;
    rest->reference += n_references;
    rest->n_references -= n_references;
    return tell_references(hgd, reference, n_references, error);
}

static bool
sum_value_sizes(const HgHgd *hgd, size_t n, uint64_t *ret, GError **error)
{
    const uint64_t *size_and_one = hgd->objects[HG_COLUMN_VALUE_SIZE].number;
    uint64_t sum = 0;
    for (size_t number = 0; number < n; number++) {
        if (size_and_one[number] > HG_VALUE_MAX + 1)
            return hg_hgd_fail(error, "object %zu: its value is longer than 4096 bytes", number);
        sum += size_and_one[number] ? size_and_one[number] - 1 : 0;
    }
    *ret = sum;
    return true;
}

/* The values of a block stand together, between its columns and those of its references. */
static bool
take_values(HgHgd *hgd, HgBlock *block, Rest *rest, GError **error)
{
    uint64_t size = 0;
    const uint8_t *bytes;
    if (!sum_value_sizes(hgd, block->records, &size, error))
        return false;
    if (!hg_cursor_bytes(&block->contents, size, &bytes))
        return hg_hgd_fail(
            error, "its values have %" G_GUINT64_FORMAT " bytes, more than there are", size);
    rest->value = (const char *)bytes;
    rest->values_are_ascii = hg_utf8_is_ascii(rest->value, size);
    return true;
}

bool
hg_hgd_read_objects(HgHgd *hgd, HgBlock *block, GError **error)
{
    HgCursor *in = &block->contents;
    uint64_t n_references = 0;
    Rest rest = {0};
    uint64_t n_objects = hgd->count.objects;
    if (!hg_hgd_add_records(&n_objects, block->records, error) ||
        !hg_hgd_take_number(in, &n_references, error) ||
        !hg_hgd_check_amount(block, n_references, error) ||
        !hg_hgd_take_columns(in, hgd->objects, HG_N_OBJECT_COLUMNS, block->records, object_columns,
                             error) ||
        !take_values(hgd, block, &rest, error) || !take_references(hgd, in, n_references, error))
        return false;
    rest.reference = hgd->reference;
    rest.n_references = n_references;
    for (size_t number = 0; number < block->records; number++) {
        if (!read_object(hgd, number, &rest, error)) {
            if (!hgd->sink_refused)
                g_prefix_error(error, "object %zu: ", number);
            return false;
        }
    }
    return !rest.n_references || hg_hgd_fail(error, "references that belong to no object");
}

bool
hg_hgd_read_references(HgHgd *hgd, HgBlock *block, GError **error)
{
    if (!hgd->count.objects)
        return hg_hgd_fail(error, "references before the first object");
    return take_references(hgd, &block->contents, block->records, error) &&
           tell_references(hgd, hgd->reference, block->records, error);
}
