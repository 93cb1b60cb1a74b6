/* path.c - the text of a path to an object, in steps.
 * SPDX-License-Identifier: MIT */
#include "core/questions/path.h"

#include <string.h>

typedef struct {
    const char *path;
    const char *at;
} Cursor;

static void
free_step(void *data)
{
    HgStep *step = data;
    if (step)
        g_free(step->text);
    g_free(step);
}

static bool
fail(const Cursor *cursor, const char *expected, GError **error)
{
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "%s: character %ld: expected %s", cursor->path,
                g_utf8_pointer_to_offset(cursor->path, cursor->at) + 1, expected);
    return false;
}

static bool
parse_name(Cursor *cursor, HgStep *step, GError **error)
{
    size_t size = strcspn(cursor->at, ".[]'\" \t\n");
    if (size == 0)
        return fail(cursor, "a name", error);
    step->kind = HG_STEP_ATTRIBUTE;
    step->text = g_strndup(cursor->at, size);
    cursor->at += size;
    return true;
}

/* \xNN, \uNNNN, \UNNNNNNNN after the letter. */
static bool
parse_code(Cursor *cursor, unsigned n_digits, bool is_bytes, GString *text, GError **error)
{
    gunichar code = 0;
    for (unsigned i = 0; i < n_digits; i++, cursor->at++) {
        if (!g_ascii_isxdigit(*cursor->at))
            return fail(cursor, "a hexadecimal digit", error);
        code = code * 16 + (gunichar)g_ascii_xdigit_value(*cursor->at);
    }
    if (is_bytes) /* stored as the inside of their repr */
        g_string_append_printf(text, "\\x%02x", code);
    else if (code && g_unichar_validate(code))
        g_string_append_unichar(text, code);
    else /* NUL and surrogates, which stand in values like this */
        g_string_append_printf(text, code ? "\\u%04x" : "\\x%02x", code);
    return true;
}

static bool
parse_escape(Cursor *cursor, bool is_bytes, GString *text, GError **error)
{
    char letter = *cursor->at;
    if (!letter)
        return fail(cursor, "the end of the text", error);
    cursor->at++;
    if (letter == 'x' || letter == 'u' || letter == 'U')
        return parse_code(cursor, letter == 'x' ? 2 : letter == 'u' ? 4 : 8, is_bytes, text, error);
    if (is_bytes && strchr("ntr\\", letter))
        g_string_append_printf(text, "\\%c", letter);
    else
        g_string_append_c(text, letter == 'n'   ? '\n'
                                : letter == 't' ? '\t'
                                : letter == 'r' ? '\r'
                                                : letter);
    return true;
}

static bool
parse_quoted(Cursor *cursor, HgStep *step, GError **error)
{
    bool is_bytes = *cursor->at == 'b';
    cursor->at += is_bytes;
    char quote = *cursor->at++;
    g_autoptr(GString) text = g_string_new(NULL);
    while (*cursor->at != quote) {
        if (!*cursor->at)
            return fail(cursor, quote == '"' ? "\" and ]" : "' and ]", error);
        if (*cursor->at != '\\') {
            g_string_append_c(text, *cursor->at++);
            continue;
        }
        cursor->at++;
        if (!parse_escape(cursor, is_bytes, text, error))
            return false;
    }
    cursor->at++;
    step->kind = is_bytes ? HG_STEP_BYTES : HG_STEP_TEXT;
    step->text = g_strdup(text->str);
    return true;
}

/* Returns: where the tuple ends that begins at [text]; NULL if it does not end. */
static const char *
skip_tuple(const char *text)
{
    unsigned depth = 0;
    char quote = 0;
    for (; *text; text++) {
        if (quote && *text == '\\' && text[1])
            text++;
        else if (quote || *text == '\'' || *text == '"')
            quote = !quote ? *text : *text == quote ? 0 : quote;
        else if (*text == '(')
            depth++;
        else if (*text == ')' && --depth == 0)
            return text + 1;
    }
    return NULL;
}

