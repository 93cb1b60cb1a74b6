/* text.c - texts from the heap, made fit to be shown.
 * SPDX-License-Identifier: MIT */
#include "core/text.h"

#include <stdbool.h>
#include <string.h>

static bool
is_harmless(gunichar character)
{
    switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT: /* marks of direction, joiners, the byte order mark */
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return false;
    default:
        return true;
    }
}

static void
append_character(GString *out, gunichar character)
{
    if (character == '\n')
        g_string_append(out, "\\n");
    else if (character == '\t')
        g_string_append(out, "\\t");
    else if (character == '\r')
        g_string_append(out, "\\r");
    else if (is_harmless(character))
        g_string_append_unichar(out, character);
    else if (character < 0x100)
        g_string_append_printf(out, "\\x%02x", character);
    else if (character < 0x10000)
        g_string_append_printf(out, "\\u%04x", character);
    else
        g_string_append_printf(out, "\\U%08x", character);
}

void
hg_text_append_escaped(GString *out, const char *text, size_t size)
{
    const char *end = text + size;
    while (text < end) {
        gunichar character = g_utf8_get_char_validated(text, end - text);
        if (*text == '\0')
            character = 0;
        if ((gint32)character < 0) {
            g_string_append_printf(out, "\\x%02x", (guchar)*text);
            text++;
            continue;
        }
        append_character(out, character);
        text = character ? g_utf8_next_char(text) : text + 1;
    }
}

char *
hg_text_dup_escaped(const char *text)
{
    GString *out = g_string_new(NULL);
    hg_text_append_escaped(out, text, strlen(text));
    return g_string_free(out, FALSE);
}
