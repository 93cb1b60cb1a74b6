/* why-pane.c - the pane beside every page: why the selected object is alive.
 *
 * The shortest way stands in the store and is shown at once. How many ways there are, and the
 * others, takes a look at the whole heap: that comes when the selection has rested for a moment.
 * SPDX-License-Identifier: MIT */
#include "gui/why-pane.h"

#include "core/numbers.h"
#include "core/text.h"
#include "gui/models/why.h"

#include <inttypes.h>

#define REST 400 /* milliseconds until all ways are looked for */

struct _HgWhyPane {
    AdwBin parent;
    GtkWidget *spinner, *ways, *count, *restore;
    GtkStack *stack;
    AdwStatusPage *nothing;
    GtkListBox *steps;
    HgSession *session;
    HgShot *shot; /* of the object that is told of */
    uint32_t object;
    GArray *ignored; /* uint32_t: objects no way may pass */
    HgWhy *why;
    unsigned way; /* the one that is seen */
    HgJob *job;
    unsigned timer;
};

G_DEFINE_FINAL_TYPE(HgWhyPane, hg_why_pane, ADW_TYPE_BIN)

/* ---- asking ---------------------------------------------------------------------------------- */

typedef struct {
    HgShot *shot;
    uint32_t object;
    GArray *ignored; /* NULL: the shortest way alone */
} Question;

static void
free_question(void *data)
{
    Question *question = data;
    hg_shot_unref(question->shot);
    g_clear_pointer(&question->ignored, g_array_unref);
    g_free(question);
}

static void *
find_why(HgAsk *ask, void *argument, GError **error)
{
    const Question *question = argument;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, question->shot, error);
    if (!snapshot)
        return NULL;
    if (!question->ignored)
        return hg_why_find_shortest(snapshot, question->object, error);
    return hg_why_find_ways(snapshot, question->object, question->ignored, error);
}

/* ---- showing --------------------------------------------------------------------------------- */

static void
clear_steps(HgWhyPane *pane)
{
    GtkListBoxRow *row;
    while ((row = gtk_list_box_get_row_at_index(pane->steps, 0)))
        gtk_list_box_remove(pane->steps, GTK_WIDGET(row));
}

static void
on_ignore(HgWhyPane *pane, GtkWidget *button)
{
    unsigned object = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(button), "object"));
    gtk_widget_activate_action(GTK_WIDGET(pane), "why.ignore", "u", object);
}

static GtkWidget *
make_label(const char *text, const char *css_class)
{
    g_autofree char *shown = hg_text_dup_escaped(text);
    GtkWidget *label = gtk_label_new(shown);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_widget_add_css_class(label, css_class);
    return label;
}

static GtkWidget *
make_ignore(HgWhyPane *pane, const HgWhyStep *step)
{
    GtkWidget *button = gtk_button_new_from_icon_name("view-conceal-symbolic");
    gtk_widget_add_css_class(button, "flat");
    gtk_widget_add_css_class(button, "circular");
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text(button, "Ignore this holder: what else keeps the object alive?");
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   "Ignore this holder", -1);
    g_object_set_data(G_OBJECT(button), "object", GUINT_TO_POINTER(step->object));
    g_signal_connect_object(button, "clicked", G_CALLBACK(on_ignore), pane, G_CONNECT_SWAPPED);
    return button;
}

static GtkWidget *
make_gap(const HgWhyStep *step)
{
    g_autofree char *count = hg_number_dup_count(step->n_left_out);
    g_autofree char *text = g_strdup_printf("%s more steps", count);
    GtkWidget *row = gtk_list_box_row_new();
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), make_label(text, "dim-label"));
    gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
    gtk_widget_add_css_class(row, "gap");
    return row;
}

static void
name_row(GtkWidget *row, const HgWhyStep *step)
{
    g_autofree char *label = hg_text_dup_escaped(step->label);
    g_autofree char *caption = hg_text_dup_escaped(step->caption);
    g_autofree char *text = g_strdup_printf("%s, %s", label, caption);
    gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
    g_autofree char *tooltip = g_strdup_printf(
        "%s\n%s%s", label, caption,
        step->holds ? "\nEvery way to the object passes here: without it the object would be gone"
                    : "");
    gtk_widget_set_tooltip_text(row, tooltip);
}

