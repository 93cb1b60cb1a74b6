/* window.c - the window: sidebar, tabs of pages, what one opens and where one goes.
 * SPDX-License-Identifier: MIT */
#include "gui/window.h"

#include "core/questions/resolve.h"
#include "gui/opener.h"
#include "gui/pages.h"
#include "gui/sidebar.h"
#include "gui/start-page.h"
#include "gui/tab.h"
#include "gui/why-pane.h"

#include <malloc.h>

struct _HgWindow {
    AdwApplicationWindow parent;
    AdwToastOverlay *toasts;
    GtkStack *stack;
    AdwFlap *sidebar_flap, *why_flap;
    HgWhyPane *why;
    HgSidebar *sidebar;
    AdwWindowTitle *title;
    AdwTabView *tabs;
    AdwTabBar *tab_bar;
    HgOpener *opener;
    HgSession *session;
    char *wanted_snapshot, *wanted_object; /* to be shown once a file is open, or NULL */
    HgJob *find_job;                       /* that looks for them */
};

G_DEFINE_FINAL_TYPE(HgWindow, hg_window, ADW_TYPE_APPLICATION_WINDOW)

static void
say(HgWindow *window, const char *message)
{
    adw_toast_overlay_add_toast(window->toasts, adw_toast_new(message));
}

/* ---- tabs ------------------------------------------------------------------------------------ */

static HgTab *
get_tab(HgWindow *window)
{
    AdwTabPage *page = adw_tab_view_get_selected_page(window->tabs);
    return page ? HG_TAB(adw_tab_page_get_child(page)) : NULL;
}

static void
update_actions(HgWindow *window)
{
    HgTab *tab = get_tab(window);
    GtkWidget *widget = GTK_WIDGET(window);
    gtk_widget_action_set_enabled(widget, "win.back", tab && hg_tab_can_step(tab, -1));
    gtk_widget_action_set_enabled(widget, "win.forward", tab && hg_tab_can_step(tab, 1));
    gtk_widget_action_set_enabled(widget, "win.new-tab", tab != NULL);
    gtk_widget_action_set_enabled(widget, "win.close-tab", tab != NULL);
    gtk_widget_action_set_enabled(widget, "win.find", tab != NULL);
    HgPage *page = tab ? hg_tab_get_page(tab) : NULL;
    g_autofree char *command = page ? hg_page_dup_command(page) : NULL;
    gtk_widget_action_set_enabled(widget, "win.copy-command", command != NULL);
}

/* A screen reader finds the tab that is shown, and no other. */
static void
hide_other_tabs(HgWindow *window)
{
    HgTab *shown = get_tab(window);
    for (int i = 0; i < adw_tab_view_get_n_pages(window->tabs); i++) {
        GtkWidget *tab = adw_tab_page_get_child(adw_tab_view_get_nth_page(window->tabs, i));
        gtk_widget_set_visible(tab, HG_TAB(tab) == shown);
    }
}

/* libadwaita 1.2 names neither its tabs nor the buttons that close them. */
static void
name_tabs(GtkWidget *widget, const char *title)
{
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
         child = gtk_widget_get_next_sibling(child)) {
        const char *own = title;
        if (g_str_equal(G_OBJECT_TYPE_NAME(child), "AdwTab")) {
            AdwTabPage *page;
            g_object_get(child, "page", &page, NULL);
            own = page ? adw_tab_page_get_title(page) : NULL;
            gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                           own ? own : "", -1);
            g_clear_object(&page);
        }
        if (own && GTK_IS_BUTTON(child)) {
            g_autofree char *name = g_strdup_printf("Close %s", own);
            gtk_accessible_update_property(GTK_ACCESSIBLE(child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                           name, -1);
        }
        name_tabs(child, own);
    }
}

static void
update(HgWindow *window)
{
    HgTab *tab = get_tab(window);
    const HgPlace *place = tab ? hg_tab_get_place(tab) : NULL;
    update_actions(window);
    hide_other_tabs(window);
    name_tabs(GTK_WIDGET(window->tab_bar), NULL);
    if (!place)
        return;
    g_autofree char *title = hg_tab_dup_title(tab);
    adw_window_title_set_title(window->title, title);
    adw_window_title_set_subtitle(window->title, place->shot ? place->shot->name : "");
    gtk_window_set_title(GTK_WINDOW(window), title);
    hg_sidebar_show_place(window->sidebar, place);
}

