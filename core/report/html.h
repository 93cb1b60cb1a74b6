/* html.h - pieces of a page: texts that are safe in it, and tables.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Appends a text of anybody's: what could not be seen as an escape, the rest escaped; of a very
 * long one the beginning. Fit for contents and for attributes in double quotes. */
void hg_html_add_text(GString *html, const char *text);

/* Appends "<NAME>text</NAME>"; [name] may have attributes: "p class=\"remedy\"". */
void hg_html_add_element(GString *html, const char *name, const char *text);

/* Sections begin with a heading that the contents link to. */
void hg_html_begin_section(GString *html, const char *id, const char *title);
void hg_html_end_section(GString *html);

/* ---- tables ------------------------------------------------------------------------------- */

typedef struct {
    const char *title;
    bool is_number; /* stands at the right */
} HgHtmlColumn;

/* Appends the beginning of a table, to be ended with hg_html_end_table(). */
void hg_html_begin_table(GString *html, const char *caption, const HgHtmlColumn *columns,
                         unsigned n_columns);
void hg_html_end_table(GString *html);

void hg_html_begin_row(GString *html);
void hg_html_end_row(GString *html);
void hg_html_add_cell(GString *html, const char *text);
void hg_html_add_count(GString *html, uint64_t count);
void hg_html_add_size(GString *html, uint64_t size);
void hg_html_add_unknown(GString *html);
void hg_html_add_count_growth(GString *html, int64_t count);
void hg_html_add_size_growth(GString *html, int64_t size);

/* A share of all, as a bar and in words. */
void hg_html_add_bar(GString *html, uint64_t part, uint64_t whole);
