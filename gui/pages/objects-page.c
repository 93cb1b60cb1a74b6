/* objects-page.c - the objects of a type, or the biggest of all.
 *
 * The argument of a place is the full name of a type; none: the objects that retain most.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/objects-page.h"

#include "core/questions/objects.h"
#include "core/questions/resolve.h"
#include "gui/models/object-list.h"

#define BIGGEST 10000

struct _HgObjectsPage {
    HgListPage parent;
};

G_DEFINE_FINAL_TYPE(HgObjectsPage, hg_objects_page, HG_TYPE_LIST_PAGE)

static GArray *
find_objects(HgSnapshot *snapshot, const char *name, GError **error)
{
    g_autoptr(GPtrArray) types = hg_resolve_types(snapshot, name, error);
    return types ? hg_objects_of_types(snapshot, types, 0, UINT64_MAX, error) : NULL;
}

static void *
list_objects(HgAsk *ask, void *argument, GError **error)
{
    const HgPlace *place = argument;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, place->shot, error);
    if (!snapshot)
        return NULL;
    if (place->argument) {
        GArray *objects = find_objects(snapshot, place->argument, error);
        return objects ? hg_object_list_make(ask, place->shot, objects, 0, NULL, error) : NULL;
    }
    GArray *objects = hg_objects_by_retained(snapshot, BIGGEST, error);
    HgList *list =
        objects ? hg_object_list_make(ask, place->shot, objects, HG_OBJECTS_WITH_TYPE, NULL, error)
                : NULL;
    if (list && hg_list_count_rows(list) == BIGGEST)
        hg_list_set_remark(list, "those that retain most");
    return list;
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    if (!place->argument)
        return g_strdup_printf("top -n %d", BIGGEST);
    g_autofree char *type = g_shell_quote(place->argument);
    return g_strconcat("by-type ", type, " -n 0", NULL);
}

static void
hg_objects_page_init(HgObjectsPage *page)
{
    HgListView *view = hg_list_page_get_view(HG_LIST_PAGE(page));
    hg_list_view_sort_by(view, "retained", true);
    hg_list_view_set_empty(view, "No Such Object",
                           "Change or clear the filter, or choose another type.");
}

static void
hg_objects_page_class_init(HgObjectsPageClass *class)
{
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    HG_LIST_PAGE_CLASS(class)->ask = list_objects;
}