static GtkWidget *
make_step(HgWhyPane *pane, const HgWhyStep *step, bool is_last)
{
    GtkWidget *row = gtk_list_box_row_new(), *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *texts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *label = make_label(step->label, "monospace");
    gtk_widget_add_css_class(label, "label");
    gtk_widget_set_hexpand(texts, TRUE);
    gtk_box_append(GTK_BOX(texts), label);
    gtk_box_append(GTK_BOX(texts), make_label(step->caption, "caption"));
    gtk_box_append(GTK_BOX(box), texts);
    if (step->retained != HG_UNKNOWN) {
        g_autofree char *size = hg_number_dup_size(step->retained);
        GtkWidget *retained = make_label(size, "numeric");
        gtk_widget_add_css_class(retained, "caption");
        gtk_widget_add_css_class(retained, "dim-label");
        gtk_label_set_ellipsize(GTK_LABEL(retained), PANGO_ELLIPSIZE_NONE);
        gtk_widget_set_tooltip_text(retained, "What would go away with it");
        gtk_box_append(GTK_BOX(box), retained);
    }
    if (!is_last)
        gtk_box_append(GTK_BOX(box), make_ignore(pane, step));
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
    if (step->holds)
        gtk_widget_add_css_class(row, "holds");
    if (is_last)
        gtk_widget_add_css_class(row, "last");
    g_object_set_data(G_OBJECT(row), "object", GUINT_TO_POINTER(step->object));
    name_row(row, step);
    return row;
}

static void
show_nothing(HgWhyPane *pane, const char *icon, const char *title, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);
    adw_status_page_set_icon_name(pane->nothing, icon);
    adw_status_page_set_title(pane->nothing, title);
    adw_status_page_set_description(pane->nothing, escaped);
    gtk_stack_set_visible_child_name(pane->stack, "nothing");
}

static void
update_count(HgWhyPane *pane)
{
    const HgWhy *why = pane->why;
    bool is_seen = why && why->ways->len > 0;
    GtkWidget *widget = GTK_WIDGET(pane);
    g_autofree char *count = hg_number_dup_count(why ? why->count : 0);
    g_autofree char *text = !is_seen          ? g_strdup("")
                            : why->count == 0 ? g_strdup("the shortest way")
                            : why->count == 1
                                ? g_strdup("the only way")
                                : g_strdup_printf("%u of %s ways", pane->way + 1, count);
    gtk_label_set_text(GTK_LABEL(pane->count), text);
    gtk_widget_action_set_enabled(widget, "why.previous", is_seen && pane->way > 0);
    gtk_widget_action_set_enabled(widget, "why.next", is_seen && pane->way + 1 < why->ways->len);
    gtk_widget_action_set_enabled(widget, "why.copy", is_seen);
    g_autofree char *restore = g_strdup_printf("Restore %u", pane->ignored->len);
    gtk_button_set_label(GTK_BUTTON(pane->restore), restore);
    gtk_widget_set_visible(pane->restore, pane->ignored->len > 0);
    gtk_widget_set_visible(pane->ways, is_seen || pane->ignored->len > 0);
}

static void
update(HgWhyPane *pane)
{
    const HgWhy *why = pane->why;
    update_count(pane);
    clear_steps(pane);
    if (why && why->nothing) {
        bool is_ignored = pane->ignored->len > 0;
        show_nothing(pane, "user-trash-symbolic", is_ignored ? "No Other Way" : "Nothing Holds It",
                     is_ignored ? "Without the holders that are ignored it would be gone."
                                : why->nothing);
    }
    if (!why || why->ways->len == 0)
        return;
    const HgWhyWay *way = why->ways->pdata[pane->way];
    for (unsigned i = 0; i < way->steps->len; i++) {
        const HgWhyStep *step = way->steps->pdata[i];
        gtk_list_box_append(pane->steps, step->object == HG_NONE
                                             ? make_gap(step)
                                             : make_step(pane, step, i + 1 == way->steps->len));
    }
    gtk_stack_set_visible_child_name(pane->stack, "steps");
}

/* ---- when ---------------------------------------------------------------------------------------
 */

static void
on_why(void *answer, const GError *error, void *user_data)
{
    HgWhyPane *pane = user_data;
    pane->job = NULL;
    gtk_spinner_set_spinning(GTK_SPINNER(pane->spinner), FALSE);
    if (!answer) {
        show_nothing(pane, "dialog-warning-symbolic", "This Cannot Be Told", error->message);
        return;
    }
    hg_why_free(pane->why);
    pane->why = answer;
    pane->way = 0;
    update(pane);
}

static void
ask(HgWhyPane *pane, bool for_all)
{
    Question *question = g_new(Question, 1);
    *question = (Question){hg_shot_ref(pane->shot), pane->object,
                           for_all ? g_array_copy(pane->ignored) : NULL};
    g_clear_pointer(&pane->job, hg_job_cancel);
    gtk_spinner_set_spinning(GTK_SPINNER(pane->spinner), for_all);
    pane->job = hg_work_ask(hg_session_get_work(pane->session), find_why, question, free_question,
                            hg_why_free, on_why, pane);
}

static gboolean
on_rest(void *user_data)
{
    HgWhyPane *pane = user_data;
    if (pane->job) /* the shortest way is not told yet */
        return G_SOURCE_CONTINUE;
    pane->timer = 0;
    if (!pane->why || pane->why->nothing == NULL)
        ask(pane, true);
    return G_SOURCE_REMOVE;
}

