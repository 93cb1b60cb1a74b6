/* object-list.h - lists of objects with their columns.
 *
 * The columns are read chunk by chunk and dealt out to the rows: a million objects cost one walk
 * over each column, not a million look-ups.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/job.h"
#include "gui/models/list.h"

typedef enum {
    HG_OBJECTS_WITH_TYPE = 1,  /* a column "type": they are of several */
    HG_OBJECTS_WITH_LABEL = 2, /* a column "label" before all others */
    HG_OBJECTS_FEW = 4,        /* leaves out what only matters when one sorts many */
    HG_OBJECTS_LONG_LABEL = 8  /* the label has room for a line of a stack */
} HgObjectsColumns;

/* Returns: the list of [objects] (uint32_t, taken) of a snapshot, in their order, with the columns
 * label, type, value, size, retained, share, length, address, refcount. [labels] (char *) are
 * NULL, or one for each; borrowed. HG_NONE among the objects is a row of nothing but its label. */
HgList *hg_object_list_make(HgAsk *ask, const HgShot *shot, GArray *objects, unsigned columns,
                            const GPtrArray *labels, GError **error);
