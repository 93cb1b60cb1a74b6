/* page.h - what a page of the window is.
 *
 * To add a page `foo`:
 *   1. gui/pages/foo-page.{c,h,ui}: a HgPage whose template is the .ui
 *   2. a row in gui/pages.c
 *   3. its names in gui/meson.build and gui/heapgraph-viewer.gresource.xml
 * The window is not touched. A page asks core through the workers of its session and shows the
 * answer; it knows of no other page but by name.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/session.h"

#include <adwaita.h>

#define HG_TYPE_PAGE (hg_page_get_type())
G_DECLARE_DERIVABLE_TYPE(HgPage, hg_page, HG, PAGE, AdwBin)

struct _HgPageClass {
    AdwBinClass parent_class;

    /* Shows a place: at first, and whenever its tab goes from one place of this page to another.
     * [place] has a snapshot, unless the page works without (pages.c). */
    void (*show)(HgPage *page, const HgPlace *place);

    /* Returns: the arguments of `heapgraph` that give the same answer, quoted for a shell, without
     * -d and -s: "by-type app.Session"; NULL: there is none (then it may also be left out). */
    char *(*dup_command)(HgPage *page, const HgPlace *place);

    /* The arguments name the snapshots that are compared, as hg_session_dup_names() does. */
    bool compares;

    /* Puts the keyboard where one types first: the filter. May be left out. */
    void (*begin_search)(HgPage *page);
};

/* Both are borrowed. */
HgSession *hg_page_get_session(HgPage *page);
const HgPlace *hg_page_get_place(HgPage *page);

/* Goes to another page, about the snapshot of this one: at an object or HG_NONE, with what it is
 * asked or NULL. */
void hg_page_go(HgPage *page, const char *name, uint32_t object, const char *argument);

/* Says what the tab and the window are called; by default the title of the page's kind and the
 * argument of its place. Forgotten when another place is shown. */
void hg_page_set_title(HgPage *page, const char *title);

/* What the tab calls; "title-changed" tells it of another title. */
void hg_page_set_session(HgPage *page, HgSession *session);
void hg_page_show(HgPage *page, const HgPlace *place);
const char *hg_page_get_title(HgPage *page); /* or NULL */
/* Returns: the whole command line, or NULL; g_free(). */
char *hg_page_dup_command(HgPage *page);
void hg_page_begin_search(HgPage *page);