static void
on_tab_moved(HgWindow *window, HgTab *tab)
{
    AdwTabPage *page = adw_tab_view_get_page(window->tabs, GTK_WIDGET(tab));
    g_autofree char *title = hg_tab_dup_title(tab);
    adw_tab_page_set_title(page, title);
    name_tabs(GTK_WIDGET(window->tab_bar), NULL);
    if (tab == get_tab(window))
        update(window);
}

static HgTab *
add_tab(HgWindow *window)
{
    GtkWidget *tab = hg_tab_new(window->session);
    g_signal_connect_object(tab, "moved", G_CALLBACK(on_tab_moved), window, G_CONNECT_SWAPPED);
    AdwTabPage *page = adw_tab_view_append(window->tabs, tab);
    adw_tab_view_set_selected_page(window->tabs, page);
    return HG_TAB(tab);
}

static void
on_go(HgWindow *window, HgPlace *place, gboolean in_new_tab)
{
    HgTab *tab = in_new_tab ? NULL : get_tab(window);
    gtk_stack_set_visible_child_name(window->stack, "pages");
    hg_tab_go(tab ? tab : add_tab(window), place);
    if (adw_flap_get_folded(window->sidebar_flap))
        adw_flap_set_reveal_flap(window->sidebar_flap, FALSE);
}

/* Another snapshot: the same page of it, where that makes sense. */
static void
on_shot_changed(HgWindow *window)
{
    const HgShot *shot = hg_session_get_shot(window->session);
    HgTab *tab = get_tab(window);
    const HgPlace *here = tab ? hg_tab_get_place(tab) : NULL;
    if (!shot) {
        gtk_stack_set_visible_child_name(window->stack, "start");
        return;
    }
    bool stays = here && hg_pages_find(here->page)->use != HG_PAGE_OF_OBJECT;
    hg_session_go_to(window->session, stays ? here->page : hg_pages[0].name, shot, HG_NONE,
                     stays ? here->argument : NULL);
}

static void
on_message(HgWindow *window, const char *message)
{
    say(window, message);
}

/* ---- opening -----------------------------------------------------------------------------------
 */

void
hg_window_open(HgWindow *window, const char *path)
{
    hg_opener_open(window->opener, path);
}

void
hg_window_show_there(HgWindow *window, const char *snapshot, const char *object)
{
    g_free(window->wanted_snapshot);
    g_free(window->wanted_object);
    window->wanted_snapshot = g_strdup(snapshot);
    window->wanted_object = g_strdup(object);
}

bool
hg_window_is_empty(HgWindow *window)
{
    return !hg_session_get_shot(window->session) && !hg_opener_is_busy(window->opener);
}

HgSession *
hg_window_get_session(HgWindow *window)
{
    return window->session;
}

/* What is looked for in a file, and what was found. */
typedef struct {
    char *path, *snapshot, *object;
    uint32_t id, number;
} Wanted;

static void
free_wanted(void *data)
{
    Wanted *wanted = data;
    g_free(wanted->path);
    g_free(wanted->snapshot);
    g_free(wanted->object);
    g_free(wanted);
}

static void *
find_wanted(HgAsk *ask, void *argument, GError **error)
{
    const Wanted *wanted = argument;
    HgStore *store = hg_ask_get_store(ask, wanted->path, error);
    g_autofree Wanted *found = g_new0(Wanted, 1);
    found->number = HG_NONE;
    if (!store || !hg_store_find_snapshot(store, wanted->snapshot, &found->id, error))
        return NULL;
    g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(store, found->id, error);
    if (!snapshot ||
        (wanted->object && !hg_resolve(snapshot, wanted->object, &found->number, error)))
        return NULL;
    found->path = g_strdup(wanted->path);
    return g_steal_pointer(&found);
}

