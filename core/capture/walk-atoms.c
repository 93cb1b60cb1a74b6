/* walk-atoms.c - objects that hold values and no other objects: str, bytes, int, float ...
 * SPDX-License-Identifier: MIT */
#include "core/capture/walker.h"

#include <math.h>
#include <stdio.h>

#define VALUE_CHARACTERS 80 /* of a value; what is longer is cut */
#define VALUE_DIGITS_MAX 32 /* 30-bit digits of an int whose decimal digits are told */
#define LENGTH_MAX (1ull << 46)

/* The parts of a str; `data` is NULL if they are not in the image. */
typedef struct {
    const uint8_t *data;
    uint64_t length; /* characters */
    uint32_t width;  /* bytes of each */
    bool is_ascii, is_compact, is_interned;
    bool shares_utf8, shares_wide; /* data and the encoded forms are the same memory */
} Str;

enum {
    STATE_INTERNED = 0x03,
    STATE_COMPACT = 0x20,
    STATE_ASCII = 0x40
};

static uint64_t
str_data_address(const HgWalkObject *object, const HgLayout *layout, const Str *str)
{
    if (str->is_compact)
        return object->address +
               (str->is_ascii ? layout->str.ascii_size : layout->str.compact_size);
    if (str->width == 0) /* up to 3.11: only the wchar_t form is there */
        return hg_walk_word(object, layout->str.wstr);
    return hg_walk_word(object, layout->str.data);
}

static bool
parse_str(HgWalker *walker, const HgWalkObject *object, Str *str)
{
    const HgLayout *layout = walker->layout;
    uint32_t state = (uint32_t)hg_walk_int(object, layout->str.state);
    *str = (Str){.length = hg_walk_word(object, layout->str.length),
                 .width = state >> 2 & 7,
                 .is_compact = state & STATE_COMPACT,
                 .is_ascii = state & STATE_ASCII,
                 .is_interned = state & STATE_INTERNED};
    uint64_t address = str_data_address(object, layout, str);
    str->shares_utf8 = !str->is_compact && hg_walk_word(object, layout->str.utf8) == address;
    str->shares_wide = hg_walk_word(object, layout->str.wstr) == address;
    if (str->width == 0 && layout->str.wstr != HG_ABSENT) {
        str->length = hg_walk_word(object, layout->str.wstr_length);
        str->width = 4;
    }
    if ((str->width != 1 && str->width != 2 && str->width != 4) || str->length > LENGTH_MAX)
        return false;
    str->data = hg_image_find(walker->image, address, str->length * str->width);
    return true;
}

static uint32_t
str_character(const Str *str, uint64_t i)
{
    if (str->width == 1)
        return str->data[i];
    if (str->width == 2)
        return (uint32_t)(str->data[2 * i] | str->data[2 * i + 1] << 8);
    uint32_t character;
    memcpy(&character, str->data + 4 * i, sizeof character);
    return character;
}

/* Writes the character as UTF-8, a lone surrogate as an escape. Returns: bytes written. */
static size_t
put_character(uint32_t character, char *to)
{
    if (character >= 0xd800 && character < 0xe000)
        return (size_t)sprintf(to, "\\u%04x", character);
    if (character > 0x10ffff)
        character = 0xfffd;
    return (size_t)g_unichar_to_utf8(character, to);
}

static size_t
put_str(const Str *str, size_t max, char *to)
{
    size_t count = MIN(str->length, max);
    if (str->is_ascii && str->width == 1) {
        size_t ascii = 0;
        while (ascii < count && str->data[ascii] < 0x80)
            ascii++;
        if (ascii == count) {
            memcpy(to, str->data, count);
            return count;
        }
    }
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += put_character(str_character(str, i), to + size);
    return size;
}

int64_t
hg_walker_read_str(HgWalker *walker, uint64_t address, size_t max, char *to, bool *is_cut)
{
    HgWalkObject object;
    Str str;
    if (!hg_walker_look_for(walker, address, "str", &object) || !parse_str(walker, &object, &str) ||
        !str.data)
        return -1;
    *is_cut = str.length > max;
    return (int64_t)put_str(&str, max, to);
}

