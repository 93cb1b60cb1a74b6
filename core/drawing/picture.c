/* picture.c - what a picture of a part of the graph shows.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/picture.h"

#include <string.h>

/* Characters of a text that are drawn; the rest is an ellipsis. */
enum {
    MOST_TITLE = 48,
    MOST_DETAIL = 48,
    MOST_FACTS = 80,
    MOST_LABEL = 36,
    MOST_CAPTION = 160
};

static void
free_node(void *data)
{
    HgPictureNode *node = data;

    g_free(node->title);
    g_free(node->detail);
    g_free(node->facts);
    g_free(node);
}

static void
free_reference(void *data)
{
    HgPictureReference *reference = data;

    g_free(reference->label);
    g_free(reference);
}

HgPicture *
hg_picture_new(void)
{
    HgPicture *picture = g_new0(HgPicture, 1);

    picture->nodes = g_ptr_array_new_with_free_func(free_node);
    picture->references = g_ptr_array_new_with_free_func(free_reference);
    return picture;
}

void
hg_picture_free(HgPicture *picture)
{
    if (!picture)
        return;
    g_ptr_array_unref(picture->nodes);
    g_ptr_array_unref(picture->references);
    g_free(picture->caption);
    g_free(picture);
}

/* Whether nobody can see a character, or it changes how its neighbours are written: controls, the
 * marks and overrides of right-to-left writing, separators of lines. */
static bool
is_invisible(gunichar character)
{
    GUnicodeType type = g_unichar_type(character);

    return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_SURROGATE ||
           type == G_UNICODE_UNASSIGNED || type == G_UNICODE_LINE_SEPARATOR ||
           type == G_UNICODE_PARAGRAPH_SEPARATOR || type == G_UNICODE_PRIVATE_USE;
}

static void
append_visible(GString *visible, gunichar character)
{
    static const gunichar joiner = 0x200d; /* of the parts of an emoji */

    if (character == '\n')
        g_string_append(visible, "\\n");
    else if (character == '\t')
        g_string_append(visible, "\\t");
    else if (character == '\r')
        g_string_append(visible, "\\r");
    else if (character == joiner || !is_invisible(character))
        g_string_append_unichar(visible, character);
    else if (character < 0x100)
        g_string_append_printf(visible, "\\x%02x", character);
    else if (character < 0x10000)
        g_string_append_printf(visible, "\\u%04x", character);
    else
        g_string_append_printf(visible, "\\U%08x", character);
}

/* The next character of [size] bytes; a byte that is part of none stands for itself.
 * Returns: how many bytes it takes. */
static size_t
take_character(const char *text, size_t size, gunichar *character)
{
    *character = text[0] ? g_utf8_get_char_validated(text, (gssize)size) : 0;
    if (*character < (gunichar)-2)
        return (size_t)MAX(g_unichar_to_utf8(*character, NULL), 1);
    *character = (unsigned char)text[0];
    return 1;
}

char *
hg_picture_make_visible(const char *text, gssize size, size_t most)
{
    size_t n_bytes = size < 0 ? strlen(text) : (size_t)size;
    GString *visible = g_string_new(NULL);
    size_t at = 0, cut = 0;

    for (size_t count = 0; at < n_bytes && count < most; count++) {
        gunichar character;
        at += take_character(text + at, n_bytes - at, &character);
        append_visible(visible, character);
        if (count + 2 == most)
            cut = visible->len;
    }
    if (at < n_bytes)
        g_string_append(g_string_truncate(visible, cut), "\u2026");
    return g_string_free(visible, false);
}

static char *
dup_visible(const char *text, size_t most)
{
    return text ? hg_picture_make_visible(text, -1, most) : NULL;
}

uint32_t
hg_picture_add_node(HgPicture *picture, const HgPictureNode *node)
{
    HgPictureNode *copy = g_memdup2(node, sizeof *node);

    copy->title = dup_visible(node->title, MOST_TITLE);
    copy->detail = dup_visible(node->detail, MOST_DETAIL);
    copy->facts = dup_visible(node->facts, MOST_FACTS);
    g_ptr_array_add(picture->nodes, copy);
    picture->depth = MAX(picture->depth, node->depth);
    return picture->nodes->len - 1;
}

void
hg_picture_add_reference(HgPicture *picture, const HgPictureReference *reference)
{
    HgPictureReference *copy = g_memdup2(reference, sizeof *reference);

    g_assert(reference->source < picture->nodes->len && reference->target < picture->nodes->len);
    copy->label = dup_visible(reference->label, MOST_LABEL);
    g_ptr_array_add(picture->references, copy);
}

void
hg_picture_set_caption(HgPicture *picture, const char *caption)
{
    g_free(picture->caption);
    picture->caption = dup_visible(caption, MOST_CAPTION);
}

const HgPictureNode *
hg_picture_get_node(const HgPicture *picture, uint32_t number)
{
    return g_ptr_array_index(picture->nodes, number);
}

const HgPictureReference *
hg_picture_get_reference(const HgPicture *picture, uint32_t number)
{
    return g_ptr_array_index(picture->references, number);
}
