/* cmd-capture.c - heapgraph capture: the heap of a running process becomes a snapshot or a dump.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "core/capture/capture.h"
#include "core/dump/writer.h"
#include "core/load/load.h"
#include "core/numbers.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <stdio.h>
#include <unistd.h>

static char *output_option;
static char *values_option;
static char *name_option;
static gboolean no_ghost_option;
static gboolean trust_option;

static bool
parse_pid(const char *text, int *pid, GError **error)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT, &number, NULL)) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                    "'%s' is no process number; `heapgraph processes` lists what can be captured",
                    text);
        return false;
    }
    *pid = (int)number;
    return true;
}

static bool
parse_values(bool *with_values, GError **error)
{
    const char *values = values_option ? values_option : "short";
    if (!g_str_equal(values, "short") && !g_str_equal(values, "none")) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "--values is none or short, not '%s'", values);
        return false;
    }
    *with_values = g_str_equal(values, "short");
    return true;
}

static bool
parse_trust(HgTrust *trust, GError **error)
{
    if (no_ghost_option && trust_option) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "--trust is of the ghost, and --no-ghost wants none");
        return false;
    }
    *trust = no_ghost_option ? HG_TRUST_NONE : trust_option ? HG_TRUST_ALL : HG_TRUST_OWN;
    return true;
}

/* ---- a dump file: whole under its name, or not there ------------------------------------- */

static bool
capture_to_stream(int pid, const HgCaptureOptions *options, int file, HgCaptureResult *result,
                  uint64_t *bytes, GError **error)
{
    g_autoptr(GOutputStream) stream = g_unix_output_stream_new(file, FALSE);
    HgSink *writer = hg_dump_writer_new(stream, NULL);
    bool done = hg_capture_process(pid, options, writer, result, error);
    *bytes = hg_dump_writer_get_result(writer).bytes;
    hg_dump_writer_free(writer);
    return done;
}

/* Only the owner may read it: a dump holds what the program held. */
static int
create_file(const char *path, GError **error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
    return file;
}

static bool
publish_file(const char *part, const char *path, GError **error)
{
    if (rename(part, path) == 0)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
    return false;
}

static bool
capture_to_file(int pid, const HgCaptureOptions *options, const char *path, HgCaptureResult *result,
                uint64_t *bytes, GError **error)
{
    if (g_str_equal(path, "-"))
        return capture_to_stream(pid, options, STDOUT_FILENO, result, bytes, error);
    g_autofree char *part = g_strdup_printf("%s.%d.part", path, getpid());
    int file = create_file(part, error);
    if (file < 0)
        return false;
    bool done = capture_to_stream(pid, options, file, result, bytes, error);
    if (close(file) != 0 && done) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
        done = false;
    }
    done = done && publish_file(part, path, error);
    if (!done)
        unlink(part);
    return done;
}

/* ---- a snapshot in a store ---------------------------------------------------------------- */

static bool
capture_to_store(int pid, const HgCaptureOptions *options, const char *path,
                 HgCaptureResult *result, HgLoadResult *load, GError **error)
{
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, error);
    if (!store)
        return false;
    HgLoadOptions load_options = {.name = name_option, .progress = options->progress};
    g_autoptr(HgLoader) loader = hg_loader_new(store, &load_options);
    return hg_capture_process(pid, options, hg_loader_get_sink(loader), result, error) &&
           hg_loader_finish(loader, load, error);
}

/* ---- what it cost ------------------------------------------------------------------------ */

