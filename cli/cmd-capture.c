/* cmd-capture.c - heapgraph capture: the heap of a running process becomes a snapshot or a dump.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/json.h"
#include "cli/pid.h"
#include "cli/session.h"
#include "core/capture/capture.h"
#include "core/dump/writer.h"
#include "core/load/load.h"
#include "core/numbers.h"
#include "core/unfinished.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <stdio.h>
#include <unistd.h>

static char *core_option;
static char *executable_option;
static char *sysroot_option;
static char *output_option;
static char *values_option;
static char *name_option;
static gboolean fork_option;
static gboolean no_ghost_option;
static gboolean trust_option;

/* What is captured. */
typedef struct {
    int pid;          /* 0: a core */
    const char *core; /* or NULL */
    HgCaptureOptions options;
} Target;

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

/* Returns: whether there is either a process or a core. */
static bool
parse_target(const HgInvocation *invocation, Target *target, GError **error)
{
    target->core = core_option;
    if (!core_option == !invocation->n_arguments) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "expected the number of a process, or a core with --core");
        return false;
    }
    if (!core_option && (executable_option || sysroot_option)) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "--executable and --sysroot go with --core");
        return false;
    }
    if (core_option && fork_option) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE, "a core cannot fork");
        return false;
    }
    target->options.fork = fork_option;
    return (core_option || hg_pid_parse(invocation->arguments[0], &target->pid, error)) &&
           parse_values(&target->options.with_values, error) &&
           parse_trust(&target->options.trust, error);
}

static bool
capture(const Target *target, HgSink *sink, HgCaptureResult *result, GError **error)
{
    HgImageOpenOptions core = {.sysroot = sysroot_option,
                               .executable = executable_option,
                               .progress = target->options.progress};
    return target->core
               ? hg_capture_core(target->core, &core, &target->options, sink, result, error)
               : hg_capture_process(target->pid, &target->options, sink, result, error);
}

/* ---- a dump file: whole under its name, or not there ------------------------------------- */

static bool
capture_to_stream(const Target *target, int file, HgCaptureResult *result, uint64_t *bytes,
                  GError **error)
{
    g_autoptr(GOutputStream) stream = g_unix_output_stream_new(file, FALSE);
    HgSink *writer = hg_dump_writer_new(stream, NULL);
    bool done = capture(target, writer, result, error);
    *bytes = hg_dump_writer_get_result(writer).bytes;
    hg_dump_writer_free(writer);
    return done;
}

/* What is no file, a pipe or /dev/null, is written to and not replaced. */
static bool
capture_to_device(const Target *target, const char *path, HgCaptureResult *result, uint64_t *bytes,
                  GError **error)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    bool done = file >= 0 && capture_to_stream(target, file, result, bytes, error);
    if (file < 0 || (close(file) != 0 && done)) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
        return false;
    }
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
capture_to_file(const Target *target, const char *path, HgCaptureResult *result, uint64_t *bytes,
                GError **error)
{
    if (g_str_equal(path, "-"))
        return capture_to_stream(target, STDOUT_FILENO, result, bytes, error);
    if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return capture_to_device(target, path, result, bytes, error);
    g_autofree char *part = g_strdup_printf("%s.%d.part", path, getpid());
    int file = create_file(part, error);
    if (file < 0)
        return false;
    hg_unfinished_begin(part);
    bool done = capture_to_stream(target, file, result, bytes, error);
    if (close(file) != 0 && done) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
        done = false;
    }
    done = done && publish_file(part, path, error);
    if (!done)
        unlink(part);
    hg_unfinished_end(part);
    return done;
}

/* ---- a snapshot in a store ---------------------------------------------------------------- */

/* Before the process is stopped: whether the capture will find its place. Sets *store to the store
 * if there is one; a new one is not made for nothing. */
static bool
prepare_store(const char *path, HgStore **store, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    bool is_there = g_file_test(path, G_FILE_TEST_EXISTS);
    if (is_there && !(*store = hg_store_open(path, HG_STORE_WRITE, error)))
        return false;
    if (!is_there && access(folder, W_OK | X_OK) != 0) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
        return false;
    }
    return !name_option || hg_store_check_new_name(*store, name_option, error);
}

