/* list-model.c - a list as GTK wants it.
 * SPDX-License-Identifier: MIT */
#include "gui/models/list-model.h"

#define VALUES_MAX 20000 /* values that are kept; then all are forgotten */

#define HG_TYPE_LIST_ROW (hg_list_row_get_type())
G_DECLARE_FINAL_TYPE(HgListRow, hg_list_row, HG, LIST_ROW, HgRow)

struct _HgListRow {
    HgRow parent;
    HgListModel *model; /* borrowed; NULL once it is gone */
    unsigned position;
};

struct _HgListModel {
    GObject parent;
    HgList *list;
    GArray *order;
    GHashTable *live;   /* position -> HgListRow, borrowed: rows that somebody holds */
    GHashTable *values; /* row -> text */
    GArray *wanted;
};

static unsigned wanted_signal;

G_DEFINE_FINAL_TYPE(HgListRow, hg_list_row, HG_TYPE_ROW)

/* ---- a row ---------------------------------------------------------------------------------- */

static HgList *
get_place(HgRow *row, uint32_t *place)
{
    HgListRow *self = HG_LIST_ROW(row);
    HgListModel *model = self->model;
    if (!model || !model->order || self->position >= model->order->len)
        return NULL;
    *place = g_array_index(model->order, uint32_t, self->position);
    return model->list;
}

static const char *
get_value(HgRow *row)
{
    uint32_t place;
    HgListModel *model = HG_LIST_ROW(row)->model;
    if (!get_place(row, &place) || hg_list_get_object(model->list, place) == HG_NONE)
        return "";
    const char *value = g_hash_table_lookup(model->values, GUINT_TO_POINTER(place));
    if (value)
        return value;
    g_array_append_val(model->wanted, place);
    if (model->wanted->len == 1)
        g_signal_emit(model, wanted_signal, 0);
    return "";
}

static void
finalize_row(GObject *object)
{
    HgListRow *row = HG_LIST_ROW(object);
    if (row->model)
        g_hash_table_remove(row->model->live, GUINT_TO_POINTER(row->position));
    G_OBJECT_CLASS(hg_list_row_parent_class)->finalize(object);
}

static void
hg_list_row_class_init(HgListRowClass *class)
{
    G_OBJECT_CLASS(class)->finalize = finalize_row;
    HG_ROW_CLASS(class)->get_place = get_place;
    HG_ROW_CLASS(class)->get_value = get_value;
}

static void
hg_list_row_init(HgListRow *row)
{
}

/* ---- the list -------------------------------------------------------------------------------- */

static GType
get_item_type(GListModel *model)
{
    return HG_TYPE_ROW;
}

static unsigned
get_n_items(GListModel *list)
{
    HgListModel *model = HG_LIST_MODEL(list);
    return model->order ? model->order->len : 0;
}

static void *
get_item(GListModel *list, unsigned position)
{
    HgListModel *model = HG_LIST_MODEL(list);
    if (position >= get_n_items(list))
        return NULL;
    HgListRow *row = g_hash_table_lookup(model->live, GUINT_TO_POINTER(position));
    if (row)
        return g_object_ref(row);
    row = g_object_new(HG_TYPE_LIST_ROW, NULL);
    row->model = model;
    row->position = position;
    g_hash_table_insert(model->live, GUINT_TO_POINTER(position), row);
    return row;
}

static void
implement_list(GListModelInterface *interface)
{
    interface->get_item_type = get_item_type;
    interface->get_n_items = get_n_items;
    interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE(HgListModel, hg_list_model, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, implement_list))

HgListModel *
hg_list_model_new(void)
{
    return g_object_new(HG_TYPE_LIST_MODEL, NULL);
}

HgList *
hg_list_model_get_list(HgListModel *model)
{
    return model->list;
}

GArray *
hg_list_model_get_order(HgListModel *model)
{
    return model->order;
}

unsigned
hg_list_model_find(HgListModel *model, uint32_t row)
{
    for (unsigned i = 0; model->order && i < model->order->len; i++)
        if (g_array_index(model->order, uint32_t, i) == row)
            return i;
    return UINT_MAX;
}

static void
tell_live_rows(HgListModel *model)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_object_unref);
    GHashTableIter iter;
    void *row;
    g_hash_table_iter_init(&iter, model->live);
    while (g_hash_table_iter_next(&iter, NULL, &row))
        g_ptr_array_add(rows, g_object_ref(row));
    for (unsigned i = 0; i < rows->len; i++)
        hg_row_emit_changed(rows->pdata[i]);
}

void
hg_list_model_reorder(HgListModel *model, GArray *order)
{
    unsigned before = get_n_items(G_LIST_MODEL(model)), after = order ? order->len : 0;
    g_clear_pointer(&model->order, g_array_unref);
    model->order = order;
    if (after < before)
        g_list_model_items_changed(G_LIST_MODEL(model), after, before - after, 0);
    else if (after > before)
        g_list_model_items_changed(G_LIST_MODEL(model), before, 0, after - before);
    tell_live_rows(model);
}

void
hg_list_model_set(HgListModel *model, HgList *list, GArray *order)
{
    HgList *old = model->list;
    model->list = list;
    g_hash_table_remove_all(model->values);
    g_array_set_size(model->wanted, 0);
    hg_list_model_reorder(model, order);
    hg_list_unref(old);
}

/* ---- values -----------------------------------------------------------------------------------
 */

static int
compare_rows(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return a < b ? -1 : a > b;
}

GArray *
hg_list_model_take_wanted(HgListModel *model)
{
    GArray *wanted = model->wanted;
    model->wanted = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_sort(wanted, compare_rows);
    unsigned count = 0;
    for (unsigned i = 0; i < wanted->len; i++) {
        uint32_t row = g_array_index(wanted, uint32_t, i);
        if (count == 0 || g_array_index(wanted, uint32_t, count - 1) != row)
            g_array_index(wanted, uint32_t, count++) = row;
    }
    g_array_set_size(wanted, count);
    return wanted;
}

void
hg_list_model_set_value(HgListModel *model, uint32_t row, const char *value)
{
    if (g_hash_table_size(model->values) >= VALUES_MAX)
        g_hash_table_remove_all(model->values);
    g_hash_table_insert(model->values, GUINT_TO_POINTER(row), g_strdup(value));
    GHashTableIter iter;
    void *live;
    g_hash_table_iter_init(&iter, model->live);
    while (g_hash_table_iter_next(&iter, NULL, &live)) {
        uint32_t place;
        if (get_place(live, &place) && place == row) {
            hg_row_emit_changed(live);
            break;
        }
    }
}

/* ---- the object -------------------------------------------------------------------------------
 */

static void
hg_list_model_init(HgListModel *model)
{
    model->live = g_hash_table_new(NULL, NULL);
    model->values = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    model->wanted = g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

static void
finalize(GObject *object)
{
    HgListModel *model = HG_LIST_MODEL(object);
    GHashTableIter iter;
    void *row;
    g_hash_table_iter_init(&iter, model->live);
    while (g_hash_table_iter_next(&iter, NULL, &row))
        HG_LIST_ROW(row)->model = NULL;
    g_hash_table_unref(model->live);
    g_hash_table_unref(model->values);
    g_array_unref(model->wanted);
    g_clear_pointer(&model->order, g_array_unref);
    hg_list_unref(model->list);
    G_OBJECT_CLASS(hg_list_model_parent_class)->finalize(object);
}

static void
hg_list_model_class_init(HgListModelClass *class)
{
    G_OBJECT_CLASS(class)->finalize = finalize;
    wanted_signal = g_signal_new("values-wanted", HG_TYPE_LIST_MODEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}
