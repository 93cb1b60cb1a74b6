/* test-dot.c - pictures as DOT and rendered.
 *
 * HG_UPDATE=1 rewrites the texts in tests/expected/.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/dot.h"
#include "core/drawing/render.h"

#include <glib/gstdio.h>
#include <string.h>

static uint32_t
add(HgPicture *picture, HgPictureKind kind, const char *title, const char *detail, uint32_t depth)
{
    uint32_t number = picture->nodes->len;
    bool is_object = kind != HG_PICTURE_ROOT && kind != HG_PICTURE_MORE;
    HgPictureNode node = {
        .kind = kind,
        .address = is_object ? 0x7f3a12340000 + 64 * number : 0,
        .title = (char *)title,
        .detail = (char *)detail,
        .depth = depth,
    };

    return hg_picture_add_node(picture, &node);
}

static void
refer(HgPicture *picture, uint32_t source, uint32_t target, const char *label)
{
    HgPictureReference reference = {source, target, (char *)label, false, false};

    hg_picture_add_reference(picture, &reference);
}

/* What holds a session: a bit of everything. */
static HgPicture *
make_sample(void)
{
    HgPicture *picture = hg_picture_new();
    HgPictureNode asked = {.address = 0x7f3a12345678,
                           .title = (char *)"app.Session",
                           .detail = (char *)"7 attributes",
                           .facts = (char *)"1.2 MB retained, 3 references",
                           .is_asked = true,
                           .has_del = true};
    uint32_t session = hg_picture_add_node(picture, &asked);
    uint32_t handlers = add(picture, HG_PICTURE_OBJECT, "list", "491 items", 1);
    uint32_t cell = add(picture, HG_PICTURE_OBJECT, "cell", NULL, 1);
    uint32_t weak = add(picture, HG_PICTURE_OBJECT, "weakref", NULL, 1);
    uint32_t more = add(picture, HG_PICTURE_MORE, "1,204 more", "1,200 Session, 4 dict", 1);
    uint32_t root = add(picture, HG_PICTURE_ROOT, "local session", "of handle() at app.py:12", 1);
    uint32_t bus = add(picture, HG_PICTURE_OBJECT, "app.EventBus", NULL, 2);
    uint32_t closure = add(picture, HG_PICTURE_OBJECT, "tuple", "1 item", 2);
    uint32_t function = add(picture, HG_PICTURE_OBJECT, "function", "make.<locals>.on_event", 3);
    uint32_t frame = add(picture, HG_PICTURE_FRAME, "frame", "serve (server.py:88)", 2);
    uint32_t type = add(picture, HG_PICTURE_TYPE, "type app.Registry", NULL, 3);
    uint32_t module = add(picture, HG_PICTURE_MODULE, "module app", NULL, 3);
    HgPictureReference to_weak = {weak, session, (char *)"()", true, false};
    HgPictureReference guessed = {type, bus, (char *)"<at 24>", false, true};

    refer(picture, handlers, session, "[3], [17], [490]");
    refer(picture, cell, session, ".cell_contents");
    hg_picture_add_reference(picture, &to_weak);
    refer(picture, more, session, NULL);
    refer(picture, root, session, NULL);
    refer(picture, bus, handlers, ".handlers");
    refer(picture, closure, cell, "[0]");
    refer(picture, function, closure, ".__closure__");
    refer(picture, handlers, function, "[5]");
    refer(picture, frame, handlers, "local handlers");
    hg_picture_add_reference(picture, &guessed);
    refer(picture, module, bus, ".bus");
    hg_picture_set_caption(picture, "What refers to app.Session 0x7f3a12345678, three steps back; "
                                    "snapshot \"after\"");
    return picture;
}

