/* treemap-scene.h - shares laid out as cells, and what each cell is in words. No widget.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/drawing/treemap.h"
#include "core/questions/shares.h"

typedef struct {
    HgShares *shares;        /* NULL: nothing is shown */
    GArray *items;           /* HgTreemapItem of each share */
    GArray *cells;           /* HgTreemapCell, for the size it has */
    int width, height, line; /* of a line of text: the height */
} HgTreemapScene;

/* Returns: a scene without shares and without size; hg_treemap_scene_free(). */
HgTreemapScene *hg_treemap_scene_new(void);
void hg_treemap_scene_free(HgTreemapScene *scene);

/* Takes [shares]; NULL shows nothing. */
void hg_treemap_scene_set_shares(HgTreemapScene *scene, HgShares *shares);
void hg_treemap_scene_set_size(HgTreemapScene *scene, int width, int height, int line);

const HgTreemapCell *hg_treemap_scene_get_cell(const HgTreemapScene *scene, uint32_t cell);

/* Returns: the share of a cell, borrowed; NULL for the small ones joined here (the share it is in
 * is hg_treemap_scene_get_parent_share()). */
const HgShare *hg_treemap_scene_get_share(const HgTreemapScene *scene, uint32_t cell);
const HgShare *hg_treemap_scene_get_parent_share(const HgTreemapScene *scene,
                                                 uint32_t cell); /* or NULL */

/* Returns: what a cell is called: "dict × 26", "27 more"; g_free(). */
char *hg_treemap_scene_dup_name(const HgTreemapScene *scene, uint32_t cell);
/* Returns: and how much it is: "dict × 26: 1.2 MiB, 19.6 % of the heap"; g_free(). */
char *hg_treemap_scene_dup_text(const HgTreemapScene *scene, uint32_t cell);
