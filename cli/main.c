/* main.c - the command `heapgraph`: the table of commands, and what all of them share.
 * How to add a command is told in command.h.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/text.h"
#include "core/questions/similar.h"

#include <locale.h>
#include <stdio.h>

extern const HgCommand cmd_advise;
extern const HgCommand cmd_backrefs;
extern const HgCommand cmd_bookmark;
extern const HgCommand cmd_by_type;
extern const HgCommand cmd_capture;
extern const HgCommand cmd_chain;
extern const HgCommand cmd_dominators;
extern const HgCommand cmd_export;
extern const HgCommand cmd_freeze;
extern const HgCommand cmd_garbage;
extern const HgCommand cmd_info;
extern const HgCommand cmd_leaking;
extern const HgCommand cmd_load;
extern const HgCommand cmd_most_common_types;
extern const HgCommand cmd_processes;
extern const HgCommand cmd_reachable;
extern const HgCommand cmd_refs;
extern const HgCommand cmd_report;
extern const HgCommand cmd_roots;
extern const HgCommand cmd_show;
extern const HgCommand cmd_show_growth;
extern const HgCommand cmd_sites;
extern const HgCommand cmd_size;
extern const HgCommand cmd_snapshots;
extern const HgCommand cmd_sql;
extern const HgCommand cmd_suspects;
extern const HgCommand cmd_top;
extern const HgCommand cmd_view;

/* clang-format off */
static const HgCommand *const commands[] = {
    &cmd_processes,
    &cmd_capture,
    &cmd_freeze,
    &cmd_load,
    &cmd_snapshots,
    &cmd_info,
    &cmd_suspects,
    &cmd_most_common_types,
    &cmd_show_growth,
    &cmd_by_type,
    &cmd_show,
    &cmd_refs,
    &cmd_backrefs,
    &cmd_chain,
    &cmd_top,
    &cmd_dominators,
    &cmd_size,
    &cmd_reachable,
    &cmd_garbage,
    &cmd_leaking,
    &cmd_roots,
    &cmd_advise,
    &cmd_sites,
    &cmd_bookmark,
    &cmd_view,
    &cmd_sql,
    &cmd_export,
    &cmd_report,
    NULL,
};
/* clang-format on */

enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_RULE = 3
};

/* ---- help --------------------------------------------------------------------------------- */

static void
print_help(FILE *file)
{
    fputs("heapgraph finds out why memory of a Python process is still in use.\n\n"
          "Usage:\n  heapgraph COMMAND [OPTION...] [ARGUMENT...]\n\nCommands:\n",
          file);
    for (unsigned i = 0; commands[i]; i++)
        fprintf(file, "  %-18s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nAn object (OBJ) is named by its address (0x7f3a... or a decimal id()), by a path from "
          "a\n"
          "module (app.cache.sessions['a'][0]), as the n-th of its type (Session#3), or by a\n"
          "bookmark (@name).\n\n"
          "`heapgraph help COMMAND` tells more of one of them.\n",
          file);
}

static const HgCommand *
find_command(const char *name)
{
    for (unsigned i = 0; commands[i]; i++)
        if (g_str_equal(commands[i]->name, name))
            return commands[i];
    return NULL;
}

static const HgCommand *
require_command(const char *name, GError **error)
{
    const HgCommand *command = find_command(name);
    if (command)
        return command;
    g_auto(HgSimilar) similar = {.wanted = name};
    for (unsigned i = 0; commands[i]; i++)
        hg_similar_offer(&similar, commands[i]->name);
    if (similar.best)
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "there is no command '%s'; did you mean '%s'?",
                    name, similar.best);
    else
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                    "there is no command '%s'; `heapgraph help` lists them", name);
    return NULL;
}

/* ---- options ------------------------------------------------------------------------------ */

typedef struct {
    char *store, *snapshot, *format;
    int64_t limit;
} CommonOptions;

