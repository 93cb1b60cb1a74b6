/* layout-text.c - a layout, and the question for one, as text that goes through a pipe.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/layout.h"

#include <math.h>
#include <string.h>

HgLayoutGraph *
hg_layout_graph_new(void)
{
    HgLayoutGraph *graph = g_new(HgLayoutGraph, 1);
    graph->boxes = g_array_new(FALSE, FALSE, sizeof(HgLayoutBox));
    graph->arrows = g_array_new(FALSE, FALSE, sizeof(HgLayoutArrow));
    return graph;
}

void
hg_layout_graph_free(HgLayoutGraph *graph)
{
    if (!graph)
        return;
    g_array_unref(graph->boxes);
    g_array_unref(graph->arrows);
    g_free(graph);
}

HgPictureLayout *
hg_layout_new(void)
{
    HgPictureLayout *layout = g_new0(HgPictureLayout, 1);
    layout->centres = g_array_new(FALSE, FALSE, sizeof(HgLayoutPoint));
    layout->curves = g_array_new(FALSE, FALSE, sizeof(HgLayoutCurve));
    layout->corners = g_array_new(FALSE, FALSE, sizeof(HgLayoutPoint));
    return layout;
}

void
hg_layout_free(HgPictureLayout *layout)
{
    if (!layout)
        return;
    g_array_unref(layout->centres);
    g_array_unref(layout->curves);
    g_array_unref(layout->corners);
    g_free(layout);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void
append_number(GString *text, double number, char end)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append(text, g_ascii_formatd(digits, sizeof digits, "%.2f", number));
    g_string_append_c(text, end);
}

char *
hg_layout_graph_write(const HgLayoutGraph *graph)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%u %u\n", graph->boxes->len, graph->arrows->len);
    for (unsigned i = 0; i < graph->boxes->len; i++) {
        const HgLayoutBox *box = &g_array_index(graph->boxes, HgLayoutBox, i);
        append_number(text, box->width, ' ');
        append_number(text, box->height, '\n');
    }
    for (unsigned i = 0; i < graph->arrows->len; i++) {
        const HgLayoutArrow *arrow = &g_array_index(graph->arrows, HgLayoutArrow, i);
        g_string_append_printf(text, "%u %u ", arrow->source, arrow->target);
        append_number(text, arrow->width, ' ');
        append_number(text, arrow->height, '\n');
    }
    return g_string_free(text, FALSE);
}

static void
append_point(GString *text, const HgLayoutPoint *point, char end)
{
    append_number(text, point->x, ' ');
    append_number(text, point->y, end);
}

char *
hg_layout_write(const HgPictureLayout *layout)
{
    GString *text = g_string_new(NULL);
    append_number(text, layout->width, ' ');
    append_number(text, layout->height, '\n');
    for (unsigned i = 0; i < layout->centres->len; i++)
        append_point(text, &g_array_index(layout->centres, HgLayoutPoint, i), '\n');
    for (unsigned i = 0; i < layout->curves->len; i++) {
        const HgLayoutCurve *curve = &g_array_index(layout->curves, HgLayoutCurve, i);
        g_string_append_printf(text, "%u ", curve->n_corners);
        for (unsigned j = 0; j < curve->n_corners; j++)
            append_point(text, &g_array_index(layout->corners, HgLayoutPoint, curve->first + j),
                         ' ');
        append_point(text, &curve->text, '\n');
    }
    return g_string_free(text, FALSE);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* What is left of a text, and which line it is. */
typedef struct {
    const char *at, *end;
    unsigned line;
} Reading;

static bool
fail(const Reading *reading, const char *expected, GError **error)
{
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "layout, line %u: expected %s", reading->line,
                expected);
    return false;
}

/* Takes the word before the next space or end of line. */
static bool
take_word(Reading *reading, char *word, size_t size)
{
    size_t length = 0;
    while (reading->at < reading->end && *reading->at == ' ')
        reading->at++;
    while (reading->at + length < reading->end && reading->at[length] != ' ' &&
           reading->at[length] != '\n' && length + 1 < size)
        length++;
    if (length > 0) /* where there is no text at all, there is no pointer either */
        memcpy(word, reading->at, length);
    word[length] = '\0';
    reading->at += length;
    return length > 0;
}

static bool
take_number(Reading *reading, double *number, GError **error)
{
    char word[40], *end;
    if (!take_word(reading, word, sizeof word))
        return fail(reading, "a number", error);
    *number = g_ascii_strtod(word, &end);
    if (*end || !isfinite(*number) || fabs(*number) > 1e9)
        return fail(reading, "a number", error);
    return true;
}

