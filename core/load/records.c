/* records.c - a sink that keeps what it is told, in little memory.
 *
 * SPDX-License-Identifier: MIT */
#include "core/load/records.h"

#include <inttypes.h>

#define OBJECTS_MAX (UINT32_MAX - 1) /* numbers of 32 bits; HG_NONE is none */

static HgRecords *
records_of(HgSink *sink)
{
    return (HgRecords *)(void *)((char *)sink - offsetof(HgRecords, sink));
}

static bool
keep(HgRecords *records, HgField field, uint64_t number, GError **error)
{
    return hg_packed_append(&records->field[field], number, error);
}

/* [number] + 1, 0 for HG_NONE. */
static bool
keep_number(HgRecords *records, HgField field, uint32_t number, GError **error)
{
    return keep(records, field, number == HG_NONE ? 0 : (uint64_t)number + 1, error);
}

/* A number must name what was told before; [field] is one that each of those has. */
static bool
check_told(const HgRecords *records, HgField field, uint64_t number, const char *what,
           GError **error)
{
    if (number < hg_records_count(records, field))
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "%s %" PRIu64 " is named before it is told", what,
                number);
    return false;
}

static bool
check_text(const HgRecords *records, uint32_t text, GError **error)
{
    return text == HG_NONE || check_told(records, HG_FIELD_TEXT_END, text, "text", error);
}

/* ---- facts, texts, types, sites ------------------------------------------------------- */

static bool
on_fact(HgSink *sink, const char *key, const char *value, GError **error)
{
    g_hash_table_replace(records_of(sink)->facts, g_strdup(key), g_strdup(value));
    return true;
}

/* Texts become C strings: a NUL within is written as Python would. */
static bool
append_text(HgBytes *texts, const char *bytes, size_t size, GError **error)
{
    const char *nul;
    while ((nul = memchr(bytes, 0, size))) {
        size_t before = (size_t)(nul - bytes);
        if (!hg_bytes_append(texts, bytes, before, error) ||
            !hg_bytes_append(texts, "\\x00", 4, error))
            return false;
        bytes = nul + 1;
        size -= before + 1;
    }
    return hg_bytes_append(texts, bytes, size, error) && hg_bytes_append(texts, "", 1, error);
}

static bool
on_text(HgSink *sink, const char *bytes, size_t size, GError **error)
{
    HgRecords *records = records_of(sink);
    return append_text(&records->texts, bytes ? bytes : "", size, error) &&
           hg_bytes_append(&records->is_label, "", 1, error) &&
           keep(records, HG_FIELD_TEXT_END, records->texts.n, error);
}

static bool
keep_bases(HgRecords *records, const HgTypeRecord *type, GError **error)
{
    for (uint32_t i = 0; i < type->n_bases; i++)
        if (!keep(records, HG_FIELD_TYPE_BASE, type->bases[i], error))
            return false;
    return keep(records, HG_FIELD_TYPE_BASES_END, hg_records_count(records, HG_FIELD_TYPE_BASE),
                error);
}

static bool
keep_slots(HgRecords *records, const HgTypeRecord *type, GError **error)
{
    for (uint32_t i = 0; i < type->n_slots; i++)
        if (!check_told(records, HG_FIELD_TEXT_END, type->slots[i], "text", error) ||
            !keep(records, HG_FIELD_TYPE_SLOT, type->slots[i], error))
            return false;
    return keep(records, HG_FIELD_TYPE_SLOTS_END, hg_records_count(records, HG_FIELD_TYPE_SLOT),
                error);
}

static bool
on_type(HgSink *sink, const HgTypeRecord *type, GError **error)
{
    HgRecords *records = records_of(sink);
    return check_told(records, HG_FIELD_TEXT_END, type->module, "text", error) &&
           check_told(records, HG_FIELD_TEXT_END, type->qualname, "text", error) &&
           keep(records, HG_FIELD_TYPE_IDENTITY, type->identity, error) &&
           keep(records, HG_FIELD_TYPE_MODULE, type->module, error) &&
           keep(records, HG_FIELD_TYPE_QUALNAME, type->qualname, error) &&
           keep(records, HG_FIELD_TYPE_BASICSIZE, type->basicsize, error) &&
           keep(records, HG_FIELD_TYPE_ITEMSIZE, type->itemsize, error) &&
           keep(records, HG_FIELD_TYPE_FLAGS, type->flags, error) &&
           keep_bases(records, type, error) && keep_slots(records, type, error);
}

