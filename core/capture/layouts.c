/* layouts.c - where the fields of CPython's structures are, version by version.
 * SPDX-License-Identifier: MIT */
#include "core/capture/layouts.h"

#include <glib.h>
#include <stdlib.h>

/* Oldest first. */
static const HgLayout layouts[] = {
/* clang-format off */
#include "core/capture/layouts/cpython-3.8.18.h"
#include "core/capture/layouts/cpython-3.9.2.h"
#include "core/capture/layouts/cpython-3.9.18.h"
#include "core/capture/layouts/cpython-3.10.13.h"
#include "core/capture/layouts/cpython-3.11.2.h"
#include "core/capture/layouts/cpython-3.11.7.h"
#include "core/capture/layouts/cpython-3.12.1.h"
#include "core/capture/layouts/cpython-3.13.0.h"
#include "core/capture/layouts/cpython-3.13.5.h"
#include "core/capture/layouts/cpython-3.14.8.h"
#include "core/capture/layouts/cpython-3.14.10.h"
#include "core/capture/layouts/cpython-3.15.2.h"
    /* clang-format on */
};

const HgLayout *
hg_layouts_get_all(size_t *n_layouts)
{
    *n_layouts = G_N_ELEMENTS(layouts);
    return layouts;
}

const HgLayout *
hg_layouts_find(uint32_t version)
{
    for (size_t i = 0; i < G_N_ELEMENTS(layouts); i++)
        if (layouts[i].version == version)
            return &layouts[i];
    return NULL;
}

static uint32_t
distance(const HgLayout *layout, uint32_t version)
{
    return (uint32_t)abs((int)(layout->version & 0xff) - (int)(version & 0xff));
}

/* Inserts [found] behind those at most as far from [version]. */
static void
insert_by_distance(const HgLayout **layout, size_t n_layouts, const HgLayout *found,
                   uint32_t version)
{
    size_t place = n_layouts;
    for (; place && distance(layout[place - 1], version) > distance(found, version); place--)
        layout[place] = layout[place - 1];
    layout[place] = found;
}

size_t
hg_layouts_list_neighbours(uint32_t version, const HgLayout **layout, size_t max)
{
    size_t n_found = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(layouts); i++) {
        if (layouts[i].version >> 8 != version >> 8)
            continue;
        if (n_found == max && distance(&layouts[i], version) < distance(layout[max - 1], version))
            n_found--; /* the furthest makes place */
        if (n_found < max)
            insert_by_distance(layout, n_found++, &layouts[i], version);
    }
    return n_found;
}
