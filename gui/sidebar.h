/* sidebar.h - the pages, the snapshots that are open, the bookmarks.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/session.h"

#include <adwaita.h>

#define HG_TYPE_SIDEBAR (hg_sidebar_get_type())
G_DECLARE_FINAL_TYPE(HgSidebar, hg_sidebar, HG, SIDEBAR, AdwBin)

void hg_sidebar_set_session(HgSidebar *sidebar, HgSession *session);

/* Marks the page and the snapshot that are seen. */
void hg_sidebar_show_place(HgSidebar *sidebar, const HgPlace *place);

/* Asks for the name of a bookmark for the selected object. */
void hg_sidebar_add_bookmark(HgSidebar *sidebar);
