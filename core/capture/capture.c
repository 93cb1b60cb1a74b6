/* capture.c - from a process to the records of its heap.
 * SPDX-License-Identifier: MIT */
#include "core/capture/capture.h"

#include "core/capture/take.h"
#include "core/error.h"
#include "core/numbers.h"

/* What the facts are told with: after a failure nothing more is. */
typedef struct {
    HgSink *sink;
    GError **error;
    bool failed;
} Facts;

static void
tell(Facts *facts, const char *key, const char *value)
{
    if (!facts->failed && value)
        facts->failed = !facts->sink->fact(facts->sink, key, value, facts->error);
}

G_GNUC_PRINTF(3, 4)
static void
tell_format(Facts *facts, const char *key, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *value = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    tell(facts, key, value);
}

static void
tell_process(Facts *facts, const HgImage *image, const HgCaptureOptions *options)
{
    const HgImageOrigin *origin = &image->origin;
    if (origin->pid)
        tell_format(facts, HG_FACT_PID, "%d", origin->pid);
    if (origin->process_start)
        tell_format(facts, HG_FACT_PROCESS_START, "%" G_GUINT64_FORMAT, origin->process_start);
    tell(facts, HG_FACT_BOOT_ID, origin->boot_id);
    if (options->with_values && origin->arguments) {
        g_autofree char *valid = g_utf8_make_valid(origin->arguments, -1);
        tell(facts, HG_FACT_ARGV, valid);
    }
    if (origin->resident)
        tell_format(facts, "rss", "%" G_GUINT64_FORMAT, origin->resident);
}

static void
tell_cost(Facts *facts, const HgImageCost *cost)
{
    if (cost->n_stops) {
        tell_format(facts, "pause", "%" G_GUINT64_FORMAT, cost->pause);
        tell_format(facts, "stops", "%u", cost->n_stops);
        tell_format(facts, "copied", "%" G_GUINT64_FORMAT, cost->copied);
    }
    if (cost->during_collection)
        tell(facts, "during-collection", "yes");
}

/* Thresholds and counts of the collector: after its links, each generation has both as ints. */
static void
tell_collector(Facts *facts, HgImage *image, const HgRuntime *runtime)
{
    int32_t number[3][2] = {{0}};
    if (runtime->n_interpreters == 0)
        return;
    for (size_t i = 0; i < 3; i++)
        if (!hg_image_read(image, runtime->interpreter[0].generation[i] + 16, number[i],
                           sizeof number[i]))
            return;
    tell_format(facts, "gc-thresholds", "%d,%d,%d", number[0][0], number[1][0], number[2][0]);
    tell_format(facts, "gc-counts", "%d,%d,%d", number[0][1], number[1][1], number[2][1]);
}

static bool
tell_facts(HgImage *image, const HgRuntime *runtime, const HgCaptureOptions *options, HgSink *sink,
           GError **error)
{
    Facts facts = {sink, error, false};
    tell(&facts, HG_FACT_RUNTIME, "CPython");
    tell(&facts, HG_FACT_PYTHON, runtime->version_text);
    tell(&facts, HG_FACT_SOURCE, image->origin.source);
    tell_format(&facts, HG_FACT_TAKEN, "%" G_GUINT64_FORMAT, image->origin.taken);
    tell_process(&facts, image, options);
    tell(&facts, HG_FACT_WORD_SIZE, "8");
    tell(&facts, HG_FACT_INSTANT, "yes");
    tell(&facts, HG_FACT_EXTERNAL, "yes");
    tell(&facts, HG_FACT_VALUES, options->with_values ? "short" : "none");
    tell_collector(&facts, image, runtime);
    tell_cost(&facts, &image->cost);
    return !facts.failed;
}

