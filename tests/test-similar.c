/* test-similar.c - "did you mean": the candidate nearest to what was typed.
 * SPDX-License-Identifier: MIT */
#include "core/questions/similar.h"

#include <string.h>

static char *
dup_best(const char *wanted, const char *candidates)
{
    g_auto(GStrv) words = g_strsplit(candidates, " ", -1);
    g_auto(HgSimilar) similar = {.wanted = wanted};
    for (unsigned i = 0; words[i]; i++)
        hg_similar_offer(&similar, words[i]);
    return g_strdup(similar.best);
}

static void
test_best(void)
{
    static const struct {
        const char *wanted, *candidates, *best;
    } cases[] = {
        {"sesions", "session sessions version", "sessions"},
        {"sessions", "sessions sesions", "sessions"},
        {"ab", "xy", NULL},
        {"show-growt", "show show-growth", "show-growth"},
        {"cache", "crash cachet", "cachet"},
        {"first", "fist firsts", "fist"}, /* as near: the first */
        {"", "a", NULL},
        {"zzzzzz", "a b c", NULL},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *best = dup_best(cases[i].wanted, cases[i].candidates);
        g_assert_cmpstr(best, ==, cases[i].best);
    }
}

static void
test_long_words(void)
{
    g_autofree char *longer = g_strnfill(100000, 'a');
    g_autofree char *wanted = g_strnfill(100, 'a');
    g_autofree char *best = dup_best("aaa", longer);
    g_assert_null(best);
    g_autofree char *other = dup_best(wanted, wanted);
    g_assert_null(other);
}

static void
test_hint(void)
{
    g_auto(HgSimilar) similar = {.wanted = "a"};
    g_autofree char *none = hg_similar_dup_hint(&similar);
    g_assert_cmpstr(none, ==, "");
    hg_similar_offer(&similar, "ab");
    g_autofree char *hint = hg_similar_dup_hint(&similar);
    g_assert_cmpstr(hint, ==, "; did you mean 'ab'?");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/similar/best", test_best);
    g_test_add_func("/similar/long-words", test_long_words);
    g_test_add_func("/similar/hint", test_hint);
    return g_test_run();
}
