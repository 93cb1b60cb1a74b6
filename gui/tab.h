/* tab.h - one tab: where one was, where one is, and the pages that were made for that.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/page.h"

#define HG_TYPE_TAB (hg_tab_get_type())
G_DECLARE_FINAL_TYPE(HgTab, hg_tab, HG, TAB, AdwBin)

/* Signals: "moved" after every change of the place. */
GtkWidget *hg_tab_new(HgSession *session);

void hg_tab_go(HgTab *tab, const HgPlace *place);
/* Goes [steps] forward, negative: back, among the places that were visited. */
void hg_tab_step(HgTab *tab, int steps);
bool hg_tab_can_step(HgTab *tab, int steps);

const HgPlace *hg_tab_get_place(HgTab *tab); /* borrowed; NULL at the very beginning */
HgPage *hg_tab_get_page(HgTab *tab);         /* the same */
/* Returns: "Types", "Objects: app.Session"; g_free(). */
char *hg_tab_dup_title(HgTab *tab);