/* How sound the heap was: both are 0 or nearly so. */
static bool
tell_findings(const HgWalkResult *walk, HgSink *sink, GError **error)
{
    Facts facts = {sink, error, false};
    tell_format(&facts, "bad-pointers", "%" G_GUINT64_FORMAT, walk->n_bad);
    tell_format(&facts, "dying-pointers", "%" G_GUINT64_FORMAT, walk->n_dying);
    tell_format(&facts, "below-zero", "%" G_GUINT64_FORMAT, walk->n_negative);
    return !facts.failed;
}

static uint64_t
count_unanswered(const HgGhostTally *tally)
{
    uint64_t n = 0;
    for (int outcome = HG_GHOST_UNCOLLECTED + 1; outcome < HG_GHOST_N_OUTCOMES; outcome++)
        n += tally->n_objects[outcome];
    return n;
}

/* What came of the ghost: of which objects references are exact, and why not of all. */
static bool
tell_ghost(const HgCaptureResult *result, HgSink *sink, GError **error)
{
    Facts facts = {sink, error, false};
    const HgGhostTally *tally = &result->walk.ghost;
    tell(&facts, "ghost", result->had_ghost ? "yes" : "no");
    if (!result->had_ghost) {
        tell(&facts, "ghost-missing", result->no_ghost);
        return !facts.failed;
    }
    tell_format(&facts, "ghost-answered", "%" G_GUINT64_FORMAT,
                tally->n_objects[HG_GHOST_ANSWERED] + tally->n_objects[HG_GHOST_UNCOLLECTED]);
    tell_format(&facts, "ghost-unanswered", "%" G_GUINT64_FORMAT, count_unanswered(tally));
    tell_format(&facts, "ghost-confirmed", "%" G_GUINT64_FORMAT, tally->n_confirmed);
    tell_format(&facts, "ghost-measured", "%" G_GUINT64_FORMAT, tally->n_measured);
    tell_format(&facts, "ghost-unmeasured", "%" G_GUINT64_FORMAT, tally->n_unmeasured);
    tell_format(&facts, "ghost-corrected-types", "%" G_GUINT64_FORMAT, tally->n_corrected_types);
    return !facts.failed;
}

/* Returns: why objects went without an answer, how many each; g_free(). */
static char *
dup_failures(const HgGhostTally *tally)
{
    static const char *const failure[HG_GHOST_N_OUTCOMES] = {
        [HG_GHOST_FAULT] = "crashed",
        [HG_GHOST_NO_CODE] = "have no code here",
        [HG_GHOST_SYSTEM_CALL] = "made system calls",
        [HG_GHOST_TOO_LONG] = "came to no end",
        [HG_GHOST_TOO_MANY] = "visited too much",
        [HG_GHOST_DISTRUSTED_TYPE] = "were left out after that",
        [HG_GHOST_DIED] = "ended the ghost",
    };
    GString *text = g_string_new(NULL);
    for (int outcome = 0; outcome < HG_GHOST_N_OUTCOMES; outcome++) {
        if (!failure[outcome] || !tally->n_objects[outcome])
            continue;
        g_autofree char *count = hg_number_dup_count(tally->n_objects[outcome]);
        g_string_append_printf(text, ", %s %s", count, failure[outcome]);
    }
    return g_string_free(text, FALSE);
}

char *
hg_capture_dup_ghost_sentence(const HgCaptureResult *result)
{
    const HgGhostTally *tally = &result->walk.ghost;
    g_autofree char *guessed = hg_number_dup_count(result->walk.n_guessed);
    if (!result->had_ghost)
        return g_strdup_printf("no ghost (%s): %s references are guessed", result->no_ghost,
                               guessed);
    g_autofree char *failures = dup_failures(tally);
    g_autofree char *answered = hg_number_dup_count(tally->n_objects[HG_GHOST_ANSWERED] +
                                                    tally->n_objects[HG_GHOST_UNCOLLECTED]);
    return g_strdup_printf("ghost: %s objects answered%s; %s references are guessed", answered,
                           failures, guessed);
}

