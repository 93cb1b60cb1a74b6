/* test-group.c - a picture with fewer nodes.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/group.h"

/* A random tree, as deep as it becomes, and some references across it. */
static HgPicture *
make_tree(GRand *random, uint32_t n_nodes, unsigned n_across)
{
    static const char *const titles[] = {"str", "list", "Session", "dict"};
    HgPicture *picture = hg_picture_new();
    for (uint32_t i = 0; i < n_nodes; i++) {
        uint32_t parent = i ? (uint32_t)g_rand_int_range(random, 0, (int)MAX(1, i / 4 + 1)) : 0;
        unsigned depth = i ? hg_picture_get_node(picture, parent)->depth + 1 : 0;
        HgPictureNode node = {.kind = HG_PICTURE_OBJECT,
                              .title = (char *)titles[g_rand_int_range(random, 0, 4)],
                              .address = i + 1,
                              .depth = depth,
                              .is_asked = i == 0};
        HgPictureReference reference = {.source = parent, .target = i, .label = (char *)"[0]"};
        hg_picture_add_node(picture, &node);
        if (i)
            hg_picture_add_reference(picture, &reference);
    }
    for (unsigned i = 0; i < n_across; i++) {
        HgPictureReference reference = {
            .source = (uint32_t)g_rand_int_range(random, 0, (int)n_nodes),
            .target = (uint32_t)g_rand_int_range(random, 0, (int)n_nodes)};
        hg_picture_add_reference(picture, &reference);
    }
    return picture;
}

static uint32_t
find_asked(const HgPicture *picture)
{
    for (uint32_t i = 0; i < picture->nodes->len; i++)
        if (hg_picture_get_node(picture, i)->is_asked)
            return i;
    g_assert_not_reached();
}

/* Returns: the neighbours of the node that was asked for, drawn or not. */
static uint64_t
count_neighbours(const HgPicture *picture)
{
    uint32_t asked = find_asked(picture);
    uint64_t count = hg_picture_get_node(picture, asked)->more;
    for (uint32_t i = 0; i < picture->references->len; i++) {
        const HgPictureReference *reference = hg_picture_get_reference(picture, i);
        if (reference->source == asked)
            count += MAX(hg_picture_get_node(picture, reference->target)->stands_for, 1);
    }
    return count;
}

static void
test_trees(void)
{
    GRand *random = g_rand_new_with_seed(1);
    for (unsigned round = 0; round < 200; round++) {
        uint32_t n_nodes = (uint32_t)g_rand_int_range(random, 1, 600);
        uint32_t most = (uint32_t)g_rand_int_range(random, 1, 300);
        g_autoptr(HgPicture) picture = make_tree(random, n_nodes, 0);
        g_autoptr(HgPicture) grouped = hg_picture_group(picture, most);
        if (n_nodes <= most) {
            g_assert_null(grouped);
            continue;
        }
        g_assert_cmpuint(grouped->nodes->len, <=, most);
        g_assert_cmpuint(count_neighbours(grouped), ==, count_neighbours(picture));
    }
    g_rand_free(random);
}

static void
test_any(void)
{
    GRand *random = g_rand_new_with_seed(2);
    for (unsigned round = 0; round < 200; round++) {
        uint32_t n_nodes = (uint32_t)g_rand_int_range(random, 2, 600);
        g_autoptr(HgPicture) picture = make_tree(random, n_nodes, n_nodes);
        g_autoptr(HgPicture) grouped = hg_picture_group(picture, n_nodes / 2);
        g_assert_cmpuint(grouped->nodes->len, <=, n_nodes / 2);
        g_assert_true(hg_picture_get_node(grouped, find_asked(grouped))->is_asked);
        for (uint32_t i = 0; i < grouped->references->len; i++) {
            const HgPictureReference *reference = hg_picture_get_reference(grouped, i);
            g_assert_cmpuint(reference->source, <, grouped->nodes->len);
            g_assert_cmpuint(reference->target, <, grouped->nodes->len);
        }
    }
    g_rand_free(random);
}

static const HgPictureNode *
find_titled(const HgPicture *picture, const char *title)
{
    for (uint32_t i = 0; i < picture->nodes->len; i++)
        if (g_str_equal(hg_picture_get_node(picture, i)->title, title))
            return hg_picture_get_node(picture, i);
    return NULL;
}

/* Few nodes, of which each refers to each: lines, too, are too much. */
static void
test_references(void)
{
    g_autoptr(HgPicture) picture = hg_picture_new();
    for (uint32_t i = 0; i < 30; i++) {
        HgPictureNode node = {
            .title = (char *)"dict", .is_asked = i == 0, .depth = i == 0 ? 0 : 1 + i / 10};
        hg_picture_add_node(picture, &node);
    }
    for (uint32_t i = 0; i < 30 * 30; i++) {
        HgPictureReference reference = {.source = i / 30, .target = i % 30};
        hg_picture_add_reference(picture, &reference);
    }
    g_autoptr(HgPicture) grouped = hg_picture_group(picture, 30);
    g_assert_cmpuint(grouped->references->len, <=, 90);
    g_assert_cmpuint(grouped->nodes->len, <, 30);
}

/* 30 Session and 2 dict in a list, one of which is highlighted. */
static void
test_alike(void)
{
    g_autoptr(HgPicture) picture = hg_picture_new();
    HgPictureNode list = {.title = (char *)"list", .is_asked = true};
    hg_picture_add_node(picture, &list);
    for (uint32_t i = 1; i <= 32; i++) {
        HgPictureNode node = {
            .title = (char *)(i > 30 ? "dict" : "Session"), .depth = 1, .is_highlighted = i == 31};
        g_autofree char *label = g_strdup_printf("[%u]", i - 1);
        HgPictureReference reference = {.target = i, .label = label};
        hg_picture_add_node(picture, &node);
        hg_picture_add_reference(picture, &reference);
    }
    g_autoptr(HgPicture) grouped = hg_picture_group(picture, 10);
    g_assert_cmpuint(grouped->nodes->len, ==, 4);
    const HgPictureNode *alike = find_titled(grouped, "30 alike");
    g_assert(alike);
    g_assert_cmpstr(alike->detail, ==, "Session");
    g_assert_cmpuint(alike->stands_for, ==, 30);
    g_assert_cmpstr(hg_picture_get_reference(grouped, 0)->label, ==, "[0], [1], …");
    g_autoptr(HgPicture) smaller = hg_picture_group(picture, 2);
    g_assert_cmpuint(smaller->nodes->len, ==, 2);
    g_assert_cmpuint(hg_picture_get_node(smaller, 0)->more, ==, 31);
    g_assert_true(hg_picture_get_node(smaller, 1)->is_highlighted);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/group/what-is-alike-is-one", test_alike);
    g_test_add_func("/group/trees-keep-the-number-of-neighbours", test_trees);
    g_test_add_func("/group/references-are-too-much-as-well", test_references);
    g_test_add_func("/group/any-picture-becomes-small-enough", test_any);
    return g_test_run();
}
