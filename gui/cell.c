/* cell.c - one cell of a list.
 *
 * A list view has widgets for some two hundred rows and gives all of them to other rows when it
 * jumps; three dozen are seen. So a cell is one widget that does nothing when it gets a row: it
 * makes its text and tells its name to screen readers when it is drawn; those that are not seen
 * tell theirs when there is time.
 *
 * SPDX-License-Identifier: MIT */
#include "gui/cell.h"

#define BAR_LEAST 1.0f /* pixels, of what is not nothing */
#define LINE_WIDTH 1.5
#define WIDE 14 /* characters that the widest column has at least */
#define NAMED_AT_ONCE 40

struct _HgCell {
    GtkWidget parent;
    HgFieldKind kind;
    bool is_wide;
    HgRow *row;
    unsigned column;
    gulong handler;
    GList link; /* in [unnamed]; its data is NULL while it is not */
};

static GQueue unnamed = G_QUEUE_INIT; /* cells whose name is that of the row before */
static unsigned naming;               /* source, or 0 */

G_DEFINE_FINAL_TYPE(HgCell, hg_cell, GTK_TYPE_WIDGET)

static char *
dup_text(HgCell *cell)
{
    return cell->row ? hg_row_dup_cell(cell->row, cell->column) : g_strdup("");
}

/* Returns: the list and the place of the row in it; NULL if there is none. */
static HgList *
find_place(HgCell *cell, uint32_t *place)
{
    return cell->row ? hg_row_get_place(cell->row, place) : NULL;
}

/* ---- names for screen readers ---------------------------------------------------------------- */

/* The row is a widget of GTK's around its cells, which would be called by its class. */
static void
name_row(HgCell *cell)
{
    GtkWidget *around = gtk_widget_get_parent(GTK_WIDGET(cell)), *row = around;
    uint32_t place;
    HgList *list = find_place(cell, &place);
    while (row && !g_str_equal(gtk_widget_get_css_name(row), "row")) {
        around = row;
        row = gtk_widget_get_parent(row);
    }
    if (!list || !row || gtk_widget_get_prev_sibling(around)) /* its first cell names it */
        return;
    g_autoptr(GString) name = g_string_new(NULL);
    for (unsigned i = 0; i < hg_list_count_columns(list); i++) {
        g_autofree char *text =
            hg_list_get_column(list, i)->title ? hg_row_dup_cell(cell->row, i) : NULL;
        if (text && *text)
            g_string_append_printf(name, "%s%s", name->len ? ", " : "", text);
    }
    gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, name->str,
                                   -1);
}

static void
tell_name(HgCell *cell)
{
    g_autofree char *text = dup_text(cell);
    gtk_accessible_update_property(GTK_ACCESSIBLE(cell), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   text ? text : "", -1);
    name_row(cell);
}

static gboolean
name_some(void *unused)
{
    GList *link;
    for (unsigned i = 0; i < NAMED_AT_ONCE && (link = g_queue_pop_head_link(&unnamed)); i++)
        tell_name(g_steal_pointer(&link->data));
    if (unnamed.length > 0)
        return G_SOURCE_CONTINUE;
    naming = 0;
    return G_SOURCE_REMOVE;
}

static void
name_later(HgCell *cell)
{
    if (!cell->link.data) {
        cell->link.data = cell;
        g_queue_push_tail_link(&unnamed, &cell->link);
    }
    if (!naming)
        naming = g_idle_add_full(G_PRIORITY_LOW, name_some, NULL, NULL);
}

static void
forget_name(HgCell *cell)
{
    if (cell->link.data)
        g_queue_unlink(&unnamed, &cell->link);
    cell->link.data = NULL;
    if (unnamed.length == 0)
        g_clear_handle_id(&naming, g_source_remove);
}

/* What is seen is told at once. */
static void
name_now(HgCell *cell)
{
    if (!cell->link.data)
        return;
    forget_name(cell);
    tell_name(cell);
}

/* ---- the row --------------------------------------------------------------------------------- */

static bool
has_grown(HgCell *cell)
{
    uint32_t place;
    HgList *list = find_place(cell, &place);
    return list && !hg_list_is_unknown(list, cell->column, place) &&
           (int64_t)hg_list_get_number(list, cell->column, place) > 0;
}