uint32_t
hg_walker_intern_str(HgWalker *walker, uint64_t address)
{
    char text[6 * 1024];
    bool is_cut;
    int64_t size = hg_walker_read_str(walker, address, 1024, text, &is_cut);
    return size < 0 ? HG_NONE : hg_walker_intern(walker, text, (size_t)size);
}

void
hg_walker_set_value(HgWalker *walker, HgObjectRecord *record, const char *bytes, size_t size)
{
    size = MIN(size, HG_VALUE_MAX);
    memcpy(walker->value, bytes, size);
    record->value = walker->value;
    record->value_size = (uint32_t)size;
}

void
hg_walker_set_value_str(HgWalker *walker, HgObjectRecord *record, uint64_t address)
{
    bool is_cut = false;
    int64_t size = hg_walker_read_str(walker, address, VALUE_CHARACTERS, walker->value, &is_cut);
    if (size < 0)
        return;
    record->value = walker->value;
    record->value_size = (uint32_t)size;
    record->flags |= is_cut ? HG_OBJECT_VALUE_CUT : 0;
}

/* What a str takes beside its own block, the terminators included. */
static uint64_t
str_extra_size(const HgWalkObject *object, const HgLayout *layout, const Str *str)
{
    uint64_t size = 0;
    uint64_t utf8 = hg_walk_word(object, layout->str.utf8);
    uint64_t utf8_length = hg_walk_word(object, layout->str.utf8_length);
    if (!(str->is_compact && str->is_ascii) && utf8 && !str->shares_utf8 &&
        utf8_length < LENGTH_MAX)
        size += utf8_length + 1;
    uint64_t wide_length = str->is_compact && str->is_ascii
                               ? str->length
                               : hg_walk_word(object, layout->str.wstr_length);
    if (layout->str.wstr != HG_ABSENT && hg_walk_word(object, layout->str.wstr) &&
        !str->shares_wide && wide_length < LENGTH_MAX)
        size += (wide_length + 1) * 4;
    return size;
}

/* The size of the structure of a str and its characters. */
static uint64_t
str_size(const HgWalkObject *object, const HgLayout *layout, const Str *str)
{
    if (str->is_compact && str->is_ascii)
        return (uint64_t)layout->str.ascii_size + str->length + 1;
    if (str->is_compact)
        return (uint64_t)layout->str.compact_size + (str->length + 1) * str->width;
    bool has_data = hg_walk_word(object, layout->str.data) || str->shares_wide;
    return (uint64_t)layout->str.size + (has_data ? (str->length + 1) * str->width : 0);
}

/* A name in the program's text, as attributes have, rather than data. */
static bool
is_identifier(const Str *str)
{
    if (!str->is_interned || !str->is_ascii || str->length == 0 || str->length > VALUE_CHARACTERS)
        return false;
    for (uint64_t i = 0; i < str->length; i++)
        if (!g_ascii_isalnum(str->data[i]) && str->data[i] != '_')
            return false;
    return !g_ascii_isdigit(str->data[0]);
}

static void
measure_str(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    const HgLayout *layout = walker->layout;
    Str str;
    if (!parse_str(walker, object, &str))
        return;
    uint64_t size = str_size(object, layout, &str) + str_extra_size(object, layout, &str);
    /* str.__sizeof__ knows nothing of a subclass' fields */
    record->sizeof_ += size - (uint64_t)object->type->basicsize;
    bool is_subclass = object->type->address != object->type->base;
    record->size += size - (uint64_t)(is_subclass ? layout->str.size : object->type->basicsize);
    record->length = str.length;
    if (!str.data || (!walker->with_values && !is_identifier(&str)))
        return;
    record->value_size = (uint32_t)put_str(&str, VALUE_CHARACTERS, walker->value);
    record->value = walker->value;
    record->flags |= str.length > VALUE_CHARACTERS ? HG_OBJECT_VALUE_CUT : 0;
}