static const HgShot *
find_shot(HgWindow *window, const char *path, uint32_t id)
{
    const GPtrArray *shots = hg_session_get_shots(window->session);
    for (unsigned i = 0; i < shots->len; i++) {
        const HgShot *shot = shots->pdata[i];
        if (shot->id == id && g_str_equal(shot->path, path))
            return shot;
    }
    return NULL;
}

static void
on_wanted(void *answer, const GError *error, void *user_data)
{
    HgWindow *window = user_data;
    Wanted *found = answer;
    window->find_job = NULL;
    if (!found) {
        say(window, error->message);
        return;
    }
    const HgShot *shot = find_shot(window, found->path, found->id);
    if (shot)
        hg_session_set_shot(window->session, shot);
    if (shot && found->number != HG_NONE)
        hg_session_go_to(window->session, "object", shot, found->number, NULL);
    free_wanted(found);
}

/* Looks for an object in a file that is open, and goes there. [snapshot] and [object] are taken. */
static void
find_there(HgWindow *window, const char *path, char *snapshot, char *object)
{
    Wanted *wanted = g_new0(Wanted, 1);
    *wanted = (Wanted){.path = g_strdup(path), .snapshot = snapshot, .object = object};
    g_clear_pointer(&window->find_job, hg_job_cancel);
    window->find_job = hg_work_ask(hg_session_get_work(window->session), find_wanted, wanted,
                                   free_wanted, free_wanted, on_wanted, window);
}

static void
on_opened(HgWindow *window, const char *path)
{
    g_autofree char *uri = g_filename_to_uri(path, NULL, NULL);
    if (uri)
        gtk_recent_manager_add_item(gtk_recent_manager_get_default(), uri);
    if (!window->wanted_snapshot && !window->wanted_object)
        return;
    find_there(window, path, g_steal_pointer(&window->wanted_snapshot),
               g_steal_pointer(&window->wanted_object));
}

static void
on_failed(HgWindow *window, const char *path, const char *message)
{
    GtkWidget *dialog =
        adw_message_dialog_new(GTK_WINDOW(window), "This File Cannot Be Opened", message);
    adw_message_dialog_add_response(ADW_MESSAGE_DIALOG(dialog), "close", "_Close");
    gtk_window_present(GTK_WINDOW(dialog));
}

static void
on_recent(HgWindow *window, const char *path)
{
    hg_window_open(window, path);
}

static void
on_file_chosen(GtkNativeDialog *dialog, int response, HgWindow *window)
{
    GListModel *files = response == GTK_RESPONSE_ACCEPT
                            ? gtk_file_chooser_get_files(GTK_FILE_CHOOSER(dialog))
                            : NULL;
    for (unsigned i = 0; files && i < g_list_model_get_n_items(files); i++) {
        g_autoptr(GFile) file = g_list_model_get_item(files, i);
        if (g_file_peek_path(file))
            hg_window_open(window, g_file_peek_path(file));
    }
    g_clear_object(&files);
    gtk_native_dialog_destroy(dialog);
    g_object_unref(dialog);
}

static void
open_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    GtkFileChooserNative *dialog =
        gtk_file_chooser_native_new("Open Stores and Dumps", GTK_WINDOW(widget),
                                    GTK_FILE_CHOOSER_ACTION_OPEN, "_Open", "_Cancel");
    gtk_file_chooser_set_select_multiple(GTK_FILE_CHOOSER(dialog), TRUE);
    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
    g_signal_connect(dialog, "response", G_CALLBACK(on_file_chosen), widget);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

static gboolean
on_drop(GtkDropTarget *target, const GValue *value, double x, double y, HgWindow *window)
{
    GSList *files = g_value_get_boxed(value);
    for (GSList *item = files; item; item = item->next)
        if (g_file_peek_path(item->data))
            hg_window_open(window, g_file_peek_path(item->data));
    return files != NULL;
}

/* ---- going -------------------------------------------------------------------------------------
 */

static void
step_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgTab *tab = get_tab(HG_WINDOW(widget));
    if (tab)
        hg_tab_step(tab, g_str_equal(name, "win.back") ? -1 : 1);
}