static void
update(HgCell *cell)
{
    GtkWidget *widget = GTK_WIDGET(cell);
    if (cell->kind == HG_FIELD_COUNT_GROWTH || cell->kind == HG_FIELD_SIZE_GROWTH)
        (has_grown(cell) ? gtk_widget_add_css_class : gtk_widget_remove_css_class)(widget, "grew");
    name_later(cell);
    gtk_widget_queue_draw(widget);
}

static void
on_changed(HgCell *cell)
{
    update(cell);
}

void
hg_cell_set_row(HgCell *cell, HgRow *row, unsigned column)
{
    if (cell->row)
        g_signal_handler_disconnect(cell->row, cell->handler);
    g_set_object(&cell->row, row);
    cell->column = column;
    if (row)
        cell->handler = g_signal_connect_swapped(row, "changed", G_CALLBACK(on_changed), cell);
    update(cell);
}

HgRow *
hg_cell_get_row(HgCell *cell)
{
    return cell->row;
}

/* ---- drawing --------------------------------------------------------------------------------- */

static bool
is_text(HgFieldKind kind)
{
    return kind == HG_FIELD_TEXT || kind == HG_FIELD_VALUE || kind == HG_FIELD_ADDRESS;
}

/* Returns: the text in the room there is, or NULL if there is none; g_object_unref(). */
static PangoLayout *
make_layout(HgCell *cell, int *width)
{
    g_autofree char *text = dup_text(cell);
    int room = gtk_widget_get_width(GTK_WIDGET(cell));
    if (!text || !*text || cell->kind == HG_FIELD_SERIES || room < 1)
        return NULL;
    PangoLayout *layout = gtk_widget_create_pango_layout(GTK_WIDGET(cell), text);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    if (!is_text(cell->kind)) {
        g_autoptr(PangoAttrList) attributes = pango_attr_list_new();
        pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
        pango_layout_set_attributes(layout, attributes);
    }
    pango_layout_get_pixel_size(layout, width, NULL);
    if (*width <= room)
        return layout;
    pango_layout_set_width(layout, room * PANGO_SCALE);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    *width = room;
    return layout;
}

static void
draw_text(HgCell *cell, GtkSnapshot *snapshot)
{
    GtkWidget *widget = GTK_WIDGET(cell);
    int width, height;
    g_autoptr(PangoLayout) layout = make_layout(cell, &width);
    if (!layout)
        return;
    pango_layout_get_pixel_size(layout, NULL, &height);
    gtk_snapshot_render_layout(snapshot, gtk_widget_get_style_context(widget),
                               is_text(cell->kind) ? 0 : gtk_widget_get_width(widget) - width,
                               (gtk_widget_get_height(widget) - height) / 2, layout);
}

/* The bar lies behind the number, so that all numbers of a row stand on one line. */
static void
draw_bar(HgCell *cell, GtkSnapshot *snapshot, const HgList *list, uint32_t place)
{
    uint64_t total = hg_list_get_total(list, cell->column);
    if (!total || hg_list_is_unknown(list, cell->column, place))
        return;
    uint64_t number = hg_list_get_number(list, cell->column, place);
    float width = (float)gtk_widget_get_width(GTK_WIDGET(cell));
    float height = (float)gtk_widget_get_height(GTK_WIDGET(cell));
    float share = (float)MIN((double)number / (double)total, 1);
    GdkRGBA colour;
    GtkStyleContext *context = gtk_widget_get_style_context(GTK_WIDGET(cell));
    if (number > 0 && gtk_style_context_lookup_color(context, "share_bar", &colour))
        gtk_snapshot_append_color(snapshot, &colour,
                                  &GRAPHENE_RECT_INIT(0, 0, MAX(width * share, BAR_LEAST), height));
}

