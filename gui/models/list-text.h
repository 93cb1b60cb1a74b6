/* list-text.h - a list as text: for the clipboard, as CSV or JSON.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/job.h"
#include "gui/models/list.h"

typedef enum {
    HG_TEXT_TABS, /* with headings, as spreadsheets paste it */
    HG_TEXT_CSV,
    HG_TEXT_JSON
} HgTextFormat;

/* Returns: the rows (uint32_t) of the list in that order. [ask] reads the values of objects and
 * cancels; NULL leaves values out. g_string_free(). */
GString *hg_list_text_make(const HgList *list, const GArray *rows, HgTextFormat format, HgAsk *ask,
                           GError **error);
