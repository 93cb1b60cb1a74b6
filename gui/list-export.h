/* list-export.h - asking for a file and writing a text to it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/session.h"

#include <gtk/gtk.h>

/* Called once; [file] is NULL if the user thought better of it. */
typedef void (*HgExportFunc)(GFile *file, bool is_json, void *user_data);

/* Asks where a list shall go, and whether as CSV or JSON. */
void hg_list_export_choose(GtkWidget *widget, HgExportFunc func, void *user_data);

/* Writes [text], which is taken, and tells the session how that went. */
void hg_list_export_save(GFile *file, char *text, HgSession *session);
