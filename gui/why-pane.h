/* why-pane.h - the pane beside every page: why the selected object is alive.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/session.h"

#include <adwaita.h>

#define HG_TYPE_WHY_PANE (hg_why_pane_get_type())
G_DECLARE_FINAL_TYPE(HgWhyPane, hg_why_pane, HG, WHY_PANE, AdwBin)

void hg_why_pane_set_session(HgWhyPane *pane, HgSession *session);
