/* bookmarks.h - names and notes for objects of the snapshot that is looked at.
 *
 * They stand in the store, where `heapgraph show @name` finds them too; only setting or removing
 * one writes there.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/session.h"

#include <adwaita.h>

#define HG_TYPE_BOOKMARKS (hg_bookmarks_get_type())
G_DECLARE_FINAL_TYPE(HgBookmarks, hg_bookmarks, HG, BOOKMARKS, AdwBin)

void hg_bookmarks_set_session(HgBookmarks *bookmarks, HgSession *session);

/* Asks for a name and a note for the selected object, and sets the bookmark. */
void hg_bookmarks_add(HgBookmarks *bookmarks);
