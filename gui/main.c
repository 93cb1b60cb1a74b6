/* main.c - heapgraph-viewer: the window on heap snapshots.
 *
 *      application ── window ── session        what is open and selected; no widget
 *                        ├── sidebar           snapshots and pages
 *                        ├── tab ── page       pages.c is the table of pages, page.h tells what one
 * is └── opener            files become snapshots models/                                 lists,
 * orders, filters, jobs: no widget
 *
 * SPDX-License-Identifier: MIT */
#include "gui/application.h"

int
main(int argc, char **argv)
{
    g_autoptr(HgApplication) application = hg_application_new();
    return g_application_run(G_APPLICATION(application), argc, argv);
}
