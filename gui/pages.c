/* pages.c - the table of pages. How to add one is told in page.h.
 * SPDX-License-Identifier: MIT */
#include "gui/pages.h"

#include "gui/pages/garbage-page.h"
#include "gui/pages/object-page.h"
#include "gui/pages/objects-page.h"
#include "gui/pages/types-page.h"

/* clang-format off */
const HgPageKind hg_pages[] = {
    {"types", "Types", "view-list-symbolic", "How many objects of which type, and what they keep",
     HG_PAGE_LISTED, hg_types_page_get_type},
    {"objects", "Objects", "view-grid-symbolic", "The objects of a type, or the biggest of all",
     HG_PAGE_LISTED, hg_objects_page_get_type},
    {"garbage", "Garbage", "user-trash-symbolic", "What no root reaches, and what nothing refers to",
     HG_PAGE_LISTED, hg_garbage_page_get_type},
    {"object", "Object", "emblem-documents-symbolic", "One object and what is around it",
     HG_PAGE_OF_OBJECT, hg_object_page_get_type},
    {0},
};
/* clang-format on */

const HgPageKind *
hg_pages_find(const char *name)
{
    for (const HgPageKind *kind = hg_pages; kind->name; kind++)
        if (g_str_equal(kind->name, name))
            return kind;
    return NULL;
}
