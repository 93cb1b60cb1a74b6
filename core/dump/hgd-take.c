/* hgd-take.c - numbers and columns off a block, none of them believed.
 * SPDX-License-Identifier: MIT */
#include "core/dump/column.h"
#include "core/dump/hgd.h"

bool
hg_hgd_fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error)
        *error = g_error_new_valist(HG_ERROR, HG_ERROR_FORMAT, format, arguments);
    va_end(arguments);
    return false;
}

bool
hg_hgd_take_number(HgCursor *in, uint64_t *number, GError **error)
{
    return hg_cursor_varint(in, number) || hg_hgd_fail(error, "it ends within a number");
}

bool
hg_hgd_take_below(HgCursor *in, uint64_t bound, const char *what, uint32_t *ret, GError **error)
{
    uint64_t number;
    if (!hg_hgd_take_number(in, &number, error))
        return false;
    if (number >= bound)
        return hg_hgd_fail(error,
                           "%s is %" G_GUINT64_FORMAT ", expected less than %" G_GUINT64_FORMAT,
                           what, number, bound);
    *ret = (uint32_t)number;
    return true;
}

bool
hg_hgd_take_text_number(HgHgd *hgd, HgCursor *in, const char *what, uint32_t *ret, GError **error)
{
    return hg_hgd_take_below(in, hgd->count.texts, what, ret, error);
}

/* Blocks are of nearly the same size: with a reserve, the first arrays do for all. */
static bool
column_reserve(HgHgdColumn *column, size_t n, GError **error)
{
    if (column->number && column->size >= n)
        return true;
    g_free(column->number);
    column->size = n + n / 2 + 1;
    column->number = g_try_new(uint64_t, column->size);
    if (column->number)
        return true;
    column->size = 0;
    g_set_error(error, HG_ERROR, HG_ERROR_MEMORY, "no memory for %zu numbers", n);
    return false;
}

bool
hg_hgd_take_columns(HgCursor *in, HgHgdColumn *columns, size_t n_columns, size_t n,
                    const char *const *name, GError **error)
{
    for (size_t column = 0; column < n_columns; column++) {
        if (!column_reserve(&columns[column], n, error))
            return false;
        if (!hg_column_read(in, columns[column].number, n, error)) {
            g_prefix_error(error, "column %s: ", name[column]);
            return false;
        }
    }
    return true;
}

bool
hg_hgd_check_amount(const HgBlock *block, uint64_t n_references, GError **error)
{
    if (block->records > HG_BLOCK_RECORDS_MAX || n_references > HG_BLOCK_RECORDS_MAX)
        return hg_hgd_fail(error, "%u records and %" G_GUINT64_FORMAT " references: more than %u",
                           block->records, n_references, HG_BLOCK_RECORDS_MAX);
    if (!hg_block_may_hold(block->records + n_references, block->stored))
        return hg_hgd_fail(error,
                           "%" G_GUINT64_FORMAT " records out of %u bytes: too many to be true",
                           block->records + n_references, block->stored);
    return true;
}

bool
hg_hgd_add_records(uint64_t *count, uint64_t n, GError **error)
{
    *count += n;
    return *count <= HG_RECORDS_MAX || hg_hgd_fail(error, "more than 2^32 - 2 of them");
}