static bool
on_site(HgSink *sink, const HgSiteRecord *site, GError **error)
{
    HgRecords *records = records_of(sink);
    for (uint32_t i = 0; i < site->n_lines; i++)
        if (!check_told(records, HG_FIELD_TEXT_END, site->files[i], "text", error) ||
            !keep(records, HG_FIELD_SITE_FILE, site->files[i], error) ||
            !keep(records, HG_FIELD_SITE_LINE, site->lines[i], error))
            return false;
    return keep(records, HG_FIELD_SITE_END, hg_records_count(records, HG_FIELD_SITE_FILE), error);
}

/* ---- objects and references ----------------------------------------------------------- */

/* The references of an object come behind it: their number is known when the next one comes. */
static bool
end_row(HgRecords *records, GError **error)
{
    uint64_t row = records->row;
    records->row = 0;
    return !hg_records_count(records, HG_FIELD_IDENTITY) ||
           keep(records, HG_FIELD_N_REFERENCES, row, error);
}

static bool
check_object(HgRecords *records, const HgObjectRecord *object, GError **error)
{
    if (hg_records_count(records, HG_FIELD_IDENTITY) >= OBJECTS_MAX) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FORMAT, "more than 4,294,967,294 objects");
        return false;
    }
    if (object->size > INT64_MAX - records->size) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FORMAT,
                            "the sizes of all objects add up to more than 2^63");
        return false;
    }
    return check_told(records, HG_FIELD_TYPE_IDENTITY, object->type, "type", error) &&
           (object->site == HG_NONE ||
            check_told(records, HG_FIELD_SITE_END, object->site, "site", error));
}

static bool
keep_value(HgRecords *records, const HgObjectRecord *object, GError **error)
{
    if (!object->value)
        return keep(records, HG_FIELD_VALUE_SIZE, 0, error);
    return keep(records, HG_FIELD_VALUE_SIZE, (uint64_t)object->value_size + 1, error) &&
           hg_bytes_append(&records->values, object->value, object->value_size, error);
}

static bool
on_object(HgSink *sink, const HgObjectRecord *object, GError **error)
{
    HgRecords *records = records_of(sink);
    if (!check_object(records, object, error) || !end_row(records, error))
        return false;
    records->size += object->size;
    records->last_target = 0;
    records->knows_refcounts |= object->refcount != HG_UNKNOWN;
    /* HG_UNKNOWN + 1 is 0 */
    return keep(records, HG_FIELD_IDENTITY, object->identity, error) &&
           keep(records, HG_FIELD_TYPE, object->type, error) &&
           keep(records, HG_FIELD_SIZE, object->size, error) &&
           keep(records, HG_FIELD_SIZEOF, object->sizeof_ + 1, error) &&
           keep(records, HG_FIELD_REFCOUNT, object->refcount + 1, error) &&
           keep(records, HG_FIELD_FLAGS, object->flags, error) &&
           keep(records, HG_FIELD_LENGTH, object->length + 1, error) &&
           keep_number(records, HG_FIELD_SITE, object->site, error) &&
           keep_value(records, object, error);
}

/* Keys stand right before their values as a rule; saying so takes no memory. */
static uint64_t
shorten_label(const HgRecords *records, const HgReferenceRecord *reference)
{
    bool is_value = (reference->how & HG_HOW_LABEL) == HG_LABEL_VALUE;
    return is_value && reference->label == records->last_target ? 0 : reference->label;
}

static bool
names_text(uint8_t how)
{
    unsigned kind = how & HG_HOW_LABEL;
    return kind == HG_LABEL_ATTRIBUTE || kind == HG_LABEL_LOCAL || kind == HG_LABEL_SLOT ||
           kind == HG_LABEL_INTERNAL;
}

static bool
check_label(HgRecords *records, const HgReferenceRecord *reference, GError **error)
{
    if (!names_text(reference->how))
        return true;
    if (!check_told(records, HG_FIELD_TEXT_END, reference->label, "text", error))
        return false;
    records->is_label.bytes[reference->label] = 1;
    return true;
}

