/* graph-legend.c - what the colours and lines of a graph mean.
 * SPDX-License-Identifier: MIT */
#include "gui/graph-legend.h"

#include "gui/graph-paint.h"

struct _HgGraphLegend {
    GtkBox parent;
};

G_DEFINE_FINAL_TYPE(HgGraphLegend, hg_graph_legend, GTK_TYPE_BOX)

enum {
    SAMPLE_WIDTH = 30,
    SAMPLE_HEIGHT = 18
};

/* ---- samples --------------------------------------------------------------------------------- */

static void
draw_look(GtkDrawingArea *area, cairo_t *cairo, int width, int height, void *look)
{
    HgGraphColours colours;
    hg_graph_colours_read(GTK_WIDGET(area), &colours);
    hg_graph_paint_sample(cairo, GPOINTER_TO_INT(look), width, height, &colours);
}

/* [look] is 1 for a dashed line, 2 for a thin one. */
static void
draw_line(GtkDrawingArea *area, cairo_t *cairo, int width, int height, void *look)
{
    static const double dashes[] = {6, 4};
    HgGraphColours colours;
    hg_graph_colours_read(GTK_WIDGET(area), &colours);
    gdk_cairo_set_source_rgba(cairo, &colours.link);
    cairo_set_line_width(cairo, look == GINT_TO_POINTER(2) ? 0.6 : 1.6);
    cairo_set_dash(cairo, dashes, look == GINT_TO_POINTER(1) ? 2 : 0, 0);
    cairo_move_to(cairo, 3, height / 2.0);
    cairo_line_to(cairo, width - 3, height / 2.0);
    cairo_stroke(cairo);
}

static void
add_entry(HgGraphLegend *legend, GtkDrawingAreaDrawFunc draw, int look, const char *text)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
    GtkWidget *area = gtk_drawing_area_new(), *label = gtk_label_new(text);
    gtk_drawing_area_set_content_width(GTK_DRAWING_AREA(area), SAMPLE_WIDTH);
    gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(area), SAMPLE_HEIGHT);
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), draw, GINT_TO_POINTER(look), NULL);
    gtk_widget_set_valign(area, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(label, "caption");
    gtk_box_append(GTK_BOX(row), area);
    gtk_box_append(GTK_BOX(row), label);
    gtk_box_append(GTK_BOX(legend), row);
}

/* ---- what is there --------------------------------------------------------------------------- */

static const char *const texts[HG_N_LOOKS] = {[HG_PICTURE_OBJECT] = "object",
                                              [HG_PICTURE_TYPE] = "class",
                                              [HG_PICTURE_MODULE] = "module",
                                              [HG_PICTURE_FRAME] = "frame of a thread",
                                              [HG_PICTURE_ROOT] = "root",
                                              [HG_PICTURE_MORE] = "too many: click for the list",
                                              [HG_LOOK_ASKED] = "what was asked for",
                                              [HG_LOOK_HIGHLIGHTED] = "highlighted"};

static void
add_looks(HgGraphLegend *legend, const HgScene *scene)
{
    bool is_there[HG_N_LOOKS] = {false};
    for (uint32_t i = 0; i < scene->nodes->len; i++)
        is_there[hg_look_of(hg_scene_get_node(scene, i))] = true;
    for (int look = 0; look < HG_N_LOOKS; look++)
        if (is_there[look])
            add_entry(legend, draw_look, look, texts[look]);
}

void
hg_graph_legend_set_scene(HgGraphLegend *legend, const HgScene *scene)
{
    GtkWidget *child;
    bool has_weak = false, has_guessed = false;
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(legend))))
        gtk_box_remove(GTK_BOX(legend), child);
    for (uint32_t i = 0; i < scene->links->len; i++) {
        has_weak |= hg_scene_get_link(scene, i)->is_weak;
        has_guessed |= hg_scene_get_link(scene, i)->is_guessed;
    }
    add_looks(legend, scene);
    if (has_weak)
        add_entry(legend, draw_line, 1, "weak, keeps nothing alive");
    if (has_guessed)
        add_entry(legend, draw_line, 2, "guessed");
}

static void
hg_graph_legend_init(HgGraphLegend *legend)
{
    gtk_orientable_set_orientation(GTK_ORIENTABLE(legend), GTK_ORIENTATION_VERTICAL);
    gtk_box_set_spacing(GTK_BOX(legend), 2);
    gtk_widget_add_css_class(GTK_WIDGET(legend), "graph-legend");
}

static void
hg_graph_legend_class_init(HgGraphLegendClass *class)
{
}
