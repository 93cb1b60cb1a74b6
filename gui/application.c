/* application.c - the program heapgraph-viewer: one process, its windows, its shortcuts.
 * SPDX-License-Identifier: MIT */
#include "gui/application.h"

#include "gui/pages.h"
#include "gui/window.h"

struct _HgApplication {
    AdwApplication parent;
};

G_DEFINE_FINAL_TYPE(HgApplication, hg_application, ADW_TYPE_APPLICATION)

static HgWindow *
add_window(HgApplication *application)
{
    HgWindow *window = hg_window_new(ADW_APPLICATION(application));
    gtk_window_present(GTK_WINDOW(window));
    return window;
}

static void
activate(GApplication *application)
{
    add_window(HG_APPLICATION(application));
}

/* An empty window takes the files, else a new one does: files named together are looked at
 * together. */
static HgWindow *
find_empty_window(HgApplication *application)
{
    GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(application));
    if (window && HG_IS_WINDOW(window) && hg_window_is_empty(HG_WINDOW(window)))
        return HG_WINDOW(window);
    return add_window(application);
}

static void
open_files(GApplication *application, GFile **files, int n_files, const char *snapshot,
           const char *object)
{
    HgWindow *window = find_empty_window(HG_APPLICATION(application));
    hg_window_show_there(window, snapshot, object);
    for (int i = 0; i < n_files; i++)
        if (g_file_peek_path(files[i]))
            hg_window_open(window, g_file_peek_path(files[i]));
}

static int
handle_command_line(GApplication *application, GApplicationCommandLine *line)
{
    GVariantDict *options = g_application_command_line_get_options_dict(line);
    const char *object = NULL, *snapshot = NULL;
    g_auto(GStrv) paths = NULL;
    g_variant_dict_lookup(options, "object", "&s", &object);
    g_variant_dict_lookup(options, "snapshot", "&s", &snapshot);
    g_variant_dict_lookup(options, G_OPTION_REMAINING, "^aay", &paths);
    unsigned count = paths ? g_strv_length(paths) : 0;
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_object_unref);
    for (unsigned i = 0; i < count; i++)
        g_ptr_array_add(files, g_application_command_line_create_file_for_arg(line, paths[i]));
    if (count)
        open_files(application, (GFile **)files->pdata, (int)count, snapshot, object);
    else
        g_application_activate(application);
    return 0;
}

static void
new_window_action(GSimpleAction *action, GVariant *parameter, void *user_data)
{
    add_window(user_data);
}

static void
about_action(GSimpleAction *action, GVariant *parameter, void *user_data)
{
    GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(user_data));
    adw_show_about_window(window, "application-name", "Heapgraph", "application-icon",
                          "org.heapgraph.Viewer", "version", HG_VERSION, "license-type",
                          GTK_LICENSE_MIT_X11, "comments",
                          "Finds out why memory of a Python process is still in use.",
                          "developer-name", "The heapgraph developers", NULL);
}

static const struct {
    const char *action;
    const char *keys[3];
} shortcuts[] = {
    {"app.new-window", {"<Control>n"}},
    {"app.quit", {"<Control>q"}},
    {"win.open", {"<Control>o"}},
    {"win.capture", {"<Control>r"}},
    {"win.bookmark", {"<Control>d"}},
    {"win.go-to", {"<Control>g"}},
    {"win.show-help-overlay", {"<Control>question"}},
    {"win.back", {"<Alt>Left"}},
    {"win.forward", {"<Alt>Right"}},
    {"win.new-tab", {"<Control>t"}},
    {"win.close-tab", {"<Control>w"}},
    {"win.find", {"<Control>f"}},
    {"win.sidebar", {"F9"}},
    {"win.why", {"F8"}},
    {"win.copy-command", {"<Control><Alt>c"}},
};

static void
quit_action(GSimpleAction *action, GVariant *parameter, void *user_data)
{
    GList *windows;
    while ((windows = gtk_application_get_windows(GTK_APPLICATION(user_data))))
        gtk_window_destroy(windows->data);
}

static const GActionEntry actions[] = {{.name = "new-window", .activate = new_window_action},
                                       {.name = "about", .activate = about_action},
                                       {.name = "quit", .activate = quit_action}};

/* Alt+1 is the first page of the sidebar, Alt+0 the tenth. */
static void
set_page_shortcuts(GtkApplication *application)
{
    unsigned number = 1;
    for (const HgPageKind *kind = hg_pages; kind->name && number <= 10; kind++) {
        if (kind->use != HG_PAGE_LISTED && kind->use != HG_PAGE_ALONE)
            continue;
        g_autofree char *action = g_strdup_printf("win.page::%s", kind->name);
        g_autofree char *key = g_strdup_printf("<Alt>%u", number++ % 10);
        const char *const keys[] = {key, NULL};
        gtk_application_set_accels_for_action(application, action, keys);
    }
}

/* Without a display GTK would end the program with a warning that tells no way out. */
static void
require_display(void)
{
    if (gtk_init_check())
        return;
    g_printerr("heapgraph-viewer: there is no display ($DISPLAY, $WAYLAND_DISPLAY); "
               "`heapgraph suspects` answers here, `heapgraph report -o FILE.html` makes a page\n");
    exit(1);
}

static void
startup(GApplication *application)
{
    require_display();
    G_APPLICATION_CLASS(hg_application_parent_class)->startup(application);
    g_action_map_add_action_entries(G_ACTION_MAP(application), actions, G_N_ELEMENTS(actions),
                                    application);
    for (unsigned i = 0; i < G_N_ELEMENTS(shortcuts); i++)
        gtk_application_set_accels_for_action(GTK_APPLICATION(application), shortcuts[i].action,
                                              (const char *const *)shortcuts[i].keys);
    set_page_shortcuts(GTK_APPLICATION(application));
}

static const GOptionEntry options[] = {
    {"snapshot", 's', 0, G_OPTION_ARG_STRING, NULL,
     "begin with this snapshot: a number, a name, latest or previous", "SNAPSHOT"},
    {"object", 0, 0, G_OPTION_ARG_STRING, NULL,
     "show this object of the first file: an address, a path, Type#3 or @bookmark", "OBJ"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, "[FILE...]"},
    {0}};

HgApplication *
hg_application_new(void)
{
    HgApplication *application = g_object_new(
        HG_TYPE_APPLICATION, "application-id", "org.heapgraph.Viewer", "flags",
        G_APPLICATION_HANDLES_COMMAND_LINE, "resource-base-path", "/org/heapgraph/Viewer", NULL);
    g_application_add_main_option_entries(G_APPLICATION(application), options);
    g_application_set_option_context_summary(
        G_APPLICATION(application), "Looks at heap snapshots of Python processes: stores, and "
                                    "dumps that `heapgraph capture` made.");
    return application;
}

static void
hg_application_init(HgApplication *application)
{
}

static void
hg_application_class_init(HgApplicationClass *class)
{
    GApplicationClass *application_class = G_APPLICATION_CLASS(class);
    application_class->activate = activate;
    application_class->command_line = handle_command_line;
    application_class->startup = startup;
}