static bool
on_references(HgSink *sink, const HgReferenceRecord *reference, size_t n_references, GError **error)
{
    HgRecords *records = records_of(sink);
    if (!hg_records_count(records, HG_FIELD_IDENTITY)) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_FORMAT, "references without an object");
        return false;
    }
    records->row += n_references;
    for (size_t i = 0; i < n_references; i++) {
        if (!check_label(records, &reference[i], error) ||
            !keep(records, HG_FIELD_LABEL, shorten_label(records, &reference[i]), error) ||
            !keep(records, HG_FIELD_HOW, reference[i].how, error) ||
            !keep(records, HG_FIELD_TARGET, reference[i].target, error))
            return false;
        records->last_target = reference[i].target;
    }
    return true;
}

/* ---- threads, frames, roots, end ------------------------------------------------------ */

static bool
on_thread(HgSink *sink, const HgThreadRecord *thread, GError **error)
{
    HgRecords *records = records_of(sink);
    return check_text(records, thread->name, error) &&
           keep(records, HG_FIELD_THREAD_ID, thread->id, error) &&
           keep_number(records, HG_FIELD_THREAD_NAME, thread->name, error) &&
           keep(records, HG_FIELD_THREAD_INTERPRETER, thread->interpreter, error);
}

static bool
on_frame(HgSink *sink, const HgFrameRecord *frame, GError **error)
{
    HgRecords *records = records_of(sink);
    return check_told(records, HG_FIELD_THREAD_ID, frame->thread, "thread", error) &&
           check_told(records, HG_FIELD_TEXT_END, frame->function, "text", error) &&
           check_told(records, HG_FIELD_TEXT_END, frame->file, "text", error) &&
           keep(records, HG_FIELD_FRAME_THREAD, frame->thread, error) &&
           keep(records, HG_FIELD_FRAME_FUNCTION, frame->function, error) &&
           keep(records, HG_FIELD_FRAME_FILE, frame->file, error) &&
           keep(records, HG_FIELD_FRAME_LINE, frame->line, error) &&
           keep(records, HG_FIELD_FRAME_IDENTITY, frame->identity, error);
}

static bool
check_kind(HgRootKind kind, GError **error)
{
    if (kind < HG_N_ROOTS)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "a root of the unknown kind %u", (unsigned)kind);
    return false;
}

static bool
on_root(HgSink *sink, const HgRootRecord *root, GError **error)
{
    HgRecords *records = records_of(sink);
    return check_kind(root->kind, error) && check_text(records, root->name, error) &&
           (root->frame == HG_NONE ||
            check_told(records, HG_FIELD_FRAME_THREAD, root->frame, "frame", error)) &&
           keep(records, HG_FIELD_ROOT_KIND, root->kind, error) &&
           keep(records, HG_FIELD_ROOT_IDENTITY, root->identity, error) &&
           keep_number(records, HG_FIELD_ROOT_NAME, root->name, error) &&
           keep_number(records, HG_FIELD_ROOT_FRAME, root->frame, error) &&
           keep(records, HG_FIELD_ROOT_INTERPRETER, root->interpreter, error);
}

static bool
on_end(HgSink *sink, GError **error)
{
    HgRecords *records = records_of(sink);
    if (!end_row(records, error))
        return false;
    for (int field = 0; field < HG_N_FIELDS; field++)
        if (!hg_packed_finish(&records->field[field], error))
            return false;
    records->ended = true;
    return true;
}

/* ---- all ------------------------------------------------------------------------------ */

void
hg_records_init(HgRecords *records)
{
    *records = (HgRecords){
        .sink = {on_fact, on_text, on_type, on_site, on_object, on_references, on_thread, on_frame,
                 on_root, on_end},
        .facts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    };
}

void
hg_records_clear(HgRecords *records)
{
    for (int field = 0; field < HG_N_FIELDS; field++)
        hg_packed_clear(&records->field[field]);
    hg_bytes_clear(&records->values);
    hg_bytes_clear(&records->texts);
    hg_bytes_clear(&records->is_label);
    g_clear_pointer(&records->facts, g_hash_table_unref);
}

const char *
hg_records_get_fact(const HgRecords *records, const char *key)
{
    const char *value = g_hash_table_lookup(records->facts, key);
    return value ? value : "";
}
