/* pages.c - the table of pages. How to add one is told in page.h.
 * SPDX-License-Identifier: MIT */
#include "gui/pages.h"

#include "gui/pages/advice-page.h"
#include "gui/pages/capture-page.h"
#include "gui/pages/garbage-page.h"
#include "gui/pages/graph-page.h"
#include "gui/pages/growth-page.h"
#include "gui/pages/holders-page.h"
#include "gui/pages/new-page.h"
#include "gui/pages/object-page.h"
#include "gui/pages/objects-page.h"
#include "gui/pages/overview-page.h"
#include "gui/pages/sql-page.h"
#include "gui/pages/threads-page.h"
#include "gui/pages/types-page.h"

/* clang-format off */
const HgPageKind hg_pages[] = {
    {"overview", "Overview", "go-home-symbolic", "Suspects in sentences, what is retained, facts",
     HG_PAGE_LISTED, hg_overview_page_get_type},
    {"types", "Types", "view-list-symbolic", "How many objects of which type, and what they keep",
     HG_PAGE_LISTED, hg_types_page_get_type},
    {"objects", "Objects", "view-grid-symbolic", "The objects of a type, or the biggest of all",
     HG_PAGE_LISTED, hg_objects_page_get_type},
    {"holders", "Holders", "view-list-bullet-symbolic", "The tree of holders: what keeps what",
     HG_PAGE_LISTED, hg_holders_page_get_type},
    {"growth", "Growth", "network-cellular-signal-good-symbolic", "What there is more of than before",
     HG_PAGE_LISTED, hg_growth_page_get_type},
    {"garbage", "Garbage", "user-trash-symbolic", "What no root reaches, and what nothing refers to",
     HG_PAGE_LISTED, hg_garbage_page_get_type},
    {"threads", "Threads", "format-indent-more-symbolic", "Stacks with locals, and what each retains",
     HG_PAGE_LISTED, hg_threads_page_get_type},
    {"advice", "Advice", "dialog-information-symbolic", "What could be smaller, and how",
     HG_PAGE_LISTED, hg_advice_page_get_type},
    {"sql", "SQL", "utilities-terminal-symbolic", "Anything else: questions in SQL",
     HG_PAGE_LISTED, hg_sql_page_get_type},
    {"capture", "Capture", "camera-photo-symbolic", "Watch a Python process and take snapshots",
     HG_PAGE_ALONE, hg_capture_page_get_type},
    {"object", "Object", "emblem-documents-symbolic", "One object and what is around it",
     HG_PAGE_OF_OBJECT, hg_object_page_get_type},
    {"graph", "Graph", "network-workgroup-symbolic", "What is around an object, drawn",
     HG_PAGE_OF_OBJECT, hg_graph_page_get_type},
    {"new", "New", "list-add-symbolic", "The objects of a type that were not there before",
     HG_PAGE_OF_LIST, hg_new_page_get_type},
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
