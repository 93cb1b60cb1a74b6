/* graph-export.h - a graph written to a file one is asked for.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/drawing/picture.h"
#include "gui/session.h"

#include <gtk/gtk.h>

/* Asks where a picture shall go, as "svg", "png" or "dot", writes it as it is now, and tells the
 * session how that went. It is done to the end, even if [widget] goes. */
void hg_graph_export(GtkWidget *widget, const HgPicture *picture, const char *format,
                     HgSession *session);
