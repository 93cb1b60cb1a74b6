/* list-columns.c - the columns of a list or a tree, made of cells.
 * SPDX-License-Identifier: MIT */
#include "gui/list-columns.h"

#include "gui/cell.h"

#include <math.h>

#define NARROW 0.83 /* what a character of a text or number takes on average, in digits */
#define AROUND 22   /* pixels beside the text */
#define HEADING_MOST 200
#define ORDER 14 /* and those of the arrow that tells the order */

/* What a column's factory makes. */
typedef struct {
    unsigned number;
    HgFieldKind kind;
    bool is_wide, is_tree;
} Recipe;

static void
on_setup(GtkSignalListItemFactory *factory, GtkListItem *item, Recipe *recipe)
{
    GtkWidget *cell = hg_cell_new(recipe->kind, recipe->is_wide);
    if (!recipe->is_tree) {
        gtk_list_item_set_child(item, cell);
        return;
    }
    GtkWidget *expander = gtk_tree_expander_new();
    gtk_tree_expander_set_child(GTK_TREE_EXPANDER(expander), cell);
    gtk_list_item_set_child(item, expander);
}

static HgCell *
get_cell(GtkListItem *item, const Recipe *recipe)
{
    GtkWidget *child = gtk_list_item_get_child(item);
    return HG_CELL(recipe->is_tree ? gtk_tree_expander_get_child(GTK_TREE_EXPANDER(child)) : child);
}

static void
on_bind(GtkSignalListItemFactory *factory, GtkListItem *item, Recipe *recipe)
{
    void *object = gtk_list_item_get_item(item);
    HgCell *cell = get_cell(item, recipe);
    if (!GTK_IS_TREE_LIST_ROW(object)) {
        hg_cell_set_row(cell, object, recipe->number);
        return;
    }
    g_autoptr(HgRow) row = gtk_tree_list_row_get_item(object);
    if (recipe->is_tree)
        gtk_tree_expander_set_list_row(GTK_TREE_EXPANDER(gtk_list_item_get_child(item)), object);
    hg_cell_set_row(cell, row, recipe->number);
}

static void
on_unbind(GtkSignalListItemFactory *factory, GtkListItem *item, Recipe *recipe)
{
    if (recipe->is_tree)
        gtk_tree_expander_set_list_row(GTK_TREE_EXPANDER(gtk_list_item_get_child(item)), NULL);
    hg_cell_set_row(get_cell(item, recipe), NULL, 0);
}

static void
free_recipe(void *recipe, GClosure *closure)
{
    g_free(recipe);
}

static double
measure_digit(GtkWidget *widget, bool is_monospace)
{
    PangoContext *context = gtk_widget_get_pango_context(widget);
    g_autoptr(PangoFontDescription) font =
        pango_font_description_copy(pango_context_get_font_description(context));
    if (is_monospace)
        pango_font_description_set_family(font, "monospace");
    PangoFontMetrics *metrics = pango_context_get_metrics(context, font, NULL);
    double width = pango_units_to_double(pango_font_metrics_get_approximate_digit_width(metrics));
    pango_font_metrics_unref(metrics);
    return width;
}

/* The heading is as wide as its widget, which is bold and small, will be at most. */
static int
measure_heading(GtkWidget *widget, const HgListColumn *spec)
{
    g_autofree char *markup = g_markup_printf_escaped("<b>%s</b>", spec->title);
    g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(widget, NULL);
    int width;
    pango_layout_set_markup(layout, markup, -1);
    pango_layout_get_pixel_size(layout, &width, NULL);
    width = MIN(width * 9 / 10, HEADING_MOST);
    return width + AROUND + (hg_field_is_sortable(spec->kind) ? ORDER : 0);
}

/* In the font of the view: people make texts larger. */
static int
get_width(GtkColumnView *view, const HgListColumn *spec)
{
    bool is_monospace = spec->kind == HG_FIELD_ADDRESS || spec->kind == HG_FIELD_VALUE;
    double digit = measure_digit(GTK_WIDGET(view), is_monospace);
    int width = (int)ceil(spec->width * digit * (is_monospace ? 1 : NARROW)) + AROUND;
    return MAX(width, measure_heading(GTK_WIDGET(view), spec));
}

GtkColumnViewColumn *
hg_list_column_new(GtkColumnView *view, const HgListColumn *spec, unsigned number, bool is_tree)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
    Recipe *recipe = g_new(Recipe, 1);
    *recipe = (Recipe){number, spec->kind, spec->width == 0, is_tree};
    g_signal_connect(factory, "setup", G_CALLBACK(on_setup), recipe);
    g_signal_connect(factory, "bind", G_CALLBACK(on_bind), recipe);
    g_signal_connect_data(factory, "unbind", G_CALLBACK(on_unbind), recipe, free_recipe, 0);
    GtkColumnViewColumn *column = gtk_column_view_column_new(spec->title, factory);
    gtk_column_view_column_set_resizable(column, TRUE);
    if (spec->width > 0)
        gtk_column_view_column_set_fixed_width(column, get_width(view, spec));
    else
        gtk_column_view_column_set_expand(column, TRUE);
    g_object_set_data(G_OBJECT(column), "column", GUINT_TO_POINTER(number));
    return column;
}

