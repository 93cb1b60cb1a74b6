/* objects-page.h - the objects of a type, or the biggest of all.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/list-page.h"

#define HG_TYPE_OBJECTS_PAGE (hg_objects_page_get_type())
G_DECLARE_FINAL_TYPE(HgObjectsPage, hg_objects_page, HG, OBJECTS_PAGE, HgListPage)
