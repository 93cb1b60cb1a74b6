/* retained-view.h - a treemap of what is retained, by holder, type or module; it asks for itself.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/session.h"

#include <gtk/gtk.h>

#define HG_TYPE_RETAINED_VIEW (hg_retained_view_get_type())
G_DECLARE_FINAL_TYPE(HgRetainedView, hg_retained_view, HG, RETAINED_VIEW, GtkBox)

/* Shows a snapshot, and goes places through its session. */
void hg_retained_view_show(HgRetainedView *view, HgSession *session, const HgShot *shot);
