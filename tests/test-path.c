/* test-path.c - the text of a path to an object, in steps.
 * SPDX-License-Identifier: MIT */
#include "core/questions/path.h"

/* A step as text: its kind, and what it says. */
static char *
dup_step(const HgStep *step)
{
    static const char *const names[] = {"attribute", "index", "text", "bytes", "address", "other"};
    if (step->kind == HG_STEP_INDEX)
        return g_strdup_printf("index %" G_GINT64_FORMAT, step->index);
    if (step->kind == HG_STEP_ADDRESS)
        return g_strdup_printf("address %" G_GUINT64_FORMAT, step->address);
    return g_strdup_printf("%s %s", names[step->kind], step->text);
}

static char *
dup_steps(const char *path, bool begins_with_name, GError **error)
{
    g_autoptr(GPtrArray) steps = hg_path_parse(path, 0, begins_with_name, error);
    if (!steps)
        return NULL;
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < steps->len; i++) {
        g_autofree char *step = dup_step(steps->pdata[i]);
        g_string_append_printf(text, "%s%s", i ? "; " : "", step);
    }
    return g_string_free(text, FALSE);
}

static void
test_steps(void)
{
    static const struct {
        const char *path, *steps;
    } cases[] = {
        {"app", "attribute app"},
        {"app.cache['a'][0]", "attribute app; attribute cache; text a; index 0"},
        {"a[-1][\"b\"]", "attribute a; index -1; text b"},
        {"a[b'x\\x00y']", "attribute a; bytes x\\x00y"},
        {"a[0x7f00]", "attribute a; address 32512"},
        {"a[<app.f.<locals>.Key 0x7f00>]", "attribute a; address 32512"},
        {"a[('x])', (2,))].b", "attribute a; other ('x])', (2,)); attribute b"},
        {"a[None][2.5][ True ]", "attribute a; other None; other 2.5; other True"},
        {"a['it\\'s']['\\n\\t\\\\']", "attribute a; text it's; text \n\t\\"},
        {"a['\\x41\\u00e9\\U0001f600']", "attribute a; text A\303\251\360\237\230\200"},
        {"a['\\ud800']['\\x00']", "attribute a; text \\ud800; text \\x00"},
        {"a['].[']", "attribute a; text ].["},
        {"caf\303\251.x", "attribute caf\303\251; attribute x"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *steps = dup_steps(cases[i].path, true, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(steps, ==, cases[i].steps);
    }
}

static void
test_rest_of_a_name(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) none = hg_path_parse("0x10", 4, false, &error);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GPtrArray) steps = hg_path_parse("0x10.a[1]", 4, false, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(steps->len, ==, 2);
    g_assert_cmpuint(((HgStep *)steps->pdata[0])->end, ==, 6);
    g_assert_cmpuint(((HgStep *)steps->pdata[1])->end, ==, 9);
}

static void
test_mistakes(void)
{
    static const struct {
        const char *path, *message;
    } cases[] = {
        {"", ": character 1: expected a name"},
        {".a", ".a: character 1: expected a name"},
        {"a..b", "a..b: character 3: expected a name"},
        {"a b", "a b: character 2: expected . or ["},
        {"a[", "a[: character 3: expected an index or a key"},
        {"a[ ]", "a[ ]: character 3: expected an index or a key"},
        {"a[1", "a[1: character 4: expected ]"},
        {"a['b", "a['b: character 5: expected ' and ]"},
        {"a[\"b", "a[\"b: character 5: expected \" and ]"},
        {"a['b'x]", "a['b'x]: character 6: expected ]"},
        {"a['\\", "a['\\: character 5: expected the end of the text"},
        {"a['\\x4']", "a['\\x4']: character 7: expected a hexadecimal digit"},
        {"\303\251..b", "\303\251..b: character 3: expected a name"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *steps = dup_steps(cases[i].path, true, &error);
        g_assert_null(steps);
        g_assert_error(error, HG_ERROR, HG_ERROR_USAGE);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

/* Any text is read or refused, and all of one that is read is read. */
static void
test_any_text(void)
{
    static const char letters[] = ".[]'\"\\ab0x-19 u\nN\303\251";
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (unsigned round = 0; round < 20000; round++) {
        char path[24];
        int size = g_rand_int_range(random, 0, sizeof path);
        for (int i = 0; i < size; i++)
            path[i] = letters[g_rand_int_range(random, 0, sizeof letters - 1)];
        path[size] = '\0';
        g_autoptr(GError) error = NULL;
        if (!g_utf8_validate(path, -1, NULL))
            continue;
        g_autoptr(GPtrArray) steps = hg_path_parse(path, 0, true, &error);
        g_assert_true((steps == NULL) == (error != NULL));
        if (steps)
            g_assert_cmpuint(((HgStep *)steps->pdata[steps->len - 1])->end, ==, (unsigned)size);
    }
}

static void
test_pattern(void)
{
    static const char *const cases[][2] = {
        {"app.cache", "app.cache"},
        {"app.handlers[3].visited", "app.handlers[].visited"},
        {"app.rooms['a]b'].doors[0][1]", "app.rooms[].doors[][]"},
        {"app.rooms[\"it's\"]", "app.rooms[]"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *pattern = hg_path_dup_pattern(cases[i][0]);
        g_assert_cmpstr(pattern, ==, cases[i][1]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path/steps", test_steps);
    g_test_add_func("/path/rest-of-a-name", test_rest_of_a_name);
    g_test_add_func("/path/mistakes", test_mistakes);
    g_test_add_func("/path/any-text", test_any_text);
    g_test_add_func("/path/pattern-has-no-items", test_pattern);
    return g_test_run();
}
