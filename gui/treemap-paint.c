/* treemap-paint.c - draws a treemap: fills, outlines and texts of cells.
 * SPDX-License-Identifier: MIT */
#include "gui/treemap-paint.h"

#include "core/numbers.h"

#include <adwaita.h>

#define N_HUES 8

typedef struct {
    GdkRGBA hue[N_HUES], text, background, garbage, more;
    bool is_contrast;
} Colours;

static void
look_up(GtkWidget *widget, const char *name, const char *otherwise, GdkRGBA *colour)
{
    if (!gtk_style_context_lookup_color(gtk_widget_get_style_context(widget), name, colour))
        gdk_rgba_parse(colour, otherwise);
}

static void
read_colours(GtkWidget *widget, Colours *colours)
{
    AdwStyleManager *manager = adw_style_manager_get_for_display(gtk_widget_get_display(widget));
    colours->is_contrast = adw_style_manager_get_high_contrast(manager);
    for (int i = 0; i < N_HUES; i++) {
        g_autofree char *name = g_strdup_printf("treemap_%d", i + 1);
        look_up(widget, name, "#d0d0d0", &colours->hue[i]);
    }
    look_up(widget, "view_fg_color", "#000000", &colours->text);
    look_up(widget, "view_bg_color", "#ffffff", &colours->background);
    look_up(widget, "treemap_garbage", "#e0b0b0", &colours->garbage);
    look_up(widget, "treemap_more", "#e0e0e0", &colours->more);
}

/* Deeper cells are nearer to the background, so that they lie on their parent. */
static GdkRGBA
mix(const GdkRGBA *colour, const GdkRGBA *other, float part)
{
    return (GdkRGBA){colour->red + part * (other->red - colour->red),
                     colour->green + part * (other->green - colour->green),
                     colour->blue + part * (other->blue - colour->blue), 1};
}

/* The same type has the same hue wherever it is. */
static unsigned
get_hue(const HgShare *share)
{
    if (share->type != HG_NONE)
        return share->type * 2654435761u >> 16;
    return g_str_hash(share->label);
}

static GdkRGBA
get_fill(const HgTreemapScene *scene, uint32_t cell, const Colours *colours)
{
    const HgShare *share = hg_treemap_scene_get_share(scene, cell);
    unsigned depth = hg_treemap_scene_get_cell(scene, cell)->depth;
    const GdkRGBA *base = !share ? &colours->more
                          : share->kind == HG_SHARE_GARBAGE
                              ? &colours->garbage
                              : &colours->hue[get_hue(share) % N_HUES];
    return mix(base, &colours->background, depth == 0 ? 0 : 0.14f * (float)MIN(depth, 4));
}

static void
draw_words(GtkSnapshot *snapshot, PangoLayout *layout, const char *text, const HgTreemapArea *area,
           double y, const GdkRGBA *colour)
{
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_width(layout, (int)(MAX(area->width - 8, 1) * PANGO_SCALE));
    gtk_snapshot_save(snapshot);
    gtk_snapshot_translate(snapshot,
                           &GRAPHENE_POINT_INIT((float)area->x + 4, (float)(area->y + y)));
    gtk_snapshot_append_layout(snapshot, layout, colour);
    gtk_snapshot_restore(snapshot);
}

/* Its name, and under it how much that is, where there is room. */
static void
draw_text(const HgTreemapScene *scene, GtkSnapshot *snapshot, PangoLayout *layout, uint32_t cell,
          const Colours *colours)
{
    const HgTreemapCell *it = hg_treemap_scene_get_cell(scene, cell);
    int line = scene->line;
    if (it->area.width < 3 * line || it->area.height < line)
        return;
    g_autofree char *name = hg_treemap_scene_dup_name(scene, cell);
    g_autofree char *size = hg_number_dup_size(it->weight);
    g_autofree char *both = g_strdup_printf("%s  %s", name, size);
    graphene_rect_t room = GRAPHENE_RECT_INIT((float)it->area.x, (float)it->area.y,
                                              (float)it->area.width, (float)it->area.height);
    gtk_snapshot_push_clip(snapshot, &room);
    if (it->has_children || it->area.height < 2 * line + 3) {
        draw_words(snapshot, layout, it->has_children ? both : name, &it->area, 1, &colours->text);
    } else {
        GdkRGBA faint = colours->text;
        faint.alpha *= colours->is_contrast ? 1 : 0.72f;
        draw_words(snapshot, layout, name, &it->area, 2, &colours->text);
        draw_words(snapshot, layout, size, &it->area, 2 + line, &faint);
    }
    gtk_snapshot_pop(snapshot);
}

static void
draw_cell(const HgTreemapScene *scene, GtkSnapshot *snapshot, uint32_t cell, const Colours *colours)
{
    const HgTreemapArea *area = &hg_treemap_scene_get_cell(scene, cell)->area;
    GdkRGBA fill = get_fill(scene, cell, colours);
    GdkRGBA line = mix(&fill, &colours->text, colours->is_contrast ? 1 : 0.28f);
    GskRoundedRect outline;
    gsk_rounded_rect_init_from_rect(
        &outline,
        &GRAPHENE_RECT_INIT((float)area->x + 0.5f, (float)area->y + 0.5f,
                            (float)MAX(area->width - 1, 1), (float)MAX(area->height - 1, 1)),
        (float)MIN(4, area->width / 4));
    gtk_snapshot_push_rounded_clip(snapshot, &outline);
    gtk_snapshot_append_color(snapshot, &fill, &outline.bounds);
    gtk_snapshot_pop(snapshot);
    gtk_snapshot_append_border(snapshot, &outline, (float[4]){1, 1, 1, 1},
                               (GdkRGBA[4]){line, line, line, line});
}

static PangoLayout *
make_layout(GtkWidget *widget)
{
    PangoLayout *layout = gtk_widget_create_pango_layout(widget, "Xg");
    g_autoptr(PangoAttrList) attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_scale_new(0.82));
    pango_layout_set_attributes(layout, attributes);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    return layout;
}

int
hg_treemap_measure_line(GtkWidget *widget)
{
    g_autoptr(PangoLayout) layout = make_layout(widget);
    int height;
    pango_layout_get_pixel_size(layout, NULL, &height);
    return height;
}

void
hg_treemap_paint(GtkSnapshot *snapshot, const HgTreemapScene *scene, GtkWidget *widget)
{
    Colours colours;
    read_colours(widget, &colours);
    g_autoptr(PangoLayout) layout = make_layout(widget);
    for (uint32_t i = 0; i < scene->cells->len; i++) {
        draw_cell(scene, snapshot, i, &colours);
        draw_text(scene, snapshot, layout, i, &colours);
    }
}

void
hg_treemap_paint_outline(GtkSnapshot *snapshot, const HgTreemapScene *scene, uint32_t cell,
                         GtkWidget *widget)
{
    const HgTreemapArea *area = &hg_treemap_scene_get_cell(scene, cell)->area;
    GdkRGBA accent;
    GskRoundedRect outline;
    look_up(widget, "accent_color", "#1c71d8", &accent);
    gsk_rounded_rect_init_from_rect(&outline,
                                    &GRAPHENE_RECT_INIT((float)area->x, (float)area->y,
                                                        (float)area->width, (float)area->height),
                                    4);
    gtk_snapshot_append_border(snapshot, &outline, (float[4]){2.5f, 2.5f, 2.5f, 2.5f},
                               (GdkRGBA[4]){accent, accent, accent, accent});
}
