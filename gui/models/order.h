/* order.h - which rows of a list are seen, and in which order: an array of numbers, made off the
 * main thread.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/filter.h"
#include "gui/models/job.h"

#define HG_ORDER_AS_IS UINT_MAX

typedef struct {
    unsigned column; /* to sort by, or HG_ORDER_AS_IS */
    bool is_descending;
    const char *filter; /* NULL or "": every row */
} HgOrderOptions;

/* Returns: numbers of rows (uint32_t); g_array_unref(). Rows that are equal stay in their order,
 * unknown cells come last. HG_ERROR_USAGE for a filter that cannot be read. [ask] gives the values
 * of objects if the filter is about them, and cancels; it may be NULL for lists without. */
GArray *hg_order_make(const HgList *list, const HgOrderOptions *options, HgAsk *ask,
                      GError **error);
