/* finding-list.c - findings in sentences, each with what to do about it and a "Show Me".
 * SPDX-License-Identifier: MIT */
#include "gui/finding-list.h"

#include "core/text.h"
#include "gui/list-export.h"

#include <string.h>

struct _HgFindingList {
    AdwBin parent;
    GtkStack *stack;
    GtkListBox *rows;
    GtkWidget *waiting, *step, *title, *copy, *export;
    AdwActionRow *nothing;
    HgSession *session;
    HgShot *shot;
    HgJob *job, *text_job;
    GFile *target;       /* of the export that runs */
    GPtrArray *findings; /* HgFinding */
    unsigned timer;
};

G_DEFINE_FINAL_TYPE(HgFindingList, hg_finding_list, ADW_TYPE_BIN)

void
hg_finding_free(void *data)
{
    HgFinding *finding = data;
    g_free(finding->sentence);
    g_free(finding->path);
    g_free(finding->remedy);
    g_free(finding->command);
    g_free(finding->type);
    g_free(finding);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void
show_finding(HgFindingList *list, const HgFinding *finding)
{
    bool is_object = finding->object != HG_NONE;
    if (is_object || finding->type)
        hg_session_go_to(list->session, is_object ? "object" : "objects", list->shot,
                         finding->object, is_object ? NULL : finding->type);
}

static void
on_show(HgFindingList *list, GtkWidget *button)
{
    show_finding(list, g_object_get_data(G_OBJECT(button), "finding"));
}

static void
on_activated(HgFindingList *list, GtkListBoxRow *row)
{
    const HgFinding *finding = g_object_get_data(G_OBJECT(row), "finding");
    if (finding)
        show_finding(list, finding);
}

static void
on_copy(HgFindingList *list, GtkWidget *button)
{
    const HgFinding *finding = g_object_get_data(G_OBJECT(button), "finding");
    const char *arguments = g_str_has_prefix(finding->command, "heapgraph ")
                                ? finding->command + strlen("heapgraph ")
                                : finding->command;
    g_autofree char *command = hg_shot_dup_command(list->shot, arguments);
    gdk_clipboard_set_text(gtk_widget_get_clipboard(button), command);
    hg_session_say(list->session, "Copied the command line that looks closer");
}

/* A number and its unit stay on one line. */
static char *
dup_unbroken(const char *text)
{
    g_autoptr(GString) unbroken = g_string_new(NULL);
    for (const char *at = text; *at; at++) {
        bool is_after = *at == ' ' && at > text && g_ascii_isdigit(at[-1]);
        bool is_unit =
            is_after && (at[1] == '%' || at[1] == 'B' || (at[1] && g_str_has_prefix(at + 2, "iB")));
        g_string_append(unbroken, is_unit ? "\u00a0" : (char[]){*at, '\0'});
    }
    return g_string_free(g_steal_pointer(&unbroken), FALSE);
}

static void
add_text(GtkWidget *box, const char *text, const char *css_class)
{
    if (!text || !*text)
        return;
    g_autofree char *escaped = hg_text_dup_escaped(text);
    g_autofree char *shown = dup_unbroken(escaped);
    GtkWidget *label = gtk_label_new(shown);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    if (css_class)
        gtk_widget_add_css_class(label, css_class);
    gtk_box_append(GTK_BOX(box), label);
}

static GtkWidget *
make_button(HgFindingList *list, const HgFinding *finding, GtkWidget *button, const char *tooltip,
            GCallback on_clicked)
{
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text(button, tooltip);
    g_object_set_data(G_OBJECT(button), "finding", (void *)finding);
    g_signal_connect_object(button, "clicked", on_clicked, list, G_CONNECT_SWAPPED);
    return button;
}

static GtkWidget *
make_share(double share)
{
    GtkWidget *bar = gtk_level_bar_new_for_interval(0, 1);
    g_autofree char *text = g_strdup_printf("%.0f %% of the heap", share * 100);
    gtk_level_bar_set_value(GTK_LEVEL_BAR(bar), CLAMP(share, 0, 1));
    gtk_level_bar_remove_offset_value(GTK_LEVEL_BAR(bar), NULL);
    gtk_widget_set_size_request(bar, 160, -1);
    gtk_widget_set_halign(bar, GTK_ALIGN_START);
    gtk_widget_set_tooltip_text(bar, text);
    gtk_accessible_update_property(GTK_ACCESSIBLE(bar), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
    return bar;
}

static GtkWidget *
make_row(HgFindingList *list, const HgFinding *finding)
{
    GtkWidget *row = gtk_list_box_row_new(), *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *texts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4);
    GtkWidget *icon = gtk_image_new_from_icon_name(
        finding->is_grave ? "dialog-warning-symbolic" : "dialog-information-symbolic");
    g_autofree char *name = hg_text_dup_escaped(finding->sentence);
    gtk_widget_add_css_class(icon, finding->is_grave ? "warning" : "dim-label");
    gtk_widget_set_hexpand(texts, TRUE);
    gtk_widget_set_valign(texts, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(icon, GTK_ALIGN_START);
    add_text(texts, finding->sentence, NULL);
    if (finding->share > 0)
        gtk_box_append(GTK_BOX(texts), make_share(finding->share));
    add_text(texts, finding->path, "path");
    add_text(texts, finding->remedy, "dim-label");
    gtk_box_append(GTK_BOX(box), icon);
    gtk_box_append(GTK_BOX(box), texts);
    if (finding->command) {
        GtkWidget *copy = gtk_button_new_from_icon_name("utilities-terminal-symbolic");
        gtk_widget_add_css_class(copy, "flat");
        gtk_accessible_update_property(GTK_ACCESSIBLE(copy), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Copy command line", -1);
        g_autofree char *tooltip = g_strdup_printf("Copy: %s", finding->command);
        gtk_box_append(GTK_BOX(box),
                       make_button(list, finding, copy, tooltip, G_CALLBACK(on_copy)));
    }
    if (finding->object != HG_NONE || finding->type)
        gtk_box_append(GTK_BOX(box),
                       make_button(list, finding, gtk_button_new_with_label("Show Me"),
                                   "Go there, and see what keeps it alive", G_CALLBACK(on_show)));
    gtk_widget_add_css_class(box, "finding");
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
    gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    g_object_set_data(G_OBJECT(row), "finding", (void *)finding);
    return row;
}

static void
clear_rows(HgFindingList *list)
{
    GtkListBoxRow *row;
    while ((row = gtk_list_box_get_row_at_index(list->rows, 0)))
        gtk_list_box_remove(list->rows, GTK_WIDGET(row));
    g_clear_pointer(&list->findings, g_ptr_array_unref);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void
show_error(HgFindingList *list, const char *message)
{
    GtkWidget *row = adw_action_row_new();
    g_autofree char *text = g_markup_escape_text(message, -1);
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), "This cannot be told");
    adw_action_row_set_subtitle(ADW_ACTION_ROW(row), text);
    adw_action_row_set_icon_name(ADW_ACTION_ROW(row), "dialog-warning-symbolic");
    gtk_list_box_append(list->rows, row);
    gtk_stack_set_visible_child_name(list->stack, "rows");
}

static void
on_findings(void *answer, const GError *error, void *user_data)
{
    HgFindingList *list = user_data;
    list->job = NULL;
    g_clear_handle_id(&list->timer, g_source_remove);
    clear_rows(list);
    list->findings = answer;
    bool has_any = list->findings && list->findings->len > 0;
    gtk_widget_set_sensitive(list->copy, has_any);
    gtk_widget_set_sensitive(list->export, has_any);
    if (!answer) {
        show_error(list, error->message);
        return;
    }
    for (unsigned i = 0; i < list->findings->len; i++)
        gtk_list_box_append(list->rows, make_row(list, list->findings->pdata[i]));
    gtk_stack_set_visible_child_name(list->stack, list->findings->len ? "rows" : "nothing");
    gtk_widget_set_visible(list->waiting, FALSE); /* else a screen reader still finds it */
}

static gboolean
on_timer(void *user_data)
{
    HgFindingList *list = user_data;
    g_autofree char *step = NULL;
    uint64_t done, total;
    hg_job_get_progress(list->job, &step, &done, &total);
    if (step)
        gtk_label_set_text(GTK_LABEL(list->step), step);
    return G_SOURCE_CONTINUE;
}

static void
free_findings(void *findings)
{
    g_ptr_array_unref(findings);
}

static void
forget(HgFindingList *list)
{
    g_clear_handle_id(&list->timer, g_source_remove);
    g_clear_pointer(&list->job, hg_job_cancel);
}

void
hg_finding_list_ask(HgFindingList *list, HgSession *session, const HgShot *shot, HgAskFunc ask,
                    void *question, GDestroyNotify free_question)
{
    HgShot *old = list->shot;
    forget(list);
    g_set_object(&list->session, session);
    list->shot = hg_shot_ref(shot);
    hg_shot_unref(old);
    gtk_widget_set_visible(list->waiting, TRUE);
    gtk_stack_set_visible_child_name(list->stack, "waiting");
    list->job = hg_work_ask(hg_session_get_work(session), ask, question, free_question,
                            free_findings, on_findings, list);
    list->timer = g_timeout_add(200, on_timer, list);
}

void
hg_finding_list_set_empty(HgFindingList *list, const char *title, const char *text)
{
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(list->nothing), title);
    adw_action_row_set_subtitle(list->nothing, text);
}

/* ---- the widget ------------------------------------------------------------------------------ */

static GtkWidget *
make_list(GtkWidget *row)
{
    GtkWidget *list = gtk_list_box_new();
    gtk_widget_add_css_class(list, "boxed-list");
    gtk_list_box_set_selection_mode(GTK_LIST_BOX(list), GTK_SELECTION_NONE);
    if (row)
        gtk_list_box_append(GTK_LIST_BOX(list), row);
    gtk_widget_set_valign(list, GTK_ALIGN_START);
    return list;
}

/* All findings as text. */
static void
on_copy_all(HgFindingList *list)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; list->findings && i < list->findings->len; i++) {
        const HgFinding *finding = list->findings->pdata[i];
        const char *const lines[] = {finding->sentence, finding->path, finding->remedy,
                                     finding->command};
        for (unsigned j = 0; j < G_N_ELEMENTS(lines); j++)
            if (lines[j])
                g_string_append_printf(text, "%s%s\n", j ? "    " : "", lines[j]);
    }
    gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(list)), text->str);
    hg_session_say(list->session, "Copied");
}

