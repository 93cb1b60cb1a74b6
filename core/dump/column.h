/* column.h - one number for each record of a block, in few bytes.
 *
 * FORMAT.md lists the encodings. The writer takes the one that is shortest, which costs a
 * look at every number and its difference to the one before.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/cursor.h"
#include "core/error.h"

/* Appends [n] numbers to [bytes]. */
void hg_column_append(GByteArray *bytes, const uint64_t *number, size_t n);

/* The same with at least one byte for each number: never as one value for all. */
void hg_column_append_spread(GByteArray *bytes, const uint64_t *number, size_t n);

/* Takes a column of [n] numbers off [cursor]. */
bool hg_column_read(HgCursor *cursor, uint64_t *number, size_t n, GError **error);

/* Appends one varint; for what is not worth a column. */
void hg_varint_append(GByteArray *bytes, uint64_t number);