static void
new_tab_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgTab *tab = get_tab(HG_WINDOW(widget));
    const HgPlace *place = tab ? hg_tab_get_place(tab) : NULL;
    if (place)
        hg_session_go(HG_WINDOW(widget)->session, place, true);
}

static void
close_tab_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgWindow *window = HG_WINDOW(widget);
    if (adw_tab_view_get_n_pages(window->tabs) > 1)
        adw_tab_view_close_page(window->tabs, adw_tab_view_get_selected_page(window->tabs));
    else
        gtk_window_close(GTK_WINDOW(window));
}

static void
find_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgTab *tab = get_tab(HG_WINDOW(widget));
    HgPage *page = tab ? hg_tab_get_page(tab) : NULL;
    if (page)
        hg_page_begin_search(page);
}

static void
sidebar_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgWindow *window = HG_WINDOW(widget);
    AdwFlap *flap = g_str_equal(name, "win.why") ? window->why_flap : window->sidebar_flap;
    adw_flap_set_reveal_flap(flap, !adw_flap_get_reveal_flap(flap));
}

static void
on_go_to(HgWindow *window, const char *response, AdwMessageDialog *dialog)
{
    GtkEditable *entry = GTK_EDITABLE(adw_message_dialog_get_extra_child(dialog));
    const HgShot *shot = hg_session_get_shot(window->session);
    const char *name = gtk_editable_get_text(entry);
    if (shot && *name && g_str_equal(response, "go"))
        find_there(window, shot->path, g_strdup_printf("%u", shot->id), g_strdup(name));
}

static void
go_to_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgWindow *window = HG_WINDOW(widget);
    if (!hg_session_get_shot(window->session))
        return;
    AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG(
        adw_message_dialog_new(GTK_WINDOW(window), "Go to Object",
                               "An address (0x7f3a…), a path (app.cache['a'][0]), the n-th of a "
                               "type (Session#3), or a bookmark (@name)"));
    GtkWidget *entry = gtk_entry_new();
    gtk_entry_set_activates_default(GTK_ENTRY(entry), TRUE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(entry), GTK_ACCESSIBLE_PROPERTY_LABEL, "Object",
                                   -1);
    adw_message_dialog_set_extra_child(dialog, entry);
    adw_message_dialog_add_responses(dialog, "cancel", "_Cancel", "go", "_Go", NULL);
    adw_message_dialog_set_response_appearance(dialog, "go", ADW_RESPONSE_SUGGESTED);
    adw_message_dialog_set_default_response(dialog, "go");
    g_signal_connect_object(dialog, "response", G_CALLBACK(on_go_to), window, G_CONNECT_SWAPPED);
    gtk_window_present(GTK_WINDOW(dialog));
    gtk_widget_grab_focus(entry);
}

static void
capture_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    hg_session_go_to(HG_WINDOW(widget)->session, "capture", NULL, HG_NONE, NULL);
}

static void
page_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    hg_session_go_to(HG_WINDOW(widget)->session, g_variant_get_string(parameter, NULL), NULL,
                     HG_NONE, NULL);
}

static void
bookmark_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    hg_sidebar_add_bookmark(HG_WINDOW(widget)->sidebar);
}

static void
copy_command_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgWindow *window = HG_WINDOW(widget);
    HgTab *tab = get_tab(window);
    HgPage *page = tab ? hg_tab_get_page(tab) : NULL;
    g_autofree char *command = page ? hg_page_dup_command(page) : NULL;
    if (!command)
        return;
    gdk_clipboard_set_text(gtk_widget_get_clipboard(widget), command);
    say(window, "Copied the command line that gives this answer");
}

/* ---- the widget
 * ---------------------------------------------------------------------------------- */

