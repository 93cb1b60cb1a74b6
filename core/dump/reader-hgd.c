/* reader-hgd.c - reads `.hgd`, heapgraph's own dumps; FORMAT.md describes them.
 *
 * One block at a time is in memory, decoded into arrays and checked record by record on
 * the way to the sink. Nothing in a block is believed: its checksum guards against
 * damage, not against malice.
 * SPDX-License-Identifier: MIT */
#include "core/dump/block.h"
#include "core/dump/column.h"
#include "core/dump/reader.h"
#include "core/dump/utf8.h"

typedef struct {
    uint64_t *number;
    size_t size;
} Column;

typedef struct {
    HgSink *sink;
    const HgReadOptions *options;
    HgBlockReader *blocks;
    uint32_t facts;    /* bits of those in required_facts told so far */
    bool sink_refused; /* the error is the sink's and says nothing about the file */
    bool ended;

    HgDumpCounts count;
    uint64_t size_sum, sizeof_sum;
    uint64_t last_target; /* of the last object's references, 0 at the first */

    Column objects[HG_N_OBJECT_COLUMNS];
    Column references[HG_N_REFERENCE_COLUMNS];
    Column others[HG_N_ROOT_COLUMNS];
    HgReferenceRecord *reference; /* of a whole block */
    size_t reference_size;
    uint64_t label_bound[16]; /* by label kind: labels are less */
    GArray *identities, *texts, *lines;
} Hgd;

G_GNUC_PRINTF(2, 3)
static bool
fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error)
        *error = g_error_new_valist(HG_ERROR, HG_ERROR_FORMAT, format, arguments);
    va_end(arguments);
    return false;
}

/* Notes whose fault it is when a sink's function returns false. */
static bool
told(Hgd *hgd, bool taken)
{
    hgd->sink_refused |= !taken;
    return taken;
}

/* ---- numbers and columns ------------------------------------------------------------- */

static bool
take_number(HgCursor *in, uint64_t *number, GError **error)
{
    return hg_cursor_varint(in, number) || fail(error, "it ends within a number");
}

/* A number below [bound]; [what] says of what. */
static bool
take_below(HgCursor *in, uint64_t bound, const char *what, uint32_t *ret, GError **error)
{
    uint64_t number;
    if (!take_number(in, &number, error))
        return false;
    if (number >= bound)
        return fail(error, "%s is %" G_GUINT64_FORMAT ", expected less than %" G_GUINT64_FORMAT,
                    what, number, bound);
    *ret = (uint32_t)number;
    return true;
}

/* The number of a text. */
static bool
take_text_number(Hgd *hgd, HgCursor *in, const char *what, uint32_t *ret, GError **error)
{
    return take_below(in, hgd->count.texts, what, ret, error);
}

/* Blocks are of nearly the same size: with a reserve, the first arrays do for all. */
static bool
column_reserve(Column *column, size_t n, GError **error)
{
    if (column->size >= n)
        return true;
    g_free(column->number);
    column->size = n + n / 2;
    column->number = g_try_new(uint64_t, column->size);
    if (column->number)
        return true;
    column->size = 0;
    g_set_error(error, HG_ERROR, HG_ERROR_MEMORY, "no memory for %zu numbers", n);
    return false;
}

/* Reads [n_columns] columns of [n] numbers; [name] says what they are for the error. */
static bool
take_columns(HgCursor *in, Column *columns, size_t n_columns, size_t n, const char *const *name,
             GError **error)
{
    for (size_t column = 0; column < n_columns; column++) {
        if (!column_reserve(&columns[column], n, error))
            return false;
        if (!hg_column_read(in, columns[column].number, n, error)) {
            g_prefix_error(error, "column %s: ", name[column]);
            return false;
        }
    }
    return true;
}

