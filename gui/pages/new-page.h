/* new-page.h - the objects of a type that were not there before.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/list-page.h"

#define HG_TYPE_NEW_PAGE (hg_new_page_get_type())
G_DECLARE_FINAL_TYPE(HgNewPage, hg_new_page, HG, NEW_PAGE, HgListPage)