/* Returns: the findings as a list that can be exported, hg_list_unref(). */
static HgList *
make_export(HgFindingList *self)
{
    static const HgListColumn columns[] = {{"sentence", NULL, HG_FIELD_TEXT, 0, NULL},
                                           {"path", NULL, HG_FIELD_TEXT, 0, NULL},
                                           {"remedy", NULL, HG_FIELD_TEXT, 0, NULL},
                                           {"command", NULL, HG_FIELD_TEXT, 0, NULL},
                                           {"share", NULL, HG_FIELD_REAL, 0, NULL}};
    HgList *list = hg_list_new(columns, G_N_ELEMENTS(columns), self->shot);
    for (unsigned i = 0; i < self->findings->len; i++) {
        const HgFinding *finding = self->findings->pdata[i];
        hg_list_begin_row(list, HG_NONE);
        hg_list_add_text(list, finding->sentence);
        hg_list_add_text(list, finding->path);
        hg_list_add_text(list, finding->remedy);
        hg_list_add_text(list, finding->command);
        hg_list_add_real(list, finding->share);
    }
    return list;
}

static void
on_text(void *answer, const GError *error, void *user_data)
{
    HgFindingList *self = user_data;
    g_autoptr(GFile) target = g_steal_pointer(&self->target);
    self->text_job = NULL;
    hg_list_export_finish(answer, error, target, GTK_WIDGET(self), self->session);
}

