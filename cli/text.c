/* text.c - how texts fit into a terminal.
 * SPDX-License-Identifier: MIT */
#include "cli/text.h"

static unsigned
get_character_width(gunichar character)
{
    if (g_unichar_iszerowidth(character))
        return 0;
    return g_unichar_iswide(character) ? 2 : 1;
}

unsigned
hg_text_get_width(const char *text)
{
    unsigned width = 0;
    for (; *text; text = g_utf8_next_char(text))
        width += get_character_width(g_utf8_get_char(text));
    return width;
}

char *
hg_text_dup_cut(const char *text, unsigned width)
{
    if (hg_text_get_width(text) <= width)
        return g_strdup(text);
    unsigned used = 1; /* the mark */
    const char *end = text;
    while (used + get_character_width(g_utf8_get_char(end)) <= width) {
        used += get_character_width(g_utf8_get_char(end));
        end = g_utf8_next_char(end);
    }
    return g_strdup_printf("%.*s…", (int)(end - text), text);
}
