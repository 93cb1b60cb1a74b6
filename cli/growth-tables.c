/* growth-tables.c - what show-growth prints: types, containers, new objects.
 * SPDX-License-Identifier: MIT */
#include "cli/growth-tables.h"

#include "cli/object-table.h"
#include "cli/table.h"
#include "cli/text.h"
#include "core/questions/containers.h"
#include "core/questions/new-objects.h"
#include "core/questions/resolve.h"

/* ---- columns ------------------------------------------------------------------------------- */

typedef struct {
    GArray *columns; /* HgTableColumn */
    char *keys[HG_SERIES_MAX];
    bool is_pair;  /* what there was before and what there is now, not a column for each */
    bool is_spark; /* and how it went, drawn */
    bool has_containers;
    bool knows_retained;
    bool counts_new;
} Layout;

static void
clear_layout(Layout *layout)
{
    for (unsigned i = 0; i < HG_SERIES_MAX; i++)
        g_free(layout->keys[i]);
    g_clear_pointer(&layout->columns, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Layout, clear_layout)

static void
append_column(Layout *layout, const char *key, const char *title, HgCellKind kind)
{
    HgTableColumn column = {key, title, kind};
    g_array_append_val(layout->columns, column);
}

static void
append_counts(Layout *layout, const HgSeries *series)
{
    if (layout->is_pair) {
        append_column(layout, "before", NULL, HG_CELL_COUNT);
        append_column(layout, "count", "COUNT", HG_CELL_COUNT);
        return;
    }
    for (unsigned i = 0; i < series->count; i++) {
        const HgSnapshotInfo *info = hg_snapshot_get_info(series->snapshot[i]);
        layout->keys[i] = g_strdup_printf("count_%u", i + 1);
        append_column(layout, layout->keys[i], info->name, HG_CELL_COUNT);
    }
}

static void
append_columns_of_containers(Layout *layout)
{
    append_column(layout, "path", NULL, HG_CELL_TEXT);
    append_column(layout, "alike", NULL, HG_CELL_COUNT);
}

static bool
know_retained(const HgSeries *series)
{
    for (unsigned i = 0; i < series->count; i++)
        if (hg_snapshot_count(series->snapshot[i], HG_COLUMN_RETAINED) == 0)
            return false;
    return true;
}

/* Two snapshots: the count now and its growth, as objgraph has it; more: a column for each. */
static void
fill_layout(Layout *layout, const HgSeries *series, const HgTypes *types,
            const HgTypesOptions *options)
{
    bool by_module = options->names == HG_NAMES_MODULE;
    bool has_garbage = hg_types_sum(types, series->count - 1).garbage > 0;
    layout->is_pair = series->count == 2 || types->kind == HG_GROWTH_PEAK;
    layout->is_spark = series->count > 2 && hg_output_is_terminal();
    layout->knows_retained = know_retained(series);
    layout->counts_new = options->counts_new;
    layout->columns = g_array_new(FALSE, FALSE, sizeof(HgTableColumn));
    append_column(layout, by_module ? "module" : "type", by_module ? "MODULE" : "TYPE",
                  HG_CELL_TEXT);
    append_counts(layout, series);
    if (layout->is_spark)
        append_column(layout, "trend", "TREND", HG_CELL_TEXT);
    append_column(layout, "growth", "GROWTH", HG_CELL_COUNT_GROWTH);
    if (layout->counts_new) {
        append_column(layout, "new", "NEW", HG_CELL_COUNT);
        append_column(layout, "gone", "GONE", HG_CELL_COUNT);
    }
    append_column(layout, "garbage", has_garbage ? "GARBAGE" : NULL, HG_CELL_COUNT);
    append_column(layout, "size", "SIZE", HG_CELL_SIZE);
    append_column(layout, "size_growth", "SIZE GROWTH", HG_CELL_SIZE_GROWTH);
    append_column(layout, "retained_growth",
                  layout->knows_retained && !by_module ? "RETAINED GROWTH" : NULL,
                  HG_CELL_SIZE_GROWTH);
    if (layout->has_containers)
        append_columns_of_containers(layout);
}

/* ---- types --------------------------------------------------------------------------------- */

/* Returns: a bar of eight heights for each number, from the least to the greatest; g_free(). */
static char *
dup_spark(const HgTypes *types, const HgTypesRow *row)
{
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    uint64_t least = UINT64_MAX, most = 0;
    GString *spark = g_string_new(NULL);
    for (unsigned i = 0; i < types->n_snapshots; i++) {
        uint64_t count = hg_growth_get_live(&row->in[i], HG_BY_COUNT);
        least = MIN(least, count);
        most = MAX(most, count);
    }
    for (unsigned i = 0; i < types->n_snapshots; i++) {
        uint64_t above = hg_growth_get_live(&row->in[i], HG_BY_COUNT) - least;
        double share = most > least ? (double)above / (double)(most - least) : 0;
        g_string_append(spark, bars[(unsigned)(share * (G_N_ELEMENTS(bars) - 1) + 0.5)]);
    }
    return g_string_free(spark, FALSE);
}

static void
add_row(HgTable *table, const Layout *layout, const HgTypes *types, const HgTypesRow *row)
{
    const HgTypeCount *last = &row->in[types->n_snapshots - 1];
    hg_table_add_text(table, row->name);
    if (layout->is_pair)
        hg_table_add_number(table, hg_growth_get_before(types, row, HG_BY_COUNT));
    for (unsigned i = layout->is_pair ? types->n_snapshots - 1 : 0; i < types->n_snapshots; i++)
        hg_table_add_number(table, hg_growth_get_live(&row->in[i], HG_BY_COUNT));
    if (layout->is_spark) {
        g_autofree char *spark = dup_spark(types, row);
        hg_table_add_text(table, spark);
    }
    hg_table_add_signed(table, hg_growth_get(types, row, HG_BY_COUNT));
    if (layout->counts_new) {
        hg_table_add_number(table, row->n_new);
        hg_table_add_number(table, row->n_gone);
    }
    hg_table_add_number(table, last->garbage);
    hg_table_add_number(table, hg_growth_get_live(last, HG_BY_SIZE));
    hg_table_add_signed(table, hg_growth_get(types, row, HG_BY_SIZE));
    if (layout->knows_retained && last->retained != HG_UNKNOWN)
        hg_table_add_signed(table, hg_growth_get(types, row, HG_BY_RETAINED));
    else
        hg_table_add_none(table);
    for (unsigned i = 0; layout->has_containers && i < 2; i++)
        hg_table_add_none(table);
}

/* ---- containers ----------------------------------------------------------------------------- */

static bool
add_container(HgTable *table, const Layout *layout, const HgSeries *series,
              const HgContainer *container, GError **error)
{
    HgObject object;
    unsigned last = series->count - 1;
    if (!hg_object_read(series->snapshot[last], container->object, &object, error))
        return false;
    hg_table_add_text(table, object.type->name);
    if (layout->is_pair)
        hg_table_add_number(table, container->length[0]);
    for (unsigned i = layout->is_pair ? last : 0; i < series->count; i++)
        hg_table_add_number(table, container->length[i]);
    if (layout->is_spark)
        hg_table_add_none(table);
    hg_table_add_signed(table, (int64_t)(container->length[last] - container->length[0]));
    for (unsigned i = 0; layout->counts_new && i < 2; i++)
        hg_table_add_none(table);
    hg_table_add_none(table);
    hg_table_add_number(table, object.size);
    hg_table_add_none(table);
    hg_table_add_none(table);
    hg_table_add_text(table, container->path);
    hg_table_add_number(table, container->n_alike);
    return true;
}

static void
print_container(const HgSeries *series, const HgContainer *container)
{
    g_autofree char *path = hg_text_dup_escaped(container->path);
    printf("%s%s%s: ", hg_output_get_style(HG_STYLE_NAME), path,
           hg_output_get_style(HG_STYLE_PLAIN));
    for (unsigned i = 0; i < series->count; i++) {
        g_autofree char *length = hg_number_dup_count(container->length[i]);
        printf("%s%s", i ? " -> " : "", length);
    }
    printf(" items");
    if (container->n_alike)
        printf(" (and %u more like it)", container->n_alike);
    putchar('\n');
}

static void
print_containers(const HgInvocation *invocation, const HgSeries *series, bool is_first,
                 const GPtrArray *containers)
{
    if (containers->len > 0 && !is_first)
        putchar('\n');
    for (unsigned i = 0; i < containers->len && i < invocation->limit; i++)
        print_container(series, containers->pdata[i]);
    hg_output_remark_rest(containers->len, invocation->limit, "containers");
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void
remark_rows(const HgInvocation *invocation, const HgTypes *types, const GPtrArray *containers)
{
    if (types->rows->len == 0 && (!containers || containers->len == 0))
        hg_output_remark("nothing grew");
    hg_output_remark_rest(types->rows->len, invocation->limit, "rows");
}

bool
hg_growth_print(const HgInvocation *invocation, const HgSeries *series, const HgTypes *types,
                const HgTypesOptions *options, const GPtrArray *containers, GError **error)
{
    bool is_table = invocation->format == HG_FORMAT_TABLE;
    g_auto(Layout) layout = {.has_containers = containers};
    fill_layout(&layout, series, types, options);
    g_autoptr(HgTable) table = hg_table_new(
        invocation->format, (HgTableColumn *)(void *)layout.columns->data, layout.columns->len);
    for (unsigned i = 0; i < types->rows->len && i < invocation->limit; i++)
        add_row(table, &layout, types, types->rows->pdata[i]);
    for (unsigned i = 0; containers && !is_table && i < containers->len; i++)
        if (!add_container(table, &layout, series, containers->pdata[i], error))
            return false;
    hg_table_end(table);
    if (containers && is_table)
        print_containers(invocation, series, types->rows->len == 0, containers);
    if (is_table)
        remark_rows(invocation, types, containers);
    return true;
}

/* ---- new objects ------------------------------------------------------------------------------
 */

static bool
dup_doubt(HgSnapshot *snapshot, uint32_t object, const void *user_data, char **text, GError **error)
{
    (void)snapshot, (void)error;
    const HgNewObjects *found = user_data;
    bool is_doubtful = g_hash_table_contains(found->doubtful, GSIZE_TO_POINTER((size_t)object + 1));
    *text = is_doubtful ? g_strdup("same address") : NULL;
    return true;
}

static void
remark_new(const HgInvocation *invocation, const HgNewObjects *found)
{
    g_autofree char *new = hg_number_dup_count(found->n_new);
    g_autofree char *gone = hg_number_dup_count(found->n_gone);
    g_autofree char *kept = hg_number_dup_count(found->n_kept);
    hg_output_remark_rest(found->n_new, invocation->limit, NULL);
    hg_output_remark("%s new, %s gone, %s still there", new, gone, kept);
    if (found->n_doubtful > 0)
        hg_output_remark("same address: one of the type stood there before, but nothing of it is "
                         "the same");
}

bool
hg_growth_print_new(const HgInvocation *invocation, const HgSeries *series, const char *name,
                    GError **error)
{
    const HgTypeRow *type;
    HgSnapshot *last = series->snapshot[series->count - 1];
    g_auto(HgNewObjects) found = {0};
    if (!hg_resolve_type(last, name, &type, error) ||
        !hg_new_objects_find(series->snapshot[0], last, type, invocation->limit, &found, error))
        return false;
    HgObjectNote note = {.key = "doubt", .title = "", .dup = dup_doubt, .user_data = &found};
    if (!hg_object_table_print_noted(invocation, last, found.objects, &note, error))
        return false;
    if (invocation->format == HG_FORMAT_TABLE)
        remark_new(invocation, &found);
    return true;
}