static void
add_common_options(GOptionContext *context, unsigned takes, CommonOptions *options)
{
    GOptionEntry store[] = {
        {"store", 'd', 0, G_OPTION_ARG_FILENAME, &options->store,
         takes & HG_FILLS_STORE
             ? "the store it goes into (default: $HEAPGRAPH_DB, else heapgraph.db)"
             : "the store or dump to ask (default: $HEAPGRAPH_DB, else heapgraph.db)",
         "STORE"},
        {0}};
    GOptionEntry snapshot[] = {
        {"snapshot", 's', 0, G_OPTION_ARG_STRING, &options->snapshot,
         "its snapshot: a number, a name, first, latest or previous (default: latest)", "SNAPSHOT"},
        {0}};
    GOptionEntry format[] = {{"format", 0, 0, G_OPTION_ARG_STRING, &options->format,
                              "table, json or csv (default: table)", "FORMAT"},
                             {0}};
    GOptionEntry limit[] = {{"limit", 'n', 0, G_OPTION_ARG_INT64, &options->limit,
                             "show at most N rows, 0 for all (default: 20 in a table, else all)",
                             "N"},
                            {0}};
    if (takes & HG_TAKES_LIMIT)
        g_option_context_add_main_entries(context, limit, NULL);
    if (takes & HG_TAKES_STORE)
        g_option_context_add_main_entries(context, store, NULL);
    if (takes & HG_TAKES_SNAPSHOT)
        g_option_context_add_main_entries(context, snapshot, NULL);
    if (takes & HG_TAKES_FORMAT)
        g_option_context_add_main_entries(context, format, NULL);
}

static GOptionContext *
make_context(const HgCommand *command, CommonOptions *options)
{
    GOptionContext *context = g_option_context_new(command->arguments);
    g_autofree char *summary = g_strdup(command->summary);
    summary[0] = g_ascii_toupper(summary[0]);
    g_autofree char *sentence = g_strconcat(summary, ".", NULL);
    g_option_context_set_summary(context, sentence);
    g_option_context_set_description(context, command->details);
    if (command->options)
        g_option_context_add_main_entries(context, command->options, NULL);
    add_common_options(context, command->takes, options);
    return context;
}

static void
print_command_help(const HgCommand *command)
{
    CommonOptions options = {.limit = -1};
    g_autoptr(GOptionContext) context = make_context(command, &options);
    g_autofree char *program = g_strconcat("heapgraph ", command->name, NULL);
    g_set_prgname(program);
    g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
    fputs(help, stdout);
}

static bool
asks_for_help(char **words)
{
    for (; *words && !g_str_equal(*words, "--"); words++)
        if (g_str_equal(*words, "--help") || g_str_equal(*words, "-h"))
            return true;
    return false;
}

/* Returns: how to write the command: "heapgraph show [OPTION...] OBJ"; g_free(). */
static char *
dup_usage(const HgCommand *command)
{
    return g_strdup_printf("usage: heapgraph %s [OPTION...]%s%s", command->name,
                           command->arguments ? " " : "",
                           command->arguments ? command->arguments : "");
}

static bool
check_arguments(const HgCommand *command, unsigned n_arguments, GError **error)
{
    g_autofree char *usage = dup_usage(command);
    if (n_arguments < command->min_arguments) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE, usage);
        return false;
    }
    if (n_arguments > command->max_arguments) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "%s takes %s; %s", command->name,
                    command->max_arguments ? "fewer arguments" : "no argument", usage);
        return false;
    }
    return true;
}

#define ROWS_IN_TABLE 20 /* unless -n says so */

static bool
set_limit(HgInvocation *invocation, int64_t limit, GError **error)
{
    if (limit < -1) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "-n: expected a number of rows, 0 for all");
        return false;
    }
    invocation->limit = limit > 0 ? (uint64_t)limit : UINT64_MAX;
    if (limit == -1 && invocation->format == HG_FORMAT_TABLE)
        invocation->limit = ROWS_IN_TABLE;
    return true;
}

