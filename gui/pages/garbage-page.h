/* garbage-page.h - what no root reaches, and what nothing refers to.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/list-page.h"

#define HG_TYPE_GARBAGE_PAGE (hg_garbage_page_get_type())
G_DECLARE_FINAL_TYPE(HgGarbagePage, hg_garbage_page, HG, GARBAGE_PAGE, HgListPage)
