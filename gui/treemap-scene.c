/* treemap-scene.c - shares laid out as cells, and what each cell is in words.
 * SPDX-License-Identifier: MIT */
#include "gui/treemap-scene.h"

#include "core/numbers.h"
#include "core/text.h"

#define CELL_LEAST 260.0 /* square pixels */
#define AROUND_LINE 4    /* of the header with the name of a cell that has others in it */
#define PADDING 2.0
#define DEPTH_MOST 4

HgTreemapScene *
hg_treemap_scene_new(void)
{
    HgTreemapScene *scene = g_new0(HgTreemapScene, 1);
    scene->items = g_array_new(FALSE, FALSE, sizeof(HgTreemapItem));
    scene->cells = g_array_new(FALSE, FALSE, sizeof(HgTreemapCell));
    return scene;
}

void
hg_treemap_scene_free(HgTreemapScene *scene)
{
    if (!scene)
        return;
    hg_shares_free(scene->shares);
    g_array_unref(scene->items);
    g_array_unref(scene->cells);
    g_free(scene);
}

void
hg_treemap_scene_set_size(HgTreemapScene *scene, int width, int height, int line)
{
    HgTreemapOptions options = {.area = {0, 0, width, height},
                                .least_area = CELL_LEAST,
                                .padding = PADDING,
                                .header = line + AROUND_LINE,
                                .depth = DEPTH_MOST};
    GArray *cells = hg_treemap_lay_out((HgTreemapItem *)(void *)scene->items->data,
                                       scene->items->len, &options);
    g_array_unref(scene->cells);
    scene->cells = cells;
    scene->width = width;
    scene->height = height;
    scene->line = line;
}

void
hg_treemap_scene_set_shares(HgTreemapScene *scene, HgShares *shares)
{
    hg_shares_free(scene->shares);
    scene->shares = shares;
    g_array_set_size(scene->items, 0);
    for (uint32_t i = 0; shares && i < shares->rows->len; i++) {
        const HgShare *share = shares->rows->pdata[i];
        HgTreemapItem item = {share->size, share->parent,
                              share->kind == HG_SHARE_MORE ? MAX(share->count, 1) : 0};
        g_array_append_val(scene->items, item);
    }
    hg_treemap_scene_set_size(scene, scene->width, scene->height, scene->line);
}

const HgTreemapCell *
hg_treemap_scene_get_cell(const HgTreemapScene *scene, uint32_t cell)
{
    return &g_array_index(scene->cells, HgTreemapCell, cell);
}

const HgShare *
hg_treemap_scene_get_share(const HgTreemapScene *scene, uint32_t cell)
{
    uint32_t item = hg_treemap_scene_get_cell(scene, cell)->item;
    return item == HG_TREEMAP_NONE ? NULL : g_ptr_array_index(scene->shares->rows, item);
}

const HgShare *
hg_treemap_scene_get_parent_share(const HgTreemapScene *scene, uint32_t cell)
{
    uint32_t parent = hg_treemap_scene_get_cell(scene, cell)->parent;
    return parent == HG_TREEMAP_NONE ? NULL : hg_treemap_scene_get_share(scene, parent);
}

char *
hg_treemap_scene_dup_name(const HgTreemapScene *scene, uint32_t cell)
{
    const HgShare *share = hg_treemap_scene_get_share(scene, cell);
    if (!share) {
        g_autofree char *count =
            hg_number_dup_count(hg_treemap_scene_get_cell(scene, cell)->n_folded);
        return g_strconcat(count, " more", NULL);
    }
    g_autofree char *label = hg_text_dup_escaped(share->label);
    if (share->kind != HG_SHARE_TYPE)
        return g_steal_pointer(&label);
    g_autofree char *count = hg_number_dup_count(share->count);
    return g_strdup_printf("%s \u00d7 %s", label, count);
}

char *
hg_treemap_scene_dup_text(const HgTreemapScene *scene, uint32_t cell)
{
    uint64_t weight = hg_treemap_scene_get_cell(scene, cell)->weight;
    g_autofree char *name = hg_treemap_scene_dup_name(scene, cell);
    g_autofree char *size = hg_number_dup_size(weight);
    double share = (double)weight / (double)MAX(scene->shares->size, 1);
    return g_strdup_printf("%s: %s, %.1f %% of the heap", name, size, 100 * share);
}