static void
forget(HgWhyPane *pane)
{
    g_clear_handle_id(&pane->timer, g_source_remove);
    g_clear_pointer(&pane->job, hg_job_cancel);
    g_clear_pointer(&pane->why, hg_why_free);
    g_clear_pointer(&pane->shot, hg_shot_unref);
    g_array_set_size(pane->ignored, 0);
    pane->way = 0;
}

static void
on_selection_changed(HgWhyPane *pane)
{
    const HgShot *shot;
    uint32_t object = hg_session_get_selected(pane->session, &shot);
    forget(pane);
    pane->object = object;
    pane->shot = hg_shot_ref(shot);
    if (object == HG_NONE) {
        clear_steps(pane);
        update_count(pane);
        show_nothing(pane, "edit-find-symbolic", "No Object Selected",
                     "Select an object in a list or a picture, and here stands what keeps it "
                     "alive.");
        return;
    }
    ask(pane, false);
    pane->timer = g_timeout_add(REST, on_rest, pane);
}

/* ---- what one does
 * ------------------------------------------------------------------------------- */

static void
on_step(HgWhyPane *pane, GtkListBoxRow *row)
{
    unsigned object = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(row), "object"));
    hg_session_go_to(pane->session, "object", pane->shot, object, NULL);
}

static void
step_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgWhyPane *pane = HG_WHY_PANE(widget);
    pane->way += g_str_equal(name, "why.next") ? 1 : -1u;
    update(pane);
}

static void
ignore_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgWhyPane *pane = HG_WHY_PANE(widget);
    uint32_t object = g_variant_get_uint32(parameter);
    g_clear_handle_id(&pane->timer, g_source_remove);
    g_array_append_val(pane->ignored, object);
    ask(pane, true);
}

static void
restore_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgWhyPane *pane = HG_WHY_PANE(widget);
    g_array_set_size(pane->ignored, 0);
    ask(pane, true);
}

static void
copy_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    HgWhyPane *pane = HG_WHY_PANE(widget);
    g_autofree char *text = hg_why_way_dup_text(pane->why->ways->pdata[pane->way]);
    gdk_clipboard_set_text(gtk_widget_get_clipboard(widget), text);
    hg_session_say(pane->session, "Copied why it is alive");
}

void
hg_why_pane_set_session(HgWhyPane *pane, HgSession *session)
{
    g_set_object(&pane->session, session);
    g_signal_connect_object(session, "selection-changed", G_CALLBACK(on_selection_changed), pane,
                            G_CONNECT_SWAPPED);
}

static void
hg_why_pane_init(HgWhyPane *pane)
{
    gtk_widget_init_template(GTK_WIDGET(pane));
    pane->ignored = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    pane->object = HG_NONE;
    gtk_widget_set_can_focus(GTK_WIDGET(pane->nothing), FALSE); /* it is a scrolled window */
    update_count(pane);
}

static void
dispose(GObject *object)
{
    HgWhyPane *pane = HG_WHY_PANE(object);
    forget(pane);
    g_clear_object(&pane->session);
    gtk_widget_dispose_template(GTK_WIDGET(pane), HG_TYPE_WHY_PANE);
    G_OBJECT_CLASS(hg_why_pane_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
    g_array_unref(HG_WHY_PANE(object)->ignored);
    G_OBJECT_CLASS(hg_why_pane_parent_class)->finalize(object);
}

static void
hg_why_pane_class_init(HgWhyPaneClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = dispose;
    G_OBJECT_CLASS(class)->finalize = finalize;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/heapgraph/Viewer/why-pane.ui");
    gtk_widget_class_bind_template_child(widget_class, HgWhyPane, spinner);
    gtk_widget_class_bind_template_child(widget_class, HgWhyPane, ways);
    gtk_widget_class_bind_template_child(widget_class, HgWhyPane, count);
    gtk_widget_class_bind_template_child(widget_class, HgWhyPane, restore);
    gtk_widget_class_bind_template_child(widget_class, HgWhyPane, stack);
    gtk_widget_class_bind_template_child(widget_class, HgWhyPane, nothing);
    gtk_widget_class_bind_template_child(widget_class, HgWhyPane, steps);
    gtk_widget_class_bind_template_callback(widget_class, on_step);
    gtk_widget_class_install_action(widget_class, "why.previous", NULL, step_action);
    gtk_widget_class_install_action(widget_class, "why.next", NULL, step_action);
    gtk_widget_class_install_action(widget_class, "why.ignore", "u", ignore_action);
    gtk_widget_class_install_action(widget_class, "why.restore", NULL, restore_action);
    gtk_widget_class_install_action(widget_class, "why.copy", NULL, copy_action);
}
