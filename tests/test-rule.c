/* test-rule.c - what a script forbids.
 * SPDX-License-Identifier: MIT */
#include "core/questions/rule.h"

static void
test_parse(void)
{
    static const struct {
        const char *text, *name;
        bool may_equal, is_share;
        double limit;
    } cases[] = {
        {"Session > 100", "Session", false, false, 100},
        {"app.Session>=100", "app.Session", true, false, 100},
        {"  total-bytes  >  5%  ", "total-bytes", false, true, 5},
        {"total-bytes > 1.5 MiB", "total-bytes", false, false, 1.5 * 1024 * 1024},
        {"total-bytes >= 2GiB", "total-bytes", true, false, 2.0 * 1024 * 1024 * 1024},
        {"dict > 0", "dict", false, false, 0},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        HgRule rule = {0};
        g_assert_true(hg_rule_parse(cases[i].text, &rule, &error));
        g_assert_cmpstr(rule.name, ==, cases[i].name);
        g_assert_cmpint(rule.may_equal, ==, cases[i].may_equal);
        g_assert_cmpint(rule.is_share, ==, cases[i].is_share);
        g_assert_cmpfloat(rule.limit, ==, cases[i].limit);
        hg_rule_clear(&rule);
    }
}

static void
test_mistakes(void)
{
    static const char *const texts[] = {"",        ">",        "> 3",       "a",        "a >",
                                        "a > b",   "a > -1",   "a > inf",   "a > nan",  "a > 3 x",
                                        "a > 3 3", "a > 3KiB", "a < 3",     "a = 3",    "a >> 3",
                                        "a >=",    "a > %",    "a > 3 % x", "a > 1e999"};
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        HgRule rule = {0};
        g_assert_false(hg_rule_parse(texts[i], &rule, &error));
        g_assert_error(error, HG_ERROR, HG_ERROR_USAGE);
        g_assert_null(rule.name);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rule/parse", test_parse);
    g_test_add_func("/rule/mistakes", test_mistakes);
    return g_test_run();
}
