/* overview-page.h - the first page: suspects in sentences, what is retained, the facts.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/page.h"

#define HG_TYPE_OVERVIEW_PAGE (hg_overview_page_get_type())
G_DECLARE_FINAL_TYPE(HgOverviewPage, hg_overview_page, HG, OVERVIEW_PAGE, HgPage)
