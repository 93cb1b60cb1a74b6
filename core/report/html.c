/* html.c - pieces of a page: texts that are safe in it, and tables.
 * SPDX-License-Identifier: MIT */
#include "core/report/html.h"

#include "core/drawing/picture.h"
#include "core/numbers.h"

#include <string.h>

#define MOST_TEXT 600 /* characters */

void
hg_html_add_text(GString *html, const char *text)
{
    g_autofree char *visible = hg_picture_make_visible(text, -1, MOST_TEXT);
    g_autofree char *escaped = g_markup_escape_text(visible, -1);
    g_string_append(html, escaped);
}

void
hg_html_add_element(GString *html, const char *name, const char *text)
{
    g_string_append_printf(html, "<%s>", name);
    hg_html_add_text(html, text);
    g_string_append_printf(html, "</%.*s>\n", (int)strcspn(name, " "), name);
}

void
hg_html_begin_section(GString *html, const char *id, const char *title)
{
    g_string_append_printf(html, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n", id, id);
    g_string_append_printf(html, "<h2 id=\"%s-title\">%s</h2>\n", id, title);
}

void
hg_html_end_section(GString *html)
{
    g_string_append(html, "</section>\n");
}

/* ---- tables ------------------------------------------------------------------------------- */

void
hg_html_begin_table(GString *html, const char *caption, const HgHtmlColumn *columns,
                    unsigned n_columns)
{
    g_string_append_printf(html,
                           "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
                           "aria-label=\"%s\"><table>\n<caption>%s</caption>\n<thead><tr>",
                           caption, caption);
    for (unsigned i = 0; i < n_columns; i++)
        g_string_append_printf(html, "<th scope=\"col\"%s>%s</th>",
                               columns[i].is_number ? " class=\"number\"" : "", columns[i].title);
    g_string_append(html, "</tr></thead>\n<tbody>\n");
}

void
hg_html_end_table(GString *html)
{
    g_string_append(html, "</tbody></table></div>\n");
}

void
hg_html_begin_row(GString *html)
{
    g_string_append(html, "<tr>");
}

void
hg_html_end_row(GString *html)
{
    g_string_append(html, "</tr>\n");
}

void
hg_html_add_cell(GString *html, const char *text)
{
    g_string_append(html, "<td>");
    hg_html_add_text(html, text);
    g_string_append(html, "</td>");
}

/* Takes [text]. */
static void
add_number(GString *html, char *text)
{
    g_string_append_printf(html, "<td class=\"number\">%s</td>", text);
    g_free(text);
}

void
hg_html_add_count(GString *html, uint64_t count)
{
    add_number(html, hg_number_dup_count(count));
}

void
hg_html_add_size(GString *html, uint64_t size)
{
    add_number(html, hg_number_dup_size(size));
}

void
hg_html_add_unknown(GString *html)
{
    g_string_append(html, "<td class=\"number\">–</td>");
}

void
hg_html_add_count_growth(GString *html, int64_t count)
{
    add_number(html, hg_number_dup_count_growth(count));
}

void
hg_html_add_size_growth(GString *html, int64_t size)
{
    add_number(html, hg_number_dup_size_growth(size));
}

void
hg_html_add_bar(GString *html, uint64_t part, uint64_t whole)
{
    double percent = whole ? 100.0 * (double)part / (double)whole : 0;
    g_autofree char *width = g_strdup_printf("%.1f", MIN(percent, 100));
    g_string_append_printf(html,
                           "<td class=\"share\"><span class=\"bar\" style=\"width:%s%%\"></span>"
                           "<span class=\"percent\">%s %%</span></td>",
                           width, width);
}
