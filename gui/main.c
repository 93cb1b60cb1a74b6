/* main.c - heapgraph-viewer: the window on heap snapshots.
 *
 *      application ── window ── session      what is open and selected; no widget
 *                        ├── sidebar         snapshots and pages
 *                        ├── tab ── page     a page: page.h; the table of them: pages.c
 *                        └── opener          files become snapshots
 *      models/                               lists, orders, filters, jobs: no widget
 *
 * SPDX-License-Identifier: MIT */
#include "gui/application.h"

#include <malloc.h>

#define ARENAS 2           /* glibc would give each worker one, and each keeps what was freed */
#define LARGE (128 * 1024) /* what is larger goes back when freed: columns, orders, chunks */

int
main(int argc, char **argv)
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, ARENAS);
    mallopt(M_MMAP_THRESHOLD, LARGE); /* said once, it stays; else it grows with what is freed */
#endif
    g_autoptr(HgApplication) application = hg_application_new();
    return g_application_run(G_APPLICATION(application), argc, argv);
}
