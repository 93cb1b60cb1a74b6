/* row.c - one row that is seen.
 * SPDX-License-Identifier: MIT */
#include "gui/models/row.h"

#include "core/text.h"

static unsigned changed_signal;

G_DEFINE_ABSTRACT_TYPE(HgRow, hg_row, G_TYPE_OBJECT)

HgList *
hg_row_get_place(HgRow *row, uint32_t *place)
{
    return HG_ROW_GET_CLASS(row)->get_place(row, place);
}

uint32_t
hg_row_get_object(HgRow *row)
{
    uint32_t place;
    HgList *list = hg_row_get_place(row, &place);
    return list ? hg_list_get_object(list, place) : HG_NONE;
}

char *
hg_row_dup_cell(HgRow *row, unsigned column)
{
    uint32_t place;
    HgList *list = hg_row_get_place(row, &place);
    if (!list)
        return g_strdup("");
    if (hg_list_get_column(list, column)->kind == HG_FIELD_VALUE)
        return hg_text_dup_escaped(HG_ROW_GET_CLASS(row)->get_value(row));
    return hg_list_dup_cell(list, column, place, false);
}

const char *
hg_row_get_text(HgRow *row, const char *key)
{
    uint32_t place;
    HgList *list = hg_row_get_place(row, &place);
    unsigned column = list ? hg_list_find_column(list, key) : UINT_MAX;
    return column == UINT_MAX ? NULL : hg_list_get_text(list, column, place);
}

void
hg_row_emit_changed(HgRow *row)
{
    g_signal_emit(row, changed_signal, 0);
}

static void
hg_row_class_init(HgRowClass *class)
{
    changed_signal = g_signal_new("changed", HG_TYPE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
}

static void
hg_row_init(HgRow *row)
{
}
