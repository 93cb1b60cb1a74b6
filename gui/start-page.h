/* start-page.h - what a window shows before anything is open: what one can do, what was open last.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <adwaita.h>

#define HG_TYPE_START_PAGE (hg_start_page_get_type())
/* Signals: "open" (path): a file that was open before was chosen. */
G_DECLARE_FINAL_TYPE(HgStartPage, hg_start_page, HG, START_PAGE, AdwBin)