static const char *const hostile_names[] = {
    "quote \" and ' and \\",
    "line\nbreak\r\ttab",
    "<b>bold</b> & <table>",
    "</td></tr></table>",
    "\\N \\G \\l",
    "-->",
    "]]>",
    "emoji \xf0\x9f\x90\x8d \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
    "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
    "evil \xe2\x80\xae txt.exe",
    "surrogate \\udc80",
    "half \xed\xb2\x80 \xff \xc3",
    "control \x01\x1b[31m\x7f",
    "noncharacter \xef\xbf\xbf",
    "",
    " ",
    "&amp;",
    "&#0;",
    "a very long name that goes on and on and on and on and on and on and on and on and on and on",
};

static HgPicture *
make_hostile(void)
{
    HgPicture *picture = hg_picture_new();
    uint32_t asked = add(picture, HG_PICTURE_OBJECT, "str", "", 0);

    for (size_t i = 0; i < G_N_ELEMENTS(hostile_names); i++) {
        const char *name = hostile_names[i];
        refer(picture, add(picture, i % HG_N_PICTURE_KINDS, name, name, 1), asked, name);
    }
    hg_picture_set_caption(picture, hostile_names[2]);
    return picture;
}

/* ---- tests ---------------------------------------------------------------------------- */

static void
assert_expected(const char *name, const char *text)
{
    g_autofree char *path =
        g_build_filename(g_getenv("HG_TESTS") ?: "tests", "expected", name, NULL);
    g_autofree char *expected = NULL;
    g_autoptr(GError) error = NULL;

    if (g_getenv("HG_UPDATE"))
        g_assert_true(g_file_set_contents(path, text, -1, &error));
    g_file_get_contents(path, &expected, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, expected);
}

static void
test_dot_sample(void)
{
    g_autoptr(HgPicture) picture = make_sample();
    g_autofree char *dot = hg_dot_write(picture);

    assert_expected("sample.dot", dot);
}

static void
test_dot_is_deterministic(void)
{
    g_autoptr(HgPicture) picture = make_sample();
    g_autoptr(HgPicture) again = make_sample();
    g_autofree char *dot = hg_dot_write(picture);
    g_autofree char *dot_again = hg_dot_write(again);

    g_assert_cmpstr(dot, ==, dot_again);
}

/* Graphviz reads back what was written, and finds as many nodes and references. */
static void
assert_valid_dot(const HgPicture *picture)
{
    g_autofree char *dot = hg_dot_write(picture);
    Agraph_t *graph = agmemread(dot);

    g_assert_nonnull(graph);
    g_assert_cmpint(agnnodes(graph), ==, picture->nodes->len);
    g_assert_cmpint(agnedges(graph), ==, picture->references->len);
    agclose(graph);
}

static void
test_dot_hostile_names(void)
{
    g_autoptr(HgPicture) picture = make_hostile();

    assert_valid_dot(picture);
}

static void
test_dot_empty(void)
{
    g_autoptr(HgPicture) picture = hg_picture_new();

    assert_valid_dot(picture);
}

static void
on_text(GMarkupParseContext *context, const char *text, size_t size, void *user_data,
        GError **error)
{
    g_string_append_len(user_data, text, (gssize)size);
}

/* Returns: the characters of an XML text, which must be well-formed. */
static char *
read_xml(GBytes *bytes)
{
    GMarkupParser parser = {.text = on_text};
    GString *characters = g_string_new(NULL);
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, 0, characters, NULL);
    g_autoptr(GError) error = NULL;
    size_t size;
    const char *text = g_bytes_get_data(bytes, &size);

    g_markup_parse_context_parse(context, text, (gssize)size, &error);
    g_assert_no_error(error);
    g_markup_parse_context_end_parse(context, &error);
    g_assert_no_error(error);
    return g_string_free(characters, false);
}

