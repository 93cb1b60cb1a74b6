/* growth-page.h - what there is more of than before, over all snapshots.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/list-page.h"

#define HG_TYPE_GROWTH_PAGE (hg_growth_page_get_type())
G_DECLARE_FINAL_TYPE(HgGrowthPage, hg_growth_page, HG, GROWTH_PAGE, HgListPage)
