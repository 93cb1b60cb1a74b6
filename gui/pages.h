/* pages.h - the table of pages.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/page.h"

typedef enum {
    HG_PAGE_LISTED,    /* stands in the sidebar */
    HG_PAGE_ALONE,     /* the same, and works without a snapshot */
    HG_PAGE_OF_OBJECT, /* shows the object of the place; reached by links */
    HG_PAGE_OF_LIST    /* shows what the argument of the place says; reached by links */
} HgPageUse;

typedef struct {
    const char *name; /* in places */
    const char *title;
    const char *icon;
    const char *tooltip;
    HgPageUse use;
    GType (*get_type)(void);
} HgPageKind;

/* In the order of the sidebar; the first is where one begins. Ends with an empty row. */
extern const HgPageKind hg_pages[];

/* Returns: the page of that name, NULL if there is none. */
const HgPageKind *hg_pages_find(const char *name);
