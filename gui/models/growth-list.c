/* growth-list.c - what there is more of than before, over several snapshots.
 * SPDX-License-Identifier: MIT */
#include "gui/models/growth-list.h"

#include "core/questions/new-objects.h"

static const HgListColumn columns[] = {
    {"type", "Type", HG_FIELD_TEXT, 0, NULL},
    {"series", "Objects", HG_FIELD_SERIES, 8, "how many objects, from snapshot to snapshot"},
    {"before", "Before", HG_FIELD_COUNT, 9, "objects in the first snapshot"},
    {"after", "After", HG_FIELD_COUNT, 9, "objects in the last snapshot"},
    {"growth", "Growth", HG_FIELD_COUNT_GROWTH, 9, "how many more objects"},
    {"size-growth", "Size", HG_FIELD_SIZE_GROWTH, 11, "how many more bytes, of the objects alone"},
    {"new", "New", HG_FIELD_COUNT, 8, "objects that were not there before"},
    {"gone", "Gone", HG_FIELD_COUNT, 8, "objects that are not there any more"},
};

static void
add_row(HgList *list, const HgTypes *types, const HgTypesRow *row, bool counts_new)
{
    g_autofree double *points = g_new(double, types->n_snapshots);
    for (unsigned i = 0; i < types->n_snapshots; i++)
        points[i] = (double)hg_growth_get_live(&row->in[i], HG_BY_COUNT);
    hg_list_begin_row(list, HG_NONE);
    hg_list_add_text(list, row->name);
    hg_list_add_series(list, points, types->n_snapshots);
    hg_list_add_number(list, hg_growth_get_before(types, row, HG_BY_COUNT));
    hg_list_add_number(list, hg_growth_get_live(&row->in[types->n_snapshots - 1], HG_BY_COUNT));
    hg_list_add_signed(list, hg_growth_get(types, row, HG_BY_COUNT));
    hg_list_add_signed(list, hg_growth_get(types, row, HG_BY_SIZE));
    hg_list_add_number(list, counts_new ? row->n_new : HG_LIST_UNKNOWN);
    hg_list_add_number(list, counts_new ? row->n_gone : HG_LIST_UNKNOWN);
}

static void
set_remark(HgList *list, const GPtrArray *shots, bool counts_new)
{
    const HgShot *first = shots->pdata[0], *last = shots->pdata[shots->len - 1];
    g_autofree char *remark =
        g_strdup_printf("%u snapshots, %s to %s%s", shots->len, first->name, last->name,
                        counts_new ? "" : "; not of one process: no object is known again");
    hg_list_set_remark(list, remark);
}

HgList *
hg_growth_list_make(HgAsk *ask, const GPtrArray *shots, HgGrowthKind kind, GError **error)
{
    unsigned count = shots->len;
    g_autofree HgSnapshot **snapshots = g_new0(HgSnapshot *, count + 1);
    if (count < 2) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "growth takes two snapshots: open or capture one more, and look at the "
                            "later one");
        return NULL;
    }
    for (unsigned i = 0; i < count; i++)
        if (!(snapshots[i] = hg_ask_get_snapshot(ask, shots->pdata[i], error)))
            return NULL;
    HgTypesOptions options = {.counts_new =
                                  hg_new_objects_can_tell(snapshots[0], snapshots[count - 1])};
    g_autoptr(HgTypes) types = hg_growth_list(snapshots, count, kind, &options, error);
    if (!types)
        return NULL;
    HgList *list = hg_list_new(columns, G_N_ELEMENTS(columns), shots->pdata[count - 1]);
    for (unsigned i = 0; i < types->rows->len; i++)
        add_row(list, types, types->rows->pdata[i], options.counts_new);
    set_remark(list, shots, options.counts_new);
    return list;
}
