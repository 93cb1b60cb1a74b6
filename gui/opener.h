/* opener.h - files become snapshots of a session: a bar that tells how far that is, and cancels.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/session.h"

#include <adwaita.h>

#define HG_TYPE_OPENER (hg_opener_get_type())
G_DECLARE_FINAL_TYPE(HgOpener, hg_opener, HG, OPENER, AdwBin)

/* Signals: "opened" (path), "failed" (path, message) for every file. */
void hg_opener_set_session(HgOpener *opener, HgSession *session);

/* Opens the store or loads the dump at [path], after those that are being opened. */
void hg_opener_open(HgOpener *opener, const char *path);
void hg_opener_cancel(HgOpener *opener);
bool hg_opener_is_busy(HgOpener *opener);