/* What one block may hold: keeps a small file from unfolding without end. */
static bool
check_amount(const HgBlock *block, uint64_t n_references, GError **error)
{
    if (block->records > HG_BLOCK_RECORDS_MAX || n_references > HG_BLOCK_RECORDS_MAX)
        return fail(error, "%u records and %" G_GUINT64_FORMAT " references: more than %u",
                    block->records, n_references, HG_BLOCK_RECORDS_MAX);
    if (!hg_block_may_hold(block->records + n_references, block->stored))
        return fail(error, "%" G_GUINT64_FORMAT " records out of %u bytes: too many to be true",
                    block->records + n_references, block->stored);
    return true;
}

/* Counts [n] more records of a kind. */
static bool
add_records(uint64_t *count, uint64_t n, GError **error)
{
    *count += n;
    return *count <= HG_RECORDS_MAX || fail(error, "more than 2^32 - 2 of them");
}

/* ---- FACTS, TEXTS, TYPES, SITES -------------------------------------------------------- */

/* The first block must hold these. */
static const char *const required_facts[] = {HG_FACT_RUNTIME, HG_FACT_PYTHON, HG_FACT_SOURCE,
                                             HG_FACT_TAKEN};

static void
note_fact(Hgd *hgd, const char *key)
{
    for (size_t fact = 0; fact < G_N_ELEMENTS(required_facts); fact++)
        if (strcmp(key, required_facts[fact]) == 0)
            hgd->facts |= 1u << fact;
}

static bool
check_facts(const Hgd *hgd, GError **error)
{
    for (size_t fact = 0; fact < G_N_ELEMENTS(required_facts); fact++)
        if (!(hgd->facts & 1u << fact))
            return fail(error, "the fact \"%s\" is missing", required_facts[fact]);
    return true;
}

/* Returns: a string of its own, NULL with [error] set. */
static char *
take_string(HgCursor *in, const char *what, GError **error)
{
    uint64_t size;
    const uint8_t *bytes;
    if (!take_number(in, &size, error))
        return NULL;
    if (size > HG_TEXT_MAX || !hg_cursor_bytes(in, size, &bytes))
        fail(error, "%s of %" G_GUINT64_FORMAT " bytes, more than there are", what, size);
    else if (!g_utf8_validate_len((const char *)bytes, size, NULL))
        fail(error, "%s that is not UTF-8, or holds NUL", what);
    else
        return g_strndup((const char *)bytes, size);
    return NULL;
}

static bool
read_fact(Hgd *hgd, HgCursor *in, GError **error)
{
    g_autofree char *key = take_string(in, "a key", error);
    g_autofree char *value = key ? take_string(in, "a value", error) : NULL;
    if (!value)
        return false;
    note_fact(hgd, key);
    return told(hgd, hgd->sink->fact(hgd->sink, key, value, error));
}

/* The texts' bytes stand after the column of their sizes. */
static bool
read_texts(Hgd *hgd, HgBlock *block, GError **error)
{
    static const char *const name[] = {"size"};
    Column *size = &hgd->others[0];
    if (!take_columns(&block->contents, size, 1, block->records, name, error) ||
        !add_records(&hgd->count.texts, block->records, error))
        return false;
    for (uint32_t text = 0; text < block->records; text++) {
        uint64_t n_bytes = size->number[text];
        const uint8_t *bytes;
        if (n_bytes > HG_TEXT_MAX || !hg_cursor_bytes(&block->contents, n_bytes, &bytes))
            return fail(error, "text %u has %" G_GUINT64_FORMAT " bytes, more than there are", text,
                        n_bytes);
        if (!hg_utf8_is_valid((const char *)bytes, n_bytes))
            return fail(error, "text %u is not UTF-8", text);
        if (!told(hgd, hgd->sink->text(hgd->sink, (const char *)bytes, n_bytes, error)))
            return false;
    }
    return true;
}

/* A number of items that take at least a byte each. */
static bool
take_length(HgCursor *in, const char *what, uint32_t *length, GError **error)
{
    uint64_t number;
    if (!take_number(in, &number, error))
        return false;
    if (number > hg_cursor_left(in))
        return fail(error, "%" G_GUINT64_FORMAT " %s, more than there are", number, what);
    *length = (uint32_t)number;
    return true;
}

static bool
take_identity(HgCursor *in, uint64_t *identity, GError **error)
{
    return take_number(in, identity, error) && (*identity || fail(error, "an identity is 0"));
}

