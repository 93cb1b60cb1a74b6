/* capture.c - capturing from the window.
 * SPDX-License-Identifier: MIT */
#include "gui/models/capture.h"

#include "core/capture/capture.h"
#include "core/capture/processes.h"
#include "core/load/load.h"
#include "core/numbers.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const HgListColumn columns[] = {
    {"pid", "PID", HG_FIELD_NUMBER, 8, "its number"},
    {"python", "Python", HG_FIELD_TEXT, 8, "its version"},
    {"memory", "Memory", HG_FIELD_SIZE, 10, "resident"},
    {"command", "Command", HG_FIELD_TEXT, 0, NULL},
    {"problem", "Problem", HG_FIELD_TEXT, 14, "why it cannot be captured"},
};

HgList *
hg_capture_list_processes(HgAsk *ask, GError **error)
{
    g_autoptr(GArray) processes = hg_processes_list();
    HgList *list = hg_list_new(columns, G_N_ELEMENTS(columns), NULL);
    for (unsigned i = 0; i < processes->len; i++) {
        const HgPythonProcess *python = &g_array_index(processes, HgPythonProcess, i);
        const HgProcess *process = &python->process;
        hg_list_begin_row(list, HG_NONE);
        hg_list_add_signed(list, process->pid);
        hg_list_add_text(list, python->version);
        hg_list_add_number(list, process->resident);
        hg_list_add_text(list, process->arguments ? process->arguments : process->name);
        hg_list_add_text(list, python->problem);
    }
    return list;
}

void
hg_captured_free(void *data)
{
    HgCaptured *captured = data;
    if (!captured)
        return;
    g_clear_pointer(&captured->shots, g_ptr_array_unref);
    g_free(captured->remark);
    g_free(captured);
}

static bool
list_shots(HgCaptured *captured, HgStore *store, const char *path, GError **error)
{
    g_autoptr(GPtrArray) infos = hg_store_list_snapshots(store, error);
    for (unsigned i = 0; infos && i < infos->len; i++)
        g_ptr_array_add(captured->shots, hg_shot_new(path, infos->pdata[i]));
    return infos;
}

HgCaptured *
hg_capture_take(HgAsk *ask, int pid, const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_mkdir_with_parents(folder, 0700);
    g_autoptr(HgStore) store = hg_store_open(path, HG_STORE_WRITE, error);
    if (!store)
        return NULL;
    HgCaptureOptions options = {.with_values = true, .progress = *hg_ask_get_progress(ask)};
    HgLoadOptions load_options = {.progress = options.progress};
    g_autoptr(HgLoader) loader = hg_loader_new(store, &load_options);
    g_auto(HgCaptureResult) result = {0};
    HgLoadResult load = {0};
    if (!hg_capture_process(pid, &options, hg_loader_get_sink(loader), &result, error) ||
        !hg_loader_finish(loader, &load, error))
        return NULL;
    g_autoptr(HgCaptured) captured = g_new0(HgCaptured, 1);
    g_autofree char *objects = hg_number_dup_count(load.n_objects);
    captured->shots = g_ptr_array_new_with_free_func(hg_shot_unref);
    captured->remark = g_strdup_printf("%s objects; the process stood still for %.1f ms", objects,
                                       (double)result.cost.pause / 1000);
    return list_shots(captured, store, path, error) ? g_steal_pointer(&captured) : NULL;
}

char *
hg_capture_dup_path(const char *name, int pid)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%d-%H%M%S");
    g_autofree char *base = g_path_get_basename(name);
    g_autofree char *file = g_strdup_printf("%s-%d-%s.db", base, pid, time);
    g_strcanon(file, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", '_');
    return g_build_filename(g_get_user_cache_dir(), "heapgraph", "captures", file, NULL);
}

bool
hg_capture_read_memory(int pid, uint64_t *resident)
{
    uint64_t pages;
    g_autofree char *path = g_strdup_printf("/proc/%d/statm", pid);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL) ||
        sscanf(text, "%*u %" SCNu64, &pages) != 1 || pages == 0)
        return false;
    *resident = pages * (uint64_t)sysconf(_SC_PAGESIZE);
    return true;
}