static void
on_file(GFile *file, bool is_json, void *user_data)
{
    HgFindingList *self = user_data;
    if (file && self->findings) {
        GArray *rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        for (uint32_t i = 0; i < self->findings->len; i++)
            g_array_append_val(rows, i);
        g_clear_pointer(&self->text_job, hg_job_cancel);
        g_set_object(&self->target, file);
        self->text_job = hg_list_export_ask(self->session, make_export(self), rows,
                                            is_json ? HG_TEXT_JSON : HG_TEXT_CSV, on_text, self);
    }
    g_object_unref(self);
}

static void
on_export(HgFindingList *list)
{
    hg_list_export_choose(GTK_WIDGET(list), on_file, g_object_ref(list));
}

static GtkWidget *
make_heading_button(HgFindingList *list, const char *icon, const char *name, const char *tooltip,
                    GCallback on_clicked)
{
    GtkWidget *button = gtk_button_new_from_icon_name(icon);
    gtk_widget_add_css_class(button, "flat");
    gtk_widget_set_tooltip_text(button, tooltip);
    gtk_widget_set_sensitive(button, FALSE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    g_signal_connect_object(button, "clicked", on_clicked, list, G_CONNECT_SWAPPED);
    return button;
}

static GtkWidget *
make_heading(HgFindingList *list)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    list->title = gtk_label_new(NULL);
    gtk_label_set_xalign(GTK_LABEL(list->title), 0);
    gtk_widget_set_hexpand(list->title, TRUE);
    gtk_widget_add_css_class(list->title, "title-4");
    list->copy = make_heading_button(list, "edit-copy-symbolic", "Copy all",
                                     "Copy all of them as text", G_CALLBACK(on_copy_all));
    list->export = make_heading_button(list, "document-save-symbolic", "Export all",
                                       "Export all of them as CSV or JSON", G_CALLBACK(on_export));
    gtk_box_append(GTK_BOX(box), list->title);
    gtk_box_append(GTK_BOX(box), list->copy);
    gtk_box_append(GTK_BOX(box), list->export);
    return box;
}

