/* writer.c - a sink that writes a dump file.
 *
 * Records gather by kind until their block is full. What a block names must stand before
 * it, and kinds name only kinds of lower rank, so before a block goes out all that waits
 * at a lower rank goes out first.
 * SPDX-License-Identifier: MIT */
#include "core/dump/writer.h"

#include "core/dump/block.h"
#include "core/dump/column.h"

#define BLOCK_OBJECTS (1u << 15)
#define BLOCK_REFERENCES (1u << 16)
#define BLOCK_BYTES (1u << 20) /* of values, of texts, of all other kinds */
#define BLOCK_TEXTS (1u << 15)
#define BLOCK_ROOTS (1u << 15)

/* Blocks in the order in which they may name each other. */
static const HgBlockKind rank[] = {HG_BLOCK_FACTS,   HG_BLOCK_TEXTS,   HG_BLOCK_TYPES,
                                   HG_BLOCK_SITES,   HG_BLOCK_THREADS, HG_BLOCK_FRAMES,
                                   HG_BLOCK_OBJECTS, HG_BLOCK_ROOTS};

/* Columns that fill up together; their length is that of the first. */
typedef struct {
    uint64_t *column[HG_N_OBJECT_COLUMNS];
    size_t n_columns, n, capacity;
} Columns;

typedef struct {
    HgSink sink;
    HgBlockWriter *out;
    bool started;       /* the beginning of the file is written */
    HgDumpCounts count; /* told so far */
    uint64_t objects_written, references_written;

    GByteArray *rows[HG_N_BLOCKS]; /* by kind: records one after the other, or only bytes */
    uint32_t n_rows[HG_N_BLOCKS];
    Columns texts, objects, references, roots;
    bool continues;       /* the references that wait belong to an object already written */
    uint64_t last_target; /* of the reference told last, 0 at the first of an object */
    GByteArray *block;    /* put together here */
} Writer;

static void
columns_init(Columns *columns, size_t n_columns, size_t capacity)
{
    *columns = (Columns){.n_columns = n_columns, .capacity = capacity};
    for (size_t column = 0; column < n_columns; column++)
        columns->column[column] = g_new(uint64_t, capacity);
}

static void
columns_clear(Columns *columns)
{
    for (size_t column = 0; column < columns->n_columns; column++)
        g_free(columns->column[column]);
}

static bool
columns_are_full(const Columns *columns)
{
    return columns->n == columns->capacity;
}

/* The first column takes at least a byte a record: see FORMAT.md on what a block may hold. */
static void
columns_append(const Columns *columns, GByteArray *block)
{
    hg_column_append_spread(block, columns->column[0], columns->n);
    for (size_t column = 1; column < columns->n_columns; column++)
        hg_column_append(block, columns->column[column], columns->n);
}

static bool
put_block(Writer *writer, HgBlockKind kind, size_t records, uint64_t held, GError **error)
{
    bool written =
        hg_block_writer_put(writer->out, kind, (uint32_t)records, held, writer->block, error);
    g_byte_array_set_size(writer->block, 0);
    return written;
}

static bool
flush_objects(Writer *writer, GError **error)
{
    Columns *objects = &writer->objects, *references = &writer->references;
    GByteArray *values = writer->rows[HG_BLOCK_OBJECTS];
    size_t n_objects = objects->n, n_references = references->n;
    hg_varint_append(writer->block, n_references);
    columns_append(objects, writer->block);
    g_byte_array_append(writer->block, values->data, values->len);
    columns_append(references, writer->block);
    g_byte_array_set_size(values, 0);
    objects->n = references->n = 0;
    writer->objects_written += n_objects;
    writer->references_written += n_references;
    writer->continues = true;
    return put_block(writer, HG_BLOCK_OBJECTS, n_objects, n_objects + n_references, error);
}

static bool
flush_continued(Writer *writer, GError **error)
{
    size_t n = writer->references.n;
    columns_append(&writer->references, writer->block);
    writer->references.n = 0;
    writer->references_written += n;
    return put_block(writer, HG_BLOCK_REFERENCES, n, n, error);
}

static bool
flush_texts(Writer *writer, GError **error)
{
    GByteArray *bytes = writer->rows[HG_BLOCK_TEXTS];
    size_t n = writer->texts.n;
    columns_append(&writer->texts, writer->block);
    g_byte_array_append(writer->block, bytes->data, bytes->len);
    g_byte_array_set_size(bytes, 0);
    writer->texts.n = 0;
    return put_block(writer, HG_BLOCK_TEXTS, n, n, error);
}

