/* process.c - what /proc tells about a process.
 * SPDX-License-Identifier: MIT */
#include "core/capture/process.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"

#define KERNEL_THREAD 0x00200000 /* PF_KTHREAD among the flags of /proc/PID/stat */

void
hg_process_clear(HgProcess *process)
{
    g_clear_pointer(&process->name, g_free);
    g_clear_pointer(&process->executable, g_free);
    g_clear_pointer(&process->arguments, g_free);
}

static char *
dup_file(int pid, const char *name, gsize *size)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/%s", pid, name);
    char *text = NULL;
    return g_file_get_contents(path, &text, size, NULL) ? text : NULL;
}

/* Returns: what follows "KEY:" in the text of a status file, or "". */
static const char *
find_status(const char *text, const char *key)
{
    size_t size = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (!strncmp(line, key, size) && line[size] == ':')
            return line + size + 1 + strspn(line + size + 1, " \t");
    }
    return "";
}

static void
take_status(HgProcess *process, const char *text)
{
    unsigned effective = 0;
    sscanf(find_status(text, "Uid"), "%*u %u", &effective);
    process->uid = effective;
    process->tgid = atoi(find_status(text, "Tgid"));
    process->tracer = atoi(find_status(text, "TracerPid"));
    process->state = *find_status(text, "State");
    process->resident = strtoull(find_status(text, "VmRSS"), NULL, 10) * 1024;
    process->permitted = strtoull(find_status(text, "CapPrm"), NULL, 16);
    process->has_memory = *find_status(text, "VmSize") != 0;
}

static void
take_stat(HgProcess *process)
{
    g_autofree char *text = dup_file(process->pid, "stat", NULL);
    const char *after_name = text ? strrchr(text, ')') : NULL;
    if (!after_name)
        return;
    g_auto(GStrv) field = g_strsplit(after_name + 2, " ", -1);
    if (g_strv_length(field) <= 19)
        return;
    process->is_kernel = strtoull(field[6], NULL, 10) & KERNEL_THREAD;
    process->start = strtoull(field[19], NULL, 10);
}

/* Texts of a process may hold any bytes; what is not UTF-8 is replaced. */
static char *
dup_arguments(int pid)
{
    gsize size = 0;
    g_autofree char *text = dup_file(pid, "cmdline", &size);
    while (size && !text[size - 1])
        size--;
    if (!size)
        return NULL;
    for (gsize i = 0; i < size; i++)
        if (!text[i])
            text[i] = ' ';
    return g_utf8_make_valid(text, (gssize)size);
}

static char *
dup_name(int pid)
{
    g_autofree char *text = dup_file(pid, "comm", NULL);
    return g_utf8_make_valid(text ? g_strchomp(text) : "?", -1);
}

bool
hg_process_read(HgProcess *process, int pid, GError **error)
{
    g_autofree char *status = pid > 0 ? dup_file(pid, "status", NULL) : NULL;
    if (!status) {
        g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "there is no process %d", pid);
        return false;
    }
    *process = (HgProcess){.pid = pid};
    take_status(process, status);
    take_stat(process);
    g_autofree char *link = g_strdup_printf("/proc/%d/exe", pid);
    process->executable = g_file_read_link(link, NULL);
    process->arguments = dup_arguments(pid);
    process->name = dup_name(pid);
    return true;
}

static bool
refuse(const HgProcess *process, GError **error, const char *reason)
{
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "process %d (%s) %s", process->pid, process->name,
                reason);
    return false;
}

static bool
refuse_traced(const HgProcess *process, GError **error)
{
    g_autofree char *name = dup_name(process->tracer);
    g_autofree char *reason = g_strdup_printf(
        "is traced by process %d (%s), a debugger or another profiler: end that first",
        process->tracer, name);
    return refuse(process, error, reason);
}

bool
hg_process_check(const HgProcess *process, GError **error)
{
    if (process->pid == getpid())
        return refuse(process, error, "is this one, which cannot stop itself");
    if (process->tgid != process->pid) {
        g_autofree char *reason = g_strdup_printf("is a thread: capture process %d", process->tgid);
        return refuse(process, error, reason);
    }
    if (process->state == 'Z')
        return refuse(
            process, error,
            "is a zombie: it has ended, its parent has not asked for its exit status yet");
    if (process->is_kernel)
        return refuse(process, error, "is a kernel thread, which runs no Python");
    if (process->state == 'X' || !process->has_memory)
        return refuse(process, error, "is ending");
    if (process->tracer)
        return refuse_traced(process, error);
    return true;
}

/* Returns: the number in a file of one line, or UINT64_MAX ("max", or no such file). */
static uint64_t
read_number(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL) || !g_ascii_isdigit(*text))
        return UINT64_MAX;
    return strtoull(text, NULL, 10);
}

/* How the two versions of control groups tell of what is limited. */
typedef struct {
    const char *line; /* in /proc/PID/cgroup, before the path */
    const char *root, *limit, *used;
} Group;

static const Group memory_groups[] = {
    {"0::", "/sys/fs/cgroup", "memory.max", "memory.current"},
    {":memory:", "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"},
};

static const Group process_groups[] = {
    {"0::", "/sys/fs/cgroup", "pids.max", "pids.current"},
    {":pids:", "/sys/fs/cgroup/pids", "pids.max", "pids.current"},
};

/* The least that is left in the group at [path] and those above it. */
static uint64_t
get_left_along(const char *path, const Group *group)
{
    uint64_t least = UINT64_MAX;
    g_autofree char *left = g_strndup(path, strcspn(path, "\n"));
    for (char *slash = left + strlen(left); slash; slash = strrchr(left, '/')) {
        *slash = 0;
        g_autofree char *folder = g_strconcat(group->root, left, NULL);
        uint64_t limit = read_number(folder, group->limit);
        uint64_t used = read_number(folder, group->used);
        if (limit != UINT64_MAX && used != UINT64_MAX)
            least = MIN(least, limit > used ? limit - used : 0);
    }
    return least;
}

/* [group] is one of each version. */
static uint64_t
get_left(int pid, const Group group[2])
{
    g_autofree char *text = dup_file(pid, "cgroup", NULL);
    uint64_t least = UINT64_MAX;
    for (size_t version = 0; version < 2 && text; version++) {
        const char *line = strstr(text, group[version].line);
        if (line)
            least = MIN(least, get_left_along(line + strlen(group[version].line), &group[version]));
    }
    return least;
}

uint64_t
hg_process_get_available_memory(int pid)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents("/proc/meminfo", &text, NULL, NULL))
        return get_left(pid, memory_groups);
    uint64_t machine = strtoull(find_status(text, "MemAvailable"), NULL, 10) * 1024;
    return MIN(machine ? machine : UINT64_MAX, get_left(pid, memory_groups));
}

uint64_t
hg_process_get_free_processes(int pid)
{
    return get_left(pid, process_groups);
}