/* Returns: a ghost of the image if that is wanted and can be had; [result] tells why not. */
static HgGhost *
raise_ghost(HgImage *image, HgTrust trust, HgCaptureResult *result)
{
    g_autoptr(GError) problem = NULL;
    HgGhost *ghost = NULL;
    if (trust == HG_TRUST_NONE)
        g_strlcpy(result->no_ghost, "not wanted", sizeof result->no_ghost);
    else if (trust == HG_TRUST_OWN && !image->origin.is_own)
        g_snprintf(result->no_ghost, sizeof result->no_ghost, "%s is not trusted",
                   g_str_equal(image->origin.source, "core") ? "a core" : "another user's process");
    else if (image->n_threads == 0)
        g_strlcpy(result->no_ghost, "the image has no thread", sizeof result->no_ghost);
    else {
        ghost = hg_ghost_new(image, image->thread[0].fs_base, &problem);
        if (!ghost)
            g_snprintf(result->no_ghost, sizeof result->no_ghost, "%s", problem->message);
    }
    result->had_ghost = ghost != NULL;
    return ghost;
}

void
hg_capture_result_clear(HgCaptureResult *result)
{
    g_clear_pointer(&result->remarks, g_strfreev);
}

/* As one fact, a line each. */
static bool
tell_remarks(const HgImage *image, HgSink *sink, GError **error)
{
    Facts facts = {sink, error, false};
    g_autofree char *lines = g_strjoinv("\n", (char **)(void *)hg_image_get_remarks(image));
    g_autofree char *valid = g_utf8_make_valid(lines, -1);
    if (*valid)
        tell(&facts, "missing", valid);
    return !facts.failed;
}

bool
hg_capture_image(HgImage *image, const HgRuntime *runtime, const HgCaptureOptions *options,
                 HgSink *sink, HgCaptureResult *result, GError **error)
{
    g_auto(HgCaptureResult) unused = {0};
    if (!result)
        result = &unused;
    *result = (HgCaptureResult){.cost = image->cost};
    result->remarks = g_strdupv((char **)(void *)hg_image_get_remarks(image));
    g_autoptr(HgGhost) ghost = raise_ghost(image, options->trust, result);
    HgWalkOptions walk = {.with_values = options->with_values, .ghost = ghost};
    g_strlcpy(result->python, runtime->version_text, sizeof result->python);
    return tell_facts(image, runtime, options, sink, error) && tell_remarks(image, sink, error) &&
           hg_walk(image, runtime, &walk, sink, &options->progress, &result->walk, error) &&
           tell_findings(&result->walk, sink, error) && tell_ghost(result, sink, error) &&
           sink->end(sink, error);
}

bool
hg_capture_process(int pid, const HgCaptureOptions *options, HgSink *sink, HgCaptureResult *result,
                   GError **error)
{
    g_auto(HgRuntime) runtime = {0};
    g_autoptr(HgImage) image =
        hg_image_take_process(pid, options->fork, &runtime, &options->progress, error);
    return image && hg_capture_image(image, &runtime, options, sink, result, error);
}

bool
hg_capture_core(const char *path, const HgImageOpenOptions *core, const HgCaptureOptions *options,
                HgSink *sink, HgCaptureResult *result, GError **error)
{
    g_auto(HgRuntime) runtime = {0};
    g_autoptr(HgImage) image = hg_image_take_core(path, core, &runtime, error);
    return image && hg_capture_image(image, &runtime, options, sink, result, error);
}

bool
hg_capture_core_stream(GInputStream *in, const HgImageOpenOptions *core,
                       const HgCaptureOptions *options, HgSink *sink, HgCaptureResult *result,
                       GError **error)
{
    g_auto(HgRuntime) runtime = {0};
    g_autoptr(HgImage) image = hg_image_open_stream(in, core, error);
    return image && hg_image_locate_core(image, &runtime, error) &&
           hg_capture_image(image, &runtime, options, sink, result, error);
}