static bool
capture_to_store(const Target *target, const char *path, HgCaptureResult *result,
                 HgLoadResult *load, GError **error)
{
    g_autoptr(HgStore) store = NULL;
    if (!prepare_store(path, &store, error))
        return false;
    HgLoadOptions load_options = {.name = name_option, .progress = target->options.progress};
    g_autoptr(HgLoader) loader = hg_loader_new(store, &load_options);
    if (!capture(target, hg_loader_get_sink(loader), result, error) ||
        (!store && !(store = hg_store_open(path, HG_STORE_WRITE, error))))
        return false;
    hg_loader_set_store(loader, store);
    return hg_loader_finish(loader, load, error);
}

/* ---- what it cost ------------------------------------------------------------------------ */

static void
report(const Target *target, const HgCaptureResult *result)
{
    g_autofree char *process = g_strdup_printf("process %d", target->pid);
    g_autofree char *objects = hg_number_dup_count(result->walk.n_objects);
    g_autofree char *references = hg_number_dup_count(result->walk.n_references);
    g_autofree char *copied = hg_number_dup_size(result->cost.copied);
    g_autofree char *cost = g_strdup_printf("; stopped for %.1f ms, copied %s",
                                            (double)result->cost.pause / 1000, copied);
    hg_output_remark("%s, Python %s: %s objects, %s references%s",
                     target->core ? target->core : process, result->python, objects, references,
                     result->cost.n_stops ? cost : "");
    for (char **remark = result->remarks; remark && *remark; remark++)
        hg_output_remark("%s", *remark);
    if (result->cost.during_collection)
        hg_output_remark("the collector was at work at that moment: generations and the balance of "
                         "references may be wrong for some objects");
    g_autofree char *ghost = hg_capture_dup_ghost_sentence(result);
    hg_output_remark("%s", ghost);
}

static void
add_remarks(HgJson *json, const HgCaptureResult *result)
{
    hg_json_begin_array(json, "remarks");
    for (char **remark = result->remarks; remark && *remark; remark++)
        hg_json_add_text(json, NULL, *remark);
    hg_json_end_array(json);
}

/* The same for programs: times in seconds, sizes in bytes. The caller adds where it went, and
 * ends the object. */
static void
begin_json(HgJson *json, const Target *target, const HgCaptureResult *result)
{
    const HgImageCost *cost = &result->cost;
    const HgWalkResult *walk = &result->walk;
    hg_json_begin_object(json, NULL);
    if (target->core)
        hg_json_add_text(json, "core", target->core);
    else
        hg_json_add_number(json, "pid", (uint64_t)target->pid);
    hg_json_add_text(json, "python", result->python);
    hg_json_add_number(json, "objects", walk->n_objects);
    hg_json_add_number(json, "references", walk->n_references);
    hg_json_add_number(json, "guessed", walk->n_guessed);
    hg_json_add_number(json, "external", walk->n_external);
    hg_json_add_number(json, "bad_pointers", walk->n_bad);
    hg_json_add_number(json, "below_zero", walk->n_negative);
    hg_json_add_real(json, "pause", (double)cost->pause / 1e6);
    hg_json_add_real(json, "longest_pause", (double)cost->longest_pause / 1e6);
    hg_json_add_number(json, "stops", cost->n_stops);
    hg_json_add_number(json, "copied", cost->copied);
    hg_json_add_bool(json, "during_collection", cost->during_collection);
    hg_json_add_bool(json, "ghost", result->had_ghost);
    if (!result->had_ghost)
        hg_json_add_text(json, "no_ghost", result->no_ghost);
    add_remarks(json, result);
}

static bool
run_to_file(const HgInvocation *invocation, const Target *target, GError **error)
{
    g_auto(HgCaptureResult) result = {0};
    uint64_t bytes = 0;
    if (!capture_to_file(target, output_option, &result, &bytes, error))
        return false;
    if (invocation->format == HG_FORMAT_JSON) {
        HgJson json = {.file = stdout};
        begin_json(&json, target, &result);
        hg_json_add_text(&json, "dump", output_option);
        hg_json_add_number(&json, "size", bytes);
        hg_json_end_object(&json);
        return true;
    }
    g_autofree char *size = hg_number_dup_size(bytes);
    report(target, &result);
    hg_output_remark("%s: %s", output_option, size);
    return true;
}

