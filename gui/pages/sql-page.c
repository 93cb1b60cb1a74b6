/* sql-page.c - questions in SQL, and their answers as a list.
 *
 * The argument of a place is the statement: what was asked can be gone back to.
 * SPDX-License-Identifier: MIT */
#include "gui/pages/sql-page.h"

#include "gui/list-view.h"
#include "gui/models/sql-list.h"

struct _HgSqlPage {
    HgPage parent;
    GtkMenuButton *tables, *examples;
    GtkTextView *editor;
    HgListView *view;
};

G_DEFINE_FINAL_TYPE(HgSqlPage, hg_sql_page, HG_TYPE_PAGE)

static const struct {
    const char *table, *columns;
} tables[] = {
    {"object", "nr, address, type, type_id, size, sizeof, refcount, surplus, length, value, live, "
               "holder, retained, distance, flags, site"},
    {"reference", "source, target, kind, label"},
    {"type", "type_id, name, module, qualname, count, garbage, size, retained, sizeof, address, "
             "nr, basicsize, itemsize, flags, slots, bases"},
    {"root", "nr, kind, name, frame, interpreter"},
    {"thread", "number, id, name, interpreter"},
    {"frame", "number, thread, depth, function, file, line, nr"},
    {"site", "number, lines, objects, size"},
    {"snapshot", "id, name, taken, source, python, objects, refs, size, process, stored, instant, "
                 "knows_garbage, live, dropped, load"},
    {"fact", "key, value"},
    {"bookmark", "snapshot, name, address, note"},
    {"referrers(nr)", "nr, kind, label: what refers to it"},
    {"referents(nr)", "nr, kind, label: what it refers to"},
    {"reachable(nr)", "nr, depth: all it leads to"},
    {"dominated(nr)", "nr, depth: what would go away with it"},
    {"path_to_root(nr)", "step, nr, kind, label: why it is alive"},
};

static const struct {
    const char *title, *sql;
} examples[] = {
    {"The types that take most",
     "select name, count, size, retained\n  from type\n order by size desc\n limit 20"},
    {"The longest dicts", "select nr, address, length, retained, value\n  from object\n where type "
                          "= 'dict'\n order by length desc\n limit 100"},
    {"The biggest texts", "select nr, address, size, value\n  from object\n where type = 'str'\n "
                          "order by size desc\n limit 100"},
    {"Roots by kind",
     "select kind, count(*) as roots\n  from root\n group by kind\n order by roots desc"},
    {"Held from C", "select nr, address, type, surplus, retained, value\n  from object\n where "
                    "surplus > 0\n order by retained desc\n limit 100"},
};

#define FIRST_QUESTION                                                                             \
    "select name, count, size, retained\n  from type\n order by size desc\n limit 20"

/* ---- asking ------------------------------------------------------------------------------------
 */

static void *
list_rows(HgAsk *ask, void *argument, GError **error)
{
    const HgPlace *place = argument;
    return hg_sql_list_make(ask, place->shot, place->argument, error);
}

static char *
dup_statement(HgSqlPage *page)
{
    GtkTextIter start, end;
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(page->editor);
    gtk_text_buffer_get_bounds(buffer, &start, &end);
    return gtk_text_buffer_get_text(buffer, &start, &end, FALSE);
}

static void
set_statement(HgSqlPage *page, const char *sql)
{
    g_autofree char *old = dup_statement(page);
    if (!g_str_equal(old, sql))
        gtk_text_buffer_set_text(gtk_text_view_get_buffer(page->editor), sql, -1);
}

static void
ask(HgSqlPage *page, const HgPlace *place)
{
    hg_list_view_ask(page->view, hg_page_get_session(HG_PAGE(page)), list_rows, hg_place_ref(place),
                     hg_place_unref);
}

static void
run_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgSqlPage *page = HG_SQL_PAGE(widget);
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    g_autofree char *sql = dup_statement(page);
    if (here && g_strcmp0(sql, here->argument) == 0)
        ask(page, here); /* once more */
    else
        hg_page_go(HG_PAGE(page), "sql", HG_NONE, sql);
}

static void
show(HgPage *page, const HgPlace *place)
{
    HgSqlPage *self = HG_SQL_PAGE(page);
    g_autoptr(HgPlace) first = hg_place_new("sql", place->shot, HG_NONE, FIRST_QUESTION);
    const HgPlace *asked = place->argument ? place : first;
    hg_page_set_title(page, "SQL");
    set_statement(self, asked->argument);
    ask(self, asked);
}

static void
on_open(HgSqlPage *page, HgRow *row, gboolean in_new_tab)
{
    const HgPlace *here = hg_page_get_place(HG_PAGE(page));
    uint32_t object = hg_row_get_object(row);
    g_autoptr(HgPlace) place = hg_place_new("object", here->shot, object, NULL);
    if (object != HG_NONE)
        hg_session_go(hg_page_get_session(HG_PAGE(page)), place, in_new_tab);
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    g_autofree char *statement = dup_statement(HG_SQL_PAGE(page));
    g_autofree char *quoted = g_shell_quote(statement);
    return g_strconcat("sql ", quoted, NULL);
}

static void
begin_search(HgPage *page)
{
    hg_list_view_begin_search(HG_SQL_PAGE(page)->view);
}

/* ---- tables and examples
 * ------------------------------------------------------------------------- */

