/* capture-page.h - capturing from the window: choose a process or run a script, watch it, take
 * snapshots, see what grew.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/page.h"

#define HG_TYPE_CAPTURE_PAGE (hg_capture_page_get_type())
G_DECLARE_FINAL_TYPE(HgCapturePage, hg_capture_page, HG, CAPTURE_PAGE, HgPage)
