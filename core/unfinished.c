/* unfinished.c - files that are of no use until they are whole: Ctrl+C takes them along.
 * SPDX-License-Identifier: MIT */
#include "core/unfinished.h"

#include <glib.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define FILES_MAX 8 /* at a time; more are not looked after */

/* What the handler reads: a name is there before it is marked, and stays until it is not. */
typedef struct {
    volatile sig_atomic_t is_used;
    char path[PATH_MAX];
} File;

static File files[FILES_MAX];
static GMutex lock; /* of all but the handler */

static void
on_end(int signal)
{
    for (unsigned i = 0; i < FILES_MAX; i++)
        if (files[i].is_used)
            unlink(files[i].path);
    raise(signal); /* the default is in place again: SA_RESETHAND */
}

static void
watch(int signal)
{
    struct sigaction action = {.sa_handler = on_end, .sa_flags = (int)SA_RESETHAND}, before;
    sigemptyset(&action.sa_mask);
    if (sigaction(signal, NULL, &before) == 0 && !(before.sa_flags & SA_SIGINFO) &&
        before.sa_handler == SIG_DFL)
        sigaction(signal, &action, NULL);
}

void
hg_unfinished_begin(const char *path)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    g_mutex_lock(&lock);
    File *file = NULL;
    for (unsigned i = 0; i < FILES_MAX && !file; i++)
        if (!files[i].is_used)
            file = &files[i];
    if (file && g_strlcpy(file->path, path, sizeof file->path) < sizeof file->path) {
        file->is_used = 1;
        for (unsigned i = 0; i < G_N_ELEMENTS(signals); i++)
            watch(signals[i]);
    }
    g_mutex_unlock(&lock);
}

void
hg_unfinished_end(const char *path)
{
    g_mutex_lock(&lock);
    for (unsigned i = 0; i < FILES_MAX; i++)
        if (files[i].is_used && !strcmp(files[i].path, path))
            files[i].is_used = 0;
    g_mutex_unlock(&lock);
}
