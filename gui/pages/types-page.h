/* types-page.h - how many objects of which type, and what they keep.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/list-page.h"

#define HG_TYPE_TYPES_PAGE (hg_types_page_get_type())
G_DECLARE_FINAL_TYPE(HgTypesPage, hg_types_page, HG, TYPES_PAGE, HgListPage)
