/* mappings.c - the mappings of a process, as /proc/PID/maps tells them.
 * SPDX-License-Identifier: MIT */
#include "core/capture/mappings.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/capture/image.h"
#include "core/error.h"

static void
clear_mapping(void *mapping)
{
    g_free(((HgMapping *)mapping)->file);
}

static bool
is_kernel_name(const char *name)
{
    return g_str_has_prefix(name, "[v");
}

/* The kernel writes a newline in a file's name as \012, and nothing else that way. */
static char *
dup_name(const char *name)
{
    g_auto(GStrv) part = g_strsplit(name, "\\012", -1);
    return g_strjoinv("\n", part);
}

static void
take_name(HgMapping *mapping, const char *name)
{
    if (!strcmp(name, "[heap]"))
        mapping->flags |= HG_REGION_HEAP;
    else if (g_str_has_prefix(name, "[stack"))
        mapping->flags |= HG_REGION_STACK;
    if (*name != '/')
        return;
    mapping->deleted = g_str_has_suffix(name, " (deleted)");
    mapping->file = dup_name(name);
    if (mapping->deleted)
        mapping->file[strlen(mapping->file) - strlen(" (deleted)")] = 0;
}

static bool
parse_line(const char *line, HgMapping *mapping)
{
    char mode[5];
    int name = 0;
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*x:%*x %" SCNu64 " %n",
               &mapping->start, &mapping->end, mode, &mapping->file_offset, &mapping->inode,
               &name) != 5 ||
        !name || mapping->start >= mapping->end || is_kernel_name(line + name))
        return false;
    mapping->readable = mode[0] == 'r';
    mapping->flags = (mode[1] == 'w' ? HG_REGION_WRITABLE : 0) |
                     (mode[2] == 'x' ? HG_REGION_EXECUTABLE : 0) |
                     (mode[3] == 's' ? HG_REGION_SHARED : 0);
    take_name(mapping, line + name);
    return true;
}

GArray *
hg_mappings_parse(const char *text)
{
    GArray *result = g_array_new(FALSE, TRUE, sizeof(HgMapping));
    g_array_set_clear_func(result, clear_mapping);
    g_auto(GStrv) line = g_strsplit(text, "\n", -1);
    for (size_t i = 0; line[i]; i++) {
        HgMapping mapping = {0};
        if (parse_line(line[i], &mapping))
            g_array_append_val(result, mapping);
    }
    return result;
}

GArray *
hg_mappings_read(int pid, GError **error)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/maps", pid);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error))
        return NULL;
    return hg_mappings_parse(text);
}
