/* column.c - one number for each record of a block, in few bytes.
 * SPDX-License-Identifier: MIT */
#include "core/dump/column.h"

enum {
    CONSTANT = 0,
    PLAIN = 0, /* + 1, 2, 4 or 8 bytes */
    VARINTS = 16,
    DIFFERENCES = 17,
    WIDE_DIFFERENCES = 32 /* + 1, 2, 4 or 8 bytes */
};

static uint64_t
zigzag(uint64_t difference)
{
    return difference << 1 ^ (uint64_t)((int64_t)difference >> 63);
}

static uint64_t
unzigzag(uint64_t number)
{
    return number >> 1 ^ -(number & 1);
}

static size_t
varint_size(uint64_t number)
{
    return ((size_t)(63 - __builtin_clzll(number | 1)) * 9 + 73) >> 6;
}

static uint8_t *
put_varint(uint8_t *out, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        *out++ = (uint8_t)(number | 0x80);
    *out++ = (uint8_t)number;
    return out;
}

void
hg_varint_append(GByteArray *bytes, uint64_t number)
{
    uint8_t varint[10];
    g_byte_array_append(bytes, varint, (guint)(put_varint(varint, number) - varint));
}

/* What the choice of an encoding needs to know. */
typedef struct {
    uint64_t bits;               /* of all numbers, or-ed */
    uint64_t zigzag_bits;        /* of all differences, or-ed: the sign takes one */
    uint64_t changes;            /* the same without the first: 0 if all are one value */
    size_t varints, differences; /* bytes of encoding 16 and 17 */
} Shape;

static void
measure_bits(Shape *shape, const uint64_t *number, size_t n)
{
    for (size_t record = 1; record < n; record++) {
        shape->bits |= number[record];
        shape->changes |= zigzag(number[record] - number[record - 1]);
    }
    shape->bits |= number[0];
    shape->zigzag_bits = shape->changes | zigzag(number[0]);
}

static void
measure_varints(Shape *shape, const uint64_t *number, size_t n)
{
    uint64_t before = 0;
    for (size_t record = 0; record < n; record++) {
        shape->varints += varint_size(number[record]);
        shape->differences += varint_size(zigzag(number[record] - before));
        before = number[record];
    }
}

/* Returns: 1, 2, 4 or 8, so many bytes hold [bits]. */
static size_t
width_of(uint64_t bits)
{
    return bits < 1u << 8 ? 1 : bits < 1u << 16 ? 2 : bits < 1ull << 32 ? 4 : 8;
}

/* A byte for each number is the shortest there is; else it takes a closer look. Of equally
 * short encodings the first is taken, which is the faster. */
static uint8_t
choose(Shape *shape, const uint64_t *number, size_t n)
{
    size_t plain = width_of(shape->bits), wide = width_of(shape->zigzag_bits);
    if (plain == 1 || wide == 1)
        return (uint8_t)(plain == 1 ? PLAIN + plain : WIDE_DIFFERENCES + wide);
    measure_varints(shape, number, n);
    const struct {
        size_t size;
        uint8_t encoding;
    } choice[] = {{n * plain, (uint8_t)(PLAIN + plain)},
                  {n * wide, (uint8_t)(WIDE_DIFFERENCES + wide)},
                  {shape->varints, VARINTS},
                  {shape->differences, DIFFERENCES}};
    size_t best = 0;
    for (size_t other = 1; other < G_N_ELEMENTS(choice); other++)
        if (choice[other].size < choice[best].size)
            best = other;
    return choice[best].encoding;
}

/* Returns: where [size] more bytes at the end of [bytes] start. */
static uint8_t *
extend(GByteArray *bytes, size_t size)
{
    guint start = bytes->len;
    g_byte_array_set_size(bytes, start + (guint)size);
    return bytes->data + start;
}

