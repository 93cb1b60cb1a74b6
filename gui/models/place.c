/* place.c - where one can be in the window.
 * SPDX-License-Identifier: MIT */
#include "gui/models/place.h"

HgShot *
hg_shot_new(const char *path, const HgSnapshotInfo *info)
{
    HgShot *shot = g_atomic_rc_box_new0(HgShot);
    shot->path = g_strdup(path);
    shot->id = info->id;
    shot->name = g_strdup(info->name);
    shot->info = *info;
    shot->info.name = g_strdup(info->name);
    shot->info.source = g_strdup(info->source);
    shot->info.python = g_strdup(info->python);
    shot->info.process = g_strdup(info->process);
    return shot;
}

HgShot *
hg_shot_ref(const HgShot *shot)
{
    return shot ? g_atomic_rc_box_acquire((HgShot *)shot) : NULL;
}

static void
clear_shot(void *data)
{
    HgShot *shot = data;
    g_free(shot->path);
    g_free(shot->name);
    g_free(shot->info.name);
    g_free(shot->info.source);
    g_free(shot->info.python);
    g_free(shot->info.process);
}

void
hg_shot_unref(void *shot)
{
    if (shot)
        g_atomic_rc_box_release_full(shot, clear_shot);
}

bool
hg_shot_equal(const HgShot *shot, const HgShot *other)
{
    if (!shot || !other)
        return shot == other;
    return shot->id == other->id && g_str_equal(shot->path, other->path);
}

char *
hg_shot_dup_command(const HgShot *shot, const char *arguments)
{
    g_autofree char *path = g_shell_quote(shot->path);
    return g_strdup_printf("heapgraph %s -d %s -s %u", arguments, path, shot->id);
}

HgPlace *
hg_place_new(const char *page, const HgShot *shot, uint32_t object, const char *argument)
{
    HgPlace *place = g_atomic_rc_box_new0(HgPlace);
    place->page = g_strdup(page);
    place->shot = hg_shot_ref(shot);
    place->object = object;
    place->argument = g_strdup(argument);
    return place;
}

HgPlace *
hg_place_new_since(const char *page, const HgShot *shot, const HgShot *since, const char *argument)
{
    HgPlace *place = hg_place_new(page, shot, HG_NONE, argument);
    place->since = hg_shot_ref(since);
    return place;
}

HgPlace *
hg_place_ref(const HgPlace *place)
{
    return place ? g_atomic_rc_box_acquire((HgPlace *)place) : NULL;
}

static void
clear_place(void *data)
{
    HgPlace *place = data;
    g_free(place->page);
    g_free(place->argument);
    hg_shot_unref(place->shot);
    hg_shot_unref(place->since);
}

void
hg_place_unref(void *place)
{
    if (place)
        g_atomic_rc_box_release_full(place, clear_place);
}

bool
hg_place_equal(const HgPlace *place, const HgPlace *other)
{
    if (!place || !other)
        return place == other;
    return g_str_equal(place->page, other->page) && hg_shot_equal(place->shot, other->shot) &&
           hg_shot_equal(place->since, other->since) && place->object == other->object &&
           g_strcmp0(place->argument, other->argument) == 0;
}