/* The inside of the repr of bytes. Returns: bytes written, at most four for each. */
static size_t
put_bytes(const uint8_t *bytes, size_t size, char *to)
{
    static const char hex[] = "0123456789abcdef";
    bool is_quoted = memchr(bytes, '\'', size) && memchr(bytes, '"', size);
    char *at = to;
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = bytes[i];
        const char *simple = byte == '\n' ? "n" : byte == '\r' ? "r" : byte == '\t' ? "t" : NULL;
        if (byte == '\\' || (byte == '\'' && is_quoted))
            simple = byte == '\\' ? "\\" : "'";
        if (simple) {
            *at++ = '\\';
            *at++ = *simple;
        } else if (byte >= ' ' && byte < 0x7f) {
            *at++ = (char)byte;
        } else {
            *at++ = '\\';
            *at++ = 'x';
            *at++ = hex[byte >> 4];
            *at++ = hex[byte & 15];
        }
    }
    return (size_t)(at - to);
}

static void
set_value_bytes(HgWalker *walker, HgObjectRecord *record, uint64_t address, uint64_t length)
{
    size_t size = MIN(length, VALUE_CHARACTERS);
    const uint8_t *bytes = hg_image_find(walker->image, address, size);
    if (!walker->with_values || !bytes)
        return;
    record->value_size = (uint32_t)put_bytes(bytes, size, walker->value);
    record->value = walker->value;
    record->flags |= length > VALUE_CHARACTERS ? HG_OBJECT_VALUE_CUT : 0;
}

static void
measure_bytes(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    record->length = (uint64_t)MAX(hg_walk_size(object), 0);
    set_value_bytes(walker, record, object->address + (uint64_t)walker->layout->bytes.ob_sval,
                    record->length);
}

/* From 3.15 on the buffer is a bytes object, right behind what older versions have. */
static void
read_bytearray(HgWalker *walker, const HgWalkObject *object)
{
    if (hg_walker_since(walker, 3, 15))
        hg_walker_add_field(walker, object, 56, HG_NAME(buffer), HG_HOW_OWNED);
}

static void
measure_bytearray(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    uint64_t allocated = hg_walk_word(object, walker->layout->bytearray.ob_alloc);
    record->length = (uint64_t)MAX(hg_walk_size(object), 0);
    if (hg_walker_since(walker, 3, 15)) { /* the buffer is a bytes object */
        record->sizeof_ +=
            allocated ? (uint64_t)walker->layout->bytes.ob_sval + 1 + allocated % LENGTH_MAX : 0;
    } else if (allocated < LENGTH_MAX) {
        record->size += allocated;
        record->sizeof_ += allocated;
    }
    set_value_bytes(walker, record, hg_walk_word(object, walker->layout->bytearray.ob_bytes),
                    record->length);
}

/* Divides the number in `digit` by ten to the ninth. Returns: the remainder. */
static uint32_t
divide_digits(uint32_t *digit, uint32_t n_digits)
{
    uint64_t remainder = 0;
    for (uint32_t i = n_digits; i-- > 0;) {
        remainder = remainder << 30 | digit[i];
        digit[i] = (uint32_t)(remainder / 1000000000);
        remainder %= 1000000000;
    }
    return (uint32_t)remainder;
}

/* Writes the decimal digits of the number, 30 bits in each of `digit`, which is used up. */
static size_t
put_digits(uint32_t *digit, uint32_t n_digits, bool is_negative, char *to)
{
    uint32_t part[VALUE_DIGITS_MAX + 2];
    size_t n_parts = 0;
    while (n_digits > 0) {
        part[n_parts++] = divide_digits(digit, n_digits);
        while (n_digits > 0 && digit[n_digits - 1] == 0)
            n_digits--;
    }
    char *at = to;
    at += sprintf(at, "%s%u", is_negative ? "-" : "", n_parts ? part[n_parts - 1] : 0);
    for (size_t i = n_parts; i-- > 1;)
        at += sprintf(at, "%09u", part[i - 1]);
    return (size_t)(at - to);
}

static size_t
put_small_int(uint64_t number, bool is_negative, char *to)
{
    char digits[24];
    char *at = digits + sizeof digits;
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    if (is_negative)
        *--at = '-';
    size_t size = (size_t)(digits + sizeof digits - at);
    memcpy(to, at, size);
    return size;
}

