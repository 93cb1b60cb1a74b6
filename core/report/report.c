/* report.c - a snapshot as one page of HTML: the order of its parts, its head and its foot.
 * SPDX-License-Identifier: MIT */
#include "core/report/report.h"

#include "core/numbers.h"
#include "core/questions/advice.h"
#include "core/questions/suspects.h"
#include "core/report/html.h"
#include "core/report/parts.h"

static char *
dup_title(HgReport *report)
{
    const HgSnapshotInfo *info = hg_snapshot_get_info(report->snapshot);
    const char *program = hg_snapshot_get_fact(report->snapshot, HG_FACT_ARGV);
    return program ? g_strdup_printf("%s: %s", info->name, program) : g_strdup(info->name);
}

static void
add_head(HgReport *report, const char *title)
{
    GString *html = report->html;
    g_string_append(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                          "<meta name=\"viewport\" content=\"width=device-width, "
                          "initial-scale=1\">\n"
                          "<meta name=\"color-scheme\" content=\"light dark\">\n"
                          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                          "'none'; img-src data:; style-src 'unsafe-inline'\">\n"
                          "<link rel=\"icon\" href=\"data:,\">\n");
    hg_html_add_element(html, "title", title);
    g_string_append_printf(html, "<style>%s</style>\n</head>\n<body>\n", hg_report_style);
    g_string_append(html, "<a class=\"skip\" href=\"#suspects\">Skip to the suspects</a>\n");
}

static void
add_number(GString *html, const char *name, const char *value)
{
    g_string_append(html, "<div>");
    hg_html_add_element(html, "dt", name);
    hg_html_add_element(html, "dd", value);
    g_string_append(html, "</div>\n");
}

/* Takes [value]. */
static void
add_taken_number(GString *html, const char *name, char *value)
{
    add_number(html, name, value);
    g_free(value);
}

static void
add_numbers(HgReport *report)
{
    GString *html = report->html;
    const HgSnapshotInfo *info = hg_snapshot_get_info(report->snapshot);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(info->taken / G_USEC_PER_SEC);
    g_string_append(html, "<dl class=\"numbers\">\n");
    add_taken_number(html, "Objects", hg_number_dup_count(info->n_objects));
    add_taken_number(html, "Size", hg_number_dup_size(info->size));
    add_taken_number(html, "References", hg_number_dup_count(info->n_references));
    add_taken_number(html, info->knows_garbage ? "Garbage" : "Unreached",
                     hg_number_dup_count(info->n_objects - info->n_live));
    add_number(html, "Python", info->python);
    if (utc)
        add_taken_number(html, "Taken", g_date_time_format(utc, "%Y-%m-%d %H:%M:%S UTC"));
    g_string_append(html, "</dl>\n");
}

static void
add_contents(GString *html, bool has_growth, bool has_advice, bool has_holders)
{
    const struct {
        const char *id, *title;
        bool is_there;
    } parts[] = {{"suspects", "Suspects", true},      {"growth", "Growth", has_growth},
                 {"holders", "Holders", has_holders}, {"types", "Types", true},
                 {"advice", "Advice", has_advice},    {"facts", "Process", true}};
    g_string_append(html, "<nav aria-label=\"Contents\"><ul>\n");
    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++)
        if (parts[i].is_there)
            g_string_append_printf(html, "<li><a href=\"#%s\">%s</a></li>\n", parts[i].id,
                                   parts[i].title);
    g_string_append(html, "</ul></nav>\n");
}

static void
add_header(HgReport *report, const char *title, const GPtrArray *advice)
{
    g_string_append(report->html, "<header>\n");
    hg_html_add_element(report->html, "h1", title);
    add_numbers(report);
    add_contents(report->html, report->options->earlier, advice->len > 0,
                 hg_snapshot_count(report->snapshot, HG_COLUMN_RETAINED) > 0);
    g_string_append(report->html, "</header>\n<main>\n");
}

static void
add_foot(HgReport *report)
{
    g_string_append(report->html, "</main>\n<footer>Made by heapgraph ");
    hg_html_add_text(report->html, report->options->version);
    g_string_append(report->html, ". It holds names and values of the program.</footer>\n"
                                  "</body>\n</html>\n");
}

char *
hg_report_make(HgSnapshot *snapshot, const HgReportOptions *options, const HgProgress *progress,
               GError **error)
{
    g_autoptr(GString) html = g_string_new(NULL);
    HgReport report = {.snapshot = snapshot, .options = options, .html = html};
    HgSuspectOptions suspect_options = HG_SUSPECT_OPTIONS_INIT;
    HgAdviceOptions advice_options = {0};
    g_autoptr(GPtrArray) suspects =
        hg_suspects_find(snapshot, options->earlier, &suspect_options, progress, error);
    g_autoptr(GPtrArray) advice =
        suspects ? hg_advice_find(snapshot, &advice_options, progress, error) : NULL;
    if (!advice)
        return NULL;
    g_autofree char *title = dup_title(&report);
    add_head(&report, title);
    add_header(&report, title, advice);
    if (!hg_report_add_suspects(&report, suspects, error) ||
        !hg_report_add_growth(&report, error) || !hg_report_add_holders(&report, error) ||
        !hg_report_add_types(&report, error) || !hg_report_add_advice(&report, advice, error) ||
        !hg_report_add_facts(&report, error))
        return NULL;
    add_foot(&report);
    return g_strdup(html->str);
}
