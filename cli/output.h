/* output.h - how a command prints.
 *
 * Results go to stdout, all else to stderr; colour and progress bars only on a terminal; sizes are
 * human in tables and exact in JSON and CSV. Lists of rows: table.h.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/numbers.h"
#include "core/progress.h"

#include <glib.h>
#include <stdio.h>

typedef enum {
    HG_FORMAT_TABLE,
    HG_FORMAT_JSON,
    HG_FORMAT_CSV
} HgFormat;

/* Sets *format from "table", "json" or "csv". Returns: false if [name] is none of them. */
bool hg_format_parse(const char *name, HgFormat *format);

/* ---- pieces ------------------------------------------------------------------------------ */

typedef enum {
    HG_STYLE_PLAIN,
    HG_STYLE_HEADING,
    HG_STYLE_FAINT,
    HG_STYLE_NAME,
    HG_STYLE_WARNING
} HgStyle;

/* Returns: the sequence that starts a style on stdout (HG_STYLE_PLAIN ends it); "" where stdout is
 * no terminal or NO_COLOR is set. */
const char *hg_output_get_style(HgStyle style);
bool hg_output_is_terminal(void);

/* Prints a remark on stderr, as in "... and 12 more types (-n 0 shows all)". */
void hg_output_remark(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Remarks how many of [count] a table of [limit] rows leaves out, if any: "... and 1,204 more types
 * (-n 0 shows all)". [what] may be NULL. */
void hg_output_remark_rest(uint64_t count, uint64_t limit, const char *what);

/* Writes what is buffered. Returns: false with [error] set if stdout could not take it all; a pipe
 * that nobody reads any more is no error. */
bool hg_output_flush(GError **error);

/* ---- progress ----------------------------------------------------------------------------- */

/* A bar on stderr while long work runs; silent where stderr is no terminal. */
typedef struct HgProgressBar HgProgressBar;

HgProgressBar *hg_progress_bar_new(void);
/* Removes the bar from the terminal. */
void hg_progress_bar_free(HgProgressBar *bar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgProgressBar, hg_progress_bar_free)
HgProgress hg_progress_bar_get(HgProgressBar *bar);