static bool
flush_roots(Writer *writer, GError **error)
{
    size_t n = writer->roots.n;
    columns_append(&writer->roots, writer->block);
    writer->roots.n = 0;
    return put_block(writer, HG_BLOCK_ROOTS, n, n, error);
}

static bool
flush_rows(Writer *writer, HgBlockKind kind, GError **error)
{
    GByteArray *rows = writer->rows[kind];
    uint32_t n = writer->n_rows[kind];
    writer->n_rows[kind] = 0;
    bool written = hg_block_writer_put(writer->out, kind, n, n, rows, error);
    g_byte_array_set_size(rows, 0);
    return written;
}

/* Writes what waits of one kind, if anything. */
static bool
flush_kind(Writer *writer, HgBlockKind kind, GError **error)
{
    switch (kind) {
    case HG_BLOCK_TEXTS:
        return !writer->texts.n || flush_texts(writer, error);
    case HG_BLOCK_OBJECTS:
        if (writer->objects.n)
            return flush_objects(writer, error);
        return !writer->references.n || flush_continued(writer, error);
    case HG_BLOCK_ROOTS:
        return !writer->roots.n || flush_roots(writer, error);
    default:
        return !writer->n_rows[kind] || flush_rows(writer, kind, error);
    }
}

static bool
start(Writer *writer, GError **error)
{
    static const uint8_t header[HG_DUMP_HEADER_SIZE] = HG_DUMP_MAGIC "\1";
    writer->started = true;
    return hg_block_writer_bytes(writer->out, header, sizeof header, error);
}

/* Writes what waits up to [kind]. */
static bool
flush(Writer *writer, HgBlockKind kind, GError **error)
{
    if (!writer->started && !start(writer, error))
        return false;
    for (size_t at = 0; at < G_N_ELEMENTS(rank); at++) {
        if (!flush_kind(writer, rank[at], error))
            return false;
        if (rank[at] == kind)
            break;
    }
    return true;
}

static bool
refuse(GError **error, const char *problem)
{
    g_set_error_literal(error, HG_ERROR, HG_ERROR_FAILED, problem);
    return false;
}

/* A row of [kind] is complete. */
static bool
end_row(Writer *writer, HgBlockKind kind, GError **error)
{
    writer->n_rows[kind]++;
    return writer->rows[kind]->len < BLOCK_BYTES || flush(writer, kind, error);
}

static void
append_sized(GByteArray *row, const char *text)
{
    size_t size = strlen(text);
    hg_varint_append(row, size);
    g_byte_array_append(row, (const guint8 *)text, (guint)size);
}

static bool
take_fact(HgSink *sink, const char *key, const char *value, GError **error)
{
    Writer *writer = (Writer *)sink;
    append_sized(writer->rows[HG_BLOCK_FACTS], key);
    append_sized(writer->rows[HG_BLOCK_FACTS], value);
    return end_row(writer, HG_BLOCK_FACTS, error);
}

static bool
take_text(HgSink *sink, const char *bytes, size_t size, GError **error)
{
    Writer *writer = (Writer *)sink;
    if (size > HG_TEXT_MAX)
        return refuse(error, "a text longer than 1 MiB");
    GByteArray *texts = writer->rows[HG_BLOCK_TEXTS];
    g_byte_array_append(texts, (const guint8 *)bytes, (guint)size);
    writer->texts.column[0][writer->texts.n++] = size;
    writer->count.texts++;
    return (texts->len < BLOCK_BYTES && !columns_are_full(&writer->texts)) ||
           flush(writer, HG_BLOCK_TEXTS, error);
}

static bool
take_type(HgSink *sink, const HgTypeRecord *type, GError **error)
{
    Writer *writer = (Writer *)sink;
    GByteArray *row = writer->rows[HG_BLOCK_TYPES];
    hg_varint_append(row, type->identity);
    hg_varint_append(row, type->module);
    hg_varint_append(row, type->qualname);
    hg_varint_append(row, type->basicsize);
    hg_varint_append(row, type->itemsize);
    hg_varint_append(row, type->flags);
    hg_varint_append(row, type->n_bases);
    for (uint32_t base = 0; base < type->n_bases; base++)
        hg_varint_append(row, type->bases[base]);
    hg_varint_append(row, type->n_slots);
    for (uint32_t slot = 0; slot < type->n_slots; slot++)
        hg_varint_append(row, type->slots[slot]);
    writer->count.types++;
    return end_row(writer, HG_BLOCK_TYPES, error);
}

