/* cell.c - one cell of a list.
 * SPDX-License-Identifier: MIT */
#include "gui/cell.h"

#define BAR_LEAST 1.0f /* pixels, of what is not nothing */
#define LINE_WIDTH 1.5
#define WIDE 14 /* characters that the widest column has at least */

struct _HgCell {
    GtkWidget parent;
    GtkWidget *label;
    HgFieldKind kind;
    HgRow *row;
    unsigned column;
    gulong handler;
};

G_DEFINE_FINAL_TYPE(HgCell, hg_cell, GTK_TYPE_WIDGET)

static void
update(HgCell *cell)
{
    g_autofree char *text = cell->row ? hg_row_dup_cell(cell->row, cell->column) : NULL;
    if (cell->kind != HG_FIELD_SERIES) {
        gtk_label_set_text(GTK_LABEL(cell->label), text ? text : "");
        if (cell->kind == HG_FIELD_COUNT_GROWTH || cell->kind == HG_FIELD_SIZE_GROWTH) {
            bool grew = text && *text == '+' && text[1] != '0';
            (grew ? gtk_widget_add_css_class : gtk_widget_remove_css_class)(cell->label, "grew");
        }
    } else
        gtk_accessible_update_property(GTK_ACCESSIBLE(cell), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       text ? text : "", -1);
    if (cell->kind == HG_FIELD_SHARE || cell->kind == HG_FIELD_SERIES)
        gtk_widget_queue_draw(GTK_WIDGET(cell));
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
    gtk_style_context_get_color(gtk_widget_get_style_context(GTK_WIDGET(cell)), &colour);
    if (number > 0)
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
    HgList *list = cell->row ? hg_row_get_place(cell->row, &place) : NULL;
    if (list && cell->kind == HG_FIELD_SHARE)
        draw_bar(cell, snapshot, list, place);
    if (list && cell->kind == HG_FIELD_SERIES)
        draw_line(cell, snapshot, list, place);
    GTK_WIDGET_CLASS(hg_cell_parent_class)->snapshot(widget, snapshot);
}

/* ---- the widget ------------------------------------------------------------------------------ */

/* What does not fit is told by a tooltip. */
static gboolean
query_tooltip(GtkWidget *widget, int x, int y, gboolean is_keyboard, GtkTooltip *tooltip)
{
    GtkLabel *label = GTK_LABEL(HG_CELL(widget)->label);
    if (!pango_layout_is_ellipsized(gtk_label_get_layout(label)))
        return FALSE;
    gtk_tooltip_set_text(tooltip, gtk_label_get_text(label));
    return TRUE;
}

GtkWidget *
hg_cell_new(HgFieldKind kind, bool is_wide)
{
    HgCell *cell = g_object_new(HG_TYPE_CELL, NULL);
    bool is_text = kind == HG_FIELD_TEXT || kind == HG_FIELD_VALUE || kind == HG_FIELD_ADDRESS;
    cell->kind = kind;
    gtk_label_set_xalign(GTK_LABEL(cell->label), is_text ? 0 : 1);
    if (is_wide)
        gtk_label_set_width_chars(GTK_LABEL(cell->label), WIDE);
    if (kind == HG_FIELD_SHARE)
        gtk_widget_add_css_class(GTK_WIDGET(cell), "share");
    if (kind == HG_FIELD_SERIES)
        gtk_widget_add_css_class(GTK_WIDGET(cell), "series");
    if (kind == HG_FIELD_ADDRESS || kind == HG_FIELD_VALUE)
        gtk_widget_add_css_class(cell->label, "monospace");
    if (!is_text)
        gtk_widget_add_css_class(cell->label, "numeric");
    return GTK_WIDGET(cell);
}

static void
hg_cell_init(HgCell *cell)
{
    cell->label = gtk_label_new(NULL);
    gtk_label_set_ellipsize(GTK_LABEL(cell->label), PANGO_ELLIPSIZE_END);
    gtk_label_set_single_line_mode(GTK_LABEL(cell->label), TRUE);
    gtk_widget_set_hexpand(cell->label, TRUE);
    gtk_widget_set_parent(cell->label, GTK_WIDGET(cell));
    gtk_widget_set_has_tooltip(GTK_WIDGET(cell), TRUE);
}

static void
dispose(GObject *object)
{
    HgCell *cell = HG_CELL(object);
    if (cell->row)
        g_signal_handler_disconnect(cell->row, cell->handler);
    g_clear_object(&cell->row);
    g_clear_pointer(&cell->label, gtk_widget_unparent);
    G_OBJECT_CLASS(hg_cell_parent_class)->dispose(object);
}

static void
hg_cell_class_init(HgCellClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    widget_class->snapshot = snapshot_cell;
    widget_class->query_tooltip = query_tooltip;
    gtk_widget_class_set_layout_manager_type(widget_class, GTK_TYPE_BIN_LAYOUT);
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
    gtk_widget_class_set_css_name(widget_class, "hgcell");
}
