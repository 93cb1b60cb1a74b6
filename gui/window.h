/* window.h - the window: sidebar, tabs of pages, what one opens and where one goes.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/session.h"

#include <adwaita.h>

#define HG_TYPE_WINDOW (hg_window_get_type())
G_DECLARE_FINAL_TYPE(HgWindow, hg_window, HG, WINDOW, AdwApplicationWindow)

HgWindow *hg_window_new(AdwApplication *application);

/* Opens a store or a dump beside what is open. */
void hg_window_open(HgWindow *window, const char *path);
/* Shows that snapshot ("2", "previous"; NULL: the latest) and in it that object ("app.cache",
 * "0x7f...", "Session#3"; NULL: none), once the next file is open. */
void hg_window_show_there(HgWindow *window, const char *snapshot, const char *object);
bool hg_window_is_empty(HgWindow *window);
HgSession *hg_window_get_session(HgWindow *window); /* borrowed */
