/* lines.c - from an instruction to its line.
 *
 *      up to 3.9   co_lnotab      pairs: bytes of code, lines (signed)
 *      3.10        co_linetable   pairs: bytes of code, lines (signed, -128: none)
 *      3.11        co_linetable   entries: kind and length of code, then varints
 * SPDX-License-Identifier: MIT */
#include "core/capture/roots.h"

#define TABLE_MAX (1 << 24)

/* A table of lines being read. */
typedef struct {
    const uint8_t *at, *end;
} Table;

static bool
open_table(HgWalker *walker, uint64_t address, Table *table)
{
    HgWalkObject object;
    if (!hg_walker_look_for(walker, address, "bytes", &object))
        return false;
    int64_t size = hg_walk_size(&object);
    if (size <= 0 || size > TABLE_MAX)
        return false;
    table->at = hg_image_find(walker->image, address + (uint64_t)walker->layout->bytes.ob_sval,
                              (uint64_t)size);
    table->end = table->at ? table->at + size : NULL;
    return table->at != NULL;
}

static uint32_t
find_in_lnotab(const Table *table, int64_t line, uint64_t offset)
{
    uint64_t address = 0;
    for (const uint8_t *at = table->at; at + 1 < table->end; at += 2) {
        address += at[0];
        if (address > offset)
            break;
        line += (int8_t)at[1];
    }
    return line > 0 ? (uint32_t)line : 0;
}

static uint32_t
find_in_pairs(const Table *table, int64_t line, uint64_t offset)
{
    uint64_t address = 0;
    for (const uint8_t *at = table->at; at + 1 < table->end; at += 2) {
        int8_t change = (int8_t)at[1];
        if (change != -128)
            line += change;
        address += at[0];
        if (address > offset)
            return change != -128 && line > 0 ? (uint32_t)line : 0;
    }
    return 0;
}

/* Six bits in each byte, the lowest first; bit 6 says that more follow. */
static uint32_t
read_varint(Table *table)
{
    uint32_t number = 0;
    for (uint32_t shift = 0; table->at < table->end && shift < 30; shift += 6) {
        uint8_t byte = *table->at++;
        number |= (uint32_t)(byte & 63) << shift;
        if (!(byte & 64))
            break;
    }
    return number;
}

static int64_t
read_line_change(Table *table, uint8_t kind)
{
    if (kind == 15 || kind < 10) /* 15: no line; below 10: the same line, short columns */
        return 0;
    if (kind < 13) /* 10, 11, 12: so many lines further, columns as bytes */
        return kind - 10;
    uint32_t number = read_varint(table);
    return number & 1 ? -(int64_t)(number >> 1) : (int64_t)(number >> 1);
}

/* Every entry starts with a byte whose highest bit is set, and no other has it. */
static void
skip_entry(Table *table)
{
    while (table->at < table->end && !(*table->at & 0x80))
        table->at++;
}

static uint32_t
find_in_entries(Table *table, int64_t line, uint64_t offset)
{
    uint64_t address = 0;
    while (table->at < table->end) {
        uint8_t first = *table->at++;
        uint8_t kind = first >> 3 & 15;
        line += read_line_change(table, kind);
        address += 2 * ((uint64_t)(first & 7) + 1);
        if (address > offset)
            return kind != 15 && line > 0 ? (uint32_t)line : 0;
        skip_entry(table);
    }
    return 0;
}

uint32_t
hg_walker_find_line(HgWalker *walker, const HgWalkObject *code, uint64_t offset)
{
    const HgLayout *layout = walker->layout;
    bool has_lnotab = layout->code.co_linetable == HG_ABSENT;
    int64_t first = hg_walk_int(code, layout->code.co_firstlineno);
    Table table;
    if (!open_table(
            walker,
            hg_walk_word(code, has_lnotab ? layout->code.co_lnotab : layout->code.co_linetable),
            &table))
        return 0;
    if (has_lnotab)
        return find_in_lnotab(&table, first, offset);
    return hg_walker_since(walker, 3, 11) ? find_in_entries(&table, first, offset)
                                          : find_in_pairs(&table, first, offset);
}
