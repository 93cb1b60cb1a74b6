/* report.h - a snapshot as one page of HTML, for a ticket or as the artifact of a build.
 *
 *      questions ──▶ report ──▶ facts, suspects, advice, growth, types, holders; pictures as SVG
 *
 * The page needs nothing from anywhere: no script, no font, no image of its own; a policy in its
 * head forbids browsers to look for any. What is in a heap cannot be trusted, so each text of it is
 * made visible and escaped (html.h).
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

typedef struct {
    HgSnapshot *earlier; /* to tell growth, or NULL */
    const char *version; /* of this program */
} HgReportOptions;

/* Returns: the page, g_free(); NULL with [error] set. [progress] may be NULL. */
char *hg_report_make(HgSnapshot *snapshot, const HgReportOptions *options,
                     const HgProgress *progress, GError **error);