void
hg_finding_list_set_title(HgFindingList *list, const char *title)
{
    gtk_label_set_text(GTK_LABEL(list->title), title);
}

static GtkWidget *
make_waiting(HgFindingList *list)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12), *spinner = gtk_spinner_new();
    gtk_spinner_start(GTK_SPINNER(spinner));
    list->step = gtk_label_new("Looking at the whole heap");
    gtk_widget_add_css_class(list->step, "dim-label");
    gtk_widget_add_css_class(box, "finding");
    gtk_box_append(GTK_BOX(box), spinner);
    gtk_box_append(GTK_BOX(box), list->step);
    GtkWidget *rows = make_list(box);
    gtk_accessible_update_property(GTK_ACCESSIBLE(gtk_widget_get_parent(box)),
                                   GTK_ACCESSIBLE_PROPERTY_LABEL, "Looking at the whole heap", -1);
    return rows;
}

static void
hg_finding_list_init(HgFindingList *list)
{
    list->stack = GTK_STACK(gtk_stack_new());
    gtk_stack_set_vhomogeneous(list->stack, FALSE);
    list->rows = GTK_LIST_BOX(make_list(NULL));
    list->nothing = ADW_ACTION_ROW(adw_action_row_new());
    adw_action_row_set_icon_name(list->nothing, "emblem-ok-symbolic");
    list->waiting = make_waiting(list);
    gtk_stack_add_named(list->stack, list->waiting, "waiting");
    gtk_stack_add_named(list->stack, GTK_WIDGET(list->rows), "rows");
    gtk_stack_add_named(list->stack, make_list(GTK_WIDGET(list->nothing)), "nothing");
    g_signal_connect_object(list->rows, "row-activated", G_CALLBACK(on_activated), list,
                            G_CONNECT_SWAPPED);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
    gtk_box_append(GTK_BOX(box), make_heading(list));
    gtk_box_append(GTK_BOX(box), GTK_WIDGET(list->stack));
    adw_bin_set_child(ADW_BIN(list), box);
}

static void
dispose(GObject *object)
{
    HgFindingList *list = HG_FINDING_LIST(object);
    forget(list);
    g_clear_pointer(&list->text_job, hg_job_cancel);
    g_clear_object(&list->target);
    g_clear_object(&list->session);
    g_clear_pointer(&list->shot, hg_shot_unref);
    g_clear_pointer(&list->findings, g_ptr_array_unref);
    G_OBJECT_CLASS(hg_finding_list_parent_class)->dispose(object);
}

static void
hg_finding_list_class_init(HgFindingListClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
}