static bool
take_site(HgSink *sink, const HgSiteRecord *site, GError **error)
{
    Writer *writer = (Writer *)sink;
    GByteArray *row = writer->rows[HG_BLOCK_SITES];
    hg_varint_append(row, site->n_lines);
    for (uint32_t line = 0; line < site->n_lines; line++) {
        hg_varint_append(row, site->files[line]);
        hg_varint_append(row, site->lines[line]);
    }
    writer->count.sites++;
    return end_row(writer, HG_BLOCK_SITES, error);
}

static bool
take_thread(HgSink *sink, const HgThreadRecord *thread, GError **error)
{
    Writer *writer = (Writer *)sink;
    GByteArray *row = writer->rows[HG_BLOCK_THREADS];
    hg_varint_append(row, thread->id);
    hg_varint_append(row, thread->name == HG_NONE ? 0 : thread->name + 1);
    hg_varint_append(row, thread->interpreter);
    writer->count.threads++;
    return end_row(writer, HG_BLOCK_THREADS, error);
}

static bool
take_frame(HgSink *sink, const HgFrameRecord *frame, GError **error)
{
    Writer *writer = (Writer *)sink;
    GByteArray *row = writer->rows[HG_BLOCK_FRAMES];
    hg_varint_append(row, frame->thread);
    hg_varint_append(row, frame->function);
    hg_varint_append(row, frame->file);
    hg_varint_append(row, frame->line);
    hg_varint_append(row, frame->identity);
    writer->count.frames++;
    return end_row(writer, HG_BLOCK_FRAMES, error);
}

/* A new object: full blocks go out now, and not earlier, as its references were still to
 * come. */
static bool
make_room_for_object(Writer *writer, GError **error)
{
    bool full = columns_are_full(&writer->objects) || columns_are_full(&writer->references) ||
                writer->rows[HG_BLOCK_OBJECTS]->len >= BLOCK_BYTES;
    if ((full || (writer->continues && writer->references.n)) &&
        !flush(writer, HG_BLOCK_OBJECTS, error))
        return false;
    writer->continues = false;
    return true;
}

static bool
take_object(HgSink *sink, const HgObjectRecord *object, GError **error)
{
    Writer *writer = (Writer *)sink;
    if (!object->identity)
        return refuse(error, "an object with the identity 0");
    if (object->value && object->value_size > HG_VALUE_MAX)
        return refuse(error, "a value longer than 4096 bytes");
    if (!make_room_for_object(writer, error))
        return false;
    Columns *objects = &writer->objects;
    size_t n = objects->n++;
    objects->column[HG_COLUMN_IDENTITY][n] = object->identity;
    objects->column[HG_COLUMN_TYPE][n] = object->type;
    objects->column[HG_COLUMN_FLAGS][n] = object->flags;
    objects->column[HG_COLUMN_SIZE][n] = object->size;
    objects->column[HG_COLUMN_SIZEOF][n] = object->sizeof_ + 1;
    objects->column[HG_COLUMN_REFCOUNT][n] = object->refcount + 1;
    objects->column[HG_COLUMN_LENGTH][n] = object->length + 1;
    objects->column[HG_COLUMN_VALUE_SIZE][n] = object->value ? object->value_size + 1ul : 0;
    objects->column[HG_COLUMN_SITE][n] = object->site == HG_NONE ? 0 : object->site + 1ul;
    objects->column[HG_COLUMN_REFERENCES][n] = 0;
    if (object->value)
        g_byte_array_append(writer->rows[HG_BLOCK_OBJECTS], (const guint8 *)object->value,
                            object->value_size);
    writer->last_target = 0;
    writer->count.objects++;
    return true;
}

static bool
take_reference(Writer *writer, const HgReferenceRecord *reference, GError **error)
{
    Columns *references = &writer->references;
    bool is_value = (reference->how & HG_HOW_LABEL) == HG_LABEL_VALUE;
    if (!reference->target || (is_value && !reference->label))
        return refuse(error, "a reference to the identity 0, or a value whose key has it");
    if (columns_are_full(references) && !flush(writer, HG_BLOCK_OBJECTS, error))
        return false;
    size_t n = references->n++;
    bool follows_key = is_value && reference->label == writer->last_target;
    references->column[HG_COLUMN_HOW][n] = reference->how;
    references->column[HG_COLUMN_TARGET][n] = reference->target;
    references->column[HG_COLUMN_LABEL][n] = follows_key ? 0 : reference->label;
    writer->last_target = reference->target;
    if (!writer->continues)
        writer->objects.column[HG_COLUMN_REFERENCES][writer->objects.n - 1]++;
    return true;
}

