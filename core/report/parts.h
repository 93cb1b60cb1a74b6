/* parts.h - the parts of a report; for core/report alone.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/shares.h"
#include "core/report/report.h"

typedef struct {
    HgSnapshot *snapshot;
    const HgReportOptions *options;
    GString *html;
    unsigned n_pictures; /* so far: their ids must differ */
} HgReport;

/* The style sheet: light and dark, screen and paper. */
extern const char hg_report_style[];

/* Each appends a section, or nothing where there is nothing to tell. */
bool hg_report_add_facts(HgReport *report, GError **error);
bool hg_report_add_suspects(HgReport *report, const GPtrArray *suspects, GError **error);
bool hg_report_add_advice(HgReport *report, const GPtrArray *advice, GError **error);
bool hg_report_add_growth(HgReport *report, GError **error);
bool hg_report_add_types(HgReport *report, GError **error);
bool hg_report_add_holders(HgReport *report, GError **error);

/* Appends the picture of what leads to the object, or of what it leads to. */
bool hg_report_add_chain(HgReport *report, uint32_t object, GError **error);
bool hg_report_add_neighbours(HgReport *report, uint32_t object, GError **error);

/* Appends the shares as nested areas. */
void hg_report_add_areas(GString *html, const HgShares *shares);