/* The count of 30-bit digits and the sign of an int. */
static uint64_t
count_digits(const HgWalker *walker, const HgWalkObject *object, bool *is_negative)
{
    if (walker->layout->integer.lv_tag != HG_ABSENT) {
        uint64_t tag = hg_walk_word(object, walker->layout->integer.lv_tag);
        *is_negative = (tag & 3) == 2;
        return tag >> 3;
    }
    int64_t size = hg_walk_size(object);
    *is_negative = size < 0;
    return size < 0 ? 0 - (uint64_t)size : (uint64_t)size;
}

static void
set_value_int(HgWalker *walker, HgObjectRecord *record, uint64_t address, uint64_t n_digits,
              bool is_negative)
{
    uint32_t digit[VALUE_DIGITS_MAX];
    if (n_digits > VALUE_DIGITS_MAX ||
        !hg_image_read(walker->image, address, digit, n_digits * sizeof *digit))
        return;
    if (n_digits <= 2) {
        uint64_t number = (n_digits > 1 ? (uint64_t)digit[1] << 30 : 0) | (n_digits ? digit[0] : 0);
        record->value_size = (uint32_t)put_small_int(number, is_negative, walker->value);
    } else {
        record->value_size =
            (uint32_t)put_digits(digit, (uint32_t)n_digits, is_negative, walker->value);
    }
    if (record->value_size > VALUE_CHARACTERS) {
        record->value_size = VALUE_CHARACTERS;
        record->flags |= HG_OBJECT_VALUE_CUT;
    }
    record->value = walker->value;
}

static void
measure_int(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    bool is_negative;
    uint64_t n_digits = count_digits(walker, object, &is_negative);
    if (n_digits > LENGTH_MAX)
        return;
    /* int.__sizeof__ counts at least one digit from 3.11 on, and knows nothing of a
     * subclass' fields before 3.12 */
    bool counts_one = hg_walker_since(walker, 3, 11);
    uint64_t digits = 4 * (counts_one ? MAX(n_digits, 1) : n_digits);
    uint64_t items = (uint64_t)walker->layout->integer.ob_digit + digits;
    uint64_t basicsize = (uint64_t)object->type->basicsize;
    record->sizeof_ += hg_walker_since(walker, 3, 12) ? digits : items - basicsize;
    record->size += digits;
    if (walker->with_values)
        set_value_int(walker, record, object->address + (uint64_t)walker->layout->integer.ob_digit,
                      n_digits, is_negative);
}

static void
measure_bool(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    bool is_negative;
    measure_int(walker, object, record);
    bool is_true = count_digits(walker, object, &is_negative) != 0;
    hg_walker_set_value(walker, record, is_true ? "True" : "False", is_true ? 4 : 5);
}

/* The fewest digits that read back as the same number. */
static int
shortest_precision(double number, char *text, size_t size)
{
    int first = fabs(number) < 1e-307 ? 1 : 15;
    for (int precision = first; precision < 17; precision++) {
        g_snprintf(text, size, "%.*e", precision - 1, number);
        if (g_ascii_strtod(text, NULL) == number)
            return precision;
    }
    g_snprintf(text, size, "%.16e", number);
    return 17;
}

/* A power of two may have 16 digits that read back although they are not the nearest 16. */
static void
shorten_power_of_two(double number, char *text, size_t size)
{
    int exponent;
    char other[40];
    if (frexp(fabs(number), &exponent) != 0.5)
        return;
    g_snprintf(other, sizeof other, "%.15e", number);
    char *last = strchr(other, 'e') - 1;
    if (*last == '9')
        return;
    ++*last;
    if (g_ascii_strtod(other, NULL) == number)
        g_strlcpy(text, other, size);
}

/* Writes a number that is exactly what its few decimals say, as most in programs are: 19.95.
 * Up to 15 digits lead to one number and back, so that these are the shortest there are.
 * Returns: bytes written, or 0 if it is no such number. */
static size_t
put_decimal(double number, char *to)
{
    static const double power[] = {1, 10, 100, 1000, 10000};
    double size = fabs(number);
    if (size >= 1e10 || (size < 1e-3 && size != 0))
        return 0;
    for (size_t n = 0; n < G_N_ELEMENTS(power); n++) {
        uint64_t digits = (uint64_t)(size * power[n] + 0.5);
        if ((double)digits / power[n] != size)
            continue;
        uint64_t one = (uint64_t)power[n];
        size_t written = put_small_int(digits / one, signbit(number), to);
        to[written++] = '.';
        for (uint64_t rest = digits % one; one > 10; rest %= one) {
            one /= 10;
            to[written++] = (char)('0' + rest / one);
        }
        to[written++] = (char)('0' + (n ? digits % 10 : 0));
        return written;
    }
    return 0;
}

