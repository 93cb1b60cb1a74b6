/* advice-page.h - what is kept could be smaller: where, by how much, and what to do.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/page.h"

#define HG_TYPE_ADVICE_PAGE (hg_advice_page_get_type())
G_DECLARE_FINAL_TYPE(HgAdvicePage, hg_advice_page, HG, ADVICE_PAGE, HgPage)
