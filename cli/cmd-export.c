/* cmd-export.c - heapgraph export: a snapshot as plain tables, CSV or JSON files.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/rows.h"
#include "cli/session.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>

static char *tables_option, *csv_option, *json_option;

static bool
export_tables(HgSnapshot *snapshot, GError **error)
{
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgProgress progress = hg_progress_bar_get(bar);
    return hg_snapshot_export_tables(snapshot, tables_option, &progress, error);
}

static bool
fail_file(const char *path, GError **error)
{
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
    return false;
}

/* Values of a heap may be secrets: only the user may read what is made of them. */
static bool
export_relation(HgSnapshot *snapshot, const char *relation, HgFormat format, const char *path,
                GError **error)
{
    g_autofree char *sql = g_strdup_printf("select * from %s", relation);
    int descriptor = g_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (!file)
        return fail_file(path, error);
    bool done = hg_rows_print(file, format, snapshot, sql, error);
    errno = 0;
    bool written = !ferror(file);
    written = fclose(file) == 0 && written;
    return done && (written || fail_file(path, error));
}

static bool
export_folder(HgSnapshot *snapshot, const char *folder, HgFormat format, GError **error)
{
    static const char *const relations[] = {"snapshot", "type", "object", "reference", "root"};
    if (g_mkdir_with_parents(folder, 0700) < 0)
        return fail_file(folder, error);
    for (unsigned i = 0; i < G_N_ELEMENTS(relations); i++) {
        g_autofree char *name =
            g_strconcat(relations[i], format == HG_FORMAT_CSV ? ".csv" : ".json", NULL);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (!export_relation(snapshot, relations[i], format, path, error))
            return false;
    }
    return true;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    if (!tables_option && !csv_option && !json_option) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "export: expected --tables FILE, --csv FOLDER or --json FOLDER");
        return false;
    }
    if (!hg_session_open(&session, invocation, error))
        return false;
    return (!tables_option || export_tables(session.snapshot, error)) &&
           (!csv_option || export_folder(session.snapshot, csv_option, HG_FORMAT_CSV, error)) &&
           (!json_option || export_folder(session.snapshot, json_option, HG_FORMAT_JSON, error));
}

static const GOptionEntry options[] = {
    {"tables", 0, 0, G_OPTION_ARG_FILENAME, &tables_option,
     "a new SQLite file with the snapshot as plain tables with indexes", "FILE"},
    {"csv", 0, 0, G_OPTION_ARG_FILENAME, &csv_option,
     "object.csv, reference.csv, type.csv, root.csv, snapshot.csv in this folder", "FOLDER"},
    {"json", 0, 0, G_OPTION_ARG_FILENAME, &json_option, "the same as .json, a row on each line",
     "FOLDER"},
    {0}};

const HgCommand cmd_export = {
    .name = "export",
    .summary = "write a snapshot as plain SQLite tables, CSV or JSON",
    .details = "The tables are those of `heapgraph help sql`.\n"
               "\n"
               "Examples:\n"
               "  heapgraph export --tables plain.db\n"
               "  heapgraph export -s previous --csv heap/",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT,
    .options = options,
    .run = run,
};
