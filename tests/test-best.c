/* test-best.c - the objects with the greatest measure, of any number that are offered.
 * SPDX-License-Identifier: MIT */
#include "core/questions/best.h"

typedef struct {
    uint64_t measure;
    uint32_t object;
} Offer;

static int
compare_offers(const void *a, const void *b)
{
    const Offer *one = a, *other = b;
    if (one->measure != other->measure)
        return one->measure > other->measure ? -1 : 1;
    return one->object < other->object ? -1 : one->object > other->object;
}

/* The same by sorting everything; few measures, so that many are equal. */
static void
test_same_as_sorted(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(3);
    for (unsigned round = 0; round < 500; round++) {
        unsigned n_offers = (unsigned)g_rand_int_range(random, 0, 60);
        unsigned limit = (unsigned)g_rand_int_range(random, 0, 70);
        Offer offer[60];
        g_auto(HgBest) best = {0};
        hg_best_init(&best, limit);
        for (unsigned i = 0; i < n_offers; i++) {
            offer[i] = (Offer){(uint64_t)g_rand_int_range(random, 0, 12), i};
            hg_best_offer(&best, i, offer[i].measure);
        }
        qsort(offer, n_offers, sizeof *offer, compare_offers);
        g_autoptr(GArray) taken = hg_best_take(&best);
        g_assert_cmpuint(best.count, ==, n_offers);
        g_assert_cmpuint(taken->len, ==, MIN(limit, n_offers));
        for (unsigned i = 0; i < taken->len; i++)
            g_assert_cmpuint(g_array_index(taken, uint32_t, i), ==, offer[i].object);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/best/same-as-sorted", test_same_as_sorted);
    return g_test_run();
}
