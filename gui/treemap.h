/* treemap.h - what is retained, as areas: hover tells, a click goes there.
 *
 * Signals:
 *      "hovered" (unsigned cell)               HG_TREEMAP_NONE: none
 *      "open" (unsigned cell, bool in_new_tab)
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/drawing/treemap.h"
#include "core/questions/shares.h"

#include <gtk/gtk.h>

#define HG_TYPE_TREEMAP (hg_treemap_get_type())
G_DECLARE_FINAL_TYPE(HgTreemap, hg_treemap, HG, TREEMAP, GtkWidget)

/* Shows these shares, and takes them; NULL shows nothing. */
void hg_treemap_set_shares(HgTreemap *treemap, HgShares *shares);

/* Returns: the share of a cell, borrowed; NULL for the small ones joined here (the share it is
 * in is hg_treemap_get_parent_share()). */
const HgShare *hg_treemap_get_share(HgTreemap *treemap, uint32_t cell);
const HgShare *hg_treemap_get_parent_share(HgTreemap *treemap, uint32_t cell); /* or NULL */

/* Returns: what a cell is in words: "dict 26 items: 1.2 MiB, 19.6 %"; g_free(). */
char *hg_treemap_dup_text(HgTreemap *treemap, uint32_t cell);
