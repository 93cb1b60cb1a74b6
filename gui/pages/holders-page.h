/* holders-page.h - the tree of holders: what keeps what.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/page.h"

#define HG_TYPE_HOLDERS_PAGE (hg_holders_page_get_type())
G_DECLARE_FINAL_TYPE(HgHoldersPage, hg_holders_page, HG, HOLDERS_PAGE, HgPage)