#define STORE(type, convert)                                                                       \
    for (size_t record = 0; record < n; record++) {                                                \
        type narrow = convert((type)(number[record] - before));                                    \
        before = keep & number[record];                                                            \
        memcpy(out + record * sizeof narrow, &narrow, sizeof narrow);                              \
    }

/* [keep] is all ones for differences, 0 for the numbers themselves. */
static void
append_wide(GByteArray *bytes, const uint64_t *number, size_t n, size_t width, uint64_t keep)
{
    uint8_t *out = extend(bytes, n * width);
    uint64_t before = 0;
    switch (width) {
    case 1:
        STORE(uint8_t, )
        break;
    case 2:
        STORE(uint16_t, GUINT16_TO_LE)
        break;
    case 4:
        STORE(uint32_t, GUINT32_TO_LE)
        break;
    default:
        STORE(uint64_t, GUINT64_TO_LE)
    }
}

static void
append_varints(GByteArray *bytes, const uint64_t *number, size_t n, size_t size)
{
    hg_varint_append(bytes, size);
    uint8_t *out = extend(bytes, size);
    for (size_t record = 0; record < n; record++)
        out = put_varint(out, number[record]);
}

static void
append_differences(GByteArray *bytes, const uint64_t *number, size_t n, size_t size)
{
    hg_varint_append(bytes, size);
    uint8_t *out = extend(bytes, size);
    uint64_t before = 0;
    for (size_t record = 0; record < n; record++) {
        out = put_varint(out, zigzag(number[record] - before));
        before = number[record];
    }
}

static void
append_encoded(GByteArray *bytes, const uint64_t *number, size_t n, Shape *shape)
{
    uint8_t encoding = choose(shape, number, n);
    g_byte_array_append(bytes, &encoding, 1);
    if (encoding == VARINTS)
        append_varints(bytes, number, n, shape->varints);
    else if (encoding == DIFFERENCES)
        append_differences(bytes, number, n, shape->differences);
    else if (encoding > WIDE_DIFFERENCES)
        append_wide(bytes, number, n, encoding - WIDE_DIFFERENCES, UINT64_MAX);
    else
        append_wide(bytes, number, n, encoding, 0);
}

static void
append_constant(GByteArray *bytes, uint64_t number)
{
    g_byte_array_append(bytes, (const uint8_t[]){CONSTANT}, 1);
    hg_varint_append(bytes, number);
}

void
hg_column_append_spread(GByteArray *bytes, const uint64_t *number, size_t n)
{
    Shape shape = {0};
    if (!n) {
        append_constant(bytes, 0);
        return;
    }
    measure_bits(&shape, number, n);
    append_encoded(bytes, number, n, &shape);
}

void
hg_column_append(GByteArray *bytes, const uint64_t *number, size_t n)
{
    Shape shape = {0};
    if (n)
        measure_bits(&shape, number, n);
    if (shape.changes)
        append_encoded(bytes, number, n, &shape);
    else
        append_constant(bytes, n ? number[0] : 0);
}

static bool
fail(GError **error, const char *problem)
{
    g_set_error_literal(error, HG_ERROR, HG_ERROR_FORMAT, problem);
    return false;
}

static bool
read_constant(HgCursor *cursor, uint64_t *number, size_t n, GError **error)
{
    uint64_t value;
    if (!hg_cursor_varint(cursor, &value))
        return fail(error, "no number after encoding 0");
    for (size_t record = 0; record < n; record++)
        number[record] = value;
    return true;
}

#define LOAD(load, type)                                                                           \
    for (size_t record = 0; record < n; record++) {                                                \
        number[record] = (keep & before) + (uint64_t)(type)load(in + record * sizeof(type));       \
        before = number[record];                                                                   \
    }

static inline uint8_t
load_8(const uint8_t *bytes)
{
    return *bytes;
}