static bool
run_parsed(const HgCommand *command, char **arguments, const CommonOptions *options, GError **error)
{
    HgInvocation invocation = {.arguments = arguments,
                               .n_arguments = g_strv_length(arguments),
                               .store = options->store,
                               .snapshot = options->snapshot};
    if (options->format && !hg_format_parse(options->format, &invocation.format)) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "--format %s: expected table, json or csv",
                    options->format);
        return false;
    }
    if (!set_limit(&invocation, options->limit, error))
        return false;
    return check_arguments(command, invocation.n_arguments, error) &&
           command->run(&invocation, error);
}

/* GLib begins its messages as sentences, and names no way out. */
static bool
fail_options(const HgCommand *command, const GError *problem, GError **error)
{
    g_autofree char *message = g_strdup(problem->message);
    message[0] = g_ascii_tolower(message[0]);
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "%s; `heapgraph help %s` tells the options",
                message, command->name);
    return false;
}

/* [words] are those after the name of the command, in an array the parser may rearrange. */
static bool
run_command(const HgCommand *command, char **words, GError **error)
{
    if (asks_for_help(words)) {
        print_command_help(command);
        return true;
    }
    CommonOptions options = {.limit = -1};
    g_autoptr(GOptionContext) context = make_context(command, &options);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_strv_builder_add(builder, command->name);
    g_strv_builder_addv(builder, (const char **)words);
    g_auto(GStrv) line = g_strv_builder_end(builder);
    g_autoptr(GError) problem = NULL;
    bool done = g_option_context_parse_strv(context, &line, &problem) ||
                fail_options(command, problem, error);
    if (done) {
        char **arguments = line + 1;
        if (*arguments && g_str_equal(*arguments, "--"))
            arguments++;
        done = run_parsed(command, arguments, &options, error);
    }
    g_free(options.store);
    g_free(options.snapshot);
    g_free(options.format);
    return done;
}

static bool
run_help(char **words, GError **error)
{
    if (!*words) {
        print_help(stdout);
        return true;
    }
    const HgCommand *command = require_command(*words, error);
    if (command)
        print_command_help(command);
    return command;
}

static bool
run(char **words, GError **error)
{
    if (g_str_equal(*words, "--version") || g_str_equal(*words, "-V")) {
        printf("heapgraph %s\n", HG_VERSION);
        return true;
    }
    if (g_str_equal(*words, "--help") || g_str_equal(*words, "-h") || g_str_equal(*words, "help"))
        return run_help(words + 1, error);
    if (**words == '-') {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                    "expected a command before '%s'; `heapgraph help` lists them", *words);
        return false;
    }
    const HgCommand *command = require_command(*words, error);
    return command && run_command(command, words + 1, error);
}

/* ---- errors ------------------------------------------------------------------------------- */

static int
get_status(const GError *error)
{
    if (g_error_matches(error, HG_ERROR, HG_ERROR_USAGE))
        return EXIT_USAGE;
    return g_error_matches(error, HG_ERROR, HG_ERROR_RULE) ? EXIT_RULE : EXIT_FAILED;
}

/* What went wrong may quote a dump, or bytes of the command line. */
static void
print_error(const GError *error)
{
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    for (unsigned i = 0; lines[i]; i++) {
        g_autofree char *line = hg_text_dup_escaped(lines[i]);
        fprintf(stderr, "heapgraph: %s\n", line);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    g_set_prgname("heapgraph");
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    g_autoptr(GError) error = NULL;
    bool done = run(argv + 1, &error);
    g_autoptr(GError) write_error = NULL;
    bool written = hg_output_flush(&write_error);
    if (!done)
        print_error(error);
    else if (!written)
        print_error(write_error);
    if (!done)
        return get_status(error);
    return written ? EXIT_OK : EXIT_FAILED;
}