/* As repr() of a float. */
static size_t
put_double(double number, char *to)
{
    if (isnan(number) || isinf(number))
        return (size_t)sprintf(to, "%s", isnan(number) ? "nan" : number < 0 ? "-inf" : "inf");
    size_t written = put_decimal(number, to);
    if (written)
        return written;
    if (fabs(number) < 1e15 && number == (double)(int64_t)number)
        return (size_t)sprintf(to, "%s%" G_GINT64_FORMAT ".0", signbit(number) ? "-" : "",
                               ABS((int64_t)number));
    char text[40];
    if (shortest_precision(number, text, sizeof text) == 17)
        shorten_power_of_two(number, text, sizeof text);
    int exponent = atoi(strchr(text, 'e') + 1);
    char digits[24];
    size_t n = 0;
    for (const char *at = text; *at != 'e'; at++)
        if (g_ascii_isdigit(*at))
            digits[n++] = *at;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    char *at = to;
    if (signbit(number))
        *at++ = '-';
    if (exponent < -4 || exponent >= 16) {
        at += sprintf(at, "%c%s%s", digits[0], n > 1 ? "." : "", digits + 1);
        return (size_t)(at + sprintf(at, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent)) - to);
    }
    if (exponent < 0)
        return (size_t)(at + sprintf(at, "0.%.*s%s", -exponent - 1, "0000", digits) - to);
    if ((int)n <= exponent + 1)
        return (size_t)(at +
                        sprintf(at, "%s%.*s.0", digits, exponent + 1 - (int)n, "0000000000000000") -
                        to);
    return (size_t)(at + sprintf(at, "%.*s.%s", exponent + 1, digits, digits + exponent + 1) - to);
}

static double
double_at(const HgWalkObject *object, HgOffset offset)
{
    uint64_t word = hg_walk_word(object, offset);
    double number;
    memcpy(&number, &word, sizeof number);
    return number;
}

static void
measure_float(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    if (!walker->with_values)
        return;
    record->value_size =
        (uint32_t)put_double(double_at(object, walker->layout->floating.ob_fval), walker->value);
    record->value = walker->value;
}

/* A part of a complex number, without the ".0" that only float has. */
static size_t
put_part(double number, char *to)
{
    size_t size = put_double(number, to);
    return size > 2 && memcmp(to + size - 2, ".0", 2) == 0 ? size - 2 : size;
}

static void
measure_complex(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    if (!walker->with_values)
        return;
    double real = double_at(object, walker->layout->complex_.cval);
    double imaginary = double_at(object, walker->layout->complex_.cval + 8);
    bool has_real = real != 0 || signbit(real);
    char *at = walker->value;
    if (has_real) {
        *at++ = '(';
        at += put_part(real, at);
        if (isnan(imaginary) || !signbit(imaginary))
            *at++ = '+';
    }
    at += put_part(imaginary, at);
    at += sprintf(at, "j%s", has_real ? ")" : "");
    record->value = walker->value;
    record->value_size = (uint32_t)(at - walker->value);
}

const HgTypeReader hg_readers_atoms[] = {
    {.type_name = "str", .measure = measure_str},
    {.type_name = "bytes", .measure = measure_bytes},
    {.type_name = "bytearray", .read = read_bytearray, .measure = measure_bytearray},
    {.type_name = "int", .measure = measure_int, .sizes_items = true},
    {.type_name = "bool", .measure = measure_bool, .sizes_items = true},
    {.type_name = "float", .measure = measure_float},
    {.type_name = "complex", .measure = measure_complex},
    {.type_name = "object"},
    {.type_name = "NoneType"},
    {.type_name = "NotImplementedType"},
    {.type_name = "ellipsis"},
    {.type_name = "decimal.Decimal"}, /* holds words that were never written, no objects */
    {.type_name = NULL},
};