/* Sets the address of "<tuple 0x7f3a...>", as keys are told that have no value. */
static bool
parse_told(const char *word, HgStep *step)
{
    const char *address = *word == '<' ? strrchr(word, ' ') : NULL;
    if (!address || !g_str_has_prefix(address, " 0x") || !g_str_has_suffix(word, ">"))
        return false;
    g_autofree char *digits = g_strndup(address + 3, strlen(address + 3) - 1);
    return g_ascii_string_to_unsigned(digits, 16, 1, G_MAXUINT64, &step->address, NULL);
}

/* A number, or whatever else stands before the bracket. */
static bool
parse_bare(Cursor *cursor, HgStep *step, GError **error)
{
    const char *end = *cursor->at == '(' ? skip_tuple(cursor->at) : NULL;
    size_t size = end ? (size_t)(end - cursor->at) : strcspn(cursor->at, "]");
    g_autofree char *word = g_strndup(cursor->at, size);
    g_strstrip(word);
    if (!*word)
        return fail(cursor, "an index or a key", error);
    if (parse_told(word, step) ||
        (g_str_has_prefix(word, "0x") &&
         g_ascii_string_to_unsigned(word + 2, 16, 1, G_MAXUINT64, &step->address, NULL)))
        step->kind = HG_STEP_ADDRESS;
    else if (g_ascii_string_to_signed(word, 10, -G_MAXINT64, G_MAXINT64, &step->index, NULL))
        step->kind = HG_STEP_INDEX;
    else
        step->kind = HG_STEP_OTHER;
    step->text = g_steal_pointer(&word);
    cursor->at += size;
    return true;
}

static bool
parse_item(Cursor *cursor, HgStep *step, GError **error)
{
    cursor->at++; /* [ */
    bool is_quoted = strchr("'\"", *cursor->at) ||
                     (*cursor->at == 'b' && cursor->at[1] && strchr("'\"", cursor->at[1]));
    if (!*cursor->at)
        return fail(cursor, "an index or a key", error);
    if (!(is_quoted ? parse_quoted : parse_bare)(cursor, step, error))
        return false;
    if (*cursor->at != ']')
        return fail(cursor, "]", error);
    cursor->at++;
    return true;
}

static bool
parse_step(Cursor *cursor, bool is_name, HgStep *step, GError **error)
{
    if (is_name)
        return parse_name(cursor, step, error);
    if (*cursor->at == '[')
        return parse_item(cursor, step, error);
    if (*cursor->at != '.')
        return fail(cursor, ". or [", error);
    cursor->at++;
    return parse_name(cursor, step, error);
}

GPtrArray *
hg_path_parse(const char *path, unsigned start, bool begins_with_name, GError **error)
{
    Cursor cursor = {.path = path, .at = path + start};
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(free_step);
    while (*cursor.at || (begins_with_name && steps->len == 0)) {
        HgStep *step = g_new0(HgStep, 1);
        g_ptr_array_add(steps, step);
        if (!parse_step(&cursor, begins_with_name && steps->len == 1, step, error))
            return NULL;
        step->end = (unsigned)(cursor.at - path);
    }
    return g_steal_pointer(&steps);
}

char *
hg_path_dup_pattern(const char *path)
{
    GString *pattern = g_string_new(NULL);
    char quote = 0;
    bool is_item = false;
    for (; *path; path++) {
        bool is_end = *path == ']' && !quote;
        if (is_item && *path == '\\' && path[1])
            path++;
        else if (is_item && (*path == '\'' || *path == '"') && (!quote || quote == *path))
            quote = quote ? 0 : *path;
        if (!is_item || is_end)
            g_string_append_c(pattern, *path);
        is_item = (is_item || *path == '[') && !is_end;
    }
    return g_string_free(pattern, FALSE);
}
