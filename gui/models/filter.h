/* filter.h - what people type to see fewer rows.
 *
 *      session                 a text contains it, in any case
 *      !builtins               no text contains it
 *      >=5%                    a share of the total of the column that is sorted by
 *      1000..10000  >1MiB  <3  a number in the column that is sorted by
 *      count:>100              the same of a column by its key; size:1KiB..2KiB, type:dict
 *      "two words"             with the blank
 *
 * Several of them, divided by blanks, must all hold.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/list.h"

typedef struct HgFilter HgFilter;

/* Returns: the filter, for lists with the columns of [list]; numbers without a column speak of
 * [column]. NULL with HG_ERROR_USAGE in [error] that says what was expected. */
HgFilter *hg_filter_parse(const char *text, const HgList *list, unsigned column, GError **error);
void hg_filter_free(HgFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgFilter, hg_filter_free)

/* Returns: whether it lets every row pass. */
bool hg_filter_is_empty(const HgFilter *filter);

/* Returns: whether the values of objects (HG_FIELD_VALUE) must be known to tell. */
bool hg_filter_needs_values(const HgFilter *filter);

/* Returns: whether the row passes; [value] is that of its object, or NULL. */
bool hg_filter_matches(const HgFilter *filter, const HgList *list, uint32_t row, const char *value);