static bool
take_references(HgSink *sink, const HgReferenceRecord *reference, size_t n_references,
                GError **error)
{
    Writer *writer = (Writer *)sink;
    if (!writer->count.objects)
        return refuse(error, "references before the first object");
    for (size_t at = 0; at < n_references; at++)
        if (!take_reference(writer, &reference[at], error))
            return false;
    writer->count.references += n_references;
    return true;
}

static bool
take_root(HgSink *sink, const HgRootRecord *root, GError **error)
{
    Writer *writer = (Writer *)sink;
    if (!root->identity)
        return refuse(error, "a root with the identity 0");
    Columns *roots = &writer->roots;
    size_t n = roots->n++;
    roots->column[HG_COLUMN_ROOT_KIND][n] = root->kind;
    roots->column[HG_COLUMN_ROOT_IDENTITY][n] = root->identity;
    roots->column[HG_COLUMN_ROOT_NAME][n] = root->name == HG_NONE ? 0 : root->name + 1ul;
    roots->column[HG_COLUMN_ROOT_FRAME][n] = root->frame == HG_NONE ? 0 : root->frame + 1ul;
    roots->column[HG_COLUMN_ROOT_INTERPRETER][n] = root->interpreter;
    writer->count.roots++;
    return !columns_are_full(roots) || flush(writer, HG_BLOCK_ROOTS, error);
}

static bool
take_end(HgSink *sink, GError **error)
{
    Writer *writer = (Writer *)sink;
    if (!flush(writer, HG_BLOCK_ROOTS, error))
        return false;
    const HgDumpCounts *count = &writer->count;
    const uint64_t counts[] = {count->texts,      count->types,   count->sites,  count->objects,
                               count->references, count->threads, count->frames, count->roots};
    for (size_t kind = 0; kind < G_N_ELEMENTS(counts); kind++)
        hg_varint_append(writer->block, counts[kind]);
    return put_block(writer, HG_BLOCK_END, 1, 1, error);
}

HgSink *
hg_dump_writer_new(GOutputStream *out, const HgWriteOptions *options)
{
    static const HgSink sink = {.fact = take_fact,
                                .text = take_text,
                                .type = take_type,
                                .site = take_site,
                                .object = take_object,
                                .references = take_references,
                                .thread = take_thread,
                                .frame = take_frame,
                                .root = take_root,
                                .end = take_end};
    uint32_t block_objects = options ? options->block_objects : 0;
    uint32_t block_references = options ? options->block_references : 0;
    Writer *writer = g_new0(Writer, 1);
    writer->sink = sink;
    writer->out = hg_block_writer_new(out);
    columns_init(&writer->texts, 1, BLOCK_TEXTS);
    columns_init(&writer->objects, HG_N_OBJECT_COLUMNS,
                 CLAMP(block_objects ? block_objects : BLOCK_OBJECTS, 1, HG_BLOCK_RECORDS_MAX));
    columns_init(
        &writer->references, HG_N_REFERENCE_COLUMNS,
        CLAMP(block_references ? block_references : BLOCK_REFERENCES, 1, HG_BLOCK_RECORDS_MAX));
    columns_init(&writer->roots, HG_N_ROOT_COLUMNS, BLOCK_ROOTS);
    for (size_t kind = 0; kind < HG_N_BLOCKS; kind++)
        writer->rows[kind] = g_byte_array_new();
    writer->block = g_byte_array_new();
    return &writer->sink;
}

HgWriteResult
hg_dump_writer_get_result(const HgSink *sink)
{
    const Writer *writer = (const Writer *)sink;
    return (HgWriteResult){.bytes = hg_block_writer_get_offset(writer->out),
                           .objects = writer->objects_written,
                           .references = writer->references_written};
}

void
hg_dump_writer_free(HgSink *sink)
{
    Writer *writer = (Writer *)sink;
    if (!writer)
        return;
    hg_block_writer_free(writer->out);
    columns_clear(&writer->texts);
    columns_clear(&writer->objects);
    columns_clear(&writer->references);
    columns_clear(&writer->roots);
    for (size_t kind = 0; kind < HG_N_BLOCKS; kind++)
        g_byte_array_unref(writer->rows[kind]);
    g_byte_array_unref(writer->block);
    g_free(writer);
}
