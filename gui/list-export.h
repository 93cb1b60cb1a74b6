/* list-export.h - lists go to the clipboard, or to a file that is asked for.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/list-text.h"
#include "gui/session.h"

#include <gtk/gtk.h>

/* Called once; [file] is NULL if the user thought better of it. */
typedef void (*HgExportFunc)(GFile *file, bool is_json, void *user_data);

/* Asks where a list shall go, and whether as CSV or JSON. */
void hg_list_export_choose(GtkWidget *widget, HgExportFunc func, void *user_data);

/* Makes a text of the rows (uint32_t) of a list, in that order; both are taken. Returns: the job,
 * whose answer is for hg_list_export_finish(). */
HgJob *hg_list_export_ask(HgSession *session, HgList *list, GArray *rows, HgTextFormat format,
                          HgAnswerFunc answer, void *user_data);

/* Hands the answer over: to [target], or with NULL to the clipboard of the widget; and tells the
 * session how that went. */
void hg_list_export_finish(void *answer, const GError *error, GFile *target, GtkWidget *widget,
                           HgSession *session);