/* Why some objects of C types still have guessed references. */
static void
report_ghost(const HgCaptureResult *result)
{
    static const char *const failure[HG_GHOST_N_OUTCOMES] = {
        [HG_GHOST_FAULT] = "crashed",
        [HG_GHOST_SYSTEM_CALL] = "made system calls",
        [HG_GHOST_TOO_LONG] = "came to no end",
        [HG_GHOST_TOO_MANY] = "visited too much",
        [HG_GHOST_DISTRUSTED_TYPE] = "were left out after that",
        [HG_GHOST_DIED] = "ended the ghost",
    };
    const HgGhostTally *tally = &result->walk.ghost;
    g_autoptr(GString) text = g_string_new(NULL);
    for (int outcome = 0; outcome < HG_GHOST_N_OUTCOMES; outcome++) {
        if (!failure[outcome] || !tally->n_objects[outcome])
            continue;
        g_autofree char *count = hg_number_dup_count(tally->n_objects[outcome]);
        g_string_append_printf(text, "%s%s %s", text->len ? ", " : "", count, failure[outcome]);
    }
    g_autofree char *answered = hg_number_dup_count(tally->n_objects[HG_GHOST_ANSWERED] +
                                                    tally->n_objects[HG_GHOST_UNCOLLECTED]);
    g_autofree char *guessed = hg_number_dup_count(result->walk.n_guessed);
    if (!result->had_ghost)
        hg_output_remark("no ghost (%s): %s references are guessed", result->no_ghost, guessed);
    else
        hg_output_remark("ghost: %s objects answered%s%s; %s references are guessed", answered,
                         text->len ? ", " : "", text->str, guessed);
}

static void
report(int pid, const HgCaptureResult *result)
{
    g_autofree char *objects = hg_number_dup_count(result->walk.n_objects);
    g_autofree char *references = hg_number_dup_count(result->walk.n_references);
    g_autofree char *copied = hg_number_dup_size(result->cost.copied);
    hg_output_remark(
        "process %d, Python %s: %s objects, %s references; stopped for %.1f ms, copied "
        "%s",
        pid, result->python, objects, references, (double)result->cost.pause / 1000, copied);
    if (result->cost.during_collection)
        hg_output_remark(
            "every stop fell into a running collection: generations and the balance of "
            "references may be wrong for some objects");
    report_ghost(result);
}

static bool
run_to_file(int pid, const HgCaptureOptions *options, GError **error)
{
    HgCaptureResult result = {0};
    uint64_t bytes = 0;
    if (!capture_to_file(pid, options, output_option, &result, &bytes, error))
        return false;
    g_autofree char *size = hg_number_dup_size(bytes);
    report(pid, &result);
    hg_output_remark("%s: %s", output_option, size);
    return true;
}

static bool
run_to_store(int pid, const HgCaptureOptions *options, const char *path, GError **error)
{
    HgCaptureResult result = {0};
    HgLoadResult load = {0};
    if (!capture_to_store(pid, options, path, &result, &load, error))
        return false;
    report(pid, &result);
    hg_output_remark("%s: snapshot %u", path, load.snapshot);
    return true;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgCaptureOptions options = {.progress = hg_progress_bar_get(bar)};
    int pid;
    if (!parse_pid(invocation->arguments[0], &pid, error) ||
        !parse_values(&options.with_values, error) || !parse_trust(&options.trust, error))
        return false;
    if (output_option && (name_option || invocation->store)) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "-o writes a dump file; -d and --name are of a store");
        return false;
    }
    return output_option ? run_to_file(pid, &options, error)
                         : run_to_store(pid, &options, hg_session_get_path(invocation), error);
}

static const GOptionEntry options[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output_option,
     "write a dump file instead of a snapshot; - is standard output", "FILE.hgd"},
    {"values", 0, 0, G_OPTION_ARG_STRING, &values_option,
     "none or short: the beginnings of strings, and numbers (default: short)", "VALUES"},
    {"name", 0, 0, G_OPTION_ARG_STRING, &name_option, "name of the snapshot", "NAME"},
    {"no-ghost", 0, 0, G_OPTION_ARG_NONE, &no_ghost_option,
     "run nothing of the process's code on the copy; references of C types are guessed", NULL},
    {"trust", 0, 0, G_OPTION_ARG_NONE, &trust_option, "run it also for another user's process",
     NULL},
    {0}};

const HgCommand cmd_capture = {
    .name = "capture",
    .arguments = "PID",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "take the heap of a running Python process",
    .details =
        "The process is stopped while its memory is copied, and runs on while the copy is read.\n"
        "Nothing is installed in it and no code runs there.\n"
        "\n"
        "What objects of C types refer to, their own tp_traverse tells: it runs on the copy, in a\n"
        "child process that can do nothing else (the ghost), for processes of the same user.\n"
        "\n"
        "Examples:\n"
        "  heapgraph capture 1234 -d service.db\n"
        "  heapgraph capture 1234 -o before.hgd --values none",
    .takes = HG_TAKES_STORE,
    .options = options,
    .run = run,
};