static GtkWidget *
make_rows(void)
{
    GtkWidget *list = gtk_list_box_new();
    gtk_list_box_set_selection_mode(GTK_LIST_BOX(list), GTK_SELECTION_NONE);
    return list;
}

static GtkWidget *
wrap_rows(GtkWidget *list)
{
    GtkWidget *scrolled = gtk_scrolled_window_new(), *popover = gtk_popover_new();
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), list);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_propagate_natural_width(GTK_SCROLLED_WINDOW(scrolled), TRUE);
    gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scrolled), TRUE);
    gtk_scrolled_window_set_max_content_height(GTK_SCROLLED_WINDOW(scrolled), 520);
    gtk_popover_set_child(GTK_POPOVER(popover), scrolled);
    return popover;
}

static void
add_row(GtkWidget *list, const char *title, const char *subtitle, unsigned number)
{
    GtkWidget *row = gtk_list_box_row_new(), *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *first = gtk_label_new(title);
    gtk_label_set_xalign(GTK_LABEL(first), 0);
    gtk_box_append(GTK_BOX(box), first);
    if (subtitle) {
        GtkWidget *second = gtk_label_new(subtitle);
        gtk_label_set_xalign(GTK_LABEL(second), 0);
        gtk_label_set_wrap(GTK_LABEL(second), TRUE);
        gtk_label_set_max_width_chars(GTK_LABEL(second), 50);
        gtk_widget_add_css_class(first, "monospace");
        gtk_widget_add_css_class(second, "caption");
        gtk_widget_add_css_class(second, "dim-label");
        gtk_box_append(GTK_BOX(box), second);
    }
    gtk_widget_add_css_class(box, "choice-row");
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
    gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
    g_object_set_data(G_OBJECT(row), "number", GUINT_TO_POINTER(number));
    gtk_list_box_append(GTK_LIST_BOX(list), row);
}

/* Puts the name of the table where the cursor is. */
static void
on_table(HgSqlPage *page, GtkListBoxRow *row)
{
    unsigned number = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(row), "number"));
    gtk_text_buffer_insert_at_cursor(gtk_text_view_get_buffer(page->editor), tables[number].table,
                                     -1);
    gtk_menu_button_popdown(page->tables);
    gtk_widget_grab_focus(GTK_WIDGET(page->editor));
}

static void
on_example(HgSqlPage *page, GtkListBoxRow *row)
{
    unsigned number = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(row), "number"));
    set_statement(page, examples[number].sql);
    gtk_menu_button_popdown(page->examples);
    gtk_widget_activate_action(GTK_WIDGET(page), "sql.run", NULL);
}

static void
fill_popovers(HgSqlPage *page)
{
    GtkWidget *table_rows = make_rows(), *example_rows = make_rows();
    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++)
        add_row(table_rows, tables[i].table, tables[i].columns, i);
    for (unsigned i = 0; i < G_N_ELEMENTS(examples); i++)
        add_row(example_rows, examples[i].title, NULL, i);
    g_signal_connect_object(table_rows, "row-activated", G_CALLBACK(on_table), page,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(example_rows, "row-activated", G_CALLBACK(on_example), page,
                            G_CONNECT_SWAPPED);
    gtk_menu_button_set_popover(page->tables, wrap_rows(table_rows));
    gtk_menu_button_set_popover(page->examples, wrap_rows(example_rows));
}

/* ---- the page
 * --------------------------------------------------------------------------------------- */

/* Before the editor, which would begin a new line. */
static void
add_shortcut(HgSqlPage *page)
{
    GtkEventController *controller = gtk_shortcut_controller_new();
    gtk_event_controller_set_propagation_phase(controller, GTK_PHASE_CAPTURE);
    gtk_shortcut_controller_add_shortcut(
        GTK_SHORTCUT_CONTROLLER(controller),
        gtk_shortcut_new(gtk_keyval_trigger_new(GDK_KEY_Return, GDK_CONTROL_MASK),
                         gtk_named_action_new("sql.run")));
    gtk_widget_add_controller(GTK_WIDGET(page), controller);
}

static void
hg_sql_page_init(HgSqlPage *page)
{
    g_type_ensure(HG_TYPE_LIST_VIEW);
    gtk_widget_init_template(GTK_WIDGET(page));
    fill_popovers(page);
    add_shortcut(page);
    hg_list_view_set_empty(page->view, "No Row", "The statement is right, and gives nothing.");
}

static void
dispose(GObject *object)
{
    gtk_widget_dispose_template(GTK_WIDGET(object), HG_TYPE_SQL_PAGE);
    G_OBJECT_CLASS(hg_sql_page_parent_class)->dispose(object);
}

static void
hg_sql_page_class_init(HgSqlPageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    HG_PAGE_CLASS(class)->show = show;
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    HG_PAGE_CLASS(class)->begin_search = begin_search;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/heapgraph/Viewer/pages/sql-page.ui");
    gtk_widget_class_bind_template_child(widget_class, HgSqlPage, tables);
    gtk_widget_class_bind_template_child(widget_class, HgSqlPage, examples);
    gtk_widget_class_bind_template_child(widget_class, HgSqlPage, editor);
    gtk_widget_class_bind_template_child(widget_class, HgSqlPage, view);
    gtk_widget_class_bind_template_callback(widget_class, on_open);
    gtk_widget_class_install_action(widget_class, "sql.run", NULL, run_action);
}