static void
test_svg_hostile_names(void)
{
    g_autoptr(HgPicture) picture = make_hostile();
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) svg = hg_render_picture(picture, HG_RENDER_SVG, &error);

    g_assert_no_error(error);
    g_autofree char *characters = read_xml(svg);
    g_assert_nonnull(strstr(characters, "<b>bold</b>"));
    g_assert_nonnull(strstr(characters, "\\x1b[31m"));
    g_assert_nonnull(strstr(characters, "\\u202e"));
    g_assert_nonnull(strstr(characters, "\\N"));
}

static void
test_picture_visible(void)
{
    static const struct {
        const char *text;
        gssize size;
        size_t most;
        const char *visible;
    } cases[] = {
        {"plain", -1, 10, "plain"},
        {"0123456789", -1, 10, "0123456789"},
        {"0123456789a", -1, 10, "012345678\xe2\x80\xa6"},
        {"a\nb", -1, 10, "a\\nb"},
        {"a\0b", 3, 10, "a\\x00b"},
        {"\xff", -1, 10, "\xc3\xbf"},
        {"\xe2\x80\xae", -1, 10, "\\u202e"},
        {"\xe2\x82", -1, 10, "\xc3\xa2\\x82"},
        {"\xd7\xa9", -1, 10, "\xd7\xa9"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *visible =
            hg_picture_make_visible(cases[i].text, cases[i].size, cases[i].most);
        g_assert_cmpstr(visible, ==, cases[i].visible);
    }
}

static void
test_render_formats(void)
{
    static const struct {
        const char *path;
        const char *starts;
    } cases[] = {
        {"refs.png", "\x89PNG"}, {"refs.PDF", "%PDF-"}, {"refs.svg", "<?xml"},
        {"refs.dot", "digraph"}, {"refs.json", "{"},
    };
    g_autoptr(HgPicture) picture = make_sample();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        HgRenderFormat format;
        g_assert_true(hg_render_find_format(cases[i].path, &format, &error));
        g_autoptr(GBytes) bytes = hg_render_picture(picture, format, &error);
        g_assert_no_error(error);
        g_assert_cmpint(g_bytes_get_size(bytes), >, 100);
        g_assert_cmpmem(g_bytes_get_data(bytes, NULL), strlen(cases[i].starts), cases[i].starts,
                        strlen(cases[i].starts));
    }
}

static void
test_render_unknown_ending(void)
{
    g_autoptr(GError) error = NULL;
    HgRenderFormat format;

    g_assert_false(hg_render_find_format("refs.gif", &format, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_USAGE);
    g_assert_cmpstr(error->message, ==,
                    "refs.gif: a picture ends in .png, .svg, .pdf, .dot or .json");
}

static void
test_render_write(void)
{
    g_autoptr(HgPicture) picture = make_sample();
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("hg-drawing-XXXXXX", &error);
    g_autofree char *path = g_build_filename(folder, "refs.svg", NULL);
    g_autofree char *nowhere = g_build_filename(folder, "no", "refs.svg", NULL);
    g_autofree char *content = NULL;

    g_assert_true(hg_render_write(picture, path, &error));
    g_assert_true(g_file_get_contents(path, &content, NULL, &error));
    g_assert_nonnull(strstr(content, "prefers-color-scheme"));
    g_assert_false(hg_render_write(picture, nowhere, &error));
    g_assert_nonnull(error);
    g_unlink(path);
    g_rmdir(folder); /* fails, and is seen by nobody, only if something else was left there */
    g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/picture/visible", test_picture_visible);
    g_test_add_func("/dot/sample", test_dot_sample);
    g_test_add_func("/dot/is-deterministic", test_dot_is_deterministic);
    g_test_add_func("/dot/hostile-names", test_dot_hostile_names);
    g_test_add_func("/dot/empty", test_dot_empty);
    g_test_add_func("/dot/svg-hostile-names", test_svg_hostile_names);
    g_test_add_func("/render/formats", test_render_formats);
    g_test_add_func("/render/unknown-ending", test_render_unknown_ending);
    g_test_add_func("/render/write", test_render_write);
    return g_test_run();
}
