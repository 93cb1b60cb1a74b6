/* graph-menu.c - the menu of a node of a graph.
 * SPDX-License-Identifier: MIT */
#include "gui/graph-menu.h"

static void
append_side(GMenu *menu, const HgSceneNode *node, bool is_backward)
{
    const char *action = is_backward ? "graph.referrers" : "graph.referents";
    bool is_expanded = node->is_expanded[is_backward];
    g_menu_append(menu,
                  is_backward ? is_expanded ? "Hide What _Refers to It" : "Show What _Refers to It"
                  : is_expanded ? "Hide What It Re_fers To"
                                : "Show What It Re_fers To",
                  action);
}

static void
append_section(GMenu *menu, GMenu *section)
{
    g_menu_append_section(menu, NULL, G_MENU_MODEL(section));
    g_object_unref(section);
}

GMenu *
hg_graph_menu_new(const HgSceneNode *node)
{
    GMenu *menu = g_menu_new(), *look = g_menu_new(), *more = g_menu_new(), *copies = g_menu_new();
    g_menu_append(look, "_Open", "graph.open");
    g_menu_append(look, "Open in New _Tab", "graph.open-in-tab");
    g_menu_append(look, "_Draw What Is Around It", "graph.center");
    append_section(menu, look);
    append_side(more, node, true);
    append_side(more, node, false);
    g_menu_append(more, "Show Its _Holder", "graph.holder");
    g_menu_append(more, "Show the _Way From a Root", "graph.way");
    g_menu_append(more, "_List Its Neighbours", "graph.list");
    g_menu_append(more, "_Hide", "graph.hide");
    append_section(menu, more);
    g_menu_append(copies, "Copy _Address", "graph.copy-address");
    g_menu_append(copies, "_Copy Command Line", "graph.copy-command");
    append_section(menu, copies);
    return menu;
}
