/* cmd-load.c - heapgraph load: dumps and cores become snapshots of a store.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/load/import.h"

#include <gio/gunixinputstream.h>
#include <unistd.h>

static char *name_option;
static gboolean salvage_option;
static gboolean trust_option;

static bool
load_one(HgStore *store, const char *path, HgImportResult *result, GError **error)
{
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgImportOptions options = {.name = name_option,
                               .salvage = salvage_option,
                               .trust = trust_option,
                               .progress = hg_progress_bar_get(bar)};
    if (!g_str_equal(path, "-"))
        return hg_import_file(store, path, &options, result, error);
    g_autoptr(GInputStream) in = g_unix_input_stream_new(STDIN_FILENO, FALSE);
    if (hg_import_stream(store, in, 0, &options, result, error))
        return true;
    g_prefix_error(error, "standard input: ");
    return false;
}

static const char *
find_name(const GPtrArray *snapshots, uint32_t id)
{
    for (unsigned i = 0; i < snapshots->len; i++)
        if (((HgSnapshotInfo *)snapshots->pdata[i])->id == id)
            return ((HgSnapshotInfo *)snapshots->pdata[i])->name;
    return NULL;
}

static bool
add_row(HgTable *table, HgStore *store, const char *path, const HgLoadResult *loaded,
        GError **error)
{
    g_autoptr(GPtrArray) snapshots = hg_store_list_snapshots(store, error);
    if (!snapshots)
        return false;
    hg_table_add_number(table, loaded->snapshot);
    hg_table_add_text(table, find_name(snapshots, loaded->snapshot));
    hg_table_add_number(table, loaded->n_objects);
    hg_table_add_number(table, loaded->n_references);
    hg_table_add_number(table, loaded->n_objects - loaded->n_live);
    hg_table_add_number(table, loaded->n_dropped);
    hg_table_add_text(table, path);
    return true;
}

static bool
load_all(HgStore *store, char **paths, HgTable *table, GError **error)
{
    for (; *paths; paths++) {
        g_auto(HgImportResult) result = {0};
        if (!load_one(store, *paths, &result, error))
            return false;
        if (result.damage)
            hg_output_remark("%s: damaged, loaded what is whole: %s", *paths, result.damage);
        for (char **remark = result.remarks; remark && *remark; remark++)
            hg_output_remark("%s: %s", *paths, *remark);
        if (result.ghost)
            hg_output_remark("%s: %s", *paths, result.ghost);
        if (!add_row(table, store, *paths, &result.load, error))
            return false;
    }
    return true;
}

/* Before a store is made for nothing. */
static bool
check_dumps(char **paths, GError **error)
{
    for (; *paths; paths++)
        if (!g_str_equal(*paths, "-") && !hg_import_check(*paths, error))
            return false;
    return true;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    static const HgTableColumn columns[] = {{"id", "ID", HG_CELL_NUMBER},
                                            {"name", "NAME", HG_CELL_TEXT},
                                            {"objects", "OBJECTS", HG_CELL_COUNT},
                                            {"refs", "REFERENCES", HG_CELL_COUNT},
                                            {"unreached", "UNREACHED", HG_CELL_COUNT},
                                            {"dropped", NULL, HG_CELL_COUNT},
                                            {"source", "FROM", HG_CELL_TEXT}};
    if (name_option && invocation->n_arguments > 1) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "--name goes with one dump: two snapshots cannot share a name");
        return false;
    }
    if (!check_dumps(invocation->arguments, error))
        return false;
    g_autoptr(HgStore) store =
        hg_store_open(hg_session_get_path(invocation), HG_STORE_WRITE, error);
    if (!store || (name_option && !hg_store_check_new_name(store, name_option, error)))
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    bool done = load_all(store, invocation->arguments, table, error);
    hg_table_end(table);
    return done;
}

static const GOptionEntry options[] = {{"name", 0, 0, G_OPTION_ARG_STRING, &name_option,
                                        "name of the snapshot (default: that of the file)", "NAME"},
                                       {"salvage", 0, 0, G_OPTION_ARG_NONE, &salvage_option,
                                        "take what is whole of a damaged or truncated file", NULL},
                                       {"trust", 0, 0, G_OPTION_ARG_NONE, &trust_option,
                                        "run code of a core, confined, for exact references", NULL},
                                       {0}};

const HgCommand cmd_load = {
    .name = "load",
    .arguments = "DUMP|CORE...",
    .min_arguments = 1,
    .max_arguments = UINT_MAX,
    .summary = "bring dumps and cores into a store, each as a snapshot",
    .details =
        "The store is made where there is none. `-` reads from standard input. A file is loaded\n"
        "whole or not at all. A core is one of the kernel, of gdb's gcore or of `heapgraph "
        "freeze`,\n"
        "compressed by zstd or not; `heapgraph capture --core` takes more options for it.\n"
        "\n"
        "Examples:\n"
        "  heapgraph load before.hgd after.hgd\n"
        "  heapgraph load -d service.db --name 'after an hour' dump.hgd\n"
        "  ssh server cat dump.hgd | heapgraph load -\n"
        "  heapgraph load --salvage cut-short.hgd\n"
        "  heapgraph load core.1234\n"
        "  coredumpctl dump 1234 | heapgraph load -",
    .takes = HG_TAKES_STORE | HG_FILLS_STORE | HG_TAKES_FORMAT,
    .options = options,
    .run = run,
};