static bool
take_count(Reading *reading, uint32_t most, uint32_t *count, GError **error)
{
    char word[40];
    guint64 value;
    if (!take_word(reading, word, sizeof word) ||
        !g_ascii_string_to_unsigned(word, 10, 0, most, &value, NULL))
        return fail(reading, "a whole number that is not too large", error);
    *count = (uint32_t)value;
    return true;
}

static bool
take_line_end(Reading *reading, GError **error)
{
    while (reading->at < reading->end && *reading->at == ' ')
        reading->at++;
    if (reading->at == reading->end || *reading->at != '\n')
        return fail(reading, "the end of the line", error);
    reading->at++;
    reading->line++;
    return true;
}

static bool
take_end(const Reading *reading, GError **error)
{
    return reading->at == reading->end || fail(reading, "nothing more", error);
}

static bool
take_boxes(Reading *reading, uint32_t count, GArray *boxes, GError **error)
{
    for (uint32_t i = 0; i < count; i++) {
        HgLayoutBox box;
        if (!take_number(reading, &box.width, error) || !take_number(reading, &box.height, error) ||
            !take_line_end(reading, error))
            return false;
        if (box.width < 0 || box.width > 1e5 || box.height < 0 || box.height > 1e5)
            return fail(reading, "a size before this line", error);
        g_array_append_val(boxes, box);
    }
    return true;
}

static bool
take_arrows(Reading *reading, uint32_t count, const HgLayoutGraph *graph, GError **error)
{
    uint32_t last = graph->boxes->len - 1;
    if (count > 0 && graph->boxes->len == 0)
        return fail(reading, "no arrows without boxes", error);
    for (uint32_t i = 0; i < count; i++) {
        HgLayoutArrow arrow;
        if (!take_count(reading, last, &arrow.source, error) ||
            !take_count(reading, last, &arrow.target, error) ||
            !take_number(reading, &arrow.width, error) ||
            !take_number(reading, &arrow.height, error) || !take_line_end(reading, error))
            return false;
        g_array_append_val(graph->arrows, arrow);
    }
    return true;
}

HgLayoutGraph *
hg_layout_graph_parse(const char *text, size_t size, GError **error)
{
    Reading reading = {text, text + size, 1};
    g_autoptr(HgLayoutGraph) graph = hg_layout_graph_new();
    uint32_t n_boxes, n_arrows;
    if (!take_count(&reading, HG_LAYOUT_MOST_BOXES, &n_boxes, error) ||
        !take_count(&reading, HG_LAYOUT_MOST_ARROWS, &n_arrows, error) ||
        !take_line_end(&reading, error) || !take_boxes(&reading, n_boxes, graph->boxes, error) ||
        !take_arrows(&reading, n_arrows, graph, error) || !take_end(&reading, error))
        return NULL;
    return g_steal_pointer(&graph);
}

static bool
take_point(Reading *reading, HgLayoutPoint *point, GError **error)
{
    return take_number(reading, &point->x, error) && take_number(reading, &point->y, error);
}

static bool
take_curve(Reading *reading, HgPictureLayout *layout, GError **error)
{
    HgLayoutCurve curve = {.first = layout->corners->len};
    if (!take_count(reading, HG_LAYOUT_MOST_CORNERS - layout->corners->len, &curve.n_corners,
                    error))
        return false;
    if (curve.n_corners > 0 && curve.n_corners % 3 != 1)
        return fail(reading, "one corner and three for each piece", error);
    for (uint32_t i = 0; i < curve.n_corners; i++) {
        HgLayoutPoint corner;
        if (!take_point(reading, &corner, error))
            return false;
        g_array_append_val(layout->corners, corner);
    }
    if (!take_point(reading, &curve.text, error) || !take_line_end(reading, error))
        return false;
    g_array_append_val(layout->curves, curve);
    return true;
}

static bool
take_layout(Reading *reading, const HgLayoutGraph *graph, HgPictureLayout *layout, GError **error)
{
    if (!take_number(reading, &layout->width, error) ||
        !take_number(reading, &layout->height, error) || !take_line_end(reading, error))
        return false;
    if (layout->width < 0 || layout->height < 0)
        return fail(reading, "a size before this line", error);
    for (uint32_t i = 0; i < graph->boxes->len; i++) {
        HgLayoutPoint centre;
        if (!take_point(reading, &centre, error) || !take_line_end(reading, error))
            return false;
        g_array_append_val(layout->centres, centre);
    }
    for (uint32_t i = 0; i < graph->arrows->len; i++)
        if (!take_curve(reading, layout, error))
            return false;
    return take_end(reading, error);
}

HgPictureLayout *
hg_layout_parse(const char *text, size_t size, const HgLayoutGraph *graph, GError **error)
{
    Reading reading = {text, text + size, 1};
    g_autoptr(HgPictureLayout) layout = hg_layout_new();
    return take_layout(&reading, graph, layout, error) ? g_steal_pointer(&layout) : NULL;
}
