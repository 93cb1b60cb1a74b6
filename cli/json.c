/* json.c - writes JSON.
 * SPDX-License-Identifier: MIT */
#include "cli/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void
write_character(FILE *file, gunichar character)
{
    static const char short_form[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                      ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
    if (character < G_N_ELEMENTS(short_form) && short_form[character])
        fprintf(file, "\\%c", short_form[character]);
    else if (character >= 0x20 && character < 0x7f)
        fputc((int)character, file);
    else if (character >= 0xa0 && g_unichar_isgraph(character)) {
        char bytes[6];
        fwrite(bytes, 1, g_unichar_to_utf8(character, bytes), file);
    } else if (character < 0x10000)
        fprintf(file, "\\u%04x", character);
    else
        fprintf(file, "\\u%04x\\u%04x", 0xd7c0 + (character >> 10), 0xdc00 + (character & 0x3ff));
}

static void
write_text(FILE *file, const char *text, size_t size)
{
    const char *end = text + size;
    fputc('"', file);
    while (text < end) {
        gunichar character = g_utf8_get_char_validated(text, end - text);
        if (*text == '\0')
            character = 0;
        if ((int32_t)character < 0) { /* not UTF-8: the replacement character */
            write_character(file, 0xfffd);
            text++;
            continue;
        }
        write_character(file, character);
        text = character ? g_utf8_next_char(text) : text + 1;
    }
    fputc('"', file);
}

static void
begin_value(HgJson *json, const char *key)
{
    if (!json->is_first && json->depth > 0)
        fputs(json->depth == 1 ? "," : ", ", json->file);
    if (json->depth == 1)
        fputs("\n ", json->file);
    json->is_first = false;
    if (key) {
        write_text(json->file, key, strlen(key));
        fputs(": ", json->file);
    }
}

static void
end_value(HgJson *json)
{
    if (json->depth == 0)
        fputc('\n', json->file);
}

static void
open_nest(HgJson *json, const char *key, char mark)
{
    begin_value(json, key);
    fputc(mark, json->file);
    json->depth++;
    json->is_first = true;
}

static void
close_nest(HgJson *json, char mark)
{
    if (json->depth == 1 && !json->is_first)
        fputc('\n', json->file);
    fputc(mark, json->file);
    json->depth--;
    json->is_first = false;
    end_value(json);
}

void
hg_json_begin_array(HgJson *json, const char *key)
{
    open_nest(json, key, '[');
}

void
hg_json_end_array(HgJson *json)
{
    close_nest(json, ']');
}

void
hg_json_begin_object(HgJson *json, const char *key)
{
    open_nest(json, key, '{');
}

void
hg_json_end_object(HgJson *json)
{
    close_nest(json, '}');
}

void
hg_json_add_bytes(HgJson *json, const char *key, const char *text, size_t size)
{
    begin_value(json, key);
    write_text(json->file, text, size);
    end_value(json);
}

void
hg_json_add_text(HgJson *json, const char *key, const char *text)
{
    if (text)
        hg_json_add_bytes(json, key, text, strlen(text));
    else
        hg_json_add_null(json, key);
}

void
hg_json_add_number(HgJson *json, const char *key, uint64_t number)
{
    begin_value(json, key);
    fprintf(json->file, "%" PRIu64, number);
    end_value(json);
}

void
hg_json_add_signed(HgJson *json, const char *key, int64_t number)
{
    begin_value(json, key);
    fprintf(json->file, "%" PRId64, number);
    end_value(json);
}

/* The shortest text that is read back as the number: 0.1 is not 0.10000000000000001. */
void
hg_json_add_real(HgJson *json, const char *key, double number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    static const char *const formats[] = {"%.15g", "%.16g", "%.17g"};
    for (unsigned i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_ascii_formatd(text, sizeof text, formats[i], number);
        if (g_ascii_strtod(text, NULL) == number)
            break;
    }
    begin_value(json, key);
    fputs(isfinite(number) ? text : "null", json->file);
    end_value(json);
}

void
hg_json_add_bool(HgJson *json, const char *key, bool value)
{
    begin_value(json, key);
    fputs(value ? "true" : "false", json->file);
    end_value(json);
}

void
hg_json_add_null(HgJson *json, const char *key)
{
    begin_value(json, key);
    fputs("null", json->file);
    end_value(json);
}

void
hg_json_add_address(HgJson *json, const char *key, uint64_t address)
{
    begin_value(json, key);
    fprintf(json->file, "\"0x%" PRIx64 "\"", address);
    end_value(json);
}
