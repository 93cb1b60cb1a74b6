/* object-table.c - a list of objects as a table.
 * SPDX-License-Identifier: MIT */
#include "cli/object-table.h"

#include "cli/table.h"
#include "core/questions/chain.h"

static bool
dup_path(HgSnapshot *snapshot, uint32_t object, const void *user_data, char **text, GError **error)
{
    (void)user_data;
    *text = hg_chain_dup_path(snapshot, object, HG_PATH_STEPS, error);
    return *text;
}

const HgObjectNote hg_object_path = {.key = "path", .title = "PATH", .dup = dup_path};

static bool
add_row(HgTable *table, HgSnapshot *snapshot, uint32_t number, uint64_t nth,
        const HgObjectNote *note, GError **error)
{
    HgObject object;
    if (!hg_object_read(snapshot, number, &object, error))
        return false;
    g_autofree char *value = hg_object_dup_value(snapshot, &object, error);
    g_autofree char *text = NULL;
    if (!value || (note && !note->dup(snapshot, number, note->user_data, &text, error)))
        return false;
    hg_table_add_known(table, nth ? nth : HG_UNKNOWN);
    hg_table_add_number(table, object.address);
    hg_table_add_text(table, object.type->name);
    hg_table_add_number(table, object.size);
    hg_table_add_known(table, object.retained);
    hg_table_add_known(table, object.refcount);
    hg_table_add_known(table, object.length);
    hg_table_add_number(table, object.distance != HG_UNKNOWN);
    hg_table_add_text(table, value);
    if (note)
        hg_table_add_text(table, text);
    return true;
}

static bool
print(const HgInvocation *invocation, HgSnapshot *snapshot, const GArray *objects,
      uint64_t first_nth, const HgObjectNote *note, GError **error)
{
    bool knows_retained = hg_snapshot_count(snapshot, HG_COLUMN_RETAINED) > 0;
    HgTableColumn columns[] = {{"nth", first_nth ? "#" : NULL, HG_CELL_COUNT},
                               {"address", "ADDRESS", HG_CELL_ADDRESS},
                               {"type", "TYPE", HG_CELL_TEXT},
                               {"size", "SIZE", HG_CELL_SIZE},
                               {"retained", knows_retained ? "RETAINED" : NULL, HG_CELL_SIZE},
                               {"refcount", "REFCOUNT", HG_CELL_COUNT},
                               {"length", NULL, HG_CELL_COUNT},
                               {"reached", "REACHED", HG_CELL_BOOL},
                               {"value", "VALUE", HG_CELL_TEXT},
                               {note ? note->key : NULL, note ? note->title : NULL, HG_CELL_TEXT}};
    unsigned n_columns = G_N_ELEMENTS(columns) - !note;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, n_columns);
    bool done = true;
    for (unsigned i = 0; i < objects->len && done; i++)
        done = add_row(table, snapshot, g_array_index(objects, uint32_t, i),
                       first_nth ? first_nth + i : 0, note, error);
    if (done)
        hg_table_end(table);
    return done;
}

bool
hg_object_table_print(const HgInvocation *invocation, HgSnapshot *snapshot, const GArray *objects,
                      uint64_t first_nth, GError **error)
{
    return print(invocation, snapshot, objects, first_nth, NULL, error);
}

bool
hg_object_table_print_noted(const HgInvocation *invocation, HgSnapshot *snapshot,
                            const GArray *objects, const HgObjectNote *note, GError **error)
{
    return print(invocation, snapshot, objects, 0, note, error);
}