GtkColumnViewColumn *
hg_list_columns_find(GtkColumnView *view, unsigned number)
{
    GListModel *columns = gtk_column_view_get_columns(view);
    for (unsigned i = 0; i < g_list_model_get_n_items(columns); i++) {
        g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item(columns, i);
        if (GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(column), "column")) == number)
            return column;
    }
    return NULL;
}

/* ---- sorting --------------------------------------------------------------------------------- */

/* GTK 4.8 does not tell by which column it sorts: every column compares by noting that it was
 * asked, and says "smaller", which comes out turned round if the order is descending. */
static int
compare(const void *one, const void *other, void *number)
{
    unsigned *asked = g_object_get_data(G_OBJECT(one), "asked");
    *asked = GPOINTER_TO_UINT(number);
    return -1;
}

void
hg_list_column_make_sortable(GtkColumnViewColumn *column, unsigned number)
{
    g_autoptr(GtkSorter) sorter =
        GTK_SORTER(gtk_custom_sorter_new(compare, GUINT_TO_POINTER(number), NULL));
    gtk_column_view_column_set_sorter(column, sorter);
}

bool
hg_list_columns_find_sort(GtkColumnView *view, unsigned *number, bool *is_descending)
{
    GtkSorter *sorter = gtk_column_view_get_sorter(view);
    unsigned asked = UINT_MAX;
    g_autoptr(GObject) one = g_object_new(G_TYPE_OBJECT, NULL);
    g_autoptr(GObject) other = g_object_new(G_TYPE_OBJECT, NULL);
    g_object_set_data(one, "asked", &asked);
    g_object_set_data(other, "asked", &asked);
    *is_descending = gtk_sorter_compare(sorter, one, other) == GTK_ORDERING_LARGER;
    *number = asked;
    return asked != UINT_MAX;
}

/* ---- headings and the keyboard --------------------------------------------------------------- */

/* Headings of numbers stand above their numbers, and what tells the order before them. */
static void
turn_heading(GtkWidget *box)
{
    GtkWidget *order = gtk_widget_get_last_child(box);
    gtk_widget_set_halign(box, GTK_ALIGN_END);
    if (order != gtk_widget_get_first_child(box))
        gtk_box_reorder_child_after(GTK_BOX(box), order, NULL);
}

/* GTK has no setting for it: the headings are the children of the first child. */
void
hg_list_columns_finish(GtkColumnView *view, const HgList *list)
{
    GtkWidget *header = gtk_widget_get_first_child(GTK_WIDGET(view));
    GtkWidget *title = gtk_widget_get_first_child(header);
    gtk_widget_set_focusable(header, FALSE); /* no key leads there */
    gtk_accessible_update_property(GTK_ACCESSIBLE(header), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   "Headings", -1);
    for (unsigned i = 0; i < hg_list_count_columns(list) && title; i++) {
        const HgListColumn *spec = hg_list_get_column(list, i);
        GtkWidget *box = gtk_widget_get_first_child(title);
        if (!spec->title)
            continue;
        if (GTK_IS_BOX(box) && hg_field_is_number(spec->kind) && spec->kind != HG_FIELD_ADDRESS)
            turn_heading(box);
        gtk_widget_set_tooltip_text(title, spec->tooltip);
        title = gtk_widget_get_next_sibling(title);
    }
}

HgRow *
hg_list_columns_pick(GtkColumnView *view, double x, double y)
{
    GtkWidget *picked = gtk_widget_pick(GTK_WIDGET(view), x, y, GTK_PICK_DEFAULT);
    GtkWidget *cell = picked ? gtk_widget_get_ancestor(picked, HG_TYPE_CELL) : NULL;
    if (!cell && picked) /* beside the cell, in what GTK puts around it */
        cell = gtk_widget_get_first_child(picked);
    if (cell && GTK_IS_TREE_EXPANDER(cell))
        cell = gtk_tree_expander_get_child(GTK_TREE_EXPANDER(cell));
    return cell && HG_IS_CELL(cell) ? hg_cell_get_row(HG_CELL(cell)) : NULL;
}

void
hg_list_columns_show_menu(GtkColumnView *view, GtkWidget *widget, GtkWidget **popover,
                          GMenuModel *menu, double x, double y)
{
    double widget_x, widget_y;
    if (!*popover) {
        *popover = gtk_popover_menu_new_from_model(menu);
        gtk_widget_set_parent(*popover, widget);
        gtk_popover_set_has_arrow(GTK_POPOVER(*popover), FALSE);
        gtk_widget_set_halign(*popover, GTK_ALIGN_START);
    }
    gtk_widget_translate_coordinates(GTK_WIDGET(view), widget, x, y, &widget_x, &widget_y);
    gtk_popover_set_pointing_to(GTK_POPOVER(*popover),
                                &(GdkRectangle){(int)widget_x, (int)widget_y, 1, 1});
    gtk_popover_popup(GTK_POPOVER(*popover));
}

bool
hg_list_columns_leave(GtkColumnView *view, GtkWidget *before, GtkDirectionType direction,
                      gboolean *moved)
{
    GtkRoot *root = gtk_widget_get_root(GTK_WIDGET(view));
    GtkWidget *focused = root ? gtk_root_get_focus(root) : NULL;
    bool is_tab = direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD;
    if (!is_tab || !focused || !gtk_widget_is_ancestor(focused, GTK_WIDGET(view)))
        return false;
    *moved = direction == GTK_DIR_TAB_BACKWARD && gtk_widget_child_focus(before, direction);
    return true;
}
