/* list-model.c - a list as GTK wants it.
 * SPDX-License-Identifier: MIT */
#include "gui/models/list-model.h"

#include "core/questions/object.h"

#define VALUES_MAX 20000 /* values that are kept; then all are forgotten */
#define AT_ONCE 32       /* rows that a view is told of in one frame while it makes widgets for */
#define MADE 256         /* so many, which is how many it makes at most */

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
    unsigned n_told;    /* rows of it that views were told of, see tell_more() */
    unsigned more;      /* source that tells of the rest, or 0 */
    GHashTable *live;   /* position -> HgListRow, borrowed: rows that somebody holds */
    GHashTable *values; /* row -> text */
    GArray *wanted;     /* uint32_t: rows that asked for their value */
    HgWork *work;       /* borrowed, or NULL */
    HgJob *job;         /* that reads values */
    unsigned idle;
};

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

/* ---- values -----------------------------------------------------------------------------------
 */

/* What is asked, and with [texts] what is answered. */
typedef struct {
    HgList *list;
    GArray *rows;     /* uint32_t */
    GPtrArray *texts; /* char *, one for each row */
} Values;

static void
free_values(void *data)
{
    Values *values = data;
    hg_list_unref(values->list);
    g_array_unref(values->rows);
    g_clear_pointer(&values->texts, g_ptr_array_unref);
    g_free(values);
}

static void *
read_values(HgAsk *ask, void *argument, GError **error)
{
    const Values *wanted = argument;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, hg_list_get_shot(wanted->list), error);
    if (!snapshot)
        return NULL;
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < wanted->rows->len; i++) {
        HgObject object;
        uint32_t row = g_array_index(wanted->rows, uint32_t, i);
        if (!hg_ask_check(ask, error) ||
            !hg_object_read(snapshot, hg_list_get_object(wanted->list, row), &object, error))
            return NULL;
        char *value = hg_object_dup_value(snapshot, &object, error);
        if (!value)
            return NULL;
        g_ptr_array_add(texts, value);
    }
    Values *values = g_new(Values, 1);
    *values =
        (Values){hg_list_ref(wanted->list), g_array_ref(wanted->rows), g_steal_pointer(&texts)};
    return values;
}

static int
compare_rows(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return a < b ? -1 : a > b;
}

/* Returns: the rows that asked, each once. */
static GArray *
take_wanted(HgListModel *model)
{
    GArray *wanted = model->wanted;
    unsigned count = 0;
    model->wanted = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_sort(wanted, compare_rows);
    for (unsigned i = 0; i < wanted->len; i++) {
        uint32_t row = g_array_index(wanted, uint32_t, i);
        if (count == 0 || g_array_index(wanted, uint32_t, count - 1) != row)
            g_array_index(wanted, uint32_t, count++) = row;
    }
    g_array_set_size(wanted, count);
    return wanted;
}

static void
keep_values(HgListModel *model, const Values *values)
{
    if (g_hash_table_size(model->values) >= VALUES_MAX)
        g_hash_table_remove_all(model->values);
    for (unsigned i = 0; i < values->rows->len; i++)
        g_hash_table_insert(model->values,
                            GUINT_TO_POINTER(g_array_index(values->rows, uint32_t, i)),
                            g_strdup(values->texts->pdata[i]));
    tell_live_rows(model);
}

static void
start_values(HgListModel *model, HgAnswerFunc on_values)
{
    if (model->wanted->len == 0 || !model->list)
        return;
    Values *wanted = g_new(Values, 1);
    *wanted = (Values){hg_list_ref(model->list), take_wanted(model), NULL};
    model->job =
        hg_work_ask(model->work, read_values, wanted, free_values, free_values, on_values, model);
}

static void
on_values(void *answer, const GError *error, void *user_data)
{
    HgListModel *model = user_data;
    Values *values = answer;
    model->job = NULL;
    if (!values)
        return; /* a value that cannot be read stays empty */
    if (values->list == model->list)
        keep_values(model, values);
    free_values(values);
    start_values(model, on_values);
}

static gboolean
on_idle(void *user_data)
{
    HgListModel *model = user_data;
    model->idle = 0;
    start_values(model, on_values);
    return G_SOURCE_REMOVE;
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
    if (model->work && !model->job && !model->idle) /* once all rows of this frame have asked */
        model->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_idle, model, NULL);
    return "";
}

/* ---- a row, at the end of its life ------------------------------------------------------------
 */

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
    return model->n_told;
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

void
hg_list_model_set_work(HgListModel *model, HgWork *work)
{
    model->work = work;
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

unsigned
hg_list_model_count(HgListModel *model)
{
    return model->order ? model->order->len : 0;
}

/* A view has widgets for the first 200 rows or so, and makes or unmakes all of them in the frame
 * it hears of the rows, half a millisecond each. So it hears of few at a time: first of those that
 * fit on the screen. */
static gboolean
tell_step(void *user_data)
{
    HgListModel *model = user_data;
    unsigned before = model->n_told, all = hg_list_model_count(model);
    if (all > before)
        model->n_told = before < MADE ? MIN(all, before + AT_ONCE) : all;
    else
        model->n_told = before > MADE ? MAX(all, MADE) : MAX(all, before - MIN(before, AT_ONCE));
    model->more =
        model->n_told != all ? g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, tell_step, model, NULL) : 0;
    if (model->n_told > before)
        g_list_model_items_changed(G_LIST_MODEL(model), before, 0, model->n_told - before);
    else
        g_list_model_items_changed(G_LIST_MODEL(model), model->n_told, before - model->n_told, 0);
    return G_SOURCE_REMOVE;
}

void
hg_list_model_reorder(HgListModel *model, GArray *order)
{
    g_clear_handle_id(&model->more, g_source_remove);
    g_clear_pointer(&model->order, g_array_unref);
    model->order = order;
    if (hg_list_model_count(model) != model->n_told)
        tell_step(model);
    tell_live_rows(model);
}

void
hg_list_model_set(HgListModel *model, HgList *list, GArray *order)
{
    HgList *old = model->list;
    model->list = list;
    g_clear_pointer(&model->job, hg_job_cancel);
    g_hash_table_remove_all(model->values);
    g_array_set_size(model->wanted, 0);
    hg_list_model_reorder(model, order);
    hg_list_unref(old);
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
    g_clear_pointer(&model->job, hg_job_cancel);
    g_clear_handle_id(&model->idle, g_source_remove);
    g_clear_handle_id(&model->more, g_source_remove);
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
}
