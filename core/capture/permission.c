/* permission.c - which rule forbids to read a process, and the setting that would help.
 *
 * The kernel only says EPERM. What it checked (ptrace_may_access() in kernel/ptrace.c, Yama,
 * seccomp) is checked again here, in its order.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/capture/process.h"
#include "core/error.h"

#define CAP_SYS_PTRACE (1ull << 19)

static bool
is_same_namespace(int pid, const char *name)
{
    g_autofree char *theirs = g_strdup_printf("/proc/%d/ns/%s", pid, name);
    g_autofree char *ours = g_strdup_printf("/proc/self/ns/%s", name);
    struct stat them, us;
    /* if it cannot be seen, it is not the reason we look for */
    return stat(theirs, &them) || stat(ours, &us) || them.st_ino == us.st_ino;
}

static char *
dup_own_status(const char *key)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL))
        return g_strdup("");
    g_autofree char *start = g_strconcat("\n", key, ":\t", NULL);
    const char *found = strstr(text, start);
    return found ? g_strndup(found + strlen(start), strcspn(found + strlen(start), "\n"))
                 : g_strdup("");
}

static bool
has_capability(void)
{
    g_autofree char *effective = dup_own_status("CapEff");
    return strtoull(effective, NULL, 16) & CAP_SYS_PTRACE;
}

static bool
is_filtered(void)
{
    g_autofree char *mode = dup_own_status("Seccomp");
    return atoi(mode) == 2;
}

static int
read_yama_scope(void)
{
    g_autofree char *text = NULL;
    return g_file_get_contents("/proc/sys/kernel/yama/ptrace_scope", &text, NULL, NULL) ? atoi(text)
                                                                                        : 0;
}

static char *
dup_user(uint32_t uid)
{
    const struct passwd *user = getpwuid(uid);
    return user ? g_strdup(user->pw_name) : g_strdup_printf("%u", uid);
}

/* A process that is not dumpable has its files in /proc owned by root. */
static bool
is_dumpable(const HgProcess *process)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/environ", process->pid);
    struct stat status;
    return stat(path, &status) || status.st_uid == process->uid;
}

static bool
has_more_capabilities(const HgProcess *process)
{
    g_autofree char *permitted = dup_own_status("CapPrm");
    return process->permitted & ~strtoull(permitted, NULL, 16);
}

/* Returns: the reason with its remedy; the caller frees it. */
static char *
dup_unprivileged_reason(const HgProcess *process)
{
    if (process->uid != geteuid()) {
        g_autofree char *user = dup_user(process->uid);
        return g_strdup_printf("belongs to another user, %s: run heapgraph as that user or as root",
                               user);
    }
    if (!is_dumpable(process))
        return g_strdup("is not dumpable (its program changes users, has capabilities, cannot be "
                        "read, or asked for it with PR_SET_DUMPABLE): run heapgraph as root");
    if (has_more_capabilities(process))
        return g_strdup("has capabilities this one has not: run heapgraph as root");
    int scope = read_yama_scope();
    if (scope == 1)
        return g_strdup("is not a child of this one, and Yama allows no other: run heapgraph as "
                        "root, or set kernel.yama.ptrace_scope=0 with sysctl");
    if (scope == 2)
        return g_strdup("may be traced by root only (kernel.yama.ptrace_scope is 2): run "
                        "heapgraph as root, or set it to 0 with sysctl");
    return NULL;
}

/* Whether users are mapped here: the outermost namespace has all of them as they are. */
static bool
is_namespace_of_users(void)
{
    g_autofree char *map = NULL;
    unsigned inside = 1, outside = 1, n = 0;
    return g_file_get_contents("/proc/self/uid_map", &map, NULL, NULL) &&
           !(sscanf(map, "%u %u %u", &inside, &outside, &n) == 3 && !inside && !outside &&
             n == UINT32_MAX);
}

/* Who has the capability in a namespace may trace all that is in it. */
static bool
lives_outside(const HgProcess *process)
{
    return !is_same_namespace(process->pid, "user") ||
           (is_namespace_of_users() && has_capability() && !is_filtered());
}

static char *
dup_reason(const HgProcess *process)
{
    if (read_yama_scope() == 3)
        return g_strdup("may not be traced by anyone: kernel.yama.ptrace_scope is 3 until the next "
                        "boot; use heapgraph.dump() inside the program");
    if (lives_outside(process))
        return g_strdup("lives in a user namespace above this one: run heapgraph on the host");
    char *reason = has_capability() || !geteuid() ? NULL : dup_unprivileged_reason(process);
    if (reason)
        return reason;
    if (!has_capability() && !geteuid())
        return g_strdup("cannot be traced, because this container or service runs without "
                        "CAP_SYS_PTRACE: start it with --cap-add=SYS_PTRACE, or run heapgraph on "
                        "the host");
    if (is_filtered())
        return g_strdup("cannot be traced, because a seccomp filter forbids it here: start the "
                        "container with --cap-add=SYS_PTRACE or --security-opt "
                        "seccomp=unconfined, or run heapgraph on the host");
    return g_strdup("cannot be traced, and a security module (AppArmor, SELinux) may be the "
                    "reason: look into the kernel's log, or run heapgraph as root on the host");
}

void
hg_process_explain_refusal(const HgProcess *process, GError **error)
{
    g_autofree char *reason = dup_reason(process);
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED, "process %d (%s) %s", process->pid, process->name,
                reason);
}

/* Reading nothing asks for the same permission as reading something and as stopping. */
bool
hg_process_check_permission(const HgProcess *process, GError **error)
{
    char byte;
    struct iovec local = {.iov_base = &byte, .iov_len = 1};
    struct iovec remote = {.iov_base = NULL, .iov_len = 1};
    if (process_vm_readv(process->pid, &local, 1, &remote, 1, 0) == 1 || errno == EFAULT)
        return true;
    if (errno == ESRCH)
        g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "process %d (%s) is ending", process->pid,
                    process->name);
    else
        hg_process_explain_refusal(process, error);
    return false;
}
