/* command.h - what a command of `heapgraph` is.
 *
 * To add a command `foo`:
 *   1. cli/cmd-foo.c, ending in
 *          const HgCommand cmd_foo = {.name = "foo", .summary = "...", .run = run};
 *   2. two lines in cli/main.c: the extern, and a row of commands[], which is also the order of the
 * help
 *   3. its name in cli/meson.build
 *   4. tests/cli/test-foo.sh and its name in tests/meson.build
 *   5. a paragraph in data/heapgraph.1 and its options in data/bash-completion/heapgraph
 * A command parses and prints; the answer comes from core.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/output.h"
#include "core/error.h"

/* Options that mean the same everywhere; a command says which of them it takes. */
typedef enum {
    HG_TAKES_STORE = 1,    /* -d, --store */
    HG_TAKES_SNAPSHOT = 2, /* -s, --snapshot */
    HG_TAKES_FORMAT = 4,   /* --format */
    HG_TAKES_LIMIT = 8,    /* -n, --limit */
    HG_FILLS_STORE = 16,   /* -d is where something goes */
} HgTakes;

/* The command line after parsing. All is borrowed. */
typedef struct {
    char **arguments; /* NULL-terminated, without the command's name and the options */
    unsigned n_arguments;
    const char *store;    /* -d, or NULL */
    const char *snapshot; /* -s, or NULL */
    HgFormat format;
    uint64_t limit; /* -n: rows at most, UINT64_MAX for all; 20 in a table unless told */
} HgInvocation;

typedef struct {
    const char *name;
    const char *arguments;                 /* for the help: "OBJ", "[BEFORE [AFTER]]"; NULL: none */
    unsigned min_arguments, max_arguments; /* UINT_MAX: any number */
    const char *summary;                   /* one line, lower case, for the list of commands */
    const char *details;         /* sentences and examples for `heapgraph help foo`, may be NULL */
    unsigned takes;              /* HgTakes */
    const GOptionEntry *options; /* its own, or NULL; they set static variables of its file */
    /* Results go to stdout, all else to stderr. HG_ERROR_USAGE makes exit status 2, HG_ERROR_RULE 3
     * and every other error 1; main.c prints the message. */
    bool (*run)(const HgInvocation *invocation, GError **error);
} HgCommand;
