/* test-error.c - the one error domain.
 * SPDX-License-Identifier: MIT */
#include "core/error.h"

#include "core/heapgraph.h" /* all headers together: no name stands for two things */

static void
test_domain(void)
{
    g_assert_cmpstr(g_quark_to_string(HG_ERROR), ==, "hg-error-quark");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/error/domain", test_domain);
    return g_test_run();
}
