/* graph-page.h - the graph around an object, drawn.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/page.h"

#define HG_TYPE_GRAPH_PAGE (hg_graph_page_get_type())
G_DECLARE_FINAL_TYPE(HgGraphPage, hg_graph_page, HG, GRAPH_PAGE, HgPage)
