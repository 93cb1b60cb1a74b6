/* page.c - what all pages of the window share.
 * SPDX-License-Identifier: MIT */
#include "gui/page.h"

typedef struct {
    HgSession *session;
    HgPlace *place;
    char *title;
} HgPagePrivate;

static unsigned title_signal;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE(HgPage, hg_page, ADW_TYPE_BIN)

static HgPagePrivate *
get_private(HgPage *page)
{
    return hg_page_get_instance_private(page);
}

HgSession *
hg_page_get_session(HgPage *page)
{
    return get_private(page)->session;
}

const HgPlace *
hg_page_get_place(HgPage *page)
{
    return get_private(page)->place;
}

void
hg_page_go(HgPage *page, const char *name, uint32_t object, const char *argument)
{
    const HgPlace *here = hg_page_get_place(page);
    hg_session_go_to(hg_page_get_session(page), name, here ? here->shot : NULL, object, argument);
}

void
hg_page_set_session(HgPage *page, HgSession *session)
{
    g_set_object(&get_private(page)->session, session);
}

void
hg_page_show(HgPage *page, const HgPlace *place)
{
    HgPagePrivate *private = get_private(page);
    if (hg_place_equal(private->place, place))
        return;
    HgPlace *old = private->place;
    private->place = hg_place_ref(place);
    hg_place_unref(old);
    g_clear_pointer(&private->title, g_free);
    HG_PAGE_GET_CLASS(page)->show(page, private->place);
}

void
hg_page_set_title(HgPage *page, const char *title)
{
    HgPagePrivate *private = get_private(page);
    g_free(private->title);
    private->title = g_strdup(title);
    g_signal_emit(page, title_signal, 0);
}

const char *
hg_page_get_title(HgPage *page)
{
    return get_private(page)->title;
}

char *
hg_page_dup_command(HgPage *page)
{
    HgPageClass *class = HG_PAGE_GET_CLASS(page);
    const HgPlace *place = hg_page_get_place(page);
    g_autofree char *arguments =
        class->dup_command && place && place->shot ? class->dup_command(page, place) : NULL;
    if (!arguments)
        return NULL;
    return class->compares ? g_strconcat("heapgraph ", arguments, NULL)
                           : hg_shot_dup_command(place->shot, arguments);
}

void
hg_page_begin_search(HgPage *page)
{
    if (HG_PAGE_GET_CLASS(page)->begin_search)
        HG_PAGE_GET_CLASS(page)->begin_search(page);
}

static void
dispose(GObject *object)
{
    HgPagePrivate *private = get_private(HG_PAGE(object));
    g_clear_object(&private->session);
    g_clear_pointer(&private->place, hg_place_unref);
    g_clear_pointer(&private->title, g_free);
    G_OBJECT_CLASS(hg_page_parent_class)->dispose(object);
}

static void
hg_page_class_init(HgPageClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
    title_signal = g_signal_new("title-changed", HG_TYPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static void
hg_page_init(HgPage *page)
{
}
