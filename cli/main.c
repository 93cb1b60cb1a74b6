/* main.c - the command `heapgraph`.
 * SPDX-License-Identifier: MIT */
#include <glib.h>

int
main(void)
{
    g_print("heapgraph %s\n", HG_VERSION);
    return 0;
}