static void
hg_window_init(HgWindow *window)
{
    g_type_ensure(HG_TYPE_SIDEBAR);
    g_type_ensure(HG_TYPE_OPENER);
    g_type_ensure(HG_TYPE_START_PAGE);
    g_type_ensure(HG_TYPE_WHY_PANE);
    gtk_widget_init_template(GTK_WIDGET(window));
    window->session = hg_session_new();
    hg_sidebar_set_session(window->sidebar, window->session);
    hg_opener_set_session(window->opener, window->session);
    hg_why_pane_set_session(window->why, window->session);
    g_signal_connect_object(window->session, "go", G_CALLBACK(on_go), window, G_CONNECT_SWAPPED);
    g_signal_connect_object(window->session, "shot-changed", G_CALLBACK(on_shot_changed), window,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(window->session, "message", G_CALLBACK(on_message), window,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(window->tabs, "notify::selected-page", G_CALLBACK(update), window,
                            G_CONNECT_SWAPPED);
    GtkDropTarget *target = gtk_drop_target_new(GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
    g_signal_connect(target, "drop", G_CALLBACK(on_drop), window);
    gtk_widget_add_controller(GTK_WIDGET(window), GTK_EVENT_CONTROLLER(target));
    update_actions(window);
}

HgWindow *
hg_window_new(AdwApplication *application)
{
    return g_object_new(HG_TYPE_WINDOW, "application", application, NULL);
}

static void
dispose(GObject *object)
{
    HgWindow *window = HG_WINDOW(object);
    if (window->session)
        hg_session_close(window->session);
    g_clear_pointer(&window->find_job, hg_job_cancel);
    gtk_widget_dispose_template(GTK_WIDGET(window), HG_TYPE_WINDOW);
    g_clear_object(&window->session);
    g_clear_pointer(&window->wanted_snapshot, g_free);
    g_clear_pointer(&window->wanted_object, g_free);
    G_OBJECT_CLASS(hg_window_parent_class)->dispose(object);
}

/* Gives back what the lists of the window took: glibc keeps freed memory of other threads. */
static void
finalize(GObject *object)
{
    G_OBJECT_CLASS(hg_window_parent_class)->finalize(object);
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

static void
install_actions(GtkWidgetClass *class)
{
    gtk_widget_class_install_action(class, "win.open", NULL, open_action);
    gtk_widget_class_install_action(class, "win.back", NULL, step_action);
    gtk_widget_class_install_action(class, "win.forward", NULL, step_action);
    gtk_widget_class_install_action(class, "win.new-tab", NULL, new_tab_action);
    gtk_widget_class_install_action(class, "win.close-tab", NULL, close_tab_action);
    gtk_widget_class_install_action(class, "win.find", NULL, find_action);
    gtk_widget_class_install_action(class, "win.sidebar", NULL, sidebar_action);
    gtk_widget_class_install_action(class, "win.why", NULL, sidebar_action);
    gtk_widget_class_install_action(class, "win.capture", NULL, capture_action);
    gtk_widget_class_install_action(class, "win.page", "s", page_action);
    gtk_widget_class_install_action(class, "win.go-to", NULL, go_to_action);
    gtk_widget_class_install_action(class, "win.bookmark", NULL, bookmark_action);
    gtk_widget_class_install_action(class, "win.copy-command", NULL, copy_command_action);
}

static void
hg_window_class_init(HgWindowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    G_OBJECT_CLASS(class)->finalize = finalize;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/heapgraph/Viewer/window.ui");
    gtk_widget_class_bind_template_child(widget_class, HgWindow, toasts);
    gtk_widget_class_bind_template_child(widget_class, HgWindow, stack);
    gtk_widget_class_bind_template_child(widget_class, HgWindow, sidebar_flap);
    gtk_widget_class_bind_template_child(widget_class, HgWindow, why_flap);
    gtk_widget_class_bind_template_child(widget_class, HgWindow, why);
    gtk_widget_class_bind_template_child(widget_class, HgWindow, sidebar);
    gtk_widget_class_bind_template_child(widget_class, HgWindow, title);
    gtk_widget_class_bind_template_child(widget_class, HgWindow, tabs);
    gtk_widget_class_bind_template_child(widget_class, HgWindow, tab_bar);
    gtk_widget_class_bind_template_child(widget_class, HgWindow, opener);
    gtk_widget_class_bind_template_callback(widget_class, on_opened);
    gtk_widget_class_bind_template_callback(widget_class, on_failed);
    gtk_widget_class_bind_template_callback(widget_class, on_recent);
    install_actions(widget_class);
}
