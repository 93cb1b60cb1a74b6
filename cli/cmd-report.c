/* cmd-report.c - heapgraph report: a snapshot as one page of HTML.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "core/report/report.h"
#include "core/write-file.h"

#include <errno.h>
#include <string.h>

static char *output_option;
static gboolean alone_option;

static char *
make(const HgSession *session, const HgSession *earlier, GError **error)
{
    HgReportOptions options = {.earlier = earlier->snapshot, .version = HG_VERSION};
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgProgress progress = hg_progress_bar_get(bar);
    return hg_report_make(session->snapshot, &options, &progress, error);
}

static bool
write_page(const char *page, GError **error)
{
    if (g_str_equal(output_option, "-")) {
        if (fputs(page, stdout) >= 0)
            return true;
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "cannot write the report: %s",
                    g_strerror(errno));
        return false;
    }
    if (!hg_write_file(output_option, page, strlen(page), 0600, error))
        return false;
    g_autofree char *size = hg_number_dup_size(strlen(page));
    hg_output_remark("%s: %s", output_option, size);
    return true;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0}, earlier = {0};
    if (!output_option) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "-o FILE.html says where the report goes; - is standard output");
        return false;
    }
    if (!hg_session_open(&session, invocation, error) ||
        !hg_session_open_earlier(&session, invocation->arguments[0], alone_option, &earlier, error))
        return false;
    g_autofree char *page = make(&session, &earlier, error);
    return page && write_page(page, error);
}

static const GOptionEntry options[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output_option, "where it goes; - is standard output",
     "FILE.html"},
    {"alone", 0, 0, G_OPTION_ARG_NONE, &alone_option, "compare with no earlier snapshot", NULL},
    {0}};

const HgCommand cmd_report = {
    .name = "report",
    .arguments = "[EARLIER]",
    .max_arguments = 1,
    .summary = "a page of HTML: suspects, growth, holders, types and advice, with pictures",
    .details =
        "The page is one file that needs nothing from anywhere and holds no script. What grew is\n"
        "told against EARLIER, or the snapshot of the same process before. The file can be read\n"
        "by its owner only: it holds names and values of the program.\n"
        "\n"
        "Examples:\n"
        "  heapgraph report -o report.html\n"
        "  heapgraph report -o report.html -d after.hgd before.hgd",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT,
    .options = options,
    .run = run,
};
