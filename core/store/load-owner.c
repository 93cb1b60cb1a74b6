/* load-owner.c - who is loading, and whether it still lives.
 * SPDX-License-Identifier: MIT */
#include "core/store/load-owner.h"

#include <string.h>
#include <unistd.h>

#define DAY (24 * 60 * 60)

void
hg_load_owner_clear(HgLoadOwner *owner)
{
    g_clear_pointer(&owner->boot, g_free);
    g_clear_pointer(&owner->namespace, g_free);
}

/* Returns: field 22 of /proc/PID/stat, counted behind the name, which may hold anything; -1
 * if there is no such process. */
static int64_t
get_start(int64_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%" G_GINT64_FORMAT "/stat", pid);
    g_autofree char *stat = NULL;
    if (!g_file_get_contents(path, &stat, NULL, NULL) || !strrchr(stat, ')'))
        return -1;
    g_auto(GStrv) fields = g_strsplit(strrchr(stat, ')') + 1, " ", -1);
    return g_strv_length(fields) > 20 ? g_ascii_strtoll(fields[20], NULL, 10) : -1;
}

void
hg_load_owner_init(HgLoadOwner *owner)
{
    *owner = (HgLoadOwner){0};
    if (g_file_get_contents("/proc/sys/kernel/random/boot_id", &owner->boot, NULL, NULL))
        g_strstrip(owner->boot);
    else
        owner->boot = g_strdup("");
    owner->namespace = g_file_read_link("/proc/self/ns/pid", NULL);
    if (!owner->namespace)
        owner->namespace = g_strdup("");
    owner->pid = getpid();
    owner->start = get_start(owner->pid);
    owner->begun = g_get_real_time() / G_USEC_PER_SEC;
}

bool
hg_load_owner_is_alive(const HgLoadOwner *owner)
{
    g_auto(HgLoadOwner) self = {0};
    hg_load_owner_init(&self);
    if (g_str_equal(owner->boot, self.boot) && g_str_equal(owner->namespace, self.namespace))
        return owner->start >= 0 && get_start(owner->pid) == owner->start;
    return self.begun - owner->begun < DAY;
}