static bool
take_bases(Hgd *hgd, HgCursor *in, HgTypeRecord *type, GError **error)
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
take_slots(Hgd *hgd, HgCursor *in, HgTypeRecord *type, GError **error)
{
    if (!take_length(in, "slots", &type->n_slots, error))
        return false;
    g_array_set_size(hgd->texts, type->n_slots);
    uint32_t *slots = (uint32_t *)(void *)hgd->texts->data;
    for (uint32_t slot = 0; slot < type->n_slots; slot++)
        if (!take_text_number(hgd, in, "the text of a slot", &slots[slot], error))
            return false;
    type->slots = slots;
    return true;
}

static bool
read_type(Hgd *hgd, HgCursor *in, GError **error)
{
    const uint32_t flags = HG_TYPE_HEAP | HG_TYPE_GC | HG_TYPE_HAS_DEL | HG_TYPE_HAS_DICT |
                           HG_TYPE_HAS_SLOTS | HG_TYPE_HAS_WEAKREFS;
    HgTypeRecord type;
    return take_identity(in, &type.identity, error) &&
           take_text_number(hgd, in, "the module's text", &type.module, error) &&
           take_text_number(hgd, in, "the name's text", &type.qualname, error) &&
           take_number(in, &type.basicsize, error) && take_number(in, &type.itemsize, error) &&
           take_below(in, flags + 1, "its flags", &type.flags, error) &&
           take_bases(hgd, in, &type, error) && take_slots(hgd, in, &type, error) &&
           add_records(&hgd->count.types, 1, error) &&
           told(hgd, hgd->sink->type(hgd->sink, &type, error));
}

static bool
read_site(Hgd *hgd, HgCursor *in, GError **error)
{
    HgSiteRecord site;
    if (!take_length(in, "lines", &site.n_lines, error))
        return false;
    g_array_set_size(hgd->texts, site.n_lines);
    g_array_set_size(hgd->lines, site.n_lines);
    uint32_t *files = (uint32_t *)(void *)hgd->texts->data;
    uint32_t *lines = (uint32_t *)(void *)hgd->lines->data;
    for (uint32_t line = 0; line < site.n_lines; line++)
        if (!take_text_number(hgd, in, "the text of a file", &files[line], error) ||
            !take_below(in, UINT32_MAX, "the line", &lines[line], error))
            return false;
    site.files = files;
    site.lines = lines;
    return add_records(&hgd->count.sites, 1, error) &&
           told(hgd, hgd->sink->site(hgd->sink, &site, error));
}

/* ---- OBJECTS and REFERENCES ------------------------------------------------------------ */

static const char *const object_columns[HG_N_OBJECT_COLUMNS] = {
    "identity", "type",   "flags",      "size", "sizeof",
    "refcount", "length", "value size", "site", "references"};
static const char *const reference_columns[HG_N_REFERENCE_COLUMNS] = {"how", "target", "label"};

/* Labels that are texts must be of the texts so far; most kinds have the label 0. */
static void
set_label_bounds(Hgd *hgd)
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
        return fail(error, "reference %zu: its target is 0", number);
    return fail(error,
                "reference %zu: how 0x%02x with the label %" G_GUINT64_FORMAT
                " is not possible here",
                number, reference->how, reference->label);
}

