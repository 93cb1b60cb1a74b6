/* output.c - how a command prints.
 * SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include "core/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- pieces ------------------------------------------------------------------------------ */

bool
hg_format_parse(const char *name, HgFormat *format)
{
    static const char *const names[] = {"table", "json", "csv"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(name, names[i])) {
            *format = (HgFormat)i;
            return true;
        }
    return false;
}

bool
hg_output_is_terminal(void)
{
    return isatty(STDOUT_FILENO);
}

static bool
takes_colour(int descriptor)
{
    const char *no_colour = g_getenv("NO_COLOR");
    return isatty(descriptor) && !(no_colour && *no_colour) &&
           g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

const char *
hg_output_get_style(HgStyle style)
{
    static const char *const sequences[] = {[HG_STYLE_PLAIN] = "\033[0m",
                                            [HG_STYLE_HEADING] = "\033[1m",
                                            [HG_STYLE_FAINT] = "\033[2m",
                                            [HG_STYLE_NAME] = "\033[36m",
                                            [HG_STYLE_WARNING] = "\033[33m"};
    return takes_colour(STDOUT_FILENO) ? sequences[style] : "";
}

void
hg_output_remark(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fflush(stdout);
    fprintf(stderr, "%s\n", text);
}

void
hg_output_remark_rest(uint64_t count, uint64_t limit, const char *what)
{
    if (count <= limit)
        return;
    g_autofree char *rest = hg_number_dup_count(count - limit);
    hg_output_remark("... and %s more%s%s (-n 0 shows all)", rest, what ? " " : "",
                     what ? what : "");
}

bool
hg_output_flush(GError **error)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    if (errno == EPIPE)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "cannot write the output: %s",
                g_strerror(errno ? errno : EIO));
    return false;
}

/* ---- progress ----------------------------------------------------------------------------- */

#define BAR_WIDTH 30
#define BAR_INTERVAL 100000 /* microseconds between two pictures of it */

struct HgProgressBar {
    bool is_shown;
    int64_t drawn; /* when, in microseconds */
};

HgProgressBar *
hg_progress_bar_new(void)
{
    return g_new0(HgProgressBar, 1);
}

void
hg_progress_bar_free(HgProgressBar *bar)
{
    if (bar && bar->is_shown)
        fputs("\r\033[K", stderr);
    g_free(bar);
}

static void
draw_bar(const char *step, uint64_t done, uint64_t total)
{
    char filled[BAR_WIDTH + 1] = {0};
    double share = total ? MIN((double)done / (double)total, 1) : 0;
    memset(filled, '#', (size_t)(share * BAR_WIDTH));
    if (total)
        fprintf(stderr, "\r\033[K[%-*s] %3d%% %s", BAR_WIDTH, filled, (int)(share * 100), step);
    else
        fprintf(stderr, "\r\033[K%s: %" PRIu64, step, done);
}

static bool
on_progress(const char *step, uint64_t done, uint64_t total, void *user_data)
{
    HgProgressBar *bar = user_data;
    int64_t now = g_get_monotonic_time();
    if (now - bar->drawn < BAR_INTERVAL)
        return true;
    draw_bar(step, done, total);
    bar->drawn = now;
    bar->is_shown = true;
    return true;
}

HgProgress
hg_progress_bar_get(HgProgressBar *bar)
{
    bool is_seen = isatty(STDERR_FILENO) && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
    return (HgProgress){.func = is_seen ? on_progress : NULL, .user_data = bar};
}
