/* object-page.h - one object: what it refers to, what refers to it, what it holds.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/page.h"

#define HG_TYPE_OBJECT_PAGE (hg_object_page_get_type())
G_DECLARE_FINAL_TYPE(HgObjectPage, hg_object_page, HG, OBJECT_PAGE, HgPage)