static void
load_plain(const uint8_t *in, uint64_t *number, size_t n, size_t width)
{
    const uint64_t keep = 0;
    uint64_t before = 0;
    switch (width) {
    case 1:
        LOAD(load_8, uint8_t)
        break;
    case 2:
        LOAD(hg_load_16, uint16_t)
        break;
    case 4:
        LOAD(hg_load_32, uint32_t)
        break;
    default:
        LOAD(hg_load_64, uint64_t)
    }
}

static void
load_differences(const uint8_t *in, uint64_t *number, size_t n, size_t width)
{
    const uint64_t keep = UINT64_MAX;
    uint64_t before = 0;
    switch (width) {
    case 1:
        LOAD(load_8, int8_t)
        break;
    case 2:
        LOAD(hg_load_16, int16_t)
        break;
    case 4:
        LOAD(hg_load_32, int32_t)
        break;
    default:
        LOAD(hg_load_64, uint64_t)
    }
}

static bool
read_wide(HgCursor *cursor, uint64_t *number, size_t n, uint8_t encoding, GError **error)
{
    size_t width = encoding & 15;
    const uint8_t *in;
    if (!hg_cursor_bytes(cursor, (uint64_t)n * width, &in))
        return fail(error, "fewer numbers than records");
    if (encoding > WIDE_DIFFERENCES)
        load_differences(in, number, n, width);
    else
        load_plain(in, number, n, width);
    return true;
}

/* Eight varints of one byte each are the common case of small numbers. */
static bool
read_eight(HgCursor *in, uint64_t *number)
{
    if (hg_cursor_left(in) < 8 || hg_load_64(in->next) & 0x8080808080808080ull)
        return false;
    for (size_t record = 0; record < 8; record++)
        number[record] = in->next[record];
    in->next += 8;
    return true;
}

static bool
read_numbers(HgCursor *in, uint64_t *number, size_t n)
{
    for (size_t record = 0; record < n;) {
        if (n - record >= 8 && read_eight(in, number + record)) {
            record += 8;
            continue;
        }
        size_t stop = MIN(n, record + 8);
        for (; record < stop; record++)
            if (!hg_cursor_varint(in, &number[record]))
                return false;
    }
    return true;
}

static bool
read_varints(HgCursor *cursor, uint64_t *number, size_t n, GError **error)
{
    uint64_t size;
    const uint8_t *start;
    if (!hg_cursor_varint(cursor, &size) || !hg_cursor_bytes(cursor, size, &start))
        return fail(error, "its varints end outside of the block");
    HgCursor in = {start, start + size};
    if (!read_numbers(&in, number, n))
        return fail(error, "a number is too long, or there are fewer than records");
    if (in.next != in.end)
        return fail(error, "more numbers than records");
    return true;
}

static bool
read_differences(HgCursor *cursor, uint64_t *number, size_t n, GError **error)
{
    if (!read_varints(cursor, number, n, error))
        return false;
    uint64_t before = 0;
    for (size_t record = 0; record < n; record++)
        number[record] = before += unzigzag(number[record]);
    return true;
}

bool
hg_column_read(HgCursor *cursor, uint64_t *number, size_t n, GError **error)
{
    const uint8_t *encoding;
    if (!hg_cursor_bytes(cursor, 1, &encoding))
        return fail(error, "the block ends before it");
    switch (*encoding) {
    case CONSTANT:
        return read_constant(cursor, number, n, error);
    case PLAIN + 1:
    case PLAIN + 2:
    case PLAIN + 4:
    case PLAIN + 8:
    case WIDE_DIFFERENCES + 1:
    case WIDE_DIFFERENCES + 2:
    case WIDE_DIFFERENCES + 4:
    case WIDE_DIFFERENCES + 8:
        return read_wide(cursor, number, n, *encoding, error);
    case VARINTS:
        return read_varints(cursor, number, n, error);
    case DIFFERENCES:
        return read_differences(cursor, number, n, error);
    default:
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "unknown encoding %u", *encoding);
        return false;
    }
}