static bool
run_to_store(const HgInvocation *invocation, const Target *target, GError **error)
{
    g_auto(HgCaptureResult) result = {0};
    HgLoadResult load = {0};
    const char *path = hg_session_get_path(invocation);
    if (!capture_to_store(target, path, &result, &load, error))
        return false;
    if (invocation->format == HG_FORMAT_JSON) {
        HgJson json = {.file = stdout};
        begin_json(&json, target, &result);
        hg_json_add_text(&json, "store", path);
        hg_json_add_number(&json, "snapshot", load.snapshot);
        hg_json_end_object(&json);
        return true;
    }
    report(target, &result);
    hg_output_remark("%s: snapshot %u", path, load.snapshot);
    return true;
}

/* Standard output is either a dump or a report. */
static bool
check_output(const HgInvocation *invocation, GError **error)
{
    const char *problem = NULL;
    if (output_option && (name_option || invocation->store))
        problem = "-o writes a dump file; -d and --name are of a store";
    else if (invocation->format == HG_FORMAT_CSV)
        problem = "what a capture says is no table: --format is json";
    else if (!g_strcmp0(output_option, "-") && invocation->format == HG_FORMAT_JSON)
        problem = "-o - writes the dump to standard output, where --format json writes, too";
    if (problem)
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE, problem);
    return !problem;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    Target target = {.options = {.progress = hg_progress_bar_get(bar)}};
    if (!parse_target(invocation, &target, error))
        return false;
    if (!check_output(invocation, error))
        return false;
    return output_option ? run_to_file(invocation, &target, error)
                         : run_to_store(invocation, &target, error);
}

static const GOptionEntry options[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output_option,
     "write a dump file instead of a snapshot; - is standard output", "FILE.hgd"},
    {"values", 0, 0, G_OPTION_ARG_STRING, &values_option,
     "none or short: the beginnings of strings, and numbers (default: short)", "VALUES"},
    {"name", 0, 0, G_OPTION_ARG_STRING, &name_option, "name of the snapshot", "NAME"},
    {"fork", 0, 0, G_OPTION_ARG_NONE, &fork_option,
     "make the process fork and read the child: it stops for milliseconds", NULL},
    {"no-ghost", 0, 0, G_OPTION_ARG_NONE, &no_ghost_option,
     "run nothing of the process's code on the copy; references of C types are guessed", NULL},
    {"trust", 0, 0, G_OPTION_ARG_NONE, &trust_option,
     "run it also for another user's process or a core", NULL},
    {"core", 0, 0, G_OPTION_ARG_FILENAME, &core_option, "a core file instead of a process", "FILE"},
    {"executable", 0, 0, G_OPTION_ARG_FILENAME, &executable_option,
     "the program of the core, where it is not at its old place", "PATH"},
    {"sysroot", 0, 0, G_OPTION_ARG_FILENAME, &sysroot_option,
     "the folder below which the programs lie that the core names", "DIR"},
    {0}};

const HgCommand cmd_capture = {
    .name = "capture",
    .arguments = "PID | --core FILE",
    .min_arguments = 0,
    .max_arguments = 1,
    .summary = "take the heap of a running Python process or of a core",
    .details =
        "The process is stopped while its memory is copied, and runs on while the copy is read.\n"
        "Nothing is installed in it and no code runs there. A core of the kernel, of gdb's gcore "
        "or\n"
        "of `heapgraph freeze`, compressed by zstd or not, is read in its place with --core.\n"
        "\n"
        "What objects of C types refer to, their own tp_traverse tells: it runs on the copy, in a\n"
        "child process that can do nothing else (the ghost), for processes of the same user.\n"
        "For others, and for a core, --trust says that it may.\n"
        "\n"
        "Examples:\n"
        "  heapgraph capture 1234 -d service.db\n"
        "  heapgraph capture 1234 -o before.hgd --values none\n"
        "  heapgraph capture 1234 -d service.db --format json\n"
        "  heapgraph capture --fork 1234 --name 'at noon'\n"
        "  heapgraph capture --core core.1234 --trust\n"
        "  heapgraph capture --core core.1234 --sysroot /srv/image -o crash.hgd",
    .takes = HG_TAKES_STORE | HG_FILLS_STORE | HG_TAKES_FORMAT,
    .options = options,
    .run = run,
};
