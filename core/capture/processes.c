/* processes.c - the Python processes of this machine.
 * SPDX-License-Identifier: MIT */
#include "core/capture/processes.h"

#include <stdlib.h>
#include <string.h>

#include "core/capture/image-process.h"
#include "core/capture/locate.h"
#include "core/capture/mappings.h"
#include "core/error.h"

static void
clear_python(void *data)
{
    HgPythonProcess *python = data;
    hg_process_clear(&python->process);
    g_clear_pointer(&python->version, g_free);
    g_clear_pointer(&python->problem, g_free);
}

static bool
names_python(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    return path && strstr(slash ? slash + 1 : path, "python");
}

/* What can be said of a process that may not be read: its program's name, or the first word of
 * its command line. */
static bool
looks_like_python(const HgProcess *process)
{
    if (process->executable)
        return names_python(process->executable);
    if (!process->arguments)
        return false;
    g_autofree char *first = g_strndup(process->arguments, strcspn(process->arguments, " "));
    return names_python(first);
}

/* Its code, not its file as data: a debugger, or heapgraph itself, may have that. */
static bool
maps_python(int pid)
{
    g_autoptr(GArray) mappings = hg_mappings_read(pid, NULL);
    bool found = false;
    for (guint i = 0; mappings && !found && i < mappings->len; i++) {
        const HgMapping *mapping = &g_array_index(mappings, HgMapping, i);
        found = mapping->flags & HG_REGION_EXECUTABLE && names_python(mapping->file);
    }
    return found;
}

/* A program that has Python built in under another name. */
static bool
embeds_python(int pid)
{
    g_autoptr(HgImage) image = hg_image_new_live(pid, NULL);
    return image && hg_runtime_has_symbols(image);
}

/* Returns: whether Python was found, readable or not. */
static bool
look_inside(HgPythonProcess *python)
{
    int pid = python->process.pid;
    g_autoptr(GError) error = NULL;
    g_auto(HgRuntime) runtime = {0};
    if (!maps_python(pid) && !embeds_python(pid))
        return false;
    g_autoptr(HgImage) image = hg_image_new_live(pid, &error);
    if (image && hg_runtime_locate(&runtime, image, &error))
        python->version = g_strdup(runtime.version_text);
    else if (g_error_matches(error, HG_ERROR, HG_ERROR_NOT_FOUND))
        return false;
    else
        python->problem =
            g_strdup_printf("process %d (%s): %s", pid, python->process.name, error->message);
    return true;
}

static bool
is_python(HgPythonProcess *python)
{
    g_autoptr(GError) error = NULL;
    const HgProcess *process = &python->process;
    if (hg_process_check(process, &error) && hg_process_check_permission(process, &error))
        return look_inside(python);
    if (!process->has_memory || !looks_like_python(process))
        return false;
    python->problem = g_strdup(error->message);
    return true;
}

static void
add_process(GArray *result, int pid)
{
    HgPythonProcess python = {0};
    if (hg_process_read(&python.process, pid, NULL) && is_python(&python))
        g_array_append_val(result, python);
    else
        clear_python(&python);
}

static int
compare_pids(const void *a, const void *b)
{
    return ((const HgPythonProcess *)a)->process.pid - ((const HgPythonProcess *)b)->process.pid;
}

GArray *
hg_processes_list(void)
{
    GArray *result = g_array_new(FALSE, TRUE, sizeof(HgPythonProcess));
    g_array_set_clear_func(result, clear_python);
    g_autoptr(GDir) folder = g_dir_open("/proc", 0, NULL);
    const char *name;
    while (folder && (name = g_dir_read_name(folder)))
        if (g_ascii_isdigit(*name))
            add_process(result, atoi(name));
    g_array_sort(result, compare_pids);
    return result;
}