static bool
references_reserve(Hgd *hgd, size_t n, GError **error)
{
    if (hgd->reference_size >= n)
        return true;
    g_free(hgd->reference);
    hgd->reference_size = n + n / 2;
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
decode_references(Hgd *hgd, size_t n, GError **error)
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
take_references(Hgd *hgd, HgCursor *in, size_t n, GError **error)
{
    return take_columns(in, hgd->references, HG_N_REFERENCE_COLUMNS, n, reference_columns, error) &&
           decode_references(hgd, n, error);
}

/* The value of a dict whose label is 0: its key is the target before it. */
static bool
name_keys(Hgd *hgd, HgReferenceRecord *reference, size_t n, GError **error)
{
    uint64_t before = hgd->last_target;
    for (size_t number = 0; number < n; number++) {
        bool is_value = (reference[number].how & HG_HOW_LABEL) == HG_LABEL_VALUE;
        if (is_value && !reference[number].label) {
            if (!before)
                return fail(error, "a value without a key before it");
            reference[number].label = before;
        }
        before = reference[number].target;
    }
    hgd->last_target = before;
    return true;
}

static bool
tell_references(Hgd *hgd, HgReferenceRecord *reference, size_t n, GError **error)
{
    if (!n)
        return true;
    if (!name_keys(hgd, reference, n, error) ||
        !told(hgd, hgd->sink->references(hgd->sink, reference, n, error)))
        return false;
    hgd->count.references += n;
    return true;
}

/* Returns: object [number] of the block; its value is still to come. */
static inline HgObjectRecord
object_record(const Hgd *hgd, size_t number)
{
    const Column *column = hgd->objects;
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
find_fault(Hgd *hgd, size_t number)
{
    const Column *column = hgd->objects;
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
    HgCursor values;
    bool values_are_ascii;
    HgReferenceRecord *reference;
    size_t n_references;
} Rest;

static bool
take_value(HgObjectRecord *object, uint64_t size_and_one, Rest *rest, GError **error)
{
    if (!size_and_one)
        return true;
    const uint8_t *bytes;
    uint64_t size = size_and_one - 1;
    if (!hg_cursor_bytes(&rest->values, size, &bytes))
        return fail(error, "its value has %" G_GUINT64_FORMAT " bytes, more than there are", size);
    if (!rest->values_are_ascii && !hg_utf8_is_valid((const char *)bytes, size))
        return fail(error, "its value is not UTF-8");
    object->value = (const char *)bytes;
    object->value_size = (uint32_t)size;
    return true;
}

static bool
read_object(Hgd *hgd, size_t number, Rest *rest, GError **error)
{
    const char *fault = find_fault(hgd, number);
    if (G_UNLIKELY(fault))
        return fail(error, "%s", fault);
    HgObjectRecord object = object_record(hgd, number);
    if (!take_value(&object, hgd->objects[HG_COLUMN_VALUE_SIZE].number[number], rest, error))
        return false;
    uint64_t n_references = hgd->objects[HG_COLUMN_REFERENCES].number[number];
    if (n_references > rest->n_references)
        return fail(error, "%" G_GUINT64_FORMAT " references, more than there are", n_references);
    hgd->last_target = 0;
    if (!told(hgd, hgd->sink->object(hgd->sink, &object, error)))
        return false;
    hgd->count.objects++;
    HgReferenceRecord *reference = rest->reference;
    rest->reference += n_references;
    rest->n_references -= n_references;
    return tell_references(hgd, reference, n_references, error);
}

static bool
sum_value_sizes(const Hgd *hgd, size_t n, uint64_t *ret, GError **error)
{
    const uint64_t *size_and_one = hgd->objects[HG_COLUMN_VALUE_SIZE].number;
    uint64_t sum = 0;
    for (size_t number = 0; number < n; number++) {
        if (size_and_one[number] > HG_VALUE_MAX + 1)
            return fail(error, "object %zu: its value is longer than 4096 bytes", number);
        sum += size_and_one[number] ? size_and_one[number] - 1 : 0;
    }
    *ret = sum;
    return true;
}

/* The values of a block stand together, between its columns and those of its references. */
static bool
take_values(Hgd *hgd, HgBlock *block, Rest *rest, GError **error)
{
    uint64_t size = 0;
    const uint8_t *bytes;
    if (!sum_value_sizes(hgd, block->records, &size, error))
        return false;
    if (!hg_cursor_bytes(&block->contents, size, &bytes))
        return fail(error, "its values have %" G_GUINT64_FORMAT " bytes, more than there are",
                    size);
    rest->values = (HgCursor){bytes, bytes + size};
    rest->values_are_ascii = hg_utf8_is_ascii((const char *)bytes, size);
    return true;
}

static bool
read_objects(Hgd *hgd, HgBlock *block, GError **error)
{
    HgCursor *in = &block->contents;
    uint64_t n_references = 0;
    Rest rest = {0};
    if (!take_number(in, &n_references, error) || !check_amount(block, n_references, error) ||
        !take_columns(in, hgd->objects, HG_N_OBJECT_COLUMNS, block->records, object_columns,
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
    return !rest.n_references || fail(error, "references that belong to no object");
}

static bool
read_references(Hgd *hgd, HgBlock *block, GError **error)
{
    if (!hgd->count.objects)
        return fail(error, "references before the first object");
    return take_references(hgd, &block->contents, block->records, error) &&
           tell_references(hgd, hgd->reference, block->records, error);
}

/* ---- THREADS, FRAMES, ROOTS, END ------------------------------------------------------- */

static bool
read_thread(Hgd *hgd, HgCursor *in, GError **error)
{
    HgThreadRecord thread;
    if (!take_number(in, &thread.id, error) ||
        !take_below(in, hgd->count.texts + 1, "the name's text + 1", &thread.name, error) ||
        !take_below(in, UINT32_MAX, "the interpreter", &thread.interpreter, error))
        return false;
    thread.name--; /* 0, which is none, becomes HG_NONE */
    return add_records(&hgd->count.threads, 1, error) &&
           told(hgd, hgd->sink->thread(hgd->sink, &thread, error));
}

static bool
read_frame(Hgd *hgd, HgCursor *in, GError **error)
{
    HgFrameRecord frame;
    return take_below(in, hgd->count.threads, "the thread", &frame.thread, error) &&
           take_text_number(hgd, in, "the function's text", &frame.function, error) &&
           take_text_number(hgd, in, "the file's text", &frame.file, error) &&
           take_below(in, UINT32_MAX, "the line", &frame.line, error) &&
           take_number(in, &frame.identity, error) && add_records(&hgd->count.frames, 1, error) &&
           told(hgd, hgd->sink->frame(hgd->sink, &frame, error));
}

static bool
read_root(Hgd *hgd, uint32_t number, GError **error)
{
    uint64_t kind = hgd->others[HG_COLUMN_ROOT_KIND].number[number];
    uint64_t identity = hgd->others[HG_COLUMN_ROOT_IDENTITY].number[number];
    uint64_t name = hgd->others[HG_COLUMN_ROOT_NAME].number[number];
    uint64_t frame = hgd->others[HG_COLUMN_ROOT_FRAME].number[number];
    uint64_t interpreter = hgd->others[HG_COLUMN_ROOT_INTERPRETER].number[number];
    if (kind >= HG_N_ROOTS || !identity || name > hgd->count.texts || frame > hgd->count.frames ||
        interpreter >= UINT32_MAX)
        return fail(error,
                    "root %u: its kind, identity, name, frame or interpreter is not "
                    "possible here",
                    number);
    HgRootRecord root = {.kind = (HgRootKind)kind,
                         .identity = identity,
                         .name = (uint32_t)name - 1,
                         .frame = (uint32_t)frame - 1,
                         .interpreter = (uint32_t)interpreter};
    return add_records(&hgd->count.roots, 1, error) &&
           told(hgd, hgd->sink->root(hgd->sink, &root, error));
}

static bool
read_roots(Hgd *hgd, HgBlock *block, GError **error)
{
    static const char *const name[HG_N_ROOT_COLUMNS] = {"kind", "identity", "name", "frame",
                                                        "interpreter"};
    if (!take_columns(&block->contents, hgd->others, HG_N_ROOT_COLUMNS, block->records, name,
                      error))
        return false;
    for (uint32_t root = 0; root < block->records; root++)
        if (!read_root(hgd, root, error))
            return false;
    return true;
}

static bool
read_end(Hgd *hgd, HgCursor *in, GError **error)
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
        if (!take_number(in, &number, error))
            return false;
        if (number != kinds[kind].count)
            return fail(error,
                        "it counts %" G_GUINT64_FORMAT " %s, but there were %" G_GUINT64_FORMAT,
                        number, kinds[kind].name, kinds[kind].count);
    }
    hgd->ended = true;
    return true;
}

/* ---- blocks ---------------------------------------------------------------------------- */

/* A kind of block has its records one after the other, or is read as a whole. */
static const struct {
    const char *name;
    bool (*read_record)(Hgd *hgd, HgCursor *in, GError **error);
    bool (*read_block)(Hgd *hgd, HgBlock *block, GError **error);
} kinds[HG_N_BLOCKS] = {
    [HG_BLOCK_FACTS] = {"FACTS", read_fact, NULL},
    [HG_BLOCK_TEXTS] = {"TEXTS", NULL, read_texts},
    [HG_BLOCK_TYPES] = {"TYPES", read_type, NULL},
    [HG_BLOCK_SITES] = {"SITES", read_site, NULL},
    [HG_BLOCK_OBJECTS] = {"OBJECTS", NULL, read_objects},
    [HG_BLOCK_REFERENCES] = {"REFERENCES", NULL, read_references},
    [HG_BLOCK_THREADS] = {"THREADS", read_thread, NULL},
    [HG_BLOCK_FRAMES] = {"FRAMES", read_frame, NULL},
    [HG_BLOCK_ROOTS] = {"ROOTS", NULL, read_roots},
    [HG_BLOCK_END] = {"END", read_end, NULL},
};

static const char *
kind_name(const HgBlock *block)
{
    bool is_known = block->kind < HG_N_BLOCKS && kinds[block->kind].name;
    return is_known ? kinds[block->kind].name : "unknown";
}

static bool
read_records(Hgd *hgd, HgBlock *block, GError **error)
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
read_contents(Hgd *hgd, HgBlock *block, GError **error)
{
    if (block->kind >= HG_N_BLOCKS || !kinds[block->kind].name)
        return fail(error, "unknown kind %u", block->kind);
    if (block->number == 0 && block->kind != HG_BLOCK_FACTS)
        return fail(error, "the first block must be FACTS");
    if (block->kind == HG_BLOCK_END && block->records != 1)
        return fail(error, "%u records, expected 1", block->records);
    if (!check_amount(block, 0, error))
        return false;
    bool read = kinds[block->kind].read_block ? kinds[block->kind].read_block(hgd, block, error)
                                              : read_records(hgd, block, error);
    size_t left = hg_cursor_left(&block->contents);
    return read && (!left || fail(error, "%zu bytes too many", left)) && check_facts(hgd, error);
}

static bool
is_about_file(const Hgd *hgd, const GError *error)
{
    return !hgd->sink_refused && (g_error_matches(error, HG_ERROR, HG_ERROR_FORMAT) ||
                                  g_error_matches(error, HG_ERROR, HG_ERROR_TRUNCATED));
}

static bool
read_block(Hgd *hgd, GError **error)
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
tell_progress(const Hgd *hgd, GError **error)
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
check_header(Hgd *hgd, GError **error)
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
        return fail(error, "byte 8: version %u or the reserved bytes are wrong", version);
    return true;
}

/* Nothing may follow the END block. */
static bool
check_nothing_follows(Hgd *hgd, GError **error)
{
    uint8_t byte;
    uint64_t end = hg_block_reader_get_offset(hgd->blocks);
    g_autoptr(GError) problem = NULL;
    if (hg_block_reader_bytes(hgd->blocks, &byte, 1, &problem))
        return fail(error, "byte %" G_GUINT64_FORMAT ": more bytes after the END block", end);
    if (g_error_matches(problem, HG_ERROR, HG_ERROR_TRUNCATED))
        return true;
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

static bool
read_all(Hgd *hgd, HgReadResult *result, GError **error)
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
        g_strdup_printf("%s; before that, %" G_GUINT64_FORMAT " blocks with %" G_GUINT64_FORMAT
                        " objects are whole (--salvage loads them)",
                        before, result->blocks, result->objects);
}

static bool
hgd_read_with(Hgd *hgd, HgReadResult *result, GError **error)
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
hgd_clear(Hgd *hgd)
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
    Hgd hgd = {.sink = sink,
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