static void
draw_line(HgCell *cell, GtkSnapshot *snapshot, const HgList *list, uint32_t place)
{
    unsigned n_points;
    const double *points = hg_list_get_series(list, place, &n_points);
    double width = gtk_widget_get_width(GTK_WIDGET(cell));
    double height = gtk_widget_get_height(GTK_WIDGET(cell));
    double low = 0, high = 0;
    for (unsigned i = 0; i < n_points; i++) {
        low = MIN(i ? low : points[i], points[i]);
        high = MAX(i ? high : points[i], points[i]);
    }
    if (n_points < 2 || width < 4 || height < 4)
        return;
    GdkRGBA colour;
    gtk_style_context_get_color(gtk_widget_get_style_context(GTK_WIDGET(cell)), &colour);
    cairo_t *cairo =
        gtk_snapshot_append_cairo(snapshot, &GRAPHENE_RECT_INIT(0, 0, (float)width, (float)height));
    gdk_cairo_set_source_rgba(cairo, &colour);
    cairo_set_line_width(cairo, LINE_WIDTH);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    double span = high > low ? high - low : 1;
    for (unsigned i = 0; i < n_points; i++)
        cairo_line_to(cairo, 2 + (width - 4) * i / (n_points - 1),
                      height - 3 - (height - 6) * (points[i] - low) / span);
    cairo_stroke(cairo);
    cairo_destroy(cairo);
}

static void
snapshot_cell(GtkWidget *widget, GtkSnapshot *snapshot)
{
    HgCell *cell = HG_CELL(widget);
    uint32_t place;
    HgList *list = find_place(cell, &place);
    if (list && cell->kind == HG_FIELD_SHARE)
        draw_bar(cell, snapshot, list, place);
    if (list && cell->kind == HG_FIELD_SERIES)
        draw_line(cell, snapshot, list, place);
    draw_text(cell, snapshot);
    name_now(cell);
}

/* What does not fit is told by a tooltip. */
static gboolean
query_tooltip(GtkWidget *widget, int x, int y, gboolean is_keyboard, GtkTooltip *tooltip)
{
    int width;
    g_autoptr(PangoLayout) layout = make_layout(HG_CELL(widget), &width);
    if (!layout || !pango_layout_is_ellipsized(layout))
        return FALSE;
    gtk_tooltip_set_text(tooltip, pango_layout_get_text(layout));
    return TRUE;
}

/* ---- the widget ------------------------------------------------------------------------------ */

/* Any row needs as much as any other, so that another row is no reason to measure again. */
static void
measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
        int *minimum_baseline, int *natural_baseline)
{
    HgCell *cell = HG_CELL(widget);
    PangoFontMetrics *metrics =
        pango_context_get_metrics(gtk_widget_get_pango_context(widget), NULL, NULL);
    int size = pango_font_metrics_get_height(metrics);
    if (orientation == GTK_ORIENTATION_HORIZONTAL)
        size = cell->is_wide ? WIDE * pango_font_metrics_get_approximate_digit_width(metrics) : 0;
    pango_font_metrics_unref(metrics);
    *minimum = *natural = PANGO_PIXELS_CEIL(size);
}

GtkWidget *
hg_cell_new(HgFieldKind kind, bool is_wide)
{
    HgCell *cell = g_object_new(HG_TYPE_CELL, NULL);
    cell->kind = kind;
    cell->is_wide = is_wide;
    if (kind == HG_FIELD_SERIES)
        gtk_widget_add_css_class(GTK_WIDGET(cell), "series");
    if (kind == HG_FIELD_ADDRESS || kind == HG_FIELD_VALUE)
        gtk_widget_add_css_class(GTK_WIDGET(cell), "monospace");
    return GTK_WIDGET(cell);
}

static void
hg_cell_init(HgCell *cell)
{
    gtk_widget_set_hexpand(GTK_WIDGET(cell), TRUE); /* beside the arrow of a tree */
    gtk_widget_set_has_tooltip(GTK_WIDGET(cell), TRUE);
    gtk_widget_set_overflow(GTK_WIDGET(cell), GTK_OVERFLOW_HIDDEN);
}

static void
dispose(GObject *object)
{
    HgCell *cell = HG_CELL(object);
    if (cell->row)
        g_signal_handler_disconnect(cell->row, cell->handler);
    g_clear_object(&cell->row);
    forget_name(cell);
    G_OBJECT_CLASS(hg_cell_parent_class)->dispose(object);
}

static void
hg_cell_class_init(HgCellClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    widget_class->snapshot = snapshot_cell;
    widget_class->measure = measure;
    widget_class->query_tooltip = query_tooltip;
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
    gtk_widget_class_set_css_name(widget_class, "hgcell");
}
